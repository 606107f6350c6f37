use super::*;

const CALL: &str = "[[step]]\nid = \"call\"\nact = \"contact\"\nwhom = \"subject\"\nattempts = 3\nspacing = \"5m\"\ndue = \"15m\"\n";

/// The faults of a plan whose first step is `call` (line 3 on) and whose others begin at line 10.
fn all_faults(steps: &str) -> Vec<String> {
    let text = format!("name = \"p\"\ntitle = \"P\"\n{CALL}{steps}");
    let faults = Plan::parse("p.toml", &text, &templates()).err().unwrap_or_default();
    faults.iter().map(ToString::to_string).collect()
}

/// Those but for unanswered outcomes, which have a test of their own.
fn faults(steps: &str) -> Vec<String> {
    all_faults(steps).into_iter().filter(|fault| !fault.contains("nothing follows")).collect()
}

#[test]
fn an_outcome_that_leads_nowhere_is_refused_unless_the_plan_says_that_it_may_rest() {
    let visit = "[[step]]\nid = \"visit\"\nact = \"dispatch\"\ndue = \"1h\"\non = [\"call.doubtful\", \"call.refused\"]\nrest = [\"seen\"]\n";
    assert_eq!(
        all_faults(visit),
        [
            "p.toml:4: nothing follows \"call.convinced\": expected a step that starts on it, or \"convinced\" in `rest`",
            "p.toml:4: nothing follows \"call.unreachable\": expected a step that starts on it, or \"unreachable\" in `rest`",
            "p.toml:11: nothing follows \"visit.not_seen\": expected a step that starts on it, or \"not_seen\" in `rest`",
        ]
    );
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
        ("[[step]]\nid = \"v\"\nact = \"stop_payment\"\n", "p.toml:12: expected one of: contact"),
        ("[[step]]\nid = \"r\"\nact = \"raise\"\n", "p.toml:12: a raise step needs `to`"),
        ("[[step]]\nid = \"r\"\nact = \"raise\"\nto = \"top\"\n", "p.toml:13: unknown variant `top`"),
        ("[[step]]\nid = \"r\"\nact = \"end\"\ndue = \"1h\"\n", "p.toml:13: end takes no `due`"),
        (
            "[[step]]\nid = \"r\"\nact = \"raise\"\nto = \"county_desk\"\n",
            "p.toml:13: a raise goes to medium, high or urgent",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\nto = \"urgent\"\n",
            "p.toml:14: a dispatch goes to station, county_desk or command_centre",
        ),
        (
            "[[step]]\nid = \"r\"\nact = \"end\"\nwhen = { amount_min = \"much\" }\n",
            "p.toml:13: expected yuan",
        ),
        (
            "[[step]]\nid = \"r\"\nact = \"end\"\non = [\"call.not_picked_up\"]\n",
            "p.toml:13: \"call\" has no `pick_up`",
        ),
        (
            "[[step]]\nid = \"r\"\nact = \"end\"\nwhen = { hours = \"8-9\" }\n",
            "p.toml:13: expected a part of the day",
        ),
        (
            "[[step]]\nid = \"r\"\nact = \"end\"\nwhen = { age_min = 60, age_max = 50 }\n",
            "p.toml:11: this step can never start",
        ),
        (
            "[[step]]\nid = \"v\"\nact = \"dispatch\"\ndue = \"1h\"\nrest = [\"convinced\"]\n",
            "p.toml:14: a dispatch never ends as convinced",
        ),
        (
            "[[step]]\nid = \"r\"\nact = \"end\"\n[[step]]\nid = \"s\"\nact = \"end\"\non = [\"r.off\"]\n",
            "p.toml:16: only a contact or an auto_call hears off",
        ),
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
fn a_step_that_no_course_of_events_can_start_is_refused() {
    let end = |id: &str, rest: &str| format!("[[step]]\nid = \"{id}\"\nact = \"end\"\n{rest}\n");
    for (steps, lines) in [
        // the call begins with the plan, so it has always started before
        (end("a", "after = \"1h\"\nunless = [\"call.started\"]"), vec![11]),
        (end("a", "unless = [\"call.started\"]"), vec![11]),
        // who is convinced has been called
        (end("a", "on = [\"call.convinced\"]\nunless = [\"call.started\"]"), vec![11]),
        // one step further: b starts only after what calls it off
        (
            end("a", "on = [\"call.refused\"]") + &end("b", "on = [\"a.done\"]\nunless = [\"call.refused\"]"),
            vec![15],
        ),
        // what waits for a step that never starts never starts either
        (end("a", "when = { age_min = 60, age_max = 50 }") + &end("b", "on = [\"a.done\"]"), vec![11, 15]),
    ] {
        let expected: Vec<String> =
            lines.iter().map(|line| format!("p.toml:{line}: this step can never start")).collect();
        assert_eq!(faults(&steps), expected, "{steps}");
    }
    for steps in [
        end("a", "on = [\"call.refused\", \"call.doubtful\"]")
            + &end("b", "on = [\"a.done\"]\nunless = [\"call.refused\"]"),
        end("a", "when = { age_min = 60, age_max = 50 }")
            + &end("b", "on = [\"call.refused\"]\nafter = \"1h\""),
        end("a", "after = \"1h\"\nunless = [\"call.refused\"]"),
    ] {
        assert!(faults(&steps).iter().all(|fault| !fault.contains("15")), "{:?}", faults(&steps));
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
