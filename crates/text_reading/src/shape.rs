//! The shape of a text: what it holds, who signs it, whether it is a notice, a report or a conversation.

use crate::normal::{Normal, Token};

/// Up to how many characters a text belongs to each class of length.
const LENGTHS: [usize; 6] = [12, 30, 70, 150, 400, 1_200];

/// A signature in 【】 is at most this long.
const SIGNATURE_MAX_CHARS: usize = 16;

/// Who signs a text, by a word of the signature.
const SIGNERS: [(u32, &[&str]); 8] = [
    (1, &["银行", "信用社", "信用卡", "农信", "信用卡中心"]),
    (2, &["移动", "联通", "电信", "铁塔", "广电"]),
    (
        3,
        &[
            "公安",
            "反诈",
            "派出所",
            "法院",
            "检察",
            "政府",
            "税务",
            "社保",
            "人社",
            "医保",
            "市监",
            "交警",
            "应急",
            "气象",
            "卫健",
            "教育局",
            "公积金",
        ],
    ),
    (
        4,
        &[
            "快递",
            "速递",
            "速运",
            "顺丰",
            "中通",
            "圆通",
            "申通",
            "韵达",
            "极兔",
            "菜鸟",
            "驿站",
            "丰巢",
            "邮政",
            "物流",
            "京东快",
        ],
    ),
    (
        5,
        &[
            "淘宝",
            "天猫",
            "京东",
            "拼多多",
            "唯品会",
            "苏宁",
            "美团",
            "饿了么",
            "支付宝",
            "微信",
            "抖音",
            "快手",
            "小红书",
            "得物",
            "闲鱼",
        ],
    ),
    (
        6,
        &[
            "医院",
            "学校",
            "大学",
            "中学",
            "小学",
            "幼儿园",
            "学院",
            "物业",
            "供电",
            "电力",
            "燃气",
            "水务",
            "自来水",
            "国家电网",
        ],
    ),
    (7, &["保险", "人寿", "平安", "太平洋", "证券", "基金", "金融", "消费", "贷", "借"]),
    (8, &["航空", "铁路", "12306", "携程", "去哪儿", "飞猪", "同程", "滴滴", "高德", "酒店"]),
];

/// Traits of the shape, numbered; the numbers stand in stored models.
pub(crate) fn of(normal: &Normal) -> Vec<u32> {
    let count = |token: Token| normal.read.iter().filter(|read| read.character == token.letter()).count();
    let mut traits = Vec::new();
    let length = normal.read.len();
    traits.push(LENGTHS.iter().position(|most| length <= *most).unwrap_or(LENGTHS.len()) as u32);
    let tokens = [
        (10, Token::Url),
        (11, Token::Phone),
        (12, Token::Hotline),
        (13, Token::Money),
        (14, Token::Time),
        (15, Token::Account),
        (16, Token::Number),
        (17, Token::Percent),
        (18, Token::Masked),
    ];
    for (number, token) in tokens {
        match count(token) {
            0 => {}
            1 => traits.push(number),
            2..=3 => traits.extend([number, number + 10]),
            _ => traits.extend([number, number + 10, number + 20]),
        }
    }
    match signature(&normal.original) {
        None => traits.push(50),
        Some(signature) => {
            let signer = SIGNERS.iter().find(|(_, words)| words.iter().any(|word| signature.contains(word)));
            traits.push(51);
            traits.push(signer.map_or(60, |(number, _)| 60 + number));
        }
    }
    let colons = normal.original.iter().filter(|character| matches!(character, ':' | '：')).count();
    let lines = normal.original.iter().filter(|character| **character == '\n').count();
    if colons >= 4 && (lines >= 3 || length > 80) {
        traits.push(70);
    }
    let punctuation =
        normal.original.iter().filter(|character| "，。！？；、,.!?;".contains(**character)).count();
    if punctuation == 0 && length > 20 {
        traits.push(71);
    }
    let odd = normal.original.len().saturating_sub(length + punctuation);
    if odd * 4 > normal.original.len() {
        traits.push(72);
    }
    traits
}

/// What stands in 【】 at the beginning or the end.
fn signature(original: &[char]) -> Option<String> {
    let opens = original.iter().position(|character| matches!(character, '【' | '['))?;
    let length = original.get(opens + 1..)?.iter().position(|character| matches!(character, '】' | ']'))?;
    let signed = opens == 0 || opens + length + 4 >= original.len();
    let signature = original.get(opens + 1..opens + 1 + length)?;
    (signed && length <= SIGNATURE_MAX_CHARS).then(|| signature.iter().collect())
}
