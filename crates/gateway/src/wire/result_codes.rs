//! The tables of result codes.

use domain::stop_payment;
use serde::Serialize;
use utoipa::ToSchema;

use super::spelled::{ResultClass, TransportClass};
use super::text::Text;

/// What a bank's codes mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultCodes {
    /// The four-digit codes of banks and payment institutions.
    codes: Vec<ResultCode>,
    /// The six-digit codes of the transport below them.
    transport: Vec<TransportCode>,
}

/// One code of a bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResultCode {
    /// Four digits.
    code: String,
    class: ResultClass,
    zh: String,
    en: String,
    /// What the desk does next.
    next: Option<String>,
}

/// One code of the transport.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TransportCode {
    /// Six digits.
    code: String,
    class: TransportClass,
    zh: String,
    en: String,
}

impl From<&stop_payment::ResultCodes> for ResultCodes {
    fn from(table: &stop_payment::ResultCodes) -> Self {
        let code =
            |(code, listed): (&stop_payment::ResultCode, stop_payment::Listed<stop_payment::Class>)| {
                ResultCode {
                    code: code.to_string(),
                    class: Text(listed.class),
                    zh: listed.zh,
                    en: listed.en,
                    next: listed.next,
                }
            };
        let transport =
            |(code, listed): (&str, &stop_payment::Listed<stop_payment::TransportClass>)| TransportCode {
                code: code.to_owned(),
                class: Text(listed.class),
                zh: listed.zh.clone(),
                en: listed.en.clone(),
            };
        Self {
            codes: table.iter().map(code).collect(),
            transport: table.transport().map(transport).collect(),
        }
    }
}
