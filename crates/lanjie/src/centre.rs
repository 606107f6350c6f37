//! The command centre, put together from configuration and data.

use std::sync::Arc;

use anyhow::Context;
use channels::Caller;
use domain::clock::Clock;
use domain::person::PhoneNumber;
use domain::protected_numbers::ProtectedNumbers;
use domain::station::Stations;
use interception::bank_directory::Directories;
use interception::reader_in_use::ReaderInUse;
use interception::rules_in_use::RulesInUse;
use interception::{Centre, Outside};
use store::Store;

use crate::config::Config;
use crate::loaded::Loaded;

/// The numbers that are never blocked: those of the configuration, and the banks' and stations' own. One that was cut
/// could not be phoned when it matters.
#[must_use]
pub fn protected(config: &Config, outside: &Outside, stations: &Stations) -> ProtectedNumbers {
    let mut protected = config.protected.clone();
    let banks = outside.banks.values().filter_map(|bank| PhoneNumber::parse(bank.phone.as_deref()?).ok());
    let stations = stations.iter().filter_map(|station| station.phone.clone());
    banks.chain(stations).for_each(|number| protected.add(number));
    protected
}

/// Puts the centre together. `outside` is the configuration's, or the demo's.
///
/// # Errors
/// When no HTTP client can be made on this machine.
pub fn centre(
    config: &Config,
    loaded: Loaded,
    outside: Outside,
    store: Store,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Centre> {
    let protected = protected(config, &outside, &loaded.stations);
    let caller = |within| Caller::new(within).context("cannot make an HTTP client");
    Ok(Centre {
        store,
        clock,
        stations: loaded.stations,
        rosters: loaded.rosters,
        protected,
        rules: RulesInUse::new(loaded.rules),
        texts: ReaderInUse::new(loaded.texts),
        plans: loaded.plans,
        templates: loaded.templates,
        result_codes: loaded.result_codes,
        rounds: config.rounds,
        outside: Outside { directory: Arc::new(Directories::new(loaded.bank_directory)), ..outside },
        bank_caller: caller(config.bank_answers_within)?,
        caller: caller(config.others_answer_within)?,
        organisation: config.organisation.clone(),
        lanes: Arc::default(),
        pursuit: config.pursuit,
    })
}
