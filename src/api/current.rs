//! A city that was changed behind the server's back is not served as if nothing had happened.

use super::App;
use super::problem::Refusal;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Asks before each answer whether the file is still the city in hand; a look costs microseconds.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    match app.planner.must_be_current() {
        Ok(()) => next.run(request).await,
        Err(fault) => Refusal::from(fault).into_response(),
    }
}
