//! What a text can be read as: not fraud, or one of the kinds of fraud.

use domain::scam_type::ScamType;

/// How many classes there are.
pub const CLASSES: usize = 1 + ScamType::ALL.len();

/// Not fraud, or a kind of fraud.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Class(pub Option<ScamType>);

/// How a corpus calls what is no fraud.
pub const HONEST: &str = "none";

impl Class {
    /// Not fraud.
    pub const HONEST: Self = Self(None);

    /// Not fraud first, then the kinds in the contract's order.
    pub fn all() -> impl Iterator<Item = Self> {
        std::iter::once(Self::HONEST).chain(ScamType::ALL.iter().map(|scam_type| Self(Some(*scam_type))))
    }

    /// Its place among all.
    #[must_use]
    pub fn index(self) -> usize {
        self.0.map_or(0, |scam_type| 1 + scam_type as usize)
    }

    /// The class at a place.
    #[must_use]
    pub fn at(index: usize) -> Self {
        Self(index.checked_sub(1).and_then(|place| ScamType::ALL.get(place)).copied())
    }

    /// `none` or the contract's word.
    ///
    /// # Errors
    /// What would have been understood.
    pub fn parse(word: &str) -> Result<Self, String> {
        if word == HONEST {
            return Ok(Self::HONEST);
        }
        word.parse().map(|scam_type| Self(Some(scam_type))).map_err(|unknown| format!("{unknown}, {HONEST}"))
    }

    /// `none` or the contract's word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.map_or(HONEST, ScamType::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_place_and_its_word() {
        assert_eq!(Class::all().count(), CLASSES);
        for (place, class) in Class::all().enumerate() {
            assert_eq!((class.index(), Class::at(place)), (place, class));
            assert_eq!(Class::parse(class.as_str()), Ok(class));
        }
    }
}
