//! The source files: their code without comments and without the tests at their end, and the paths that they import.

use std::fs;
use std::path::{Path, PathBuf};

pub struct File {
    /// From the root of the checkout: `src/city/table.rs`.
    pub name: String,
    /// As modules are named: `["city", "table"]`.
    pub module: Vec<String>,
    /// The folder whose concept it belongs to; `a.rs` beside a folder `a` belongs to that folder.
    pub folder: PathBuf,
    pub code: String,
    pub lines: usize,
    /// Imports and paths in the code from the crate's root on; `super` and `self` are resolved.
    pub paths: Vec<Vec<String>>,
    /// `pub use`: the name by which it is known here, and the path it stands for.
    pub passed_on: Vec<(String, Vec<String>)>,
}

impl File {
    pub fn room(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }

    pub fn is_test(&self) -> bool {
        self.module.iter().any(|part| part == "tests" || part.ends_with("_tests"))
    }
}

pub fn of(folder: &Path) -> Vec<File> {
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    assert!(!paths.is_empty(), "no sources in {}", folder.display());
    paths.sort();
    let mut files: Vec<File> = paths.iter().map(|path| read(path, folder)).collect();
    let modules: Vec<Vec<String>> = files.iter().map(|file| file.module.clone()).collect();
    for file in &mut files {
        let own = modules.iter().filter_map(|module| module.split_last()).filter(|(_, parent)| *parent == file.module);
        for (child, _) in own {
            // `pub use` is no import, so the words of imports are not read again here.
            let plain: String = file.code.split(';').filter(|statement| !statement.contains("use ")).collect::<Vec<_>>().join(";");
            let found: Vec<_> = inline(&plain, &format!("{child}::")).filter_map(|segments| from_root(&segments, &file.module)).collect();
            file.paths.extend(found);
        }
    }
    files
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("entry").path()) {
        if entry.is_dir() {
            walk(&entry, found);
        } else if entry.extension().is_some_and(|ending| ending == "rs") {
            found.push(entry);
        }
    }
}

fn read(path: &Path, top: &Path) -> File {
    let inside = path.strip_prefix(top).expect("inside").with_extension("");
    let mut module: Vec<String> = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    let text = fs::read_to_string(path).expect("readable");
    let code = bare(&text);
    let own_folder = path.with_extension("");
    let folder = if own_folder.is_dir() { own_folder } else { path.parent().expect("a folder").to_owned() };
    let name = format!("{}/{}", top.file_name().expect("a name").to_string_lossy(), path.strip_prefix(top).expect("inside").display());
    let (mut paths, mut passed_on) = (Vec::new(), Vec::new());
    for (public, tree) in imports(&code) {
        for (known_as, segments) in leaves(&tree) {
            let Some(absolute) = from_root(&segments, &module) else { continue };
            if public { passed_on.push((known_as, absolute)) } else { paths.push(absolute) }
        }
    }
    for start in ["crate::", "super::"] {
        paths.extend(inline(&code, start).filter_map(|segments| from_root(&segments, &module)));
    }
    File { name, module, folder, lines: text.lines().count(), code, paths, passed_on }
}

/// Without comments, and without what follows `#[cfg(test)]` before a module with a body: tests stand at the end of a file.
fn bare(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let tests = lines.windows(2).position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].trim_end().ends_with('{'));
    lines[..tests.unwrap_or(lines.len())].join("\n")
}

/// The trees of all `use` statements, and whether they pass on what they name.
fn imports(code: &str) -> Vec<(bool, String)> {
    let mut found = Vec::new();
    for statement in code.split(';') {
        let Some(at) = statement.rfind("use ").filter(|at| starts_a_statement(&statement[..*at])) else { continue };
        found.push((statement[..at].trim_end().ends_with(['b', ')']), statement[at + 4..].to_owned()));
    }
    found
}

fn starts_a_statement(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    line.is_empty() || line == "pub" || line.starts_with("pub(")
}

/// `a::{b, c::d as e}` as (`b`, a::b) and (`e`, a::c::d).
fn leaves(tree: &str) -> Vec<(String, Vec<String>)> {
    let tree = tree.trim();
    let (before, inside) = match tree.find('{') {
        Some(at) => (&tree[..at], Some(tree[at + 1..].trim_end().trim_end_matches('}'))),
        None => (tree, None),
    };
    let head: Vec<String> = before.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    let Some(inside) = inside else {
        let mut path = head;
        let last = path.pop().unwrap_or_default();
        let (own, known_as) = last.split_once(" as ").map_or((last.as_str(), last.as_str()), |(own, other)| (own.trim(), other.trim()));
        if own == "self" {
            return vec![(path.last().cloned().unwrap_or_default(), path)];
        }
        path.push(own.to_owned());
        return vec![(known_as.to_owned(), path)];
    };
    let (mut parts, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, sign) in inside.char_indices() {
        match sign {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inside[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[from..]);
    let whole = |leaf: (String, Vec<String>)| (leaf.0, head.iter().cloned().chain(leaf.1).collect());
    parts.into_iter().filter(|part| !part.trim().is_empty()).flat_map(|part| leaves(part).into_iter().map(whole).collect::<Vec<_>>()).collect()
}

/// The path from the crate's root; none for an outside crate or a name of this very file.
fn from_root(segments: &[String], module: &[String]) -> Option<Vec<String>> {
    match segments.first()?.as_str() {
        "crate" | "parkplan" => Some(segments[1..].to_vec()),
        "self" => Some(module.iter().cloned().chain(segments[1..].iter().cloned()).collect()),
        "super" => {
            let up = segments.iter().take_while(|part| *part == "super").count();
            let base = module.get(..module.len().checked_sub(up)?)?;
            Some(base.iter().cloned().chain(segments[up..].iter().cloned()).collect())
        }
        // Since the 2018 edition a submodule is named without `self`.
        _ => Some(module.iter().cloned().chain(segments.iter().cloned()).collect()),
    }
}

/// Paths that stand in the code itself: `crate::service::today()`.
fn inline(code: &str, start: &str) -> impl Iterator<Item = Vec<String>> {
    code.match_indices(start).filter(|(at, _)| !code[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')).map(
        |(at, _)| {
            let rest = &code[at..];
            let end = rest.find(|next: char| !next.is_alphanumeric() && next != '_' && next != ':').unwrap_or(rest.len());
            rest[..end].split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()
        },
    )
}

/// The names by which a type of an outside crate is imported; its whole path is one of them.
pub fn known_as(code: &str, path: &[&str]) -> Vec<String> {
    let trees = imports(code).into_iter().flat_map(|(_, tree)| leaves(&tree));
    let own = trees.filter(|(_, segments)| segments == path).map(|(known_as, _)| known_as);
    std::iter::once(path.join("::")).chain(own).collect()
}

/// Each function's name with its parameters and what it gives, as written.
pub fn signatures(code: &str) -> Vec<(String, String)> {
    let starts = code.match_indices("fn ").filter(|(at, _)| !code[..*at].ends_with(|before: char| before.is_alphanumeric() || before == '_'));
    let signature = |(at, _): (usize, &str)| {
        let (rest, mut depth) = (&code[at + 3..], 0);
        let is_end = |sign: char| {
            match sign {
                '(' | '[' => depth += 1,
                ')' | ']' => depth -= 1,
                _ => {}
            }
            depth == 0 && matches!(sign, '{' | ';')
        };
        let whole = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        let (name, types) = whole.split_at(whole.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(whole.len()));
        (name.to_owned(), types.to_owned())
    };
    starts.map(signature).collect()
}

/// Whether the text has the name as a word of its own.
pub fn has_word(text: &str, name: &str) -> bool {
    let part = |sign: char| sign.is_alphanumeric() || sign == '_';
    text.match_indices(name).any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

#[test]
fn a_signature_is_seen_whole_and_a_type_under_each_of_its_names() {
    let code = "use serde_json::{Map, Value as Json, json};\npub fn a(pair: [u8; 2], of: &Json) -> u8 { b() }\nfn b() -> JsonText;";
    assert_eq!(known_as(code, &["serde_json", "Value"]), ["serde_json::Value", "Json"]);
    let found = signatures(code);
    assert_eq!(found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(found.iter().map(|(_, types)| has_word(types, "Json")).collect::<Vec<_>>(), [true, false]);
}

/// Whether the code names the outside crate, in an import or in a path.
pub fn names_outside(code: &str, outside: &str) -> bool {
    code.match_indices(&format!("{outside}::"))
        .any(|(at, _)| !code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':'))
        || code.lines().any(|line| line.trim() == format!("use {outside};"))
}

/// The public methods of a type in this code.
pub fn public_methods(code: &str, of: &str) -> Vec<String> {
    let head = format!("\nimpl {of} {{\n");
    let mut found = Vec::new();
    for block in code.split(&head).skip(1) {
        let block = block.split("\n}").next().unwrap_or_default();
        let names = block.lines().filter_map(|line| line.strip_prefix("    pub fn ").or_else(|| line.strip_prefix("    pub async fn ")));
        found.extend(names.filter_map(|line| line.split(['(', '<']).next()).map(str::to_owned));
    }
    found
}

/// Columns and layers that a table or a city is asked for in quotes.
pub fn columns_in_words(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for asked in [".text(", ".number(", ".integer(", ".flag(", ".named("] {
        for call in code.split(asked).skip(1) {
            let arguments = call.split(')').next().unwrap_or_default();
            let Some((_, quoted)) = arguments.split_once('"') else { continue };
            let word = quoted.split('"').next().unwrap_or_default();
            if word != "name" && !word.is_empty() && word.chars().all(|letter| letter.is_ascii_lowercase() || matches!(letter, '_' | '0'..='9')) {
                found.push(format!("{asked}\"{word}\")"));
            }
        }
    }
    found
}

#[test]
fn a_column_in_quotes_is_seen() {
    assert_eq!(
        columns_in_words("table.text(row, \"park\"); city.named(layer); t.text(row, park::CODE); t.flag(at(row, 1), \"hard\")"),
        [".text(\"park\")"]
    );
    assert_eq!(columns_in_words("city.named(\"road\")?; table.text(row, \"name\")"), [".named(\"road\")"]);
}
