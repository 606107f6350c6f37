//! The kinds of fraud, after the twelve classes of the police case texts (CCL2023-FCC).

use crate::words::words;

words! {
    /// How the fraudster works.
    pub enum ScamType {
        /// 刷单返利
        BrushingRebate = "brushing_rebate",
        /// 虚假网络投资理财
        FakeInvestment = "fake_investment",
        /// 虚假购物服务
        FakeShopping = "fake_shopping",
        /// 冒充电商物流客服
        ImpersonatingCustomerService = "impersonating_customer_service",
        /// 虚假贷款、代办信用卡
        FakeLoan = "fake_loan",
        /// 虚假征信
        FakeCreditRecord = "fake_credit_record",
        /// 冒充领导、熟人
        ImpersonatingAcquaintance = "impersonating_acquaintance",
        /// 冒充公检法及政府机关
        ImpersonatingAuthorities = "impersonating_authorities",
        /// 网络婚恋交友
        Romance = "romance",
        /// 网游产品虚假交易
        GameTrading = "game_trading",
        /// 网黑案件：裸聊敲诈等
        Sextortion = "sextortion",
        /// 冒充军警购物
        ImpersonatingMilitary = "impersonating_military",
        /// 其他类型
        Other = "other",
    }
}

impl ScamType {
    /// The name a person in China reads.
    #[must_use]
    pub fn zh(self) -> &'static str {
        match self {
            Self::BrushingRebate => "刷单返利",
            Self::FakeInvestment => "虚假网络投资理财",
            Self::FakeShopping => "虚假购物服务",
            Self::ImpersonatingCustomerService => "冒充电商物流客服",
            Self::FakeLoan => "虚假贷款、代办信用卡",
            Self::FakeCreditRecord => "虚假征信",
            Self::ImpersonatingAcquaintance => "冒充领导熟人",
            Self::ImpersonatingAuthorities => "冒充公检法及政府机关",
            Self::Romance => "网络婚恋交友",
            Self::GameTrading => "网游产品虚假交易",
            Self::Sextortion => "网络敲诈勒索",
            Self::ImpersonatingMilitary => "冒充军警购物",
            Self::Other => "电信网络",
        }
    }

    /// The name in an English text.
    #[must_use]
    pub fn en(self) -> &'static str {
        match self {
            Self::BrushingRebate => "fake part-time job",
            Self::FakeInvestment => "fake investment",
            Self::FakeShopping => "fake shopping",
            Self::ImpersonatingCustomerService => "fake customer service",
            Self::FakeLoan => "fake loan",
            Self::FakeCreditRecord => "fake credit record",
            Self::ImpersonatingAcquaintance => "impersonation of somebody you know",
            Self::ImpersonatingAuthorities => "impersonation of the police or the courts",
            Self::Romance => "romance",
            Self::GameTrading => "game trading",
            Self::Sextortion => "sextortion",
            Self::ImpersonatingMilitary => "impersonation of the army or the police",
            Self::Other => "telecom and online fraud",
        }
    }
}
