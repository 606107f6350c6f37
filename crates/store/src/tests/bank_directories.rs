//! The versions of the bank directory.

use super::*;
use crate::bank_directories::{self, NewVersion, Version};

#[tokio::test]
async fn the_last_version_is_in_use() {
    let store = database().await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(bank_directories::last_place(&mut tx).await.unwrap(), None);
    assert_eq!(bank_directories::last(&mut tx).await.unwrap(), None);
    let mut places = vec![];
    for version in ["a", "b"] {
        let new = NewVersion { version, text: "# 银行", loaded_by: "admin", loaded_at: now() };
        bank_directories::insert(&mut tx, &new).await.unwrap();
        let last = bank_directories::last(&mut tx).await.unwrap().unwrap();
        places.push(last.place);
        let kept = Version {
            place: last.place,
            version: version.to_owned(),
            text: "# 银行".to_owned(),
            loaded_by: "admin".to_owned(),
            loaded_at: now(),
        };
        assert_eq!(last, kept);
    }
    assert!(places[0] < places[1]);
    assert_eq!(bank_directories::last_place(&mut tx).await.unwrap(), Some(places[1]));
}
