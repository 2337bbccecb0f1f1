//! Request bodies: JSON that says each thing once, in a media type that is JSON, as one of our types.

use super::problem::Refusal;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

/// A JSON body.
pub(super) struct Body<T>(pub T);

/// A JSON Merge Patch (RFC 7396).
pub(super) struct MergePatch(pub Map<String, Value>);

/// A row's columns, flat or as a GeoJSON feature.
pub(super) struct Properties(pub Map<String, Value>);

/// A file as its bytes.
pub(super) struct Raw(pub Bytes);

/// Media types under which browsers and scripts send tables; what a file is, its bytes say.
const TABLES: &[&str] = &[
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "text/csv",
    "text/plain",
    "application/csv",
    "application/vnd.ms-excel",
    "application/octet-stream",
];

const JSON: &[&str] = &["application/json"];
const MERGE_PATCH: &[&str] = &["application/merge-patch+json", "application/json"];
const FEATURE: &[&str] = &["application/json", "application/geo+json"];

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        read(request, state, JSON).await.map(Body)
    }
}

impl<S: Send + Sync> FromRequest<S> for MergePatch {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        read(request, state, MERGE_PATCH).await.map(MergePatch)
    }
}

impl<S: Send + Sync> FromRequest<S> for Properties {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        read(request, state, FEATURE).await.map(Properties)
    }
}

impl<S: Send + Sync> FromRequest<S> for Raw {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let fits = must_be(request.headers(), TABLES).and_then(|()| must_be_plain(request.headers()));
        let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
        fits.map(|()| Raw(bytes)).map_err(|fault| Refusal::from(fault).into_response())
    }
}

async fn read<T: DeserializeOwned, S: Send + Sync>(request: Request, state: &S, accepted: &[&str]) -> Result<T, Response> {
    let refuse = |fault: Fault| Refusal::from(fault).into_response();
    let fits = must_be(request.headers(), accepted).and_then(|()| must_be_plain(request.headers()));
    // Read in either case: an answer before the body's end closes the connection under a client that means to go on with it.
    let bytes = Bytes::from_request(request, state).await.map_err(IntoResponse::into_response)?;
    fits.and_then(|()| parse(&bytes)).map_err(refuse)
}

/// Takes what was sent and throws it away, before a refusal that does not look at it.
pub(super) async fn drain(body: axum::body::Body) {
    const MOST_BYTES: usize = 1 << 20;
    const LONGEST: Duration = Duration::from_secs(1);
    // What is longer, breaks off or never comes ends the connection, as it would without this.
    let _ = tokio::time::timeout(LONGEST, axum::body::to_bytes(body, MOST_BYTES)).await;
}

/// 415 for another media type than the accepted ones.
pub(super) fn must_be(headers: &HeaderMap, accepted: &[&str]) -> Outcome<()> {
    let said = headers.get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default());
    let essence = said.and_then(|said| said.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase();
    if accepted.contains(&essence.as_str()) {
        return Ok(());
    }
    let (zh, en) = match said {
        None => ("请求没有 Content-Type".to_owned(), "the request has no Content-Type".to_owned()),
        Some(said) => (format!("此处不收 {said} 的内容"), format!("{said} is not taken here")),
    };
    Err(Fault::new(FaultKind::UnsupportedMedia, "media_type", zh, en)
        .at("Content-Type")
        .help(format!("可用：{}", accepted.join("、")), format!("known: {}", accepted.join(", "))))
}

/// 415 for a body that is packed: it would be read as what it is not.
fn must_be_plain(headers: &HeaderMap) -> Outcome<()> {
    let packed = headers.get_all(header::CONTENT_ENCODING).iter().find(|how| !how.as_bytes().eq_ignore_ascii_case(b"identity"));
    let Some(how) = packed.map(|how| how.to_str().unwrap_or_default()) else { return Ok(()) };
    Err(Fault::new(
        FaultKind::UnsupportedMedia,
        "content_encoding",
        format!("此处不收压缩的请求体（{how}）"),
        format!("packed bodies are not taken here ({how})"),
    )
    .at("Content-Encoding")
    .help("不压缩发送，去掉 Content-Encoding", "send it as it is, without Content-Encoding"))
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Outcome<T> {
    let bad = |error: serde_json::Error| Fault::bad("body", format!("请求体有误：{error}"), format!("the body is not right: {error}"));
    must_say_each_thing_once(bytes).map_err(|trouble| match trouble {
        Trouble::Syntax(error) => bad(error),
        Trouble::Twice(place) => {
            let name = place.rsplit('/').next().unwrap_or_default().to_owned();
            Fault::bad("member_twice", format!("成员 {name} 出现两次"), format!("the member {name} stands twice"))
                .at(place)
                .help("每个成员只写一次", "write each member once")
        }
        Trouble::NoObject => Fault::bad("body", "请求体应为 JSON 对象", "the body is a JSON object").help("写成 {…}", "write {…}"),
    })?;
    serde_json::from_slice(bytes).map_err(bad)
}

enum Trouble {
    Syntax(serde_json::Error),
    /// JSON pointer of the member.
    Twice(String),
    /// All that we take are objects; our types would be read from their members' values in a row as well.
    NoObject,
}

fn must_say_each_thing_once(bytes: &[u8]) -> Result<(), Trouble> {
    let mut walk = Walk::default();
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let read = Part(&mut walk).deserialize(&mut json).and_then(|()| json.end());
    match (walk.twice, read) {
        (Some(place), _) => Err(Trouble::Twice(place)),
        (None, Err(error)) => Err(Trouble::Syntax(error)),
        (None, Ok(())) if !bytes.trim_ascii_start().starts_with(b"{") => Err(Trouble::NoObject),
        (None, Ok(())) => Ok(()),
    }
}

/// Where the reading stands.
#[derive(Default)]
struct Walk {
    place: String,
    twice: Option<String>,
}

impl Walk {
    /// Goes down to a part; gives the way back.
    fn enter(&mut self, step: &str) -> usize {
        let here = self.place.len();
        self.place.push('/');
        self.place.push_str(&step.replace('~', "~0").replace('/', "~1"));
        here
    }
}

/// A part of a body, of which only the names of members matter.
struct Part<'w>(&'w mut Walk);

impl<'de> DeserializeSeed<'de> for Part<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Part<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            let here = self.0.enter(&name);
            if !seen.insert(name) {
                self.0.twice = Some(self.0.place.clone());
                return Err(A::Error::custom("a member stands twice"));
            }
            map.next_value_seed(Part(self.0))?;
            self.0.place.truncate(here);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<(), A::Error> {
        for index in 0.. {
            let here = self.0.enter(&index.to_string());
            if parts.next_element_seed(Part(self.0))?.is_none() {
                self.0.place.truncate(here);
                break;
            }
            self.0.place.truncate(here);
        }
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_an_object_that_says_each_thing_once() {
        let place = |text: &str| parse::<Value>(text.as_bytes()).map_err(|fault| (fault.code, fault.place));
        for fine in [r#"{}"#, r#" {"a":[{"b":1},{"b":2.5}],"c":{"b":null,"a":true}} "#, r#"{"a":"x","A":"x"}"#] {
            assert!(place(fine).is_ok(), "{fine}");
        }
        for (text, at) in [
            (r#"{"a":1,"a":1}"#, "/a"),
            (r#"{"a":{"x/y":1,"b":0,"x/y":2}}"#, "/a/x~1y"),
            (r#"{"a":[0,{"b":1,"b":2}]}"#, "/a/1/b"),
            (r#"{"a":1,"\u0061":2}"#, "/a"),
        ] {
            assert_eq!(place(text).unwrap_err(), ("member_twice", Some(at.to_owned())), "{text}");
        }
        for text in ["", "[]", "1", "null", r#"{"a":1"#, r#"{"a":1} x"#, &"[".repeat(100_000)] {
            assert_eq!(place(text).unwrap_err().0, "body", "{}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn other_media_types_are_told_what_is_taken() {
        let taken = |said: &str, accepted: &[&str]| {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, said.parse().unwrap())]);
            must_be(&headers, accepted)
        };
        assert!(taken("application/json", JSON).is_ok() && taken("Application/JSON; charset=utf-8", MERGE_PATCH).is_ok());
        assert!(taken("application/merge-patch+json", MERGE_PATCH).is_ok());
        for said in ["text/plain", "application/json-patch+json", "application/x-www-form-urlencoded", ""] {
            let fault = taken(said, MERGE_PATCH).unwrap_err();
            assert!(fault.kind == FaultKind::UnsupportedMedia && fault.help_en.unwrap().contains("merge-patch"), "{said}");
        }
        assert_eq!(must_be(&HeaderMap::new(), JSON).unwrap_err().kind, FaultKind::UnsupportedMedia);
    }
}
