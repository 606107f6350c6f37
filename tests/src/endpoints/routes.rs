//! All routes that ask for a token: who may use them, and a body they accept.

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use tests::reports;

use super::{MULE, NOTHING, SHIPPED_RULES, VICTIM};

pub(crate) const ROLES: [&str; 6] =
    ["dispatcher", "supervisor", "station_officer", "source", "auditor", "admin"];

const DESK: &[&str] = &["dispatcher", "supervisor"];
const READERS: &[&str] = &["dispatcher", "supervisor", "auditor"];
const ONLOOKERS: &[&str] = &["dispatcher", "supervisor", "auditor", "station_officer"];
const RULE_READERS: &[&str] = &["dispatcher", "supervisor", "auditor", "admin"];
const SUPERVISOR: &[&str] = &["supervisor"];
const PATROL_DESK: &[&str] = &["station_officer", "dispatcher", "supervisor"];

pub(crate) struct Route {
    pub(crate) method: Method,
    /// As the document has it.
    pub(crate) pattern: &'static str,
    pub(crate) roles: &'static [&'static str],
    /// What it reads, where it reads something.
    pub(crate) body: Option<Value>,
}

impl Route {
    /// A path that names nothing.
    pub(crate) fn path(&self) -> String {
        self.pattern.replace("{id}", NOTHING).replace("{hash}", NOTHING)
    }
}

fn get(pattern: &'static str, roles: &'static [&'static str]) -> Route {
    Route { method: Method::GET, pattern, roles, body: None }
}

fn post(pattern: &'static str, roles: &'static [&'static str], body: Option<Value>) -> Route {
    Route { method: Method::POST, pattern, roles, body }
}

/// Every one of them.
pub(crate) fn all(now: DateTime<Utc>) -> Vec<Route> {
    let transfer = || Some(reports::transfer(MULE, "1.00", now));
    let yuan = |amount: &str| json!({ "amount": amount, "currency": "CNY" });
    let reason = || Some(json!({ "reason": "核实无误" }));
    vec![
        post("/v1/calls", DESK, Some(reports::call(VICTIM, MULE, "1.00", now))),
        Route { method: Method::PATCH, pattern: "/v1/calls/{id}", roles: DESK, body: Some(json!({})) },
        post("/v1/alerts", &["source"], Some(reports::low_alert("r-1", VICTIM, now))),
        post("/v1/alerts/batch", &["source"], Some(json!([reports::low_alert("r-2", VICTIM, now)]))),
        get("/v1/incidents", ONLOOKERS),
        get("/v1/incidents/{id}", ONLOOKERS),
        get("/v1/incidents/{id}/money", ONLOOKERS),
        post("/v1/incidents/{id}/notes", DESK, Some(json!({ "note": "已记录" }))),
        post("/v1/incidents/{id}/assessments", DESK, Some(json!({ "tier": "high", "reason": "正在转账" }))),
        post("/v1/incidents/{id}/close", DESK, Some(json!({ "outcome": "prevented" }))),
        post(
            "/v1/incidents/{id}/hand-over",
            DESK,
            Some(json!({ "division_code": "110101", "reason": "不在本辖区" })),
        ),
        post("/v1/incidents/{id}/hand-over/confirm", DESK, Some(json!({ "reference": "R1" }))),
        post("/v1/incidents/{id}/exports", DESK, reason()),
        get("/v1/exports/{id}", DESK),
        post("/v1/incidents/{id}/stop-payments", DESK, transfer()),
        post("/v1/incidents/{id}/dispatches", DESK, reason()),
        post(
            "/v1/incidents/{id}/call-blocks",
            DESK,
            Some(json!({ "number": "+85261234567", "reason": "诈骗" })),
        ),
        get("/v1/contacts", READERS),
        post("/v1/contacts/{id}/claim", DESK, None),
        post("/v1/contacts/{id}/outcome", DESK, Some(json!({ "outcome": "no_answer" }))),
        get("/v1/approvals", READERS),
        post("/v1/approvals/{id}/approve", &["supervisor"], None),
        post("/v1/approvals/{id}/reject", &["supervisor"], None),
        get("/v1/stop-payments", READERS),
        get("/v1/stop-payments/{id}", READERS),
        get("/v1/stop-payments/{id}/form", READERS),
        post(
            "/v1/stop-payments/{id}/returns",
            DESK,
            Some(json!({ "amount": yuan("1.00"), "reference": "1" })),
        ),
        post(
            "/v1/stop-payments/{id}/paperwork",
            DESK,
            Some(json!({ "paper": "stop_form", "reference": "1" })),
        ),
        post(
            "/v1/stop-payments/{id}/appeals",
            DESK,
            Some(json!({ "appellant": { "name": "李某", "phone": "13847200005" }, "reason": "货款" })),
        ),
        get("/v1/appeals", READERS),
        post("/v1/appeals/{id}/decide", &["supervisor"], Some(json!({ "grant": false, "reason": "x" }))),
        get("/v1/incidents/{id}/filing", READERS),
        post("/v1/incidents/{id}/filing", DESK, Some(json!({ "status": "filed", "case_number": "A1" }))),
        post(
            "/v1/fund-returns/calculate",
            READERS,
            Some(
                json!({ "deposits": [{ "victim": "甲", "amount": yuan("1.00"), "at": now }], "frozen": yuan("1.00") }),
            ),
        ),
        post("/v1/stop-payments/{id}/correct", DESK, transfer()),
        post("/v1/stop-payments/{id}/renew", DESK, None),
        post("/v1/stop-payments/{id}/release", DESK, reason()),
        post("/v1/stop-payments/{id}/transactions", DESK, Some(json!({ "transactions": [] }))),
        post("/v1/stop-payments/{id}/freeze/extend", DESK, Some(json!({ "document": "D1" }))),
        post("/v1/stop-payments/{id}/freeze", DESK, Some(json!({ "case_number": "A1", "document": "D1" }))),
        get("/v1/banks", RULE_READERS),
        get("/v1/dispatches", ONLOOKERS),
        post("/v1/dispatches/{id}/accept", PATROL_DESK, None),
        post("/v1/dispatches/{id}/depart", PATROL_DESK, None),
        post("/v1/dispatches/{id}/arrive", PATROL_DESK, None),
        post(
            "/v1/dispatches/{id}/feedback",
            PATROL_DESK,
            Some(json!({ "seen": true, "officers": ["警员甲", "警员乙"] })),
        ),
        post("/v1/dispatches/{id}/return", PATROL_DESK, reason()),
        post(
            "/v1/dispatches/{id}/reassign",
            DESK,
            Some(json!({ "station_id": "150204001", "reason": "无人签收" })),
        ),
        get("/v1/stations", ONLOOKERS),
        get("/v1/stations/{id}/roster", ONLOOKERS),
        post(
            "/v1/stations/{id}/roster/overrides",
            PATROL_DESK,
            Some(json!({
                "from": now, "to": now + chrono::TimeDelta::hours(8), "officers": [{ "name": "替班警员" }],
                "reason": "病假",
            })),
        ),
        get("/v1/call-blocks", READERS),
        post("/v1/call-blocks/{id}/lift", DESK, None),
        get("/v1/messages", READERS),
        get("/v1/events", ONLOOKERS),
        get("/v1/stats", READERS),
        get("/v1/bank-directory", RULE_READERS),
        Route { method: Method::PUT, pattern: "/v1/bank-directory", roles: &["admin"], body: None },
        get("/v1/plans", RULE_READERS),
        get("/v1/grading", RULE_READERS),
        get("/v1/result-codes", RULE_READERS),
        post("/v1/grading/explain", READERS, Some(reports::low_alert("r-3", VICTIM, now))),
        post("/v1/grading/versions", SUPERVISOR, Some(json!({ "text": SHIPPED_RULES }))),
        get("/v1/grading/versions/{hash}", RULE_READERS),
        post("/v1/grading/versions/{hash}/publish", SUPERVISOR, reason()),
        post("/v1/grading/rollback", SUPERVISOR, reason()),
        get("/v1/grading/shadow", RULE_READERS),
        post("/v1/grading/shadow", SUPERVISOR, Some(json!({ "hash": null }))),
        post("/v1/grading/rules/{id}/reset", SUPERVISOR, reason()),
        get("/v1/grading/quality", RULE_READERS),
        get("/v1/lists", READERS),
        post(
            "/v1/lists",
            SUPERVISOR,
            Some(json!({ "list": "suspect", "kind": "number", "value": "+85261234567" })),
        ),
        Route { method: Method::DELETE, pattern: "/v1/lists/{id}", roles: SUPERVISOR, body: None },
    ]
}
