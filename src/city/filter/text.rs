//! Tests of texts, apart from where the texts are kept.

use super::super::cql2::{ArrayRelation, Comparison};
use std::collections::HashSet;

pub(super) enum TextTest {
    Compare(Comparison, String),
    In(HashSet<String>),
    Like(Vec<char>),
    /// The same test of texts without their case.
    Folded(Box<TextTest>),
    /// A test of the texts of a JSON list.
    List(ArrayRelation, HashSet<String>),
}

impl TextTest {
    /// Unknown for a list that is none.
    pub(super) fn passes(&self, text: &str) -> Option<bool> {
        Some(match self {
            TextTest::Compare(comparison, other) => holds(*comparison, text, other.as_str()),
            TextTest::In(set) => set.contains(text),
            TextTest::Like(pattern) => like(pattern, &text.chars().collect::<Vec<_>>()),
            TextTest::Folded(test) => return test.passes(&fold(text)),
            TextTest::List(relation, wanted) => {
                let found: HashSet<String> = serde_json::from_str::<Vec<String>>(text).ok()?.into_iter().collect();
                match relation {
                    ArrayRelation::Equals => found == *wanted,
                    ArrayRelation::Contains => found.is_superset(wanted),
                    ArrayRelation::ContainedBy => found.is_subset(wanted),
                    ArrayRelation::Overlaps => !found.is_disjoint(wanted),
                }
            }
        })
    }
}

pub(super) fn holds<T: PartialOrd + ?Sized>(comparison: Comparison, a: &T, b: &T) -> bool {
    match comparison {
        Comparison::Equal => a == b,
        Comparison::Unequal => a != b,
        Comparison::Less => a < b,
        Comparison::LessOrEqual => a <= b,
        Comparison::Greater => a > b,
        Comparison::GreaterOrEqual => a >= b,
    }
}

/// Letters without their case, each on its own: `ß` is `ss`, and a sigma is a sigma wherever it stands.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// SQL's LIKE: `%` any run, `_` any one character, `\` escapes. Linear in the text for each `%`, so no pattern can stall it.
fn like(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        let escaped = pattern.get(p) == Some(&'\\') && p + 1 < pattern.len();
        let here = if escaped { pattern.get(p + 1) } else { pattern.get(p) };
        if !escaped && here == Some(&'%') {
            retry = Some((p + 1, t));
            p += 1;
        } else if here.is_some_and(|wanted| (!escaped && *wanted == '_') || *wanted == text[t]) {
            p += if escaped { 2 } else { 1 };
            t += 1;
        } else if let Some((after, from)) = retry {
            retry = Some((after, from + 1));
            (p, t) = (after, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_knows_runs_single_characters_and_escapes() {
        let like = |pattern: &str, text: &str| super::like(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        assert!(like("%新桥%", "宝安新桥东") && like("440306-_12-%", "440306-412-0087") && like(r"100\%", "100%"));
        assert!(!like("新桥", "新桥东") && !like(r"100\%", "1000") && like("%a%b%c", "xxaxxbxxc") && !like("%a%b%c", "xxaxxbxx"));
        assert!(like(r"a\", r"a\") && like(r"%\\", r"a\") && !like(r"%\\", "a"));
    }

    #[test]
    fn letters_are_compared_without_their_case() {
        assert_eq!((fold("Straße"), fold("Οδος")), (fold("STRASSE"), fold("ΟΔΟΣ")));
        assert_eq!(fold("新桥 A-1"), "新桥 a-1");
    }

    #[test]
    fn lists_are_compared_as_sets() {
        let test = |relation, texts: &[&str]| TextTest::List(relation, texts.iter().map(|text| (*text).to_owned()).collect());
        assert_eq!(test(ArrayRelation::Contains, &["a"]).passes(r#"["a","b"]"#), Some(true));
        assert_eq!(test(ArrayRelation::ContainedBy, &["a"]).passes(r#"["a","b"]"#), Some(false));
        assert_eq!(test(ArrayRelation::Equals, &["b", "a"]).passes(r#"["a","b"]"#), Some(true));
        assert_eq!(test(ArrayRelation::Overlaps, &["c"]).passes("[]"), Some(false));
        assert_eq!(test(ArrayRelation::Overlaps, &["c"]).passes("c"), None);
    }
}
