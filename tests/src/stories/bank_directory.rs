//! What is known of banks: found from a number, asked for where it is not, and changed while everything runs.

use std::sync::Arc;

use domain::account::{AccountNumber, BankCode};
use domain::money::Fen;
use domain::person::PersonName;
use interception::bank_directory::{self, Directories};
use interception::workers::Notices;
use interception::{Centre, Outside};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{Town, reports};
use tokio_util::sync::CancellationToken;
use world::bank::BankAccount;

use super::{MULE, STATION, VICTIM};

const SHIPPED: &str = include_str!("../../../config/banks/directory.toml");
/// A card that no bank of the shipped directory issues.
const NEW_CARD: &str = "9990001234567890";

/// A victim calls about one transfer to `payee`.
async fn call(town: &Town, payee: Value) -> Value {
    let mut report = reports::call(VICTIM, MULE, "5000.00", town.now());
    report["transfers"][0]["payee"] = payee;
    town.dispatcher().post("/v1/calls", report).await.expect(StatusCode::CREATED)
}

/// The sentences about a field of the first transfer.
fn asked(taken: &Value, field: &str) -> Vec<String> {
    let pointer = format!("/transfers/0/{field}");
    let notices = taken["notices"].as_array().unwrap().iter();
    let about = notices.filter(|notice| notice["pointer"] == pointer);
    about.map(|notice| notice["detail"].as_str().unwrap().to_owned()).collect()
}

async fn load(town: &Town, text: String) {
    let request = town.admin().request(Method::PUT, "/v1/bank-directory");
    let request = request.header(CONTENT_TYPE, "application/toml").body(text);
    let _ = town.admin().send(request).await.expect(StatusCode::OK);
}

fn open(town: &Town, bank: &str, number: &str) -> AccountNumber {
    let number = AccountNumber::parse(number).unwrap();
    town.bank(bank).open_account(BankAccount {
        number: number.clone(),
        holder: PersonName::parse("李某").unwrap(),
        balance: Fen::parse("5000.00").unwrap(),
        whitelisted: false,
        received: vec![],
        onward: vec![],
    });
    number
}

async fn end(town: Town) {
    town.expect_patrol(STATION).await;
    town.settle().await;
    town.expect_sms(VICTIM);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_loaded_serves_every_process_without_a_restart() {
    let town = Town::start().await;
    let other = Outside { directory: Arc::new(Directories::default()), ..town.centre.outside.clone() };
    let other = Arc::new(Centre { outside: other, ..Centre::clone(&town.centre) });
    let (notices, stop) = (Arc::new(Notices::default()), CancellationToken::new());
    tokio::spawn(bank_directory::watch(Arc::clone(&other), notices, stop.clone()));

    let payee = json!({ "kind": "bank_card", "number": NEW_CARD, "holder": "李某" });
    let draft = call(&town, payee).await;
    assert_eq!(draft["stop_payments"][0]["missing"], json!(["bank_code"]));
    assert!(asked(&draft, "payee/bank_code")[0].contains("which bank issued the card"));

    let ccb = "prefixes = [\"621284\", ";
    load(
        &town,
        SHIPPED.replace(ccb, &format!("{ccb}\"999000\", ")).replace(
            "lengths = [19] },\n    { prefixes = [\"622707",
            "lengths = [16, 19] },\n    { prefixes = [\"622707",
        ),
    )
    .await;
    let mule = open(&town, "CCB", NEW_CARD);
    let path = format!("/v1/calls/{}", draft["call"]["id"].as_str().unwrap());
    let completed =
        town.dispatcher().patch(&path, json!({ "narrative": "补充" })).await.expect(StatusCode::OK);
    let order = &completed["stop_payments"][0];
    assert_eq!(
        (&order["status"], &order["transfer"]["payee"]["bank_code"]),
        (&json!("submitted"), &json!("CCB"))
    );
    town.settle().await;
    town.expect_hold(&mule);

    let found = || async {
        let in_use = other.outside.directory.in_use();
        in_use.directory.issuer(NEW_CARD).map(|(_, code)| code.clone())
    };
    assert_eq!(town.until(found).await, BankCode::parse("CCB").unwrap());
    stop.cancel();
    end(town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_cannot_be_reached_is_phoned() {
    let town = Town::start().await;
    let taken =
        call(&town, json!({ "kind": "bank_card", "number": "6225880012345678", "holder": "李某" })).await;
    let order = &taken["stop_payments"][0];
    assert_eq!((&order["status"], &order["missing"]), (&json!("draft"), &json!(["bank_code"])));
    assert_eq!(order["transfer"]["payee"]["bank_code"], "CMB", "its card says whose it is");
    let phone = &asked(&taken, "payee/bank_code")[0];
    assert!(phone.contains("招商银行") && phone.contains("95555"), "{phone}");
    end(town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payee_known_by_an_order_number_alone_is_stopped_at_its_institution() {
    let number = "2026030122001430011234567890";
    let town = Town::with(|centre| {
        let ccb = centre.outside.banks[&BankCode::parse("CCB").unwrap()].clone();
        centre.outside.banks.insert(BankCode::parse("ALIPAY").unwrap(), ccb);
    })
    .await;
    let found = open(&town, "CCB", number);
    let taken = call(&town, json!({ "kind": "order_number", "number": number })).await;
    let order = &taken["stop_payments"][0];
    assert_eq!((&order["status"], &order["missing"]), (&json!("submitted"), &json!([])));
    assert_eq!(order["transfer"]["payee"]["bank_code"], "ALIPAY");
    town.settle().await;
    town.expect_hold(&found);
    assert_eq!(town.incident(&taken).await["stop_payments"][0]["status"], "active");
    end(town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_payment_that_no_institution_knows_the_caller_is_asked_which_app_it_was() {
    let town = Town::start().await;
    let taken = call(&town, json!({ "kind": "order_number", "number": "99887766" })).await;
    assert_eq!(taken["stop_payments"][0]["missing"], json!(["bank_code"]), "the name is no fact it lacks");
    assert_eq!(asked(&taken, "payee/bank_code"), ["ask which app was used to pay"]);
    let nothing =
        json!({ "transfers": [{ "payee": { "kind": "payment_account" } }], "caller_phone": VICTIM });
    let taken = town.dispatcher().post("/v1/calls", nothing).await.expect(StatusCode::CREATED);
    let expected = json!(["account", "bank_code", "holder", "amount", "time"]);
    assert_eq!(taken["stop_payments"][0]["missing"], expected);
    let sentences = taken["notices"].as_array().unwrap().len();
    assert_eq!(sentences, 5, "one for each: {}", taken["notices"]);
    end(town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_with_a_digit_too_few_is_read_back_and_leaves_all_the_same() {
    let town = Town::start().await;
    let taken =
        call(&town, json!({ "kind": "bank_card", "number": "622848260181590830", "holder": "李某" })).await;
    assert_eq!(taken["stop_payments"][0]["status"], "submitted");
    let read_back = asked(&taken, "payee/number");
    assert!(read_back.iter().any(|says| says.contains("have 19 digits")), "{read_back:?}");
    town.settle().await;
    end(town).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_on_the_white_list_is_refused_before_its_bank_is_asked() {
    let town = Town::start().await;
    town.open_mule(MULE, "5000.00");
    let abc = "cnaps = \"103100000026\"\n";
    load(&town, SHIPPED.replace(abc, &format!("{abc}white_list = [\"{MULE}\"]\n"))).await;
    let payee = json!({ "kind": "bank_card", "number": MULE, "bank_code": "ABC", "holder": "李某" });
    let taken = call(&town, payee).await;
    let order = &taken["stop_payments"][0];
    assert_eq!(order["status"], "refused");
    assert!(asked(&taken, "payee/number").iter().any(|says| says.contains("white list")));
    town.settle().await;
    let incident = town.incident(&taken).await;
    assert_eq!(incident["stop_payments"][0]["result_code"], "0302");
    assert!(town.bank("ABC").orders().is_empty(), "the bank was not asked");
    end(town).await;
}
