use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Instant {
    Instant::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

fn message(state: State, provider: Option<&str>) -> Message {
    Message {
        id: MeasureId::new(at(0)),
        incident_id: IncidentId::new(at(0)),
        step: None,
        role: Role::Subject,
        phone: PhoneNumber::parse("13847200001").unwrap(),
        template: "warn_subject_high".to_owned(),
        text: "请立即挂断".to_owned(),
        flash: false,
        provider: provider.map(str::to_owned),
        provider_ref: None,
        receipt_code: None,
        created_at: at(0),
        state,
    }
}

#[test]
fn a_receipt_may_overtake_the_answer_and_a_second_one_changes_nothing() {
    let early = message(State::Queued, None).receipt("MAIN", Receipt::Delivered, None, at(5));
    assert_eq!(early.state, State::Delivered { submitted_at: at(5), at: at(5) });
    assert_eq!(early.provider.as_deref(), Some("MAIN"));
    let late = early.clone().submitted("MAIN", Some("r".to_owned()), at(6));
    assert_eq!(late, early);
    assert_eq!(early.clone().receipt("MAIN", Receipt::Failed, None, at(7)), early);
}

#[test]
fn a_provider_that_was_passed_over_can_bring_a_text_but_not_fail_it() {
    let taken = message(State::Submitted { at: at(1) }, Some("SECOND"));
    let failed = taken.clone().receipt("MAIN", Receipt::Failed, None, at(2));
    assert_eq!(failed.state, State::Submitted { at: at(1) });
    let delivered = failed.receipt("MAIN", Receipt::Delivered, None, at(3));
    assert_eq!(delivered.state, State::Delivered { submitted_at: at(1), at: at(3) });
    assert_eq!(taken.receipt("SECOND", Receipt::Failed, None, at(2)).state, State::Failed { at: at(2) });
}

#[test]
fn a_text_is_there_when_all_parts_are_and_failed_with_the_first_that_did() {
    let parts = |receipts: &[Option<Receipt>]| -> Vec<Part> {
        receipts.iter().map(|receipt| Part { provider_ref: "1".to_owned(), receipt: *receipt }).collect()
    };
    let (there, lost) = (Some(Receipt::Delivered), Some(Receipt::Failed));
    assert_eq!(receipt_of_all(&parts(&[there, None])), None);
    assert_eq!(receipt_of_all(&parts(&[there, there])), there);
    assert_eq!(receipt_of_all(&parts(&[None, lost])), lost);
    assert_eq!(receipt_of_all(&parts(&[there, lost])), lost);
    assert_eq!(receipt_of_all(&[]), None);
}

#[test]
fn an_id_is_found_in_whatever_spelling_the_receipt_has_it() {
    for (taken_as, told_as) in [
        ("0A1B2C3D", "0169552957"),
        ("a1b2c3d", "169552957"),
        ("169552957", "A1B2C3D"),
        ("0000000042", "42"),
        ("7f3c-11", "7F3C-11"),
        ("0", "00"),
    ] {
        let meant = references_meant(told_as);
        assert!(meant.contains(&reference_key(taken_as)), "{taken_as} as {told_as}: {meant:?}");
    }
}

#[test]
fn a_small_number_means_itself_alone() {
    assert_eq!(references_meant("16"), ["16"]);
    assert_eq!(references_meant("1000"), ["1000"]);
}

#[test]
fn a_text_is_offered_soon_at_first_and_for_a_day() {
    assert_eq!(offer_again(at(0), at(0)), Some(at(1)));
    assert_eq!(offer_again(at(0), at(120)), Some(at(130)));
    assert_eq!(offer_again(at(0), at(3_600)), Some(at(3_660)));
    assert_eq!(offer_again(at(0), at(86_400)), None);
}

proptest! {
    #[test]
    fn the_spelling_itself_always_comes_first(provider_ref in "[0-9a-fA-F]{1,20}") {
        let meant = references_meant(&provider_ref);
        prop_assert_eq!(&meant[0], &reference_key(&provider_ref));
        prop_assert!(meant.len() <= 3);
    }

    #[test]
    fn every_large_number_is_found_from_its_other_spelling(number in CONVERTED_FROM..u64::MAX) {
        let (decimal, hexadecimal) = (number.to_string(), format!("{number:08x}"));
        prop_assert!(references_meant(&decimal).contains(&reference_key(&hexadecimal)));
        prop_assert!(references_meant(&hexadecimal).contains(&reference_key(&decimal)));
    }
}
