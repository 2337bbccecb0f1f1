//! The very text that was frozen, by its hash: also of a decision that a later one followed.

use crate::analysis::designation::FrozenCard;
use crate::domain::fault::Outcome;
use crate::domain::{Change, Fault, FaultKind};
use crate::service::Viewer;

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

/// The text is one: who may not have a figure of it is given the designation, which leaves out what is withheld, and not the text (P2).
pub fn may_read_whole(text: &str, viewer: &Viewer) -> Outcome<()> {
    let card: FrozenCard = serde_json::from_str(text).map_err(|error| Fault::internal("evidence", error))?;
    if card.clone().seen(|park| viewer.is_inside(park)) == card {
        return Ok(());
    }
    Err(Fault::new(
        FaultKind::Forbidden,
        "evidence_withheld",
        "证据原文含有企业过少、不公布的数据",
        "the frozen text holds figures over too few firms, which are not told outside their parks",
    )
    .help("见授牌记录中的 evidence：不公布的项已略去", "see `evidence` of the designation, which leaves them out"))
}
