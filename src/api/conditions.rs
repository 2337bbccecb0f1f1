//! Conditional requests: entity tags that name the revision read, `If-None-Match` on reads, `If-Match` on writes (RFC 9110 §13).

use super::App;
use super::negotiate::Form;
use crate::city::City;
use crate::domain::edit::{Precondition, row_tag};
use crate::domain::run::sha256_hex;
use crate::domain::{Fault, Lang, LayerId};
use crate::service::Viewer;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// The state that the caller saw; several header lines count as one list.
pub(super) fn if_match(headers: &HeaderMap) -> Result<Precondition, Fault> {
    let mut lines = Vec::new();
    for value in headers.get_all(header::IF_MATCH) {
        lines.push(
            value
                .to_str()
                .map_err(|_| Fault::bad("if_match", "If-Match 含有非 ASCII 字符", "If-Match has characters beyond ASCII").at("If-Match"))?,
        );
    }
    if lines.is_empty() { Ok(Precondition::Missing) } else { Precondition::parse(&lines.join(", ")) }
}

/// An entity tag in the making: the revision that was read, and all else that the answer rests on.
///
/// The tag is weak, because answers are compressed on the way; only a row's own tag is strong, because writes send it back.
pub(super) struct Tag {
    revision: String,
    strong: bool,
    /// What the answer rests on beside the data, hashed into the tag.
    rests_on: String,
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

    /// The tag of one row, which `If-Match` takes, that shows other layers as well.
    pub(super) fn tag_of_row(&self, city: &City, revision: i64, shown: &[LayerId]) -> Tag {
        let mut tag = self.tag_on(city, shown);
        tag.rests_on.push_str(&tag.revision);
        Tag { revision: row_tag(revision).trim_matches('"').to_owned(), strong: true, ..tag }
    }

    fn tag_of(&self, revision: String) -> Tag {
        // Another process may serve another city under this address, with the same revisions.
        Tag { revision, strong: false, rests_on: self.salt.clone(), vary: Vec::new() }
    }
}

impl Tag {
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
        self.rests_on(&format!("{}/{}/{parks}", viewer.role().as_str(), viewer.name()), Some("cookie"))
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
        let weak = if self.strong { "" } else { "W/" };
        format!("{weak}\"{}.{}\"", self.revision, &sha256_hex(self.rests_on.as_bytes())[..12])
    }

    /// Puts the tag and what goes with it on an answer.
    pub(super) fn put_on(&self, headers: &mut HeaderMap) {
        let value = |text: &str| HeaderValue::from_str(text).ok();
        let own = self.vary.contains(&"cookie");
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

/// What a reader has already: `If-None-Match`, compared weakly.
#[derive(Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    Any,
    Tags(Vec<String>),
}

impl Known {
    /// What is no tag matches nothing: the reader gets the answer again.
    fn read(headers: &HeaderMap) -> Known {
        let lines: Vec<&str> = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).collect();
        match Precondition::parse(&lines.join(", ")) {
            Ok(Precondition::Any) => Known::Any,
            Ok(Precondition::Tags(tags)) => Known::Tags(tags),
            Ok(Precondition::Missing) | Err(_) => Known::Nothing,
        }
    }

    fn holds(&self, etag: &str) -> bool {
        match self {
            Known::Nothing => false,
            Known::Any => true,
            Known::Tags(tags) => {
                let opaque = etag.trim_start_matches("W/").trim_matches('"');
                tags.iter().any(|tag| tag == opaque)
            }
        }
    }
}

/// Answers 304 where a reader has the answer already.
pub(super) async fn not_modified(request: Request, next: Next) -> Response {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = if reads { Known::read(request.headers()) } else { Known::Nothing };
    let response = next.run(request).await;
    let etag = response.headers().get(header::ETAG).and_then(|etag| etag.to_str().ok());
    if !response.status().is_success() || !etag.is_some_and(|etag| known.holds(etag)) {
        return response;
    }
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_DISPOSITION] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
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
            ("*", true),
            ("\"r7\"", false),
            ("r7.3fe1", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, header.parse().unwrap())]);
            assert_eq!(Known::read(&headers).holds(etag), holds, "{header}");
        }
        assert!(!Known::read(&HeaderMap::new()).holds(etag));
    }
}
