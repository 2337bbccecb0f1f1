//! Strict reading of CSV: the parser forgives what a person must not. A quote that is never closed swallows the rows behind it.

use super::limits::{Limits, exceeded};
use super::read::file_name;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::path::Path;

/// Refuses a text whose quotes do not part it into the rows that a reader sees.
pub(super) fn check(path: &Path, text: &str, separator: u8, limits: &Limits) -> Outcome<()> {
    hold(text, separator, limits)?;
    let separator = char::from(separator);
    let mut quotes = Quotes { separator, header: None, lines: Vec::new() };
    let (mut line, mut opened, mut at_start, mut closed) = (1u64, None, true, false);
    let (mut begin, mut letters) = (0, text.char_indices().peekable());
    while let Some((at, letter)) = letters.next() {
        if letter == '\n' {
            quotes.lines.push((line, &text[begin..at]));
            (begin, line) = (at + 1, line + 1);
        }
        if opened.is_some() {
            if letter == '"' {
                if letters.peek().is_some_and(|(_, next)| *next == '"') {
                    letters.next();
                } else {
                    (opened, closed) = (None, true);
                }
            }
            continue;
        }
        match letter {
            '\n' => {
                quotes.row_ends(path)?;
                (at_start, closed) = (true, false);
            }
            '\r' => {}
            '"' if at_start => (opened, at_start) = (Some(line), false),
            _ if letter == separator => (at_start, closed) = (true, false),
            ' ' | '\t' => {}
            _ if closed => {
                return Err(refused(
                    path,
                    line,
                    "引号之后还有文字，单元格的界限不明",
                    "text follows a closing quote, so that it is not clear where the cell ends",
                ));
            }
            _ => at_start = false,
        }
    }
    if let Some(line) = opened {
        return Err(refused(
            path,
            line,
            "引号打开后没有关闭，其后的行都会被吞掉",
            "a quote is opened and never closed: it would swallow the rows behind it",
        ));
    }
    quotes.lines.push((line, &text[begin..]));
    quotes.row_ends(path)
}

/// Bounds of what stands between separators and of how many there are in a line, before a cell of it is copied.
fn hold(text: &str, separator: u8, limits: &Limits) -> Outcome<()> {
    let (mut line, mut begin, mut cells, mut quoted) = (1u64, 0usize, 1usize, false);
    for (at, byte) in text.bytes().enumerate() {
        quoted ^= byte == b'"';
        if byte != b'\n' && byte != separator {
            continue;
        }
        if at - begin > limits.cell_bytes {
            return Err(limits.cell_too_long((at - begin) as u64).at(format!("line {line}")));
        }
        begin = at;
        cells += usize::from(byte == separator && !quoted);
        if cells > limits.fields {
            return Err(exceeded("字段数", "the number of fields", cells as u64, limits.fields as u64).at(format!("line {line}")));
        }
        if byte == b'\n' {
            (line, cells) = (line + 1, 1);
        }
    }
    let last = text.len() - begin;
    if last > limits.cell_bytes { Err(limits.cell_too_long(last as u64).at(format!("line {line}"))) } else { Ok(()) }
}

/// The physical lines of the row that passes.
struct Quotes<'a> {
    separator: char,
    /// Separators of the first row.
    header: Option<usize>,
    lines: Vec<(u64, &'a str)>,
}

impl Quotes<'_> {
    /// A cell with line breaks is a cell, unless each of the lines would be a row by itself: then a stray quote holds them together.
    fn row_ends(&mut self, path: &Path) -> Outcome<()> {
        let lines = std::mem::take(&mut self.lines);
        let separators = |text: &str| text.matches(self.separator).count();
        let header = *self.header.get_or_insert_with(|| lines.iter().map(|(_, text)| separators(text)).sum());
        if let [(line, _), _, ..] = lines.as_slice()
            && header > 0
            && lines.iter().all(|(_, text)| separators(text) == header)
        {
            return Err(refused(
                path,
                *line,
                "引号把几行并成了一行，而每一行本身就是完整的一行",
                "a quote joins several lines of which each would be a row by itself",
            ));
        }
        Ok(())
    }
}

fn refused(path: &Path, line: u64, zh: &str, en: &str) -> Fault {
    Fault::bad("csv_quotes", format!("{} 第 {line} 行：{zh}", file_name(path)), format!("{}, line {line}: {en}", file_name(path)))
        .at(format!("line {line}"))
        .help("请改正该行的引号，或从表格软件重新导出", "mend the quotes of that line, or export the table again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(text: &str) -> Option<String> {
        check(Path::new("t.csv"), text, b',', &Limits::default()).err().and_then(|fault| fault.place)
    }

    #[test]
    fn quotes_that_swallow_rows_are_refused_with_the_line_where_they_open() {
        for (text, line) in [
            ("code,name,area\nA1,\"甲,100\nA2,乙,200\n", Some("line 2")),
            ("code,name,area\r\nA1,甲,1\r\nA2,\"乙,200", Some("line 3")),
            ("code,name,area\nA1,\"甲,100\nA2,乙\",200\n", Some("line 2")),
            ("code,name,area\nA1,\"甲\"x,100\n", Some("line 2")),
            ("code,name,area\nA1,\"甲,100\nA2,\"乙,200\n", Some("line 3")),
            ("code,name,area\nA1,\"甲\n乙\",100\nA2,\"a \"\"b\"\"\",2\n", None),
            ("code,name\nA1,12\" pipe\nA2,\"x\" \n", None),
            ("code,wkt\nA1,\"POLYGON((0 0,1 0,1 1,0 0))\"\n", None),
            ("code\n\"a\nb\"\n", None),
        ] {
            assert_eq!(line_of(text).as_deref(), line, "{text}");
        }
    }
}
