//! `PUT /v1/bank-directory`: an administrator changes what is known of banks.

use axum::Json;
use axum::extract::State;
use interception::Act;
use interception::bank_directory::{NotLoaded, load_bank_directory, take_up};

use crate::access::{Admin, Allowed};
use crate::app::App;
use crate::body::FileText;
use crate::openapi::FileRefusals;
use crate::problem::{FieldFault, Problem};
use crate::wire::bank_directory::BankDirectory;

/// Load a bank directory
///
/// The body is the file, as in `config/banks/directory.toml`. It replaces the whole directory in every process within
/// a second, without a restart; each version is kept. A file with a fault changes nothing, and every fault is named
/// with its line.
#[utoipa::path(put, path = "/v1/bank-directory", tag = "bank_directory",
    request_body(content = String, content_type = "application/toml"),
    responses((status = OK, description = "The directory in use.", body = BankDirectory), FileRefusals))]
pub(super) async fn load(
    State(app): State<App>,
    Allowed(admin): Allowed<Admin>,
    FileText(text): FileText,
) -> Result<Json<BankDirectory>, Problem> {
    let mut act = Act::begin(&app.centre, &admin.operator, None).await?;
    load_bank_directory(&mut act, &text).await?;
    act.commit().await?;
    take_up(&app.centre).await?;
    let outside = &app.centre.outside;
    Ok(Json(BankDirectory::of(&outside.directory.in_use(), |code| outside.reaches(code))))
}

impl From<NotLoaded> for Problem {
    fn from(not_loaded: NotLoaded) -> Self {
        match not_loaded {
            // the whole body is the field
            NotLoaded::Faults(faults) => Self::invalid(
                faults
                    .into_iter()
                    .map(|fault| FieldFault {
                        pointer: String::new(),
                        detail: format!("line {}: {}", fault.line, fault.cause),
                    })
                    .collect(),
            ),
            NotLoaded::Error(error) => error.into(),
        }
    }
}
