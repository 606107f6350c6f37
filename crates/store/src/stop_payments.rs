//! Stop-payments. Whoever changes one holds its incident's row lock.

use domain::account::{Account, AccountNumber, BankCode};
use domain::call::Transfer;
use domain::clock::Instant;
use domain::id::{CallId, IncidentId, MeasureId};
use domain::money_graph::OtherClaim;
use domain::person::PersonName;
use domain::stop_payment::{BankAnswer, Freeze, FreezeTerms, Hold, State, Status, StopPayment};
use sqlx::PgConnection;

use crate::Result;
use crate::decode::Row;

mod clock;
mod freeze;

pub use clock::{alarms_due, rounds_used, run_out, set_alarm};
pub use freeze::{keep_freeze, kept_freeze};

/// Which stop-payments to read.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// This one.
    pub id: Option<MeasureId>,
    /// Of this incident.
    pub incident: Option<IncidentId>,
    /// Of this call.
    pub call: Option<CallId>,
    /// The next hops of this one.
    pub parent: Option<MeasureId>,
    /// In this status.
    pub status: Option<Status>,
    /// Older than this one.
    pub after: Option<MeasureId>,
    /// To this account.
    pub account: Option<(BankCode, AccountNumber)>,
}

/// A stop-payment with what its bank said last.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The order.
    pub order: StopPayment,
    /// Four digits.
    pub result_code: Option<String>,
    /// The bank's words.
    pub remark: Option<String>,
    /// In the account before the stop, where the bank told, also where nothing could be held.
    pub balance: Option<domain::money::Fen>,
    /// When the bank's first answer was stored.
    pub answered_at: Option<Instant>,
    /// Why it was, or is to be, released.
    pub release_reason: Option<String>,
    /// When somebody is told next that the stop ends.
    pub next_alarm_at: Option<Instant>,
}

/// An order no bank has answered.
impl From<StopPayment> for Recorded {
    fn from(order: StopPayment) -> Self {
        Self {
            order,
            result_code: None,
            remark: None,
            balance: None,
            answered_at: None,
            release_reason: None,
            next_alarm_at: None,
        }
    }
}

fn parts(account: Option<&Account>) -> (Option<&str>, Option<&str>, Option<&str>, Option<&str>) {
    (
        account.map(|account| account.kind.as_str()),
        account.and_then(|account| account.number.as_ref()).map(AccountNumber::reveal),
        account.and_then(|account| account.holder.as_ref()).map(PersonName::reveal),
        account.and_then(|account| account.bank_code.as_ref()).map(BankCode::as_str),
    )
}

/// Writes a new order in `draft` or `submitted`; its measure is written already.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn insert(db: &mut PgConnection, order: &StopPayment) -> Result<()> {
    let payee = parts(order.transfer.payee.as_ref());
    let payer = parts(order.transfer.payer.as_ref());
    sqlx::query!(
        "-- stop_payment.insert
        INSERT INTO stop_payment (id, call_id, transfer_place, parent_id, corrects_id, hop, round, status, payee_kind,
            payee_number, payee_holder, payee_bank_code, payer_kind, payer_number, payer_holder, payer_bank_code,
            amount_fen, transferred_at, channel, reference, submitted_at, claim_fen)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)",
        order.id.uuid(),
        order.origin.map(|(call, _)| call.uuid()),
        order.origin.map(|(_, place)| i16::try_from(place).unwrap_or(i16::MAX)),
        order.parent_id.map(MeasureId::uuid),
        order.corrects_id.map(MeasureId::uuid),
        i16::from(order.hop),
        i16::from(order.round),
        order.status().as_str(),
        payee.0,
        payee.1,
        payee.2,
        payee.3,
        payer.0,
        payer.1,
        payer.2,
        payer.3,
        order.transfer.amount.map(domain::money::Fen::fen),
        order.transfer.transferred_at,
        order.transfer.channel,
        order.transfer.reference,
        order.submitted_at,
        order.claim.map(domain::money::Fen::fen),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes where an order stands now.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn save(db: &mut PgConnection, order: &StopPayment) -> Result<()> {
    let payee = parts(order.transfer.payee.as_ref());
    let payer = parts(order.transfer.payer.as_ref());
    let hold = order.hold();
    let freeze = match &order.state {
        State::Frozen(_, freeze) => Some(freeze),
        _ => None,
    };
    sqlx::query!(
        "-- stop_payment.save
        UPDATE stop_payment SET round = $2, status = $3, payee_kind = $4, payee_number = $5, payee_holder = $6,
            payee_bank_code = $7, payer_kind = $8, payer_number = $9, payer_holder = $10, payer_bank_code = $11,
            amount_fen = $12, transferred_at = $13, channel = $14, reference = $15, submitted_at = $16,
            balance_fen = coalesce($17, balance_fen), held_fen = $18, stopped_at = $19, expires_at = $20,
            case_number = coalesce($21, case_number), document = coalesce($22, document),
            next_alarm_at = CASE WHEN $3 IN ('active', 'partial') THEN next_alarm_at END, returned_fen = $23
        WHERE id = $1",
        order.id.uuid(),
        i16::from(order.round),
        order.status().as_str(),
        payee.0,
        payee.1,
        payee.2,
        payee.3,
        payer.0,
        payer.1,
        payer.2,
        payer.3,
        order.transfer.amount.map(domain::money::Fen::fen),
        order.transfer.transferred_at,
        order.transfer.channel,
        order.transfer.reference,
        order.submitted_at,
        hold.and_then(|hold| hold.balance).map(domain::money::Fen::fen),
        hold.map(|hold| hold.held.fen()),
        hold.map(|hold| hold.stopped_at),
        hold.map(|hold| hold.expires_at()),
        freeze.map(|freeze| freeze.case_number.as_str()),
        freeze.map(|freeze| freeze.document.as_str()),
        order.returned.fen(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps what the bank said, beside what it did to the order.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep_answer(
    db: &mut PgConnection,
    id: MeasureId,
    answer: &BankAnswer,
    now: Instant,
) -> Result<()> {
    sqlx::query!(
        "-- stop_payment.keep_answer
        UPDATE stop_payment SET result_code = $2, remark = $3, balance_fen = coalesce($4, balance_fen),
            answered_at = coalesce(answered_at, $5)
        WHERE id = $1",
        id.uuid(),
        answer.result_code.as_str(),
        answer.remark,
        answer.balance.map(domain::money::Fen::fen),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Keeps why an order is to be released.
///
/// # Errors
/// [`crate::Error::Fault`] when the database is away.
pub async fn keep_release_reason(db: &mut PgConnection, id: MeasureId, reason: &str) -> Result<()> {
    sqlx::query!(
        "-- stop_payment.keep_release_reason
        UPDATE stop_payment SET release_reason = $2 WHERE id = $1",
        id.uuid(),
        reason,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Reads stop-payments, newest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn list(db: &mut PgConnection, filter: &Filter, limit: i64) -> Result<Vec<Recorded>> {
    let rows = sqlx::query!(
        "-- stop_payment.list
        SELECT stop_payment.id, incident_id, call_id, transfer_place, parent_id, corrects_id, hop, round, status,
            payee_kind, payee_number, payee_holder, payee_bank_code, payer_kind, payer_number, payer_holder,
            payer_bank_code, amount_fen, claim_fen, transferred_at, channel, reference, submitted_at, answered_at,
            result_code, remark, balance_fen, held_fen, stopped_at, case_number, document, release_reason, next_alarm_at,
            approved_by, frozen_fen, term_months, scope, includes_yield, returned_fen, created_at
        FROM stop_payment JOIN measure USING (id)
        WHERE ($1::uuid IS NULL OR stop_payment.id = $1)
          AND ($2::uuid IS NULL OR incident_id = $2)
          AND ($3::uuid IS NULL OR call_id = $3)
          AND ($4::uuid IS NULL OR parent_id = $4)
          AND ($5::text IS NULL OR status = $5)
          AND ($6::uuid IS NULL OR stop_payment.id < $6)
          AND ($8::text IS NULL OR payee_bank_code = $8 AND payee_number = $9
                AND NOT EXISTS (SELECT FROM incident WHERE incident.id = incident_id AND drill))
        ORDER BY stop_payment.id DESC LIMIT $7",
        filter.id.map(MeasureId::uuid),
        filter.incident.map(IncidentId::uuid),
        filter.call.map(CallId::uuid),
        filter.parent.map(MeasureId::uuid),
        filter.status.map(|status| status.as_str()),
        filter.after.map(MeasureId::uuid),
        limit,
        filter.account.as_ref().map(|(bank, _)| bank.as_str()),
        filter.account.as_ref().map(|(_, number)| number.reveal()),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "stop_payment", id: &found.id };
            let balance = row.fen("balance_fen", found.balance_fen)?;
            let hold = row
                .fen("held_fen", found.held_fen)?
                .zip(found.stopped_at)
                .map(|(held, stopped_at)| Hold { balance, held, stopped_at });
            let terms = FreezeTerms {
                approved_by: found.approved_by,
                amount: row.fen("frozen_fen", found.frozen_fen)?,
                term_months: found.term_months.map(|months| row.number("term_months", months)).transpose()?,
                scope: found.scope,
                includes_yield: found.includes_yield,
            };
            let freeze = found.case_number.zip(found.document).map(|(case_number, document)| Freeze {
                case_number,
                document,
                terms,
            });
            let state = match (row.word("status", &found.status)?, hold, freeze) {
                (Status::Draft, None, _) => State::Draft,
                (Status::Submitted, None, _) => State::Submitted,
                (Status::Active, Some(hold), _) => State::Active(hold),
                (Status::Partial, Some(hold), _) => State::Partial(hold),
                (Status::Empty, None, _) => State::Empty,
                (Status::Mismatch, None, _) => State::Mismatch,
                (Status::HeldByOther, None, _) => State::HeldByOther,
                (Status::Refused, None, _) => State::Refused,
                (Status::Frozen, Some(hold), Some(freeze)) => State::Frozen(hold, freeze),
                (Status::Released, Some(hold), _) => State::Released(hold),
                (Status::Expired, Some(hold), _) => State::Expired(hold),
                (Status::Failed, None, _) => State::Failed,
                _ => return Err(row.inconsistent("the status does not fit its facts")),
            };
            let payee = (found.payee_kind, found.payee_number, found.payee_holder, found.payee_bank_code);
            let payer = (found.payer_kind, found.payer_number, found.payer_holder, found.payer_bank_code);
            let origin = match found.call_id.zip(found.transfer_place) {
                Some((call, place)) => Some((call.into(), row.number("transfer_place", place)?)),
                None => None,
            };
            let order = StopPayment {
                id: found.id.into(),
                incident_id: found.incident_id.into(),
                origin,
                parent_id: found.parent_id.map(MeasureId::from),
                corrects_id: found.corrects_id.map(MeasureId::from),
                hop: row.number("hop", found.hop)?,
                round: row.number("round", found.round)?,
                transfer: Transfer {
                    payer: account(row, payer)?,
                    payee: account(row, payee)?,
                    amount: row.fen("amount_fen", found.amount_fen)?,
                    transferred_at: found.transferred_at,
                    channel: found.channel,
                    reference: found.reference,
                },
                claim: row.fen("claim_fen", found.claim_fen)?,
                created_at: found.created_at,
                submitted_at: found.submitted_at,
                returned: row.fen("returned_fen", Some(found.returned_fen))?.unwrap_or_default(),
                state,
            };
            Ok(Recorded {
                order,
                result_code: found.result_code,
                remark: found.remark,
                balance,
                answered_at: found.answered_at,
                release_reason: found.release_reason,
                next_alarm_at: found.next_alarm_at,
            })
        })
        .collect()
}

pub(crate) type AccountColumns = (Option<String>, Option<String>, Option<String>, Option<String>);

pub(crate) fn account(
    row: Row<'_>,
    (kind, number, holder, bank_code): AccountColumns,
) -> Result<Option<Account>> {
    let Some(kind) = kind else { return Ok(None) };
    Ok(Some(Account {
        kind: row.word("kind", &kind)?,
        number: row.maybe_parsed("number", number.as_deref(), AccountNumber::parse)?,
        holder: row.maybe_parsed("holder", holder.as_deref(), PersonName::parse)?,
        bank_code: row.maybe_parsed("bank_code", bank_code.as_deref(), BankCode::parse)?,
    }))
}

/// Reads one stop-payment.
///
/// # Errors
/// [`crate::Error`] when the database is away or the row is inconsistent.
pub async fn get(db: &mut PgConnection, id: MeasureId) -> Result<Option<Recorded>> {
    let filter = Filter { id: Some(id), ..Filter::default() };
    Ok(list(db, &filter, 1).await?.pop())
}

/// The stop-payments of an incident, oldest first.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn of_incident(db: &mut PgConnection, incident: IncidentId) -> Result<Vec<Recorded>> {
    let filter = Filter { incident: Some(incident), ..Filter::default() };
    let mut orders = list(db, &filter, i64::MAX).await?;
    orders.reverse();
    Ok(orders)
}

/// What other incidents claim, by orders that left, of accounts with one of these numbers; drills claim nothing.
///
/// # Errors
/// [`crate::Error`] when the database is away or a row is inconsistent.
pub async fn claims_of_others(
    db: &mut PgConnection,
    incident: IncidentId,
    numbers: &[&str],
) -> Result<Vec<OtherClaim>> {
    let numbers: Vec<String> = numbers.iter().map(|number| (*number).to_owned()).collect();
    let rows = sqlx::query!(
        r#"-- stop_payment.claims_of_others
        SELECT stop_payment.id, payee_kind AS "payee_kind!", payee_number, payee_holder, payee_bank_code,
            least(claim_fen, amount_fen) AS claim_fen,
            CASE WHEN stop_payment.status IN ('active', 'partial', 'frozen') THEN held_fen END AS held_fen
        FROM stop_payment JOIN measure USING (id) JOIN incident ON incident.id = incident_id
        WHERE payee_number = ANY($1) AND incident_id <> $2 AND NOT drill AND stop_payment.status IN
            ('submitted', 'active', 'partial', 'frozen', 'empty', 'held_by_other', 'failed')
        ORDER BY stop_payment.id"#,
        &numbers,
        incident.uuid(),
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|found| {
            let row = Row { table: "stop_payment", id: &found.id };
            let payee =
                (Some(found.payee_kind), found.payee_number, found.payee_holder, found.payee_bank_code);
            Ok(OtherClaim {
                order_id: found.id.into(),
                account: account(row, payee)?.ok_or_else(|| row.inconsistent("payee_kind is missing"))?,
                claim: row.fen("claim_fen", found.claim_fen)?.unwrap_or_default(),
                held: row.fen("held_fen", found.held_fen)?.unwrap_or_default(),
            })
        })
        .collect()
}
