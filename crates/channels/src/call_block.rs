//! Telling a carrier to keep a number from calling (通话阻断), or to set it free.

pub mod carrier_webhook;

use domain::call_block::CarrierResult;
use domain::clock::Instant;
use domain::id::MeasureId;
use domain::person::PhoneNumber;

/// What a carrier is asked about one block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockRequest {
    /// The same on every try of the same request.
    pub message_id: String,
    /// When the request was decided; the same on every try.
    pub asked_at: Instant,
    /// What is wanted.
    pub ask: Ask,
    /// The block.
    pub block_id: MeasureId,
    /// The number to block or set free.
    pub number: PhoneNumber,
    /// When the carrier ends the block by itself, should it never hear from us again.
    pub until: Instant,
}

/// What is wanted of the carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Block the number.
    Block,
    /// End the block.
    Lift,
}

/// What the carrier did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockAnswer {
    /// In the contract's words.
    pub result: CarrierResult,
    /// Free text of the carrier.
    pub remark: Option<String>,
}

/// A carrier's answer with the block it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockResult {
    /// The block.
    pub block_id: MeasureId,
    /// The answer.
    pub answer: BlockAnswer,
}
