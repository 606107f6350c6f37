//! Doing what the plan says next: the one place where steps start, end and are passed over. Called in the act
//! of whatever happened (an outcome, a receipt, a deadline), with the incident locked.

use std::sync::Arc;

use domain::call_block::{self, Line};
use domain::clock::Instant;
use domain::contact::Role;
use domain::dispatch::{ACCEPT_WITHIN, Desk, Dispatch};
use domain::fatigue::Withheld;
use domain::id::IncidentId;
use domain::incident::{Incident, PinnedPlan};
use domain::money::Fen;
use domain::person::{PhoneNumber, Relative};
use domain::plan::{Act as Deed, Plan, PlanFacts, Signal, Step, StepOutcome, StepRun, StepState, carry_over};
use domain::scam_type::ScamType;
use domain::template::{Addressee, Language, TemplateValues};
use domain::tier::Grade;
use domain::timeline::Happening;
use serde_json::json;
use store::{
    alerts, call_blocks, calls, contacts, dispatches, incidents, listed, measures, messages, plans, steps,
};

use crate::act::{Act, Work};
use crate::assess_incidents::raise;
use crate::error::{Error, Result};
use crate::hand_over_incident::responsible;
use crate::order_measures::{self as order, Block, Reach, Tries, Visit, Warning};

/// The most lines of one subject that a text goes to, those named last: a person has two or three, and whoever has
/// more is not one person.
const LINES_TEXTED_MAX: usize = 5;

/// Pins a plan to an incident that has none, or moves it onto a higher one without repeating what was done or
/// losing what is due; then lets the plan go on. Whoever has called 110 is on the victims' plan, everybody else
/// on their tier's.
pub(crate) async fn pin(act: &mut Act<'_>, incident: &mut Incident, grade: Grade) -> Result<()> {
    let called = !calls::of_incident(&mut act.tx, incident.id).await?.is_empty();
    let plans = &act.centre.plans;
    let plan = Arc::clone(if called { &plans.victim } else { plans.of(grade.tier) });
    let (runs, begun_at) = match &incident.plan {
        Some(pinned) if pinned.name == plan.name => return advance(act, incident, None).await,
        Some(pinned) => {
            let old = load(act, pinned).await?;
            let carried = carry_over(&runs_of(act, incident.id).await?, &old, &plan, act.now);
            for (old_step, new_step) in &carried.renamed {
                measures::rename_step(&mut act.tx, incident.id, old_step, new_step).await?;
            }
            (carried.runs, act.now)
        }
        None => (plan.begin(), act.now),
    };
    plans::keep(&mut act.tx, &plan.hash, &plan.name, &plan.text, act.now).await?;
    incident.plan = Some(PinnedPlan { name: plan.name.clone(), hash: plan.hash.clone(), begun_at });
    act.note(incident.id, Happening::PlanBegun, json!({ "plan": plan.name, "hash": plan.hash }));
    incidents::save(&mut act.tx, incident).await?;
    steps::save(&mut act.tx, incident.id, &runs).await?;
    advance(act, incident, None).await
}

/// Takes in that a step ended, if one did, then starts and skips whatever is due and sets when to look again.
pub(crate) async fn advance(
    act: &mut Act<'_>,
    incident: &Incident,
    ended: Option<(&str, StepOutcome)>,
) -> Result<()> {
    let Some(pinned) = incident.plan.as_ref().filter(|_| incident.is_open()) else { return Ok(()) };
    let plan = load(act, pinned).await?;
    let mut runs = runs_of(act, incident.id).await?;
    let known = Known::gather(act, incident).await?;
    let mut raise_to: Option<Grade> = None;
    let mut ended: Vec<(String, StepOutcome)> =
        ended.map(|(step, outcome)| (step.to_owned(), outcome)).into_iter().collect();
    loop {
        for (step, outcome) in ended.drain(..) {
            end(act, incident.id, &mut runs, &step, outcome);
        }
        let next = plan.advance(pinned.begun_at, &runs, &known.facts, act.now);
        for step in &next.skip {
            set(&mut runs, &step.id, |_| StepState::Skipped { at: act.now });
            act.note(incident.id, Happening::StepSkipped, json!({ "step": step.id }));
        }
        for step in &next.start {
            set(&mut runs, &step.id, |_| StepState::started(step, act.now));
            act.note(incident.id, Happening::StepStarted, json!({ "step": step.id, "act": step.act.kind() }));
            if let Some(outcome) = start(act, incident, step, &known).await? {
                ended.push((step.id.clone(), outcome));
            }
            if let Deed::Raise { to } = step.act {
                raise_to = raise_to.max(Some(to));
            }
        }
        if next.start.is_empty() && next.skip.is_empty() && ended.is_empty() {
            steps::save(&mut act.tx, incident.id, &runs).await?;
            for step in steps::mark_overdue(&mut act.tx, incident.id, &next.overdue, act.now).await? {
                act.note(incident.id, Happening::StepOverdue, json!({ "step": step }));
            }
            let late =
                steps::mark_not_picked_up(&mut act.tx, incident.id, &next.not_picked_up, act.now).await?;
            for step in late {
                tracing::warn!(incident_id = %incident.id, step, "nobody has taken a step on in time");
                act.note(incident.id, Happening::StepNotPickedUp, json!({ "step": step }));
            }
            act.wake(Work::Deadlines);
            incidents::wake_at(&mut act.tx, incident.id, next.wake_at).await?;
            return match raise_to.filter(|to| incident.grade < Some(*to)) {
                Some(to) => Box::pin(raise(act, incident.clone(), to)).await,
                None => Ok(()),
            };
        }
    }
}

/// The steps that should have started or been skipped by `then` and were not.
pub(crate) async fn due_by(act: &mut Act<'_>, incident: &Incident, then: Instant) -> Result<Vec<String>> {
    let Some(pinned) = &incident.plan else { return Ok(vec![]) };
    let plan = load(act, pinned).await?;
    let runs = runs_of(act, incident.id).await?;
    let known = Known::gather(act, incident).await?;
    let next = plan.advance(pinned.begun_at, &runs, &known.facts, then);
    Ok(next.start.iter().chain(&next.skip).map(|step| step.id.clone()).collect())
}

/// Takes in that somebody has taken on a running step: claimed its contact or signed for its dispatch.
pub(crate) async fn pick_up(act: &mut Act<'_>, incident: &Incident, step: &str) -> Result<()> {
    let mut runs = runs_of(act, incident.id).await?;
    for run in runs.iter_mut().filter(|run| run.step == step && !run.state.is_final()) {
        run.heard = run.heard.and_picked_up(act.now);
    }
    steps::save(&mut act.tx, incident.id, &runs).await?;
    advance(act, incident, None).await
}

/// Takes in what a call of a running step heard on the line, then lets the plan go on.
pub(crate) async fn hear(act: &mut Act<'_>, incident: &Incident, step: &str, signal: Signal) -> Result<()> {
    let mut runs = runs_of(act, incident.id).await?;
    for run in runs.iter_mut().filter(|run| run.step == step) {
        run.heard = run.heard.and(signal, act.now);
    }
    steps::save(&mut act.tx, incident.id, &runs).await?;
    advance(act, incident, None).await
}

fn end(act: &mut Act<'_>, incident: IncidentId, runs: &mut [StepRun], step: &str, outcome: StepOutcome) {
    let now = act.now;
    let running = runs.iter().any(|run| run.step == step && matches!(run.state, StepState::Running { .. }));
    if running {
        set(runs, step, |state| state.ended(outcome, now));
        act.note(incident, Happening::StepEnded, json!({ "step": step, "outcome": outcome }));
    }
}

fn set(runs: &mut [StepRun], step: &str, to: impl Fn(StepState) -> StepState) {
    for run in runs.iter_mut().filter(|run| run.step == step) {
        run.state = to(run.state);
    }
}

async fn runs_of(act: &mut Act<'_>, incident: IncidentId) -> Result<Vec<StepRun>> {
    let runs = steps::of_incidents(&mut act.tx, &[incident]).await?;
    Ok(runs.into_iter().map(|(_, run)| run).collect())
}

/// The version of the plan that the incident keeps: usually the present one, else as it was stored.
async fn load(act: &mut Act<'_>, pinned: &PinnedPlan) -> Result<Arc<Plan>> {
    if let Some(present) = act.centre.plans.all().into_iter().find(|plan| plan.hash == pinned.hash) {
        return Ok(Arc::clone(present));
    }
    let lost = |detail: String| {
        Error::Store(store::Error::Inconsistent { table: "plan", id: pinned.hash.clone(), detail })
    };
    let (name, text) =
        plans::text(&mut act.tx, &pinned.hash).await?.ok_or_else(|| lost("is gone".to_owned()))?;
    let plan = Plan::parse_kept(&name, &text)
        .map_err(|faults| lost(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")))?;
    Ok(Arc::new(plan))
}

/// What the steps need to know of an incident.
struct Known {
    facts: PlanFacts,
    scam_type: Option<ScamType>,
    relatives: Vec<Relative>,
    /// The subject's, the one that was named last first.
    lines: Vec<PhoneNumber>,
    suspect: Option<PhoneNumber>,
    in_call: bool,
    /// In danger: the most that an alert has told of.
    amount: Option<Fen>,
}

impl Known {
    async fn gather(act: &mut Act<'_>, incident: &Incident) -> Result<Self> {
        let relatives = incidents::relatives(&mut act.tx, incident.id).await?;
        let lines = lines_of(act, incident).await?;
        let alerts = alerts::of_incidents(&mut act.tx, &[incident.id]).await?;
        let suspect = alerts.iter().rev().find_map(|alert| alert.suspect.phone.clone());
        let protected = &act.centre.protected;
        let suspect = match suspect.filter(|number| !protected.holds(number) && !lines.contains(number)) {
            Some(number) if listed::is_protected(&mut act.tx, &number, act.now).await? => None,
            suspect => suspect,
        };
        let facts = PlanFacts {
            grade: incident.grade.unwrap_or(Grade { tier: domain::tier::Tier::Low, urgent: false }),
            scam_type: incident.scam_type,
            has_relatives: !relatives.is_empty(),
            has_suspect_number: suspect.is_some(),
            amount_at_risk: alerts.iter().filter_map(|alert| alert.signals.amount_at_risk).max(),
            sources: alerts.iter().map(|alert| alert.source.clone()).collect(),
            age: incident.subject.age,
        };
        let in_call = alerts.iter().any(|alert| alert.signals.in_call == Some(true));
        let amount = alerts.iter().filter_map(|alert| alert.signals.amount_at_risk).max();
        Ok(Self { facts, scam_type: incident.scam_type, relatives, lines, suspect, in_call, amount })
    }

    /// What a text may tell of it.
    fn values(&self, act: &Act<'_>, incident: &Incident) -> TemplateValues {
        let station = act.centre.stations.get(&incident.station_id);
        TemplateValues {
            scam_type: self.scam_type,
            suspect: self.suspect.clone(),
            amount: self.amount,
            station: station.map(|station| station.name.clone()),
            time: Some(act.now),
        }
    }
}

/// Orders the measures of a step. A step that is done already ends at once.
async fn start(
    act: &mut Act<'_>,
    incident: &Incident,
    step: &Step,
    known: &Known,
) -> Result<Option<StepOutcome>> {
    match &step.act {
        Deed::Contact { whom: Addressee::Subject, attempts, spacing } => {
            let tries = Tries { attempts: *attempts, spacing: *spacing, pick_up: step.pick_up };
            let reached = contact_subject(act, incident, &step.id, &known.lines, tries).await?;
            Ok((!reached).then_some(StepOutcome::Unreachable))
        }
        Deed::Contact { whom: Addressee::Relatives, attempts, spacing } => {
            let tries = Tries { attempts: *attempts, spacing: *spacing, pick_up: step.pick_up };
            let reached = contact_relative(act, incident, &step.id, &known.relatives, 0, tries).await?;
            Ok((!reached).then_some(StepOutcome::Unreachable))
        }
        Deed::Sms { whom, template, flash } => {
            let phones: Vec<(Role, PhoneNumber)> = match whom {
                Addressee::Subject => {
                    let lines = known.lines.iter().take(LINES_TEXTED_MAX);
                    lines.map(|phone| (Role::Subject, phone.clone())).collect()
                }
                Addressee::Relatives => {
                    known.relatives.iter().map(|relative| (Role::Relative, relative.phone.clone())).collect()
                }
            };
            let values = known.values(act, incident);
            let (mut sent, mut has_it) = (false, false);
            for (role, phone) in phones {
                let Ok(text) = act.centre.templates.render(template, &values, Language::of(&phone)) else {
                    tracing::error!(
                        step = step.id,
                        template,
                        "a template cannot be filled in; no text was sent"
                    );
                    continue;
                };
                let flash = flash.unwrap_or(known.in_call && role == Role::Subject);
                let warning = Warning { step: Some(&step.id), role, phone, template, text, flash };
                match order::text(act, incident, warning).await? {
                    Ok(()) => sent = true,
                    Err(Withheld::SameText) => has_it = true,
                    Err(Withheld::TooMany) => {}
                }
            }
            Ok(match (sent, has_it) {
                (true, _) => None,
                (false, true) => Some(StepOutcome::Sent),
                (false, false) => Some(StepOutcome::Failed),
            })
        }
        Deed::AutoCall { template } => {
            let values = known.values(act, incident);
            let Ok(script) = act.centre.templates.render(template, &values, Language::Zh) else {
                tracing::error!(
                    step = step.id,
                    template,
                    "a template cannot be filled in; nobody was called"
                );
                return Ok(Some(StepOutcome::Failed));
            };
            let ordered = order::auto_call(act, incident, &step.id, (template, script)).await?;
            Ok(ordered.is_err().then_some(StepOutcome::Failed))
        }
        Deed::CallBlock { lasts } => {
            let Some(number) = known.suspect.clone() else { return Ok(Some(StepOutcome::Failed)) };
            let (protected, until) = (&act.centre.protected, Some(act.now + *lasts));
            let Ok(until) = call_block::until(&number, protected, Line::Suspect, until, act.now) else {
                return Ok(Some(StepOutcome::Refused));
            };
            let in_force = call_blocks::in_force(&mut act.tx, &number, incident.drill).await?;
            if in_force
                .is_some_and(|block| block.status == call_block::Status::Blocked && block.until >= until)
            {
                return Ok(Some(StepOutcome::Blocked));
            }
            let block = Block { step: Some(&step.id), number, line: Line::Suspect, until, reason: None };
            order::block(act, incident.id, block).await?;
            Ok(None)
        }
        Deed::Dispatch { to } => {
            let open =
                dispatches::of_incident(&mut act.tx, incident.id).await?.into_iter().find(Dispatch::is_open);
            match open {
                // somebody is on the way: their feedback ends this step
                Some(dispatch) => {
                    measures::set_step(&mut act.tx, dispatch.id, &step.id).await?;
                    hand_up(act, dispatch, *to, step.pick_up).await?;
                }
                None => {
                    let station = responsible(act, incident, &[]).await?;
                    let mut visit = Visit::by(station).for_step(&step.id);
                    visit.accept_within = step.pick_up.unwrap_or(visit.accept_within);
                    let dispatch = order::dispatch(act, incident, visit).await?;
                    hand_up(act, dispatch, *to, step.pick_up).await?;
                }
            }
            Ok(None)
        }
        Deed::Raise { .. } | Deed::End => Ok(Some(StepOutcome::Done)),
    }
}

/// A dispatch is handed up to the desk that the step names; one that is under way already never down.
async fn hand_up(
    act: &mut Act<'_>,
    dispatch: Dispatch,
    to: Desk,
    pick_up: Option<chrono::TimeDelta>,
) -> Result<()> {
    let now = act.now;
    let Some(dispatch) = dispatch.handed_up(to, now + pick_up.unwrap_or(ACCEPT_WITHIN), now) else {
        return Ok(());
    };
    dispatches::save(&mut act.tx, &dispatch).await?;
    let data = json!({ "dispatch_id": dispatch.id, "status": dispatch.status, "desk": dispatch.desk(), "why": "the plan says so" });
    act.note(dispatch.incident_id, Happening::DispatchChanged, data);
    Ok(())
}

/// The lines of the subject, the one that was named last first: where the danger is now.
pub(crate) async fn lines_of(act: &mut Act<'_>, incident: &Incident) -> Result<Vec<PhoneNumber>> {
    let lines = incidents::lines_of(&mut act.tx, incident.id).await?;
    let lines: Vec<PhoneNumber> = lines.into_iter().map(|line| line.phone).collect();
    Ok(if lines.is_empty() { vec![incident.subject.phone.clone()] } else { lines })
}

/// A line that was learnt later gets the last warning that the subject was sent: no later step will send it there.
pub(crate) async fn warn_new_lines(
    act: &mut Act<'_>,
    incident: &Incident,
    new_lines: &[PhoneNumber],
) -> Result<()> {
    let filter = messages::Filter { incident: Some(incident.id), ..messages::Filter::default() };
    let sent = messages::list(&mut act.tx, &filter, i64::MAX).await?;
    // the list is newest first
    let Some(last) = sent.into_iter().find(|message| message.role == Role::Subject) else { return Ok(()) };
    for phone in new_lines {
        let warning = Warning {
            step: None,
            role: Role::Subject,
            phone: phone.clone(),
            template: &last.template,
            text: last.text.clone(),
            flash: last.flash,
        };
        // withheld or not, the timeline says so
        let _ = order::text(act, incident, warning).await?;
    }
    Ok(())
}

/// Puts the subject into the phone queue, on the first of their lines that this step has not tried; `false` when it
/// has tried them all.
pub(crate) async fn contact_subject(
    act: &mut Act<'_>,
    incident: &Incident,
    step: &str,
    lines: &[PhoneNumber],
    tries: Tries,
) -> Result<bool> {
    let filter = contacts::Filter { incident: Some(incident.id), ..contacts::Filter::default() };
    let tried: Vec<PhoneNumber> = contacts::list(&mut act.tx, &filter, act.now, i64::MAX)
        .await?
        .into_iter()
        .map(|queued| queued.contact)
        .filter(|contact| contact.step.as_deref() == Some(step) && contact.role == Role::Subject)
        .map(|contact| contact.phone)
        .collect();
    let next = lines.iter().enumerate().find(|(_, phone)| !tried.contains(phone));
    let Some((place, phone)) = next else { return Ok(false) };
    let reach = Reach {
        step: Some(step),
        role: Role::Subject,
        place: i16::try_from(place).unwrap_or(i16::MAX),
        name: incident.subject.name.clone(),
        phone: phone.clone(),
        tries,
    };
    order::contact(act, incident, reach).await?;
    Ok(true)
}

/// A step of the plan that the incident keeps.
pub(crate) async fn step_of(act: &mut Act<'_>, incident: &Incident, step: &str) -> Result<Option<Step>> {
    match &incident.plan {
        Some(pinned) => Ok(load(act, pinned).await?.step(step).cloned()),
        None => Ok(None),
    }
}

/// Puts the relative at `place` into the phone queue; `false` when there is none.
pub(crate) async fn contact_relative(
    act: &mut Act<'_>,
    incident: &Incident,
    step: &str,
    relatives: &[Relative],
    place: usize,
    tries: Tries,
) -> Result<bool> {
    let Some(relative) = relatives.get(place) else { return Ok(false) };
    let reach = Reach {
        step: Some(step),
        role: Role::Relative,
        place: i16::try_from(place).unwrap_or(i16::MAX),
        name: relative.name.clone(),
        phone: relative.phone.clone(),
        tries,
    };
    order::contact(act, incident, reach).await?;
    Ok(true)
}
