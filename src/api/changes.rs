//! `/changes`: what was recorded, and a stream of what is being recorded.

use super::{App, Caller, Refusal, away};
use crate::domain::ChangeQuery;
use crate::service::Event;
use crate::service::changes::ChangeList;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::sse::{self, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use std::convert::Infallible;
use tokio::sync::broadcast::error::RecvError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    #[serde(default)]
    since: i64,
    collection: Option<String>,
    id: Option<String>,
    limit: Option<usize>,
}

pub async fn list(State(app): State<App>, caller: Caller, Query(query): Query<Since>) -> Result<Json<ChangeList>, Refusal> {
    away(move || {
        let query = ChangeQuery { since: query.since, collection: query.collection, id: query.id, limit: query.limit.unwrap_or(100).min(1000) };
        app.planner.changes(&app.planner.city(), &caller.viewer, &query).map(Json)
    })
    .await
}

pub async fn stream(State(app): State<App>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let events = unfold((app.planner.listen(), false), |(mut events, greeted)| async move {
        if !greeted {
            // Something at once, so that the listener knows the stream stands.
            return Some((Ok(sse::Event::default().comment("listening")), (events, true)));
        }
        let event = match events.recv().await {
            Ok(event) => event,
            // Fell behind: tell the listener to read everything anew.
            Err(RecvError::Lagged(_)) => Event { revision: 0, collection: "*".to_owned(), ids: Vec::new() },
            Err(RecvError::Closed) => return None,
        };
        let data = serde_json::to_string(&event).unwrap_or_default();
        Some((Ok(sse::Event::default().event("change").data(data)), (events, true)))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
