//! `GET /v1/contacts`: whom to dial next.

use axum::Json;
use axum::extract::State;
use interception::look_up::{self, ContactFilter};
use utoipa::IntoParams;

use crate::access::{Allowed, Reader};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::page::{After, AfterContact, LimitText, Page, limit};
use crate::parameters::Query;
use crate::problem::Problem;
use crate::reading::request;
use crate::wire::contact::Contact;
use crate::wire::spelled::{ContactStatus, Flag, IncidentId};
use crate::wire::text::Text;

request! {
    /// Which contacts.
    #[derive(Debug, IntoParams)]
    #[into_params(parameter_in = Query)]
    pub(super) struct Filter {
        /// In this status only. A claim that has run out is `pending` again.
        status: Option<ContactStatus>,
        /// Those the caller has claimed.
        mine: Option<Flag>,
        /// Those that nobody has claimed within the time that the plan gives, or all others.
        overdue: Option<Flag>,
        /// Of this incident only.
        incident: Option<IncidentId>,
        /// How many.
        limit: Option<LimitText>,
        /// The `next` of the page before.
        after: Option<AfterContact>,
    }
}

/// List the phone queue
///
/// Most urgent first, of the same a subject before a relative, then by `due_at`: the first `pending` one is to be
/// dialled next. Calls by machines are not among them until they need a person.
#[utoipa::path(get, path = "/v1/contacts", tag = "contacts", params(Filter),
    responses((status = OK, description = "One page.", body = Page<Contact>), ReadRefusals))]
pub(super) async fn list(
    State(app): State<App>,
    Allowed(reader): Allowed<Reader>,
    Query(query): Query<Filter>,
) -> Result<Json<Page<Contact>>, Problem> {
    let filter = ContactFilter {
        status: query.status.map(|Text(status)| status),
        claimed_by: query.mine.filter(|Text(mine)| *mine).map(|_| reader.operator.id),
        overdue: query.overdue.map(|Text(overdue)| overdue),
        incident: query.incident.map(|Text(id)| id),
        after: query.after.map(|Text(After(place))| place),
        ..ContactFilter::default()
    };
    let (limit, now) = (limit(query.limit), app.centre.now());
    let found = look_up::contacts(&app.centre, &filter, limit.and_one_more()).await?;
    let place = |queued: &look_up::Queued| (queued.rank, queued.contact.due_at, queued.contact.id);
    Ok(Json(Page::of(found, limit, place, |queued| {
        Contact::at(&queued.contact, queued.grade, queued.drill, now)
    })))
}
