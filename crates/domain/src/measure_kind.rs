//! The acts that can be ordered for an incident.

use crate::words::words;

words! {
    /// What kind of act a measure (处置措施) is.
    pub enum MeasureKind {
        /// 电话劝阻
        Contact = "contact",
        /// 劝阻短信
        Sms = "sms",
        /// 通话阻断
        CallBlock = "call_block",
        /// 派警、见面劝阻
        Dispatch = "dispatch",
        /// 紧急止付
        StopPayment = "stop_payment",
    }
}
