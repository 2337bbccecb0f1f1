//! Ways to what is parsed of a request, for the fuzzer in `fuzz/`. Built only for it.

use super::negotiate::{self, Form};
use super::{conditions, parameters, tiles};
use crate::domain::dictionary;
use axum::http::{HeaderMap, HeaderValue, header};

/// Lines: a tile's address, `Accept`, `Accept-Language`, `If-Match`, `If-None-Match`, then a parameter a line.
pub fn request(bytes: &[u8]) {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let address = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
    if let [z, y, x] = address.split('/').collect::<Vec<_>>()[..]
        && let (Ok(z), Ok(y)) = (z.parse(), y.parse())
        && let Ok(tile) = tiles::address(z, y, x)
    {
        let _ = (tile.world(), tile.lon_lat_box());
    }
    let mut headers = HeaderMap::new();
    for name in [header::ACCEPT, header::ACCEPT_LANGUAGE, header::IF_MATCH, header::IF_NONE_MATCH] {
        if let Some(value) = lines.next().and_then(|value| HeaderValue::from_bytes(value).ok()) {
            headers.append(name, value);
        }
    }
    let offers = [Form::Json, Form::Html, Form::GeoJson, Form::Csv, Form::Tile];
    let _ = negotiate::form(&offers, None, &headers);
    let _ = negotiate::language(&headers);
    let _ = conditions::seen(&headers);
    let pair = |line: &[u8]| {
        let line = String::from_utf8_lossy(line).into_owned();
        line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let query: Vec<(String, String)> = lines.filter_map(pair).collect();
    if let Ok(wanted) = parameters::wanted(dictionary().known("parcel"), &query, false, &|code| code.len() == 3) {
        let _ = (wanted.selection(), wanted.parameters());
    }
}
