//! What a dispatcher asks the caller next, about an order that cannot leave yet or must not: a sentence for each
//! fact, in the order that helps. It never refuses anything.

use crate::account::{Account, AccountKind};
use crate::bank_directory::BankDirectory;
use crate::call::Notice;
use crate::stop_payment::{Fact, Status, StopPayment};

/// A bank that an order names and that cannot be reached from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreached {
    /// Its name, or its code where nobody knows the name.
    pub name: String,
    /// Answered day and night.
    pub phone: Option<String>,
}

/// What to ask about the order for the transfer at `place` of a call. `unreached` is its bank, where it names one
/// that cannot be reached.
#[must_use]
pub fn asks(
    place: usize,
    order: &StopPayment,
    missing: &[Fact],
    unreached: Option<&Unreached>,
    directory: &BankDirectory,
) -> Vec<Notice> {
    let payee = order.transfer.payee.as_ref();
    let notice = |field: &str, says: String| Notice { pointer: format!("/transfers/{place}/{field}"), says };
    let lengths = payee.and_then(|payee| directory.card_lengths(payee)).map(|lengths| {
        let lengths: Vec<String> = lengths.iter().map(ToString::to_string).collect();
        let says = format!("cards that begin so have {} digits: read the number back", lengths.join(" or "));
        notice("payee/number", says)
    });
    let white = payee.filter(|payee| order.status() == Status::Refused && directory.is_white_listed(payee));
    let white = white.map(|_| {
        let says = "the account is on its bank's white list and is never stopped: read the number back";
        notice("payee/number", says.to_owned())
    });
    let asked = missing.iter().map(|fact| {
        let (field, says) = ask(*fact, payee, unreached);
        notice(field, says)
    });
    lengths.into_iter().chain(white).chain(asked).collect()
}

fn ask(fact: Fact, payee: Option<&Account>, unreached: Option<&Unreached>) -> (&'static str, String) {
    match fact {
        Fact::Account => {
            ("payee/number", "ask for the number of the card, account or order the money went to".to_owned())
        }
        Fact::Holder => (
            "payee/holder",
            "ask whose account it is: a bank must not stop one without the holder's name".to_owned(),
        ),
        Fact::Amount => ("amount", "ask how much was paid: the bank looks for this amount".to_owned()),
        Fact::Time => ("transferred_at", "ask when it was paid, to the minute if possible".to_owned()),
        Fact::BankCode => ("payee/bank_code", ask_for_bank(payee, unreached)),
    }
}

fn ask_for_bank(payee: Option<&Account>, unreached: Option<&Unreached>) -> String {
    if let Some(Unreached { name, phone }) = unreached {
        return match phone {
            Some(phone) => format!("{name} cannot be reached from here: phone {phone}, day and night"),
            None => format!("{name} cannot be reached from here, and no 24-hour number is known: find it"),
        };
    }
    match payee.map(|payee| payee.kind) {
        None | Some(AccountKind::BankCard) => {
            "ask which bank issued the card: it is printed on it".to_owned()
        }
        Some(AccountKind::BankAccount) => "ask which bank keeps the account".to_owned(),
        Some(AccountKind::PaymentAccount | AccountKind::OrderNumber) => {
            "ask which app was used to pay".to_owned()
        }
        Some(AccountKind::PosSerial) => "ask which institution is printed on the receipt".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fact_has_its_sentence_and_a_payment_is_asked_for_by_its_app() {
        let payee = |kind| Account { kind, number: None, holder: None, bank_code: None };
        for fact in Fact::ALL {
            let (field, says) = ask(*fact, Some(&payee(AccountKind::BankCard)), None);
            assert!(!field.is_empty() && says.starts_with("ask "), "{fact}");
        }
        assert!(ask_for_bank(Some(&payee(AccountKind::OrderNumber)), None).contains("app"));
        let unreached = Unreached { name: "招商银行".to_owned(), phone: Some("95555".to_owned()) };
        assert!(ask_for_bank(Some(&payee(AccountKind::BankCard)), Some(&unreached)).contains("95555"));
    }
}
