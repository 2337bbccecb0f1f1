//! What is wrong with a pack, told in both languages.

use serde::Serialize;
use std::fmt;

/// One thing wrong with a pack, told in both languages. `code` is stable for scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub code: &'static str,
    /// Dotted path inside the file, or `line n` when the text is not TOML.
    pub place: String,
    pub zh: String,
    pub en: String,
}

impl Problem {
    pub(super) fn new(code: &'static str, place: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Problem { code, place: place.into(), zh: zh.into(), en: en.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.place, self.en, self.code)
    }
}
