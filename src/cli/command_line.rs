//! The command as it was typed.

use clap::ArgMatches;
use std::path::PathBuf;
use std::sync::OnceLock;

/// What was typed, for whoever finds the city held by this process.
pub(crate) fn typed() -> String {
    let mut words: Vec<String> = std::env::args().collect();
    if let Some(program) = words.first_mut() {
        *program = "parkplan".to_owned();
    }
    words.join(" ")
}

static FILES: OnceLock<Vec<PathBuf>> = OnceLock::new();

/// Every file that the command line names, to read or to write, as often as it is named.
pub(super) fn files() -> &'static [PathBuf] {
    FILES.get().map_or(&[], Vec::as_slice)
}

/// Keeps the files that the command line names.
pub(super) fn remember(matches: &ArgMatches) {
    let mut files = Vec::new();
    collect(matches, &mut files);
    let _ = FILES.set(files);
}

/// The outputs that the command line names by `names`.
pub(super) fn named<'a>(matches: &'a ArgMatches, names: &[&str]) -> Vec<&'a PathBuf> {
    let mut found: Vec<&PathBuf> = Vec::new();
    for id in matches.ids().filter(|id| names.contains(&id.as_str())) {
        if let Ok(Some(paths)) = matches.try_get_many::<PathBuf>(id.as_str()) {
            found.extend(paths);
        }
    }
    if let Some((_, inner)) = matches.subcommand() {
        found.extend(named(inner, names));
    }
    found
}

/// Whether a switch is on, in the command or in one within it.
pub(super) fn is_on(matches: &ArgMatches, name: &str) -> bool {
    matches!(matches.try_get_one::<bool>(name), Ok(Some(true))) || matches.subcommand().is_some_and(|(_, inner)| is_on(inner, name))
}

fn collect(matches: &ArgMatches, files: &mut Vec<PathBuf>) {
    for id in matches.ids() {
        if let Ok(Some(paths)) = matches.try_get_many::<PathBuf>(id.as_str()) {
            files.extend(paths.cloned());
        }
        // A rule pack is a name or a file.
        if let ("pack", Ok(Some(pack))) = (id.as_str(), matches.try_get_one::<String>(id.as_str())) {
            files.push(PathBuf::from(pack));
        }
    }
    if let Some((_, inner)) = matches.subcommand() {
        collect(inner, files);
    }
}
