//! Texts that stand where a code is missing (`geodata/catalogue/placeholders.toml`).

use serde::Deserialize;
use std::sync::OnceLock;

#[derive(Deserialize)]
struct Placeholders {
    texts: Vec<String>,
    signs: Vec<char>,
}

/// Whether a text says that there is no code: `---`, `无`, `N/A`, `0`, nothing at all.
pub fn is_placeholder(text: &str) -> bool {
    let plain: String = text.trim().chars().map(half_width).flat_map(char::to_lowercase).collect();
    let plain = plain.trim();
    let Some(first) = plain.chars().next() else { return true };
    placeholders().texts.iter().any(|known| known == plain)
        || (placeholders().signs.contains(&first) && plain.chars().all(|sign| sign == first || sign == ' '))
}

fn half_width(sign: char) -> char {
    match sign {
        '\u{3000}' => ' ',
        '！'..='～' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        other => other,
    }
}

fn placeholders() -> &'static Placeholders {
    static KNOWN: OnceLock<Placeholders> = OnceLock::new();
    KNOWN.get_or_init(|| {
        toml::from_str(include_str!("../../geodata/catalogue/placeholders.toml"))
            .unwrap_or_else(|error| panic!("geodata/catalogue/placeholders.toml: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_no_code_is_known_and_codes_are_not_taken_for_it() {
        for text in ["", "  ", "\u{3000}", "---", "-", "- - -", "——", "无", "0", "N/A", "n/a", "＃Ｎ／Ａ", "NULL", "****", "？？", "xxx", "未编号"]
        {
            assert!(is_placeholder(text), "{text:?}");
        }
        for text in ["A1", "01", "10", "-1", "0-0", "A-", "无锡1号", "440306-001-0001", "x1", "1/2"] {
            assert!(!is_placeholder(text), "{text:?}");
        }
    }
}
