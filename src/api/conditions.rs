//! Conditional requests: `If-Match` on writes.

use crate::domain::Fault;
use crate::domain::edit::Precondition;
use axum::http::{HeaderMap, header};

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
