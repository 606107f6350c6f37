use std::path::PathBuf;

use channels::webhook::Secrets;
use domain::account::BankCode;

use super::*;
use crate::check::Report;
use crate::secret_files::Reread;

const SECRET: &str = "whsec_bGFuamllIHRlc3Qga2V5LCAzMiBieXRlcyBsb25nLi4=";
const OTHER_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A file that is gone with the test.
struct Written(PathBuf);

impl Written {
    fn new(name: &str, text: &str) -> Self {
        let path = env::temp_dir().join(format!("lanjie-config-{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn from_environment(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(None, variables)
}

fn from_file(name: &str, text: &str) -> Result<Config, ConfigError> {
    Config::read(Some(&Written::new(name, text).0), [])
}

#[test]
fn the_defaults_are_clean_and_name_no_secret() {
    let config = from_environment(&[]).unwrap();
    assert_eq!(config.gateway_listen.to_string(), "127.0.0.1:8110");
    assert_eq!(config.changed().next(), None);
    assert!(config.outside.banks.values().all(|bank| !bank.reachable));
    let abc = &config.outside.banks[&BankCode::parse("ABC").unwrap()];
    assert_eq!((abc.name.as_str(), abc.phone.as_deref()), ("中国农业银行", Some("95599")));
    let loaded = Report::new(&config).loaded.unwrap();
    let found = loaded.bank_directory.issuer("6228482601815908309").map(|(_, code)| code.as_str());
    assert_eq!(found, Some("ABC"));
}

#[test]
fn the_committed_file_says_what_is_compiled_in() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(USUAL_FILE);
    assert_eq!(Config::read(Some(&file), []).unwrap().changed().next(), None);
}

#[test]
fn the_environment_goes_before_the_file_and_the_file_before_the_defaults() {
    let file = Written::new(
        "layers",
        "[gateway]\nlisten = \"127.0.0.1:1\"\n[operations]\nlisten = \"127.0.0.1:2\"\n",
    );
    let variable = ("LANJIE__GATEWAY__LISTEN".to_owned(), "127.0.0.1:3".to_owned());
    let config = Config::read(Some(&file.0), [variable]).unwrap();
    assert_eq!(config.gateway_listen.port(), 3);
    assert_eq!(config.operations_listen.port(), 2);
    assert_eq!(config.max_connections, 20);
    let changed: Vec<_> = config.changed().collect();
    assert_eq!(
        changed,
        [
            ("gateway.listen", "environment variable LANJIE__GATEWAY__LISTEN"),
            ("operations.listen", format!("{}:4", file.path()).as_str()),
        ]
    );
}

#[test]
fn ids_are_matched_without_regard_to_case() {
    let file = Written::new(
        "case",
        "[banks.abc]\nname = \"农行\"\n[carriers.cmcc]\nendpoint = \"http://cmcc.example\"\n",
    );
    let secret = ("LANJIE__CARRIERS__CMCC__SECRET".to_owned(), SECRET.to_owned());
    let config = Config::read(Some(&file.0), [secret]).unwrap();
    assert_eq!(config.outside.banks[&BankCode::parse("ABC").unwrap()].name, "农行");
    assert!(config.outside.carriers["CMCC"].endpoint.is_some());
}

#[test]
fn each_role_starts_with_the_secrets_of_its_own_parties() {
    let secret = Written::new("secret", &format!("{SECRET}\n{OTHER_SECRET}\n"));
    let config = from_environment(&[
        ("LANJIE__BANKS__ABC__CALLBACK_SECRET_FILE", secret.path()),
        ("LANJIE__BANKS__CCB__ENDPOINT", "https://ccb.example/stop"),
        ("LANJIE__BANKS__CCB__SECRET_FILE", secret.path()),
        ("LANJIE__BANKS__ICBC__REACHABLE", "true"),
        ("LANJIE__SMS__MAIN__KIND", "http"),
        ("LANJIE__SMS__MAIN__SECRET", SECRET),
        ("LANJIE__AUTO_CALLS__MAIN__REACHABLE", "true"),
        ("LANJIE__STATIONS__SYSTEMS__150203001__ENDPOINT", "http://station.example"),
        ("LANJIE__STATIONS__SYSTEMS__150203001__SECRET", SECRET),
    ])
    .unwrap();
    let bank = |code| &config.outside.banks[&BankCode::parse(code).unwrap()].party;
    let reachable = config.outside.banks.iter().filter(|(_, bank)| bank.reachable);
    assert_eq!(reachable.map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["ABC", "CCB", "ICBC"]);
    assert_eq!((bank("ABC").endpoint.is_some(), bank("ABC").callback_secrets.len()), (false, 2));
    assert_eq!((bank("CCB").endpoint.is_some(), bank("CCB").callback_secrets.len()), (true, 0));
    assert_eq!(
        config.outside.sms["MAIN"].callback_secrets.len(),
        1,
        "receipts are signed with the secret we sign with"
    );
    assert!(config.outside.station_systems[&StationId::new("150203001")].endpoint.is_some());
    let machine = config.outside.auto_call_provider().is_some();
    assert!(config.outside.makes_auto_calls() && !machine, "another process speaks to it");
}

#[test]
fn a_wrong_variable_is_named_with_what_was_expected_and_never_with_its_value() {
    for (name, value, key, expected) in [
        ("LANJIE__GATEWAY__LISTEN", "VALUE", "gateway.listen", "an address and port"),
        ("LANJIE__DATABASE__MAX_CONNECTIONS", "0", "database.max_connections", "a number from 1"),
        ("DATABASE_URL", "mysql://VALUE", "database.url", "postgres://"),
        ("LANJIE__DATABASE__URL_FILE", "/VALUE", "database.url_file", "the path of a file"),
        ("LANJIE__ORGANISATION__CODE", "VALUE", "organisation.code", "twelve digits"),
        ("LANJIE__ORGANISATION__OPERATOR", " ", "organisation.operator", "a name"),
        ("LANJIE__OUTSIDE__BANK_ANSWER_SECS", "3600", "outside.bank_answer_secs", "from 1 to 10"),
        ("LANJIE__TELEMETRY__LOG", "lanjie=VALUE", "telemetry.log", "directives"),
        ("LANJIE__TELEMETRY__FORMAT", "VALUE", "telemetry.format", "\"text\" or \"json\""),
        (
            "LANJIE__BANKS__ABC__ENDPOINT",
            "http://abc.example/VALUE",
            "banks.ABC.endpoint",
            "banks.ABC.secret",
        ),
        ("LANJIE__BANKS__ABC__SECRET", "VALUE", "banks.ABC.secret", "whsec_"),
        ("LANJIE__BANKS__ABC__SECRET_FILE", "/VALUE", "banks.ABC.secret_file", "the path of a file"),
        ("LANJIE__BANKS__ABC__ISSUERS", "622848,VALUE", "banks.ABC.issuers", "first digits"),
        ("LANJIE__BANKS__ABC__ADAPTER", "VALUE", "banks.ABC.adapter", "\"webhook\" or \"iso20022\""),
        ("LANJIE__BANKS__ABC__SECOND__ADAPTER", "VALUE", "banks.ABC.second.adapter", "\"iso20022\""),
        ("LANJIE__CALL_BLOCKS__PROTECTED", "04725112110,1*", "call_blocks.protected", "a telephone number"),
        ("LANJIE__BANKS__X__NAME", "VALUE", "banks.X", "2 to 16 letters"),
        ("LANJIE__SMS__MAIN__KIND", "VALUE", "sms.MAIN.kind", "\"smpp\" or \"http\""),
        ("LANJIE__SMS__MAIN__PRIORITY", "VALUE", "sms.MAIN.priority", "the lowest first"),
        ("LANJIE__BANKS__ABC__ENDPONT", "VALUE", "banks.ABC.endpont", "endpoint"),
        ("LANJIE__GATEWAYS__LISTEN", "VALUE", "gateways.listen", "gateway, "),
        ("LANJIE__BANKS__ABC", "VALUE", "banks.ABC", "unknown key"),
    ] {
        let error = from_environment(&[(name, value)]).unwrap_err();
        let told = error.to_string();
        assert_eq!(error.key.as_deref(), Some(key), "{told}");
        assert_eq!(error.place, format!("environment variable {name}"), "{told}");
        assert!(told.contains(expected), "{told}");
        assert!(!told.contains("VALUE") && !told.contains('\n'), "{told}");
    }
}

#[test]
fn a_session_names_what_it_lacks_and_what_does_not_fit() {
    let whole = [
        ("KIND", "smpp"),
        ("HOST", "smpp.example"),
        ("PORT", "2775"),
        ("SYSTEM_ID", "lanjie"),
        ("PASSWORD", "secret08"),
    ];
    let with = |changed: Option<(&str, Option<&str>)>| {
        let kept = whole.into_iter().filter(|(name, _)| changed.is_none_or(|(other, _)| other != *name));
        let put = changed.and_then(|(name, value)| Some((name, value?)));
        let variables =
            kept.chain(put).map(|(name, value)| (format!("LANJIE__SMS__MAIN__{name}"), value.to_owned()));
        Config::read(None, variables)
    };
    let config = with(None).unwrap();
    assert!(matches!(config.outside.sms["MAIN"].way, interception::SmsWay::Smpp(_)));
    for printed in [format!("{config:?}"), Report::new(&config).to_string()] {
        assert!(printed.contains("lanjie@smpp.example:2775") && !printed.contains("secret08"), "{printed}");
    }
    for name in ["HOST", "PORT", "SYSTEM_ID", "PASSWORD"] {
        let error = with(Some((name, None))).unwrap_err();
        assert_eq!(error.key, Some(format!("sms.MAIN.{}", name.to_lowercase())));
        assert!(error.cause.contains("is not set: expected"), "{error}");
    }
    for (name, value) in [
        ("PORT", "70000"),
        ("SYSTEM_ID", "a name of sixteen"),
        ("PASSWORD", "密码"),
        ("RATE_PER_SEC", "0"),
        ("WINDOW", "0"),
        ("SENDER", "反诈中心"),
        ("NUMBERS", "local"),
        ("ENQUIRE_LINK_SECS", "0"),
        ("ANSWER_SECS", "11"),
    ] {
        let error = with(Some((name, Some(value)))).unwrap_err();
        assert_eq!(error.key, Some(format!("sms.MAIN.{}", name.to_lowercase())));
        assert!(error.cause.contains("expected"), "{error}");
        // a digit may be one of the limit's
        assert!(value.len() <= 2 || !error.to_string().contains(value), "{error}");
    }
    let error = with(Some(("ENDPOINT", Some("https://sms.example")))).unwrap_err();
    assert_eq!(error.key.as_deref(), Some("sms.MAIN.endpoint"));
}

#[test]
fn a_wrong_line_of_the_file_is_named() {
    for (name, text, line, told) in [
        ("syntax", "[gateway]\nlisten = \"", 2, ""),
        ("type", "[gateway]\nlisten = true", 2, "gateway.listen: expected an address"),
        ("date", "\n[gateway]\nlisten = 2026-03-01", 3, "gateway.listen: expected text"),
        ("list", "[banks.ABC]\nissuers = [[1]]", 2, "banks.ABC.issuers: expected a list"),
        (
            "deep",
            "[gateway]\nlisten = { port = 1 }",
            2,
            "gateway.listen.port: unknown key: expected one of listen, requests_per_sec",
        ),
        (
            "twice",
            "[banks.abc]\nname = \"a\"\n[banks.ABC]\nname = \"b\"",
            4,
            "banks.ABC.name: is given already",
        ),
    ] {
        let error = from_file(name, text).unwrap_err().to_string();
        assert!(error.contains(&format!("-{name}:{line}: {told}")), "{error}");
    }
}

#[test]
fn a_secret_is_a_value_or_a_file_never_both() {
    let error = from_environment(&[
        ("LANJIE__BANKS__ABC__SECRET", SECRET),
        ("LANJIE__BANKS__ABC__SECRET_FILE", "/run/secrets/abc"),
    ])
    .unwrap_err();
    assert_eq!(error.key.as_deref(), Some("banks.ABC.secret_file"));
    assert!(error.cause.contains("never both"), "{error}");
}

#[test]
fn a_file_is_read_again_and_what_is_no_secret_changes_nothing() {
    let file = Written::new("rotated", SECRET);
    let config = from_environment(&[("LANJIE__BANKS__ABC__CALLBACK_SECRET_FILE", file.path())]).unwrap();
    let [watched] = config.secret_files.as_slice() else { panic!("{config:?}") };
    let abc = &config.outside.banks[&BankCode::parse("ABC").unwrap()];
    let in_use = || abc.party.callback_secrets.len();
    let reread = |text: &str| {
        fs::write(&file.0, text).unwrap();
        watched.read_again()
    };
    assert_eq!(reread(SECRET), Reread::Same);
    assert_eq!((reread(&format!("{SECRET}\n{OTHER_SECRET}\n")), in_use()), (Reread::Changed(2), 2));
    for half_written in ["", "whsec_", &format!("{OTHER_SECRET} hunter2")] {
        assert!(matches!(reread(half_written), Reread::Unusable(_)), "{half_written}");
        assert_eq!(in_use(), 2);
    }
    assert_eq!((reread(OTHER_SECRET), in_use()), (Reread::Changed(1), 1));
    assert_eq!(abc.party.callback_secrets, Secrets::parse(OTHER_SECRET).unwrap().into());
    fs::remove_file(&file.0).unwrap();
    assert!(matches!(watched.read_again(), Reread::Unusable(_)));
    assert_eq!(in_use(), 1);
    assert!(!format!("{watched:?}").contains(file.path()));
}

#[test]
fn a_second_way_is_timed_and_signed() {
    let with = |variables: &[(&str, &str)]| {
        let name = |key: &str| format!("LANJIE__BANKS__ABC__SECOND__{key}");
        Config::read(None, variables.iter().map(|(key, value)| (name(key), (*value).to_owned())))
    };
    let abc = |config: Config| config.outside.banks[&BankCode::parse("ABC").unwrap()].second.clone();
    assert!(abc(with(&[]).unwrap()).is_none());
    let timed = abc(with(&[("AFTER_SECS", "3")]).unwrap()).unwrap();
    assert_eq!((timed.endpoint.is_some(), timed.after.num_seconds()), (false, 3));
    let whole =
        with(&[("AFTER_SECS", "3"), ("ENDPOINT", "https://abc.example"), ("SECRET", SECRET)]).unwrap();
    assert!(
        Report::new(&whole).to_string().contains("after 3 s also by webhook Endpoint(https://abc.example)")
    );
    for (variables, key) in [
        (&[("AFTER_SECS", "0")][..], "banks.ABC.second.after_secs"),
        (&[("AFTER_SECS", "3"), ("ENDPOINT", "https://abc.example")], "banks.ABC.second.endpoint"),
        (&[("ENDPOINT", "https://abc.example"), ("SECRET", SECRET)], "banks.ABC.second.after_secs"),
    ] {
        assert_eq!(with(variables).unwrap_err().key.as_deref(), Some(key));
    }
}

#[test]
fn a_file_that_holds_no_secret_is_named_by_its_setting() {
    let file = Written::new("garbage", "hunter2");
    let error = from_environment(&[("LANJIE__BANKS__ABC__SECRET_FILE", file.path())]).unwrap_err();
    assert_eq!(error.key.as_deref(), Some("banks.ABC.secret_file"));
    assert_eq!(error.place, "environment variable LANJIE__BANKS__ABC__SECRET_FILE");
}

#[test]
fn no_secret_is_ever_printed() {
    let config = from_environment(&[
        ("DATABASE_URL", "postgres://lanjie:geheim@db.example/lanjie?sslpassword=geheim"),
        ("LANJIE__BANKS__ABC__ENDPOINT", "https://abc.example/geheim?key=geheim"),
        ("LANJIE__BANKS__ABC__SECRET", SECRET),
        ("LANJIE__BANKS__ABC__CALLBACK_SECRET", OTHER_SECRET),
    ])
    .unwrap();
    for printed in [format!("{config:?}"), Report::new(&config).to_string()] {
        assert!(printed.contains("postgres://lanjie:****@db.example/lanjie"), "{printed}");
        for secret in ["geheim", &SECRET["whsec_".len()..], &OTHER_SECRET["whsec_".len()..]] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
    assert!(config.database_url().unwrap().reveal().contains("geheim"));
}

#[test]
fn a_missing_database_is_a_fault_only_for_those_who_need_one() {
    let error = from_environment(&[]).unwrap().database_url().unwrap_err();
    assert_eq!(error.key.as_deref(), Some("database.url"));
}

#[test]
fn every_fault_of_every_file_is_reported() {
    let rules = Written::new("rules", "[thresholds]\nmedium = 1\nhigh = 2\nhihg = 3\n");
    let map = Written::new(
        "map",
        "{\"type\": \"FeatureCollection\", \"features\": [\n {\"type\": \"Feature\",\n  \"properties\": {}, \"geometry\": null}]}",
    );
    let config = from_environment(&[
        ("LANJIE__GRADING__RULES", rules.path()),
        ("LANJIE__STATIONS__MAP", map.path()),
        ("LANJIE__PLANS__DIRECTORY", "/nowhere"),
    ])
    .unwrap();
    let report = Report::new(&config);
    let faults: Vec<String> = report.loaded.as_ref().unwrap_err().0.iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 6, "{faults:?}");
    assert!(faults[0].starts_with(&format!("{}:2: ", map.path())), "{faults:?}");
    assert!(faults[1].starts_with(&format!("{}:4: ", rules.path())), "{faults:?}");
    for (fault, file) in faults[2..].iter().zip(["victim", "high", "medium", "low"]) {
        let place = "environment variable LANJIE__PLANS__DIRECTORY: plans.directory: cannot read";
        assert!(fault.starts_with(&format!("{place} /nowhere/{file}.toml")), "{fault}");
    }
    let printed = report.to_string();
    assert!(faults.iter().all(|fault| printed.contains(fault)), "{printed}");
}

#[test]
fn the_shipped_rosters_fit_the_shipped_map_and_a_fault_in_them_is_named_by_its_line() {
    let text = include_str!("../../../../config/rosters.toml");
    let shipped = Written::new("rosters", text);
    let config = from_environment(&[("LANJIE__STATIONS__ROSTERS", shipped.path())]).unwrap();
    let report = Report::new(&config);
    assert!(report.to_string().contains("2 stations"), "{report}");
    let broken = Written::new("rosters-broken", &text.replacen("150203001", "150203999", 1));
    let config = from_environment(&[("LANJIE__STATIONS__ROSTERS", broken.path())]).unwrap();
    let line = 1 + text.lines().position(|line| line.contains("150203001")).unwrap();
    let fault = Report::new(&config).loaded.unwrap_err().to_string();
    assert_eq!(fault, format!("{}:{line}: no such station on the map", broken.path()));
}

#[test]
fn a_duty_station_that_is_not_on_the_map_is_a_fault_of_the_setting() {
    let config = from_environment(&[("LANJIE__STATIONS__DUTY", "150203999")]).unwrap();
    let faults = Report::new(&config).loaded.unwrap_err();
    assert!(faults.to_string().contains("LANJIE__STATIONS__DUTY: stations.duty: "), "{faults}");
}

#[test]
fn a_bank_may_map_result_codes_in_its_own_way_and_a_fault_is_named_with_its_line() {
    let own = Written::new(
        "codes.toml",
        "[[code]]\ncode = \"0304\"\nclass = \"never\"\nzh = \"一\"\nen = \"one\"\n",
    );
    let config = from_environment(&[("LANJIE__BANKS__ABC__RESULT_CODES", own.path())]).unwrap();
    let loaded = Report::new(&config).loaded.unwrap();
    let abc = BankCode::parse("ABC").unwrap();
    assert_eq!(loaded.result_codes.of(Some(&abc)).get("0304").unwrap().en, "one");
    assert_eq!(loaded.result_codes.common.get("0304").unwrap().class.as_str(), "fix_and_resend");

    let bad =
        Written::new("bad.toml", "[[code]]\ncode = \"03\"\nclass = \"fine\"\nzh = \"一\"\nen = \"one\"\n");
    let config = from_environment(&[("LANJIE__STOP_PAYMENTS__RESULT_CODES", bad.path())]).unwrap();
    let faults = Report::new(&config).loaded.unwrap_err();
    let said: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
    assert!(said[0].ends_with(":2: expected a result code of four digits"), "{said:?}");
    assert!(said[1].contains(":3: unknown class: expected success"), "{said:?}");
}

#[test]
fn an_account_is_stopped_at_most_twice_whatever_is_set() {
    let refused = from_environment(&[("LANJIE__STOP_PAYMENTS__ROUNDS_MAX", "3")]).unwrap_err();
    assert_eq!(refused.key.as_deref(), Some("stop_payments.rounds_max"));
    let once = from_environment(&[("LANJIE__STOP_PAYMENTS__EXTENSION_COUNTS_AS_ROUND", "false")]).unwrap();
    assert!(!once.rounds.extension_counts);
}
