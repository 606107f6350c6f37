//! How bad an incident is: the tier decides the plan, `urgent` decides who is served first.

use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    /// The level of danger; each has its plan of response.
    pub enum Tier {
        /// 低危
        Low = "low",
        /// 中危
        Medium = "medium",
        /// 高危
        High = "high",
    }
}

/// A tier with its mark of urgency (紧急). Grades are ordered by who is served first: anything urgent
/// goes before anything that is not, hence the order of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Grade {
    /// The subject is likely with the fraudster this moment.
    pub urgent: bool,
    /// The level of danger.
    pub tier: Tier,
}

impl Grade {
    /// The highest grade. What is urgent is always high: no plan below it may serve it.
    pub const URGENT: Self = Self { urgent: true, tier: Tier::High };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgent_goes_before_high_and_high_before_medium() {
        let calm = |tier| Grade { urgent: false, tier };
        assert!(Grade::URGENT > calm(Tier::High));
        assert!(calm(Tier::High) > calm(Tier::Medium));
        assert!(calm(Tier::Medium) > calm(Tier::Low));
    }
}
