//! The wire form of texts to a provider, of its reference and of its receipts.

use domain::id::MeasureId;
use domain::text::{REFERENCE_MAX_CHARS, bounded};
use serde::Serialize;

use crate::form::{self, Malformed, measure_id, text, word};
use crate::sms::{Delivery, Text};

const RECEIPT: &str = "sms.receipt";
/// Without a reference a response says only that the provider has the text.
pub(super) const DECISIVE: &str = "provider_ref";

/// Unlike the other events it carries no timestamp.
#[derive(Serialize)]
pub(super) struct Submission<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    data: SubmissionData<'a>,
}

#[derive(Serialize)]
struct SubmissionData<'a> {
    message_id: MeasureId,
    to: &'a str,
    text: &'a str,
    flash: bool,
}

pub(super) fn submission(text: &Text) -> Submission<'_> {
    Submission {
        kind: "sms.submit",
        data: SubmissionData {
            message_id: text.message_id,
            to: text.to.reveal(),
            text: &text.text,
            flash: text.flash,
        },
    }
}

pub(super) fn read_reference(body: &[u8]) -> Result<String, Malformed> {
    form::read(body, |form, answer| {
        form.required(&answer.get(DECISIVE), text(|reference| bounded(reference, REFERENCE_MAX_CHARS)))
    })
}

pub(super) fn read_receipt(body: &[u8]) -> Result<Delivery, Malformed> {
    form::read(body, |form, event| {
        let data = form.data_of(event, RECEIPT);
        let message_id = form.required(&data.get("message_id"), measure_id);
        let receipt = form.required(&data.get("status"), word);
        let at = form.optional(&data.get("at"), form::moment);
        let code = form.free_text(&data.get("code"), REFERENCE_MAX_CHARS);
        Some(Delivery { message_id: message_id?, receipt: receipt?, at, code })
    })
}
