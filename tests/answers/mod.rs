//! `tests/answers/run` compares two programs; here its own comparison is tested.

use std::path::Path;
use std::process::Command;

#[test]
fn the_comparison_of_answers_blanks_what_may_differ_and_sees_the_rest() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers/check.py");
    let output = Command::new("python3").arg(script).output().expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
