//! Spans of time as plans write them: `500ms`, `30s`, `10m`, `2h`, `7d`.

use chrono::TimeDelta;
use serde::{Deserialize, Deserializer, de};

/// The longest span a plan may name.
const LONGEST: TimeDelta = TimeDelta::days(90);

/// A span of time, zero or longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait(pub(super) TimeDelta);

/// The text is no span of time.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a whole number with its unit, such as \"500ms\", \"30s\", \"10m\", \"2h\" or \"7d\", up to \"90d\""
)]
pub(super) struct NotWait;

impl Wait {
    pub(super) fn parse(text: &str) -> Result<Self, NotWait> {
        let unit_at = text.find(|character: char| !character.is_ascii_digit()).ok_or(NotWait)?;
        let (number, unit) = text.split_at(unit_at);
        let millis_per_unit: i64 = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return Err(NotWait),
        };
        number
            .parse::<i64>()
            .ok()
            .and_then(|number| number.checked_mul(millis_per_unit))
            .and_then(TimeDelta::try_milliseconds)
            .filter(|span| *span <= LONGEST)
            .map(Self)
            .ok_or(NotWait)
    }
}

impl<'de> Deserialize<'de> for Wait {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_has_a_number_a_unit_and_a_bound() {
        assert_eq!(Wait::parse("500ms"), Ok(Wait(TimeDelta::milliseconds(500))));
        assert_eq!(Wait::parse("0s"), Ok(Wait(TimeDelta::zero())));
        assert_eq!(Wait::parse("7d"), Ok(Wait(TimeDelta::days(7))));
        for text in ["", "5", "m", "-5m", "1.5h", "5 m", "5min", "91d", "9223372036854775807d"] {
            assert_eq!(Wait::parse(text), Err(NotWait), "{text}");
        }
    }
}
