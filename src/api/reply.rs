//! Answers of reads: one form, one tag, and the city taken once.

use super::conditions::Tag;
use super::negotiate::Form;
use super::{App, Refusal, away, html};
use crate::city::City;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

impl App {
    /// Answers from the city of the moment. What the work does is about this one revision, and its tag names it.
    pub(super) async fn read(self, work: impl FnOnce(&App, &Arc<City>) -> Outcome<Response> + Send + 'static) -> Result<Response, Refusal> {
        away(move || work(&self, &self.planner.city())).await
    }
}

/// An answer of one of our types: as JSON, or as a plain page for a person with a browser.
pub(super) fn document(form: Form, body: &impl Serialize, tag: Tag) -> Outcome<Response> {
    typed_document(form, Form::Json.media_type(), body, tag)
}

/// The same where the JSON has a media type of its own.
pub(super) fn typed_document(form: Form, media_type: &'static str, body: &impl Serialize, tag: Tag) -> Outcome<Response> {
    if form == Form::Html {
        let value = serde_json::to_value(body).map_err(|error| Fault::internal("json", error))?;
        return Ok(bytes(Form::Html.media_type(), html::document(&value), tag));
    }
    let text = serde_json::to_string(body).map_err(|error| Fault::internal("json", error))?;
    Ok(bytes(media_type, text, tag))
}

/// An answer that is written already.
pub(super) fn bytes(media_type: &'static str, body: impl IntoResponse, tag: Tag) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    tag.put_on(response.headers_mut());
    response
}

/// An answer that rests on no revision: what the program knows, or what runs at the moment.
pub(super) fn untagged(form: Form, body: &impl Serialize) -> Response {
    match serde_json::to_value(body) {
        Ok(body) if form == Form::Html => Html(html::document(&body)).into_response(),
        Ok(body) => Json(body).into_response(),
        Err(error) => Refusal::from(Fault::internal("json", error)).into_response(),
    }
}
