//! A bank: accounts, mules that move money on, and the stops it has made.
//!
//! It checks the four facts of a stop as the rules demand (account name, number, amount and time; 银发〔2016〕86号)
//! and never does the same order twice.

mod iso20022;
mod ledger;
mod requests;
#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

use domain::account::{Account, AccountNumber, Adapter, BankCode};
use domain::clock::Instant;
use domain::money::Fen;
use domain::person::PersonName;

use crate::party::{Identity, Manner, Party, Tongue};
use crate::signature::Secret;
use crate::surroundings::Surroundings;
use ledger::Ledger;

/// A running bank; clones are the same bank.
#[derive(Clone)]
pub struct Bank {
    code: BankCode,
    name: &'static str,
    adapter: Adapter,
    party: Party<Ledger>,
}

/// An account as its bank keeps it.
#[derive(Debug, Clone)]
pub struct BankAccount {
    /// Its number.
    pub number: AccountNumber,
    /// Whose it is.
    pub holder: PersonName,
    /// What is in it, before any transfer of `onward` is made.
    pub balance: Fen,
    /// Accounts that may never be stopped (public funds and the like).
    pub whitelisted: bool,
    /// What came in. Empty: the bank takes the amount and time of an order on trust.
    pub received: Vec<Received>,
    /// What the mule will move on, each at its time unless a stop stands.
    pub onward: Vec<Onward>,
}

/// Money that came into an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// How much.
    pub amount: Fen,
    /// When.
    pub at: Instant,
}

/// A mule's transfer to the next account.
#[derive(Debug, Clone)]
pub struct Onward {
    /// Where it goes.
    pub to: Account,
    /// How much.
    pub amount: Fen,
    /// When.
    pub at: Instant,
    /// The bank's serial of the transfer.
    pub reference: String,
}

/// An order as the bank remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopOrder {
    /// Ours, on every request about it.
    pub order_id: String,
    /// The account to stop.
    pub number: AccountNumber,
    /// How much it asks to hold.
    pub claimed: Fen,
    /// What the account held when the order was judged.
    pub balance: Fen,
    /// The four digits of the last answer.
    pub result_code: &'static str,
    /// How often the stop itself was made; more than one is a fault of the bank.
    pub executed: usize,
    /// The stop, where one was made.
    pub hold: Option<Hold>,
}

/// A stop on an account: money comes in and none goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// What was caught: the smaller of balance and claim.
    pub held: Fen,
    /// When the present round began.
    pub stopped_at: Instant,
    /// The order's first or second 48 hours.
    pub round: u8,
    /// How it stands.
    pub standing: Standing,
}

/// How a hold stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Until then, by itself.
    Stopped {
        /// 48 hours after `stopped_at`.
        until: Instant,
    },
    /// By a filed case, without an end known here.
    Frozen,
    /// Lifted by order.
    Released {
        /// When.
        at: Instant,
    },
}

impl Hold {
    /// Whether no money leaves the account at `now`.
    #[must_use]
    pub fn stands(&self, now: Instant) -> bool {
        match self.standing {
            Standing::Stopped { until } => now < until,
            Standing::Frozen => true,
            Standing::Released { .. } => false,
        }
    }
}

impl Bank {
    pub(crate) async fn start(
        code: BankCode,
        name: &'static str,
        adapter: Adapter,
        secret: Secret,
        callback_secret: Secret,
        surroundings: &Surroundings,
    ) -> io::Result<Self> {
        let tongue = match adapter {
            Adapter::Webhook => Tongue::JSON,
            Adapter::Iso20022 => iso20022::TONGUE,
        };
        let reply_path = format!("/v1/webhooks/banks/{code}");
        let identity = Identity { secret, callback_secret, reply_path };
        let party = Party::open_speaking(tongue, identity, Ledger::default(), surroundings).await?;
        Ok(Self { code, name, adapter, party })
    }

    /// `ABC`
    #[must_use]
    pub fn code(&self) -> &BankCode {
        &self.code
    }

    /// `中国农业银行`
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// How it speaks.
    #[must_use]
    pub fn adapter(&self) -> Adapter {
        self.adapter
    }

    /// Where orders go.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        self.party.endpoint()
    }

    /// The secret that signs orders.
    #[must_use]
    pub fn secret(&self) -> String {
        self.party.secret()
    }

    /// The secret that signs the bank's callbacks.
    #[must_use]
    pub fn callback_secret(&self) -> String {
        self.party.callback_secret()
    }

    /// Another way to the same bank, with a manner of its own.
    ///
    /// # Errors
    /// The system's, if no port can be opened.
    pub async fn open_second_way(&self) -> io::Result<Self> {
        Ok(Self { party: self.party.open_another_door().await?, ..self.clone() })
    }

    /// From now on orders must be signed with another secret.
    pub fn check_with(&self, secret: Secret) {
        self.party.change_secrets(|identity| identity.secret = secret);
    }

    /// From now on its callbacks are signed with another secret.
    pub fn sign_with(&self, callback_secret: Secret) {
        self.party.change_secrets(|identity| identity.callback_secret = callback_secret);
    }

    /// How it answers from now on.
    pub fn set_manner(&self, manner: Manner) {
        self.party.set_manner(manner);
    }

    /// Opens an account, or replaces the one of this number; stops already made on it remain.
    pub fn open_account(&self, account: BankAccount) {
        self.party.change(|ledger| ledger.open_account(account));
    }

    /// From now on an account that nobody opened is one it has, as an order tells it, and the money is still there:
    /// for people who try things out.
    pub fn know_every_account(&self) {
        self.party.change(|ledger| ledger.knows_every_account = true);
    }

    /// What is in an account now, or `None` where the bank has no such account.
    #[must_use]
    pub fn balance(&self, number: &AccountNumber) -> Option<Fen> {
        let now = self.party.now();
        self.party.change(|ledger| ledger.balance(number, now))
    }

    /// Every order it has judged, in the order of arrival.
    #[must_use]
    pub fn orders(&self) -> Vec<StopOrder> {
        self.party.read(|ledger| ledger.orders().to_vec())
    }

    /// One order, where it has come.
    #[must_use]
    pub fn order(&self, order_id: &str) -> Option<StopOrder> {
        self.party.read(|ledger| ledger.order(order_id).cloned())
    }

    /// The orders whose stop stands now.
    #[must_use]
    pub fn holds(&self) -> Vec<StopOrder> {
        let now = self.party.now();
        let stands = |order: &StopOrder| order.hold.as_ref().is_some_and(|hold| hold.stands(now));
        self.party.read(|ledger| ledger.orders().iter().filter(|order| stands(order)).cloned().collect())
    }

    /// How often an order's stop was made: never more than once, however often it was sent.
    #[must_use]
    pub fn times_executed(&self, order_id: &str) -> usize {
        self.order(order_id).map_or(0, |order| order.executed)
    }

    /// How many well-signed requests about this order came in, answered or not.
    #[must_use]
    pub fn requests_seen(&self, order_id: &str) -> usize {
        self.party.read(|ledger| ledger.requests_seen(order_id))
    }

    /// How many requests were turned away with 401.
    #[must_use]
    pub fn bad_signatures(&self) -> usize {
        self.party.bad_signatures()
    }

    /// Waits for an order the bank has judged and that `wanted` accepts.
    pub async fn wait_for_order(&self, mut wanted: impl FnMut(&StopOrder) -> bool) -> StopOrder {
        self.party.wait_for(|ledger| ledger.orders().iter().find(|order| wanted(order)).cloned()).await
    }

    /// Waits until `count` requests about an order have come in.
    pub async fn wait_for_requests(&self, order_id: &str, count: usize) {
        self.party.wait_for(|ledger| (ledger.requests_seen(order_id) >= count).then_some(())).await;
    }

    /// Waits until `count` orders have been asked about, each however often.
    pub async fn wait_for_any_request(&self, count: usize) {
        self.party.wait_for(|ledger| (ledger.orders_asked_about() >= count).then_some(())).await;
    }

    /// Tells the result of an order once more at the callback, as banks do.
    pub fn repeat_result(&self, order_id: &str) {
        let now = self.party.now();
        if let Some(body) = self.party.read(|ledger| ledger.result(order_id, now)) {
            self.party.call_back(format!("{order_id}.repeated"), body, Duration::ZERO);
        }
    }
}
