//! The grading rules: which count, which are tried beside them, and how they are changed.

use std::borrow::Cow;

use domain::clock::Instant;
use domain::grading::Rules;
use domain::grading::outcome;
use interception::look_up;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::ObjectBuilder;

use super::spelled::{Note, Tier, Time};
use super::text::{Spelled, Text, string};
use crate::problem::{FieldFault, Problem};
use crate::reading::request;

/// The grading rules.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Grading {
    /// SHA-256 of `text`, in hex.
    rules_version: String,
    /// The file (TOML), as it was read.
    text: String,
    /// Whether two persons published this version; else it is the configured file's.
    published: bool,
    /// What is wrong with the configured file, which was not taken up for that.
    pending_error: Option<String>,
    /// The version that is tried beside this one.
    shadow_version: Option<String>,
    /// The rules that fired beyond their bound and do not count.
    stopped: Vec<StoppedRule>,
    /// The newest versions that are kept.
    versions: Vec<RulesVersion>,
    /// The last changes of what counts, newest first.
    publications: Vec<RulesPublication>,
}

/// A rule that fired beyond its bound.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct StoppedRule {
    rule: String,
    stopped_at: Time,
    /// How often it had fired.
    hits: i32,
    /// In how many gradings.
    gradings: i32,
    /// The share it should have kept to.
    max_rate: f64,
}

/// A version of the rules that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RulesVersion {
    rules_version: String,
    created_at: Time,
    /// The operator who sent it, or `lanjie` for a configured file.
    created_by: String,
}

/// A change of which version counts or is tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RulesPublication {
    /// `published`, `rolled_back`, `shadow_begun` or `shadow_ended`.
    act: &'static str,
    /// The version since; null where a trial ended.
    rules_version: Option<String>,
    /// The version before.
    former_version: Option<String>,
    created_at: Time,
    asked_by: String,
    /// The second person, of what takes two.
    approved_by: Option<String>,
    reason: Option<String>,
}

impl From<look_up::Grading> for Grading {
    fn from(grading: look_up::Grading) -> Self {
        let live = grading.present.live;
        Self {
            rules_version: live.version.clone(),
            text: live.text.clone(),
            published: grading.present.published,
            pending_error: grading.pending_error,
            shadow_version: grading.present.shadow.map(|shadow| shadow.version.clone()),
            stopped: grading.stops.into_iter().map(StoppedRule::from).collect(),
            versions: grading.versions.into_iter().map(RulesVersion::from).collect(),
            publications: grading.publications.into_iter().map(RulesPublication::from).collect(),
        }
    }
}

impl From<look_up::Stop> for StoppedRule {
    fn from(stop: look_up::Stop) -> Self {
        let look_up::Stop { rule, stopped_at, hits, gradings, max_rate } = stop;
        Self { rule, stopped_at: Text(stopped_at), hits, gradings, max_rate }
    }
}

impl From<look_up::Version> for RulesVersion {
    fn from(version: look_up::Version) -> Self {
        let look_up::Version { hash, created_at, created_by } = version;
        Self { rules_version: hash, created_at: Text(created_at), created_by }
    }
}

impl From<look_up::Publication> for RulesPublication {
    fn from(publication: look_up::Publication) -> Self {
        Self {
            act: publication.act.as_str(),
            rules_version: publication.hash,
            former_version: publication.former,
            created_at: Text(publication.at),
            asked_by: publication.asked_by,
            approved_by: publication.approved_by,
            reason: publication.reason,
        }
    }
}

/// The text of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RulesText {
    /// SHA-256 of `text`, in hex.
    pub rules_version: String,
    /// The file (TOML).
    pub text: String,
}

/// The longest file of rules, in bytes.
const RULES_MAX_BYTES: usize = 512 * 1024;

/// A file of rules as it came: not trimmed, so that its hash is the file's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesFile(String);

impl Spelled for RulesFile {
    fn name() -> Cow<'static, str> {
        "RulesFile".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        match text.len() {
            0 => Err("must not be empty".to_owned()),
            1..=RULES_MAX_BYTES => Ok(Self(text.to_owned())),
            _ => Err(format!("is longer than {RULES_MAX_BYTES} bytes")),
        }
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.0.as_str().into()
    }

    fn describe() -> ObjectBuilder {
        string("A file of grading rules (TOML).").min_length(Some(1)).max_length(Some(RULES_MAX_BYTES))
    }
}

/// A file of rules on the wire.
pub type RulesFileText = Text<RulesFile>;

request! {
    /// A new version of the rules.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    pub struct NewRules {
        /// The file (TOML).
        pub text: RulesFileText,
    }
}

impl NewRules {
    /// The rules, read and checked.
    ///
    /// # Errors
    /// 422 with every fault and its line.
    pub fn read(&self) -> Result<Rules, Problem> {
        Rules::parse("text", &self.text.0.0).map_err(|faults| {
            let fault = |fault: domain::config_text::FileFault| FieldFault {
                pointer: "/text".to_owned(),
                detail: format!("line {}: {}", fault.line, fault.cause),
            };
            Problem::invalid(faults.into_iter().map(fault).collect())
        })
    }
}

request! {
    /// Why the rules are changed.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = RulesChange)]
    pub struct Change {
        /// Why.
        pub reason: Note,
    }
}

request! {
    /// What is to be tried beside the rules that count.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = RulesTrial)]
    pub struct Trial {
        /// The version; null ends the trial.
        pub hash: Option<Note>,
    }
}

/// The rules on trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shadow {
    /// The version on trial; null where none is.
    shadow_version: Option<String>,
    /// In how many gradings both answers are kept.
    gradings: u64,
    /// In how many of them they differ.
    different: u64,
    /// Gradings by what counted and what the trial said.
    table: Vec<ShadowDifference>,
}

/// Gradings that came out so here and so there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShadowDifference {
    tier: Tier,
    urgent: bool,
    shadow_tier: Tier,
    shadow_urgent: bool,
    gradings: u64,
}

impl Shadow {
    /// Of a trial, if there is one.
    #[must_use]
    pub fn of(trial: Option<(String, Vec<look_up::Difference>)>) -> Self {
        let (shadow_version, differences) = trial.map_or((None, vec![]), |(hash, rows)| (Some(hash), rows));
        let apart = differences.iter().filter(|row| row.live != row.shadow);
        Self {
            shadow_version,
            gradings: differences.iter().map(|row| row.gradings).sum(),
            different: apart.map(|row| row.gradings).sum(),
            table: differences
                .into_iter()
                .map(|row| ShadowDifference {
                    tier: Text(row.live.tier),
                    urgent: row.live.urgent,
                    shadow_tier: Text(row.shadow.tier),
                    shadow_urgent: row.shadow.urgent,
                    gradings: row.gradings,
                })
                .collect(),
        }
    }
}

/// How good the gradings of a span were. An incident counts once, by the worst of its gradings; how it was closed is
/// the label: `prevented` and `became_victim` were fraud, `not_fraud` was none, the rest says nothing.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = GradingQuality)]
pub struct Quality {
    /// From this moment on.
    from: Time,
    /// Up to but not at this moment.
    to: Time,
    /// All incidents that were graded.
    total: Labelled,
    /// By tier, the highest first.
    tiers: Vec<TierQuality>,
    /// By rule.
    rules: Vec<RuleQuality>,
    /// Incidents graded low whose person was cheated nevertheless.
    cheated_after_low: u64,
    /// Rules that count now and never fired.
    never_fired: Vec<String>,
    /// Rules that fired where it was no fraud, and never where it was.
    never_right: Vec<String>,
}

/// Incidents by what they turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Labelled {
    incidents: u64,
    fraud: u64,
    no_fraud: u64,
}

/// How good a tier was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = GradingTierQuality)]
pub struct TierQuality {
    tier: Tier,
    counted: Labelled,
    /// Of what is known, the share that was fraud; null of nothing.
    precision: Option<f64>,
    /// Of all that was fraud, the share graded at least so; null of nothing.
    recall: Option<f64>,
}

/// How good a rule was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = GradingRuleQuality)]
pub struct RuleQuality {
    rule: String,
    counted: Labelled,
    /// Of what is known, the share that was fraud; null of nothing.
    precision: Option<f64>,
    /// Of all that was fraud, the share where it fired; null of nothing.
    recall: Option<f64>,
}

impl From<outcome::Counted> for Labelled {
    fn from(counted: outcome::Counted) -> Self {
        let outcome::Counted { incidents, fraud, no_fraud } = counted;
        Self { incidents, fraud, no_fraud }
    }
}

impl Quality {
    /// The report of a span.
    #[must_use]
    pub fn of((from, to): (Instant, Instant), report: outcome::QualityReport) -> Self {
        let tier = |tier: outcome::TierQuality| TierQuality {
            tier: Text(tier.tier),
            counted: tier.counted.into(),
            precision: tier.precision,
            recall: tier.recall,
        };
        let rule = |rule: outcome::RuleQuality| RuleQuality {
            rule: rule.rule,
            counted: rule.counted.into(),
            precision: rule.precision,
            recall: rule.recall,
        };
        Self {
            from: Text(from),
            to: Text(to),
            total: report.total.into(),
            tiers: report.tiers.into_iter().map(tier).collect(),
            rules: report.rules.into_iter().map(rule).collect(),
            cheated_after_low: report.cheated_after_low,
            never_fired: report.never_fired,
            never_right: report.never_right,
        }
    }
}
