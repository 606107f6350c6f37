use chrono::TimeDelta;
use domain::incident::{Location, Subject};
use domain::person::{PersonName, PhoneNumber, ResidentId};
use domain::roster::{Duty, Officer};
use domain::station::StationId;
use domain::tier::Grade;
use serde_json::json;

use super::*;
use crate::dispatch::News;
use crate::outside::{answering, caller, now};

const DISPATCH_ID: &str = "0195518b-f1a0-7000-8000-000000000005";
const INCIDENT_ID: &str = "0195518b-f1a0-7000-8000-000000000002";

fn notice(news: News) -> DispatchNotice {
    DispatchNotice {
        message_id: DISPATCH_ID.to_owned(),
        asked_at: now(),
        news,
        dispatch_id: DISPATCH_ID.parse().unwrap(),
        incident_id: INCIDENT_ID.parse().unwrap(),
        station_id: StationId::new("150203001"),
        station_name: "昆都仑区一所".to_owned(),
        reason: None,
        accept_due_at: now() + TimeDelta::minutes(10),
        duty: Some(Duty {
            shift: Some("night".to_owned()),
            officers: vec![Officer {
                name: "夜班组长".to_owned(),
                phone: PhoneNumber::parse("17000000003").ok(),
            }],
            phone: PhoneNumber::parse("17000000003").ok(),
        }),
        subject: Subject {
            phone: PhoneNumber::parse("13847200001").unwrap(),
            name: Some(PersonName::parse("王芳").unwrap()),
            id_number: Some(ResidentId::parse("150203199003071220").unwrap()),
            address: None,
            division_code: None,
            location: Location::new(40.6571, 109.8403),
            age: None,
        },
        grade: Grade::URGENT,
    }
}

#[tokio::test]
async fn a_station_is_told_whom_to_see_and_never_the_identity_number() {
    for (news, kind) in [(News::Created, "dispatch.created"), (News::Cancelled, "dispatch.cancelled")] {
        let mut station = answering("anything").await;
        let told = notify(&caller(), &station.endpoint, &notice(news), now()).await;
        assert_eq!(told, Told::Accepted);
        let (message_id, mut body) = station.received().await;
        assert_eq!(message_id, DISPATCH_ID);
        let subject = json!({"name": "王芳", "phone": "13847200001", "address": null,
                             "location": {"lat": 40.6571, "lon": 109.8403}});
        let shown = body["data"]["subject"].as_object_mut().unwrap().remove("location_gcj02").unwrap();
        let (lat, lon) = (shown["lat"].as_f64().unwrap(), shown["lon"].as_f64().unwrap());
        assert!(
            (lat - 40.658_248).abs() < 1e-6 && (lon - 109.846_004).abs() < 1e-6,
            "what a Chinese map shows: {shown}"
        );
        let expected = json!({"type": kind, "timestamp": "2026-03-01T22:13:05+08:00", "data": {
            "dispatch_id": DISPATCH_ID, "incident_id": INCIDENT_ID,
            "station": {"id": "150203001", "name": "昆都仑区一所"}, "reason": null,
            "accept_due_at": "2026-03-01T22:23:05+08:00",
            "duty": {"shift": "night", "officers": [{"name": "夜班组长", "phone": "17000000003"}], "phone": "17000000003"},
            "tier": "high", "urgent": true, "subject": subject}});
        assert_eq!(body, expected);
    }
}
