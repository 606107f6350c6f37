//! How one try to reach a person by voice ended.

use crate::words::words;

words! {
    /// The answer a dispatcher gives after hanging up; it drives the plan.
    pub enum ContactOutcome {
        /// 已劝阻：相信并停止转账
        ReachedConvinced = "reached_convinced",
        /// 半信半疑
        ReachedDoubtful = "reached_doubtful",
        /// 拒绝劝阻
        ReachedRefused = "reached_refused",
        /// 无人接听
        NoAnswer = "no_answer",
        /// 占线：很可能正与诈骗分子通话
        Busy = "busy",
        /// 关机
        Off = "off",
        /// 呼叫转移
        Forwarded = "forwarded",
        /// 号码有误
        WrongNumber = "wrong_number",
    }
}
