//! How each one-string value is spelled on the wire. The names here are [`Text`]s for the fields of bodies
//! and answers; each is also the name of its schema.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta};
use domain::account::{ACCOUNT_CHARS, BANK_CODE_MAX_CHARS};
use domain::clock::Instant;
use domain::person::{ADDRESS_MAX_CHARS, NAME_MAX_CHARS};
use domain::text::{NARRATIVE_MAX_CHARS, NOTE_MAX_CHARS, REFERENCE_MAX_CHARS};
use domain::{account, approval, auto_call, call_block, contact, dispatch, incident, message, stop_payment};
use serde_json::json;
use utoipa::openapi::schema::{KnownFormat, SchemaFormat};
use utoipa::openapi::{ObjectBuilder, Type};

use super::text::{Bounded, Spelled, Text, free_text, string};

/// A note, reason or remark.
pub type Note = Text<Bounded<NOTE_MAX_CHARS>>;
/// A narrative or transcript.
pub type Narrative = Text<Bounded<NARRATIVE_MAX_CHARS>>;
/// Somebody outside, in a word or two.
pub type Party = Text<Bounded<NAME_MAX_CHARS>>;
/// A foreign reference.
pub type Reference = Text<Bounded<REFERENCE_MAX_CHARS>>;

/// The contract's closed lists of words.
macro_rules! words {
    ($($name:ident = $word:ty),+ $(,)?) => {$(
        #[doc = concat!("One of the words of [`", stringify!($word), "`].")]
        pub type $name = Text<$word>;

        impl Spelled for $word {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
                text.parse().map_err(|unknown: domain::words::UnknownWord| unknown.to_string())
            }

            fn to_text(&self) -> Cow<'_, str> {
                self.as_str().into()
            }

            fn describe() -> ObjectBuilder {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|word| word.as_str())))
            }
        }
    )+};
}

words! {
    AccountKind = account::AccountKind,
    AlertKind = domain::alert_kind::AlertKind,
    AnswerEffect = stop_payment::AnswerEffect,
    AppealStatus = domain::appeal::Status,
    ApprovalKind = approval::Kind,
    ApprovalStatus = approval::Status,
    AttemptRequest = domain::measure::Request,
    AttemptResult = domain::measure::AttemptResult,
    AttemptRoute = domain::measure::Route,
    BankAdapter = account::Adapter,
    CallBlockLine = call_block::Line,
    CallBlockStatus = call_block::Status,
    CircuitStatus = domain::circuit::CircuitStatus,
    ContactOutcome = domain::contact_outcome::ContactOutcome,
    ContactRole = contact::Role,
    ContactStatus = contact::Status,
    ContactVerdict = contact::Verdict,
    Datum = domain::coordinates::Datum,
    Desk = dispatch::Desk,
    DispatchStatus = dispatch::Status,
    EvidenceKind = dispatch::EvidenceKind,
    Disposition = domain::alert::Disposition,
    FilingStatus = domain::filing::Status,
    HandOverStatus = domain::hand_over::Status,
    Happening = domain::timeline::Happening,
    AutoCallOutcome = auto_call::Outcome,
    AutoCallStatus = auto_call::Status,
    InstitutionKind = domain::bank_directory::InstitutionKind,
    IncidentOrigin = incident::Origin,
    IncidentOutcome = incident::Outcome,
    IncidentRelation = incident::Relation,
    IncidentStatus = incident::Status,
    ListKind = domain::listed::Kind,
    ListName = domain::listed::List,
    MessageStatus = message::Status,
    MoneyDirection = domain::bank_statement::Direction,
    MoneyFollowed = domain::pursuit::Followed,
    Paper = domain::filing::Paper,
    PaperDebt = domain::filing::Debt,
    PlanAct = domain::plan::ActKind,
    Relation = domain::person::Relation,
    ResultClass = stop_payment::Class,
    ReturnMethod = domain::fund_return::Method,
    ScamType = domain::scam_type::ScamType,
    StepOutcome = domain::plan::StepOutcome,
    StepStatus = domain::plan::StepStatus,
    StopPaymentFact = stop_payment::Fact,
    StopPaymentStatus = stop_payment::Status,
    Tier = domain::tier::Tier,
    TransportClass = stop_payment::TransportClass,
}

/// Ids: UUIDs as text.
macro_rules! ids {
    ($($name:ident),+ $(,)?) => {$(
        #[doc = concat!("See [`domain::id::", stringify!($name), "`].")]
        pub type $name = Text<domain::id::$name>;

        impl Spelled for domain::id::$name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
                text.parse().map_err(|_| "expected a UUID".to_owned())
            }

            fn to_text(&self) -> Cow<'_, str> {
                self.to_string().into()
            }

            fn describe() -> ObjectBuilder {
                string("A UUIDv7.").format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
            }
        }
    )+};
}

ids! {
    AlertId, AppealId, ApprovalId, AssessmentId, AttemptId, CallId, HandOverId, IncidentId, ListedId, MeasureId,
    MoveId, OperatorId, RosterOverrideId
}

/// Values with a `parse` of their own, which says what it expected.
macro_rules! parsed {
    ($($name:ident = $value:ty, shown by $show:ident: $describe:expr),+ $(,)?) => {$(
        #[doc = concat!("See [`", stringify!($value), "`].")]
        pub type $name = Text<$value>;

        impl Spelled for $value {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
                Self::parse(text).map_err(|expected| expected.to_string())
            }

            fn to_text(&self) -> Cow<'_, str> {
                self.$show().into()
            }

            fn describe() -> ObjectBuilder {
                $describe
            }
        }
    )+};
}

parsed! {
    AccountNumber = account::AccountNumber, shown by reveal:
        string("The number of an account, card, order or terminal; spaces are dropped.").pattern(Some(format!(
            "^ *([A-Za-z0-9._@-] *){{{},{}}}$",
            ACCOUNT_CHARS.start(),
            ACCOUNT_CHARS.end()
        ))),
    Address = domain::person::Address, shown by reveal:
        free_text("A postal address.", ADDRESS_MAX_CHARS),
    BankCode = account::BankCode, shown by as_str:
        string("The short code of a bank or payment institution, in either case.")
            .pattern(Some(format!("^[A-Za-z0-9_]{{2,{BANK_CODE_MAX_CHARS}}}$")))
            .examples([json!("ABC")]),
    DivisionCode = domain::station::DivisionCode, shown by as_str:
        string("A district (GB/T 2260).").pattern(Some("^[0-9]{6}$")).examples([json!("150203")]),
    PersonName = domain::person::PersonName, shown by reveal:
        free_text("A name, in any script.", NAME_MAX_CHARS),
    PhoneNumber = domain::person::PhoneNumber, shown by reveal:
        string(
            "A Chinese mobile, landline or service number, or E.164. Spaces, hyphens, parentheses, +86 and \
             0086 are understood; answers have the bare Chinese number or E.164.",
        )
        .pattern(Some(PHONE_PATTERN))
        .examples([json!("13847200001")]),
    ResidentId = domain::person::ResidentId, shown by reveal:
        string("An identity number (GB 11643). A wrong check character is a notice, never a refusal.")
            .pattern(Some("^[0-9]{17}[0-9Xx]$")),
}

/// The numbers the domain reads, written without spaces: mobile, landline, service and foreign ones.
const PHONE_PATTERN: &str = concat!(
    r"^(((\+|00)?86)?1[3-9][0-9]{9}|((\+|00)86)?0[1-9][0-9]{8,10}|",
    r"11[09]|12[02]|12110|12123|12345|12381|100(00|10|86)|9[0-9]{4}|[48]00[0-9]{7}|",
    r"(\+|00)(?!86)[1-9][0-9]{6,14})$"
);

/// See [`domain::station::StationId`]. Whether there is such a station is for the map to say.
pub type StationId = Text<domain::station::StationId>;

/// The longest id of a station, in characters.
const STATION_ID_MAX_CHARS: usize = 32;

impl Spelled for domain::station::StationId {
    fn name() -> Cow<'static, str> {
        "StationId".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        let text = domain::text::bounded(text, STATION_ID_MAX_CHARS).map_err(|error| error.to_string())?;
        Ok(Self::new(&text))
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.as_str().into()
    }

    fn describe() -> ObjectBuilder {
        free_text("The id of a station.", STATION_ID_MAX_CHARS)
    }
}

/// Read with any offset; written in UTC with `Z`, so that texts of one precision sort by time.
pub type Time = Text<Instant>;

impl Spelled for Instant {
    fn name() -> Cow<'static, str> {
        "Time".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        const EXPECTED: &str =
            "expected a time that exists, in RFC 3339 with its offset, such as 2026-03-01T22:13:05+08:00";
        let read = DateTime::parse_from_rfc3339(text).map_err(|_| EXPECTED)?;
        // PostgreSQL keeps microseconds; this also turns a leap second into the next one
        DateTime::from_timestamp_micros(read.timestamp_micros())
            .filter(|instant| (YEAR_2000..YEAR_2100).contains(&instant.timestamp()))
            .ok_or_else(|| "expected a time between the years 2000 and 2100".to_owned())
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
    }

    fn describe() -> ObjectBuilder {
        // not `format: date-time`: whoever makes values from both makes years that are refused
        string("RFC 3339 with an offset, between the years 2000 and 2100; answers are in UTC.")
            .pattern(Some(TIME_PATTERN))
            .examples([json!("2026-03-01T22:13:05+08:00")])
    }
}

const TIME_PATTERN: &str = concat!(
    "^20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))",
    "[Tt ]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
);

/// In Unix seconds. What lies outside is a slip, and would overflow deadlines.
const YEAR_2000: i64 = 946_684_800;
const YEAR_2100: i64 = 4_102_444_800;

/// The earliest time that is ever read or written.
#[must_use]
pub fn earliest() -> Instant {
    Instant::UNIX_EPOCH + TimeDelta::seconds(YEAR_2000)
}

/// A [`Time`] that cannot lie ahead, but for the five minutes that clocks may differ.
pub type PastTime = Text<Past>;

/// How far the clock of whoever reports may be ahead of ours.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(5);

/// A moment that has been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past(pub Instant);

impl Spelled for Past {
    fn name() -> Cow<'static, str> {
        "PastTime".into()
    }

    fn read_text(text: &str, now: Instant) -> Result<Self, String> {
        let read = Instant::read_text(text, now)?;
        if read > now + CLOCKS_DIFFER {
            return Err("must not lie more than five minutes ahead".to_owned());
        }
        Ok(Self(read))
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true).into()
    }

    fn describe() -> ObjectBuilder {
        Instant::describe().description(Some(
            "RFC 3339 with an offset, from the year 2000 to five minutes ahead; answers are in UTC.",
        ))
    }
}

/// A day in China, without a time.
pub type Date = Text<NaiveDate>;

impl Spelled for NaiveDate {
    fn name() -> Cow<'static, str> {
        "Date".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        let read =
            Self::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| (2000..2100).contains(&date.year()));
        // chrono also takes 2026-3-1, which is not how dates sort
        read.filter(|date| date.to_string() == text).ok_or_else(|| {
            "expected a day that exists, such as 2026-03-01, between the years 2000 and 2100".to_owned()
        })
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.to_string().into()
    }

    fn describe() -> ObjectBuilder {
        string("A day, between the years 2000 and 2100.")
            .pattern(Some(
                "^20[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))$",
            ))
            .examples([json!("2026-03-01")])
    }
}

/// SHA-256 in hex.
pub type Sha256 = Text<Hash>;

/// 64 hex digits, in small letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hash(pub String);

impl Spelled for Hash {
    fn name() -> Cow<'static, str> {
        "Sha256".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        let fits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if fits { Ok(Self(text.to_ascii_lowercase())) } else { Err("expected 64 hex digits".to_owned()) }
    }

    fn to_text(&self) -> Cow<'_, str> {
        self.0.as_str().into()
    }

    fn describe() -> ObjectBuilder {
        string("SHA-256, in hex.").pattern(Some("^[0-9A-Fa-f]{64}$"))
    }
}

/// A yes or no in a query, where everything is text.
pub type Flag = Text<bool>;

impl Spelled for bool {
    fn name() -> Cow<'static, str> {
        "Flag".into()
    }

    fn read_text(text: &str, _now: Instant) -> Result<Self, String> {
        text.parse().map_err(|_| "expected true or false".to_owned())
    }

    fn to_text(&self) -> Cow<'_, str> {
        if *self { "true".into() } else { "false".into() }
    }

    fn describe() -> ObjectBuilder {
        ObjectBuilder::new().schema_type(Type::Boolean)
    }
}
