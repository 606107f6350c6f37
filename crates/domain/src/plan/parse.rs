//! From a plan's file to a [`Plan`]: what the keys are and which act takes which.

use std::ops::Range;

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use super::check::{PlacedStep, check, check_answers};
use super::wait::Wait;
use super::{Act, ActKind, Condition, Event, Plan, Signal, Start, Step, StepOutcome, Trigger};
use crate::config_text::{ConfigText, Faults, FileFault};
use crate::dispatch::Desk;
use crate::template::{Addressee, Templates};
use crate::tier::{Grade, Tier};

/// The most tries one contact may make.
const ATTEMPTS_MAX: u32 = 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPlan {
    name: Spanned<String>,
    title: String,
    #[serde(default)]
    step: Vec<Spanned<WrittenStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    id: Spanned<String>,
    act: Spanned<ActKind>,
    whom: Option<Spanned<Addressee>>,
    template: Option<Spanned<String>>,
    attempts: Option<Spanned<u32>>,
    spacing: Option<Spanned<Wait>>,
    lasts: Option<Spanned<Wait>>,
    pick_up: Option<Spanned<Wait>>,
    due: Option<Spanned<Wait>>,
    to: Option<Spanned<Destination>>,
    flash: Option<Spanned<bool>>,
    #[serde(default)]
    rest: Vec<Spanned<StepOutcome>>,
    #[serde(default)]
    on: Vec<Spanned<Trigger>>,
    wait: Option<Spanned<Wait>>,
    after: Option<Wait>,
    #[serde(default)]
    unless: Vec<Spanned<Trigger>>,
    #[serde(default)]
    when: Condition,
}

/// What a `raise` lifts to, or whose a `dispatch` is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Destination {
    Medium,
    High,
    Urgent,
    Station,
    CountyDesk,
    CommandCentre,
}

impl Destination {
    fn grade(self) -> Option<Grade> {
        match self {
            Self::Medium => Some(Grade { tier: Tier::Medium, urgent: false }),
            Self::High => Some(Grade { tier: Tier::High, urgent: false }),
            Self::Urgent => Some(Grade::URGENT),
            Self::Station | Self::CountyDesk | Self::CommandCentre => None,
        }
    }

    fn desk(self) -> Option<Desk> {
        match self {
            Self::Station => Some(Desk::Station),
            Self::CountyDesk => Some(Desk::County),
            Self::CommandCentre => Some(Desk::CommandCentre),
            Self::Medium | Self::High | Self::Urgent => None,
        }
    }
}

impl Plan {
    /// Reads a plan; `templates` are those its texts may use.
    ///
    /// # Errors
    /// Every fault with its line: an unknown key or template, a bad span of time, a due time that cannot be met;
    /// and once every step is well-formed, an unknown step or outcome, an id given twice, steps that wait for
    /// one another or can never start, an outcome that leads nowhere.
    pub fn parse(file: &str, text: &str, templates: &Templates) -> Result<Self, Vec<FileFault>> {
        Self::read(file, text, Some(templates))
    }

    /// Reads a plan that was accepted when an incident began with it. A template may have gone since; then the
    /// text that needs it cannot be made, and the other steps go on.
    ///
    /// # Errors
    /// As [`Plan::parse`], but for templates and unanswered outcomes.
    pub fn parse_kept(name: &str, text: &str) -> Result<Self, Vec<FileFault>> {
        Self::read(name, text, None)
    }

    fn read(file: &str, text: &str, templates: Option<&Templates>) -> Result<Self, Vec<FileFault>> {
        let source = ConfigText { file, text };
        let written: WrittenPlan = source.read()?;
        let mut faults = Faults::new(source);
        if !is_name(written.name.get_ref()) {
            faults.note(&written.name.span(), NOT_A_NAME);
        }
        if written.step.is_empty() {
            faults.note(&written.name.span(), "a plan needs at least one [[step]]");
        }
        if let Some(templates) = templates {
            written.step.iter().for_each(|step| check_template(step.get_ref(), templates, &mut faults));
        }
        let steps: Vec<PlacedStep> =
            written.step.into_iter().filter_map(|step| placed_step(step, &mut faults)).collect();
        // a step that was not understood would make faults of all that wait for it
        if faults.is_empty() {
            check(&steps, &mut faults);
            if templates.is_some() {
                check_answers(&steps, &mut faults);
            }
        }
        faults.unless_any(Self {
            name: written.name.into_inner(),
            title: written.title,
            hash: source.hash(),
            text: text.to_owned(),
            steps: steps.into_iter().map(|placed| placed.step).collect(),
        })
    }
}

const NOT_A_NAME: &str = "expected lower-case letters, digits and underscores";

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A text needs a template, and one for whoever receives it.
fn check_template(step: &WrittenStep, templates: &Templates, faults: &mut Faults<'_>) {
    let whom = match step.act.get_ref() {
        ActKind::AutoCall => Some(Addressee::Subject),
        ActKind::Contact
        | ActKind::Sms
        | ActKind::CallBlock
        | ActKind::Dispatch
        | ActKind::Raise
        | ActKind::End => step.whom.as_ref().map(|whom| *whom.get_ref()),
    };
    let (Some(template), Some(whom)) = (&step.template, whom) else { return };
    let name = template.get_ref();
    match templates.get(name) {
        None => faults.note(&template.span(), format!("there is no template {name:?}")),
        Some(known) if known.to != whom => {
            faults.note(&template.span(), format!("{name:?} is a text to {}, not to {whom}", known.to));
        }
        Some(_) => {}
    }
}

fn placed_step(written: Spanned<WrittenStep>, faults: &mut Faults<'_>) -> Option<PlacedStep> {
    let written = written.into_inner();
    if !is_name(written.id.get_ref()) {
        faults.note(&written.id.span(), NOT_A_NAME);
    }
    if let Some(wait) = written.wait.as_ref().filter(|_| written.on.is_empty()) {
        faults.note(&wait.span(), "`wait` counts from an event, and no event is listed in `on`");
    }
    check_keys(&written, faults);
    check_times(&written, faults);
    let act = act(&written, faults)?;
    for outcome in written.rest.iter().filter(|outcome| !act.outcomes().contains(outcome.get_ref())) {
        faults.note(&outcome.span(), format!("a {} never ends as {}", act.kind(), outcome.get_ref()));
    }
    let place = written.id.span();
    let (on_places, on) = placed(written.on);
    let (unless_places, unless) = placed(written.unless);
    let start = if on.is_empty() && written.after.is_none() {
        Start::AtOnce
    } else {
        Start::Later {
            on,
            wait: span_of(written.wait).unwrap_or_default(),
            after: written.after.map(|Wait(span)| span),
        }
    };
    let step = Step {
        id: written.id.into_inner(),
        act,
        start,
        unless,
        when: written.when,
        pick_up: span_of(written.pick_up),
        due: span_of(written.due),
        rest: written.rest.into_iter().map(Spanned::into_inner).collect(),
    };
    Some(PlacedStep { step, place, on_places, unless_places })
}

fn act(written: &WrittenStep, faults: &mut Faults<'_>) -> Option<Act> {
    if let Some(to) = &written.to {
        let (fits, expected) = match written.act.get_ref() {
            ActKind::Raise => (to.get_ref().grade().is_some(), "medium, high or urgent"),
            ActKind::Dispatch => (to.get_ref().desk().is_some(), "station, county_desk or command_centre"),
            ActKind::Contact | ActKind::AutoCall | ActKind::Sms | ActKind::CallBlock | ActKind::End => {
                (true, "")
            }
        };
        if !fits {
            faults.note(&to.span(), format!("a {} goes to {expected}", written.act.get_ref()));
            return None;
        }
    }
    let mut missing = |key: &str| {
        faults.note(&written.act.span(), format!("a {} step needs `{key}`", written.act.get_ref()));
    };
    match written.act.get_ref() {
        ActKind::Contact => {
            let whom = needed(&written.whom, "whom", &mut missing);
            let attempts = needed(&written.attempts, "attempts", &mut missing);
            let spacing = needed(&written.spacing, "spacing", &mut missing);
            let due = needed(&written.due, "due", &mut missing);
            due.and(Some(Act::Contact { whom: *whom?, attempts: *attempts?, spacing: spacing?.0 }))
        }
        ActKind::AutoCall => {
            let template = needed(&written.template, "template", &mut missing);
            let due = needed(&written.due, "due", &mut missing);
            due.and(Some(Act::AutoCall { template: template?.clone() }))
        }
        ActKind::Sms => {
            let whom = *needed(&written.whom, "whom", &mut missing)?;
            let template = needed(&written.template, "template", &mut missing)?.clone();
            Some(Act::Sms { whom, template, flash: written.flash.as_ref().map(|flash| *flash.get_ref()) })
        }
        ActKind::CallBlock => {
            Some(Act::CallBlock { lasts: needed(&written.lasts, "lasts", &mut missing)?.0 })
        }
        ActKind::Dispatch => {
            let to = written.to.as_ref().and_then(|to| to.get_ref().desk()).unwrap_or(Desk::Station);
            needed(&written.due, "due", &mut missing).map(|_| Act::Dispatch { to })
        }
        ActKind::Raise => Some(Act::Raise { to: needed(&written.to, "to", &mut missing)?.grade()? }),
        ActKind::End => Some(Act::End),
    }
}

fn needed<'a, T>(key: &'a Option<Spanned<T>>, name: &str, missing: &mut impl FnMut(&str)) -> Option<&'a T> {
    if key.is_none() {
        missing(name);
    }
    key.as_ref().map(Spanned::get_ref)
}

/// A key that the act does not know was meant for something: it is refused, not ignored.
fn check_keys(written: &WrittenStep, faults: &mut Faults<'_>) {
    let act = *written.act.get_ref();
    let takes: &[&str] = match act {
        ActKind::Contact => &["whom", "attempts", "spacing", "pick_up"],
        ActKind::AutoCall => &["template"],
        ActKind::Sms => &["whom", "template", "flash"],
        ActKind::CallBlock => &["lasts"],
        ActKind::Dispatch => &["pick_up", "to"],
        ActKind::Raise => &["to"],
        ActKind::End => &[],
    };
    let given = [
        ("whom", written.whom.as_ref().map(Spanned::span)),
        ("template", written.template.as_ref().map(Spanned::span)),
        ("attempts", written.attempts.as_ref().map(Spanned::span)),
        ("spacing", written.spacing.as_ref().map(Spanned::span)),
        ("lasts", written.lasts.as_ref().map(Spanned::span)),
        ("pick_up", written.pick_up.as_ref().map(Spanned::span)),
        ("to", written.to.as_ref().map(Spanned::span)),
        ("flash", written.flash.as_ref().map(Spanned::span)),
    ];
    for (key, place) in given {
        if let Some(place) = place.filter(|_| !takes.contains(&key)) {
            faults.note(&place, format!("a {act} step takes no `{key}`"));
        }
    }
    if let Some(due) = written.due.as_ref().filter(|_| matches!(act, ActKind::Raise | ActKind::End)) {
        faults.note(&due.span(), format!("{act} takes no `due`: it is done as it starts"));
    }
}

fn check_times(written: &WrittenStep, faults: &mut Faults<'_>) {
    if let Some(attempts) = &written.attempts
        && !(1..=ATTEMPTS_MAX).contains(attempts.get_ref())
    {
        faults.note(&attempts.span(), format!("expected 1 to {ATTEMPTS_MAX} attempts"));
    }
    let Some(due) = &written.due else { return };
    let due_in = due.get_ref().0;
    if let (Some(attempts), Some(spacing)) = (&written.attempts, &written.spacing)
        && (1..=ATTEMPTS_MAX).contains(attempts.get_ref())
    {
        let last_try = (1..*attempts.get_ref()).fold(TimeDelta::zero(), |at, _| at + spacing.get_ref().0);
        if due_in <= last_try {
            faults.note(&due.span(), "cannot be met: the last attempt would start no earlier than this");
        }
    }
    if due_in.is_zero() {
        faults.note(&due.span(), "cannot be met: it is due when it starts");
    }
    if let Some(pick_up) = written.pick_up.as_ref().filter(|pick_up| pick_up.get_ref().0 > due_in) {
        faults.note(&pick_up.span(), "`pick_up` is later than `due`");
    }
}

fn span_of(written: Option<Spanned<Wait>>) -> Option<TimeDelta> {
    written.map(|wait| wait.into_inner().0)
}

fn placed(triggers: Vec<Spanned<Trigger>>) -> (Vec<Range<usize>>, Vec<Trigger>) {
    triggers.into_iter().map(|trigger| (trigger.span(), trigger.into_inner())).unzip()
}

impl<'de> Deserialize<'de> for Trigger {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (step, event) = text.split_once('.').ok_or_else(|| {
            de::Error::custom("expected a step and an event, such as \"call_subject.unreachable\"")
        })?;
        let event = match event {
            "started" => Event::Started,
            "skipped" => Event::Skipped,
            "overdue" => Event::Overdue,
            "not_picked_up" => Event::NotPickedUp,
            "busy" => Event::Heard(Signal::Busy),
            "off" => Event::Heard(Signal::Off),
            "forwarded" => Event::Heard(Signal::Forwarded),
            outcome => outcome.parse().map(Event::Ended).map_err(|unknown| {
                de::Error::custom(format!(
                    "unknown event {outcome:?}: {unknown}, busy, off, forwarded, started, skipped, overdue, not_picked_up"
                ))
            })?,
        };
        Ok(Self { step: step.to_owned(), event })
    }
}
