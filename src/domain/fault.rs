//! What went wrong, told to a person: what, where and how to mend it, in both languages.

use serde::Serialize;
use std::time::Duration;

/// The language of a text for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// By its tag, as `en-GB` or `zh_CN.UTF-8`.
    pub fn named(tag: &str) -> Option<Self> {
        match tag.split(['-', '_', '.']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }
}

/// The class of a fault; `api` turns it into an HTTP status and `cli` into an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    BadInput,
    NotFound,
    /// What was asked for is there, but does not take this kind of request.
    NotAllowed,
    /// There is no form of the answer that the caller takes.
    NotAcceptable,
    Unauthorised,
    Forbidden,
    Conflict,
    PreconditionFailed,
    PreconditionRequired,
    Unprocessable,
    /// The body is in a form that is not taken.
    UnsupportedMedia,
    /// The body is larger than what is taken.
    TooLarge,
    TooMany,
    Cancelled,
    /// The server cannot answer now: what it holds is not the city any more.
    Unavailable,
    /// Another program is at work on the city; in a moment it goes.
    Busy,
    /// There is no room on the disk.
    NoRoom,
    Internal,
}

/// A fault that reaches a person. `code` is stable for scripts; `place` says where in the input.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{en}")]
pub struct Fault {
    pub kind: FaultKind,
    pub code: &'static str,
    pub zh: String,
    pub en: String,
    pub place: Option<String>,
    pub help_zh: Option<String>,
    pub help_en: Option<String>,
    /// JSON pointers with a text each, for forms.
    pub fields: Vec<(String, String, String)>,
    /// The state that the caller should have known (a 412 carries the unit as it is now).
    pub current: Option<Box<serde_json::Value>>,
    /// When the same may be asked again.
    pub retry_after: Option<Duration>,
}

/// Everything that can fail on the way to a person returns this.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    pub fn new(kind: FaultKind, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Fault {
            kind,
            code,
            zh: zh.into(),
            en: en.into(),
            place: None,
            help_zh: None,
            help_en: None,
            fields: Vec::new(),
            current: None,
            retry_after: None,
        }
    }

    pub fn bad(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(FaultKind::BadInput, code, zh, en)
    }

    pub fn not_found(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(FaultKind::NotFound, code, zh, en)
    }

    /// A failure that is ours; `detail` goes to the log and, in short, to the person.
    pub fn internal(code: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::new(FaultKind::Internal, code, format!("内部错误：{detail}"), format!("internal error: {detail}"))
    }

    /// A file of ours that cannot be written.
    pub fn of_writing(error: &std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match error.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => Self::disk_full(),
            _ => Self::internal("write", error),
        }
    }

    /// There is no room for what was to be written.
    pub fn disk_full() -> Self {
        Self::new(
            FaultKind::NoRoom,
            "disk_full",
            "磁盘已满或文件达到大小上限，未写入任何内容，原有文件未动",
            "the disk is full, or a file may not grow further; nothing was written, and what was there is as it was",
        )
        .help("腾出空间后再试，或写到别的磁盘", "make room and try again, or write to another disk")
    }

    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }

    pub fn help(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.help_zh = Some(zh.into());
        self.help_en = Some(en.into());
        self
    }

    /// The same may be asked again after this time.
    pub fn again_in(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// A number that was exceeded: what it counts, how much there is of it and how much is taken.
    pub fn too_much(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(FaultKind::BadInput, "limit_exceeded", zh, en)
    }

    /// Adds a field's JSON pointer with its text.
    pub fn field(mut self, pointer: impl Into<String>, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.fields.push((pointer.into(), zh.into(), en.into()));
        self
    }

    /// What may stand at a place, one choice an entry: a form offers them.
    pub fn with_choices(mut self, pointer: &str, choices: &[String]) -> Self {
        self.fields.extend(choices.iter().map(|choice| (pointer.to_owned(), choice.clone(), choice.clone())));
        self
    }

    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    pub fn help_text(&self, lang: Lang) -> Option<&str> {
        match lang {
            Lang::Zh => self.help_zh.as_deref(),
            Lang::En => self.help_en.as_deref(),
        }
    }
}
