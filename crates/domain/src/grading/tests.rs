use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;
use crate::alert_kind::AlertKind;
use crate::money::Fen;
use crate::scam_type::ScamType;
use crate::text_reading::TextReading;

static SHIPPED: LazyLock<Rules> =
    LazyLock::new(|| Rules::parse("grading.toml", include_str!("../../../../config/grading.toml")).unwrap());

fn shipped() -> &'static Rules {
    &SHIPPED
}

fn money(yuan: i64) -> Option<Fen> {
    Fen::new(yuan * 100)
}

/// The contract's example: a woman of 67, twenty-one minutes on the line, sharing her screen.
fn on_the_line() -> GradingFacts {
    GradingFacts {
        kind: Some(AlertKind::Call),
        source_level: Some(Tier::High),
        age: Some(67),
        call_seconds: Some(1260),
        calls_24h: Some(4),
        screen_sharing: Some(true),
        in_call: Some(true),
        amount_at_risk: money(50_000),
        ..GradingFacts::default()
    }
}

#[test]
fn a_shared_screen_on_a_call_is_urgent_and_every_reason_is_given() {
    let verdict = shipped().assess(&on_the_line());
    assert_eq!(verdict.grade(), Grade::URGENT);
    let rules: Vec<&str> = verdict.reasons.iter().map(|reason| reason.rule.as_str()).collect();
    assert_eq!(
        rules,
        [
            "source_high",
            "call",
            "screen_shared_on_a_call",
            "screen_sharing",
            "in_call",
            "very_long_call",
            "repeated_calls",
            "much_money_at_risk",
            "elderly",
            "cap:line"
        ]
    );
    assert_eq!(verdict.score, verdict.reasons.iter().map(|reason| reason.weight).sum::<i32>());
    assert!(
        verdict
            .reasons
            .iter()
            .any(|reason| reason.says == "与可疑号码长时间通话1260秒" && reason.value == "1260")
    );
}

#[test]
fn false_police_is_always_urgent() {
    let facts =
        GradingFacts { scam_type: Some(ScamType::ImpersonatingAuthorities), ..GradingFacts::default() };
    assert_eq!(shipped().assess(&facts).grade(), Grade::URGENT);
}

#[test]
fn the_sources_level_is_a_floor_and_nothing_known_is_low() {
    let tier =
        |source_level| shipped().assess(&GradingFacts { source_level, ..GradingFacts::default() }).tier;
    assert_eq!(tier(Some(Tier::High)), Tier::High);
    assert_eq!(tier(Some(Tier::Medium)), Tier::Medium);
    assert_eq!(tier(Some(Tier::Low)), Tier::Low);
    assert_eq!(tier(None), Tier::Low);
}

#[test]
fn typical_alerts_get_the_tier_an_officer_would_give() {
    let sms = GradingFacts { kind: Some(AlertKind::Sms), ..GradingFacts::default() };
    let call = GradingFacts { kind: Some(AlertKind::Call), ..GradingFacts::default() };
    let funds = GradingFacts { kind: Some(AlertKind::Funds), ..GradingFacts::default() };
    let acquaintance = Some(ScamType::ImpersonatingAcquaintance);
    for (tier, facts) in [
        (Tier::Low, sms.clone()),
        (Tier::Low, GradingFacts { call_seconds: Some(60), age: Some(40), ..call.clone() }),
        (Tier::Medium, GradingFacts { call_seconds: Some(1200), age: Some(70), ..call.clone() }),
        (Tier::Medium, funds.clone()),
        (Tier::High, GradingFacts { amount_at_risk: money(20_000), ..funds }),
        (Tier::High, GradingFacts { screen_sharing: Some(true), call_seconds: Some(900), ..call }),
        (Tier::High, GradingFacts { amount_at_risk: money(300_000), scam_type: acquaintance, ..sms }),
    ] {
        assert_eq!(shipped().assess(&facts).tier, tier, "{facts:?}");
    }
}

#[test]
fn a_day_of_plausible_alerts_sends_patrols_to_about_one_in_seven() {
    let rules = shipped();
    let mut draws = Draws(1);
    let mut counted = [0_u32; 3];
    for _ in 0..5_000 {
        counted[rules.assess(&plausible(&mut draws)).tier as usize] += 1;
    }
    let [_, medium, high] = counted.map(|count| count / 50);
    assert!((10..=20).contains(&high) && (28..=42).contains(&medium), "medium {medium} %, high {high} %");
}

#[test]
fn a_day_of_plausible_alerts_stops_none_of_the_shipped_rules() {
    let rules = shipped();
    let window = rules.brake_window().unwrap();
    let mut draws = Draws(2);
    for _ in 0..50 {
        let mut hits = BTreeMap::new();
        for _ in 0..window {
            for reason in rules.assess(&plausible(&mut draws)).reasons {
                *hits.entry(reason.rule).or_default() += 1;
            }
        }
        assert_eq!(rules.runaways(&hits, window), []);
    }
}

#[test]
fn a_source_that_makes_minors_of_all_stops_that_rule_alone() {
    let rules = shipped();
    let window = rules.brake_window().unwrap();
    let mut hits = BTreeMap::new();
    for _ in 0..window {
        let facts = GradingFacts { age: Some(0), ..on_the_line() };
        for reason in rules.assess(&facts).reasons {
            *hits.entry(reason.rule).or_default() += 1;
        }
    }
    let stopped: Vec<String> = rules.runaways(&hits, window).into_iter().map(|found| found.rule).collect();
    assert_eq!(stopped, ["minor"]);
}

/// A fixed sequence of draws, so that the count is the same on every machine.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn number(&mut self, bound: u64) -> Option<u32> {
        u32::try_from(self.below(bound)).ok()
    }
}

fn plausible(draws: &mut Draws) -> GradingFacts {
    let kind = match draws.below(100) {
        0..45 => AlertKind::Call,
        45..70 => AlertKind::Sms,
        70..85 => AlertKind::Url,
        85..95 => AlertKind::App,
        _ => AlertKind::Funds,
    };
    let source_level = match draws.below(100) {
        0..6 => Some(Tier::High),
        6..24 => Some(Tier::Medium),
        24..60 => Some(Tier::Low),
        _ => None,
    };
    let types = &ScamType::ALL[..ScamType::ALL.len() - 1];
    let scam_type = draws.percent(50).then(|| types[draws.below(12) as usize]);
    let scam_type =
        scam_type.filter(|known| *known != ScamType::ImpersonatingAuthorities || draws.percent(50));
    let on_the_phone = kind == AlertKind::Call;
    let amount = draws.below(20_000).pow(2) / 4_000;
    GradingFacts {
        kind: Some(kind),
        source_level,
        scam_type,
        age: draws.number(70).map(|years| years + 12),
        hour: draws.number(24),
        call_seconds: draws.number(900).filter(|_| on_the_phone),
        calls_24h: draws.number(4).filter(|_| on_the_phone),
        screen_sharing: on_the_phone.then(|| draws.percent(3)),
        in_call: on_the_phone.then(|| draws.percent(15)),
        amount_at_risk: draws.percent(20).then(|| money(amount as i64)).flatten(),
        history: History {
            earlier_alerts_30d: draws.number(3),
            suspect_incidents_30d: draws.number(4).map(|count| count.saturating_sub(2)),
            ..History::default()
        },
        ..GradingFacts::default()
    }
}

#[test]
fn stored_facts_give_the_same_verdict_again() {
    let rules = shipped();
    let text = TextReading {
        fraud: true,
        probability: 0.9,
        scam_type: Some(ScamType::ImpersonatingAuthorities),
        words: vec!["安全账户".to_owned()],
        model: Some("0123456789ab".to_owned()),
    };
    let facts = GradingFacts { text: Some(text), ..on_the_line() };
    let stored = serde_json::to_string(&facts).unwrap();
    let replayed: GradingFacts = serde_json::from_str(&stored).unwrap();
    assert_eq!(rules.assess(&replayed), rules.assess(&facts));
}

/// A file whose second rule begins on line 10.
fn file(when: &str, rest: &str) -> String {
    let says = |id: &str| format!("says = \"{id}\"\nsays_en = \"{id}\"\n");
    let first = format!("[[rule]]\nid = \"a\"\nwhen = \"age == 9\"\nweight = 6\n{}", says("a"));
    let second = format!("[[rule]]\nid = \"b\"\nwhen = \"{when}\"\n{rest}{}", says("b"));
    format!("[thresholds]\nmedium = 3\nhigh = 6\n{first}{second}")
}

#[test]
fn each_fault_is_named_with_its_line_and_cause() {
    let fine = "in_call";
    let weighs = |when: &str| file(when, "weight = 1\n");
    let also = |more: &str| format!("{}{more}says = \"c\"\nsays_en = \"c\"\n", weighs(fine));
    for (text, expected) in [
        (weighs("shoe_size == 9"), "12: unknown signal \"shoe_size\""),
        (weighs("agee == 9"), "12: unknown signal \"agee\": did you mean \"age\"?"),
        (weighs("age == true"), "12: age and what is true or false cannot be compared"),
        (weighs("in_call == 1"), "12: what is true or false and 1 cannot be compared"),
        (weighs("in_call >= 1"), "12: what is true or false and 1 cannot be put in order"),
        (weighs("kind > 'sms'"), "12: kind and \"sms\" cannot be put in order"),
        (weighs("kind == 'fax'"), "12: kind is call, sms, app, url or funds, never \"fax\""),
        (weighs("kind in ['sms', 'fax']"), "12: kind is call, sms, app, url or funds, never \"fax\""),
        (weighs("kind in ['sms', 3]"), "12: kind is never 3"),
        (weighs("age in []"), "12: can never hold: the list is empty"),
        (weighs("age"), "12: age is no condition"),
        (weighs("age && in_call"), "12: age is not true or false"),
        (weighs("!age"), "12: age is not true or false"),
        (weighs("age + in_call > 3"), "12: what is true or false is no number"),
        (weighs("age > 9.5"), "12: expected a whole number"),
        (weighs("1 < 2"), "12: compares two numbers that never change"),
        (weighs("true"), "12: asks about no signal"),
        (weighs("age / 0 * (1 / 0) > 1"), "12: this number cannot be reckoned"),
        (weighs("size(source) > 1"), "12: \"size\" is not understood here"),
        (weighs("in_call ? age > 1 : age > 2"), "12: \"?:\" is not understood here"),
        (weighs("[1, 2].exists(x, x == age)"), "12: a condition cannot go through lists"),
        (weighs("age > "), "12: not a condition"),
        (weighs("kind == ‘sms’"), "12: not a condition: words stand in straight quotes"),
        (weighs("age ≥ 60"), "12: not a condition: write >="),
        (weighs("（age > 60）"), "12: not a condition: write = > <"),
        (weighs("age > 60 and in_call"), "12: not a condition: write && for and"),
        (weighs("age = 60"), "12: not a condition: equal is written =="),
        (weighs("call_seconds > 1,000"), "12: not a condition: numbers are written without commas"),
        (weighs(fine).replace("id = \"b\"", "id = \"\""), "11: expected an id"),
        (weighs(fine).replace("id = \"b\"", "id = \"cap:line\""), "11: expected an id"),
        (weighs(""), "12: expected a condition"),
        (weighs("hour == 24"), "12: can never hold: hour is 0 to 23"),
        (weighs("age >= 9 && age <= 8"), "11: b can never fire"),
        (weighs("in_call && !in_call"), "11: b can never fire"),
        (weighs("kind == 'sms' && kind == 'call'"), "11: b can never fire"),
        (weighs("age * 2 > hour && !(age * 2 > hour)"), "11: b can never fire"),
        (weighs("9 >= age && !(age < 9)"), "11: b asks the same as \"a\""),
        (
            file("age == 9 && in_call", "floor = \"medium\"\n")
                .replace("weight = 6", "weight = 6\nfloor = \"high\""),
            "12: b changes nothing: \"a\" fires wherever it does",
        ),
        (file(fine, "weight = 0\n"), "13: a weight of zero"),
        (file(fine, "floor = \"low\"\n"), "13: everything is at least low"),
        (file(fine, ""), "11: this rule does nothing"),
        (file(fine, "wieght = 1\n"), "13: unknown field `wieght`"),
        (file(fine, "weight = 1\nmax_rate = 1.5\n"), "14: expected a share"),
        (file(fine, "weight = 1\ngroup = \"lien\"\n"), "14: unknown group \"lien\""),
        (weighs(fine).replace("id = \"b\"", "id = \"a\""), "11: the id \"a\" is taken"),
        (weighs(fine).replace("says = \"b\"", "says = \"{name}\""), "14: unknown signal \"name\""),
        (weighs(fine).replace("says = \"b\"", "says = \"{age\""), "14: a { is never closed"),
        (weighs(fine).replace("says = \"b\"", "says = \" \""), "14: expected a sentence"),
        (weighs(fine).replace("says_en = \"b\"\n", ""), "10: missing field `says_en`"),
        (weighs(fine).replace("high = 6", "high = 3"), "3: must be above `medium`"),
        (weighs(fine).replace("high = 6", "high = 60"), "3: out of reach: all weights together are 7"),
        (weighs(fine).replace("medium = 3", "medium = 0"), "2: must be above zero"),
        (
            also(
                "[[group]]\nid = \"g\"\ncap = 9\n[[rule]]\nid = \"c\"\nwhen = \"hour == 1\"\nweight = 4\ngroup = \"g\"\n",
            ),
            "18: never reached: the weights of the group \"g\" come to 4",
        ),
        (
            also("[[override]]\nid = \"c\"\nscam_types = []\nurgent = true\n"),
            "18: expected the kinds of fraud",
        ),
        (
            also("[brake]\nwindow = 4000000000\n[[rule]]\nid = \"c\"\nwhen = \"hour == 1\"\nweight = 4\n"),
            "17: expected how many",
        ),
        (
            also("[brake]\nwindow = 0\n[[rule]]\nid = \"c\"\nwhen = \"hour == 1\"\nweight = 4\n"),
            "17: expected how many",
        ),
    ] {
        let faults: Vec<String> =
            Rules::parse("g.toml", &text).unwrap_err().iter().map(ToString::to_string).collect();
        let line = format!("g.toml:{expected}");
        assert!(faults.iter().any(|fault| fault.starts_with(&line)), "{expected}\n{faults:?}");
    }
    assert!(Rules::parse("g.toml", &weighs(fine)).is_ok());
}

#[test]
fn a_fault_in_a_condition_of_several_lines_has_its_own_line() {
    let text = file("in_call", "weight = 1\n")
        .replace("when = \"in_call\"", "when = \"\"\"\nin_call\n&& agee > 3\n\"\"\"");
    let faults = Rules::parse("g.toml", &text).unwrap_err();
    assert_eq!(faults[0].line, 14, "{faults:?}");
}

#[test]
fn an_override_behind_a_wider_one_never_counts() {
    let wide = |id: &str, when: &str| {
        format!(
            "[[override]]\nid = \"{id}\"\nscam_types = [\"romance\", \"other\"]\n{when}urgent = true\nsays = \"x\"\nsays_en = \"x\"\n"
        )
    };
    let narrow = wide("n", "when = \"age > 60\"\n").replace(", \"other\"", "");
    let fine = file("in_call", "weight = 1\n");
    let faults = Rules::parse("g.toml", &format!("{fine}{}{narrow}", wide("w", ""))).unwrap_err();
    assert!(faults[0].cause.starts_with("n never counts: \"w\""), "{faults:?}");
    assert!(Rules::parse("g.toml", &format!("{fine}{narrow}{}", wide("w", ""))).is_ok());
}

#[test]
fn the_first_override_that_holds_counts_and_a_group_no_more_than_its_cap() {
    let more = "[[override]]\nid = \"o\"\nscam_types = [\"romance\"]\nwhen = \"age > 60\"\nweight = 2\nsays = \"{age}岁\"\nsays_en = \"{hour}\"\n\
        [[override]]\nid = \"p\"\nscam_types = [\"romance\"]\nurgent = true\nsays = \"p\"\nsays_en = \"p\"\n\
        [[group]]\nid = \"g\"\ncap = 4\n\
        [[rule]]\nid = \"c\"\nwhen = \"hour == 1 || age > 60\"\nweight = 3\ngroup = \"g\"\nsays = \"c\"\nsays_en = \"c\"\n\
        [[rule]]\nid = \"d\"\nwhen = \"age > 70\"\nweight = 3\ngroup = \"g\"\nsays = \"d\"\nsays_en = \"d\"\n";
    let rules = Rules::parse("g.toml", &format!("{}{more}", file("in_call", "weight = 1\n"))).unwrap();
    let romance =
        |age| GradingFacts { scam_type: Some(ScamType::Romance), age: Some(age), ..GradingFacts::default() };
    let fired = |verdict: &Verdict| -> Vec<String> {
        verdict.reasons.iter().map(|reason| format!("{}{:+}", reason.rule, reason.weight)).collect()
    };
    let old = rules.assess(&romance(75));
    assert_eq!(fired(&old), ["c+3", "d+3", "o+2", "cap:g-2"]);
    assert_eq!((old.score, old.urgent, old.tier), (6, false, Tier::High));
    let said = &old.reasons[2];
    assert_eq!((said.says.as_str(), said.says_en.as_str(), said.value.as_str()), ("75岁", "?", "75"));
    assert_eq!(rules.assess(&romance(30)).grade(), Grade::URGENT);
}

#[test]
fn a_stopped_rule_does_not_count_and_is_named() {
    let rules = shipped();
    let stopped = BTreeSet::from(["screen_shared_on_a_call".to_owned(), "minor".to_owned()]);
    let verdict = rules.assess_without(&on_the_line(), &stopped);
    assert!(!verdict.urgent && verdict.reasons.iter().all(|reason| reason.rule != "screen_shared_on_a_call"));
    assert_eq!(verdict.stopped, ["screen_shared_on_a_call"]);
}

#[test]
fn a_rule_runs_away_beyond_its_bound_and_not_before_the_window_is_full() {
    let text = format!("{}[brake]\nwindow = 10\n", file("in_call", "weight = 1\nmax_rate = 0.2\n"));
    let rules = Rules::parse("g.toml", &text).unwrap();
    let hits = |count| BTreeMap::from([("b".to_owned(), count), ("a".to_owned(), 10)]);
    assert_eq!(rules.brake_window(), Some(10));
    assert!(rules.runaways(&hits(9), 9).is_empty() && rules.runaways(&hits(2), 10).is_empty());
    assert_eq!(rules.runaways(&hits(3), 10), [Runaway { rule: "b".into(), hits: 3, of: 10, max_rate: 0.2 }]);
    assert_eq!(Rules::parse("g.toml", &file("in_call", "weight = 1\n")).unwrap().brake_window(), None);
}

proptest! {
    #[test]
    fn more_money_never_lowers_the_grade(seed in any::<u64>(), less in 0_i64..500_000, more in 0_i64..500_000) {
        let rules = shipped();
        let facts = plausible(&mut Draws(seed));
        let grade = |yuan| rules.assess(&GradingFacts { amount_at_risk: money(yuan), ..facts.clone() }).grade();
        prop_assert!(grade(less.min(more)) <= grade(less.max(more)));
    }
}

mod agreement;
