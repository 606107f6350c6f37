//! A person must see to a stop-payment: the line that every board and stream shows, with the number to phone.

use domain::stop_payment::{AlarmKind, StopPayment};
use domain::timeline::Happening;
use serde_json::{Value, json};

use crate::act::Act;

/// Notes an alarm about an order. `facts` are an object of further particulars. That of a drill stands in the drill's
/// record alone: nobody is called out for it.
pub(crate) fn sound_alarm(act: &mut Act<'_>, order: &StopPayment, kind: AlarmKind, facts: Value) {
    let code = order.transfer.payee.as_ref().and_then(|payee| payee.bank_code.as_ref());
    let phone = code.and_then(|code| act.centre.outside.banks.get(code)).and_then(|bank| bank.phone.clone());
    if !act.drill {
        metrics::counter!("stop_payment_alarms_total", "kind" => kind.as_str()).increment(1);
        tracing::error!(stop_payment_id = %order.id, kind = kind.as_str(), "a person must see to a stop-payment");
    }
    let mut data = json!({ "stop_payment_id": order.id, "kind": kind, "status": order.status(),
        "bank_code": code.map(|code| code.as_str()), "phone": phone,
        "paper_form": format!("/v1/stop-payments/{}/form", order.id) });
    if let (Value::Object(data), Value::Object(facts)) = (&mut data, facts) {
        data.extend(facts);
    }
    act.note(order.incident_id, Happening::StopPaymentAlarm, data);
}
