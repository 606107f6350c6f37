//! Orders to banks.

use domain::account::BankCode;
use domain::person::PhoneNumber;
use interception::Centre;
use interception::look_up::Recorded;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::wire::stop_payment::{Bank, StopPayment};

mod appeal;
mod correct;
mod deliver_paper;
mod extend_freeze;
mod form;
mod freeze;
mod give_back;
mod list;
mod read;
mod release;
mod renew;
mod transactions;

/// The routes of stop-payments.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(read::read))
        .routes(routes!(correct::correct))
        .routes(routes!(renew::renew))
        .routes(routes!(release::release))
        .routes(routes!(freeze::freeze))
        .routes(routes!(extend_freeze::extend_freeze))
        .routes(routes!(transactions::transactions))
        .routes(routes!(give_back::give_back))
        .routes(routes!(deliver_paper::deliver_paper))
        .routes(routes!(appeal::appeal))
        .routes(routes!(form::form))
}

/// What a person needs to know of a bank that we can reach.
pub(super) fn bank<'a>(centre: &'a Centre, code: &BankCode) -> Option<Bank<'a>> {
    let phone = centre.outside.phone(code).and_then(|phone| PhoneNumber::parse(&phone).ok());
    centre.outside.reaches(code).then(|| Bank { phone, codes: centre.result_codes.of(Some(code)) })
}

/// An order as the contract spells it, in a drill or in earnest.
pub(super) fn spelled(centre: &Centre, order: &Recorded, drill: bool) -> StopPayment {
    StopPayment::of(order, drill, |code| bank(centre, code))
}
