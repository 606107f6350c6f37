//! What is asked of an order that stands: to let it go, to freeze it by a paper, to freeze it longer, to give back.

use domain::stop_payment;
use domain::stop_payment::{FreezeNotice, FreezeTerms};
use utoipa::ToSchema;

use crate::reading::request;
use crate::wire::money::Money;
use crate::wire::spelled::{Note, Reference};

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
