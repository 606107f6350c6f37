//! What must hold at every moment of every life, looked for from outside and in the world's own memory.

use std::collections::BTreeSet;

use serde_json::Value;

use super::life::Life;

/// A stop-payment that nobody answered is given up after an hour; this is when it must have been, in seconds.
const GIVEN_UP_AFTER_SECS: i64 = 2 * 3600;

/// Looks for everything that must hold once whatever was due has happened.
pub(super) async fn holds(life: &mut Life) {
    assert_eq!(life.town().audit().await, [], "the auditor finds nothing");
    for incident in changed(life).await {
        let whole = format!("{incident:#}");
        one_plan_runs_once(&incident, &whole);
        nobody_is_dialled_too_often(&incident, &whole);
        if incident["status"] == "open" {
            somebody_is_at_it(&incident, &whole);
        } else {
            nothing_is_pending(&incident, &whole);
        }
    }
    nobody_is_pestered(life);
    each_order_is_executed_once(life).await;
    lines_come_back(life).await;
}

/// Looks for what must hold when everybody outside is well and people have done their part.
pub(super) async fn is_at_rest(life: &mut Life) {
    let backlog = interception::look_up::backlog(&life.town().centre).await.unwrap();
    let waits: Vec<_> = backlog.requests.iter().filter(|(_, (count, _))| *count > 0).collect();
    assert!(waits.is_empty(), "every request was answered or given up: {waits:?}");
    assert_eq!((backlog.incidents_unassessed, backlog.steps_overdue), (0, 0));
    life.laid_to_rest.clear();
    let incidents = changed(life).await;
    for incident in &incidents {
        assert_eq!(incident["status"], "closed", "people could close it: {incident:#}");
    }
    let count = |member: &str| -> usize {
        incidents.iter().map(|incident| incident[member].as_array().unwrap().len()).sum()
    };
    assert_eq!(count("alerts"), life.alerts, "every alert is in one incident");
    assert_eq!(count("calls"), life.calls, "every call is in one incident");
}

/// Every incident with all its parts, but for those that were looked at after they were closed.
async fn changed(life: &mut Life) -> Vec<Value> {
    let auditor = life.town().auditor();
    let all = auditor.list("/v1/incidents?limit=100").await;
    let open = all.iter().filter(|incident| incident["status"] == "open");
    let phones: Vec<&Value> = open.map(|incident| &incident["subject"]["phone"]).collect();
    let different: BTreeSet<String> = phones.iter().map(ToString::to_string).collect();
    assert_eq!(different.len(), phones.len(), "a person has one open incident: {phones:?}");
    let mut changed = vec![];
    for incident in all {
        let id = incident["id"].as_str().unwrap();
        if incident["status"] == "open" {
            life.laid_to_rest.remove(id);
        } else if !life.laid_to_rest.insert(id.to_owned()) {
            continue;
        }
        changed.push(auditor.get(&format!("/v1/incidents/{id}")).await.expect(reqwest::StatusCode::OK));
    }
    changed
}

fn list<'a>(incident: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> {
    incident[member].as_array().unwrap().iter()
}

fn is_one_of(thing: &Value, statuses: &[&str]) -> bool {
    statuses.iter().any(|status| thing["status"] == *status)
}

/// No step starts twice in one plan.
fn one_plan_runs_once(incident: &Value, whole: &str) {
    let mut started: BTreeSet<&str> = BTreeSet::new();
    for line in list(incident, "timeline") {
        match line["happening"].as_str().unwrap() {
            // a plan begun anew may do anew what the former plan's steps of that name did otherwise
            "plan.begun" => started.clear(),
            "step.started" => {
                let step = line["data"]["step"].as_str().unwrap();
                assert!(started.insert(step), "step {step} started twice: {whole}");
            }
            "incident.closed" => {
                started.clear();
            }
            _ => {}
        }
    }
}

fn nobody_is_dialled_too_often(incident: &Value, whole: &str) {
    for contact in list(incident, "contacts") {
        assert!(contact["attempts"].as_u64() <= contact["max_attempts"].as_u64(), "{contact:#} in {whole}");
    }
}

/// Every open incident has a plan, and somebody or some moment that it waits for, or is for a person to close.
fn somebody_is_at_it(incident: &Value, whole: &str) {
    assert!(
        incident["tier"].is_string() && incident["plan"].is_object(),
        "it is graded and has a plan: {whole}"
    );
    for step in list(incident, "steps").filter(|step| step["status"] == "running") {
        let of_step = |measure: &&Value| measure["step"] == step["step"];
        let open = list(incident, "contacts").filter(|contact| is_one_of(contact, &["pending", "claimed"]));
        let texts = list(incident, "messages").filter(|message| message["status"] == "queued");
        let blocks = list(incident, "call_blocks")
            .filter(|block| is_one_of(block, &["requested", "awaiting_approval"]));
        let visits = list(incident, "dispatches")
            .filter(|visit| is_one_of(visit, &["created", "accepted", "departed", "arrived"]));
        let at_it = open.chain(texts).chain(blocks).chain(visits).filter(of_step).count();
        assert!(at_it > 0, "nothing can end step {}: {whole}", step["step"]);
    }
}

fn nothing_is_pending(incident: &Value, whole: &str) {
    let of_a_plan = |measure: &&Value| measure["step"].is_string();
    let contacts = list(incident, "contacts").filter(|contact| is_one_of(contact, &["pending", "claimed"]));
    assert_eq!(contacts.filter(of_a_plan).count(), 0, "a closed incident calls nobody: {whole}");
    let texts = list(incident, "messages").filter(|message| message["status"] == "queued");
    assert_eq!(texts.count(), 0, "a closed incident sends nothing: {whole}");
    let visits = list(incident, "dispatches")
        .filter(|visit| is_one_of(visit, &["created", "accepted", "departed", "arrived"]));
    assert_eq!(visits.count(), 0, "a closed incident sends nobody: {whole}");
    let steps = list(incident, "steps").filter(|step| is_one_of(step, &["waiting", "running"]));
    assert_eq!(steps.count(), 0, "no step of a closed incident goes on: {whole}");
}

/// No phone has the same text twice within a day.
fn nobody_is_pestered(life: &Life) {
    let taken = life.town().world.sms_centre().taken();
    let ids: BTreeSet<&str> = taken.iter().map(|sms| sms.message_id.as_str()).collect();
    assert_eq!(ids.len(), taken.len(), "each text is on a phone once");
    for sms in &taken {
        let same = life.lately_on(&sms.to, &sms.text);
        assert!(same <= 1, "the same text {same} times within a day on {:?}", sms.to);
    }
}

async fn each_order_is_executed_once(life: &Life) {
    let now = life.town().now();
    for bank in life.town().world.banks() {
        for order in bank.orders() {
            assert!(bank.times_executed(&order.order_id) <= 1, "executed twice: {}", order.order_id);
        }
    }
    for order in life.town().auditor().list("/v1/stop-payments?status=submitted&limit=100").await {
        // the hour counts from the first try, so only what was tried long ago must have ended
        let tried = order["attempts"].as_array().and_then(|tries| tries.first()?["started_at"].as_str());
        if let Some(first) = tried {
            let first: chrono::DateTime<chrono::Utc> = first.parse().unwrap();
            assert!((now - first).num_seconds() < GIVEN_UP_AFTER_SECS, "it waits for ever: {order:#}");
        }
    }
}

/// A subject's own line is restored when its time is over.
async fn lines_come_back(life: &Life) {
    for block in life.town().auditor().list("/v1/call-blocks?status=blocked&limit=100").await {
        let until: chrono::DateTime<chrono::Utc> = block["until"].as_str().unwrap().parse().unwrap();
        assert!(until > life.town().now(), "its time is over and nobody lifted it: {block:#}");
    }
}
