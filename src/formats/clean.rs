//! Characters that are not seen: two codes that differ by one of them look the same, and are not.

use std::borrow::Cow;

/// Format characters (Unicode's class Cf as far as it comes up in tables), and control characters.
fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
        || (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
}

/// A key or a heading without characters that are not seen, and without blanks at its ends.
pub fn seen(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) {
        Cow::Owned(text.chars().filter(|character| !is_unseen(*character)).collect::<String>().trim().to_owned())
    } else {
        Cow::Borrowed(text.trim())
    }
}

/// Whether a text has characters that are not seen.
pub fn has_unseen(text: &str) -> bool {
    text.chars().any(is_unseen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_become_one_and_what_is_seen_stays() {
        for text in ["A1", "A1\u{200B}", "\u{FEFF}A1", "\u{202A}A1\u{202C}", "A\u{00AD}1", "A1\u{2060}\u{00A0}", "\u{2066}A1\u{2069}", "A1\u{0}"] {
            assert_eq!(seen(text), "A1", "{text:?}");
        }
        for text in ["宗地 1", "é-1", "A/1", "①"] {
            assert!(!has_unseen(text) && seen(text) == text);
        }
    }
}
