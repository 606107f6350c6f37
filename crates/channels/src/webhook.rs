//! Standard Webhooks (<https://www.standardwebhooks.com>): who sent this body, and is it fresh?
//!
//! Signed is `id.timestamp.body` with HMAC-SHA256. The signature header holds one `v1,<base64>` word for each
//! secret in use, space separated, so that both sides can change a secret at their own time.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::TimeDelta;
use domain::clock::Instant;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The header that names the message; the same on every try.
pub const ID_HEADER: &str = "webhook-id";
/// The header with the moment of this try, in Unix seconds.
pub const TIMESTAMP_HEADER: &str = "webhook-timestamp";
/// The header with the signatures.
pub const SIGNATURE_HEADER: &str = "webhook-signature";
/// How far the sender's clock may be from ours, either way. An older request may be a recorded one.
pub const TOLERANCE: TimeDelta = TimeDelta::minutes(5);
/// How long a key is, in bytes.
pub const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

const SECRET_PREFIX: &str = "whsec_";
/// HMAC-SHA256; `v1a` would be the asymmetric scheme, which Lanjie does not speak.
const SIGNATURE_PREFIX: &str = "v1,";

/// A key shared with one party.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// The text is no webhook secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a webhook secret: whsec_ and the base64 of 24 to 64 bytes")]
pub struct NotSecret;

impl Secret {
    /// Reads `whsec_` and the base64 of the key.
    ///
    /// # Errors
    /// [`NotSecret`] if the prefix, the base64 or the length is wrong.
    pub fn parse(text: &str) -> Result<Self, NotSecret> {
        let key = text
            .strip_prefix(SECRET_PREFIX)
            .and_then(|encoded| BASE64_STANDARD.decode(encoded).ok())
            .filter(|key| KEY_BYTES.contains(&key.len()));
        key.map(Self).ok_or(NotSecret)
    }

    fn code(&self, id: &str, timestamp: &str, body: &[u8]) -> impl AsRef<[u8]> {
        #[expect(clippy::unwrap_used, reason = "HMAC takes a key of any length")]
        let mut code = Hmac::<Sha256>::new_from_slice(&self.0).unwrap();
        for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
            code.update(part);
        }
        code.finalize().into_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(****)")
    }
}

/// The secrets that are in use with a party in one direction. Clones are the same secrets: when they are changed while
/// the program runs, whoever holds one signs or checks with the new ones from then on.
#[derive(Clone, Default)]
pub struct Secrets(Arc<RwLock<Arc<[Secret]>>>);

impl Secrets {
    /// Reads one or several, separated by white space.
    ///
    /// # Errors
    /// [`NotSecret`] if there is none, or one of them is not a secret.
    pub fn parse(text: &str) -> Result<Vec<Secret>, NotSecret> {
        let secrets: Vec<Secret> = text.split_whitespace().map(Secret::parse).collect::<Result<_, _>>()?;
        if secrets.is_empty() { Err(NotSecret) } else { Ok(secrets) }
    }

    /// Those in use at this moment.
    #[must_use]
    pub fn now(&self) -> Arc<[Secret]> {
        // a whole list is put in place at once: whoever panicked left it whole
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these are in use, and no others.
    pub fn change(&self, secrets: Vec<Secret>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets.into();
    }

    /// How many are in use.
    #[must_use]
    pub fn len(&self) -> usize {
        self.now().len()
    }

    /// Whether there is none: nothing can be signed or believed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.now().is_empty()
    }
}

impl From<Vec<Secret>> for Secrets {
    fn from(secrets: Vec<Secret>) -> Self {
        Self(Arc::new(RwLock::new(secrets.into())))
    }
}

impl PartialEq for Secrets {
    fn eq(&self, other: &Self) -> bool {
        self.now() == other.now()
    }
}

impl Eq for Secrets {}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({} of ****)", self.len())
    }
}

/// The value of [`SIGNATURE_HEADER`]: one signature for each secret.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, timestamp: Instant, body: &[u8]) -> String {
    let timestamp = timestamp.timestamp().to_string();
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| BASE64_STANDARD.encode(secret.code(id, &timestamp, body)))
        .map(|code| format!("{SIGNATURE_PREFIX}{code}"))
        .collect();
    signatures.join(" ")
}

/// The three headers of a request, not believed yet.
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a> {
    /// Of the message: a second one with the same id has no effect.
    pub id: &'a str,
    timestamp: &'a str,
    signature: &'a str,
}

impl<'a> Headers<'a> {
    /// Picks the headers out of a request, given how to look one up.
    ///
    /// # Errors
    /// [`BadSignature::Missing`] names the first one that is not there.
    pub fn read(header: impl Fn(&'static str) -> Option<&'a str>) -> Result<Self, BadSignature> {
        let required = |name| header(name).ok_or(BadSignature::Missing(name));
        Ok(Self {
            id: required(ID_HEADER)?,
            timestamp: required(TIMESTAMP_HEADER)?,
            signature: required(SIGNATURE_HEADER)?,
        })
    }
}

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// A header is missing or is not text.
    #[error("the header {0} is missing or unreadable")]
    Missing(&'static str),
    /// The timestamp is not a number of seconds.
    #[error("webhook-timestamp is not in Unix seconds")]
    NotATime,
    /// Further from our clock than [`TOLERANCE`].
    #[error("webhook-timestamp is more than five minutes from our clock")]
    OutOfTime,
    /// No signature fits the body under any secret of the sender.
    #[error("no signature of webhook-signature agrees with the body")]
    NoMatch,
}

/// Checks that somebody who knows one of `secrets` sent `body` just now.
///
/// # Errors
/// [`BadSignature`] says what is wrong; without secrets nothing is believed.
pub fn verify(
    secrets: &[Secret],
    headers: Headers<'_>,
    body: &[u8],
    now: Instant,
) -> Result<(), BadSignature> {
    let sent_at: i64 = headers.timestamp.parse().map_err(|_| BadSignature::NotATime)?;
    if now.timestamp().abs_diff(sent_at) > TOLERANCE.num_seconds().unsigned_abs() {
        return Err(BadSignature::OutOfTime);
    }
    let offered: Vec<Vec<u8>> = headers
        .signature
        .split(' ')
        .filter_map(|word| BASE64_STANDARD.decode(word.strip_prefix(SIGNATURE_PREFIX)?).ok())
        .collect();
    let believed = secrets.iter().any(|secret| {
        let code = secret.code(headers.id, headers.timestamp, body);
        // in constant time: how long a comparison takes must not tell how much of a forgery was right
        offered.iter().any(|offer| bool::from(offer.ct_eq(code.as_ref())))
    });
    if believed { Ok(()) } else { Err(BadSignature::NoMatch) }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const ID: &str = "0195518b-f1a0-7000-8000-000000000001";
    const SENT_AT_SECS: i64 = 1_772_374_385;
    const BODY: &str = r#"{"type":"stop_payment.requested","holder":"李某"}"#;
    const SECRET: &str = "whsec_bGFuamllIHRlc3Qga2V5LCAzMiBieXRlcyBsb25nLi4=";
    /// Made with Python's own library, independently of this file:
    /// `base64.b64encode(hmac.new(b"lanjie test key, 32 bytes long..", f"{ID}.{SENT_AT_SECS}.{BODY}".encode(), hashlib.sha256).digest())`
    const SIGNATURE: &str = "v1,e7Um7komzlEq+jnifZHzVX6PJW4LSDv1wSK8pR/vVkQ=";

    fn secret() -> Secret {
        Secret::parse(SECRET).unwrap()
    }

    fn other() -> Secret {
        Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()
    }

    fn sent_at() -> Instant {
        DateTime::from_timestamp(SENT_AT_SECS, 0).unwrap()
    }

    fn check(secrets: &[Secret], signature: &str, body: &str, now: Instant) -> Result<(), BadSignature> {
        let headers = Headers { id: ID, timestamp: "1772374385", signature };
        verify(secrets, headers, body.as_bytes(), now)
    }

    #[test]
    fn a_body_is_signed_as_another_implementation_signs_it() {
        assert_eq!(sign(&[secret()], ID, sent_at(), BODY.as_bytes()), SIGNATURE);
        assert_eq!(check(&[secret()], SIGNATURE, BODY, sent_at()), Ok(()));
    }

    #[test]
    fn the_published_example_is_signed_as_published() {
        let at = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let signature = sign(&[other()], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, br#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_changed_body_id_or_secret_is_not_believed() {
        let refused = Err(BadSignature::NoMatch);
        assert_eq!(check(&[secret()], SIGNATURE, &BODY.replace('李', "王"), sent_at()), refused);
        assert_eq!(check(&[other()], SIGNATURE, BODY, sent_at()), refused);
        assert_eq!(check(&[], SIGNATURE, BODY, sent_at()), refused);
        let headers = Headers { id: "another", timestamp: "1772374385", signature: SIGNATURE };
        assert_eq!(verify(&[secret()], headers, BODY.as_bytes(), sent_at()), refused);
    }

    #[test]
    fn a_request_is_fresh_for_five_minutes_either_way() {
        for (away, expected) in [
            (TOLERANCE, Ok(())),
            (-TOLERANCE, Ok(())),
            (TOLERANCE + TimeDelta::seconds(1), Err(BadSignature::OutOfTime)),
            (-TOLERANCE - TimeDelta::seconds(1), Err(BadSignature::OutOfTime)),
        ] {
            assert_eq!(check(&[secret()], SIGNATURE, BODY, sent_at() + away), expected, "{away}");
        }
    }

    #[test]
    fn either_side_can_change_its_secret_first() {
        let both = sign(&[other(), secret()], ID, sent_at(), BODY.as_bytes());
        assert_eq!(check(&[secret()], &both, BODY, sent_at()), Ok(()));
        assert_eq!(check(&[other(), secret()], SIGNATURE, BODY, sent_at()), Ok(()));
    }

    #[test]
    fn signatures_of_another_scheme_are_passed_over() {
        let bare = SIGNATURE.trim_start_matches("v1,");
        assert_eq!(check(&[secret()], bare, BODY, sent_at()), Err(BadSignature::NoMatch));
        let asymmetric = format!("v1a,{bare}");
        assert_eq!(check(&[secret()], &asymmetric, BODY, sent_at()), Err(BadSignature::NoMatch));
        let among_others = format!("{asymmetric} v1,not-base64! v1, {SIGNATURE}");
        assert_eq!(check(&[secret()], &among_others, BODY, sent_at()), Ok(()));
    }

    #[test]
    fn a_missing_header_is_named() {
        let headers = Headers::read(|name| (name != TIMESTAMP_HEADER).then_some("1"));
        assert_eq!(headers.unwrap_err(), BadSignature::Missing(TIMESTAMP_HEADER));
        let headers = Headers::read(|_| Some("yesterday")).unwrap();
        assert_eq!(verify(&[secret()], headers, b"", sent_at()), Err(BadSignature::NotATime));
    }

    #[test]
    fn a_secret_has_its_prefix_and_a_key_of_some_length() {
        for text in
            ["bGFuamllIHRlc3Qga2V5LCAzMiBieXRlcyBsb25nLi4=", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64"]
        {
            assert_eq!(Secret::parse(text), Err(NotSecret), "{text}");
        }
        let key = |bytes: usize| format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(vec![7; bytes]));
        assert!(Secret::parse(&key(64)).is_ok());
        assert!(Secret::parse(&key(65)).is_err());
    }

    #[test]
    fn a_secret_never_prints() {
        assert_eq!(format!("{:?}", secret()), "Secret(****)");
        assert_eq!(format!("{:?}", Secrets::from(vec![secret()])), "Secrets(1 of ****)");
    }

    #[test]
    fn secrets_change_for_everybody_who_holds_them() {
        let ours = Secrets::from(vec![secret()]);
        let held = ours.clone();
        ours.change(Secrets::parse(&format!(" {SECRET}\n{SECRET} ")).unwrap());
        assert_eq!(held.len(), 2);
        ours.change(vec![other()]);
        assert_eq!(check(&held.now(), SIGNATURE, BODY, sent_at()), Err(BadSignature::NoMatch));
        assert_eq!(Secrets::parse(" \n"), Err(NotSecret), "nothing is no secret");
        assert_eq!(Secrets::parse(&format!("{SECRET} hunter2")), Err(NotSecret));
    }
}
