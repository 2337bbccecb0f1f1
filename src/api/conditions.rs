//! Conditional requests: entity tags that name the revision read, `If-Match` and `If-None-Match` on reads and writes (RFC 9110 §13).

use super::App;
use super::negotiate::Form;
use super::problem::Refusal;
use crate::city::City;
use crate::domain::edit::{EntityTag, Precondition};
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Fault, FaultKind, Lang, LayerId};
use crate::service::Viewer;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The state that the caller of a write saw, and the states that it must not have.
pub(super) fn seen(headers: &HeaderMap) -> Outcome<Precondition> {
    Ok(condition(headers, &header::IF_MATCH, "If-Match")?.unless(condition(headers, &header::IF_NONE_MATCH, "If-None-Match")?))
}

/// One of the two headers; several lines of it count as one list.
fn condition(headers: &HeaderMap, header: &HeaderName, name: &'static str) -> Outcome<Precondition> {
    let mut lines = Vec::new();
    for value in headers.get_all(header) {
        lines.push(
            value
                .to_str()
                .map_err(|_| Fault::bad("if_match", format!("{name} 含有非 ASCII 字符"), format!("{name} has characters beyond ASCII")).at(name))?,
        );
    }
    if lines.is_empty() { Ok(Precondition::Missing) } else { Precondition::parse(name, &lines.join(", ")) }
}

/// An entity tag in the making: the revision that was read, and all else that the answer rests on.
///
/// The tag is weak, because answers are compressed on the way; only a row's own tag is strong, because writes send it back.
pub(super) struct Tag {
    revision: String,
    /// What the answer rests on beside the data, hashed into the tag.
    rests_on: String,
    /// The tag of a row, which stands in its answer as well.
    row: Option<String>,
    vary: Vec<&'static str>,
}

impl App {
    /// The tag of an answer that rests on the whole city.
    pub(super) fn tag(&self, city: &City) -> Tag {
        self.tag_of(format!("r{}", city.revision))
    }

    /// The tag of an answer that rests on some layers: it stays while they do.
    pub(super) fn tag_on(&self, city: &City, layers: &[LayerId]) -> Tag {
        let last = layers.iter().map(|layer| city.changed(*layer).revision).max().unwrap_or(city.revision);
        self.tag_of(format!("r{last}"))
    }

    fn tag_of(&self, revision: String) -> Tag {
        // Another process may serve another city under this address, with the same revisions.
        Tag { revision, rests_on: self.salt.clone(), row: None, vary: Vec::new() }
    }
}

impl Tag {
    /// The tag that an answer about one row carries inside: it names all that the answer shows.
    pub(super) fn of_row(etag: &str) -> Self {
        Tag { revision: String::new(), rests_on: String::new(), row: Some(etag.to_owned()), vary: vec!["cookie, authorization", "accept"] }
    }

    fn rests_on(mut self, what: &str, vary: Option<&'static str>) -> Self {
        self.rests_on.push('\n');
        self.rests_on.push_str(what);
        self.vary.extend(vary);
        self
    }

    /// Ages and flags change at midnight.
    pub(super) fn on(self, day: &str) -> Self {
        self.rests_on(day, None)
    }

    /// The answer shows what the viewer may see.
    pub(super) fn seen_by(self, viewer: &Viewer) -> Self {
        let parks = viewer.account().map(|account| account.parks.join(" ")).unwrap_or_default();
        self.rests_on(&format!("{}/{}/{parks}", viewer.role().as_str(), viewer.name()), Some("cookie, authorization"))
    }

    pub(super) fn told_in(self, lang: Lang) -> Self {
        self.rests_on(if lang == Lang::Zh { "zh" } else { "en" }, Some("accept-language"))
    }

    /// The answer has one of several forms, and links that begin with `base`.
    pub(super) fn formed(self, form: Form, base: &str) -> Self {
        self.rests_on(&format!("{}/{base}", form.name()), Some("accept"))
    }

    /// The header's text.
    fn text(&self) -> String {
        match &self.row {
            Some(row) => row.clone(),
            None => format!("W/\"{}.{}\"", self.revision, &sha256_hex(self.rests_on.as_bytes())[..12]),
        }
    }

    /// Puts the tag and what goes with it on an answer.
    pub(super) fn put_on(&self, headers: &mut HeaderMap) {
        let value = |text: &str| HeaderValue::from_str(text).ok();
        let own = self.vary.iter().any(|one| one.starts_with("cookie"));
        // Answers are compressed on the way; a 304 says so as well.
        let vary: Vec<&str> = self.vary.iter().copied().chain(["accept-encoding"]).collect();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if own { "private, no-cache" } else { "no-cache" }));
        for (name, value) in [(header::ETAG, value(&self.text())), (header::VARY, value(&vary.join(", ")))] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                headers.insert(name, value);
            }
        }
    }
}

/// Whether a reader has the answer already: `If-None-Match`, compared weakly. What is no tag matches nothing: the reader gets the answer again.
fn has(known: &HeaderMap, etag: &str) -> bool {
    match condition(known, &header::IF_NONE_MATCH, "If-None-Match") {
        Ok(Precondition::Any) => true,
        Ok(Precondition::Tags(tags)) => tags.iter().any(|tag| tag.resembles(etag)),
        _ => false,
    }
}

/// Whether an answer is none of those that a reader wants: `If-Match`, compared strongly. An answer without a tag is only what `*` wants.
fn is_other(wanted: &Precondition, etag: Option<&str>) -> bool {
    matches!(wanted, Precondition::Tags(tags) if !etag.is_some_and(|etag| tags.iter().any(|tag: &EntityTag| tag.is(etag))))
}

/// Reads under a condition: 412 where the answer is not what the reader wants, 304 where the reader has it already.
pub(super) async fn on_condition(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let headers = request.headers().clone();
    let wanted = match condition(&headers, &header::IF_MATCH, "If-Match") {
        Ok(wanted) => wanted,
        Err(fault) => return Refusal::from(fault).into_response(),
    };
    let response = next.run(request).await;
    if !response.status().is_success() {
        return response;
    }
    let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
    if is_other(&wanted, etag) {
        return Refusal::from(not_wanted(etag)).into_response();
    }
    if !etag.is_some_and(|etag| has(&headers, etag)) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_DISPOSITION] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}

fn not_wanted(etag: Option<&str>) -> Fault {
    let fault = Fault::new(FaultKind::PreconditionFailed, "if_match", "这里已不是 If-Match 所指的状态", "this is not the state that If-Match names")
        .at("If-Match");
    match etag {
        Some(etag) if etag.starts_with("W/") => fault.help(
            "此处的标签是弱标签，If-Match 不能与之相符；读取时请用 If-None-Match",
            "tags are weak here and If-Match never holds of a weak tag; a read takes If-None-Match",
        ),
        Some(etag) => fault.help(format!("现在的标签是 {etag}"), format!("the tag is {etag} now")),
        None => fault.help("此处没有标签", "there is no tag here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_has_the_tag_in_any_spelling_has_the_answer() {
        let etag = "W/\"r7.3fe1\"";
        for (header, holds) in [
            ("W/\"r7.3fe1\"", true),
            ("\"r7.3fe1\"", true),
            ("\"r6.3fe1\", W/\"r7.3fe1\"", true),
            ("\"r6.3fe1\", , \"r7.3fe1\"", true),
            ("*", true),
            ("\"r7\"", false),
            ("r7.3fe1", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, header.parse().unwrap())]);
            assert_eq!(has(&headers, etag), holds, "{header}");
        }
        assert!(!has(&HeaderMap::new(), etag));
    }

    #[test]
    fn an_answer_is_what_a_reader_wants_by_its_whole_strong_tag() {
        let other = |wanted: &str, etag: Option<&str>| is_other(&Precondition::parse("If-Match", wanted).unwrap(), etag);
        assert!(!other("\"u2.1f\"", Some("\"u2.1f\"")) && !other("*", None) && !is_other(&Precondition::Missing, None));
        assert!(other("\"u2\"", Some("\"u2.1f\"")) && other("W/\"u2.1f\"", Some("\"u2.1f\"")) && other("\"r7\"", Some("W/\"r7\"")));
        assert!(other("\"u2.1f\"", None));
    }
}
