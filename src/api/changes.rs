//! `/changes`: what was recorded, and a stream of what is being recorded.

use super::{App, Caller, Refusal, reply};
use crate::domain::ChangeQuery;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use serde_json::json;
use std::convert::Infallible;
use tokio::sync::broadcast::error::RecvError;

#[derive(Deserialize)]
pub(super) struct Since {
    #[serde(default)]
    since: i64,
    collection: Option<String>,
    id: Option<String>,
    limit: Option<usize>,
}

pub(super) async fn list(State(app): State<App>, caller: Caller, Query(query): Query<Since>) -> Result<Response, Refusal> {
    app.read(move |app, city| {
        let query = ChangeQuery { since: query.since, collection: query.collection, id: query.id, limit: query.limit.unwrap_or(100).min(1000) };
        let list = app.planner.changes(city, &caller.viewer, &query)?;
        reply::document(caller.form, &list, app.tag(city).seen_by(&caller.viewer).formed(caller.form, ""))
    })
    .await
}

/// `change` for each commit; `reload` to a listener that fell behind, which then reads everything anew.
pub(super) async fn stream(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = unfold((app.planner.listen(), app, false), |(mut events, app, greeted)| async move {
        if !greeted {
            // Something at once, so that the listener knows the stream stands.
            return Some((Ok(Event::default().comment("listening")), (events, app, true)));
        }
        let event = match events.recv().await {
            Ok(event) => Event::default().event("change").data(serde_json::to_string(&event).unwrap_or_default()),
            Err(RecvError::Lagged(_)) => {
                // What is still in the queue is part of what will be read: only later commits matter.
                events = events.resubscribe();
                Event::default().event("reload").data(json!({ "revision": app.planner.city().revision }).to_string())
            }
            Err(RecvError::Closed) => return None,
        };
        Some((Ok(event), (events, app, true)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
