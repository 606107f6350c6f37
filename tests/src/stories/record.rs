//! The record proves itself: whoever alters it is found, with the line.

use std::time::Duration;

use domain::seal::{Broken, Seal, Walk};
use interception::seal_record::{Walked, seal_record, verify_record};
use reqwest::StatusCode;
use tests::{Town, reports};

use super::{FRAUDSTER, VICTIM};

/// Longer than any transaction of another test holds up the lines of this one.
const PATIENCE: Duration = Duration::from_secs(60);

async fn walked(town: &Town, head: Option<Seal>) -> Walked {
    verify_record(&town.centre.store, head).await.unwrap()
}

/// Seals until no line waits any more.
async fn sealed(town: &Town) -> Walk {
    let sealing = async {
        loop {
            while seal_record(&town.centre).await.unwrap() {}
            let walked = walked(town, None).await;
            if walked.waiting == 0 {
                return walked;
            }
            tokio::task::yield_now().await;
        }
    };
    let walked = tokio::time::timeout(PATIENCE, sealing).await.expect("every line is sealed");
    assert_eq!(walked.broken, None);
    walked.whole
}

/// A superuser's hand, past every trigger.
async fn forge(town: &Town, statements: &[&'static str]) {
    let mut tx = town.centre.store.begin().await.unwrap();
    for statement in ["SET LOCAL session_replication_role = replica"].iter().chain(statements) {
        sqlx::query(*statement).execute(&mut *tx).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn town_with_a_record() -> Town {
    let town = Town::start().await;
    let alert = reports::low_alert("CMCC-1", VICTIM, town.now());
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    town.expect_sms(VICTIM);
    town.expect_block(FRAUDSTER);
    town
}

const THIRD: &str = "(SELECT seq FROM timeline_seal WHERE position = 3)";

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_changed_taken_out_or_put_in_is_named() {
    let town = town_with_a_record().await;
    let whole = sealed(&town).await;
    assert!(whole.position > 3, "{whole:?}");

    let named = |walked: Walked| match walked.broken {
        Some(Broken::Altered(line)) => (walked.whole.position, format!("altered {}", line.happening)),
        Some(Broken::TakenOut(_)) => (walked.whole.position, "taken out".to_owned()),
        Some(Broken::PutIn(line)) => (walked.whole.position, format!("put in by {}", line.actor)),
        Some(Broken::SealTakenOut(position)) => (walked.whole.position, format!("seal {position}")),
        None => panic!("found whole: {walked:?}"),
    };
    let third = "altered incident.assessed";
    for (forgery, undoing, expected) in [
        ("SET actor = 'nobody'", "SET actor = 'lanjie'", (2, third)),
        ("SET at = at + interval '1 microsecond'", "SET at = at - interval '1 microsecond'", (2, third)),
        ("SET data = data || '{\"x\": 1}'", "SET data = data - 'x'", (2, third)),
        (
            "SET happening = 'x' || happening",
            "SET happening = substr(happening, 2)",
            (2, "altered xincident.assessed"),
        ),
    ] {
        let update =
            |what: &str| -> &'static str { format!("UPDATE timeline {what} WHERE seq = {THIRD}").leak() };
        forge(&town, &[update(forgery)]).await;
        let (place, how) = named(walked(&town, None).await);
        assert_eq!((place, how.as_str()), expected, "{forgery}");
        forge(&town, &[update(undoing)]).await;
        assert_eq!(walked(&town, None).await.whole, whole, "{undoing}");
    }

    let take_out = [
        "CREATE TABLE aside AS SELECT * FROM timeline WHERE seq = (SELECT seq FROM timeline_seal WHERE position = 3)",
        "DELETE FROM timeline WHERE seq IN (SELECT seq FROM aside)",
    ];
    forge(&town, &take_out).await;
    assert_eq!(named(walked(&town, None).await), (2, "taken out".to_owned()));
    forge(&town, &["INSERT INTO timeline OVERRIDING SYSTEM VALUE SELECT * FROM aside"]).await;

    let put_in = "INSERT INTO timeline (incident_id, at, happening, actor, data, txid)
        SELECT incident_id, at, 'note.added', 'forger', '{}', txid FROM aside";
    forge(&town, &[put_in]).await;
    assert_eq!(named(walked(&town, None).await).1, "put in by forger");
    forge(&town, &["DELETE FROM timeline WHERE actor = 'forger'"]).await;

    assert_eq!(walked(&town, Some(whole.seal)).await.whole, whole, "all is as it was");
    forge(&town, &["DELETE FROM timeline_seal WHERE position = 2"]).await;
    assert_eq!(named(walked(&town, None).await), (1, "seal 2".to_owned()));
    town.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_sealed_anew_lacks_the_head_that_was_written_down() {
    let town = town_with_a_record().await;
    let before = sealed(&town).await;
    assert!(walked(&town, Some(before.seal)).await.met);
    let alert = reports::low_alert("CMCC-2", VICTIM, town.now());
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    town.settle().await;
    let after = sealed(&town).await;
    assert!(after.position > before.position);
    assert!(walked(&town, Some(before.seal)).await.met, "what was whole is still part of it");

    forge(&town, &["TRUNCATE timeline_seal", "UPDATE timeline SET actor = 'nobody' WHERE actor = 'lanjie'"])
        .await;
    let forged = sealed(&town).await;
    assert_eq!(forged.position, after.position);
    assert!(!walked(&town, Some(before.seal)).await.met);
    town.leave().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_engines_seal_each_line_once_and_none_before_older_ones_are_written() {
    let town = town_with_a_record().await;
    let before = sealed(&town).await;
    // an act that has begun to write and is not done
    let mut slow = town.centre.store.begin().await.unwrap();
    sqlx::query("SELECT pg_current_xact_id()").execute(&mut *slow).await.unwrap();
    let alert = reports::low_alert("CMCC-2", VICTIM, town.now());
    let _ = town.source().post("/v1/alerts", alert).await.expect(StatusCode::CREATED);
    assert!(!seal_record(&town.centre).await.unwrap());
    let held = walked(&town, None).await;
    assert_eq!(held.whole, before);
    assert!(held.waiting > 0, "its line may still come in before");
    slow.commit().await.unwrap();

    town.settle().await;
    let (first, second, third) =
        tokio::join!(seal_record(&town.centre), seal_record(&town.centre), seal_record(&town.centre));
    assert!(first.is_ok() && second.is_ok() && third.is_ok());
    assert!(sealed(&town).await.position > before.position);
    town.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_lines_nor_seals_can_be_changed_by_an_ordinary_hand() {
    let town = town_with_a_record().await;
    sealed(&town).await;
    for statement in [
        "UPDATE timeline SET actor = 'nobody'",
        "DELETE FROM timeline",
        "UPDATE timeline_seal SET position = position + 1",
        "DELETE FROM timeline_seal",
        "TRUNCATE timeline_seal",
    ] {
        let mut tx = town.centre.store.begin().await.unwrap();
        let refused = sqlx::query(statement).execute(&mut *tx).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{statement}: {refused}");
    }
    town.end().await;
}
