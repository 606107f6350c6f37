//! What the status of an answer means for the text (SMPP 3.4, 5.1.3).

/// What an SMS centre's answer comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It has the part.
    Taken,
    /// It has no room now: the same again in a while.
    Busy,
    /// It cannot serve us now: the part was not taken, another provider may.
    NotNow,
    /// It will not take this text, now or later.
    Refused(&'static str),
}

pub(super) const OK: u32 = 0;
pub(super) const MESSAGE_QUEUE_FULL: u32 = 0x14;
pub(super) const THROTTLED: u32 = 0x58;
/// To a receipt that could not be kept: it is to be told again.
pub(super) const TEMPORARY: u32 = 0x64;
pub(super) const UNKNOWN_COMMAND: u32 = 0x03;

/// What a status means. One that nobody knows is taken for a passing trouble: the text was not taken, and offering it
/// again or elsewhere loses nothing.
pub(super) fn meaning(status: u32) -> Meaning {
    match status {
        OK => Meaning::Taken,
        MESSAGE_QUEUE_FULL | THROTTLED => Meaning::Busy,
        0x01 => Meaning::Refused("the message length is invalid"),
        0x0B | 0x50 | 0x51 => Meaning::Refused("the phone number is invalid"),
        0x43 => Meaning::Refused("the message class is invalid"),
        0x65 => Meaning::Refused("the application refuses it for good"),
        0x66 => Meaning::Refused("the message was rejected"),
        0x101 => Meaning::Refused("the message is prohibited"),
        0x104 => Meaning::Refused("the data coding is invalid"),
        _ => Meaning::NotNow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_wrong_with_the_text_itself_is_refused_for_good() {
        assert_eq!(meaning(OK), Meaning::Taken);
        for busy in [0x14, 0x58] {
            assert_eq!(meaning(busy), Meaning::Busy, "{busy:#x}");
        }
        for refused in [0x01, 0x0B, 0x43, 0x65, 0x66, 0x101] {
            assert!(matches!(meaning(refused), Meaning::Refused(_)), "{refused:#x}");
        }
        // a system error, not bound, our sender's address, a failed submission, a temporary error, a vendor's own
        for passing in [0x08, 0x04, 0x0A, 0x45, 0x64, 0xFF, 0x400] {
            assert_eq!(meaning(passing), Meaning::NotNow, "{passing:#x}");
        }
    }
}
