//! The use cases: one file is one thing the system does. No SQL, no HTTP and no vendor is named here; every use
//! case reads lock, decide, save, and the commit stands between "decided" and "told the world".
//!
//! | what happens | file |
//! | --- | --- |
//! | a 110 call comes in | [`take_call`], then [`complete_call`]; what was warned of before: `link_payment` |
//! | alerts come in | [`receive_alerts`]; whose they are: `join_incident` |
//! | incidents are graded | [`assess_incidents`], by hand [`reassess_incident`] |
//! | the plan goes on | `advance_plan`, ordering through `order_measures` |
//! | the outside is told | [`carry_out_measures`] |
//! | the outside answers | [`hear_bank`] (the money goes on: `follow_money`), [`hear_carrier`], [`hear_sms`], [`hear_auto_call`], [`keep_letter`]; in a session, [`keep_sms_sessions`] |
//! | time passes | [`keep_deadlines`] and `watch_stops`, which lets claims take accounts over (`take_over_account`); proved by [`audit_plans`] |
//! | dispatchers dial | [`work_contacts`] |
//! | officers go out | [`handle_dispatch`], whoever is on duty by [`arrange_duty`] |
//! | it is another jurisdiction's | [`hand_over_incident`] |
//! | the desk steps in | [`follow_stop_payment`], [`block_number`], [`note_incident`], [`close_incident`] |
//! | an administrator changes what is known of banks | [`bank_directory`] |
//! | two persons decide | [`decide_approval`], [`hear_appeal`], then perhaps [`export_incident`] |
//! | the case is filed | [`file_case`] |
//! | the rules change | [`change_rules`], [`keep_lists`]; which of them count: [`rules_in_use`] |
//! | somebody asks | [`look_up`], [`explain_grading`], [`replay_grading`], [`judge_gradings`], [`access`] |
//! | the record is sealed, and proved whole | [`seal_record`] |
//! | the reader of texts learns | [`gather_lessons`] |
//!
//! Start at [`act`], the transaction everything happens in, then follow one alert: [`receive_alerts`],
//! [`assess_incidents`], `advance_plan`, [`carry_out_measures`], [`hear_sms`]. [`workers`] runs them for ever.

pub mod access;
pub mod act;
mod advance_plan;
pub mod arrange_duty;
mod ask_approval;
pub mod assess_incidents;
pub mod audit_plans;
pub mod bank_directory;
pub mod block_number;
pub mod carry_out_measures;
pub mod centre;
pub mod change_rules;
pub mod close_incident;
pub mod complete_call;
pub mod decide_approval;
mod error;
pub mod explain_grading;
pub mod export_incident;
pub mod file_case;
pub mod follow_money;
pub mod follow_stop_payment;
pub mod gather_lessons;
pub mod hand_over_incident;
pub mod handle_dispatch;
pub mod hear_appeal;
pub mod hear_auto_call;
pub mod hear_bank;
pub mod hear_carrier;
pub mod hear_sms;
mod join_incident;
pub mod judge_gradings;
pub mod keep_deadlines;
pub mod keep_letter;
pub mod keep_lists;
pub mod keep_sms_sessions;
pub mod lanes;
mod link_payment;
pub mod look_up;
pub mod note_incident;
mod order_measures;
pub mod reader_in_use;
pub mod reassess_incident;
pub mod receive_alerts;
mod reopen_incident;
pub mod replay_grading;
pub mod rules_in_use;
pub mod seal_record;
pub mod sms_provider;
mod sound_alarm;
pub mod take_call;
mod take_over_account;
mod watch_stops;
pub mod work_contacts;
pub mod workers;

pub use act::{Act, Once, Work};
pub use centre::{AutoCaller, Bank, Centre, Organisation, Outside, Party, Plans, SecondRoute};
pub use error::{Error, Result};
pub use sms_provider::{SmsProvider, SmsWay};
pub use store::Error as StoreError;
