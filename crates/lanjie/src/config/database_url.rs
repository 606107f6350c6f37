//! The address of the database, which holds its password.

use std::fmt;

use reqwest::Url;

/// The address of a PostgreSQL database. It prints without password and options.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let scheme = Url::parse(text).ok()?.scheme().to_owned();
        matches!(scheme.as_str(), "postgres" | "postgresql").then(|| Self(text.to_owned()))
    }

    /// The whole address.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// `postgres://lanjie:****@db.example:5432/lanjie`
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(mut url) = Url::parse(&self.0) else {
            return f.write_str("postgres://****");
        };
        url.set_query(None);
        url.set_fragment(None);
        if url.password().is_some() && url.set_password(Some("****")).is_err() {
            return f.write_str("postgres://****");
        }
        f.write_str(url.as_str())
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}
