//! The command as it was typed.

/// What was typed, for whoever finds the city held by this process.
pub(crate) fn typed() -> String {
    let mut words: Vec<String> = std::env::args().collect();
    if let Some(program) = words.first_mut() {
        *program = "parkplan".to_owned();
    }
    words.join(" ")
}
