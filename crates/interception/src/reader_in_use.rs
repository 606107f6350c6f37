//! What reads texts in this process: another one can take its place while it works.

use std::sync::{Arc, PoisonError, RwLock};

use domain::text_reading::TextReading;
use text_reading::TextReader;

/// What reads texts now.
#[derive(Debug, Clone)]
pub struct ReaderInUse(Arc<RwLock<Arc<TextReader>>>);

impl ReaderInUse {
    /// The first one.
    #[must_use]
    pub fn new(reader: Arc<TextReader>) -> Self {
        Self(Arc::new(RwLock::new(reader)))
    }

    /// The one of this moment.
    #[must_use]
    pub fn present(&self) -> Arc<TextReader> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the reader of this moment makes of a text.
    #[must_use]
    pub fn read(&self, text: &str) -> TextReading {
        self.present().read(text)
    }

    /// The next one reads from now on.
    pub fn take_up(&self, next: Arc<TextReader>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = next;
    }
}
