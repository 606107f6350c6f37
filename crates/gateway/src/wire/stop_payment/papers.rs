//! The papers that change a stop: by which it is let go, frozen, kept frozen and given back.

use domain::stop_payment::{self, FreezeNotice, FreezeTerms, StandingFreeze};
use serde::Serialize;
use utoipa::ToSchema;

use crate::reading::request;
use crate::wire::money::Money;
use crate::wire::spelled::{Note, Reference, Time};
use crate::wire::text::Text;

request! {
    /// Why a stop or a freeze is to be let go. A second person confirms.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = StopPaymentRelease)]
    pub struct Release {
        /// In the asker's words.
        reason: Note,
        /// Of a freeze, which needs one: the notice that lifts it.
        document: Option<Reference>,
        /// Of a freeze: the head who approved.
        approved_by: Option<Reference>,
    }
}

impl Release {
    /// Why, and the notice where one is named.
    #[must_use]
    pub fn into_domain(self) -> (String, Option<FreezeNotice>) {
        let approved_by = self.approved_by.map(Into::into);
        let notice = self.document.map(|document| FreezeNotice {
            document: document.into(),
            approved_by,
            term_months: None,
        });
        (self.reason.into(), notice)
    }
}

request! {
    /// The notice by which a freeze lasts on.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = StopPaymentFreezeExtension)]
    pub struct Extension {
        /// Its number.
        document: Reference,
        /// The head who approved.
        approved_by: Option<Reference>,
        /// 1 to 6 months, 6 where the notice names none; 12 in major cases.
        #[schema(minimum = 1, maximum = 12)]
        term_months: Option<u8>,
    }
}

/// What was expected of a term.
const EXPECTED_MONTHS: &str = "expected 1 to 6 months, or 12 in a major case";

impl Extension {
    /// The notice.
    ///
    /// # Errors
    /// What was expected of the months.
    pub fn into_domain(self) -> Result<FreezeNotice, &'static str> {
        if self.term_months.is_some_and(|months| !FreezeTerms::may_last(months)) {
            return Err(EXPECTED_MONTHS);
        }
        Ok(FreezeNotice {
            document: self.document.into(),
            approved_by: self.approved_by.map(Into::into),
            term_months: self.term_months,
        })
    }
}

request! {
    /// The paper that turns a stop into a freeze.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = StopPaymentFreeze)]
    pub struct Freeze {
        /// The filed case.
        case_number: Reference,
        /// The notice to assist in freezing.
        document: Reference,
        /// The head who approved.
        approved_by: Option<Reference>,
        /// How much the notice names; not given, all that is held.
        amount: Option<Money>,
        /// 1 to 6 months; 12 in major cases.
        #[schema(minimum = 1, maximum = 12)]
        term_months: Option<u8>,
        /// What the freeze covers.
        scope: Option<Reference>,
        /// Whether yield is included.
        includes_yield: Option<bool>,
    }
}

impl Freeze {
    /// The paper.
    ///
    /// # Errors
    /// What was expected of the months.
    pub fn into_domain(self) -> Result<stop_payment::Freeze, &'static str> {
        if self.term_months.is_some_and(|months| !FreezeTerms::may_last(months)) {
            return Err(EXPECTED_MONTHS);
        }
        Ok(stop_payment::Freeze {
            case_number: self.case_number.into(),
            document: self.document.into(),
            terms: FreezeTerms {
                approved_by: self.approved_by.map(Into::into),
                amount: self.amount.map(|money| money.fen()),
                term_months: self.term_months,
                scope: self.scope.map(Into::into),
                includes_yield: self.includes_yield,
            },
        })
    }
}

request! {
    /// Money of a freeze that went back to the victim.
    #[derive(Debug, Clone, PartialEq, Eq, ToSchema)]
    #[schema(as = StopPaymentReturn)]
    pub struct Returned {
        /// How much.
        pub amount: Money,
        /// The bank's serial of the payment.
        pub reference: Reference,
    }
}

/// A freeze, with the paper it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Frozen {
    case_number: String,
    /// The last notice, where it was extended.
    document: String,
    /// Since when.
    frozen_at: Time,
    /// When it ends by itself; it can be extended before that only.
    ends_at: Time,
    /// How often it was extended.
    extensions: u8,
    /// The head who approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<String>,
    /// How much the notice names.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    term_months: Option<u8>,
    /// What it covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    includes_yield: Option<bool>,
}

impl From<&StandingFreeze> for Frozen {
    fn from(freeze: &StandingFreeze) -> Self {
        let stop_payment::Freeze { case_number, document, terms } = freeze.paper.clone();
        Self {
            case_number,
            document,
            frozen_at: Text(freeze.frozen_at),
            ends_at: Text(freeze.ends_at),
            extensions: freeze.extensions,
            approved_by: terms.approved_by,
            amount: terms.amount.map(Into::into),
            term_months: terms.term_months,
            scope: terms.scope,
            includes_yield: terms.includes_yield,
        }
    }
}
