//! HTTP: routes, parsing, encoding. A handler parses, calls the service once and encodes.

mod answers;
mod assets;
mod body;
mod caller;
mod changes;
mod collections;
mod conditions;
mod contract;
mod designations;
mod door;
mod exports;
mod front;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod html;
mod import_profiles;
mod imports;
mod instruments;
mod items;
mod jobs;
mod landing;
mod lanes;
mod listen;
mod negotiate;
mod offers;
mod openapi;
mod paced;
mod pager;
mod parameters;
mod plans;
mod problem;
mod processes;
mod records;
mod reply;
mod reports;
mod schemas;
mod sessions;
mod tiles;
mod unit_sheets;
mod units;
mod waited;

use crate::domain::fault::Outcome;
use crate::service::Planner;
use crate::service::imports::Intake;
use crate::service::sessions::random_token;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use caller::Caller;
use contract::Contract;
pub use front::Front;
pub use lanes::WORKERS;
pub use listen::serve;
pub use openapi::document;
use problem::Refusal;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

/// Largest request body: a filled-in table; a drawn area or some hundred thousand codes are less.
const LARGEST_BODY: usize = crate::service::unit_sheets::LARGEST_TABLE;

/// What handlers share.
#[derive(Clone)]
pub(crate) struct App {
    planner: Arc<Planner>,
    intake: Intake,
    front: Arc<Front>,
    contract: Arc<Contract>,
    gate: Arc<gate::Gate>,
    /// Drawn anew by each process, for its entity tags.
    salt: String,
}

/// All routes of the server.
pub fn router(intake: Intake, front: Front) -> Outcome<Router> {
    let contract = Arc::new(Contract::of(&openapi::routes()));
    let gate = Arc::new(gate::Gate::new(intake.planner.jobs().ending()));
    let app = App { planner: intake.planner.clone(), intake, front: Arc::new(front), contract, gate, salt: random_token()? };
    let (routes, _) = documented().split_for_parts();
    Ok(layered(routes, app))
}

/// The routes with what the document says of them: none is here without the other.
fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(landing::root))
        .routes(routes!(landing::conformance))
        .routes(routes!(openapi::page))
        .routes(routes!(landing::catalogue))
        .routes(routes!(landing::healthz))
        .routes(routes!(landing::readyz))
        .routes(routes!(collections::list))
        .routes(routes!(collections::one))
        .routes(routes!(collections::schema))
        .routes(routes!(collections::queryables))
        .routes(routes!(items::list, records::add))
        .routes(routes!(items::search))
        .routes(routes!(items::summary, items::summary_of))
        .routes(routes!(items::one, records::change, records::remove))
        .routes(routes!(tiles::tile_json))
        .routes(routes!(tiles::tileset))
        .routes(routes!(tiles::tile))
        .routes(routes!(items::find))
        .routes(routes!(items::neighbours))
        .routes(routes!(processes::list))
        .routes(routes!(processes::one))
        .routes(routes!(processes::execute))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::one, jobs::dismiss))
        .routes(routes!(jobs::results))
        .routes(routes!(plans::list, plans::add))
        .routes(routes!(plans::one))
        .routes(routes!(plans::items))
        .routes(routes!(plans::make_tasks))
        .routes(routes!(instruments::list, instruments::add))
        .routes(routes!(instruments::one))
        .routes(routes!(instruments::advance))
        .routes(routes!(instruments::lineage))
        .routes(routes!(designations::list, designations::add))
        .routes(routes!(designations::register))
        .routes(routes!(designations::one, designations::edit))
        .routes(routes!(designations::advance))
        .routes(routes!(designations::assess))
        .routes(routes!(designations::today))
        .routes(routes!(designations::evidence))
        .routes(routes!(designations::certificate))
        .routes(routes!(exports::export))
        .routes(routes!(changes::list))
        .routes(routes!(changes::restore))
        .routes(routes!(changes::stream))
        .routes(routes!(sessions::who, sessions::sign_in, sessions::sign_out))
        .routes(routes!(sessions::set_up))
        .routes(routes!(units::list))
        .routes(routes!(units::batch))
        .routes(routes!(units::one, units::update))
        .routes(routes!(units::history))
        .routes(routes!(units::stack))
        .routes(routes!(units::park))
        .routes(routes!(units::undo))
        .routes(routes!(unit_sheets::template))
        .routes(routes!(unit_sheets::import))
        .routes(routes!(unit_sheets::receipt))
        .routes(routes!(unit_sheets::rejects))
        .routes(routes!(imports::list))
        .routes(routes!(imports::stage).layer(DefaultBodyLimit::disable()))
        .routes(routes!(imports::one, imports::discard))
        .routes(routes!(imports::preview))
        .routes(routes!(imports::attempt))
        .routes(routes!(imports::commit))
        .routes(routes!(imports::rejects))
        .routes(routes!(imports::undo))
        .routes(routes!(import_profiles::list, import_profiles::save))
        .routes(routes!(import_profiles::one, import_profiles::delete))
        .routes(routes!(reports::list))
        .routes(routes!(reports::hand_in))
}

fn layered(routes: Router<App>, app: App) -> Router {
    let fixed = |name: HeaderName, value: &'static str| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    routes
        .fallback(door::fallback)
        .layer(from_fn_with_state(app.clone(), door::check))
        .layer(from_fn_with_state(app.clone(), gate::pass))
        .layer(from_fn(conditions::on_condition))
        .layer(from_fn_with_state(app.clone(), door::for_a_host))
        .layer(from_fn(problem::render))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        // Before what is compressed says of itself that it varies by that.
        .layer(fixed(header::VARY, "cookie, authorization, accept, accept-language"))
        .layer(CompressionLayer::new())
        .layer(fixed(
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
        ))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // What says nothing of itself may rest on who asked: no cache keeps it, for him or for others.
        .layer(fixed(header::CACHE_CONTROL, "private, no-store"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .with_state(app)
}

/// Runs work that computes or reads the store away from the threads that answer.
async fn away<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Result<T, Refusal> {
    lanes::work(None, work).await
}
