//! The wire form of blocks to a carrier and of its results.

use domain::id::MeasureId;
use domain::text::NOTE_MAX_CHARS;
use serde::Serialize;

use crate::call_block::{Ask, BlockAnswer, BlockRequest, BlockResult};
use crate::event::{Event, moment};
use crate::form::{self, Malformed, measure_id, word};

const RESULT: &str = "call_block.result";
/// Without a result a response is no answer.
pub(super) const DECISIVE: &str = "result";

#[derive(Serialize)]
pub(super) struct BlockData<'a> {
    block_id: MeasureId,
    number: &'a str,
    until: String,
}

pub(super) fn event(request: &BlockRequest) -> Event<BlockData<'_>> {
    Event {
        kind: match request.ask {
            Ask::Block => "call_block.requested",
            Ask::Lift => "call_block.lift_requested",
        },
        timestamp: moment(request.asked_at),
        data: BlockData {
            block_id: request.block_id,
            number: request.number.reveal(),
            until: moment(request.until),
        },
    }
}

pub(super) fn read_result(body: &[u8]) -> Result<BlockResult, Malformed> {
    form::read(body, |form, event| {
        let data = form.data_of(event, RESULT);
        let block_id = form.required(&data.get("block_id"), measure_id);
        let result = form.required(&data.get(DECISIVE), word);
        let remark = form.free_text(&data.get("remark"), NOTE_MAX_CHARS);
        Some(BlockResult { block_id: block_id?, answer: BlockAnswer { result: result?, remark } })
    })
}
