//! Orders to banks.

use domain::account::BankCode;
use domain::person::PhoneNumber;
use interception::Centre;

use crate::wire::stop_payment::Bank;

/// What a person needs to know of a bank that we can reach.
pub(super) fn bank(centre: &Centre, code: &BankCode) -> Option<Bank> {
    let bank = centre.outside.banks.get(code).filter(|bank| bank.reachable)?;
    let phone = bank.phone.as_deref().and_then(|phone| PhoneNumber::parse(phone).ok());
    Some(Bank { phone })
}
