//! HTTP: routes, parsing, encoding. A handler parses, calls the service once and encodes.

mod assets;
mod caller;
mod changes;
mod collections;
mod conditions;
mod contract;
mod door;
mod exports;
mod front;
mod html;
mod instruments;
mod items;
mod jobs;
mod landing;
mod negotiate;
mod openapi;
mod parameters;
mod plans;
mod problem;
mod processes;
mod reply;
mod sessions;
mod tiles;
mod units;

use crate::domain::fault::Outcome;
use crate::service::Planner;
use crate::service::sessions::random_token;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, patch, post};
use caller::Caller;
use contract::Contract;
pub use front::Front;
pub use openapi::document;
use problem::Refusal;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// Largest request body: a drawn area or some hundred thousand codes.
const LARGEST_BODY: usize = 16 << 20;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    planner: Arc<Planner>,
    front: Arc<Front>,
    contract: Arc<Contract>,
    /// Drawn anew by each process, for its entity tags.
    salt: String,
}

/// All routes of the server.
pub fn router(planner: Arc<Planner>, front: Front) -> Outcome<Router> {
    let contract = Arc::new(Contract::of(&openapi::document()));
    let app = App { planner, front: Arc::new(front), contract, salt: random_token()? };
    Ok(routes(app))
}

fn routes(app: App) -> Router {
    let fixed = |name: HeaderName, value: &'static str| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    Router::new()
        .route("/", get(landing::root))
        .route("/conformance", get(landing::conformance))
        .route("/api", get(openapi::page))
        .route("/catalogue", get(landing::catalogue))
        .route("/healthz", get(landing::healthz))
        .route("/readyz", get(landing::healthz))
        .route("/collections", get(collections::list))
        .route("/collections/{collection}", get(collections::one))
        .route("/collections/{collection}/schema", get(collections::schema))
        .route("/collections/{collection}/queryables", get(collections::schema))
        .route("/collections/{collection}/items", get(items::list))
        .route("/collections/{collection}/search", post(items::search))
        .route("/collections/{collection}/summary", get(items::summary).post(items::summary_of))
        .route("/collections/{collection}/items/{id}", get(items::one))
        .route("/collections/{collection}/tilejson.json", get(tiles::tile_json))
        .route("/collections/{collection}/tiles/WebMercatorQuad", get(tiles::tile_json))
        .route("/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}", get(tiles::tile))
        .route("/search", get(items::find))
        .route("/parcels/{code}/neighbours", get(items::neighbours))
        .route("/processes", get(processes::list))
        .route("/processes/{process}", get(processes::one))
        .route("/processes/{process}/execution", post(processes::execute))
        .route("/jobs", get(jobs::list))
        .route("/jobs/{id}", get(jobs::one).delete(jobs::dismiss))
        .route("/jobs/{id}/results", get(jobs::results))
        .route("/plans", get(plans::list).post(plans::add))
        .route("/plans/{id}", get(plans::one))
        .route("/plans/{id}/items", get(plans::items))
        .route("/instruments", get(instruments::list).post(instruments::add))
        .route("/instruments/{code}", get(instruments::one))
        .route("/instruments/{code}/transitions", post(instruments::advance))
        .route("/lineage/{code}", get(instruments::lineage))
        .route("/exports", post(exports::export))
        .route("/changes", get(changes::list))
        .route("/changes/stream", get(changes::stream))
        .route("/session", get(sessions::who).post(sessions::sign_in).delete(sessions::sign_out))
        .route("/session/setup", post(sessions::set_up))
        .route("/units", get(units::list))
        .route("/units:batch", post(units::batch))
        .route("/units/{id}", patch(units::update).get(units::one))
        .route("/units/{id}/history", get(units::history))
        .route("/buildings/{code}/stack", get(units::stack))
        .route("/parks/{code}/occupancy", get(units::park))
        .fallback(door::fallback)
        .layer(from_fn_with_state(app.clone(), door::check))
        .layer(from_fn(conditions::not_modified))
        .layer(from_fn(problem::render))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CompressionLayer::new())
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .with_state(app)
}

/// Runs work that computes or reads the store away from the threads that answer.
async fn away<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(answer) => answer.map_err(Refusal::from),
        Err(error) => Err(crate::domain::Fault::internal("panic", error).into()),
    }
}
