//! Circles of imports. A name that a module only passes on (`pub use`) counts as an import of the file that holds it.

use super::sources::File;
use std::collections::{BTreeSet, HashMap};

/// Strongly connected groups of files that lie in more than one folder; each group sorted by name.
pub fn across_folders(files: &[File]) -> Vec<Vec<String>> {
    let by_module: HashMap<&[String], usize> = files.iter().enumerate().map(|(at, file)| (file.module.as_slice(), at)).collect();
    let edges: Vec<BTreeSet<usize>> = files
        .iter()
        .enumerate()
        .map(|(at, file)| file.paths.iter().filter_map(|path| holder(files, &by_module, path, 0)).filter(|other| *other != at).collect())
        .collect();
    let reached: Vec<BTreeSet<usize>> = (0..files.len()).map(|from| reach(&edges, from)).collect();
    let mut groups = BTreeSet::new();
    for at in 0..files.len() {
        let group: Vec<usize> = reached[at].iter().copied().filter(|other| reached[*other].contains(&at)).collect();
        let folders: BTreeSet<_> = group.iter().map(|member| &files[*member].folder).collect();
        if folders.len() > 1 {
            let mut names: Vec<String> = group.iter().map(|member| files[*member].name.clone()).collect();
            names.sort();
            groups.insert(names);
        }
    }
    groups.into_iter().collect()
}

/// The file that holds what a path names: the deepest module on it, or where that module has the next name from.
fn holder(files: &[File], by_module: &HashMap<&[String], usize>, path: &[String], depth: usize) -> Option<usize> {
    let length = (1..=path.len()).rev().find(|length| by_module.contains_key(&path[..*length]))?;
    let at = *by_module.get(&path[..length])?;
    let Some(name) = path.get(length) else { return Some(at) };
    let passed = files[at].passed_on.iter().find(|(known_as, _)| known_as == name);
    match passed {
        Some((_, origin)) if depth < 8 => {
            let whole: Vec<String> = origin.iter().chain(&path[length + 1..]).cloned().collect();
            holder(files, by_module, &whole, depth + 1).or(Some(at))
        }
        _ => Some(at),
    }
}

fn reach(edges: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(at) = open.pop() {
        for next in &edges[at] {
            if seen.insert(*next) {
                open.push(*next);
            }
        }
    }
    seen
}

#[test]
fn a_circle_is_seen_through_names_that_are_passed_on_and_none_is_invented() {
    let file = |name: &str, folder: &str, module: &[&str], paths: &[&[&str]], passed_on: &[(&str, &[&str])]| {
        let text = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        File {
            name: name.to_owned(),
            module: text(module),
            folder: folder.into(),
            code: String::new(),
            lines: 1,
            paths: paths.iter().map(|path| text(path)).collect(),
            passed_on: passed_on.iter().map(|(known_as, path)| ((*known_as).to_owned(), text(path))).collect(),
        }
    };
    let house = |back: &[&[&str]]| {
        vec![
            file("a/mod.rs", "a", &["a"], &[], &[("One", &["a", "one", "One"])]),
            file("a/one.rs", "a", &["a", "one"], &[&["b", "two", "Two"]], &[]),
            file("b/two.rs", "b", &["b", "two"], back, &[]),
        ]
    };
    assert_eq!(across_folders(&house(&[])).len(), 0);
    assert_eq!(across_folders(&house(&[&["a", "One"]])), [["a/one.rs", "b/two.rs"].map(str::to_owned).to_vec()]);
    assert_eq!(across_folders(&house(&[&["a", "Other"]])).len(), 0, "the module itself imports nothing");
}
