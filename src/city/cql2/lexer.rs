//! CQL2 text as tokens, one at a time, never twice.

use super::complaint::{Complaint, Read, half_width};
use std::borrow::Cow;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'t> {
    /// A name without quotes; also a keyword.
    Word(&'t str),
    /// A name in double quotes.
    Quoted(Cow<'t, str>),
    /// A text in single quotes.
    Text(Cow<'t, str>),
    /// Digits without sign.
    Number(&'t str),
    Symbol(Symbol),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    Open,
    Close,
    OpenSquare,
    CloseSquare,
    Comma,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Caret,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Bytes up to the quote that closes, and what they mean; none when no quote closes.
type Inside<'t> = Option<(usize, Cow<'t, str>)>;

pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Lexer { text, at: 0 }
    }

    /// Where the last token ended.
    pub(super) fn end(&self) -> usize {
        self.at
    }

    /// The next token and the byte where it starts.
    pub(super) fn next(&mut self) -> Read<(usize, Token<'t>)> {
        let rest = &self.text[self.at..];
        let rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let start = self.text.len() - rest.len();
        self.at = start;
        let Some(first) = rest.chars().next() else { return Ok((start, Token::End)) };
        let token = match first {
            '\'' => self.quoted(start, text_of).map(Token::Text)?,
            '"' => self.quoted(start, name_of).map(Token::Quoted)?,
            '0'..='9' => self.number(rest),
            '.' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => self.number(rest),
            _ if starts_name(first) => {
                let length = rest.find(|next| !continues_name(next)).unwrap_or(rest.len());
                self.at += length;
                Token::Word(&rest[..length])
            }
            _ => self.symbol(rest, first)?,
        };
        Ok((start, token))
    }

    fn symbol(&mut self, rest: &str, first: char) -> Read<Token<'t>> {
        let mut length = 1;
        let symbol = match first {
            '(' => Symbol::Open,
            ')' => Symbol::Close,
            '[' => Symbol::OpenSquare,
            ']' => Symbol::CloseSquare,
            ',' => Symbol::Comma,
            '+' => Symbol::Plus,
            '-' => Symbol::Minus,
            '*' => Symbol::Star,
            '/' => Symbol::Slash,
            '%' => Symbol::Percent,
            '^' => Symbol::Caret,
            '=' => Symbol::Equal,
            '<' | '>' => {
                length = 2;
                match &rest.as_bytes()[..2.min(rest.len())] {
                    b"<>" => Symbol::Unequal,
                    b"<=" => Symbol::LessOrEqual,
                    b">=" => Symbol::GreaterOrEqual,
                    _ => {
                        length = 1;
                        if first == '<' { Symbol::Less } else { Symbol::Greater }
                    }
                }
            }
            '!' => return Err(Complaint::wrong(self.at, "不等于写作 <>，否定写作 NOT", "unequal is written <>, negation NOT")),
            _ => return Err(Complaint::Expected { at: self.at, wanted: ("属性、值或运算符", "a property, a value or an operator") }),
        };
        self.at += length;
        Ok(Token::Symbol(symbol))
    }

    fn number(&mut self, rest: &'t str) -> Token<'t> {
        let digits = |from: usize| rest[from..].bytes().take_while(u8::is_ascii_digit).count();
        let mut length = digits(0);
        if rest[length..].starts_with('.') {
            length += 1 + digits(length + 1);
        }
        if rest[length..].starts_with(['e', 'E']) {
            let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
            let exponent = digits(length + 1 + sign);
            if exponent > 0 {
                length += 1 + sign + exponent;
            }
        }
        self.at += length;
        Token::Number(&rest[..length])
    }

    /// What stands between the quote at `start` and the one that ends it.
    fn quoted(&mut self, start: usize, read: fn(&str) -> Inside<'_>) -> Read<Cow<'t, str>> {
        let inside = &self.text[start + 1..];
        let Some((length, text)) = read(inside) else {
            return Err(Complaint::wrong(start, "此处的引号没有闭合", "the quote that opens here is never closed"));
        };
        self.at = start + 1 + length + 1;
        Ok(text)
    }
}

/// Up to a quote that is not doubled. `''` and `\'` are a quote; a backslash is itself elsewhere, and doubled before a quote it is one backslash:
/// so every text can be written.
fn text_of(inside: &str) -> Inside<'_> {
    let bytes = inside.as_bytes();
    let mut decoded: Option<String> = None;
    let (mut from, mut at) = (0, 0);
    loop {
        at += inside[at..].find('\'')?;
        let slashes = bytes[from..at].iter().rev().take_while(|byte| **byte == b'\\').count();
        let doubled = bytes.get(at + 1) == Some(&b'\'');
        let ends = slashes % 2 == 0 && !doubled;
        if slashes == 0 && ends {
            let tail = &inside[from..at];
            return Some((at, decoded.map_or(Cow::Borrowed(tail), |text| Cow::Owned(text + tail))));
        }
        let text = decoded.get_or_insert_default();
        text.push_str(&inside[from..at - slashes.div_ceil(2)]);
        if ends {
            return decoded.map(|text| (at, Cow::Owned(text)));
        }
        text.push('\'');
        at += if slashes % 2 == 0 { 2 } else { 1 };
        from = at;
    }
}

/// Up to a double quote that is not doubled.
fn name_of(inside: &str) -> Inside<'_> {
    let mut decoded: Option<String> = None;
    let mut from = 0;
    loop {
        let at = from + inside[from..].find('"')?;
        if !inside[at + 1..].starts_with('"') {
            let tail = &inside[from..at];
            return Some((at, decoded.map_or(Cow::Borrowed(tail), |text| Cow::Owned(text + tail))));
        }
        decoded.get_or_insert_default().push_str(&inside[from..=at]);
        from = at + 2;
    }
}

/// The grammar's `identifierStart`, but for the full-width forms of brackets and operators: those are slips of a Chinese keyboard.
pub(super) fn starts_name(next: char) -> bool {
    let named = matches!(next,
        ':' | '_' | 'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1ffe}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}'
        | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}');
    named && half_width(next).is_none()
}

pub(super) fn continues_name(next: char) -> bool {
    starts_name(next) || matches!(next, '.' | '0'..='9' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<Token<'_>> {
        let mut lexer = Lexer::new(text);
        std::iter::from_fn(|| lexer.next().ok().map(|(_, token)| token).filter(|token| *token != Token::End)).collect()
    }

    #[test]
    fn quotes_and_backslashes_inside_texts_have_one_reading() {
        for (written, meant) in [
            ("'a''b'", "a'b"),
            (r"'a\'b'", "a'b"),
            (r"'a\b'", r"a\b"),
            (r"'a\\b'", r"a\\b"),
            (r"'a\\'", r"a\"),
            (r"'a\\''b'", r"a\'b"),
            (r"'a\\\'b'", r"a\'b"),
            ("''", ""),
            ("''''", "'"),
            (r"'50\%%'", r"50\%%"),
        ] {
            assert_eq!(tokens(written), [Token::Text(meant.into())], "{written}");
        }
        assert_eq!(tokens(r#""a""b'(c" "#), [Token::Quoted("a\"b'(c".into())]);
        for open in ["'", "'a''", r"'a\'", r"'a\\''", "\"", "\"a\"\""] {
            assert!(Lexer::new(open).next().is_err(), "{open}");
        }
    }

    #[test]
    fn numbers_names_and_operators_are_told_apart() {
        assert_eq!(
            tokens("0012 .5 5. 1.2E-3 7e"),
            [".5", "5.", "1.2E-3"]
                .iter()
                .fold(vec![Token::Number("0012")], |mut all, text| {
                    all.push(Token::Number(text));
                    all
                })
                .into_iter()
                .chain([Token::Number("7"), Token::Word("e")])
                .collect::<Vec<_>>()
        );
        assert_eq!(tokens("容积率<>eo:cloud_cover"), [Token::Word("容积率"), Token::Symbol(Symbol::Unequal), Token::Word("eo:cloud_cover")]);
        assert_eq!(tokens("a-1"), [Token::Word("a"), Token::Symbol(Symbol::Minus), Token::Number("1")]);
    }
}
