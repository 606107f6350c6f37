use super::*;

const CALL: &str = "[[step]]\nid = \"call\"\nact = \"contact\"\nwhom = \"subject\"\nattempts = 3\nspacing = \"5m\"\ndue = \"15m\"\n";

/// The faults of a plan whose first step is `call` (line 3 on) and whose others begin at line 10.
fn faults(steps: &str) -> Vec<String> {
    let text = format!("name = \"p\"\ntitle = \"P\"\n{CALL}{steps}");
    let faults = Plan::parse("p.toml", &text, &templates()).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn a_plan_with_nothing_wrong_is_read() {
    assert!(
        faults("[[step]]\nid = \"visit\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\"call.overdue\"]\n")
            .is_empty()
    );
}

#[test]
fn each_fault_is_named_with_its_line_and_cause() {
    for (steps, expected) in [
        (
            "[[step]]\nid = \"call\"\nact = \"dispatch\"\ndue = \"1h\"\n",
            "p.toml:11: the id \"call\" is taken",
        ),
        ("[[step]]\nid = \"Call\"\nact = \"dispatch\"\ndue = \"1h\"\n", "p.toml:11: expected lower-case"),
        ("[[step]]\nid = \"v\"\nact = \"visit\"\n", "p.toml:12: expected one of: contact"),
        ("[[step]]\nid = \"v\"\nact = \"stop_payment\"\n", "p.toml:12: a stop-payment follows a transfer"),
        ("[[step]]\nid = \"v\"\nact = \"dispatch\"\n", "p.toml:12: a dispatch step needs `due`"),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1 hour\"\n",
            "p.toml:13: expected a whole number with its unit",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\nattempts = 1\n",
            "p.toml:14: a dispatch step takes no `attempts`",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\npick_up = \"2h\"\n",
            "p.toml:14: `pick_up` is later than `due`",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\ncolour = \"red\"\n",
            "p.toml:14: unknown field `colour`",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\nwait = \"1m\"\n",
            "p.toml:14: `wait` counts from an event",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\"cal.refused\"]\n",
            "p.toml:14: there is no step \"cal\"",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\n  \"call.seen\"]\n",
            "p.toml:15: a contact never ends as seen: expected convinced, doubtful, refused or unreachable",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\"call.lost\"]\n",
            "p.toml:14: unknown event \"lost\"",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\"call.skipped\"]\n",
            "p.toml:14: \"call\" always starts",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\"call.refused\"]\nunless = [\"call.refused\"]\n",
            "p.toml:11: this step can never start",
        ),
        (
            "[[step]]\nid = \"s\"\nact = \"sms\"\nwhom = \"subject\"\ntemplate = \"none\"\n",
            "p.toml:14: there is no template \"none\"",
        ),
        (
            "[[step]]\nid = \"s\"\nact = \"sms\"\nwhom = \"relatives\"\ntemplate = \"warn_subject_low\"\n",
            "p.toml:14: \"warn_subject_low\" is a text to subject",
        ),
        (
            "[[step]]\nid = \"c\"\nact = \"contact\"\nwhom = \"subject\"\nattempts = 0\nspacing = \"1m\"\ndue = \"5m\"\n",
            "p.toml:14: expected 1 to 20 attempts",
        ),
        (
            "[[step]]\nid = \"c\"\nact = \"contact\"\nwhom = \"subject\"\nattempts = 3\nspacing = \"5m\"\ndue = \"10m\"\n",
            "p.toml:16: cannot be met",
        ),
    ] {
        let faults = faults(steps);
        assert!(faults.len() == 1 && faults[0].starts_with(expected), "{steps}\n{expected}\n{faults:?}");
    }
}

#[test]
fn steps_that_wait_for_each_other_are_refused() {
    let step = |id: &str, on: &str| {
        format!("[[step]]\nid = \"{id}\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\"{on}.seen\"]\n")
    };
    let faults = faults(&format!("{}{}", step("a", "b"), step("b", "a")));
    assert_eq!(
        faults,
        ["p.toml:11: waits for itself: a <- b <- a", "p.toml:16: waits for itself: b <- a <- b"]
    );
}

#[test]
fn all_faults_are_named_at_once() {
    let step = "[[step]]\nid = \"v\"\nact = \"dispatch\"\nwhom = \"subject\"\n";
    assert_eq!(
        faults(step),
        ["p.toml:12: a dispatch step needs `due`", "p.toml:13: a dispatch step takes no `whom`"]
    );
}
