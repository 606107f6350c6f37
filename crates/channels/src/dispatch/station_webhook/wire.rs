//! The wire form of dispatches to a station's system.

use domain::coordinates::wgs84_to_gcj02;
use domain::id::{IncidentId, MeasureId};
use domain::incident::Location;
use domain::person::PhoneNumber;
use domain::roster::Duty;
use domain::tier::Tier;
use serde::Serialize;

use crate::dispatch::{DispatchNotice, News};
use crate::event::{Event, moment};

#[derive(Serialize)]
pub(super) struct DispatchData<'a> {
    dispatch_id: MeasureId,
    incident_id: IncidentId,
    station: Station<'a>,
    reason: Option<&'a str>,
    accept_due_at: String,
    duty: Option<OnDuty<'a>>,
    tier: Tier,
    urgent: bool,
    subject: Person<'a>,
}

#[derive(Serialize)]
struct Station<'a> {
    id: &'a str,
    name: &'a str,
}

/// Who was on duty when it was ordered; the first leads.
#[derive(Serialize)]
struct OnDuty<'a> {
    shift: Option<&'a str>,
    officers: Vec<Officer<'a>>,
    phone: Option<&'a str>,
}

#[derive(Serialize)]
struct Officer<'a> {
    name: &'a str,
    phone: Option<&'a str>,
}

#[derive(Serialize)]
struct Person<'a> {
    name: Option<&'a str>,
    phone: &'a str,
    address: Option<&'a str>,
    location: Option<Point>,
    location_gcj02: Option<Point>,
}

/// Degrees: WGS-84, and beside it what Chinese maps show at that place.
#[derive(Serialize)]
struct Point {
    lat: f64,
    lon: f64,
}

fn on_duty(duty: &Duty) -> OnDuty<'_> {
    OnDuty {
        shift: duty.shift.as_deref(),
        officers: duty
            .officers
            .iter()
            .map(|officer| Officer {
                name: &officer.name,
                phone: officer.phone.as_ref().map(PhoneNumber::reveal),
            })
            .collect(),
        phone: duty.phone.as_ref().map(PhoneNumber::reveal),
    }
}

fn point(at: Location) -> Point {
    Point { lat: at.lat, lon: at.lon }
}

pub(super) fn event(notice: &DispatchNotice) -> Event<DispatchData<'_>> {
    let subject = &notice.subject;
    Event {
        kind: match notice.news {
            News::Created => "dispatch.created",
            News::Cancelled => "dispatch.cancelled",
        },
        timestamp: moment(notice.asked_at),
        data: DispatchData {
            dispatch_id: notice.dispatch_id,
            incident_id: notice.incident_id,
            station: Station { id: notice.station_id.as_str(), name: &notice.station_name },
            reason: notice.reason.as_deref(),
            accept_due_at: moment(notice.accept_due_at),
            duty: notice.duty.as_ref().map(on_duty),
            tier: notice.grade.tier,
            urgent: notice.grade.urgent,
            subject: Person {
                name: subject.name.as_ref().map(|name| name.reveal()),
                phone: subject.phone.reveal(),
                address: subject.address.as_ref().map(|address| address.reveal()),
                location: subject.location.map(point),
                location_gcj02: subject.location.map(wgs84_to_gcj02).map(point),
            },
        },
    }
}
