//! What the OpenAPI document says beyond its endpoints.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema};
use utoipa::{IntoResponses, Modify, ToSchema};

use crate::page::{After, LimitText};
use crate::problem::{FieldFault, ProblemBody};
use crate::wire::spelled;
use crate::wire::text::Text;

/// The document without its endpoints.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(
    info(
        title = "Lanjie",
        description = "Interception of telecom fraud: 110 calls and alerts in; stop-payments, texts, call blocks, \
                       phone contacts and dispatches out.\n\n\
                       Errors are RFC 9457 problems; match on `code`, which is also the last part of `type` \
                       (an identifier, not a page). A 422 names every bad field in `errors`, a query parameter \
                       as `/` and its name. Members and parameters that are not listed here are accepted and \
                       passed over; a parameter without a value is as good as missing. `POST` takes an `Idempotency-Key`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/")),
    security(("token" = [])),
    components(schemas(ProblemBody, FieldFault)),
    modifiers(&BearerToken, &ParameterSchemas),
    tags(
        (name = "calls", description = "110 calls"),
        (name = "alerts", description = "Notices of machines"),
        (name = "incidents", description = "One suspected fraud against one person"),
        (name = "contacts", description = "The desk's phone queue"),
        (name = "approvals", description = "What waits for a second person"),
        (name = "stop_payments", description = "Orders to banks"),
        (name = "dispatches", description = "Orders to stations"),
        (name = "stations", description = "Stations, and who is on duty there"),
        (name = "call_blocks", description = "Numbers kept from calling"),
        (name = "messages", description = "Warning texts"),
        (name = "live", description = "Events and figures"),
        (name = "rules", description = "Plans and grading"),
        (name = "bank_directory", description = "What is known of banks"),
        (name = "webhooks", description = "Answers of banks, carriers, SMS providers and stations"),
    ),
)]
pub struct Frame;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, openapi: &mut OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("token", token);
    }
}

/// utoipa collects the schemas of bodies, not those of parameters: they are listed here.
struct ParameterSchemas;

impl Modify for ParameterSchemas {
    fn modify(&self, openapi: &mut OpenApi) {
        fn of<T: ToSchema>() -> (String, RefOr<Schema>) {
            (T::name().into_owned(), T::schema())
        }
        openapi.components.get_or_insert_default().schemas.extend([
            of::<spelled::AppealId>(),
            of::<spelled::AppealStatus>(),
            of::<spelled::ApprovalId>(),
            of::<spelled::ApprovalStatus>(),
            of::<spelled::BankCode>(),
            of::<spelled::CallBlockStatus>(),
            of::<spelled::CallId>(),
            of::<spelled::ContactStatus>(),
            of::<spelled::Desk>(),
            of::<spelled::DispatchStatus>(),
            of::<spelled::Flag>(),
            of::<spelled::IncidentId>(),
            of::<spelled::IncidentStatus>(),
            of::<spelled::MeasureId>(),
            of::<spelled::MessageStatus>(),
            of::<spelled::Reference>(),
            of::<spelled::StationId>(),
            of::<spelled::StopPaymentStatus>(),
            of::<spelled::Tier>(),
            of::<spelled::Time>(),
            of::<LimitText>(),
            of::<Text<After<()>>>(),
        ]);
    }
}

/// 429, of every endpoint that asks for a token.
const TOO_OFTEN: &str = "More requests than one caller may make; `Retry-After` says when to come back.";

/// The refusals of an endpoint that reads.
#[derive(Debug)]
pub struct ReadRefusals;

impl IntoResponses for ReadRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            (StatusCode::BAD_REQUEST, "The query cannot be parsed."),
            (StatusCode::UNAUTHORIZED, "No token, or one nobody holds."),
            (StatusCode::FORBIDDEN, "Not for this role."),
            (StatusCode::NOT_FOUND, "Unknown, or not for this caller to see."),
            (StatusCode::UNPROCESSABLE_ENTITY, "`errors` names every bad parameter."),
            (StatusCode::TOO_MANY_REQUESTS, TOO_OFTEN),
            (StatusCode::SERVICE_UNAVAILABLE, "The database is away; try again."),
        ])
    }
}

/// The refusals of fetching an export.
#[derive(Debug)]
pub struct ExportRefusals;

impl IntoResponses for ExportRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut refusals = ReadRefusals::responses();
        refusals.extend(self::refusals(&[
            (StatusCode::CONFLICT, "It is not approved."),
            (StatusCode::GONE, "Its 24 hours are over."),
        ]));
        refusals
    }
}

/// The refusals of an endpoint that creates or acts.
#[derive(Debug)]
pub struct WriteRefusals;

impl IntoResponses for WriteRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            (StatusCode::BAD_REQUEST, "The body cannot be parsed."),
            (StatusCode::UNAUTHORIZED, "No token, or one nobody holds."),
            (StatusCode::FORBIDDEN, "Not for this role."),
            (StatusCode::NOT_FOUND, "Unknown, or not for this caller to see."),
            (StatusCode::CONFLICT, "The state forbids it, or the idempotency key came with another body."),
            (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is not JSON."),
            (StatusCode::UNPROCESSABLE_ENTITY, "`errors` names every bad field."),
            (StatusCode::TOO_MANY_REQUESTS, TOO_OFTEN),
            (StatusCode::SERVICE_UNAVAILABLE, "The database is away; try again."),
        ])
    }
}

/// The refusals of an endpoint that takes a configuration file.
#[derive(Debug)]
pub struct FileRefusals;

impl IntoResponses for FileRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            (StatusCode::BAD_REQUEST, "The body is empty or not UTF-8."),
            (StatusCode::UNAUTHORIZED, "No token, or one nobody holds."),
            (StatusCode::FORBIDDEN, "Not for this role."),
            (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body is neither application/toml nor text/plain."),
            (StatusCode::UNPROCESSABLE_ENTITY, "`errors` names every fault with its line; nothing changed."),
            (StatusCode::TOO_MANY_REQUESTS, TOO_OFTEN),
            (StatusCode::SERVICE_UNAVAILABLE, "The database is away; try again."),
        ])
    }
}

/// The refusals of a callback.
#[derive(Debug)]
pub struct CallbackRefusals;

impl IntoResponses for CallbackRefusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        refusals(&[
            (StatusCode::BAD_REQUEST, "The body cannot be parsed; it is kept for a person to see."),
            (
                StatusCode::UNAUTHORIZED,
                "The signature does not fit the body, or is not of these five minutes.",
            ),
            (StatusCode::NOT_FOUND, "No such party, or nothing of that id that was sent to it."),
            (StatusCode::PAYLOAD_TOO_LARGE, "The body is too large."),
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                "`errors` names every bad field; it is kept for a person to see.",
            ),
            (StatusCode::SERVICE_UNAVAILABLE, "The database is away; try again."),
        ])
    }
}

fn refusals(list: &[(StatusCode, &str)]) -> BTreeMap<String, RefOr<Response>> {
    let problem = || ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let describe = |says: &str| {
        ResponseBuilder::new().description(says).content("application/problem+json", problem()).build()
    };
    list.iter().map(|(status, says)| (status.as_str().to_owned(), describe(says).into())).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::Json;
    use axum::extract::FromRef;
    use domain::clock::{Clock, SystemClock};
    use domain::id::IncidentId;
    use serde_json::{Value, json};
    use utoipa::{IntoParams, OpenApi as _};
    use utoipa_axum::router::OpenApiRouter;
    use utoipa_axum::routes;

    use super::*;
    use crate::access::{Allowed, DeskOfficer, TokenHolders};
    use crate::body::Body;
    use crate::parameters::{Path, Query};
    use crate::reading::request;
    use crate::wire::incident::NoteBody;
    use crate::wire::timeline::Entry;

    request! {
        #[derive(IntoParams)]
        #[into_params(parameter_in = Query)]
        struct Filter {
            /// Of this tier only.
            tier: Option<spelled::Tier>,
            /// How many.
            limit: Option<LimitText>,
        }
    }

    /// Writes something down
    #[utoipa::path(
        post, path = "/v1/incidents/{id}/notes", tag = "incidents",
        params(("id" = spelled::IncidentId, Path), Filter), request_body = NoteBody,
        responses((status = 201, description = "Written down.", body = Entry), WriteRefusals),
    )]
    async fn add_note(
        Allowed(_officer): Allowed<DeskOfficer>,
        Path(_id): Path<IncidentId>,
        Query(filter): Query<Filter>,
        _body: Body<NoteBody>,
    ) -> Json<Option<Entry>> {
        let _ = (filter.tier, filter.limit);
        Json(None)
    }

    #[derive(Clone)]
    struct Desk;

    impl FromRef<Desk> for TokenHolders {
        fn from_ref(_: &Desk) -> Self {
            Self::new(|_, _| Box::pin(async { Ok(None) }))
        }
    }

    impl FromRef<Desk> for Arc<dyn Clock> {
        fn from_ref(_: &Desk) -> Self {
            Arc::new(SystemClock)
        }
    }

    #[test]
    fn an_endpoint_is_described_with_its_token_its_parameters_and_its_refusals() {
        let routes = OpenApiRouter::<Desk>::with_openapi(Frame::openapi()).routes(routes!(add_note));
        let (_, document) = routes.split_for_parts();
        let document: Value = serde_json::to_value(document).unwrap();
        let endpoint = &document["paths"]["/v1/incidents/{id}/notes"]["post"];
        let statuses: Vec<_> = endpoint["responses"].as_object().unwrap().keys().collect();
        assert_eq!(statuses, ["201", "400", "401", "403", "404", "409", "413", "415", "422", "429", "503"]);
        let problem = &endpoint["responses"]["422"]["content"]["application/problem+json"]["schema"];
        assert_eq!(problem, &json!({"$ref": "#/components/schemas/Problem"}));
        assert_eq!(document["security"], json!([{"token": []}]));
        assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
        let parameters: Vec<_> =
            endpoint["parameters"].as_array().unwrap().iter().map(|one| &one["in"]).collect();
        assert_eq!(parameters, ["path", "query", "query"]);
        for schema in [
            "Problem",
            "FieldFault",
            "IncidentNote",
            "TimelineEntry",
            "Tier",
            "Limit",
            "IncidentId",
            "TextUpTo2000",
        ] {
            assert!(document["components"]["schemas"].get(schema).is_some(), "{schema}");
        }
    }
}
