//! The gate: who asks for what kind of work, and how much may be under way at the same time.

use super::front::Way;
use super::lanes::{Lane, Lanes, TICKET, Ticket};
use super::paced::{Coming, Going, Room, too_slow};
use super::problem::Refusal;
use super::{App, caller};
use crate::service::Viewer;
use crate::service::sessions::Scope;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bodies that are being sent to us, all together and of one caller.
const COMING: (usize, usize) = (192 << 20, 48 << 20);
/// Nothing of them stands in memory before there is room.
const COMING_WAITING: usize = 1024;
/// Answers that wait to be taken.
const GOING: (usize, usize) = (256 << 20, 64 << 20);
const GOING_WAITING: usize = 8;

/// What all requests share.
pub(super) struct Gate {
    lanes: Arc<Lanes>,
    coming: Arc<Room>,
    going: Arc<Room>,
}

impl Gate {
    /// The flag is set when the server goes.
    pub(super) fn new(ending: Arc<AtomicBool>) -> Self {
        Gate {
            lanes: Arc::new(Lanes::new(ending)),
            coming: Room::of(COMING.0, COMING.1, COMING_WAITING),
            going: Room::of(GOING.0, GOING.1, GOING_WAITING),
        }
    }
}

/// Who asks, found out once.
#[derive(Clone)]
pub(super) struct Asking {
    pub viewer: Viewer,
    pub way: Way,
    pub token: Option<String>,
    /// What a program may do that showed a token instead of a cookie.
    pub scope: Option<Scope>,
}

/// Lets a request in with a ticket for its lane, and its answer out.
pub(super) async fn pass(State(app): State<App>, matched: Option<MatchedPath>, mut request: Request, next: Next) -> Response {
    let asking = match caller::asking(&app, request.headers(), request.extensions()) {
        Ok(asking) => asking,
        Err(fault) => return Refusal::from(fault).into_response(),
    };
    let caller = name(&asking);
    let route = matched.as_ref().map_or("", MatchedPath::as_str);
    let is_guest = asking.viewer.account().is_none();
    let ticket =
        Ticket { lanes: app.gate.lanes.clone(), caller: caller.clone(), is_guest, lane: lane(request.method(), route, is_guest, said(&request)) };
    request.extensions_mut().insert(asking);
    let slow = Arc::new(AtomicBool::new(false));
    // Files to be imported go to the disk as they come, within limits of their own.
    let _room = if route == "/imports" {
        None
    } else {
        let room = app.gate.coming.hold(&caller, coming(&request)).await;
        request = request.map(|body| Coming::body(body, slow.clone()));
        match room {
            Ok(room) => room,
            Err(fault) => return Refusal::from(fault).into_response(),
        }
    };
    let answer = TICKET.scope(ticket, next.run(request)).await;
    if slow.load(Ordering::Relaxed) {
        return Refusal::from(too_slow()).into_response();
    }
    going(&app.gate, &caller, answer).await
}

/// What a caller is counted by.
fn name(asking: &Asking) -> Arc<str> {
    match asking.viewer.account() {
        Some(account) => format!("account:{}", account.account).into(),
        None => format!("address:{}", neighbourhood(&asking.way.address)).into(),
    }
}

/// An address; of IPv6 the network, in which one caller has as many addresses as it likes.
pub(super) fn neighbourhood(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

/// Questions that are longer than this are dearer than others: a filter costs its length for every row.
const LONG_QUESTION: usize = 8 << 10;

/// Bytes of what is asked.
fn said(request: &Request) -> usize {
    request.uri().query().map_or(0, str::len) + coming(request)
}

fn lane(method: &Method, route: &str, is_guest: bool, length: usize) -> Lane {
    let heavy = if is_guest { Lane::GuestHeavy } else { Lane::Heavy };
    let reads = matches!(*method, Method::GET | Method::HEAD);
    match route {
        "/healthz" | "/readyz" => Lane::Sign,
        "/session" | "/session/setup" if *method == Method::POST => Lane::SignIn,
        "/exports" => heavy,
        "/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}" => Lane::Map,
        "/collections/{collection}/items" | "/collections/{collection}/search" | "/collections/{collection}/summary"
            if length > LONG_QUESTION && (reads || *method == Method::POST) =>
        {
            heavy
        }
        "/collections/{collection}/search" | "/collections/{collection}/summary" | "/processes/{process}/execution" => Lane::Read,
        _ if reads => Lane::Read,
        _ => Lane::Write,
    }
}

/// Bytes of a body that comes: what is not said is as much as is taken.
fn coming(request: &Request) -> usize {
    let said = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let unsaid = if request.body().is_end_stream() { 0 } else { super::LARGEST_BODY };
    said.unwrap_or(unsaid).min(super::LARGEST_BODY)
}

/// An answer that stands in memory keeps its room there until the caller has it.
async fn going(gate: &Gate, caller: &Arc<str>, answer: Response) -> Response {
    let Some(bytes) = answer.body().size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok()) else { return answer };
    let held = match gate.going.hold(caller, bytes).await {
        Ok(None) => return answer,
        Ok(held) => held,
        Err(fault) => return Refusal::from(fault).into_response(),
    };
    let (parts, body) = answer.into_parts();
    let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_else(|_| Bytes::new());
    Response::from_parts(parts, if whole.is_empty() { Body::empty() } else { Going::body(whole, held) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_of_ipv6_is_its_network() {
        assert_eq!(neighbourhood("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(neighbourhood("192.0.2.1"), "192.0.2.1");
        assert_eq!(neighbourhood("::ffff:192.0.2.1"), "::ffff:192.0.2.1");
    }

    #[test]
    fn work_goes_into_its_lane() {
        let of = |method: Method, route: &str| lane(&method, route, true, 100);
        assert_eq!(of(Method::POST, "/exports"), Lane::GuestHeavy);
        assert_eq!(lane(&Method::POST, "/exports", false, 100), Lane::Heavy);
        assert_eq!(of(Method::GET, "/healthz"), Lane::Sign);
        assert_eq!(of(Method::GET, "/session"), Lane::Read);
        assert_eq!(of(Method::POST, "/session"), Lane::SignIn);
        assert_eq!(of(Method::PATCH, "/units/{id}"), Lane::Write);
        assert_eq!(of(Method::POST, "/collections/{collection}/search"), Lane::Read);
        assert_eq!(lane(&Method::POST, "/collections/{collection}/search", true, 100_000), Lane::GuestHeavy);
    }
}
