//! Sets of whole numbers as ranges: what a condition demands of one signal, and what can be said about it
//! without any alert.

/// Disjoint ranges, both ends inclusive, in their order and never touching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ranges(Vec<(i64, i64)>);

impl Ranges {
    /// From `least` to `most`; none where `least` is greater.
    pub(super) fn between(least: i64, most: i64) -> Self {
        Self(if least <= most { vec![(least, most)] } else { vec![] })
    }

    /// One number.
    pub(super) fn only(number: i64) -> Self {
        Self::between(number, number)
    }

    /// These numbers.
    pub(super) fn of(numbers: &[i64]) -> Self {
        numbers.iter().fold(Self(vec![]), |all, number| all.union(&Self::only(*number)))
    }

    pub(super) fn contains(&self, number: i64) -> bool {
        self.0.iter().any(|(least, most)| *least <= number && number <= *most)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        let pairs = self.0.iter().flat_map(|one| other.0.iter().map(move |two| (one, two)));
        let met = pairs.map(|(one, two)| (one.0.max(two.0), one.1.min(two.1)));
        Self::joined(met.filter(|(least, most)| least <= most).collect())
    }

    fn union(&self, other: &Self) -> Self {
        Self::joined(self.0.iter().chain(&other.0).copied().collect())
    }

    /// Everything else.
    pub(super) fn complement(&self) -> Self {
        let mut rest = Vec::new();
        let mut from = Some(i64::MIN);
        for (least, most) in &self.0 {
            if let Some(from) = from.filter(|from| from < least) {
                rest.push((from, least - 1));
            }
            from = most.checked_add(1);
        }
        rest.extend(from.map(|from| (from, i64::MAX)));
        Self(rest)
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.intersection(other) == *self
    }

    fn joined(mut ranges: Vec<(i64, i64)>) -> Self {
        ranges.sort_unstable();
        let mut joined: Vec<(i64, i64)> = Vec::new();
        for (least, most) in ranges {
            match joined.last_mut() {
                Some(last) if least <= last.1.saturating_add(1) => last.1 = last.1.max(most),
                _ => joined.push((least, most)),
            }
        }
        Self(joined)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ranges() -> impl Strategy<Value = Ranges> {
        proptest::collection::vec((-20_i64..20, 0_i64..6), 0..5).prop_map(|pairs| {
            Ranges::joined(pairs.into_iter().map(|(least, more)| (least, least + more)).collect())
        })
    }

    proptest! {
        #[test]
        fn ranges_are_sets(one in ranges(), two in ranges(), number in -30_i64..30) {
            let (in_one, in_two) = (one.contains(number), two.contains(number));
            prop_assert_eq!(one.intersection(&two).contains(number), in_one && in_two);
            prop_assert_eq!(one.union(&two).contains(number), in_one || in_two);
            prop_assert_eq!(one.complement().contains(number), !in_one);
            prop_assert_eq!(one.complement().complement(), one.clone());
            prop_assert!(!one.is_within(&two) || !in_one || in_two);
        }
    }
}
