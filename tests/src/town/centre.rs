//! The town's centre as a configuration would make it, with everybody in the world around it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use channels::sms::smpp::{Account, Numbers, Password, Session, Terms};
use channels::webhook::{Secret, Secrets};
use channels::{Caller, Endpoint};
use domain::bank_directory::BankDirectory;
use domain::clock::Clock;
use domain::grading::Rules;
use domain::plan::Plan;
use domain::protected_numbers::ProtectedNumbers;
use domain::pursuit::Limits;
use domain::roster::Rosters;
use domain::station::{StationId, Stations};
use domain::stop_payment::{CodeTables, ResultCodes, Rounds};
use domain::template::Templates;
use interception::bank_directory::Directories;
use interception::reader_in_use::ReaderInUse;
use interception::rules_in_use::RulesInUse;
use interception::sms_provider::USUAL_PRIORITY;
use interception::{AutoCaller, Bank, Centre, Organisation, Outside, Party, Plans, SmsProvider, SmsWay};
use store::Store;
use text_reading::TextReader;
use world::World;
use world::smpp_centre::SmppCentre;
use world::sms_centre::SmsCentre;

/// The duty station of the town.
const DUTY_STATION: &str = "150203001";
/// How long the town waits for a bank: a silent one holds up a test no longer than this.
pub(super) const PATIENCE: Duration = Duration::from_millis(400);

pub(super) fn centre(store: Store, clock: Arc<dyn Clock>, outside: Outside) -> Centre {
    let templates = Templates::parse("templates.toml", include_str!("../../../config/templates.toml"))
        .expect("templates");
    let plan = |text| Arc::new(Plan::parse("plan.toml", text, &templates).expect("a shipped plan"));
    let plans = Plans {
        victim: plan(include_str!("../../../config/plans/victim.toml")),
        high: plan(include_str!("../../../config/plans/high.toml")),
        medium: plan(include_str!("../../../config/plans/medium.toml")),
        low: plan(include_str!("../../../config/plans/low.toml")),
    };
    let stations =
        Stations::parse(include_str!("../../../config/stations.geojson"), DUTY_STATION).expect("the map");
    let rosters = include_str!("../../../config/rosters.toml");
    Centre {
        store,
        clock,
        rosters: Rosters::parse("rosters.toml", rosters, &stations).expect("the rosters"),
        stations,
        protected: ProtectedNumbers::parse(["0472511*"]).expect("numbers"),
        rules: RulesInUse::new(
            Rules::parse("grading.toml", include_str!("../../../config/grading.toml")).expect("the rules"),
        ),
        texts: ReaderInUse::new(Arc::new(
            TextReader::parse(include_bytes!("../../../config/text/model.bin")).expect("the reader of texts"),
        )),
        plans,
        templates,
        result_codes: CodeTables {
            common: ResultCodes::parse(
                "result_codes.toml",
                include_str!("../../../config/banks/result_codes.toml"),
            )
            .expect("the table"),
            ..CodeTables::default()
        },
        rounds: Rounds::default(),
        outside,
        bank_caller: Caller::new(PATIENCE).expect("a client"),
        caller: Caller::new(PATIENCE).expect("a client"),
        organisation: Organisation { code: "150200000000".to_owned(), operator: "指挥中心".to_owned() },
        lanes: Arc::default(),
        pursuit: Limits::default(),
    }
}

/// The outside as a configuration would name it: everybody in the world.
pub(super) fn outside(world: &World) -> Outside {
    let secret = |text: String| Secret::parse(&text).expect("a secret of the world");
    let party = |url: &str, own: String, callback: String| Party {
        endpoint: Some(Endpoint::parse(url, vec![secret(own)]).expect("an endpoint of the world")),
        callback_secrets: vec![secret(callback)].into(),
    };
    let banks = world.banks().iter().map(|bank| {
        let known = Bank {
            name: bank.name().to_owned(),
            phone: Some("95599".to_owned()),
            issuers: if bank.code().as_str() == "ABC" { vec!["622848".to_owned()] } else { vec![] },
            party: party(bank.endpoint(), bank.secret(), bank.callback_secret()),
            adapter: bank.adapter(),
            second: None,
            reachable: true,
        };
        (bank.code().clone(), known)
    });
    let (carrier, sms, station) = (world.carrier(), world.sms_centre(), world.station_system());
    let machine = world.auto_caller();
    Outside {
        banks: banks.collect(),
        carriers: BTreeMap::from([(
            carrier.code().to_owned(),
            party(carrier.endpoint(), carrier.secret(), carrier.callback_secret()),
        )]),
        sms: BTreeMap::from([(sms.id().to_uppercase(), over_http(sms))]),
        auto_calls: BTreeMap::from([(
            machine.id().to_uppercase(),
            AutoCaller {
                party: party(machine.endpoint(), machine.secret(), machine.callback_secret()),
                reachable: true,
            },
        )]),
        station_systems: BTreeMap::from([(
            StationId::new(station.station().as_str()),
            party(station.endpoint(), station.secret(), station.secret()),
        )]),
        directory: Arc::new(Directories::new(directory())),
    }
}

/// The bank directory that is shipped.
fn directory() -> BankDirectory {
    BankDirectory::parse("directory.toml", include_str!("../../../config/banks/directory.toml"))
        .expect("the directory")
}

fn over_http(centre: &SmsCentre) -> SmsProvider {
    let secret = Secret::parse(&centre.secret()).expect("a secret of the world");
    let endpoint =
        Endpoint::parse(centre.endpoint(), vec![secret.clone()]).expect("an endpoint of the world");
    SmsProvider::new(USUAL_PRIORITY, SmsWay::Http(endpoint), vec![secret].into())
}

/// Asked before everybody else.
pub(super) fn over_smpp(centre: &SmppCentre, answers_within: Duration) -> SmsProvider {
    let account = Account {
        host: centre.address().ip().to_string(),
        port: centre.address().port(),
        system_id: centre.system_id().to_owned(),
        password: Password::new(centre.password().to_owned()),
        sender: None,
        numbers: Numbers::National,
    };
    // it allows more than any story sends
    let terms = Terms {
        rate_per_sec: NonZeroU32::new(10_000).expect("not zero"),
        window: 50,
        enquire_every: Duration::from_secs(30),
        answers_within,
    };
    let session = Session::new(centre.id(), account, terms);
    SmsProvider::new(USUAL_PRIORITY - 1, SmsWay::Smpp(session), Secrets::default())
}
