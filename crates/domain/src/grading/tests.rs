use proptest::prelude::*;

use super::*;

fn shipped() -> Rules {
    Rules::parse("grading.toml", include_str!("../../../../config/grading.toml")).unwrap()
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
            "elderly"
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
        },
        text: None,
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
    };
    let facts = GradingFacts { text: Some(text), ..on_the_line() };
    let stored = serde_json::to_string(&facts).unwrap();
    let replayed: GradingFacts = serde_json::from_str(&stored).unwrap();
    assert_eq!(rules.assess(&replayed), rules.assess(&facts));
}

#[test]
fn each_fault_is_named_with_its_line_and_cause() {
    let first = "[[rule]]\nid = \"a\"\nwhen = [{ signal = \"age\", is = 9 }]\nweight = 6\nsays = \"a\"\n";
    let rule = |when: &str, rest: &str| {
        let second = format!("[[rule]]\nid = \"b\"\nwhen = [{{ {when} }}]\n{rest}says = \"b\"\n");
        format!("[thresholds]\nmedium = 3\nhigh = 6\n{first}{second}")
    };
    let fine = "signal = \"in_call\", is = true";
    for (text, expected) in [
        (
            rule("signal = \"shoe_size\", is = 9", "weight = 1\n"),
            "11: unknown signal \"shoe_size\": expected one of: kind",
        ),
        (rule("signal = \"age\", is = true", "weight = 1\n"), "11: age is a number"),
        (rule("signal = \"in_call\", is = 1", "weight = 1\n"), "11: in_call is true or false"),
        (rule("signal = \"in_call\", at_least = 1", "weight = 1\n"), "11: in_call is no number"),
        (rule("signal = \"kind\", is = \"fax\"", "weight = 1\n"), "11: kind is call, sms, app, url or funds"),
        (rule("signal = \"age\", at_least = 9, at_most = 8", "weight = 1\n"), "11: can never hold"),
        (rule("signal = \"age\"", "weight = 1\n"), "11: expected `is`"),
        (rule("signal = \"age\", is = 9, at_least = 9", "weight = 1\n"), "11: expected `is`"),
        (rule("signal = \"kind\", one_of = []", "weight = 1\n"), "11: expected `is`"),
        (rule(fine, "weight = 0\n"), "12: a weight of zero"),
        (rule(fine, ""), "10: this rule does nothing"),
        (rule(fine, "wieght = 1\n"), "12: unknown field `wieght`"),
        (rule(fine, "weight = 1\n").replace("id = \"b\"", "id = \"a\""), "10: the id \"a\" is taken"),
        (rule(fine, "weight = 1\n").replace("says = \"b\"", "says = \"{name}\""), "13: expected a sentence"),
        (rule(fine, "weight = 1\n").replace("high = 6", "high = 3"), "3: must be above `medium`"),
        (rule(fine, "weight = 1\n").replace("high = 6", "high = 60"), "3: out of reach"),
        (rule(fine, "weight = 1\n").replace("medium = 3", "medium = 0"), "2: must be above zero"),
    ] {
        let faults: Vec<String> =
            Rules::parse("g.toml", &text).unwrap_err().iter().map(ToString::to_string).collect();
        assert!(
            faults.len() == 1 && faults[0].starts_with(&format!("g.toml:{expected}")),
            "{expected}\n{faults:?}"
        );
    }
    assert!(Rules::parse("g.toml", &rule(fine, "weight = 1\n")).is_ok());
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
