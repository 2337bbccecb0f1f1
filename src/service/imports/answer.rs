//! What came of a trial, or of taking a file.

use super::diff::ImportDiff;
use crate::domain::Fault;
use crate::intake::ImportReport;
use crate::service::processes::Seen;
use serde::Serialize;
use utoipa::ToSchema;

/// A file as it was judged; with `dry_run` nothing was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportAnswer {
    /// The staged file.
    pub import: String,
    pub dry_run: bool,
    /// The revision that was read, or that the import made.
    pub revision: i64,
    /// Whether a revision was made that can be taken back.
    pub undoable: bool,
    /// The same report as the command line's.
    pub report: ImportReport,
    pub diff: ImportDiff,
    /// Why it would not be written as it stands; none where it would.
    #[schema(required)]
    pub refusal: Option<ImportRefusal>,
}

impl Seen for ImportAnswer {}

/// A fault that a person can mend by other settings or another file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportRefusal {
    pub code: &'static str,
    pub zh: String,
    pub en: String,
    #[schema(required)]
    pub help_zh: Option<String>,
    #[schema(required)]
    pub help_en: Option<String>,
    #[schema(required)]
    pub place: Option<String>,
}

impl From<Fault> for ImportRefusal {
    fn from(fault: Fault) -> Self {
        let Fault { code, zh, en, help_zh, help_en, place, .. } = fault;
        ImportRefusal { code, zh, en, help_zh, help_en, place }
    }
}
