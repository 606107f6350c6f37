//! Who may do what.

use reqwest::StatusCode;
use tests::{Client, Town};

use super::routes::{ROLES, Route, all};
use super::{NOTHING, STATION};

fn who(town: &Town, role: &str) -> Client {
    match role {
        "dispatcher" => town.dispatcher(),
        "supervisor" => town.supervisor(),
        "station_officer" => town.officer(STATION),
        "source" => town.source(),
        "auditor" => town.auditor(),
        _ => town.admin(),
    }
}

async fn status(client: &Client, route: &Route) -> StatusCode {
    let request = client.request(route.method.clone(), &route.path());
    let request = match &route.body {
        Some(body) => request.json(body),
        None => request,
    };
    // the stream of events has no end: its status is enough
    request.send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_does_anything_without_a_token() {
    let town = Town::start().await;
    for route in all(town.now()) {
        assert_eq!(status(&town.stranger(), &route).await, StatusCode::UNAUTHORIZED, "{}", route.pattern);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_does_its_own_work_and_no_other() {
    let town = Town::start().await;
    for route in all(town.now()) {
        for role in ROLES {
            let refused = status(&who(&town, role), &route).await == StatusCode::FORBIDDEN;
            assert_eq!(refused, !route.roles.contains(&role), "{} {} as {role}", route.method, route.pattern);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_exist_is_not_found() {
    let town = Town::start().await;
    for route in all(town.now()).iter().filter(|route| route.pattern.contains('{')) {
        let client = who(&town, route.roles[0]);
        assert_eq!(status(&client, route).await, StatusCode::NOT_FOUND, "{} {}", route.method, route.pattern);
        let misspelled = Route { method: route.method.clone(), body: route.body.clone(), ..*route };
        let path = misspelled.path().replace(NOTHING, "not-an-id");
        let request = client.request(misspelled.method, &path).json(&misspelled.body);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::NOT_FOUND, "{path}");
    }
}
