//! What a story has expected so far. Everything the world remembers must have been expected by the end.

use std::fmt::Debug;
use std::sync::Mutex;

/// Things that were expected, each as often as it may happen.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    texts: Mutex<Vec<String>>,
    holds: Mutex<Vec<String>>,
    blocks: Mutex<Vec<String>>,
    patrols: Mutex<Vec<String>>,
    auto_calls: Mutex<Vec<String>>,
}

/// What can be expected.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Thing {
    Text,
    Hold,
    Block,
    Patrol,
    AutoCall,
}

impl Expected {
    fn of(&self, thing: Thing) -> &Mutex<Vec<String>> {
        match thing {
            Thing::Text => &self.texts,
            Thing::Hold => &self.holds,
            Thing::Block => &self.blocks,
            Thing::Patrol => &self.patrols,
            Thing::AutoCall => &self.auto_calls,
        }
    }

    /// Notes that one more of these was expected, after making sure that so many did happen.
    #[track_caller]
    pub(crate) fn expect(&self, thing: Thing, what: &str, happened: &[String]) {
        let mut expected = self.of(thing).lock().expect("no test panicked here");
        expected.push(what.to_owned());
        let wanted = expected.iter().filter(|other| *other == what).count();
        let found = happened.iter().filter(|other| *other == what).count();
        assert!(
            found >= wanted,
            "expected {wanted} {thing:?} for {what}; the world remembers {found}: {happened:?}"
        );
    }

    /// Fails for everything that happened and was not expected.
    #[track_caller]
    pub(crate) fn nothing_else(&self, thing: Thing, happened: &[impl AsRef<str> + Debug]) {
        let mut expected = self.of(thing).lock().expect("no test panicked here").clone();
        for what in happened {
            match expected.iter().position(|other| other == what.as_ref()) {
                Some(place) => drop(expected.swap_remove(place)),
                None => panic!("nobody expected this {thing:?}: {what:?}"),
            }
        }
    }
}
