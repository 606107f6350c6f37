//! One life: the town, who lives in it, and what happens to it, one operation after the other.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, resume_unwind};

use chrono::TimeDelta;
use futures::FutureExt;
use interception::carry_out_measures::Try;
use tests::Town;
use world::Manner;
use world::sms_centre::SmsManner;

use super::always;
use super::operation::{Operation, span};

/// How often time passes at the end, and how much each time: every retry and every deadline gets its turn.
const AFTERMATH: [TimeDelta; 6] = [
    TimeDelta::minutes(1),
    TimeDelta::minutes(20),
    TimeDelta::hours(2),
    TimeDelta::hours(30),
    TimeDelta::hours(30),
    TimeDelta::days(4),
];

/// A town and what is under way in it.
pub(super) struct Life {
    pub(super) town: Option<Town>,
    /// What late workers still hold.
    pub(super) late: Vec<Try>,
    /// How many alerts the source has sent, not counting repeats.
    pub(super) alerts: usize,
    /// How many calls were taken.
    pub(super) calls: usize,
    /// How often the plans were changed.
    pub(super) upgrades: usize,
    /// Closed incidents that were looked at since.
    pub(super) laid_to_rest: BTreeSet<String>,
}

impl Life {
    /// Lives through the operations and what comes after them.
    ///
    /// # Panics
    /// When something that must always hold does not, naming the life and the operation.
    pub(super) async fn tell(name: &str, operations: &[Operation]) {
        let mut place = 0;
        let told = AssertUnwindSafe(Self::live(operations, &mut place)).catch_unwind().await;
        if let Err(panic) = told {
            eprintln!("the life of {name} failed at {place} of {}:", operations.len());
            for (number, operation) in operations.iter().enumerate().take(place + 1) {
                eprintln!("  {number}: Operation::{operation:?},");
            }
            resume_unwind(panic);
        }
    }

    async fn live(operations: &[Operation], place: &mut usize) {
        let town = Town::start().await;
        town.world.banks().iter().for_each(world::bank::Bank::know_every_account);
        let mut life = Self {
            town: Some(town),
            late: vec![],
            alerts: 0,
            calls: 0,
            upgrades: 0,
            laid_to_rest: BTreeSet::new(),
        };
        for (number, operation) in operations.iter().enumerate() {
            *place = number;
            life.happen(*operation).await;
        }
        *place = operations.len();
        life.come_to_rest().await;
        let town = life.town.take().unwrap();
        town.leave().await;
    }

    /// The town; it is away only while it is being restarted.
    pub(super) fn town(&self) -> &Town {
        self.town.as_ref().expect("the town stands")
    }

    async fn happen(&mut self, operation: Operation) {
        match operation {
            // nothing is at work now, so nothing has settled either
            Operation::SleepsThrough { secs } => self.town().sleep_through(span(secs)),
            Operation::WorkerIsLate { kind } => self.be_late(kind).await,
            Operation::WorkerDies { kind } => self.die(kind).await,
            other => {
                self.act(other).await;
                self.town().settle().await;
                always::holds(self).await;
            }
        }
    }

    /// Everybody outside is well again, late workers are back, and time passes until nothing is left to do but what
    /// people must do; they do it.
    async fn come_to_rest(&mut self) {
        let world = &self.town().world;
        world.banks().iter().for_each(|bank| bank.set_manner(Manner::AnswerInResponse));
        world.carrier().set_manner(Manner::AnswerInResponse);
        world.sms_centre().set_manner(SmsManner::NoReceipts);
        self.come_back().await;
        self.town().settle().await;
        for time in AFTERMATH {
            self.town().advance(time).await;
            always::holds(self).await;
            self.work_everything_off().await;
            always::holds(self).await;
        }
        always::is_at_rest(self).await;
    }
}
