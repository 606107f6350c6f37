//! Numbers, addresses and masks as one token each.

use super::{Read, Token};

/// What an anonymised text writes for what was taken out.
const MASKS: [(&str, Token); 18] = [
    ("URL", Token::Url),
    ("DIGIT", Token::Number),
    ("NUMBER", Token::Number),
    ("CELLPHONE", Token::Phone),
    ("PHONE", Token::Phone),
    ("TELEPHONE", Token::Phone),
    ("HOTLINE", Token::Hotline),
    ("MONEY", Token::Money),
    ("AMOUNT", Token::Money),
    ("BANK", Token::Account),
    ("CARD", Token::Account),
    ("DATE", Token::Time),
    ("TIME", Token::Time),
    ("NAME", Token::Masked),
    ("PLACE", Token::Masked),
    ("PERSON", Token::Masked),
    ("ADDRESS", Token::Masked),
    ("EMAIL", Token::Masked),
];

/// Endings of web addresses that are written without `http`.
const ENDINGS: [&str; 32] = [
    "com", "cn", "net", "org", "top", "xyz", "cc", "vip", "club", "shop", "info", "me", "tv", "site",
    "online", "link", "ltd", "pub", "im", "io", "co", "hk", "us", "app", "live", "icu", "win", "wang", "fun",
    "ink", "asia", "la",
];

/// Digits of a mobile number.
const MOBILE_DIGITS: usize = 11;
/// Digits of a card or an account, at least.
const ACCOUNT_DIGITS: usize = 12;

/// Units after which a number is a sum of money or a time.
const MONEY_UNITS: [char; 5] = ['元', '块', '万', '圆', '佰'];
const TIME_UNITS: [char; 8] = ['年', '月', '日', '号', '时', '点', '分', '秒'];

/// Replaces numbers, addresses and masks, puts letters into lower case, and leaves out whatever is neither letter,
/// digit nor character.
pub(super) fn tokens(plain: &[Read]) -> Vec<Read> {
    let mut tokens = Vec::with_capacity(plain.len());
    let mut place = 0;
    while let Some(read) = plain.get(place) {
        let length = match read.character {
            character if character.is_ascii_alphanumeric() => {
                let run = address_run(plain, place);
                if is_address(&run) {
                    push(&mut tokens, Token::Url, plain, place, run.len())
                } else if character.is_ascii_digit() {
                    number(&mut tokens, plain, place)
                } else {
                    word(&mut tokens, plain, place)
                }
            }
            '*' if starred(plain, place) > 1 => {
                let length = starred(plain, place);
                push(&mut tokens, Token::Masked, plain, place, length)
            }
            '+' if plain
                .get(place + 1)
                .is_some_and(|next| matches!(next.character, 'v' | 'V' | 'q' | 'Q' | '微' | '薇')) =>
            {
                tokens.push(Read { character: '加', ..*read });
                1
            }
            character if character.is_alphabetic() => {
                tokens.extend(character.to_lowercase().map(|character| Read { character, ..*read }));
                1
            }
            _ => 1,
        };
        place += length;
    }
    tokens
}

fn push(tokens: &mut Vec<Read>, token: Token, plain: &[Read], place: usize, length: usize) -> usize {
    let last = plain.get(place + length - 1).or(plain.last());
    if let (Some(first), Some(last)) = (plain.get(place), last) {
        tokens.push(Read { character: token.letter(), from: first.from, to: last.to });
    }
    length.max(1)
}

/// What could be an address from here on.
fn address_run(plain: &[Read], place: usize) -> String {
    let fits = |character: &char| character.is_ascii_alphanumeric() || "./:_-?=&%#~".contains(*character);
    let run: String = plain.iter().skip(place).map(|read| read.character).take_while(fits).collect();
    run.trim_end_matches(['.', ':', '-', '?', '~']).to_owned()
}

fn is_address(run: &str) -> bool {
    if run.starts_with("URL") && run.len() > 3 {
        return true;
    }
    let Some(dot) = run.find('.') else { return false };
    let lower = run.to_ascii_lowercase();
    if lower.starts_with("http") || lower.starts_with("www.") {
        return true;
    }
    let host = lower.split(['/', '?', ':']).next().unwrap_or_default();
    let ending = host.rsplit('.').next().unwrap_or_default();
    dot > 0 && host.bytes().any(|byte| byte.is_ascii_alphabetic()) && ENDINGS.contains(&ending)
}

fn starred(plain: &[Read], place: usize) -> usize {
    plain.iter().skip(place).take_while(|read| read.character == '*').count()
}

/// A number with its separators, and what it is by its shape and what stands around it.
fn number(tokens: &mut Vec<Read>, plain: &[Read], place: usize) -> usize {
    let at = |place: usize| plain.get(place).map(|read| read.character);
    let digit = |place: usize| at(place).is_some_and(|character| character.is_ascii_digit());
    let mut length = 1;
    let mut digits = 1;
    loop {
        let end = place + length;
        let masked = at(end) == Some('*') || (matches!(at(end), Some('x' | 'X')) && digits > 1);
        if digit(end) || masked {
            digits += 1;
            length += 1;
        } else if matches!(at(end), Some(',' | '.' | ':' | '-' | '/')) && digit(end + 1) {
            length += 2;
            digits += 1;
        } else {
            break;
        }
    }
    let written: String = (place..place + length).filter_map(at).collect();
    let before = place.checked_sub(1).and_then(at);
    let mut after = (place + length..).map_while(at).filter(|character| !character.is_whitespace());
    let after = after.next();
    let whole = !written.contains(['.', ',', ':']);
    let token = if after == Some('%') {
        Token::Percent
    } else if matches!(before, Some('¥' | '￥' | '$'))
        || after.is_some_and(|unit| MONEY_UNITS.contains(&unit))
    {
        Token::Money
    } else if written.contains(':') || after.is_some_and(|unit| TIME_UNITS.contains(&unit)) {
        Token::Time
    } else if whole && digits >= ACCOUNT_DIGITS {
        Token::Account
    } else if whole && digits == MOBILE_DIGITS && written.starts_with('1')
        || written.starts_with('0') && digits >= 10
    {
        Token::Phone
    } else if is_hotline(&written, digits) {
        Token::Hotline
    } else if written.contains('-') && digits >= 6 {
        Token::Time
    } else {
        Token::Number
    };
    push(tokens, token, plain, place, length)
}

fn is_hotline(written: &str, digits: usize) -> bool {
    let short = (5..=6).contains(&digits)
        && ["95", "96", "100", "123", "118", "12"].iter().any(|head| written.starts_with(head));
    let national = digits == 10 && ["400", "800"].iter().any(|head| written.starts_with(head));
    (short && !written.contains(['.', ',', ':'])) || national || written == "110"
}

fn word(tokens: &mut Vec<Read>, plain: &[Read], place: usize) -> usize {
    let letters: Vec<char> =
        plain.iter().skip(place).map(|read| read.character).take_while(char::is_ascii_alphabetic).collect();
    let written: String = letters.iter().collect();
    if let Some((_, token)) = MASKS.iter().find(|(mask, _)| *mask == written) {
        let money = *token == Token::Number
            && plain
                .iter()
                .skip(place + letters.len())
                .map(|read| read.character)
                .find(|character| !character.is_whitespace())
                .is_some_and(|unit| MONEY_UNITS.contains(&unit));
        let token = if money { Token::Money } else { *token };
        return push(tokens, token, plain, place, letters.len());
    }
    if letters.len() > 1 && letters.iter().all(|letter| matches!(letter, 'x' | 'X')) {
        return push(tokens, Token::Masked, plain, place, letters.len());
    }
    for read in plain.iter().skip(place).take(letters.len()) {
        tokens.push(Read { character: read.character.to_ascii_lowercase(), ..*read });
    }
    letters.len()
}
