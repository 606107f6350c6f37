use std::fs;
use std::path::PathBuf;

use domain::scam_type::ScamType;
use proptest::prelude::*;

use crate::TextReader;
use crate::class::{CLASSES, Class};
use crate::corpus::{self, Example, Fillers};
use crate::lexicon::Lexicon;
use crate::measure::{HeldOut, cross_measure, measure};
use crate::train::learn;

fn config(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "config", "text", name].iter().collect()
}

fn lexicon() -> Lexicon {
    Lexicon::parse(&fs::read_to_string(config("lexicon.txt")).unwrap()).unwrap()
}

fn fillers() -> Fillers {
    Fillers::parse("fillers.txt", &fs::read_to_string(config("fillers.txt")).unwrap()).unwrap()
}

fn examples() -> Vec<Example> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(config("corpus")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |file: PathBuf| {
        corpus::read(&file.display().to_string(), &fs::read_to_string(&file).unwrap(), &fillers()).unwrap()
    };
    files.into_iter().flat_map(read).collect()
}

/// Texts that nothing is learnt from.
const UNLEARNT: [&str; 3] = ["everyday.txt", "rough.txt", "challenge.txt"];

fn unlearnt(name: &str) -> Vec<Example> {
    let text = fs::read_to_string(config(name)).unwrap();
    corpus::read(name, &text, &Fillers::default()).unwrap()
}

fn shipped() -> TextReader {
    TextReader::parse(include_bytes!("../../../config/text/model.bin")).unwrap()
}

#[test]
fn the_shipped_weights_are_what_the_shipped_texts_teach() {
    let learnt = learn(&lexicon(), &examples());
    assert_eq!(learnt.version, shipped().version, "run `lanjie grading learn --write config/text/model.bin`");
}

#[test]
fn texts_of_held_out_hands_are_read_well_enough() {
    let measured = cross_measure(&lexicon(), &examples(), HeldOut::Author);
    assert!(measured.f1() > 0.93 && measured.type_accuracy() > 0.83, "{measured}");
}

/// Those of the challenge avoid on purpose the words that everybody knows: their floor is far below what ordinary
/// texts reach.
#[test]
fn texts_that_nothing_was_learnt_from_are_read_well_enough() {
    for (name, precision, f1, type_accuracy) in [
        ("everyday.txt", 0.98, 0.99, 0.98),
        ("rough.txt", 0.97, 0.95, 0.87),
        ("challenge.txt", 0.95, 0.93, 0.84),
    ] {
        let measured = measure(&shipped(), &unlearnt(name));
        assert!(
            measured.precision() > precision
                && measured.f1() > f1
                && measured.type_accuracy() > type_accuracy,
            "{name}: {measured}"
        );
    }
}

#[test]
fn no_text_that_is_measured_by_was_learnt_from() {
    let learnt = examples();
    for example in UNLEARNT.iter().flat_map(|name| unlearnt(name)) {
        assert!(!learnt.iter().any(|known| known.text == example.text), "{}", example.text);
    }
}

#[test]
fn typical_texts_are_read_as_an_officer_would() {
    let reader = shipped();
    let fraud = |scam_type| Class(Some(scam_type));
    for (class, text) in [
        (
            fraud(ScamType::ImpersonatingAuthorities),
            "我是市公安局的警官，你涉嫌洗钱，请把钱转到安 全 账 户配合调查",
        ),
        (fraud(ScamType::BrushingRebate), "招聘兼职，刷单返佣金，垫付任务一单一结"),
        (
            fraud(ScamType::ImpersonatingCustomerService),
            "您的百万保障即将扣费，请打开屏幕共享由客服专员为您关闭",
        ),
        (fraud(ScamType::FakeLoan), "无抵押 秒批 dai款，黑户可做，先交保證金，+薇❤ abc"),
        (Class::HONEST, "【某银行】您尾号1234的卡消费50.00元，如非本人操作请联系网点"),
        (Class::HONEST, "反诈中心提醒：凡是要求转到安全账户的都是骗局，谨防诈骗"),
        (Class::HONEST, "晚上一起吃饭吗"),
        (Class::HONEST, ""),
        (Class::HONEST, "🙂🙂🙂"),
        (Class::HONEST, "ok"),
    ] {
        let reading = reader.read(text);
        assert_eq!(Class(reading.scam_type), class, "{text}: {reading:?}");
        assert_eq!(reading.fraud, class != Class::HONEST);
        assert!(!reading.fraud || !reading.words.is_empty(), "{text}");
        assert_eq!(reading.model.as_deref(), reader.version.get(..12));
    }
}

#[test]
fn the_words_that_decided_stand_in_the_text() {
    let text = "您涉嫌洗钱，请将资金转入安 全 账 户 ，逾期发布通缉令";
    let reading = shipped().read(text);
    assert!(reading.words.iter().all(|word| text.contains(word.as_str())), "{reading:?}");
    assert!(reading.words.iter().any(|word| word.contains("安 全 账 户")), "{reading:?}");
}

#[test]
fn every_kind_of_fraud_is_taught_by_several_hands() {
    let examples = examples();
    for class in Class::all() {
        let mut hands: Vec<&str> = examples
            .iter()
            .filter(|example| example.class == class)
            .map(|example| example.author.as_str())
            .collect();
        hands.sort_unstable();
        hands.dedup();
        assert!(hands.len() >= 4, "{}: {hands:?}", class.as_str());
    }
}

#[test]
fn a_damaged_model_is_refused() {
    let file = shipped().write();
    assert_eq!(TextReader::parse(&file).unwrap().version, shipped().version);
    for place in [0, 20, file.len() / 2, file.len() - 1] {
        let mut damaged = file.clone();
        damaged[place] ^= 1;
        assert!(TextReader::parse(&damaged).is_err(), "{place}");
    }
    for length in [0, 10, 100, file.len() - 1] {
        assert!(TextReader::parse(&file[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_faulty_corpus_is_refused_with_its_line() {
    let fillers = Fillers::parse("f", "sum: 1|2\nend: {sum}元").unwrap();
    for (text, line) in [
        ("no class yet", 1),
        ("@none sms\n\n[open", 3),
        ("@none sms\n{unheard}", 2),
        ("# fine\n@unheard_of sms", 2),
    ] {
        assert_eq!(corpus::read("c", text, &fillers).unwrap_err().line, line, "{text}");
    }
    for text in ["no colon", "a: 1\na: 2", "a: {b}", "a: {a}"] {
        assert!(Fillers::parse("f", text).is_err(), "{text}");
    }
    let written = corpus::read("x/hand.txt", "@other sms\n付[甲|乙]{end}", &fillers).unwrap();
    assert!(written.len() > 1 && written.iter().all(|example| example.author == "hand"));
    assert!(written.iter().all(|example| example.template == written[0].template));
    let weight: f32 = written.iter().map(|example| example.weight).sum();
    assert!((weight - 1.0).abs() < 1e-5);
}

/// Says how well texts are read, class by class: `cargo test -p text_reading --release -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a test"]
fn how_well_texts_are_read() {
    let (lexicon, examples) = (lexicon(), examples());
    println!("a fifth of the hands held out\n{}", cross_measure(&lexicon, &examples, HeldOut::Author));
    let reader = learn(&lexicon, &examples);
    for name in UNLEARNT {
        println!("{name}\n{}", measure(&reader, &unlearnt(name)));
    }
}

/// Says what reading a text takes, beside a plain pass over its characters: `cargo test -p text_reading --release
/// -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement, not a test"]
fn what_reading_takes() {
    let reader = shipped();
    let texts: Vec<String> = examples().into_iter().map(|example| example.text).collect();
    let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
    let start = std::time::Instant::now();
    let passed: usize = texts.iter().flat_map(|text| text.chars()).filter(|one| one.is_alphabetic()).count();
    let pass = start.elapsed();
    let start = std::time::Instant::now();
    let found = texts.iter().filter(|text| reader.read(text).fraud).count();
    let reading = start.elapsed();
    println!(
        "{} texts of {} characters ({passed} letters, {found} fraud): {:.1} µs a text, {:.0} passes over its characters",
        texts.len(),
        characters / texts.len(),
        reading.as_secs_f64() * 1e6 / texts.len() as f64,
        reading.as_secs_f64() / pass.as_secs_f64(),
    );
}

proptest! {
    #[test]
    fn any_text_is_read_without_failing(text in "\\PC{0,200}", repeated in 1_usize..40) {
        let reading = shipped_once().read(&text.repeat(repeated));
        prop_assert!((0.0..=1.0).contains(&reading.probability));
        prop_assert_eq!(reading.fraud, reading.scam_type.is_some());
    }

    #[test]
    fn the_class_of_a_place_is_that_of_its_word(place in 0..CLASSES) {
        prop_assert_eq!(Class::parse(Class::at(place).as_str()), Ok(Class::at(place)));
    }
}

fn shipped_once() -> &'static TextReader {
    static SHIPPED: std::sync::LazyLock<TextReader> = std::sync::LazyLock::new(shipped);
    &SHIPPED
}
