//! What closed incidents teach: their texts, with what people found out.

use domain::clock::Instant;
use domain::incident::Outcome;
use store::Store;
use store::lessons::{self, ClosedText};
use text_reading::class::Class;
use text_reading::corpus::Example;

use crate::error::Result;

/// How many texts are gathered at most, the latest first.
const LESSONS_MAX: i64 = 20_000;
/// Under which hand they are counted.
const AUTHOR: &str = "closed incidents";

/// What was gathered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lessons {
    /// The texts with their classes; those of one incident belong together.
    pub examples: Vec<Example>,
    /// Texts of fraud of which nobody had named the kind: nothing is learnt from them.
    pub unnamed: usize,
}

/// Gathers the texts of the incidents that were closed since then.
///
/// # Errors
/// [`crate::Error::Store`] when the database is away.
pub async fn gather_lessons(store: &Store, since: Instant) -> Result<Lessons> {
    let mut db = store.read().await?;
    let closed = lessons::closed_texts(&mut db, since, LESSONS_MAX).await?;
    let mut lessons = Lessons::default();
    for text in closed {
        match class(&text) {
            Some(class) => lessons.examples.push(Example {
                class,
                author: AUTHOR.to_owned(),
                template: Example::template_of(&text.incident_id.to_string()),
                weight: 1.0,
                text: text.text,
            }),
            None => lessons.unnamed += 1,
        }
    }
    Ok(lessons)
}

fn class(closed: &ClosedText) -> Option<Class> {
    match closed.outcome {
        Outcome::NotFraud => Some(Class::HONEST),
        Outcome::Prevented | Outcome::BecameVictim => {
            closed.scam_type.map(|scam_type| Class(Some(scam_type)))
        }
        // what nobody found out, or somebody else did
        Outcome::Unreachable | Outcome::Duplicate | Outcome::HandedOver => None,
    }
}
