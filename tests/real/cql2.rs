//! The published examples of CQL2 (OGC 21-065r2), read from the folder beside the project.

use crate::support::real_data;
use parkplan::city::cql2::{Expression, parse};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

fn texts(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())).collect()
}

fn read(name: &str, text: &str) -> Expression {
    parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}\n{text}"))
}

/// Some examples are no condition by themselves (`avg(windSpeed)` is a function, which may be one).
#[test]
fn every_published_example_is_read_and_its_text_says_what_its_json_says() {
    let Some(folder) = real_data().map(|data| data.join("peer/cql2")).filter(|folder| folder.is_dir()) else {
        eprintln!("SKIPPED: the published examples are not beside this checkout");
        return;
    };
    let (text, json) = (texts(&folder.join("examples/text")), texts(&folder.join("examples/json")));
    assert!(text.len() >= 120 && json.len() >= 110, "{} texts, {} JSON", text.len(), json.len());
    let mut twins = 0;
    for (name, source) in &text {
        let expression = read(name, source);
        // Another way to write an example has the example's name with an ending.
        if let Some(twin) = json.get(name.split("-alt").next().unwrap()) {
            assert_eq!(expression, read(name, twin), "{name}");
            twins += 1;
        }
        assert_eq!(read(name, &expression.to_string()), expression, "{name}");
    }
    assert!(twins >= 110, "{twins} twins");
    for (name, source) in &json {
        let expression = read(name, source);
        assert_eq!(read(name, &expression.to_string()), expression, "{name}");
    }
    let suite = fs::read_to_string(folder.join("tests/ats/expressions.txt")).unwrap();
    let lines: Vec<&str> = suite.lines().filter_map(|line| line.split_once('|').map(|(_, text)| text)).collect();
    assert!(lines.len() > 100);
    for line in lines {
        assert_eq!(read(line, &read(line, line).to_string()), read(line, line));
    }
}
