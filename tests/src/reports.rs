//! What people and machines say: the bodies that stories begin with.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// A call from `phone` with one complete transfer of `yuan` to an account of 李某 at ABC.
#[must_use]
pub fn call(phone: &str, account: &str, yuan: &str, at: DateTime<Utc>) -> Value {
    json!({
        "received_at": at, "caller_phone": phone,
        "reporter": { "name": "王芳", "address": "昆都仑区友谊大街" },
        "scam_type": "impersonating_customer_service", "narrative": "自称快递客服理赔",
        "location": { "lat": 40.6571, "lon": 109.8403 }, "division_code": "150203",
        "relatives": [{ "name": "王强", "relation": "spouse", "phone": "13847200009" }],
        "transfers": [transfer(account, yuan, at)],
    })
}

/// A complete transfer of `yuan` to an account of 李某 at ABC.
#[must_use]
pub fn transfer(account: &str, yuan: &str, at: DateTime<Utc>) -> Value {
    json!({
        "payer": { "kind": "bank_card", "number": "6222020200112233440", "bank_code": "ICBC", "holder": "王芳" },
        "payee": { "kind": "bank_card", "number": account, "bank_code": "ABC", "holder": "李某" },
        "amount": { "amount": yuan, "currency": "CNY" },
        "transferred_at": at, "channel": "mobile_bank", "reference": "2026030122050001",
    })
}

/// A complete transfer of `yuan` to an account of 李某 at a bank.
#[must_use]
pub fn transfer_to(bank: &str, account: &str, yuan: &str, at: DateTime<Utc>) -> Value {
    let mut transfer = transfer(account, yuan, at);
    transfer["payee"] =
        json!({ "kind": "bank_account", "number": account, "bank_code": bank, "holder": "李某" });
    transfer
}

/// An alert that the shipped rules grade high, about `phone`, with one relative.
#[must_use]
pub fn high_alert(source_ref: &str, phone: &str, at: DateTime<Utc>) -> Value {
    json!({
        "source_ref": source_ref, "observed_at": at, "kind": "call",
        "subject": { "phone": phone, "name": "王芳", "age": 67, "location": { "lat": 40.6571, "lon": 109.8403 } },
        "relatives": [{ "name": "王强", "relation": "child", "phone": "13847200009" }],
        "suspect": { "phone": "+85261234567" },
        "source_level": "high",
        "signals": { "call_seconds": 1260, "calls_24h": 4, "screen_sharing": true, "in_call": true,
                     "amount_at_risk": { "amount": "50000.00", "currency": "CNY" } },
    })
}

/// An alert that the shipped rules grade low, about `phone`, with a suspect's number.
#[must_use]
pub fn low_alert(source_ref: &str, phone: &str, at: DateTime<Utc>) -> Value {
    json!({
        "source_ref": source_ref, "observed_at": at, "kind": "sms",
        "subject": { "phone": phone, "location": { "lat": 40.6571, "lon": 109.8403 } },
        "suspect": { "phone": "+85261234567" },
        "source_level": "low",
    })
}

/// An alert that the shipped rules grade medium, about `phone`.
#[must_use]
pub fn medium_alert(source_ref: &str, phone: &str, at: DateTime<Utc>) -> Value {
    json!({
        "source_ref": source_ref, "observed_at": at, "kind": "call",
        "subject": { "phone": phone, "location": { "lat": 40.6571, "lon": 109.8403 } },
        "source_level": "medium",
    })
}
