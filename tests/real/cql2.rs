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
    // How many there are is the publisher's affair; that they are all there is seen by the twins.
    assert!(!text.is_empty() && !json.is_empty(), "{} texts, {} JSON", text.len(), json.len());
    let mut unpaired: BTreeMap<&String, &String> = json.iter().collect();
    for (name, source) in &text {
        let expression = read(name, source);
        // Another way to write an example has the example's name with an ending.
        let first = name.split("-alt").next().unwrap().to_owned();
        let twin = json.get(&first).unwrap_or_else(|| panic!("{name} has no JSON"));
        assert_eq!(expression, read(name, twin), "{name}");
        unpaired.remove(&first);
        assert_eq!(read(name, &expression.to_string()), expression, "{name}");
    }
    assert!(unpaired.is_empty(), "without a text: {:?}", unpaired.keys());
    for (name, source) in &json {
        let expression = read(name, source);
        assert_eq!(read(name, &expression.to_string()), expression, "{name}");
    }
    let suite = fs::read_to_string(folder.join("tests/ats/expressions.txt")).unwrap();
    // `# …` is a remark, and a remark may show the form of a line.
    let stated = suite.lines().filter(|line| !line.starts_with('#'));
    let lines: Vec<&str> = stated.filter_map(|line| line.split_once('|').map(|(_, text)| text)).collect();
    assert!(!lines.is_empty());
    for line in lines {
        assert_eq!(read(line, &read(line, line).to_string()), read(line, line));
    }
}
