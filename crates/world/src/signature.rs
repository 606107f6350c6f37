//! Standard Webhooks signatures, written a second time on purpose: the outside must not share the code
//! it is there to check.
//!
//! Signed is `id.timestamp.body` with HMAC-SHA256; the header holds one or more `v1,<base64>` words, so
//! that a secret can be rotated.

use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use domain::clock::Instant;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// How far a timestamp may lie from the receiver's clock, either way, in seconds.
pub const TOLERANCE_SECS: i64 = 300;
/// How long a secret's key is, in bytes (Standard Webhooks).
pub const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
const PREFIX: &str = "whsec_";

/// The key two parties share.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

/// The text is no signing secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected whsec_ and the base64 of 24 to 64 bytes")]
pub struct NotSecret;

impl Secret {
    /// Reads `whsec_` and base64.
    ///
    /// # Errors
    /// [`NotSecret`] if the prefix, the base64 or the length is wrong.
    pub fn parse(text: &str) -> Result<Self, NotSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotSecret)?;
        let key = BASE64_STANDARD.decode(encoded).map_err(|_| NotSecret)?;
        if KEY_BYTES.contains(&key.len()) { Ok(Self(key)) } else { Err(NotSecret) }
    }

    /// A secret whose key is `key`.
    #[must_use]
    pub fn from_key(key: [u8; 32]) -> Self {
        Self(key.to_vec())
    }

    /// `whsec_...`, as configuration wants it.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    /// The word for the `webhook-signature` header; `timestamp_secs` is Unix time.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp_secs: i64, body: &[u8]) -> String {
        let code = self.code(id, timestamp_secs, body).finalize().into_bytes();
        format!("v1,{}", BASE64_STANDARD.encode(code))
    }

    /// Checks a request's headers against its raw body.
    ///
    /// # Errors
    /// [`BadSignature`] says what is wrong.
    pub fn verify(&self, headers: &HeaderMap, body: &[u8], now: Instant) -> Result<(), BadSignature> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let id = header("webhook-id").ok_or(BadSignature::Headers)?;
        let timestamp_secs: i64 =
            header("webhook-timestamp").and_then(|text| text.parse().ok()).ok_or(BadSignature::Headers)?;
        let signatures = header("webhook-signature").ok_or(BadSignature::Headers)?;
        if now.timestamp().abs_diff(timestamp_secs) > TOLERANCE_SECS.unsigned_abs() {
            return Err(BadSignature::Time);
        }
        let agrees = signatures
            .split(' ')
            .filter_map(|word| BASE64_STANDARD.decode(word.strip_prefix("v1,")?).ok())
            .any(|code| self.code(id, timestamp_secs, body).verify_slice(&code).is_ok());
        if agrees { Ok(()) } else { Err(BadSignature::Code) }
    }

    fn code(&self, id: &str, timestamp_secs: i64, body: &[u8]) -> Hmac<Sha256> {
        #[expect(clippy::unwrap_used, reason = "HMAC takes a key of any length")]
        let mut code = Hmac::<Sha256>::new_from_slice(&self.0).unwrap();
        code.update(format!("{id}.{timestamp_secs}.").as_bytes());
        code.update(body);
        code
    }
}

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// A header is missing or unreadable.
    #[error("the webhook headers are missing or unreadable")]
    Headers,
    /// Too old, or from the future: perhaps recorded and played again.
    #[error("the timestamp is more than five minutes away")]
    Time,
    /// No signature of the header fits the body.
    #[error("no signature agrees with the body")]
    Code,
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SENT_AT: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn secret() -> Secret {
        Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
    }

    fn headers(signature: &str) -> HeaderMap {
        [
            ("webhook-id", ID.to_owned()),
            ("webhook-timestamp", SENT_AT.to_string()),
            ("webhook-signature", signature.to_owned()),
        ]
        .into_iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect()
    }

    fn sent_at() -> Instant {
        DateTime::from_timestamp(SENT_AT, 0).unwrap()
    }

    #[test]
    fn the_published_example_is_signed_as_published() {
        let published = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(secret().sign(ID, SENT_AT, BODY), published);
        assert_eq!(secret().verify(&headers(published), BODY, sent_at()), Ok(()));
    }

    #[test]
    fn one_good_signature_among_several_is_enough() {
        let good = secret().sign(ID, SENT_AT, BODY);
        let several = format!("v1a,AAAA v1,AAAA v1,not-base64! {good}");
        assert_eq!(secret().verify(&headers(&several), BODY, sent_at()), Ok(()));
    }

    #[test]
    fn a_changed_body_another_secret_or_an_old_request_is_not_believed() {
        let good = headers(&secret().sign(ID, SENT_AT, BODY));
        assert_eq!(secret().verify(&good, b"{}", sent_at()), Err(BadSignature::Code));
        let other = Secret::from_key([7; 32]);
        assert_eq!(other.verify(&good, BODY, sent_at()), Err(BadSignature::Code));
        for seconds in [-TOLERANCE_SECS - 1, TOLERANCE_SECS + 1] {
            let then = sent_at() + TimeDelta::seconds(seconds);
            assert_eq!(secret().verify(&good, BODY, then), Err(BadSignature::Time));
        }
        assert_eq!(secret().verify(&HeaderMap::new(), BODY, sent_at()), Err(BadSignature::Headers));
    }

    #[test]
    fn a_secret_is_read_back_and_a_short_one_refused() {
        let text = Secret::from_key([9; 32]).reveal();
        assert_eq!(Secret::parse(&text).unwrap().reveal(), text);
        assert!(Secret::parse("whsec_c2hvcnQ=").is_err());
        assert!(Secret::parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_err());
    }
}
