//! What an outside party is told when its answer is stored.

use serde::Serialize;
use utoipa::ToSchema;

/// Its answer is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Stored {
    /// Whether it changed anything: not when it came before, or when what it is about is finished.
    pub changed: bool,
}
