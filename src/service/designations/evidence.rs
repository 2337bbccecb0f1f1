//! The very text that was frozen, by its hash: also of a decision that a later one followed.

use crate::domain::fault::Outcome;
use crate::domain::{Change, Fault};

/// The canonical text with this SHA-256 among a designation's entries of the log.
pub fn frozen_text(code: &str, sha256: &str, changes: &[Change]) -> Outcome<String> {
    let of = |change: &Change| {
        let is_meant = change.after["evidence_sha256"].as_str() == Some(sha256);
        change.after["evidence"].as_str().filter(|_| is_meant).map(str::to_owned)
    };
    changes.iter().find_map(of).ok_or_else(|| {
        Fault::not_found("no_such_evidence", format!("{code} 没有指纹为 {sha256} 的证据"), format!("{code} has no evidence with the hash {sha256}"))
            .at(sha256)
            .help("指纹见授牌记录的 history", "the hashes stand in the designation's history")
    })
}
