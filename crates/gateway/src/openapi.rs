//! What the OpenAPI document says beyond its endpoints.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify};

use crate::problem::{FieldFault, ProblemBody};

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
                       passed over. `POST` takes an `Idempotency-Key`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/")),
    security(("token" = [])),
    components(schemas(ProblemBody, FieldFault)),
    modifiers(&BearerToken),
    tags(
        (name = "calls", description = "110 calls"),
        (name = "alerts", description = "Notices of machines"),
        (name = "incidents", description = "One suspected fraud against one person"),
        (name = "contacts", description = "The desk's phone queue"),
        (name = "approvals", description = "What waits for a second person"),
        (name = "stop_payments", description = "Orders to banks"),
        (name = "dispatches", description = "Orders to stations"),
        (name = "call_blocks", description = "Numbers kept from calling"),
        (name = "messages", description = "Warning texts"),
        (name = "live", description = "Events and figures"),
        (name = "rules", description = "Plans and grading"),
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
            (StatusCode::SERVICE_UNAVAILABLE, "The database is away; try again."),
        ])
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
