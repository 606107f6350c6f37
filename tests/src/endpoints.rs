//! Every endpoint with its refusals, over HTTP: what a client that knows only the contract meets.

#![expect(clippy::unwrap_used, reason = "an answer without the field is a failure")]

mod endpoints {
    mod access;
    mod alerts;
    mod appeals;
    mod approvals;
    mod bank_answers;
    mod bank_directory;
    mod banks;
    mod call_blocks;
    mod calls;
    mod contacts;
    mod dispatches;
    mod document;
    mod exports;
    mod filings;
    mod fund_returns;
    mod hand_overs;
    mod hostile;
    mod incidents;
    mod live;
    mod paper_form;
    mod routes;
    mod rules;
    mod stations;
    mod stop_payments;
    mod webhooks;
    mod webhooks_iso20022;

    pub(crate) const VICTIM: &str = "13847200001";
    pub(crate) const MULE: &str = "6228482601815908309";
    pub(crate) const STATION: &str = "150203001";
    /// An id that nothing has.
    pub(crate) const NOTHING: &str = "01990000-0000-7000-8000-000000000000";
}
