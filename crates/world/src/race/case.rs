//! One victim's money against one desk, in virtual time: every decision of the desk is `domain`'s own.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::account::{Account, AccountKind, AccountNumber, BankCode};
use domain::call::Transfer;
use domain::clock::Instant;
use domain::id::{IncidentId, MeasureId, MoveId};
use domain::measure::next_try;
use domain::measure_kind::MeasureKind;
use domain::money::Fen;
use domain::money_graph::Chased;
use domain::person::PersonName;
use domain::pursuit::{Followed, Move, follow_in};
use domain::stop_payment::{Asked, BankAnswer, Heard, Onward, ResultCode, State, StopPayment};
use uuid::Uuid;

use super::Rules;
use super::assumptions::Desk;
use super::scheme::{Scheme, seconds};

/// The one bank of the race: what differs between banks is drawn with each account.
const BANK: &str = "RACE";
/// The mules' name.
const HOLDER: &str = "李某";
/// What the bank answers where it holds the whole claim, and where it holds less.
const DONE: &str = "0000";
const LESS_THAN_CLAIMED: &str = "1200";

/// How one victim's money ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// What the victim paid.
    pub paid: Fen,
    /// What rests in stopped accounts.
    pub held: Fen,
    /// What left the banks.
    pub escaped: Fen,
    /// Orders that left the desk.
    pub orders: usize,
}

/// Something that happens at its moment.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// Money comes in.
    Arrives { account: usize, amount: Fen },
    /// The mule moves on what came in.
    Leaves { account: usize, amount: Fen },
    /// The facts of the first account are typed in.
    Reported,
    /// The bank stops the account.
    Stops { order: usize },
}

/// What an account holds at this moment.
#[derive(Debug, Clone, Default)]
struct Books {
    balance: Fen,
    /// Money comes in and none goes out.
    stopped: bool,
    /// What has left it, in order.
    moved: Vec<Onward>,
}

struct Case<'a> {
    scheme: &'a Scheme,
    desk: &'a Desk,
    rules: &'a Rules,
    now: Instant,
    /// What is to come; equal moments in the order they were foreseen.
    to_come: BTreeMap<(Instant, usize), Event>,
    foreseen: usize,
    books: Vec<Books>,
    /// The desk's orders with what their banks found, oldest first.
    chased: Vec<Chased>,
    /// The transfers that banks named.
    moves: Vec<Move>,
    escaped: Fen,
}

/// Runs one scheme against one desk, until nothing moves any more.
pub(super) fn run(scheme: &Scheme, desk: &Desk, rules: &Rules) -> Run {
    let mut case = Case {
        scheme,
        desk,
        rules,
        now: Instant::UNIX_EPOCH,
        to_come: BTreeMap::new(),
        foreseen: 0,
        books: vec![Books::default(); scheme.accounts.len()],
        chased: vec![],
        moves: vec![],
        escaped: Fen::ZERO,
    };
    case.foresee(TimeDelta::zero(), Event::Arrives { account: 0, amount: scheme.paid });
    case.foresee(scheme.reported_after + scheme.facts_after, Event::Reported);
    while let Some(((at, _), event)) = case.to_come.pop_first() {
        case.now = at;
        case.happen(event);
    }
    Run {
        paid: scheme.paid,
        held: case.books.iter().map(|books| books.balance).sum(),
        escaped: case.escaped,
        orders: case.chased.len(),
    }
}

impl Case<'_> {
    fn foresee(&mut self, after: TimeDelta, event: Event) {
        self.foreseen += 1;
        self.to_come.insert((self.now + after, self.foreseen), event);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrives { account, amount } => {
                let books = &mut self.books[account];
                books.balance = [books.balance, amount].into_iter().sum();
                self.foresee(self.scheme.accounts[account].dwell, Event::Leaves { account, amount });
            }
            Event::Leaves { account, amount } => self.leave(account, amount),
            Event::Reported => {
                let transfer = Transfer {
                    payer: None,
                    payee: Some(account_of(0)),
                    amount: Some(self.scheme.paid),
                    transferred_at: Some(Instant::UNIX_EPOCH),
                    channel: None,
                    reference: None,
                };
                self.order(transfer, None, None);
            }
            Event::Stops { order } => self.stop(order),
        }
    }

    /// The mule moves what came in on, in equal parts; the last one takes what does not divide.
    fn leave(&mut self, account: usize, amount: Fen) {
        let books = &mut self.books[account];
        if books.stopped {
            return;
        }
        let mut left = amount.min(books.balance);
        books.balance = books.balance.saturating_sub(left);
        let onward = &self.scheme.accounts[account].onward;
        if onward.is_empty() {
            self.escaped = [self.escaped, left].into_iter().sum();
            return;
        }
        for (place, to) in onward.iter().enumerate() {
            let parts = i64::try_from(onward.len() - place).unwrap_or(1);
            let part = Fen::new(left.fen() / parts).unwrap_or_default();
            left = left.saturating_sub(part);
            if part == Fen::ZERO {
                continue;
            }
            let serial = self.books[account].moved.len();
            self.books[account].moved.push(Onward {
                account: account_of(*to),
                amount: Some(part),
                transferred_at: Some(self.now),
                reference: Some(format!("{account}-{serial}")),
            });
            self.foresee(TimeDelta::zero(), Event::Arrives { account: *to, amount: part });
        }
    }

    /// The desk draws up an order; its facts are complete, so it leaves once the paperwork is done.
    fn order(&mut self, transfer: Transfer, claim: Option<Fen>, parent: Option<&StopPayment>) -> MeasureId {
        let number = self.chased.len();
        let hop = parent.map_or(0, |parent| parent.hop + 1);
        let draft = StopPayment {
            id: MeasureId::from(Uuid::from_u128(number as u128)),
            incident_id: IncidentId::from(Uuid::nil()),
            origin: None,
            parent_id: parent.map(|parent| parent.id),
            corrects_id: None,
            hop,
            round: 1,
            transfer: transfer.clone(),
            claim,
            created_at: self.now,
            submitted_at: None,
            returned: Fen::ZERO,
            state: State::Draft,
        };
        let id = draft.id;
        let paperwork = seconds(if hop == 0 { self.desk.first_secs } else { self.desk.next_hop_secs });
        let leaves_at = self.now + paperwork;
        let Ok(order) = draft.complete(transfer, |_| true, leaves_at) else { return id };
        let mule = &self.scheme.accounts[account_in(&order)];
        let order = match heard_at(leaves_at, mule.silences) {
            Some(at) => {
                self.foresee(at - self.now + mule.answers_after, Event::Stops { order: number });
                order
            }
            None => order.clone().give_up().unwrap_or(order),
        };
        self.chased.push(Chased { order, balance: None });
        id
    }

    /// The bank stops the account and says what it found; the desk follows the money.
    fn stop(&mut self, number: usize) {
        let order = self.chased[number].order.clone();
        let claimed = order.claimed().unwrap_or_default();
        let books = &mut self.books[account_in(&order)];
        books.stopped = true;
        let held = books.balance.min(claimed);
        let code = if held < claimed { LESS_THAN_CLAIMED } else { DONE };
        let Ok(result_code) = ResultCode::parse(code) else { return };
        let answer = BankAnswer {
            result_code,
            balance: Some(books.balance),
            held: Some(held),
            stopped_at: Some(self.now),
            remark: None,
            onward: if held < claimed { books.moved.clone() } else { vec![] },
            transactions: vec![],
        };
        let bank = order.account().map(|(bank, _)| bank);
        let class = self.rules.result_codes.of(bank.as_ref()).class(&answer.result_code);
        let Heard::Moved(order) = order.hear(&answer, class, &Asked::Stop, self.now) else { return };
        self.chased[number] = Chased { order: order.clone(), balance: answer.balance };
        self.follow(&order, &answer.onward);
    }

    fn follow(&mut self, order: &StopPayment, named: &[Onward]) {
        let steps = follow_in(order, &self.chased, &self.moves, named, &self.rules.pursuit);
        for step in steps {
            let to_id = match step.followed {
                Followed::Ordered => {
                    let (transfer, claim) = step.onward.clone().next_order(order, step.claim);
                    Some(self.order(transfer, claim, Some(order)))
                }
                Followed::KnownAccount => step.known.or_else(|| self.order_for(&step.onward.account)),
                Followed::VictimsOwn
                | Followed::BeyondClaim
                | Followed::BelowFloor
                | Followed::HopLimit
                | Followed::OrderLimit => None,
            };
            let id = MoveId::from(Uuid::from_u128(self.moves.len() as u128));
            self.moves.push(step.kept(id, order, to_id, self.now));
        }
    }

    fn order_for(&self, account: &Account) -> Option<MeasureId> {
        let is_for = |order: &&StopPayment| {
            order.transfer.payee.as_ref().is_some_and(|payee| payee.is_same_as(account))
        };
        self.chased.iter().map(|chased| &chased.order).find(is_for).map(|order| order.id)
    }
}

/// When the bank hears an order that left at `first`, so many tries having met silence; `None`: the desk gave up.
fn heard_at(first: Instant, silences: u32) -> Option<Instant> {
    (1..=silences).try_fold(first, |at, attempts| next_try(MeasureKind::StopPayment, attempts, first, at))
}

/// The account of that place in the scheme: its place is its number.
fn account_of(place: usize) -> Account {
    Account {
        kind: AccountKind::BankAccount,
        number: AccountNumber::parse(&format!("{place:012}")).ok(),
        holder: PersonName::parse(HOLDER).ok(),
        bank_code: BankCode::parse(BANK).ok(),
    }
}

fn account_in(order: &StopPayment) -> usize {
    let number = order.transfer.payee.as_ref().and_then(|payee| payee.number.as_ref());
    number.and_then(|number| number.reveal().parse().ok()).unwrap_or_default()
}
