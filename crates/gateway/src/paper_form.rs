//! The order on paper (紧急止付申请表): a page of A4 that is printed, sealed and faxed when the bank does not answer.
//!
//! It holds the fields of the stop message as far as they are known, and empty lines for what only a hand can fill:
//! signatures, the second officer, the head, the seal. It loads nothing and runs nothing.

use std::fmt::Write;

use domain::account::{Account, AccountKind};
use domain::clock::{Instant, at_the_glass};
use domain::stop_payment::MAX_ROUNDS;
use interception::look_up::OnPaper;
use interception::{Bank, Organisation};

/// Everything that stands on the page.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The order with its incident.
    pub paper: &'a OnPaper,
    /// Its bank, where we know it.
    pub bank: Option<&'a Bank>,
    /// Who orders.
    pub organisation: &'a Organisation,
    /// When it is printed.
    pub now: Instant,
}

const HEAD: &str = r#"<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>紧急止付申请表</title><style>
@page{size:A4;margin:18mm}
body{font:12pt/1.5 SimSun,"Noto Serif CJK SC",serif;color:#000;max-width:174mm;margin:0 auto}
h1{font-size:18pt;text-align:center;margin:0 0 4mm}
table{width:100%;border-collapse:collapse;margin-bottom:4mm}
th,td{border:1px solid #000;padding:1.5mm 2mm;text-align:left;vertical-align:top}
th{width:34mm;font-weight:normal;background:#f2f2f2}
.urgent{font-size:14pt;font-weight:bold;text-align:center;border:2px solid #000;padding:2mm;margin-bottom:4mm}
.seal{height:38mm}
.note{font-size:9.5pt}
</style></head><body>
"#;

/// Writes the page.
#[must_use]
pub fn page(facts: &Facts<'_>) -> String {
    let OnPaper { order, ordered_by, incident, case_number } = facts.paper;
    let transfer = &order.transfer;
    let mut page = HEAD.to_owned();
    let bank = facts.bank.map_or("", |bank| bank.name.as_str());
    let phone = facts.bank.and_then(|bank| bank.phone.as_deref()).unwrap_or("");
    let _ = writeln!(
        page,
        "<h1>紧急止付申请表</h1>\n<p class=\"urgent\">特急　致：{}　24小时联系电话：{}</p>",
        escape(bank),
        escape(phone)
    );
    if incident.drill {
        page.push_str("<p class=\"urgent\">演练　不得发送　不具效力</p>\n");
    }
    let kind = if order.corrects_id.is_some() { "更正后重新申请" } else { "首次申请" };
    table(
        &mut page,
        &[
            ("申请编号", order.id.to_string()),
            ("申请类型", kind.to_owned()),
            ("案件编号", case_number.clone().unwrap_or_default()),
            ("案件类别", incident.scam_type.map(|kind| format!("{}诈骗", kind.zh())).unwrap_or_default()),
            ("紧急程度", "特急".to_owned()),
            ("警情编号", incident.id.to_string()),
        ],
    );
    let payee = transfer.payee.as_ref();
    table(
        &mut page,
        &[
            (
                "止付银行（机构）",
                format!(
                    "{bank} {}",
                    payee.and_then(|account| account.bank_code.as_ref()).map_or("", |code| code.as_str())
                ),
            ),
            ("止付账户类别", payee.map(|account| kind_zh(account.kind).to_owned()).unwrap_or_default()),
            ("止付账户户名", holder(payee)),
            ("止付账户账号", number(payee)),
            ("申请止付金额", transfer.amount.map(|amount| format!("人民币 {amount} 元")).unwrap_or_default()),
            ("止付期限", format!("自银行止付时起48小时（第{}次，共{MAX_ROUNDS}次）", order.round)),
        ],
    );
    let payer = transfer.payer.as_ref();
    table(
        &mut page,
        &[
            (
                "转出银行",
                payer
                    .and_then(|account| account.bank_code.as_ref())
                    .map(|code| code.as_str().to_owned())
                    .unwrap_or_default(),
            ),
            ("转出账户户名", holder(payer)),
            ("转出账户账号", number(payer)),
            ("转账时间", transfer.transferred_at.map(moment).unwrap_or_default()),
            ("转账渠道", transfer.channel.clone().unwrap_or_default()),
            ("交易流水号", transfer.reference.clone().unwrap_or_default()),
        ],
    );
    table(
        &mut page,
        &[
            ("申请事由", "被害人报警称遭受电信网络诈骗，资金已转入上述账户，请立即止付。".to_owned()),
            ("申请机关", format!("{}（{}）", facts.organisation.operator, facts.organisation.code)),
            ("申请时间", moment(order.created_at)),
            ("经办民警", format!("{ordered_by}　证件号：　　　　　　电话：　　　　　　签名：")),
            ("协办民警", "姓名：　　　　　证件号：　　　　　　签名：".to_owned()),
            ("负责人审批", "签名：　　　　　　　　日期：　　　年　　月　　日".to_owned()),
        ],
    );
    let _ = writeln!(
        page,
        "<table><tr><th>申请机关（盖章）</th><td class=\"seal\"></td><th>银行回执（盖章）</th><td class=\"seal\">\
         止付金额：<br>止付时间：<br>账户余额：<br>经办人及电话：</td></tr></table>\n\
         <p class=\"note\">核对户名、账号、金额、时间四项，一致即止付，不一致不得止付。先行止付，法律文书后补。打印时间：{}。</p>\n</body></html>",
        moment(facts.now)
    );
    page
}

fn table(page: &mut String, rows: &[(&str, String)]) {
    page.push_str("<table>\n");
    for pair in rows.chunks(2) {
        page.push_str("<tr>");
        for (name, value) in pair {
            let _ = write!(page, "<th>{name}</th><td>{}</td>", escape(value));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</table>\n");
}

fn holder(account: Option<&Account>) -> String {
    account
        .and_then(|account| account.holder.as_ref())
        .map(|name| name.reveal().to_owned())
        .unwrap_or_default()
}

fn number(account: Option<&Account>) -> String {
    account
        .and_then(|account| account.number.as_ref())
        .map(|number| number.reveal().to_owned())
        .unwrap_or_default()
}

fn kind_zh(kind: AccountKind) -> &'static str {
    match kind {
        AccountKind::BankCard => "银行卡",
        AccountKind::BankAccount => "银行账户",
        AccountKind::PaymentAccount => "支付账户",
        AccountKind::OrderNumber => "支付订单号",
        AccountKind::PosSerial => "POS流水号",
    }
}

fn moment(at: Instant) -> String {
    at_the_glass(at).format("%Y年%m月%d日 %H:%M:%S").to_string()
}

/// What people wrote stays text: no character of it is markup.
fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut safe, character| {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
        safe
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_text_and_never_markup() {
        assert_eq!(escape("<b>\"李&'"), "&lt;b&gt;&quot;李&amp;&#39;");
        let mut page = String::new();
        table(&mut page, &[("户名", "<script>alert(1)</script>".to_owned())]);
        assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    }
}
