//! The workbench: files of `web/dist`, embedded in the binary.

use super::Refusal;
use crate::domain::Fault;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "web/dist"]
struct Assets;

/// The workbench's page.
pub(super) fn index() -> Response {
    match Assets::get("index.html") {
        Some(file) => {
            let fixed = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache"), (header::VARY, "accept")];
            (fixed, [(header::ETAG, etag(&file))], file.data).into_response()
        }
        None => (
            [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
            "<!doctype html><meta charset=utf-8><title>园图</title><p>此程序未含前端。请先运行 <code>make web</code> 再编译。<p>This binary was built without the frontend: run <code>make web</code> and build again.",
        )
            .into_response(),
    }
}

/// A file of the workbench, or 404.
pub(super) fn file(path: &str) -> Result<Response, Refusal> {
    let Some(file) = Assets::get(path.trim_start_matches('/')) else {
        let own = path.trim_start_matches('/');
        return Err(Fault::not_found("no_such_page", format!("没有 /{own}"), format!("there is nothing at /{own}")).at(path.to_owned()).into());
    };
    // Vite puts a hash of the content into the names under assets/: those never change.
    let cache = if path.starts_with("/assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [(header::CONTENT_TYPE, media_type(path).to_owned()), (header::ETAG, etag(&file)), (header::CACHE_CONTROL, cache.to_owned())];
    Ok((headers, file.data).into_response())
}

fn etag(file: &EmbeddedFile) -> String {
    format!("W/\"{}\"", &crate::domain::run::sha256_hex(&file.metadata.sha256_hash())[..32])
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "ico" => "image/x-icon",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
