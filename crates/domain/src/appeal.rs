//! A holder says that the stop of their account is wrong (申诉). Whoever is restricted must be told why, where to turn
//! and what to bring; what they say is checked promptly; and where it holds good the stop is lifted at once
//! (反电信网络诈骗法 Art. 32).

use chrono::TimeDelta;

use crate::account::AccountNumber;
use crate::clock::{Instant, at_the_glass};
use crate::id::{AppealId, IncidentId, MeasureId, OperatorId};
use crate::operator::Operator;
use crate::person::{PersonName, PhoneNumber, ResidentId};
use crate::stop_payment::{State as OrderState, StopPayment};
use crate::words::words;

/// An appeal is decided within this: "promptly" is the law's word (Art. 32), and three days is what the procedure
/// rules give for property that turns out to be unrelated (程序规定 Art. 247).
pub const DECIDE_WITHIN: TimeDelta = TimeDelta::days(3);
/// The most papers one appeal may list.
pub const MAX_MATERIALS: usize = 20;
/// What a holder is asked to bring where they bring nothing.
pub const USUAL_MATERIALS: [&str; 3] =
    ["本人身份证件", "账户交易明细", "交易背景证明（合同、发票、聊天记录等）"];

words! {
    /// Where an appeal stands.
    pub enum Status {
        /// Waits for a decision.
        Open = "open",
        /// It holds good; the stop is lifted.
        Granted = "granted",
        /// It does not; the stop stands.
        Rejected = "rejected",
    }
}

/// Who appeals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appellant {
    /// Their name.
    pub name: PersonName,
    /// Where they are reached.
    pub phone: PhoneNumber,
    /// Their identity number, where given.
    pub id_number: Option<ResidentId>,
}

/// How an appeal was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Who decided.
    pub by: OperatorId,
    /// When.
    pub at: Instant,
    /// Why.
    pub reason: String,
    /// What the holder is told.
    pub notice: String,
}

/// Where an appeal stands, with its facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Waits.
    Open,
    /// Lifted.
    Granted(Decision),
    /// Stands.
    Rejected(Decision),
}

/// One appeal against one stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    /// Its id.
    pub id: AppealId,
    /// The stop it is against.
    pub stop_payment_id: MeasureId,
    /// The incident of that stop.
    pub incident_id: IncidentId,
    /// Who appeals.
    pub appellant: Appellant,
    /// Why, in the holder's words.
    pub reason: String,
    /// What they brought.
    pub materials: Vec<String>,
    /// Who wrote it down.
    pub registered_by: OperatorId,
    /// When.
    pub created_at: Instant,
    /// Where it stands.
    pub state: State,
}

/// Why somebody cannot decide an appeal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It takes two.
    #[error("whoever registered the appeal does not decide it; a second person must")]
    OwnAppeal,
    /// Nobody judges their own order.
    #[error("whoever ordered the stop does not decide on an appeal against it; a second person must")]
    OwnOrder,
    /// It is over.
    #[error("the appeal is {0} already")]
    Decided(Status),
}

impl Appeal {
    /// The status word.
    #[must_use]
    pub fn status(&self) -> Status {
        match self.state {
            State::Open => Status::Open,
            State::Granted(_) => Status::Granted,
            State::Rejected(_) => Status::Rejected,
        }
    }

    /// How it was decided, once it was.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match &self.state {
            State::Open => None,
            State::Granted(decision) | State::Rejected(decision) => Some(decision),
        }
    }

    /// By when it is to be decided.
    #[must_use]
    pub fn due_at(&self) -> Instant {
        self.created_at + DECIDE_WITHIN
    }

    /// Decides it. `order` is the stop as it stands and `ordered_by` the name of who ordered it.
    ///
    /// # Errors
    /// [`Refusal`] to whoever registered the appeal or ordered the stop, and once it is decided.
    pub fn decide(
        mut self,
        grant: bool,
        reason: &str,
        by: &Operator,
        (order, ordered_by): (&StopPayment, &str),
        organisation: &str,
        now: Instant,
    ) -> Result<Self, Refusal> {
        if self.state != State::Open {
            return Err(Refusal::Decided(self.status()));
        }
        if self.registered_by == by.id {
            return Err(Refusal::OwnAppeal);
        }
        if ordered_by == by.name {
            return Err(Refusal::OwnOrder);
        }
        let notice = self.notice(grant, reason, order, organisation, now);
        let decision = Decision { by: by.id, at: now, reason: reason.to_owned(), notice };
        self.state = if grant { State::Granted(decision) } else { State::Rejected(decision) };
        Ok(self)
    }

    /// What the holder is told: what was decided and why, where to turn, what to bring (Art. 32, 48).
    fn notice(
        &self,
        grant: bool,
        reason: &str,
        order: &StopPayment,
        organisation: &str,
        now: Instant,
    ) -> String {
        let number = order.transfer.payee.as_ref().and_then(|payee| payee.number.as_ref());
        let account = number.map(tail).unwrap_or_default();
        let day = at_the_glass(now).format("%Y年%m月%d日");
        let outcome = match (grant, &order.state) {
            (true, OrderState::Active(_) | OrderState::Partial(_)) => {
                "经核查，您的申诉成立，本机关已即时通知银行解除紧急止付。".to_owned()
            }
            (true, OrderState::Frozen(..)) => {
                "经核查，您的申诉成立；该账户已依法冻结，解除冻结由原批准机关依法办理并另行通知。".to_owned()
            }
            (true, _) => "经核查，您的申诉成立，该账户的紧急止付已经终止。".to_owned(),
            (false, OrderState::Active(hold) | OrderState::Partial(hold)) => format!(
                "经核查，您的申诉不成立，紧急止付继续有效至{}。",
                at_the_glass(hold.expires_at()).format("%Y年%m月%d日%H时%M分")
            ),
            (false, _) => "经核查，您的申诉不成立。".to_owned(),
        };
        let materials = USUAL_MATERIALS.join("、");
        format!(
            "申诉答复：您对{account}账户紧急止付提出的申诉，{organisation}已核查完毕。{outcome}理由：{reason}。\
             如有异议，可携带{materials}再次向本机关申诉，也可依法申请行政复议或者提起行政诉讼。{organisation}，{day}。"
        )
    }
}

/// The last four digits: a notice holds no full number.
fn tail(number: &AccountNumber) -> String {
    let number = number.reveal();
    format!("尾号{}的", number.get(number.len().saturating_sub(4)..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::Post;
    use crate::stop_payment::Hold;
    use crate::stop_payment::tests::{NOW, fen, order};

    fn who(name: &str) -> Operator {
        Operator { id: OperatorId::new(NOW), name: name.to_owned(), post: Post::Supervisor, created_at: NOW }
    }

    fn appeal(registered_by: &Operator) -> Appeal {
        Appeal {
            id: AppealId::new(NOW),
            stop_payment_id: MeasureId::new(NOW),
            incident_id: IncidentId::new(NOW),
            appellant: Appellant {
                name: PersonName::parse("李某").unwrap(),
                phone: PhoneNumber::parse("13847200005").unwrap(),
                id_number: None,
            },
            reason: "货款".to_owned(),
            materials: vec!["合同".to_owned()],
            registered_by: registered_by.id,
            created_at: NOW,
            state: State::Open,
        }
    }

    #[test]
    fn it_takes_another_person_than_who_registered_it_and_who_ordered_the_stop() {
        let (desk, second) = (who("desk"), who("second"));
        let held = order(OrderState::Active(Hold { balance: None, held: fen(1), stopped_at: NOW }));
        let decide = |by: &Operator, ordered_by: &str| {
            appeal(&desk).decide(true, "系正常货款", by, (&held, ordered_by), "反诈中心", NOW)
        };
        assert_eq!(decide(&desk, "desk"), Err(Refusal::OwnAppeal));
        assert_eq!(decide(&second, "second"), Err(Refusal::OwnOrder));
        let granted = decide(&second, "desk").unwrap();
        assert_eq!(granted.status(), Status::Granted);
        let again = granted.decide(false, "x", &second, (&held, "desk"), "反诈中心", NOW);
        assert_eq!(again, Err(Refusal::Decided(Status::Granted)));
    }

    #[test]
    fn the_notice_says_what_was_decided_why_and_where_to_turn_and_no_full_number() {
        let (desk, second) = (who("desk"), who("second"));
        let held = order(OrderState::Active(Hold { balance: None, held: fen(1), stopped_at: NOW }));
        for (grant, word) in [(true, "即时通知银行解除"), (false, "继续有效至1970年01月03日08时00分")]
        {
            let decided =
                appeal(&desk).decide(grant, "系正常货款", &second, (&held, "desk"), "反诈中心", NOW);
            let notice = &decided.unwrap().decision().unwrap().notice.clone();
            for part in [word, "系正常货款", "尾号8309", "行政复议", "本人身份证件", "反诈中心"]
            {
                assert!(notice.contains(part), "{part}: {notice}");
            }
            assert!(!notice.contains("6228482601815908309"));
        }
    }
}
