//! 250 rules over an alert with every reason told, beside the decision table of zen-engine: the same rules, the same
//! alerts, and the same answers, or it fails.
//!
//! ```sh
//! cargo run --release --manifest-path tests/rules_engines/Cargo.toml    # the first time it compiles for minutes
//! ```
//!
//! Both get what they are quickest with: ours the facts as a struct, theirs its own values, made beforehand. Theirs is
//! told once with the trace switched on, which is its way of giving reasons, and once without.

use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{anyhow, ensure};
use domain::grading::{GradingFacts, Rules};
use serde_json::{Value, json};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, EvaluationOptions, Variable};

#[path = "../../../crates/domain/benches/grading/many_rules.rs"]
mod many_rules;

use many_rules::{Ask, ManyRule};

/// All alerts are judged so often; the fastest time counts, which is the least disturbed.
const RUNS: u32 = 20;

/// The columns of the table: every signal that a rule asks about.
const COLUMNS: [&str; 8] = [
    "kind",
    "scam_type",
    "age",
    "hour",
    "call_seconds",
    "in_call",
    "amount_at_risk_yuan",
    "earlier_alerts_30d",
];

/// What fired, with the weight of each, in the rules' order.
type Fired = Vec<(String, i64)>;

fn main() -> anyhow::Result<()> {
    let rules = Rules::parse("many rules", &many_rules::file()).map_err(|faults| anyhow!("{faults:?}"))?;
    let alerts = many_rules::alerts();
    let (ours, our_answers) = fastest(|| alerts.iter().map(|facts| judged(&rules, facts)).collect());

    let mut decision = DecisionEngine::default().create_decision(table()?.into())?;
    decision.compile();
    let inputs: Vec<Variable> = alerts.iter().map(|facts| input(facts).into()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let evaluate = |trace: bool| {
        fastest(|| {
            inputs
                .iter()
                .map(|input| runtime.block_on(evaluated(&decision, input.depth_clone(1), trace)))
                .collect()
        })
    };
    let (traced, traced_answers) = evaluate(true);
    let (bare, bare_answers) = evaluate(false);
    let traced_answers = traced_answers.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    let bare_answers = bare_answers.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    ensure!(our_answers == traced_answers, "with its trace zen-engine answers otherwise");
    ensure!(our_answers == bare_answers, "without its trace zen-engine answers otherwise");

    let fired: usize = our_answers.iter().map(Vec::len).sum();
    println!(
        "{} rules over each of {} alerts; {} fire on average, and both name the same",
        many_rules::rules().len(),
        alerts.len(),
        fired / alerts.len()
    );
    for (name, time) in [
        ("lanjie, every reason told in two languages", ours),
        ("zen-engine's decision table, with its trace", traced),
        ("zen-engine's decision table, without", bare),
    ] {
        let each = time / u32::try_from(alerts.len())?;
        println!("{name:<44} {each:>10.1?}  {:>6.1}x", time.as_secs_f64() / ours.as_secs_f64());
    }
    Ok(())
}

/// The fastest time over all alerts, and the answers.
fn fastest<A>(mut run: impl FnMut() -> Vec<A>) -> (Duration, Vec<A>) {
    let (mut fastest, mut answers) = (Duration::MAX, vec![]);
    for _ in 0..RUNS {
        let begun = Instant::now();
        answers = black_box(run());
        fastest = fastest.min(begun.elapsed());
    }
    (fastest, answers)
}

fn judged(rules: &Rules, facts: &GradingFacts) -> Fired {
    let verdict = black_box(rules.assess(black_box(facts)));
    verdict.reasons.into_iter().map(|reason| (reason.rule, reason.weight.into())).collect()
}

async fn evaluated(decision: &Decision, input: Variable, trace: bool) -> anyhow::Result<Fired> {
    let options = EvaluationOptions { trace, ..EvaluationOptions::default() };
    let answer = decision.evaluate_with_opts(input, options).await.map_err(|error| anyhow!("{error}"))?;
    let rows: Value = black_box(answer).result.into();
    let rows = rows.as_array().ok_or_else(|| anyhow!("no list of rows"))?;
    let fired = rows.iter().map(|row| Some((row["rule"].as_str()?.to_owned(), row["weight"].as_i64()?)));
    fired.collect::<Option<Fired>>().ok_or_else(|| anyhow!("a row without rule or weight"))
}

fn input(facts: &GradingFacts) -> Value {
    json!({
        "kind": facts.kind, "scam_type": facts.scam_type, "age": facts.age, "hour": facts.hour,
        "call_seconds": facts.call_seconds, "in_call": facts.in_call,
        "amount_at_risk_yuan": facts.amount_at_risk.map(|amount| amount.fen() / 100),
        "earlier_alerts_30d": facts.history.earlier_alerts_30d,
    })
}

/// The rules as rows of a decision table that gives every row that holds.
fn table() -> anyhow::Result<DecisionContent> {
    let column = |name: &str| json!({ "id": name, "name": name, "field": name });
    let row = |ManyRule { id, asks, weight }: ManyRule| {
        let mut row = json!({ "_id": id, "rule": format!("\"{id}\""), "weight": weight.to_string() });
        for ask in &asks {
            let (signal, cell) = match ask {
                Ask::AtLeast(signal, least) => (signal, format!(">= {least}")),
                Ask::Below(signal, bound) => (signal, format!("< {bound}")),
                Ask::Is(signal, word) => (signal, format!("\"{word}\"")),
                Ask::Holds(signal) => (signal, "$ == true".to_owned()),
            };
            row[*signal] = json!(cell);
        }
        row
    };
    let (inputs, outputs) = (COLUMNS.map(column), ["rule", "weight"].map(column));
    let rows: Vec<Value> = many_rules::rules().into_iter().map(row).collect();
    Ok(serde_json::from_value(json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode" },
            { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "collect",
                "inputs": inputs,
                "outputs": outputs,
                "rules": rows } },
            { "id": "out", "name": "out", "type": "outputNode" },
        ],
        "edges": [{ "id": "1", "sourceId": "in", "targetId": "table" },
                  { "id": "2", "sourceId": "table", "targetId": "out" }],
    }))?)
}
