//! Lists, a page at a time: `?limit=&after=` and `{"items":[...],"next":"cursor"|null}`.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::clock::Instant;
use domain::id::{AppealId, ApprovalId, IncidentId, MeasureId};
use interception::look_up::ContactPlace;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;
use utoipa::openapi::{ObjectBuilder, Type};

use crate::wire::text::{Spelled, Text, string};

/// The most items of a page.
pub const LIMIT_MAX: usize = 200;
/// The items of a page where nobody says otherwise.
pub const LIMIT_DEFAULT: usize = 50;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page<T> {
    /// In the order of the list.
    items: Vec<T>,
    /// Send it as `after` for the next page; null on the last one.
    next: Option<String>,
}

impl<T> Page<T> {
    /// A list that is short enough to be one page.
    #[must_use]
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// The page of the first `limit` of `found`, which was asked for one item more than that: so the last
    /// page is known without counting.
    #[must_use]
    pub fn of<F, K: Serialize + DeserializeOwned>(
        mut found: Vec<F>,
        Limit(limit): Limit,
        key: impl Fn(&F) -> K,
        item: impl Fn(F) -> T,
    ) -> Self {
        let goes_on = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| goes_on).map(|last| After(key(last)).to_text().into_owned());
        Self { items: found.into_iter().map(item).collect(), next }
    }
}

/// How many items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(pub usize);

/// The parameter `limit`.
pub type LimitText = Text<Limit>;

impl Default for Limit {
    fn default() -> Self {
        Self(LIMIT_DEFAULT)
    }
}

impl Limit {
    /// How many to ask the database for: one more than wanted, see [`Page::of`].
    #[must_use]
    pub fn and_one_more(self) -> i64 {
        i64::try_from(self.0).unwrap_or(i64::MAX).saturating_add(1)
    }
}

/// What the parameter says, or the default.
#[must_use]
pub fn limit(given: Option<LimitText>) -> Limit {
    given.map(|Text(limit)| limit).unwrap_or_default()
}

impl Spelled for Limit {
    fn name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        let limit = text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit));
        limit.map(Self).ok_or_else(|| format!("expected a whole number from 1 to {LIMIT_MAX}"))
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.0.to_string().into()
    }

    fn describe() -> ObjectBuilder {
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(LIMIT_MAX))
            .default(Some(LIMIT_DEFAULT.into()))
    }
}

/// The key of the last item of a page, opaque to the client: base64url of its JSON. A cursor somebody made
/// up is at worst a place in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After<K>(pub K);

/// Behind this appeal.
pub type AfterAppeal = Text<After<AppealId>>;
/// Behind this approval.
pub type AfterApproval = Text<After<ApprovalId>>;
/// Behind this place in the phone queue.
pub type AfterContact = Text<After<ContactPlace>>;
/// Behind this incident.
pub type AfterIncident = Text<After<IncidentId>>;
/// Behind this measure.
pub type AfterMeasure = Text<After<MeasureId>>;

impl<K: Serialize + DeserializeOwned> Spelled for After<K> {
    fn name() -> Cow<'static, str> {
        "Cursor".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        let json = URL_SAFE_NO_PAD.decode(text).ok();
        let key = json.and_then(|json| serde_json::from_slice(&json).ok());
        key.map(Self).ok_or_else(|| "expected the `next` of a page of this list".to_owned())
    }

    fn to_text(&self) -> Cow<'_, str> {
        let key = serde_json::json!(self.0);
        URL_SAFE_NO_PAD.encode(key.to_string()).into()
    }

    fn describe() -> ObjectBuilder {
        string("The `next` of the page before.").pattern(Some("^[A-Za-z0-9_-]+$"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Cursor = After<(bool, u64)>;

    #[test]
    fn a_page_names_its_next_one_only_where_there_is_more() {
        let found = vec![9, 8, 7];
        let page = Page::of(found.clone(), Limit(2), |n| *n, |n| n);
        assert_eq!(page.items, [9, 8]);
        let next = page.next.unwrap();
        assert_eq!(After::read_text(&next, Instant::UNIX_EPOCH), Ok(After(8)));
        assert_eq!(Page::of(found, Limit(3), |n| *n, |n| n).next, None);
    }

    #[test]
    fn a_limit_outside_its_bounds_is_refused() {
        for (text, limit) in
            [("1", Some(1)), ("200", Some(200)), ("0", None), ("201", None), ("-1", None), ("ten", None)]
        {
            assert_eq!(Limit::read_text(text, Instant::UNIX_EPOCH).ok(), limit.map(Limit), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_cursor_that_was_made_up_is_refused_or_a_place_in_the_list(text in ".*") {
            let _ = Cursor::read_text(&text, Instant::UNIX_EPOCH);
        }

        #[test]
        fn a_cursor_is_read_back(urgent: bool, place: u64) {
            let text = After((urgent, place)).to_text().into_owned();
            prop_assert_eq!(Cursor::read_text(&text, Instant::UNIX_EPOCH), Ok(After((urgent, place))));
        }
    }
}
