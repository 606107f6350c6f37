//! `lanjie plan simulate`: what a plan would do for an alert, told in advance. Nothing is stored and nobody is told.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow};
use chrono::TimeDelta;
use domain::alert::Alert;
use domain::clock::{Instant, at_the_glass};
use domain::grading::{Evidence, GradingFacts, History, Rules};
use domain::id::AlertId;
use domain::plan::simulate::{Imagined, People};
use domain::plan::{Plan, PlanFacts};
use domain::protected_numbers::ProtectedNumbers;
use domain::template::Templates;
use gateway::reading;
use gateway::wire::alert::{Arrival, Notice};
use serde_json::Value;
use text_reading::TextReader;

/// Whose alert it is taken for.
const SOURCE: &str = "SIMULATED";

/// What the alert is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Judgement<'a> {
    /// What grades it.
    pub rules: &'a Rules,
    /// What reads its text.
    pub texts: &'a TextReader,
    /// What the plan's texts are made from.
    pub templates: &'a Templates,
    /// The numbers that are never blocked.
    pub protected: &'a ProtectedNumbers,
}

/// Reads the plan and the alert, grades the alert as the first of its subject, and tells what would happen.
///
/// # Errors
/// A file cannot be read, or what is in it is not understood: every fault is named.
pub fn simulate(
    plan: &Path,
    alert: &Path,
    imagined: &[Imagined],
    by: Judgement<'_>,
    now: Instant,
) -> anyhow::Result<String> {
    let plan_name = plan.display().to_string();
    let plan = Plan::parse(&plan_name, &read(plan)?, by.templates)
        .map_err(|faults| anyhow!(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    let alert = read_alert(alert, now)?;

    let text = alert.text.as_deref().map(|text| by.texts.read(text));
    let suspect = alert.suspect.phone.as_ref();
    let history = History::NONE.with_protected(suspect, by.protected);
    let grading = GradingFacts::of(Evidence::from(&alert), history, text);
    let verdict = by.rules.assess(&grading);
    let facts = PlanFacts {
        grade: verdict.grade(),
        scam_type: alert.scam_type.or_else(|| grading.text.as_ref().and_then(|text| text.scam_type)),
        has_relatives: !alert.relatives.is_empty(),
        has_suspect_number: suspect
            .is_some_and(|number| !by.protected.holds(number) && *number != alert.subject.phone),
        sources: vec![alert.source.clone()],
        age: alert.subject.age,
        amount_at_risk: alert.signals.amount_at_risk,
    };
    let people = People {
        subject: alert.subject.name.clone(),
        phone: alert.subject.phone.clone(),
        relatives: alert.relatives.clone(),
    };

    let mut told = String::new();
    let urgent = if verdict.urgent { ", urgent" } else { "" };
    let _ = writeln!(told, "plan {} ({}), {} steps", plan.name, plan.title, plan.steps.len());
    let _ = writeln!(
        told,
        "alert graded {}{urgent}, score {}; begins {}",
        verdict.tier,
        verdict.score,
        at_the_glass(now).format("%Y-%m-%d %H:%M:%S")
    );
    for passage in plan.simulate(now, facts, &people, imagined) {
        let _ = writeln!(told, "{:>12}  {:<18} {}", span(passage.after), passage.step, passage.happening);
    }
    Ok(told)
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_alert(path: &Path, now: Instant) -> anyhow::Result<Alert> {
    let text = read(path)?;
    let raw: Value = serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))?;
    let notice: Notice = reading::read(&raw, now).map_err(|faults| {
        let faults = faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail));
        anyhow!("{}: {}", path.display(), faults.collect::<Vec<_>>().join("; "))
    })?;
    Ok(notice.into_domain(Arrival {
        id: AlertId::new(now),
        source: SOURCE.to_owned(),
        received_at: now,
        raw,
    }))
}

/// `1d 02:10:00`
fn span(after: TimeDelta) -> String {
    let (days, secs) = (after.num_days(), after.num_seconds());
    let clock = format!("{:02}:{:02}:{:02}", secs / 3600 % 24, secs / 60 % 60, secs % 60);
    let millis = after.num_milliseconds() % 1000;
    let clock = if millis == 0 { clock } else { format!("{clock}.{millis:03}") };
    if days == 0 { clock } else { format!("{days}d {clock}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_as_a_clock_would() {
        assert_eq!(span(TimeDelta::milliseconds(500)), "00:00:00.500");
        assert_eq!(span(TimeDelta::hours(26) + TimeDelta::minutes(10)), "1d 02:10:00");
    }
}
