//! Answers are kept whole and rendered for whoever reads them.

use super::erased::Erased;
use crate::domain::fault::Outcome;
use crate::service::Viewer;
use serde::Serialize;
use std::borrow::Cow;

/// An answer without the members that its reader may not see.
pub trait Seen: Clone {
    /// By default nothing is private.
    fn seen_by(&self, _viewer: &Viewer) -> Cow<'_, Self> {
        Cow::Borrowed(self)
    }
}

/// The answer of any process, whole.
pub trait AnyAnswer: Send + Sync {
    /// The answer's JSON as this viewer may read it.
    fn render(&self, viewer: &Viewer) -> Outcome<Erased>;
}

impl<A: Serialize + Seen + Send + Sync> AnyAnswer for A {
    fn render(&self, viewer: &Viewer) -> Outcome<Erased> {
        Erased::of(&self.seen_by(viewer))
    }
}
