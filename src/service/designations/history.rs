//! What happened to a designation, from the change log, with each step's place in the hash chain.

use crate::domain::Change;
use crate::service::Viewer;
use serde::Serialize;
use serde_json::Value as Json;
use utoipa::ToSchema;

/// One entry of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// `draft`, `edit`, `assess`, or the step that was taken.
    pub what: String,
    /// The stored state after it.
    #[schema(required)]
    pub state: Option<String>,
    /// RFC 3339, UTC.
    pub at: String,
    /// For people who are signed in.
    #[schema(required)]
    pub account: Option<String>,
    /// The day of the decision; null where nothing was decided.
    #[schema(required)]
    pub date: Option<String>,
    #[schema(required)]
    pub reasons: Option<String>,
    /// The evidence that was frozen with it.
    #[schema(required)]
    pub evidence_sha256: Option<String>,
    pub revision: i64,
    /// Its number and hash in the chain of the change log.
    pub seq: i64,
    pub hash: String,
}

/// Entries of one designation, in the order given.
pub fn history(viewer: &Viewer, changes: Vec<Change>) -> Vec<HistoryEntry> {
    let known = viewer.account().is_some();
    changes.into_iter().map(|change| entry(change, known)).collect()
}

fn entry(change: Change, known: bool) -> HistoryEntry {
    let text = |side: &Json, name: &str| side[name].as_str().map(str::to_owned);
    let differs = |name: &str| change.before[name] != change.after[name];
    // A step freezes, or it changes the state; a title that is kept stays in its state.
    let decided = differs("evidence_sha256");
    let what = match (change.before.is_null(), differs("state") || decided, differs("assessments")) {
        (true, ..) => "draft".to_owned(),
        (_, true, _) => text(&change.after, "step").unwrap_or_default(),
        (_, false, true) => "assess".to_owned(),
        (_, false, false) => "edit".to_owned(),
    };
    let of_step = |name: &str, applies: bool| text(&change.after, name).filter(|_| applies);
    HistoryEntry {
        state: text(&change.after, "state"),
        account: known.then(|| change.by.clone()),
        date: of_step("date", decided),
        reasons: if what == "assess" { Some(change.source.clone()) } else { of_step("reasons", differs("state") || decided) },
        evidence_sha256: of_step("evidence_sha256", decided),
        revision: change.revision,
        seq: change.seq,
        what,
        at: change.at,
        hash: change.hash,
    }
}
