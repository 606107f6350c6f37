//! `GET /v1/events`: the timelines as they grow.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::operator::Operator;
use futures::Stream;
use futures::stream::unfold;
use interception::Work;
use interception::look_up::{self, Place};

use crate::access::{Allowed, Onlooker};
use crate::app::App;
use crate::openapi::ReadRefusals;
use crate::problem::Problem;
use crate::wire::timeline::Entry;

/// How many lines are read at a time.
const PAGE: i64 = 500;
/// How often a line without meaning shows a proxy that the stream lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Stream events
///
/// Server-sent events: one for each line that is added to a timeline the caller may see. `event` is what happened,
/// `data` a TimelineEntry. With the `id` of the last one as `Last-Event-ID` the stream goes on behind it and nothing
/// is lost; without, it begins now.
#[utoipa::path(get, path = "/v1/events", tag = "live",
    params(("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was seen.")),
    responses((status = OK, description = "The stream.", body = String, content_type = "text/event-stream"),
        ReadRefusals))]
pub(super) async fn events(
    State(app): State<App>,
    Allowed(onlooker): Allowed<Onlooker>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let place =
        match headers.get("last-event-id") {
            Some(id) => id.to_str().ok().and_then(read_place).ok_or_else(|| {
                Problem::unreadable("Last-Event-ID is not the id of an event of this stream")
            })?,
            None => look_up::end_of_events(&app.centre).await?,
        };
    let tail = Tail { app, operator: onlooker.operator, place, read: VecDeque::new() };
    let stream = unfold(tail, async |mut tail| tail.next().await.map(|event| (Ok(event), tail)));
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// One caller's way along the stream.
struct Tail {
    app: App,
    operator: Operator,
    /// Behind the last line that was read.
    place: Place,
    read: VecDeque<look_up::Event>,
}

impl Tail {
    /// The next line, however long it takes; `None` when the service stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.read.pop_front() {
                return Some(spelled(event));
            }
            match look_up::events_behind(&self.app.centre, &self.operator, self.place, PAGE).await {
                Ok(found) => {
                    if let Some(last) = found.last() {
                        self.place = last.place;
                        self.read = found.into();
                        continue;
                    }
                }
                Err(error) => tracing::warn!(%error, "events cannot be read now"),
            }
            // a line also becomes visible when an older transaction ends, of which there is no notice: the wait is short
            tokio::select! {
                () = self.app.stop.cancelled() => return None,
                () = self.app.notices.wait(Work::Events) => {}
            }
        }
    }
}

fn spelled(event: look_up::Event) -> Event {
    let id = format!("{}-{}", event.place.txid, event.place.seq);
    let spelled = Event::default().id(id).event(event.entry.happening.as_str());
    spelled.data(serde_json::json!(Entry::of(event.entry, event.drill)).to_string())
}

fn read_place(id: &str) -> Option<Place> {
    let (txid, seq) = id.split_once('-')?;
    let (txid, seq) = (txid.parse().ok()?, seq.parse().ok()?);
    (txid >= 0).then_some(Place { txid, seq })
}
