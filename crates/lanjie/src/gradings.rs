//! `lanjie backtest`, `lanjie grading replay` and `lanjie grading report`: the gradings of the past, told as text.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use domain::clock::Instant;
use domain::grading::Rules;
use domain::grading::outcome::{Counted, QualityReport};
use domain::id::AssessmentId;
use domain::tier::{Grade, Tier};
use interception::judge_gradings;
use interception::replay_grading::replay_grading;
use interception::rules_in_use::RulesInUse;
use store::Store;

/// What other rules would have changed.
///
/// # Errors
/// The rules cannot be read, or the database is away.
pub async fn backtest(store: &Store, file: &Path, span: (Instant, Instant)) -> anyhow::Result<String> {
    let name = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let rules = Rules::parse(&name, &text)
        .map_err(|faults| anyhow!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    let found =
        judge_gradings::backtest(store, &rules, span, |read| eprintln!("{read} gradings read")).await?;

    let mut told = String::new();
    let incidents: u64 = found.table.values().sum();
    let changed: u64 =
        found.table.iter().filter(|((before, after), _)| before != after).map(|(_, count)| count).sum();
    let _ = writeln!(told, "rules {}", rules.version);
    let _ = writeln!(
        told,
        "{} gradings of {incidents} incidents; {changed} incidents would change",
        found.gradings
    );
    let _ = writeln!(told, "\n{:<16} {:<16} {:>10}", "before", "after", "incidents");
    for ((before, after), count) in &found.table {
        let mark = if before == after { "" } else { " *" };
        let _ = writeln!(told, "{:<16} {:<16} {count:>10}{mark}", grade(*before), grade(*after));
    }
    moved(&mut told, "station", found.by_station.iter().map(|(station, moved)| (station.as_str(), *moved)));
    moved(&mut told, "closed as", found.by_outcome.iter().map(|(outcome, moved)| (*outcome, *moved)));
    let _ = writeln!(
        told,
        "\n{:<10} {:>10} {:>10} {:>11} {:>11} {:>9} {:>9}",
        "tier", "before", "after", "precision", "precision", "recall", "recall"
    );
    for tier in Tier::ALL.iter().rev() {
        let (before, after) = found.tiers.get(tier).copied().unwrap_or_default();
        let (recall_before, recall_after) = found.recall(*tier);
        let _ = writeln!(
            told,
            "{:<10} {:>10} {:>10} {:>11} {:>11} {:>9} {:>9}",
            tier.as_str(),
            before.incidents,
            after.incidents,
            percent(before.precision()),
            percent(after.precision()),
            percent(recall_before),
            percent(recall_after)
        );
    }
    let (visits, estimated) = found.visits();
    // counts of visits are far below where a float loses one
    let more = estimated - visits as f64;
    let _ = writeln!(told, "\nvisits {visits}, estimated {estimated:.1} ({more:+.1})");
    Ok(told)
}

fn moved<'a>(told: &mut String, what: &str, rows: impl Iterator<Item = (&'a str, (u64, u64))>) {
    let _ = writeln!(told, "\n{what:<24} {:>8} {:>8}", "raised", "lowered");
    for (name, (raised, lowered)) in rows {
        let _ = writeln!(told, "{name:<24} {raised:>8} {lowered:>8}");
    }
}

fn grade(grade: Grade) -> String {
    format!("{}{}", grade.tier, if grade.urgent { ", urgent" } else { "" })
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// A grading made again.
///
/// # Errors
/// It cannot be made again, or came out otherwise.
pub async fn replay(store: &Store, configured: Rules, id: AssessmentId) -> anyhow::Result<String> {
    let replayed = replay_grading(store, &RulesInUse::new(configured), id).await?;
    let mut told = String::new();
    let again = &replayed.again;
    let _ = writeln!(told, "rules {}", again.rules_version);
    let _ = writeln!(told, "kept      {:<14} score {}", grade(replayed.kept.grade), replayed.kept.score);
    let _ = writeln!(told, "replayed  {:<14} score {}", grade(again.grade()), again.score);
    for reason in &again.reasons {
        let _ = writeln!(
            told,
            "  {:<34} {:>5}  {} / {}",
            reason.rule, reason.weight, reason.says, reason.says_en
        );
    }
    if !replayed.is_same() {
        bail!("the grading came out otherwise: {}", told.replace('\n', "; "));
    }
    told.push_str("the same\n");
    Ok(told)
}

/// How good the gradings of a span were.
///
/// # Errors
/// The database is away.
pub async fn report(store: &Store, configured: Rules, span: (Instant, Instant)) -> anyhow::Result<String> {
    let report = judge_gradings::quality(store, &RulesInUse::new(configured), span).await?;
    let QualityReport { total, tiers, rules, cheated_after_low, never_fired, never_right } = report;
    let mut told = String::new();
    heading(&mut told);
    line(&mut told, "all", total, None, None);
    for tier in tiers {
        line(&mut told, tier.tier.as_str(), tier.counted, tier.precision, tier.recall);
    }
    told.push('\n');
    for rule in rules {
        line(&mut told, &rule.rule, rule.counted, rule.precision, rule.recall);
    }
    let _ = writeln!(told, "\ncheated after a low grade: {cheated_after_low}");
    let _ = writeln!(told, "never fired: {}", never_fired.join(", "));
    let _ = writeln!(told, "fired only where it was no fraud: {}", never_right.join(", "));
    Ok(told)
}

fn heading(told: &mut String) {
    let _ = writeln!(
        told,
        "{:<34} {:>9} {:>7} {:>8} {:>10} {:>8}",
        "", "incidents", "fraud", "no fraud", "precision", "recall"
    );
}

fn line(told: &mut String, name: &str, counted: Counted, precision: Option<f64>, recall: Option<f64>) {
    let Counted { incidents, fraud, no_fraud } = counted;
    let _ = writeln!(
        told,
        "{name:<34} {incidents:>9} {fraud:>7} {no_fraud:>8} {:>10} {:>8}",
        percent(precision),
        percent(recall)
    );
}
