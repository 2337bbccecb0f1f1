//! What goes to the terminal: results to stdout, everything else to stderr.

use super::target::Target;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

pub(super) struct Output {
    pub lang: Lang,
    pub json: bool,
    pub quiet: bool,
    pub progress: bool,
}

impl Output {
    /// The text in the person's language.
    pub(super) fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A notice on stderr.
    pub(super) fn notice(&self, zh: impl AsRef<str>, en: impl AsRef<str>) {
        if !self.quiet {
            eprintln!("{}", self.say(zh.as_ref(), en.as_ref()));
        }
    }

    /// The result: JSON with `--json`, else the readable text.
    /// Prints a result: its JSON (members in the order of their names), or a text for people.
    pub(super) fn result(&self, value: &impl Serialize, text: impl FnOnce() -> String) {
        let mut out = std::io::stdout().lock();
        // A closed pipe (`| head`) is the reader's choice, not a failure.
        let _ = if self.json { writeln!(out, "{}", serde_json::to_value(value).unwrap_or_default()) } else { writeln!(out, "{}", text()) };
    }

    pub(super) fn fault(&self, fault: &Fault) {
        if self.json {
            let errors: Vec<_> = fault.fields.iter().map(|(pointer, zh, en)| json!({ "pointer": pointer, "detail": self.say(zh, en) })).collect();
            let mut body = json!({ "code": fault.code, "title": fault.text(self.lang), "detail": fault.text(self.lang), "place": fault.place, "help": fault.help_text(self.lang) });
            if !errors.is_empty() {
                body["errors"] = errors.into();
            }
            eprintln!("{body}");
            return;
        }
        eprintln!("{}{}", self.say("错误：", "error: "), fault.text(self.lang));
        if let Some(place) = &fault.place {
            eprintln!("  {}{place}", self.say("位置：", "at: "));
        }
        for (pointer, zh, en) in &fault.fields {
            eprintln!("  {pointer} {}", self.say(zh, en));
        }
        if let Some(help) = fault.help_text(self.lang) {
            eprintln!("  {}{help}", self.say("办法：", "help: "));
        }
    }

    /// A bar on a terminal, nothing elsewhere.
    pub(super) fn bar(&self, total: Option<u64>) -> ProgressBar {
        if !self.progress || !std::io::stderr().is_terminal() {
            return ProgressBar::hidden();
        }
        let bar = match total {
            Some(total) => ProgressBar::new(total),
            None => ProgressBar::new_spinner(),
        };
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len} {eta}") {
            bar.set_style(style);
        }
        bar
    }
}

/// A table of texts with aligned columns; a cell that parses as a number goes to the right.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |text: &str| text.chars().map(|character| if character as u32 > 0x2E80 { 2 } else { 1 }).sum::<usize>();
    let widths: Vec<usize> =
        (0..head.len()).map(|column| rows.iter().map(|row| width(&row[column])).chain([width(head[column])]).max().unwrap_or(0)).collect();
    let is_number = |text: &str| text.replace([',', ' ', '%'], "").parse::<f64>().is_ok();
    // Asked once a column: a list may be long.
    let numbers: Vec<bool> = (0..head.len()).map(|column| rows.iter().all(|row| row[column].is_empty() || is_number(&row[column]))).collect();
    let line = |cells: Vec<&str>| {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(widths[column] - width(cell));
            line.push_str(&if numbers[column] { format!("{pad}{cell}  ") } else { format!("{cell}{pad}  ") });
        }
        line.trim_end().to_owned()
    };
    let mut text = line(head.to_vec());
    for row in rows {
        text.push('\n');
        text.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    text
}

/// Lets `write` make the file beside its final name and renames it; `-` is stdout. An existing file needs `force`.
pub(super) fn to_file(path: &Path, force: bool, write: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
    Target::of(path, force)?.write(write)
}

/// `--out` and `--force`.
#[derive(clap::Args)]
pub(super) struct OutFile {
    /// File to write; `-` is stdout
    #[arg(long)]
    pub out: PathBuf,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
}

/// # Errors
/// `write_failed`: no room, no right.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Outcome<()> {
    std::fs::write(path, bytes).map_err(|error| Fault::bad("write_failed", format!("写出失败：{error}"), format!("writing failed: {error}")))
}

impl OutFile {
    pub(super) fn write(&self, write: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
        to_file(&self.out, self.force, write)
    }

    pub(super) fn write_bytes(&self, bytes: &[u8]) -> Outcome<()> {
        self.write(|path| write_file(path, bytes))
    }
}
