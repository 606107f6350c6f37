//! The simulated outside, with memory: carriers, SMS centres, a provider of automatic calls, banks, stations, and the
//! traffic of a day.
//!
//! Real servers on this machine that speak the contract's protocols and nothing else: the world
//! knows no crate but `domain`, signs with code of its own, and so can be trusted to notice when the
//! gateway is wrong. It leaves out every judgement: whether a hold was expected is for whoever asks.
//! Start at [`World`]; then [`bank`] for a party, [`day`] for the traffic, [`replay`] for playing it; [`race`] pits
//! desks against fraudsters in virtual time.

pub mod api;
pub mod auto_caller;
pub mod bank;
pub mod carrier;
pub mod casebook;
pub mod day;
pub mod desk;
mod party;
pub mod patrol;
pub mod people;
pub mod race;
pub mod replay;
pub mod scripts;
pub mod signature;
pub mod smpp_centre;
pub mod sms_centre;
pub mod station_system;
mod surroundings;
#[cfg(test)]
mod testing;
mod wire;

use std::io;
use std::sync::Arc;

use domain::account::{Adapter, BankCode};
use domain::clock::{Clock, Instant};
use domain::station::StationId;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use auto_caller::AutoCaller;
use bank::Bank;
use carrier::Carrier;
pub use party::Manner;
use signature::Secret;
use smpp_centre::SmppCentre;
use sms_centre::SmsCentre;
use station_system::StationSystem;
use surroundings::Surroundings;

/// The carrier's id, and the source of the alerts of a day.
pub const CARRIER: &str = "CMCC";
/// The SMS centre's id.
pub const SMS_CENTRE: &str = "main";
/// The id of the provider of automatic calls.
pub const AUTO_CALLER: &str = "main";
/// The id of the SMS centre that speaks SMPP.
pub const SMPP_CENTRE: &str = "smpp";
/// The station that has a system of its own.
pub const STATION: &str = "150203001";
/// The banks: code, name and how they speak.
pub const BANKS: [(&str, &str, Adapter); 5] = [
    ("ICBC", "中国工商银行", Adapter::Webhook),
    ("ABC", "中国农业银行", Adapter::Webhook),
    ("CCB", "中国建设银行", Adapter::Webhook),
    ("BOC", "中国银行", Adapter::Webhook),
    ("PSBC", "中国邮政储蓄银行", Adapter::Iso20022),
];

/// Everything outside Lanjie, running; clones are the same world.
#[derive(Clone)]
pub struct World {
    carrier: Carrier,
    sms_centre: SmsCentre,
    auto_caller: AutoCaller,
    smpp_centre: SmppCentre,
    banks: Vec<Bank>,
    station_system: StationSystem,
    surroundings: Surroundings,
}

impl World {
    /// Opens every party on a port of its own. Secrets come from `seed`; results and receipts go to
    /// `callback_base`, the gateway's address, and wait while there is none.
    ///
    /// # Errors
    /// The system's, if no port can be opened.
    pub async fn start(seed: u64, callback_base: Option<String>, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let surroundings = Surroundings::new(callback_base, clock);
        let mut rng = StdRng::seed_from_u64(seed);
        let password = format!("{:08x}", StdRng::seed_from_u64(!seed).random::<u32>());
        let mut secret = || Secret::from_key(rng.random());
        let mut banks = Vec::with_capacity(BANKS.len());
        for (code, name, adapter) in BANKS {
            let code = BankCode::parse(code).map_err(io::Error::other)?;
            banks.push(Bank::start(code, name, adapter, secret(), secret(), &surroundings).await?);
        }
        Ok(Self {
            carrier: Carrier::start(CARRIER, secret(), secret(), &surroundings).await?,
            sms_centre: SmsCentre::start(SMS_CENTRE, secret(), &surroundings).await?,
            smpp_centre: SmppCentre::start(SMPP_CENTRE, password, &surroundings).await?,
            banks,
            station_system: StationSystem::start(StationId::new(STATION), secret(), &surroundings).await?,
            auto_caller: AutoCaller::start(AUTO_CALLER, secret(), secret(), &surroundings).await?,
            surroundings,
        })
    }

    /// Where results and receipts go from now on: the gateway's address, such as `http://127.0.0.1:8110`.
    pub fn set_callback_base(&self, url: impl Into<String>) {
        self.surroundings.set_callback_base(url.into());
    }

    /// The banks.
    #[must_use]
    pub fn banks(&self) -> &[Bank] {
        &self.banks
    }

    /// One bank, where the world has it.
    #[must_use]
    pub fn bank(&self, code: &BankCode) -> Option<&Bank> {
        self.banks.iter().find(|bank| bank.code() == code)
    }

    /// The carrier.
    #[must_use]
    pub fn carrier(&self) -> &Carrier {
        &self.carrier
    }

    /// The SMS centre.
    #[must_use]
    pub fn sms_centre(&self) -> &SmsCentre {
        &self.sms_centre
    }

    /// The provider of automatic calls.
    #[must_use]
    pub fn auto_caller(&self) -> &AutoCaller {
        &self.auto_caller
    }

    /// The SMS centre that speaks SMPP.
    #[must_use]
    pub fn smpp_centre(&self) -> &SmppCentre {
        &self.smpp_centre
    }

    /// The station's own system.
    #[must_use]
    pub fn station_system(&self) -> &StationSystem {
        &self.station_system
    }

    /// The present moment of this world.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.surroundings.clock.now()
    }

    /// Closes every door and waits until the last answer is out.
    pub async fn end(&self) {
        self.surroundings.end().await;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::json;

    use super::*;
    use crate::testing::Gateway;

    #[tokio::test]
    async fn the_world_ends_even_while_a_silent_bank_is_being_asked() {
        let gateway = Gateway::start().await;
        let bank = &gateway.world.banks()[0];
        bank.set_manner(Manner::Silent);
        let secret = bank.secret();
        let body = json!({"type": "stop_payment.requested", "data": {"order_id": "o1"}});
        let asked = gateway.send(bank.endpoint(), &secret, "w1", &body);
        let ended = async {
            bank.wait_for_requests("o1", 1).await;
            gateway.world.end().await;
        };
        let ((status, _), ()) = tokio::join!(asked, ended);
        assert_eq!(status, 503);
    }

    #[tokio::test]
    async fn every_party_has_secrets_of_its_own_and_the_seed_gives_the_same_again() {
        let secrets = async || {
            let world = Gateway::start().await.world;
            let mut all = vec![
                world.carrier().secret(),
                world.carrier().callback_secret(),
                world.sms_centre().secret(),
                world.auto_caller().secret(),
                world.auto_caller().callback_secret(),
                world.station_system().secret(),
            ];
            for bank in world.banks() {
                all.extend([bank.secret(), bank.callback_secret()]);
            }
            all
        };
        let (first, second) = (secrets().await, secrets().await);
        assert_eq!(first, second);
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
    }
}
