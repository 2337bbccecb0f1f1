//! JSON as a stream, read once and without a tree: numbers keep their text, and every value its place.

use super::complaint::{Complaint, Read, Wanted};
use super::limits::Budget;
use std::borrow::Cow;

pub(super) struct Scanner<'t, 'b> {
    text: &'t str,
    /// Byte of the next character that is no blank.
    pub(super) at: usize,
    pub(super) budget: &'b mut Budget,
}

impl<'t, 'b> Scanner<'t, 'b> {
    pub(super) fn new(text: &'t str, budget: &'b mut Budget) -> Self {
        let mut scanner = Scanner { text, at: 0, budget };
        scanner.blanks();
        scanner
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at = self.text.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn expected<T>(&self, wanted: Wanted) -> Read<T> {
        Err(Complaint::Expected { at: self.at, wanted })
    }

    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.budget.steps += 1;
            self.at += 1;
            self.blanks();
        }
        found
    }

    pub(super) fn must(&mut self, byte: u8, wanted: Wanted) -> Read<()> {
        if self.take(byte) { Ok(()) } else { self.expected(wanted) }
    }

    /// `true`, `false` or `null`.
    pub(super) fn word(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(rest.len())];
        self.step(word.len());
        word
    }

    fn step(&mut self, length: usize) {
        self.budget.steps += 1;
        self.at += length;
        self.blanks();
    }

    pub(super) fn string(&mut self) -> Read<Cow<'t, str>> {
        const WANTED: Wanted = ("双引号内的文本", "a string in double quotes");
        if self.peek() != Some(b'"') {
            return self.expected(WANTED);
        }
        let bytes = &self.text.as_bytes()[self.at + 1..];
        let (mut length, mut plain) = (0, true);
        loop {
            match bytes.get(length) {
                None => return Err(Complaint::wrong(self.at, "此处的引号没有闭合", "the quote that opens here is never closed")),
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    length += 1;
                }
                Some(byte) => plain &= *byte >= b' ',
            }
            length += 1;
        }
        let quoted = &self.text[self.at..self.at + length + 2];
        let text = if plain {
            Cow::Borrowed(&quoted[1..=length])
        } else {
            Cow::Owned(serde_json::from_str(quoted).map_err(|_| {
                Complaint::wrong(self.at, "这个文本里的转义或控制字符有误", "an escape or a control character of this string is wrong")
            })?)
        };
        self.step(quoted.len());
        Ok(text)
    }

    /// A number's own text.
    pub(super) fn number(&mut self) -> Read<&'t str> {
        let rest = &self.text[self.at..];
        let text = &rest[..rest.find(|next: char| !matches!(next, '0'..='9' | '+' | '-' | '.' | 'e' | 'E')).unwrap_or(rest.len())];
        if !is_number(text) {
            return self.expected(("JSON 数字", "a JSON number"));
        }
        self.step(text.len());
        Ok(text)
    }

    /// `[item, item, …]`
    pub(super) fn array(&mut self, mut item: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.must(b'[', ("[", "["))?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            item(self)?;
            if !self.take(b',') {
                return self.must(b']', (", 或 ]", "a comma or ]"));
            }
        }
    }

    /// `{"name": value, …}`; `member` reads the value.
    pub(super) fn object(&mut self, mut member: impl FnMut(&mut Self, usize, &str) -> Read<()>) -> Read<()> {
        self.must(b'{', ("{", "{"))?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            let at = self.at;
            let name = self.string()?;
            self.must(b':', (":", ":"))?;
            member(self, at, &name)?;
            if !self.take(b',') {
                return self.must(b'}', (", 或 }", "a comma or }"));
            }
        }
    }

    pub(super) fn end(&self) -> Read<()> {
        if self.peek().is_none() { Ok(()) } else { self.expected(("结尾", "the end")) }
    }
}

/// The grammar of RFC 8259.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(whole, fraction)| (whole, Some(fraction)));
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}
