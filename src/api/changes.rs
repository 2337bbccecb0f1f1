//! `/changes`: what was recorded, and a stream of what is being recorded.

use super::body::Body;
use super::offers::{Pages, Tagged};
use super::{App, Caller, Refusal, away, reply};
use crate::domain::ChangeQuery;
use crate::service::Event;
use crate::service::changes::ChangeList;
use crate::service::earlier::{EarlierState, MadeAgain, make_again};
use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::response::sse::{self, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use utoipa::IntoParams;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// Entries of later revisions only.
    #[serde(default)]
    #[param(minimum = 0)]
    since: i64,
    collection: Option<String>,
    id: Option<String>,
    #[param(minimum = 1)]
    limit: Option<usize>,
}

#[utoipa::path(
    get, path = "/changes", summary = "The change log",
    params(Pages, Since, Tagged),
    responses((status = 200, body = ChangeList)),
)]
pub(super) async fn list(State(app): State<App>, caller: Caller, Query(query): Query<Since>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let query =
            ChangeQuery { since: query.since, until: None, collection: query.collection, id: query.id, limit: query.limit.unwrap_or(100).min(1000) };
        let list = app.planner.changes(city, &caller.viewer, &query)?;
        reply::document(caller.form, &list, app.tag(city).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

#[utoipa::path(
    post, path = "/changes:restore", summary = "Give a row the values that an entry of the log left it with, as a change of its own",
    request_body = EarlierState,
    responses((status = 200, body = MadeAgain)),
)]
pub(super) async fn restore(State(app): State<App>, caller: Caller, Body(wanted): Body<EarlierState>) -> Result<Json<MadeAgain>, Refusal> {
    caller.viewer.signed_in()?;
    caller.may_write()?;
    away(move || make_again(&app.planner, &caller.viewer, &wanted).map(Json)).await
}

/// `change` for each commit; `reload` to a listener that fell behind, which then reads everything anew.
#[utoipa::path(
    get, path = "/changes/stream", summary = "Changes as they happen",
    responses(
        (
            status = 200,
            body = String,
            description = "events `change` with what changed, and `reload` to a listener that fell behind",
            content_type = "text/event-stream",
        ),
    ),
)]
pub(super) async fn stream(State(app): State<App>, caller: Caller) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let (events, planner) = (app.planner.listen(), app.planner.clone());
    let heard = move |event: Event| event.heard_by(&caller.viewer, &planner.city());
    Sse::new(told(events, move || app.planner.city().revision, heard)).keep_alive(KeepAlive::default())
}

fn told(events: Receiver<Event>, head: impl Fn() -> i64, heard: impl Fn(Event) -> Event) -> impl Stream<Item = Result<sse::Event, Infallible>> {
    unfold((events, head, heard, false), |(mut events, head, heard, greeted)| async move {
        if !greeted {
            // Something at once, so that the listener knows the stream stands.
            return Some((Ok(sse::Event::default().comment("listening")), (events, head, heard, true)));
        }
        let event = match events.recv().await {
            Ok(event) => sse::Event::default().event("change").data(serde_json::to_string(&heard(event)).unwrap_or_default()),
            Err(RecvError::Lagged(_)) => {
                // What waits is part of what will be read anew: only commits from here on are news.
                events = events.resubscribe();
                sse::Event::default().event("reload").data(json!({ "revision": head() }).to_string())
            }
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), (events, head, heard, true)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    #[tokio::test]
    async fn who_fell_behind_is_told_to_reload_and_then_hears_the_news() {
        let (sender, receiver) = tokio::sync::broadcast::channel(4);
        let tell = |revision| sender.send(Event { revision, collection: "unit".to_owned(), ids: Vec::new() }).unwrap();
        let body = Sse::new(told(receiver, || 9, |event| event)).into_response().into_body();
        (1..=9).for_each(|revision| assert_eq!(tell(revision), 1));
        let mut parts = body.into_data_stream();
        let mut heard = Vec::new();
        for part in 0..3 {
            if part == 2 {
                tell(10);
            }
            let bytes = futures_util::StreamExt::next(&mut parts).await.unwrap().unwrap();
            heard.push(String::from_utf8(bytes.to_vec()).unwrap());
        }
        assert!(heard[0].contains("listening"));
        assert_eq!(heard[1], "event: reload\ndata: {\"revision\":9}\n\n");
        assert!(heard[2].starts_with("event: change\ndata: {\"revision\":10,"), "{}", heard[2]);
    }
}
