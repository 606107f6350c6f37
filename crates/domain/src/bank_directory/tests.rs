use proptest::prelude::*;

use super::*;

const SHIPPED: &str = include_str!("../../../../config/banks/directory.toml");

fn shipped() -> BankDirectory {
    BankDirectory::parse("directory.toml", SHIPPED).unwrap()
}

fn account(kind: AccountKind, number: &str, bank: Option<&str>) -> Account {
    Account {
        kind,
        number: AccountNumber::parse(number).ok(),
        holder: None,
        bank_code: bank.and_then(|code| BankCode::parse(code).ok()),
    }
}

fn bank(rest: &str) -> String {
    format!("[[bank]]\ncode = \"ICBC\"\nname = \"中国工商银行\"\nkind = \"bank\"\n{rest}\n")
}

#[test]
fn the_shipped_directory_finds_who_issued_a_card() {
    let directory = shipped();
    for (card, code) in [
        ("6228482601815908309", "ABC"),
        ("6222020200112233440", "ICBC"),
        ("6217000010001234560", "CCB"),
        ("6216610100001234567", "BOC"),
        ("6225880012345678", "CMB"),
        ("6221880012345678901", "PSBC"),
    ] {
        let found = directory.keeper(&account(AccountKind::BankCard, card, None));
        assert_eq!(found.map(BankCode::as_str), Some(code), "{card}");
    }
    assert_eq!(directory.keeper(&account(AccountKind::BankCard, "9999999999999999", None)), None);
    assert_eq!(directory.keeper(&account(AccountKind::BankAccount, "6228482601815908309", None)), None);
}

#[test]
fn a_payment_is_found_by_how_its_number_begins_and_how_long_it_is() {
    let directory = shipped();
    let found =
        |number| directory.keeper(&account(AccountKind::OrderNumber, number, None)).map(BankCode::as_str);
    assert_eq!(found("4200001234202603011234567890"), Some("TENPAY"));
    assert_eq!(found("2026030122001430011234567890"), Some("ALIPAY"));
    assert_eq!(found("42000012342026"), None);
}

#[test]
fn a_card_with_a_digit_too_few_is_known_and_read_back() {
    let directory = shipped();
    let card = account(AccountKind::BankCard, "622848260181590830", None);
    assert_eq!(directory.keeper(&card).map(BankCode::as_str), Some("ABC"));
    assert_eq!(directory.card_lengths(&card).unwrap().iter().collect::<Vec<_>>(), [&19]);
    assert!(directory.card_lengths(&account(AccountKind::BankCard, "6228482601815908309", None)).is_none());
}

#[test]
fn the_longest_beginning_that_fits_the_length_decides() {
    let text = "[[bank]]\ncode = \"AA\"\nname = \"甲\"\nkind = \"bank\"\ncnaps = \"102100099996\"
issuers = [{ prefixes = [\"6222\"], lengths = [16, 19] }]
[[bank]]\ncode = \"BB\"\nname = \"乙\"\nkind = \"bank\"\ncnaps = \"103100000026\"
issuers = [{ prefixes = [\"622202\"], lengths = [19] }, { prefixes = [\"6222\"], lengths = [18] }]";
    let directory = BankDirectory::parse("directory.toml", text).unwrap();
    let found = |card| directory.issuer(card).map(|(digits, code)| (digits, code.as_str()));
    assert_eq!(found("6222020000000000000"), Some((6, "BB")));
    assert_eq!(found("6222020000000000"), Some((4, "AA")));
    assert_eq!(found("622202000000000000"), Some((4, "BB")));
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, line, cause) in [
        (bank("cnaps = \"102100099995\""), 5, "does not agree"),
        (bank("cnaps = \"1021\""), 5, "twelve digits"),
        (bank(""), 2, "lacks `cnaps`"),
        (bank("cnaps = \"102100099996\"\nphones = \"95588\""), 6, "unknown field"),
        (bank("cnaps = \"102100099996\"\nphone = \"x\""), 6, "phone"),
        (
            bank("cnaps = \"102100099996\"\nissuers = [{ prefixes = [\"62\"], lengths = [19] }]"),
            6,
            "3 to 10 digits",
        ),
        (
            bank("cnaps = \"102100099996\"\nissuers = [{ prefixes = [\"622202\"], lengths = [9] }]"),
            6,
            "12 to 19",
        ),
        (
            bank(
                "cnaps = \"102100099996\"\nissuers = [{ prefixes = [\"622202\", \"622202\"], lengths = [19] }]",
            ),
            6,
            "twice",
        ),
        (bank("cnaps = \"102100099996\"\nwhite_list = [\"1\"]"), 6, "4 to 64"),
        (bank("cnaps = \"102100099996\"") + &bank("cnaps = \"103100000026\""), 7, "twice"),
        (
            bank("cnaps = \"102100099996\"") + &bank("cnaps = \"102100099996\"").replace("ICBC", "ABC"),
            7,
            "that of ICBC",
        ),
        (
            bank("cnaps = \"102100099996\"\nissuers = [{ prefixes = [\"622202\"], lengths = [16, 19] }]")
                + &bank("cnaps = \"103100000026\"\nissuers = [{ prefixes = [\"622202\"], lengths = [19] }]")
                    .replace("ICBC", "ABC"),
            12,
            "of ICBC already",
        ),
    ] {
        let faults = BankDirectory::parse("directory.toml", &text).unwrap_err();
        let found = faults.iter().find(|fault| fault.line == line && fault.cause.contains(cause));
        assert!(found.is_some(), "{text}\n{faults:?}");
    }
}

#[test]
fn every_fault_is_named_at_once_and_no_account_is() {
    let text =
        bank("cnaps = \"1\"\nphone = \"x\"\nwhite_list = [\"6222020200112233440\", \"6222020200112233440\"]");
    let faults = BankDirectory::parse("directory.toml", &text).unwrap_err();
    assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [5, 6, 7]);
    assert!(faults.iter().all(|fault| !fault.cause.contains("6222020200112233440")));
}

#[test]
fn published_head_offices_pass_the_check_and_a_slip_does_not() {
    for code in [
        "102100099996",
        "103100000026",
        "104100000004",
        "105100000017",
        "301290000007",
        "308584000013",
        "403100000004",
        "302100011000",
        "303100000006",
        "305100000013",
        "310290000013",
        "309391000011",
    ] {
        assert!(Cnaps::parse(code).is_ok(), "{code}");
        let slip = format!("{}{}", &code[..11], (code.as_bytes()[11] - b'0' + 1) % 10);
        assert_eq!(Cnaps::parse(&slip), Err(NotCnaps::WrongCheckDigit));
    }
}

#[test]
fn a_white_listed_account_is_known_by_its_bank_and_number() {
    let text = bank("cnaps = \"102100099996\"\nwhite_list = [\"0200000009999999999\"]");
    let directory = BankDirectory::parse("directory.toml", &text).unwrap();
    let listed = |number, bank| directory.is_white_listed(&account(AccountKind::BankAccount, number, bank));
    assert!(listed("0200000009999999999", Some("ICBC")));
    assert!(!listed("0200000009999999999", Some("ABC")));
    assert!(!listed("0200000009999999998", Some("ICBC")));
}

proptest! {
    #[test]
    fn any_one_digit_that_is_misread_is_noticed(place in 0_usize..12, other in 0_u8..10) {
        let mut code: Vec<u8> = b"102100099996".to_vec();
        prop_assume!(code[place] != b'0' + other);
        code[place] = b'0' + other;
        prop_assert_eq!(Cnaps::parse(std::str::from_utf8(&code).unwrap()), Err(NotCnaps::WrongCheckDigit));
    }
}
