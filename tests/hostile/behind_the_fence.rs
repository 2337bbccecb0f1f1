//! What a reading process can do when an attacker has taken it over: nothing that he would want.

use parkplan::formats::confined;
use std::path::Path;

#[test]
fn nothing_that_a_taken_over_reader_would_try_goes() {
    confined::read_by(Some(Path::new(crate::support::PARKPLAN)));
    let outside = tempfile::tempdir().expect("folder");
    std::fs::write(outside.path().join("secret"), "as it was").expect("write");
    let attempts = confined::attempts(outside.path()).expect("answers");
    assert!(attempts.len() >= 16, "{attempts:?}");
    let went: Vec<&str> = attempts.iter().filter(|(_, refusal)| refusal.is_none()).map(|(what, _)| what.as_str()).collect();
    for (what, refusal) in &attempts {
        println!("{what:32} {}", refusal.as_deref().unwrap_or("WENT"));
    }
    assert!(went.is_empty(), "{went:?}");
    assert_eq!(std::fs::read_to_string(outside.path().join("secret")).expect("secret"), "as it was");
    assert_eq!(std::fs::read_dir(outside.path()).expect("folder").count(), 1);
}

#[test]
fn the_reading_process_is_of_no_use_to_a_person() {
    let output = crate::support::parkplan(&[confined::PROGRAM_ARGUMENT]);
    assert!(!output.status.success() && output.stdout.is_empty());
}
