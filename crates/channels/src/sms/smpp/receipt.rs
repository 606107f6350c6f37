//! What a delivery receipt says (SMPP 3.4, appendix B): the form in words, which vendors vary, and the parameters
//! 0x001E and 0x0427, which go before it.

use domain::message::{PartReceipt, Receipt};

/// What an SMS centre tells of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// Its end.
    Final(PartReceipt),
    /// It is on its way, or nobody knows: a later receipt will tell.
    NotYet,
}

/// Reads a receipt's words, `id:... stat:DELIVRD err:000 text:...`; `id` and `state` are the parameters that came with
/// it. `None`: it is no receipt.
pub(super) fn read(words: &str, id: Option<&str>, state: Option<u8>) -> Option<News> {
    let id = id.or_else(|| field(words, "id:"))?;
    let stat = field(words, "stat:").map(str::to_ascii_uppercase);
    let stat = stat.or_else(|| state.map(|state| word_of(state).to_owned()))?;
    let Some(receipt) = meaning(&stat) else { return Some(News::NotYet) };
    let error = field(words, "err:").filter(|error| error.bytes().any(|digit| digit != b'0'));
    let code = error.map_or_else(|| stat.clone(), |error| format!("{stat} {error}"));
    Some(News::Final(PartReceipt { provider_ref: id.to_owned(), receipt, code: Some(code) }))
}

/// The value behind a label, up to the next space. What follows `text:` is the beginning of the text itself and is
/// not looked at.
fn field<'a>(words: &'a str, label: &str) -> Option<&'a str> {
    // ASCII lowering leaves every offset where it is
    let lower = words.to_ascii_lowercase();
    let end = lower.find("text:").unwrap_or(lower.len());
    let at =
        lower[..end].match_indices(label).find(|(at, _)| *at == 0 || lower.as_bytes()[at - 1] == b' ')?.0;
    let value = words[at + label.len()..end].trim_start();
    value.split_ascii_whitespace().next()
}

/// What a status word means; vendors shorten them to seven letters or write them out.
fn meaning(stat: &str) -> Option<Receipt> {
    match stat {
        _ if stat.starts_with("DELIV") => Some(Receipt::Delivered),
        "EXPIRED" | "DELETED" => Some(Receipt::Failed),
        _ if ["UNDELIV", "REJECT"].iter().any(|word| stat.starts_with(word)) => Some(Receipt::Failed),
        // ENROUTE, ACCEPTD, UNKNOWN and whatever else: not the end
        _ => None,
    }
}

/// The word for a `message_state` (SMPP 3.4, 5.2.28).
fn word_of(state: u8) -> &'static str {
    match state {
        1 => "ENROUTE",
        2 => "DELIVRD",
        3 => "EXPIRED",
        4 => "DELETED",
        5 => "UNDELIV",
        6 => "ACCEPTD",
        8 => "REJECTD",
        _ => "UNKNOWN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &str = "id:0123456789 sub:001 dlvrd:001 submit date:2603012213 done date:2603012214 stat:DELIVRD \
                         err:000 text:stat:EXPIRED id:9";

    fn told(words: &str, id: Option<&str>, state: Option<u8>) -> Option<(String, Receipt, String)> {
        match read(words, id, state)? {
            News::Final(told) => Some((told.provider_ref, told.receipt, told.code?)),
            News::NotYet => None,
        }
    }

    #[test]
    fn the_usual_words_are_read_and_the_text_behind_them_is_not() {
        assert_eq!(
            told(USUAL, None, None),
            Some(("0123456789".to_owned(), Receipt::Delivered, "DELIVRD".to_owned()))
        );
    }

    #[test]
    fn every_final_state_is_told_with_the_networks_error() {
        for (stat, receipt) in [
            ("DELIVRD", Receipt::Delivered),
            ("DELIVERED", Receipt::Delivered),
            ("EXPIRED", Receipt::Failed),
            ("DELETED", Receipt::Failed),
            ("UNDELIV", Receipt::Failed),
            ("REJECTD", Receipt::Failed),
        ] {
            let words = format!("Id:7f3c-11 Stat:{stat} Err:01B");
            assert_eq!(
                told(&words, None, None),
                Some(("7f3c-11".to_owned(), receipt, format!("{stat} 01B")))
            );
        }
    }

    #[test]
    fn what_is_on_its_way_is_not_the_end() {
        for stat in ["ENROUTE", "ACCEPTD", "UNKNOWN", "BUFFERED"] {
            assert_eq!(read(&format!("id:1 stat:{stat}"), None, None), Some(News::NotYet), "{stat}");
        }
    }

    #[test]
    fn the_parameters_stand_alone_and_their_id_goes_first() {
        assert_eq!(told("", Some("A1"), Some(2)).unwrap().1, Receipt::Delivered);
        assert_eq!(told("", Some("A1"), Some(8)).unwrap().2, "REJECTD");
        assert_eq!(read("", Some("A1"), Some(1)), Some(News::NotYet));
        assert_eq!(told("id:161 stat:UNDELIV err:000", Some("A1"), None).unwrap().0, "A1");
    }

    #[test]
    fn a_text_from_a_phone_is_no_receipt() {
        for words in ["", "TD", "我不需要", "paid:1 bastat:2", "id: stat:", "text:id:1 stat:DELIVRD"] {
            assert_eq!(read(words, None, None), None, "{words}");
        }
    }
}
