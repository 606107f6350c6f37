//! What the race assumes, as it stands in its file.

use domain::config_text::FileFault;
use serde::Deserialize;

/// Every assumption of the race; the file says what each means and where it comes from.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assumptions {
    /// How many victims.
    pub cases: usize,
    /// What victims do.
    pub(super) victim: Victim,
    /// What mules do.
    pub(super) mule: Mule,
    /// What banks do.
    pub(super) bank: Bank,
    /// The desks that are compared.
    #[serde(rename = "desk")]
    pub desks: Vec<Desk>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Victim {
    pub(super) amount_yuan: Quantiles,
    pub(super) reports_after_secs: Quantiles,
    pub(super) facts_after_secs: Quantiles,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mule {
    pub(super) dwell_secs: Vec<Quantiles>,
    pub(super) cash_out_share: f64,
    pub(super) hops_max: u8,
    pub(super) parts_share: Vec<f64>,
    pub(super) merge_share: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bank {
    pub(super) answer_secs: Quantiles,
    pub(super) silent_share: f64,
}

/// How long orders lie on a desk.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Desk {
    /// What it is called.
    pub name: String,
    /// Before the first order leaves, in seconds.
    pub first_secs: f64,
    /// Before each order that follows the money, in seconds.
    pub next_hop_secs: f64,
}

/// A distribution by its quantiles: rising shares from 0 to 1, each with a positive value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Vec<(f64, f64)>")]
pub(super) struct Quantiles(Vec<(f64, f64)>);

impl TryFrom<Vec<(f64, f64)>> for Quantiles {
    type Error = &'static str;

    fn try_from(points: Vec<(f64, f64)>) -> Result<Self, Self::Error> {
        let rising = points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1);
        let whole = points.first().is_some_and(|first| first.0 == 0.0)
            && points.last().is_some_and(|last| last.0 == 1.0);
        if whole && rising && points.iter().all(|point| point.1 > 0.0 && point.1.is_finite()) {
            Ok(Self(points))
        } else {
            Err("expected rising [share, value] pairs from share 0.0 to 1.0, with values above zero")
        }
    }
}

impl Quantiles {
    /// The value below which `share` of all cases lie.
    pub(super) fn at(&self, share: f64) -> f64 {
        let reached = self.0.partition_point(|point| point.0 < share).clamp(1, self.0.len() - 1);
        let ((from, low), (to, high)) = (self.0[reached - 1], self.0[reached]);
        let way = ((share - from) / (to - from)).clamp(0.0, 1.0);
        low * (high / low).powf(way)
    }
}

impl Assumptions {
    /// Reads the file.
    ///
    /// # Errors
    /// The first fault with its line: an unknown key, quantiles that do not rise, a share outside 0 to 1.
    pub fn parse(file: &str, text: &str) -> Result<Self, FileFault> {
        let fault = |at: usize, cause: &str| FileFault {
            file: file.to_owned(),
            line: 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count(),
            cause: cause.to_owned(),
        };
        let read: Self = toml::from_str(text)
            .map_err(|error| fault(error.span().map_or(0, |span| span.start), error.message()))?;
        let at = |key: &str| text.find(key).unwrap_or_default();
        let is_share = |share: &f64| (0.0..=1.0).contains(share);
        if !is_share(&read.mule.cash_out_share) || !is_share(&read.mule.merge_share) {
            return Err(fault(at("[mule]"), "a share is a number from 0 to 1"));
        }
        if read.mule.dwell_secs.is_empty() {
            return Err(fault(at("dwell_secs"), "expected quantiles for at least the first account"));
        }
        if read.mule.parts_share.is_empty() || !read.mule.parts_share.iter().all(is_share) {
            return Err(fault(at("parts_share"), "expected a share for each number of parts, from one on"));
        }
        // a bank that is never heard would make every desk wait the hour out
        if !(0.0..1.0).contains(&read.bank.silent_share) {
            return Err(fault(at("silent_share"), "expected a share from 0 to below 1"));
        }
        let waits = read.desks.iter().flat_map(|desk| [desk.first_secs, desk.next_hop_secs]);
        if read.desks.is_empty() || !waits.into_iter().all(|secs| secs >= 0.0 && secs.is_finite()) {
            return Err(fault(at("[[desk]]"), "expected at least one desk, with seconds from 0 on"));
        }
        if read.cases == 0 {
            return Err(fault(at("cases"), "expected at least one case"));
        }
        Ok(read)
    }
}
