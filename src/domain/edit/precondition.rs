//! `If-Match`: which state the caller saw (RFC 9110 §13.1.1).

use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use serde::{Deserialize, Serialize};

/// What must hold of the row that is to be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precondition {
    /// Nothing was said: a change is refused.
    #[default]
    Missing,
    /// `*`: whatever is there, as long as it is there.
    Any,
    /// One of these entity tags (their opaque texts).
    Tags(Vec<String>),
}

/// A row's entity tag, with its quotes: changes with each update of the row. What follows a dot in a tag that comes back tells apart
/// representations of one state (who asked, on which day): a change only asks for the state.
pub fn row_tag(revision: i64) -> String {
    format!("\"u{revision}\"")
}

impl Precondition {
    /// Reads `*` or a list of entity tags. A weak tag counts as its text: gateways that compress weaken tags on the way.
    ///
    /// # Errors
    /// 400 for what is no entity tag.
    pub fn parse(header: &str) -> Outcome<Self> {
        if header.trim() == "*" {
            return Ok(Precondition::Any);
        }
        let mut tags = Vec::new();
        let mut rest = header.trim();
        while !rest.is_empty() {
            let opaque = rest.strip_prefix("W/").unwrap_or(rest);
            let (tag, after) = opaque.strip_prefix('"').and_then(|quoted| quoted.split_once('"')).ok_or_else(|| bad(header))?;
            if tag.chars().any(|letter| letter.is_control() || letter == ' ') {
                return Err(bad(header));
            }
            tags.push(tag.to_owned());
            rest = match after.trim_start().strip_prefix(',') {
                Some(next) => next.trim_start_matches([' ', '\t', ',']),
                None if after.trim().is_empty() => "",
                None => return Err(bad(header)),
            };
        }
        if tags.is_empty() { Err(bad(header)) } else { Ok(Precondition::Tags(tags)) }
    }

    /// Reads a header that may be absent.
    pub fn of(header: Option<&str>) -> Outcome<Self> {
        header.map_or(Ok(Precondition::Missing), Precondition::parse)
    }

    /// Whether a row of this revision is what the caller saw; without a condition 428, with another state `stale`.
    pub fn check(&self, revision: i64, stale: impl FnOnce() -> Fault) -> Outcome<()> {
        match self {
            Precondition::Missing => Err(Fault::new(FaultKind::PreconditionRequired, "if_match", "缺少 If-Match", "If-Match is missing")
                .help("先读取此行，把它的 ETag 放进 If-Match", "read the row first and send its ETag in If-Match")),
            Precondition::Any => Ok(()),
            Precondition::Tags(tags) if tags.iter().any(|tag| tag.split('.').next() == Some(row_tag(revision).trim_matches('"'))) => Ok(()),
            Precondition::Tags(_) => Err(stale()),
        }
    }
}

fn bad(header: &str) -> Fault {
    Fault::bad("if_match", format!("If-Match 不是实体标签：{header}"), format!("If-Match holds no entity tag: {header}"))
        .at("If-Match")
        .help("写成 \"u3\"、\"u3\", \"u4\" 或 *", "write \"u3\", \"u3\", \"u4\" or *")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_of_if_match() {
        let tags = |texts: &[&str]| Precondition::Tags(texts.iter().map(|text| (*text).to_owned()).collect());
        for (header, read) in [
            ("*", Some(Precondition::Any)),
            (" * ", Some(Precondition::Any)),
            ("\"u3\"", Some(tags(&["u3"]))),
            ("W/\"u3\"", Some(tags(&["u3"]))),
            ("\"a,b\" , W/\"u4\"", Some(tags(&["a,b", "u4"]))),
            ("\"\"", Some(tags(&[""]))),
            ("", None),
            ("u3", None),
            ("\"u3", None),
            ("\"u3\" \"u4\"", None),
            ("\"u3\", *", None),
            ("w/\"u3\"", None),
        ] {
            assert_eq!(Precondition::parse(header).ok(), read, "{header}");
        }
    }

    #[test]
    fn any_tag_of_a_list_may_match_and_nothing_said_is_refused() {
        let stale = || Fault::new(FaultKind::PreconditionFailed, "stale", "", "");
        let kind = |header: Option<&str>| Precondition::of(header).unwrap().check(4, stale).err().map(|fault| fault.kind);
        assert_eq!(kind(Some("\"u3\", \"u4\"")), None);
        assert_eq!(kind(Some("\"u4.3fe1\"")), None);
        assert_eq!(kind(Some("*")), None);
        assert_eq!(kind(Some("\"u3\"")), Some(FaultKind::PreconditionFailed));
        assert_eq!(kind(None), Some(FaultKind::PreconditionRequired));
    }
}
