//! Telling a station's own system. The dispatch stands whether the system hears of it or not: officers also see
//! it through the dispatch API, and a dispatch that nobody signs for climbs.

use channels::Told;
use channels::dispatch::{DispatchNotice, News, station_webhook};
use domain::measure::Request;
use domain::tier::{Grade, Tier};
use store::{dispatches, incidents};

use super::{Centre, Result, Try, again, conclude, done, still_wanted, written};

pub(super) async fn make(centre: &Centre, attempt: &Try) -> Result<()> {
    let mut db = centre.store.read().await?;
    let dispatch = dispatches::get(&mut db, attempt.leased.id).await?;
    let incident = incidents::get(&mut db, attempt.leased.incident_id).await?;
    drop(db);
    let (Some(dispatch), Some(incident)) = (dispatch, incident) else { return Ok(()) };
    let station_name =
        centre.stations.get(&dispatch.station_id).map(|station| station.name.clone()).unwrap_or_default();
    let notice = DispatchNotice {
        message_id: attempt.message_id.clone(),
        asked_at: attempt.leased.first_tried_at,
        news: if attempt.leased.request == Request::Cancel { News::Cancelled } else { News::Created },
        dispatch_id: dispatch.id,
        incident_id: incident.id,
        station_id: dispatch.station_id.clone(),
        station_name,
        reason: dispatch.reason.clone(),
        accept_due_at: dispatch.accept_due_at,
        duty: dispatch.duty.clone(),
        subject: incident.subject,
        grade: incident.grade.unwrap_or(Grade { tier: Tier::High, urgent: false }),
    };
    let system =
        centre.outside.station_systems.get(&dispatch.station_id).and_then(|party| party.endpoint.as_ref());
    let told = match system {
        _ if incident.drill => channels::drill::dispatch(&notice),
        // officers of this station use the dispatch API
        None => Told::Accepted,
        Some(_) if !still_wanted(centre, attempt).await? => return Ok(()),
        Some(endpoint) => station_webhook::notify(&centre.caller, endpoint, &notice, centre.now()).await,
    };
    let (result, detail) = written(&told);
    let Some((mut act, _)) = conclude(centre, attempt, result, detail).await? else { return Ok(()) };
    let heard = match told {
        Told::Answered(never) => match never {},
        Told::Accepted | Told::Refused { .. } | Told::UnknownOrder => true,
        Told::Unreadable { .. } | Told::NotDelivered { .. } | Told::Unknown { .. } => false,
    };
    if heard || !again(&mut act, attempt, attempt.leased.request, None).await? {
        done(&mut act, attempt.leased.id).await?;
    }
    act.commit().await
}
