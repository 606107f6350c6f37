//! Grading rules are sent, published by two persons, tried beside those that count, and taken back by one.

use domain::approval::{Act as Approvable, Approval, Status};
use domain::grading::Rules;
use domain::id::IncidentId;
use store::approvals;
use store::rules::{self, Publication, PublicationAct};

use crate::act::Act;
use crate::ask_approval::ask_approval;
use crate::error::{Error, Result};
use crate::rules_in_use::keep;

/// Keeps a version that was read and checked; returns whether it is new.
///
/// # Errors
/// [`Error::Store`] when the database is away.
pub async fn keep_version(act: &mut Act<'_>, sent: &Rules) -> Result<bool> {
    let by = act.actor.clone();
    Ok(rules::keep(&mut act.tx, &sent.version, &sent.text, &by, act.now).await?)
}

/// Asks a second person to let a version count.
///
/// # Errors
/// [`Error`] when there is no such version, it counts already or waits already.
pub async fn ask_to_publish(act: &mut Act<'_>, hash: &str, reason: &str) -> Result<Approval> {
    must_be_readable(act, hash).await?;
    must_be_other(act, hash).await?;
    let what = Approvable::PublishRules(hash.to_owned());
    let filter = approvals::Filter { status: Some(Status::Waiting), ..approvals::Filter::default() };
    let waiting = approvals::list(&mut act.tx, &filter, i64::MAX).await?;
    if waiting.iter().any(|approval| approval.act == what && approval.lapses_at() > act.now) {
        return Err(Error::conflict("approval_waiting", "this version waits for a second person already"));
    }
    ask_approval(act, None::<IncidentId>, what, reason).await
}

/// Lets a version count from this commit on, two persons having agreed.
pub(crate) async fn publish(act: &mut Act<'_>, hash: &str, approved: &Approval) -> Result<()> {
    rules::lock(&mut act.tx).await?;
    must_be_readable(act, hash).await?;
    let former = must_be_other(act, hash).await?;
    let publication = Publication {
        act: PublicationAct::Published,
        hash: Some(hash.to_owned()),
        former: Some(former),
        at: act.now,
        asked_by: approved.asked_by.name.clone(),
        approved_by: Some(act.actor.clone()),
        reason: Some(approved.reason.clone()),
    };
    tracing::info!(rules_version = hash, "grading rules published");
    Ok(rules::publish(&mut act.tx, &publication).await?)
}

/// Lets the former version count again, at once: whoever sees harm does not wait for a second person.
///
/// # Errors
/// [`Error::Conflict`] when nothing was published.
pub async fn roll_back(act: &mut Act<'_>, reason: &str) -> Result<String> {
    rules::lock(&mut act.tx).await?;
    let (Some(former), present) =
        (rules::former(&mut act.tx).await?, act.centre.rules.present(&mut act.tx).await?)
    else {
        return Err(Error::conflict(
            "nothing_published",
            "no version was published that could be taken back",
        ));
    };
    must_be_readable(act, &former).await?;
    let publication = Publication {
        act: PublicationAct::RolledBack,
        hash: Some(former.clone()),
        former: Some(present.live.version.clone()),
        at: act.now,
        asked_by: act.actor.clone(),
        approved_by: None,
        reason: Some(reason.to_owned()),
    };
    tracing::warn!(rules_version = former, "grading rules taken back");
    rules::publish(&mut act.tx, &publication).await?;
    Ok(former)
}

/// Tries a version beside the one that counts, or ends the trial.
///
/// # Errors
/// [`Error`] when there is no such version, or it is the one that counts.
pub async fn try_beside(act: &mut Act<'_>, hash: Option<&str>) -> Result<()> {
    rules::lock(&mut act.tx).await?;
    if let Some(hash) = hash {
        must_be_readable(act, hash).await?;
        must_be_other(act, hash).await?;
    }
    let publication = Publication {
        act: if hash.is_some() { PublicationAct::ShadowBegun } else { PublicationAct::ShadowEnded },
        hash: hash.map(str::to_owned),
        former: rules::standing(&mut act.tx).await?.shadow,
        at: act.now,
        asked_by: act.actor.clone(),
        approved_by: None,
        reason: None,
    };
    Ok(rules::publish(&mut act.tx, &publication).await?)
}

/// Lets a stopped rule count again.
///
/// # Errors
/// [`Error::Unknown`] when no such rule is stopped.
pub async fn reset_rule(act: &mut Act<'_>, rule: &str, reason: &str) -> Result<()> {
    let live = act.centre.rules.present(&mut act.tx).await?.live;
    let by = act.actor.clone();
    match rules::reset(&mut act.tx, &live.version, rule, (&by, reason), act.now).await? {
        true => Ok(()),
        false => Err(Error::Unknown("stopped rule")),
    }
}

async fn must_be_readable(act: &mut Act<'_>, hash: &str) -> Result<()> {
    let known = act.centre.rules.version(&mut act.tx, hash).await?;
    let rules = known.ok_or(Error::Unknown("version of the grading rules"))?;
    // the configured file may be named before it has graded anything
    keep(&mut act.tx, &rules, act.now).await
}

/// The version that counts now, which must be another.
async fn must_be_other(act: &mut Act<'_>, hash: &str) -> Result<String> {
    let live = act.centre.rules.present(&mut act.tx).await?.live;
    if live.version == hash {
        return Err(Error::conflict("already_live", "this version counts already"));
    }
    keep(&mut act.tx, &live, act.now).await?;
    Ok(live.version.clone())
}
