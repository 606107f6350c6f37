//! `POST /v1/stop-payments/{id}/transactions`: a bank has sent what left the account.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use interception::follow_money::follow_transactions;

use super::spelled;
use crate::access::{Allowed, DeskOfficer};
use crate::acting::{Acting, Refusal, answer};
use crate::app::App;
use crate::body::Body;
use crate::openapi::WriteRefusals;
use crate::parameters::Path;
use crate::wire::bank_statement::{FollowedTransactions, Statement};
use crate::wire::spelled::MeasureId;

/// Follow a list of transactions
///
/// For the list of an account's transactions that its bank sent by other ways. What left the account after the
/// victim's money came in becomes the next hops' orders at once, as the transfers that a bank names in its answer do;
/// what is known already is passed over, so that a list may be sent again.
#[utoipa::path(post, path = "/v1/stop-payments/{id}/transactions", tag = "stop_payments",
    params(("id" = MeasureId, Path)), request_body = Statement,
    responses((status = OK, description = "What was made of it.", body = FollowedTransactions), WriteRefusals))]
pub(super) async fn transactions(
    State(app): State<App>,
    Allowed(officer): Allowed<DeskOfficer>,
    Path(id): Path<domain::id::MeasureId>,
    acting: Acting,
    body: Body<Statement>,
) -> Result<Response, Refusal> {
    let mut act = acting.begin(&app, &officer.operator, &body.digest).await?;
    let statement: Vec<domain::bank_statement::Transaction> = body.value.into();
    let (moves, orders) = follow_transactions(&mut act, id, &statement).await?;
    let followed = FollowedTransactions {
        transfers: moves.iter().map(Into::into).collect(),
        stop_payments: orders.iter().map(|order| spelled(&app.centre, order, act.is_drill())).collect(),
    };
    answer(act, StatusCode::OK, &followed).await
}
