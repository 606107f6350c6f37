//! Who stands outside in the demo: the simulated world, except the parties that the configuration names.

use anyhow::Context;
use channels::Endpoint;
use channels::webhook::Secret;
use domain::station::StationId;
use interception::sms_provider::USUAL_PRIORITY;
use interception::{Outside, Party, SmsProvider, SmsWay};
use world::World;

/// The configured outside, with the world in every place that is left free.
pub(super) fn merged(world: &World, mut outside: Outside) -> anyhow::Result<Outside> {
    for bank in world.banks() {
        let known = outside.banks.entry(bank.code().clone()).or_default();
        if known.party.endpoint.is_none() {
            known.party = party(bank.endpoint(), &bank.secret(), &bank.callback_secret())?;
            known.adapter = bank.adapter();
            known.reachable = true;
        }
        if known.name.is_empty() {
            known.name = bank.name().to_owned();
        }
    }
    let carrier = world.carrier();
    let place = outside.carriers.entry(carrier.code().to_uppercase()).or_default();
    fill(place, party(carrier.endpoint(), &carrier.secret(), &carrier.callback_secret())?);
    let sms = world.sms_centre();
    let simulated = party(sms.endpoint(), &sms.secret(), &sms.secret())?;
    let way = simulated.endpoint.map_or(SmsWay::Elsewhere, SmsWay::Http);
    let simulated = SmsProvider::new(USUAL_PRIORITY, way, simulated.callback_secrets);
    let place = outside.sms.entry(sms.id().to_uppercase()).or_insert_with(|| simulated.clone());
    if matches!(place.way, SmsWay::Elsewhere) {
        *place = simulated;
    }
    let auto_caller = world.auto_caller();
    let place = outside.auto_calls.entry(auto_caller.id().to_uppercase()).or_default();
    place.reachable = true;
    fill(
        &mut place.party,
        party(auto_caller.endpoint(), &auto_caller.secret(), &auto_caller.callback_secret())?,
    );
    let station = world.station_system();
    let place = outside.station_systems.entry(StationId::new(station.station().as_str())).or_default();
    fill(place, party(station.endpoint(), &station.secret(), &station.secret())?);
    Ok(outside)
}

fn fill(place: &mut Party, simulated: Party) {
    if place.endpoint.is_none() {
        *place = simulated;
    }
}

fn party(url: &str, secret: &str, callback_secret: &str) -> anyhow::Result<Party> {
    let parse = |text: &str| Secret::parse(text).context("a secret of the simulated world");
    let endpoint = Endpoint::parse(url, vec![parse(secret)?]).context("an address of the simulated world")?;
    Ok(Party { endpoint: Some(endpoint), callback_secrets: vec![parse(callback_secret)?].into() })
}
