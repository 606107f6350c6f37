use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::clock::Instant;
use crate::money::Fen;
use crate::person::PhoneNumber;
use crate::scam_type::ScamType;

fn shipped() -> Templates {
    Templates::parse("templates.toml", include_str!("../../../../config/templates.toml")).unwrap()
}

fn cause(text: &str) -> String {
    let file = format!("[[template]]\nname = \"a\"\nto = \"subject\"\ntext = {text:?}\n");
    Templates::parse("t.toml", &file).unwrap_err()[0].to_string()
}

/// A file of one template whose text in both languages is the same.
fn one(text: &str) -> Templates {
    let file = format!("[[template]]\nname = \"a\"\nto = \"subject\"\ntext = {text:?}\ntext_en = {text:?}\n");
    Templates::parse("t.toml", &file).unwrap()
}

fn known() -> TemplateValues {
    TemplateValues {
        scam_type: Some(ScamType::ImpersonatingAuthorities),
        suspect: PhoneNumber::parse("+85261234567").ok(),
        amount: Fen::parse("128000.00").ok(),
        station: Some("昆都仑区友谊大街派出所".to_owned()),
        time: "2026-03-01T22:13:05+08:00".parse().ok(),
    }
}

#[test]
fn a_warning_shows_the_kind_of_fraud_and_only_the_tail_of_the_number() {
    let text = shipped().render("warn_subject_high", &known(), Language::Zh).unwrap();
    assert!(text.contains("冒充公检法及政府机关诈骗"), "{text}");
    assert!(text.contains("尾号4567的号码"), "{text}");
    assert!(!text.contains("61234567"), "{text}");
}

#[test]
fn a_foreign_phone_reads_english_where_there_is_some() {
    let phone = |number| Language::of(&PhoneNumber::parse(number).unwrap());
    assert_eq!(phone("13847200001"), Language::Zh);
    assert_eq!(phone("04725550007"), Language::Zh);
    assert_eq!(phone("+4915112345678"), Language::En);
    let text = shipped().render("warn_subject_high", &known(), Language::En).unwrap();
    assert!(
        text.contains("impersonation of the police") && text.contains("the number ending in 4567"),
        "{text}"
    );
    assert!(text.is_ascii(), "{text}");
    let file = "[[template]]\nname = \"a\"\nto = \"subject\"\ntext = \"好\"\n";
    let chinese = Templates::parse("t.toml", file).unwrap();
    assert_eq!(chinese.render("a", &known(), Language::En).unwrap(), "好");
}

#[test]
fn every_placeholder_has_words_for_a_value_and_words_to_stand_in() {
    let all = one("{scam_type}|{suspect}|{amount}|{station}|{time}");
    let (zh, en) = (
        "冒充公检法及政府机关|尾号4567的号码|超过10万元|昆都仑区友谊大街派出所|22:13",
        "impersonation of the police or the courts|the number ending in 4567|over 100,000 yuan|\
         your local police station|22:13",
    );
    assert_eq!(all.render("a", &known(), Language::Zh).unwrap(), zh);
    assert_eq!(all.render("a", &known(), Language::En).unwrap(), en);
    let unknown = TemplateValues::default();
    let zh = "电信网络|陌生人员|资金|辖区派出所|刚刚";
    assert_eq!(all.render("a", &unknown, Language::Zh).unwrap(), zh);
    let en = "telecom and online fraud|a stranger|your money|your local police station|just now";
    assert_eq!(all.render("a", &unknown, Language::En).unwrap(), en);
}

#[test]
fn a_station_whose_name_holds_more_than_letters_is_not_named() {
    for name in ["110警务站", "所.cn", "", &"所".repeat(99)] {
        let values = TemplateValues { station: Some(name.to_owned()), ..TemplateValues::default() };
        assert_eq!(one("{station}").render("a", &values, Language::Zh).unwrap(), "辖区派出所");
    }
}

#[test]
fn a_shaming_kind_of_fraud_is_not_named() {
    let values = TemplateValues { scam_type: Some(ScamType::Sextortion), ..known() };
    for language in [Language::Zh, Language::En] {
        let text = shipped().render("warn_subject_high", &values, language).unwrap();
        assert!(!text.contains(ScamType::Sextortion.zh()) && !text.contains("sextortion"), "{text}");
    }
}

#[test]
fn what_must_not_leave_is_refused_with_its_line() {
    for (text, expected) in [
        ("详见http://a.b", "link"),
        ("详见 gaj.example.cn", "link"),
        ("详见ｇａｊ．ｃｎ", "link"),
        ("详见反诈.cn", "link"),
        ("详见{station}.cn", "link"),
        ("请拨打110", "phone number"),
        ("请拨打９６１１０", "more than 4 digits"),
        ("卡号6228 4826 0181", "more than 4 digits"),
        ("证件150203-1999", "more than 4 digits"),
        ("日期2026{time}", "more than 4 digits"),
        ("房间1{time}", "phone number"),
        ("您好{name}", "unknown placeholder {name}"),
        ("您好{scam_type", "never closed"),
        ("  ", "empty"),
    ] {
        let cause = cause(text);
        assert!(cause.starts_with("t.toml:4: ") && cause.contains(expected), "{text}: {cause}");
    }
}

#[test]
fn a_text_to_relatives_tells_nothing_and_a_name_is_given_once() {
    let file = "[[template]]\nname = \"a\"\nto = \"relatives\"\ntext = \"遭遇{scam_type}\"\n\
                [[template]]\nname = \"b\"\nto = \"subject\"\ntext = \"好\"\n\
                [[template]]\nname = \"b\"\nto = \"subject\"\ntext = \"好\"\n";
    let faults = Templates::parse("t.toml", file).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [4, 10]);
}

#[test]
fn an_english_text_is_held_to_the_same_rules() {
    let file = "[[template]]\nname = \"a\"\nto = \"subject\"\ntext = \"好\"\ntext_en = \"{suspect} 5\"\n\
                [[template]]\nname = \"b\"\nto = \"relatives\"\ntext = \"好\"\ntext_en = \"{amount}\"\n";
    let faults = Templates::parse("t.toml", file).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [5, 10]);
}

fn any_values() -> impl Strategy<Value = TemplateValues> {
    let station = prop::option::of(".{0,40}");
    (0..=ScamType::ALL.len(), "[0-9]{8}", any::<u32>(), station, prop::option::of(0..200_000_i64)).prop_map(
        |(scam_type, tail, yuan, station, minutes)| TemplateValues {
            scam_type: ScamType::ALL.get(scam_type).copied(),
            suspect: PhoneNumber::parse(&format!("138{tail}")).ok(),
            amount: Fen::new(i64::from(yuan) * 100),
            station,
            time: minutes.map(|minutes| Instant::UNIX_EPOCH + TimeDelta::minutes(minutes)),
        },
    )
}

proptest! {
    // every text is tried out with the minutes of a day
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_fits_when_it_is_read_fits_whatever_the_values(
        before in "[a-z一-龥0-9 .:-]{0,6}", between in "[a-z一-龥0-9 .:-]{0,6}", after in "[a-z一-龥0-9 .:-]{0,6}",
        first in 0..5_usize, second in 0..5_usize, values in any_values(), english in any::<bool>()
    ) {
        let names = ["{scam_type}", "{suspect}", "{amount}", "{station}", "{time}"];
        let text = format!("{before}{}{between}{}{after}", names[first], names[second]);
        let file = format!("[[template]]\nname = \"a\"\nto = \"subject\"\ntext = \"好\"\ntext_en = {text:?}\n\
                            [[template]]\nname = \"b\"\nto = \"subject\"\ntext = {text:?}\n");
        if let Ok(templates) = Templates::parse("t.toml", &file) {
            let (name, language) = if english { ("a", Language::En) } else { ("b", Language::Zh) };
            prop_assert!(templates.render(name, &values, language).is_ok(), "{text} {values:?}");
        }
    }

}

proptest! {
    #[test]
    fn no_phone_number_ever_fits(number in "1[3-9][0-9]{9}", before in "[一-龥]{0,9}", after in "[一-龥]{0,9}") {
        let text = format!("{before}{number}{after}");
        prop_assert!(check_fit(&text).is_err());
    }
}
