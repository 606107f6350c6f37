//! To whom frozen money is returned (银监发〔2016〕41号): one deposit, deposits that time tells apart, or pro rata.
//!
//! The account is replayed in the order of time. Where an outflow emptied it, what came in before has left and is not
//! in the frozen sum. What came in after the last outflow was never touched: each of those deposits goes back to its
//! victim whole. What the last outflow left of the deposits before it belongs to one victim, or cannot be told apart:
//! then each victim's part is *frozen money × what they paid in ÷ what all of them paid in*.
//!
//! A part is cut to the fen. The fen that are left over go one each to the parts with the largest remainders, of equal
//! ones to the earlier deposit: so the parts add up to the frozen sum exactly, and nobody gets more than they paid in.

use crate::clock::Instant;
use crate::money::Fen;
use crate::words::words;

/// Money a victim paid into the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    /// Whose money it is: any name that tells victims apart.
    pub victim: String,
    /// How much.
    pub amount: Fen,
    /// When the account had it.
    pub at: Instant,
}

/// Money that left the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outflow {
    /// How much.
    pub amount: Fen,
    /// When.
    pub at: Instant,
}

words! {
    /// How a deposit's part was found.
    pub enum Method {
        /// The account holds one victim's money only.
        Direct = "direct",
        /// Time tells the deposit apart: nothing left the account after it.
        ByTime = "by_time",
        /// It is mixed with others' money.
        ProRata = "pro_rata",
        /// An outflow emptied the account after it: nothing of it is left.
        Gone = "gone",
    }
}

/// What becomes of one deposit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The deposit.
    pub deposit: Deposit,
    /// How its part was found.
    pub method: Method,
    /// What goes back of it.
    pub returned: Fen,
}

/// Why nothing can be calculated: the account's history does not hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DoesNotAddUp {
    /// No deposit.
    #[error("there is no deposit to return")]
    NoDeposit,
    /// More left than had come in.
    #[error("more has left the account than was in it: a deposit is missing")]
    Overdrawn {
        /// The outflow, counted from 0 as it was given.
        outflow: usize,
    },
    /// More is frozen than can be there.
    #[error("more is frozen than the deposits left in the account: a deposit is missing")]
    MoreThanThere,
    /// Beyond what is counted.
    #[error("the deposits add up to more than can be counted")]
    TooMuch,
}

/// Divides the frozen sum among the deposits, which come back in the order of time.
///
/// # Errors
/// [`DoesNotAddUp`] where the history cannot be true.
pub fn divide(deposits: Vec<Deposit>, outflows: &[Outflow], frozen: Fen) -> Result<Vec<Part>, DoesNotAddUp> {
    if deposits.is_empty() {
        return Err(DoesNotAddUp::NoDeposit);
    }
    deposits
        .iter()
        .try_fold(Fen::ZERO, |sum, deposit| sum.checked_add(deposit.amount))
        .ok_or(DoesNotAddUp::TooMuch)?;
    let mut deposits = deposits;
    deposits.sort_by_key(|deposit| deposit.at);
    let mut outflows: Vec<(usize, Outflow)> = outflows.iter().copied().enumerate().collect();
    outflows.sort_by_key(|(_, outflow)| outflow.at);

    let (mixed_from, mixed_to, left) = replay(&deposits, &outflows)?;
    let mixed = &deposits[mixed_from..mixed_to];
    let untouched = &deposits[mixed_to..];
    // what each deposit could claim of a whole balance
    let mut claims = vec![Fen::ZERO; mixed_from];
    claims.extend(split(left, &mixed.iter().map(|deposit| deposit.amount).collect::<Vec<_>>()));
    claims.extend(untouched.iter().map(|deposit| deposit.amount));
    let there: Fen = claims.iter().copied().sum();
    if frozen > there {
        return Err(DoesNotAddUp::MoreThanThere);
    }
    let method = methods(&deposits, mixed_from, mixed_to, frozen < there);
    // a stop that caught less than was there caught a part of everybody's
    let returned = if frozen < there { split(frozen, &claims) } else { claims };
    let parts = deposits.into_iter().zip(method).zip(returned);
    Ok(parts.map(|((deposit, method), returned)| Part { deposit, method, returned }).collect())
}

/// Where the deposits begin that are still there, where those begin that no outflow touched, and what the last
/// outflow left. A deposit and an outflow of the same moment cannot be told apart: the outflow counts as later.
fn replay(deposits: &[Deposit], outflows: &[(usize, Outflow)]) -> Result<(usize, usize, Fen), DoesNotAddUp> {
    let (mut first, mut next, mut balance) = (0, 0, Fen::ZERO);
    for (place, outflow) in outflows {
        while let Some(deposit) = deposits.get(next).filter(|deposit| deposit.at <= outflow.at) {
            balance = balance.checked_add(deposit.amount).ok_or(DoesNotAddUp::TooMuch)?;
            next += 1;
        }
        if outflow.amount > balance {
            return Err(DoesNotAddUp::Overdrawn { outflow: *place });
        }
        balance = balance.saturating_sub(outflow.amount);
        if balance == Fen::ZERO {
            first = next;
        }
    }
    Ok((first, next, balance))
}

fn methods(deposits: &[Deposit], mixed_from: usize, mixed_to: usize, in_part: bool) -> Vec<Method> {
    let one_victim = |some: &[Deposit]| some.windows(2).all(|two| two[0].victim == two[1].victim);
    let all_one = one_victim(&deposits[mixed_from..]);
    let mixed_one = one_victim(&deposits[mixed_from..mixed_to]);
    let of = |place: usize| match place {
        place if place < mixed_from => Method::Gone,
        _ if all_one => Method::Direct,
        _ if in_part => Method::ProRata,
        place if place < mixed_to && !mixed_one => Method::ProRata,
        _ => Method::ByTime,
    };
    (0..deposits.len()).map(of).collect()
}

/// Cuts `total` in the proportion of `weights`, to the fen; the parts add up to it exactly, where there is a weight.
#[must_use]
pub fn split(total: Fen, weights: &[Fen]) -> Vec<Fen> {
    let all: i128 = weights.iter().map(|weight| i128::from(weight.fen())).sum();
    if all == 0 {
        return vec![Fen::ZERO; weights.len()];
    }
    let product = |weight: &Fen| i128::from(total.fen()) * i128::from(weight.fen());
    let mut parts: Vec<i128> = weights.iter().map(|weight| product(weight) / all).collect();
    let mut by_remainder: Vec<usize> = (0..weights.len()).collect();
    // stable: of equal remainders the earlier deposit comes first
    by_remainder.sort_by_key(|place| std::cmp::Reverse(product(&weights[*place]) % all));
    let left_over = i128::from(total.fen()) - parts.iter().sum::<i128>();
    for place in by_remainder.into_iter().take(usize::try_from(left_over).unwrap_or(0)) {
        parts[place] += 1;
    }
    // no part is larger than the total, which is a Fen
    parts.into_iter().map(|part| i64::try_from(part).ok().and_then(Fen::new).unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn fen(amount: i64) -> Fen {
        Fen::new(amount).unwrap()
    }

    fn at(minute: i64) -> Instant {
        Instant::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn paid(victim: &str, amount: i64, minute: i64) -> Deposit {
        Deposit { victim: victim.to_owned(), amount: fen(amount), at: at(minute) }
    }

    fn left(amount: i64, minute: i64) -> Outflow {
        Outflow { amount: fen(amount), at: at(minute) }
    }

    fn parts(deposits: &[Deposit], outflows: &[Outflow], frozen: i64) -> Vec<(Method, i64)> {
        let parts = divide(deposits.to_vec(), outflows, fen(frozen)).unwrap();
        parts.iter().map(|part| (part.method, part.returned.fen())).collect()
    }

    #[test]
    fn one_victims_money_goes_straight_back() {
        assert_eq!(parts(&[paid("a", 100, 0)], &[left(40, 1)], 60), [(Method::Direct, 60)]);
        let twice = [paid("a", 100, 0), paid("a", 50, 2)];
        assert_eq!(parts(&twice, &[left(40, 3)], 110), [(Method::Direct, 73), (Method::Direct, 37)]);
    }

    #[test]
    fn time_tells_apart_what_came_in_after_the_last_outflow() {
        let deposits = [paid("a", 100, 0), paid("b", 50, 2)];
        assert_eq!(parts(&deposits, &[left(30, 1)], 120), [(Method::ByTime, 70), (Method::ByTime, 50)]);
        assert_eq!(parts(&deposits, &[left(100, 1)], 50), [(Method::Gone, 0), (Method::Direct, 50)]);
        assert_eq!(parts(&deposits, &[], 150), [(Method::ByTime, 100), (Method::ByTime, 50)]);
        assert_eq!(
            parts(&deposits, &[left(15, 2)], 135),
            [(Method::ProRata, 90), (Method::ProRata, 45)],
            "of the same moment: not told apart"
        );
    }

    #[test]
    fn what_is_mixed_is_shared_by_loss_to_the_fen() {
        let deposits = [paid("a", 100, 0), paid("b", 100, 1), paid("c", 100, 2)];
        assert_eq!(
            parts(&deposits, &[left(200, 3)], 100),
            [(Method::ProRata, 34), (Method::ProRata, 33), (Method::ProRata, 33)],
            "the fen left over goes to the earlier deposit"
        );
        let with_later = [deposits.as_slice(), &[paid("d", 7, 4)]].concat();
        let of_later = parts(&with_later, &[left(200, 3)], 107);
        assert_eq!(of_later[3], (Method::ByTime, 7));
    }

    #[test]
    fn a_stop_that_caught_less_than_was_there_caught_a_part_of_everybodys() {
        let deposits = [paid("a", 100, 0), paid("b", 50, 1)];
        assert_eq!(parts(&deposits, &[], 30), [(Method::ProRata, 20), (Method::ProRata, 10)]);
    }

    #[test]
    fn a_history_that_cannot_be_true_is_refused() {
        let refused = |deposits: &[Deposit], outflows: &[Outflow], frozen| {
            divide(deposits.to_vec(), outflows, fen(frozen)).unwrap_err()
        };
        assert_eq!(refused(&[], &[], 1), DoesNotAddUp::NoDeposit);
        let one = [paid("a", 100, 5)];
        assert_eq!(refused(&one, &[left(1, 6), left(1, 0)], 1), DoesNotAddUp::Overdrawn { outflow: 1 });
        assert_eq!(refused(&one, &[left(1, 6)], 100), DoesNotAddUp::MoreThanThere);
        let most = [paid("a", i64::MAX, 0), paid("b", i64::MAX, 0)];
        assert_eq!(refused(&most, &[], 1), DoesNotAddUp::TooMuch);
    }

    proptest! {
        #[test]
        fn the_parts_add_up_to_the_frozen_sum_and_nobody_gets_more_than_they_paid(
            deposits in prop::collection::vec((0_usize..4, 1_i64..1_000_000, 0_i64..50), 1..12),
            outflows in prop::collection::vec((1_i64..2_000_000, 0_i64..60), 0..8),
            share in 0_i64..=100,
        ) {
            let deposits: Vec<Deposit> =
                deposits.into_iter().map(|(who, amount, minute)| paid(&who.to_string(), amount, minute)).collect();
            let outflows: Vec<Outflow> =
                outflows.into_iter().map(|(amount, minute)| left(amount, minute)).collect();
            let total = |some: &[Fen]| some.iter().map(|amount| amount.fen()).sum::<i64>();
            let paid_in = total(&deposits.iter().map(|deposit| deposit.amount).collect::<Vec<_>>());
            let gone = total(&outflows.iter().map(|outflow| outflow.amount).collect::<Vec<_>>());
            prop_assume!(gone <= paid_in);
            let frozen = (paid_in - gone) * share / 100;
            match divide(deposits.clone(), &outflows, fen(frozen)) {
                Err(refused) => {
                    let overdrawn = matches!(refused, DoesNotAddUp::Overdrawn { .. });
                    prop_assert!(overdrawn);
                }
                Ok(parts) => {
                    let returned = total(&parts.iter().map(|part| part.returned).collect::<Vec<_>>());
                    prop_assert_eq!(returned, frozen);
                    prop_assert!(parts.iter().all(|part| part.returned <= part.deposit.amount));
                    prop_assert!(parts.iter().all(|part| part.method != Method::Gone || part.returned == Fen::ZERO));
                    let times: Vec<Instant> = parts.iter().map(|part| part.deposit.at).collect();
                    prop_assert!(times.is_sorted());
                }
            }
        }

        #[test]
        fn a_sum_is_split_exactly_and_in_proportion(total in 0_i64..1_000_000_000, weights in prop::collection::vec(0_i64..1_000_000, 1..20)) {
            let weights: Vec<Fen> = weights.into_iter().map(fen).collect();
            let all: i64 = weights.iter().map(|weight| weight.fen()).sum();
            prop_assume!(all > 0);
            let parts = split(fen(total), &weights);
            prop_assert_eq!(parts.iter().map(|part| part.fen()).sum::<i64>(), total);
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(total) * i128::from(weight.fen());
                prop_assert!((i128::from(part.fen()) * i128::from(all) - exact).abs() < i128::from(all), "less than a fen off");
            }
        }
    }
}
