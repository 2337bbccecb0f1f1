//! Files that people bring by the page: staged, looked at, tried, taken as one edit, taken back.
//!
//! What is staged lies in a folder beside the city file (`CITY.intake`), for its owner alone and for a while. What a taken file replaced is kept
//! there as well, so that it can be taken back; so are mappings that people saved.

mod answer;
mod diff;
mod preview;
mod profiles;
mod rejects;
mod settings;
mod stage;
mod staged;
mod trial;
mod undo;

pub use answer::{ImportAnswer, ImportRefusal};
pub use diff::{DiffCell, DiffChange, DiffCounts, DiffRow, DiffShape, DiffValue, ImportDiff};
pub use preview::{ImportColumn, ImportPreview, preview};
pub use profiles::{NewProfile, ProfileList, SavedProfile, delete_profile, profile_text, profiles, save_profile};
pub use rejects::rejects;
pub use settings::{CommitRequest, ImportSettings};
pub use stage::Incoming;
pub use staged::{StagedFile, StagedUpload, StagedUploads, UploadLimits, Uploads};
pub use trial::{ImportWork, Step};
pub use undo::{ImportTakenBack, take_back};

pub use crate::intake::RejectForm;

use super::{Planner, Viewer};
use crate::domain::fault::Outcome;
use std::sync::Arc;

/// A city at work and what people have staged for it.
#[derive(Clone)]
pub struct Intake {
    pub planner: Arc<Planner>,
    pub uploads: Arc<Uploads>,
}

impl Intake {
    pub fn of(planner: Arc<Planner>, uploads: Uploads) -> Intake {
        Intake { planner, uploads: Arc::new(uploads) }
    }
}

/// A person's own staged files, the newest first.
pub fn list(intake: &Intake, viewer: &Viewer) -> Outcome<StagedUploads> {
    viewer.planner()?;
    Ok(intake.uploads.list(viewer))
}

/// One of them; another's is not told to be there.
pub fn one(intake: &Intake, viewer: &Viewer, id: &str) -> Outcome<StagedUpload> {
    viewer.planner()?;
    Ok(intake.uploads.find(viewer, id)?.told())
}

/// Throws a staged file away.
pub fn discard(intake: &Intake, viewer: &Viewer, id: &str) -> Outcome<()> {
    viewer.planner()?;
    intake.uploads.discard(viewer, id)
}
