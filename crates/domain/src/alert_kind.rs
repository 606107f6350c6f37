//! What a machine saw.

use crate::words::words;

words! {
    /// The channel by which the fraudster reached the subject, as the source saw it.
    pub enum AlertKind {
        /// 涉诈电话
        Call = "call",
        /// 涉诈短信
        Sms = "sms",
        /// 涉诈应用
        App = "app",
        /// 涉诈网址
        Url = "url",
        /// 资金预警：向涉案账户转账
        Funds = "funds",
    }
}
