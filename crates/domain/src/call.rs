//! A citizen's report taken at the 110 desk (110 报警). The account comes first and the story later, so
//! everything but the caller's number may be missing.

use chrono::TimeDelta;
use serde_json::Value;

use crate::account::Account;
use crate::clock::{Instant, at_the_glass};
use crate::id::{CallId, IncidentId, OperatorId};
use crate::incident::{Location, Subject};
use crate::money::Fen;
use crate::person::{Address, PersonName, PhoneNumber, Relative, ResidentId};
use crate::scam_type::ScamType;
use crate::station::DivisionCode;

/// The most transfers one call may carry.
pub const MAX_TRANSFERS: usize = 50;
/// The most relatives one call or alert may name.
pub const MAX_RELATIVES: usize = 10;

/// What `channel` says, in any case, of a transfer at a machine.
pub const ATM_CHANNELS: [&str; 7] =
    ["atm", "atm_transfer", "atm_delayed", "atm机", "自助柜员机", "自动柜员机", "自动取款机"];
/// A transfer at a machine to somebody else is booked only after 24 hours and can be cancelled until then
/// (银发〔2016〕261号).
pub const ATM_DELAY: TimeDelta = TimeDelta::hours(24);

/// What the dispatcher has heard so far.
#[derive(Debug, Clone, PartialEq)]
pub struct CallReport {
    /// The 110 system's own reference; unique where given.
    pub call_ref: Option<String>,
    /// When the phone was picked up.
    pub received_at: Instant,
    /// The line that rang.
    pub caller_phone: PhoneNumber,
    /// The victim, where that is the caller or someone the caller speaks for.
    pub reporter: Option<Reporter>,
    /// As far as the dispatcher can tell.
    pub scam_type: Option<ScamType>,
    /// The story in the caller's words.
    pub narrative: Option<String>,
    /// Where the victim is.
    pub location: Option<Location>,
    /// The district the victim is in.
    pub division_code: Option<DivisionCode>,
    /// Who else may be called.
    pub relatives: Vec<Relative>,
    /// Money already on its way to the fraudster.
    pub transfers: Vec<Transfer>,
}

/// The person the report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reporter {
    /// Name, where given.
    pub name: Option<PersonName>,
    /// Identity number, where given.
    pub id_number: Option<ResidentId>,
    /// Own phone, where it differs from the caller's.
    pub phone: Option<PhoneNumber>,
    /// Where they live.
    pub address: Option<Address>,
}

/// One payment from the victim to a counter-account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// Whence.
    pub payer: Option<Account>,
    /// Whither: the account to stop.
    pub payee: Option<Account>,
    /// How much.
    pub amount: Option<Fen>,
    /// When.
    pub transferred_at: Option<Instant>,
    /// `mobile_bank`, `atm`, `counter`...
    pub channel: Option<String>,
    /// The bank's serial of the payment.
    pub reference: Option<String>,
}

/// A call as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// The incident it opened or joined.
    pub incident_id: IncidentId,
    /// Who took it.
    pub taken_by: OperatorId,
    /// When it was saved.
    pub created_at: Instant,
    /// Goes up with every completion; a stale writer is refused.
    pub version: i64,
    /// What was heard, as the contract spells it: a merge patch applies to what was said.
    pub body: Value,
}

impl CallReport {
    /// The person to protect, as far as the report tells.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let reporter = self.reporter.as_ref();
        Subject {
            phone: reporter
                .and_then(|person| person.phone.clone())
                .unwrap_or_else(|| self.caller_phone.clone()),
            name: reporter.and_then(|person| person.name.clone()),
            id_number: reporter.and_then(|person| person.id_number.clone()),
            address: reporter.and_then(|person| person.address.clone()),
            division_code: self.division_code.clone(),
            location: self.location,
            age: None,
        }
    }

    /// What the dispatcher should tell the caller: first what can still be cancelled, at the bank that `own_bank`
    /// names with its number; then numbers to be read back because their check digit disagrees.
    #[must_use]
    pub fn notices(&self, now: Instant, own_bank: impl Fn(&Account) -> Option<String>) -> Vec<Notice> {
        let revocable =
            self.transfers.iter().enumerate().filter(|(_, transfer)| transfer.may_be_revoked(now));
        let cancel = revocable.map(|(place, transfer)| {
            let bank = transfer.payer.as_ref().and_then(&own_bank);
            let bank = bank.map(|bank| format!(" ({bank})")).unwrap_or_default();
            let until = transfer
                .revocable_until()
                .map(|until| at_the_glass(until).format(" until %Y-%m-%d %H:%M").to_string())
                .unwrap_or_default();
            Notice {
                pointer: format!("/transfers/{place}/channel"),
                says: format!(
                    "a transfer at a machine is booked only after 24 hours and can be cancelled{until}: tell the \
                     victim to cancel it at their own bank{bank} now, before anything else"
                ),
            }
        });
        let id_number = self.reporter.as_ref().and_then(|person| person.id_number.as_ref());
        let identity = id_number.filter(|number| !number.checks()).map(|_| Notice {
            pointer: "/reporter/id_number".to_owned(),
            says: "the check character does not agree: read the identity number back to the caller"
                .to_owned(),
        });
        let cards = self.transfers.iter().enumerate().flat_map(|(place, transfer)| {
            let sides = [("payer", &transfer.payer), ("payee", &transfer.payee)];
            sides.into_iter().filter_map(move |(side, account)| {
                account.as_ref().filter(|account| account.fails_luhn()).map(|_| Notice {
                    pointer: format!("/transfers/{place}/{side}/number"),
                    says: "the check digit does not agree: read the card number back to the caller"
                        .to_owned(),
                })
            })
        });
        cancel.chain(identity).chain(cards).collect()
    }
}

impl Transfer {
    /// Whether it was made at a machine.
    #[must_use]
    pub fn is_at_machine(&self) -> bool {
        let channel = self.channel.as_deref().map(|channel| channel.trim().to_lowercase());
        channel.is_some_and(|channel| ATM_CHANNELS.contains(&channel.as_str()))
    }

    /// Until when the victim can cancel it at their own bank, where it was made at a machine at a known time.
    #[must_use]
    pub fn revocable_until(&self) -> Option<Instant> {
        self.transferred_at.filter(|_| self.is_at_machine()).map(|at| at + ATM_DELAY)
    }

    /// Whether the victim may still cancel it; a machine's transfer at an unknown time is worth the try.
    #[must_use]
    pub fn may_be_revoked(&self, now: Instant) -> bool {
        self.is_at_machine() && self.revocable_until().is_none_or(|until| now < until)
    }
}

/// Something to say to the caller; never a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The field it is about, as a JSON pointer.
    pub pointer: String,
    /// What to do.
    pub says: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_at_a_machine_can_be_cancelled_for_a_day() {
        let made = |channel: &str| Transfer {
            payer: None,
            payee: None,
            amount: None,
            transferred_at: Some(Instant::UNIX_EPOCH),
            channel: Some(channel.to_owned()),
            reference: None,
        };
        let almost = Instant::UNIX_EPOCH + ATM_DELAY - TimeDelta::seconds(1);
        for channel in ["atm", " ATM ", "atm_delayed", "ATM机", "自助柜员机"] {
            assert!(made(channel).may_be_revoked(almost), "{channel}");
            assert!(!made(channel).may_be_revoked(almost + TimeDelta::seconds(1)), "{channel}");
        }
        assert!(!made("mobile_bank").may_be_revoked(almost));
        let sometime = Transfer { transferred_at: None, ..made("atm") };
        assert!(sometime.may_be_revoked(almost) && sometime.revocable_until().is_none());
    }
}
