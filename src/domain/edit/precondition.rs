//! Conditions of a write: which state the caller saw (RFC 9110 §13.1.1, §13.1.2), and the tags that name states.

use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Fault, FaultKind};
use serde::{Deserialize, Serialize};

/// An entity tag as a header writes it, with its quotes and, where it is weak, with `W/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntityTag(String);

impl From<&str> for EntityTag {
    fn from(text: &str) -> Self {
        EntityTag(text.to_owned())
    }
}

impl EntityTag {
    /// Strong comparison: the same text, and neither is weak.
    pub fn is(&self, current: &str) -> bool {
        self.0 == current && !self.0.starts_with("W/")
    }

    /// Weak comparison: the same text inside the quotes.
    pub fn resembles(&self, current: &str) -> bool {
        opaque(&self.0) == opaque(current)
    }
}

fn opaque(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// What must hold of the row that is to be changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precondition {
    /// Nothing was said: a change is refused.
    #[default]
    Missing,
    /// `*`: whatever is there, as long as it is there.
    Any,
    /// Whatever is there, but for these states.
    AnyBut(Vec<EntityTag>),
    /// One of these states.
    Tags(Vec<EntityTag>),
    /// Nothing may be there.
    Absent,
}

/// A row's entity tag, with its quotes: the row's own count of changes, and what of it is shown. The count alone would be the same in another
/// copy of the city that went its own way, and what is shown alone would be the same again after a change to and fro.
pub fn row_tag(revision: i64, shown: &impl Serialize) -> String {
    let shown = serde_json::to_vec(shown).unwrap_or_default();
    format!("\"u{revision}.{}\"", &sha256_hex(&shown)[..12])
}

impl Precondition {
    /// Reads `*` or a list of entity tags, of the header `name`.
    ///
    /// # Errors
    /// 400 for what is no entity tag.
    pub fn parse(name: &'static str, header: &str) -> Outcome<Self> {
        if header.trim() == "*" {
            return Ok(Precondition::Any);
        }
        let bad = || bad(name, header);
        let mut tags = Vec::new();
        let mut rest = next_element(header);
        while !rest.is_empty() {
            let (tag, after) = opaque(rest).strip_prefix('"').and_then(|quoted| quoted.split_once('"')).ok_or_else(bad)?;
            if tag.chars().any(|letter| letter.is_control() || letter == ' ') {
                return Err(bad());
            }
            tags.push(EntityTag(rest[..rest.len() - after.len()].to_owned()));
            let after = after.trim_start_matches(BLANK);
            if !after.is_empty() && !after.starts_with(',') {
                return Err(bad());
            }
            rest = next_element(after);
        }
        if tags.is_empty() { Err(bad()) } else { Ok(Precondition::Tags(tags)) }
    }

    /// The same with what `If-None-Match` says of a write.
    pub fn unless(self, known: Precondition) -> Precondition {
        match (self, known) {
            (_, Precondition::Any) => Precondition::Absent,
            (Precondition::Any, Precondition::Tags(not)) => Precondition::AnyBut(not),
            (Precondition::Tags(mut tags), Precondition::Tags(not)) => {
                tags.retain(|tag| !not.iter().any(|not| not.resembles(&tag.0)));
                Precondition::Tags(tags)
            }
            (seen, _) => seen,
        }
    }

    /// Whether a row that is there is in a state that the caller wants; without a condition 428, in another state `stale`. `now` are the tags by
    /// which the row's state may be known.
    pub fn check(&self, now: impl IntoIterator<Item = String>, stale: impl FnOnce() -> Fault) -> Outcome<()> {
        let holds = match self {
            Precondition::Missing => {
                return Err(Fault::new(FaultKind::PreconditionRequired, "if_match", "缺少 If-Match", "If-Match is missing")
                    .help("先读取此行，把它的 ETag 放进 If-Match", "read the row first and send its ETag in If-Match"));
            }
            Precondition::Any => true,
            Precondition::AnyBut(tags) => !now.into_iter().any(|now| tags.iter().any(|tag| tag.resembles(&now))),
            Precondition::Tags(tags) => now.into_iter().any(|now| tags.iter().any(|tag| tag.is(&now))),
            Precondition::Absent => {
                return Err(Fault::new(
                    FaultKind::PreconditionFailed,
                    "if_none_match",
                    "If-None-Match: * 只许新建，而此行已存在",
                    "If-None-Match: * asks that nothing is there, but the row is",
                )
                .help("去掉 If-None-Match，改用 If-Match", "leave out If-None-Match and send If-Match"));
            }
        };
        if holds { Ok(()) } else { Err(stale()) }
    }
}

const BLANK: [char; 2] = [' ', '\t'];

/// A list may have empty elements (RFC 9110 §5.6.1.2).
fn next_element(list: &str) -> &str {
    list.trim_start_matches([' ', '\t', ',']).trim_end_matches(BLANK)
}

fn bad(name: &'static str, header: &str) -> Fault {
    Fault::bad("if_match", format!("{name} 不是实体标签：{header}"), format!("{name} holds no entity tag: {header}")).at(name).help(
        "写成 ETag 所给的样子，例如 \"u3.8d1c\"、\"u3.8d1c\", \"u4.02fa\" 或 *",
        "write it as ETag gave it, for example \"u3.8d1c\", \"u3.8d1c\", \"u4.02fa\" or *",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(header: &str) -> Outcome<Precondition> {
        Precondition::parse("If-Match", header)
    }

    #[test]
    fn the_grammar_of_a_list_of_tags() {
        let tags = |texts: &[&str]| Precondition::Tags(texts.iter().map(|text| EntityTag::from(*text)).collect());
        for (header, read) in [
            ("*", Some(Precondition::Any)),
            (" * ", Some(Precondition::Any)),
            ("\"u3\"", Some(tags(&["\"u3\""]))),
            ("W/\"u3\"", Some(tags(&["W/\"u3\""]))),
            ("\"a,b\" , W/\"u4\"", Some(tags(&["\"a,b\"", "W/\"u4\""]))),
            ("\"a\", , \"b\"", Some(tags(&["\"a\"", "\"b\""]))),
            (", \"a\",,", Some(tags(&["\"a\""]))),
            ("\"\"", Some(tags(&["\"\""]))),
            ("", None),
            (" , ", None),
            ("u3", None),
            ("\"u3", None),
            ("\"u3\" \"u4\"", None),
            ("\"u3\", *", None),
            ("w/\"u3\"", None),
        ] {
            assert_eq!(parse(header).ok(), read, "{header}");
        }
    }

    #[test]
    fn the_whole_tag_must_be_the_same_and_a_weak_one_never_is() {
        let now = row_tag(4, &["shown"]);
        let stale = || Fault::new(FaultKind::PreconditionFailed, "stale", "", "");
        let kind = |seen: Precondition| seen.check([now.clone()], stale).err().map(|fault| (fault.kind, fault.code));
        let of = |header: &str| kind(parse(header).unwrap());
        let failed = Some((FaultKind::PreconditionFailed, "stale"));
        assert_eq!(of(&now), None);
        assert_eq!(of(&format!("\"x\", {now}")), None);
        assert_eq!(of("*"), None);
        assert_eq!(of(&format!("W/{now}")), failed);
        assert_eq!(of("\"u4\""), failed);
        assert_eq!(of("\"u4.000000000000\""), failed);
        assert_eq!(of(&row_tag(4, &["of another history"])), failed);
        assert_eq!(of(&row_tag(3, &["shown"])), failed);
        assert_eq!(kind(Precondition::Missing), Some((FaultKind::PreconditionRequired, "if_match")));
    }

    #[test]
    fn what_must_not_be_there_counts_as_well() {
        let now = row_tag(4, &["shown"]);
        let failed = |seen: &str, known: &str| {
            let seen = if seen.is_empty() { Precondition::Missing } else { parse(seen).unwrap() };
            let stale = || Fault::new(FaultKind::PreconditionFailed, "stale", "", "");
            seen.unless(parse(known).unwrap()).check([now.clone()], stale).err().map(|fault| fault.kind)
        };
        let precondition = Some(FaultKind::PreconditionFailed);
        assert_eq!(failed("*", "*"), precondition);
        assert_eq!(failed("", "*"), precondition);
        assert_eq!(failed(&now, "*"), precondition);
        assert_eq!(failed("*", &format!("W/{now}")), precondition);
        assert_eq!(failed(&now, &format!("\"x\", {now}")), precondition);
        assert_eq!(failed("*", "\"x\""), None);
        assert_eq!(failed(&now, "\"x\""), None);
        assert_eq!(failed("", "\"x\""), Some(FaultKind::PreconditionRequired));
    }
}
