//! Offering a text to the providers, one after another until one has it, and recording what came of it.
//!
//! A text goes to the next provider only where the one before certainly did not take it. Where one fell silent, the
//! text waits and is offered again: at once to another it would be there twice. A provider over HTTP knows a text again
//! by our id; over SMPP it does not, so a text leaves [`SILENT_SENDS_MAX`] times at most without an answer.

use std::collections::BTreeSet;

use channels::Told;
use channels::sms::{Text, http};
use domain::clock::Instant;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::measure::Request;
use domain::message::{Message, OFFERED_FOR, SILENT_SENDS_MAX, Status, offer_again};
use domain::plan::StepOutcome;
use domain::template::check_fit;
use store::{incidents, measures, message_parts, messages};

use super::{Act, Centre, Result, Try, again, done, record_end, still_wanted, written};
use crate::hear_sms::{end_step, hear_parts, save};
use crate::sms_provider::{SmsProvider, SmsWay, in_order};

/// What came of offering a text.
#[derive(Debug)]
pub(crate) struct Offered {
    /// The provider that answered last.
    provider: Option<String>,
    told: Told<Vec<String>>,
    manner: Manner,
}

/// What the provider makes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// It knows the text by our id, also when it comes again.
    Whole,
    /// It knows each part by an id of its own, and a text that comes again as a new one.
    InParts,
}

pub(super) async fn make(centre: &Centre, attempt: &Try) -> Result<()> {
    match offer(centre, attempt).await? {
        Some(offered) => record(centre, &[(attempt, &offered)]).await,
        None => Ok(()),
    }
}

/// Offers a text; `None` where it is no longer wanted.
pub(crate) async fn offer(centre: &Centre, attempt: &Try) -> Result<Option<Offered>> {
    let mut db = centre.store.read().await?;
    let message = messages::get(&mut db, attempt.leased.id).await?;
    let incident = incidents::get(&mut db, attempt.leased.incident_id).await?;
    drop(db);
    let (Some(message), Some(incident)) = (message, incident) else { return Ok(None) };
    let (fit, ordered_at) = (check_fit(&message.text), message.created_at);
    let text = Text { message_id: message.id, to: message.phone, text: message.text, flash: message.flash };
    let mut offered = Offered {
        provider: None,
        told: Told::NotDelivered { detail: "no provider is configured".to_owned(), retry_after: None },
        manner: Manner::Whole,
    };
    if let Err(unfit) = fit {
        tracing::error!(message = %text.message_id, %unfit, "a text that must not leave was kept back");
        offered.told = Told::Refused { status: 0, detail: unfit.to_string() };
        return Ok(Some(offered));
    }
    if centre.now() - ordered_at > OFFERED_FOR {
        offered.told = Told::Refused { status: 0, detail: "nobody could take it for a day".to_owned() };
        return Ok(Some(offered));
    }
    if incident.drill {
        offered.provider = Some(channels::drill::PARTY.to_owned());
        offered.told = channels::drill::sms(&text).map(|reference| vec![reference]);
        return Ok(Some(offered));
    }
    if !still_wanted(centre, attempt).await? {
        return Ok(None);
    }
    for (id, provider) in in_order(&centre.outside.sms, centre.now()) {
        offered.provider = Some(id.clone());
        provider.tried(centre.now());
        match &provider.way {
            SmsWay::Elsewhere => {}
            SmsWay::Http(endpoint) => {
                let told = http::submit(&centre.caller, endpoint, &text, centre.now()).await;
                offered.told = told.map(|reference| vec![reference]);
                offered.manner = Manner::Whole;
            }
            SmsWay::Smpp(session) => {
                offered.manner = Manner::InParts;
                if left_often_enough(centre, attempt).await? {
                    offered.told =
                        Told::Unknown { detail: "it left often enough without an answer".to_owned() };
                    return Ok(Some(offered));
                }
                offered.told = session.submit(&text).await;
            }
        }
        note(id, provider, &offered.told, centre.now());
        if !matches!(offered.told, Told::NotDelivered { .. }) {
            break;
        }
    }
    Ok(Some(offered))
}

async fn left_often_enough(centre: &Centre, attempt: &Try) -> Result<bool> {
    // the first try follows no other
    if attempt.leased.tries == 1 {
        return Ok(false);
    }
    let mut act = Act::ours(centre).await?;
    silent_sends_used_up(&mut act, attempt).await
}

async fn silent_sends_used_up(act: &mut Act<'_>, attempt: &Try) -> Result<bool> {
    let providers = act.centre.outside.sms.iter();
    let by_our_id = providers.filter(|(_, provider)| matches!(provider.way, SmsWay::Http(_)));
    let by_our_id: Vec<String> = by_our_id.map(|(id, _)| id.clone()).collect();
    let sends = messages::silent_sends(&mut act.tx, attempt.leased.id, &by_our_id).await?;
    Ok(usize::try_from(sends).is_ok_and(|sends| sends >= SILENT_SENDS_MAX))
}

/// Remembers whether the provider served us, and counts what it took.
fn note(id: &str, provider: &SmsProvider, told: &Told<Vec<String>>, now: Instant) {
    let served = match told {
        Told::Answered(_) | Told::Accepted => {
            metrics::counter!("sms_submitted_total", "provider" => id.to_owned()).increment(1);
            true
        }
        Told::Refused { .. } | Told::UnknownOrder | Told::Unreadable { .. } => true,
        Told::NotDelivered { .. } | Told::Unknown { .. } => false,
    };
    provider.note(served, now);
    if let SmsWay::Http(_) = provider.way {
        // a session says so itself
        metrics::gauge!("sms_provider_up", "provider" => id.to_owned()).set(if served { 1 } else { 0 });
    }
}

/// Records what came of several texts at once, with their incidents locked in the order of their ids, so that two
/// batches cannot lock each other out.
pub(crate) async fn record(centre: &Centre, texts: &[(&Try, &Offered)]) -> Result<()> {
    let mut act = Act::ours(centre).await?;
    let ids: BTreeSet<IncidentId> = texts.iter().map(|(attempt, _)| attempt.leased.incident_id).collect();
    for id in ids {
        act.lock(id).await?;
    }
    for (attempt, offered) in texts {
        // read again: what came of the text before may have changed it
        let incident = act.lock(attempt.leased.incident_id).await?;
        conclude(&mut act, &incident, attempt, offered).await?;
    }
    act.commit().await
}

async fn conclude(act: &mut Act<'_>, incident: &Incident, attempt: &Try, offered: &Offered) -> Result<()> {
    let Offered { provider, told, manner } = offered;
    let (result, detail) = written(told);
    let held = record_end(act, attempt, result, detail).await?;
    if let Some(provider) = provider {
        messages::note_provider(&mut act.tx, attempt.attempt, provider).await?;
    }
    if !held {
        return Ok(());
    }
    let Some(message) = messages::get(&mut act.tx, attempt.leased.id).await? else { return Ok(()) };
    let now = act.now;
    let provider = provider.as_deref().unwrap_or_default();
    let message = match told {
        Told::Answered(references) => message.submitted(provider, references.first().cloned(), now),
        Told::Accepted => message.submitted(provider, None, now),
        Told::Refused { .. } | Told::UnknownOrder => message.refused(now),
        Told::NotDelivered { .. } | Told::Unknown { .. } | Told::Unreadable { .. } => {
            if offer_once_more(act, attempt, offered).await? {
                return Ok(());
            }
            message.refused(now)
        }
    };
    done(act, message.id).await?;
    let outcome = match message.status() {
        Status::Failed => StepOutcome::Failed,
        Status::Queued | Status::Submitted | Status::Delivered | Status::Cancelled => StepOutcome::Sent,
    };
    save(act, &message).await?;
    end_step(act, incident, &message, outcome).await?;
    match (told, manner) {
        (Told::Answered(references), Manner::InParts) => {
            take_up_parts(act, incident, message, references).await
        }
        _ => Ok(()),
    }
}

/// Puts a text back into the queue; `false`: it was offered often enough. Where a session may be bound any moment, a
/// text that nobody took is offered again soon.
async fn offer_once_more(act: &mut Act<'_>, attempt: &Try, offered: &Offered) -> Result<bool> {
    let mut ways = act.centre.outside.sms.values().map(|provider| &provider.way);
    let (soon, wait) = match &offered.told {
        Told::NotDelivered { retry_after, .. } => {
            (ways.any(|way| matches!(way, SmsWay::Smpp(_))), *retry_after)
        }
        _ => (offered.manner == Manner::InParts, None),
    };
    if !soon {
        return again(act, attempt, Request::Submit, wait).await;
    }
    if matches!(offered.told, Told::Unknown { .. }) && silent_sends_used_up(act, attempt).await? {
        return Ok(false);
    }
    let Some(at) = offer_again(attempt.leased.first_tried_at, act.now) else { return Ok(false) };
    measures::retry(&mut act.tx, attempt.leased.id, Request::Submit, at).await?;
    Ok(true)
}

/// Writes down how the provider knows the parts, and takes in the receipts that came before.
async fn take_up_parts(
    act: &mut Act<'_>,
    incident: &Incident,
    message: Message,
    references: &[String],
) -> Result<()> {
    let provider = message.provider.clone().unwrap_or_default();
    let early = message_parts::write(&mut act.tx, message.id, &provider, references).await?;
    hear_parts(act, incident, message, &provider, &early).await
}
