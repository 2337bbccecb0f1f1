//! What goes to the terminal: results to stdout, everything else to stderr.

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
            let body = json!({ "code": fault.code, "title": fault.text(self.lang), "detail": fault.text(self.lang), "place": fault.place, "help": fault.help_text(self.lang) });
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
    let line = |cells: Vec<&str>| {
        let mut line = String::new();
        for (column, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(widths[column] - width(cell));
            let right = rows.iter().all(|row| row[column].is_empty() || is_number(&row[column]));
            line.push_str(&if right { format!("{pad}{cell}  ") } else { format!("{cell}{pad}  ") });
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
    let to_stdout = path.as_os_str() == "-";
    if !to_stdout && path.exists() && !force {
        return Err(Fault::bad("file_exists", format!("{} 已存在", path.display()), format!("{} already exists", path.display()))
            .help("加 --force 覆盖", "pass --force to replace it"));
    }
    let part = if to_stdout {
        std::env::temp_dir().join(format!("parkplan-{}", std::process::id()))
    } else {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        path.with_file_name(format!(".part-{}-{name}", std::process::id()))
    };
    let failed = |error: std::io::Error| {
        Fault::bad("write_file", format!("写不了 {}：{error}", path.display()), format!("cannot write {}: {error}", path.display()))
    };
    let done = write(&part).and_then(|()| {
        if to_stdout {
            std::io::copy(&mut std::fs::File::open(&part).map_err(failed)?, &mut std::io::stdout().lock()).map(|_| ()).map_err(failed)
        } else {
            if path.is_dir() {
                std::fs::remove_dir_all(path).map_err(failed)?;
            }
            std::fs::rename(&part, path).map_err(failed)
        }
    });
    if to_stdout || done.is_err() {
        let _ = if part.is_dir() { std::fs::remove_dir_all(&part) } else { std::fs::remove_file(&part) };
    }
    done
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

impl OutFile {
    pub(super) fn write(&self, write: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
        to_file(&self.out, self.force, write)
    }
}
