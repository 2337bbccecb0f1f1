#![no_main]

// Text and JSON; a text that is read is written in a literal again without a change of what it says.
libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = parkplan::city::cql2::parse(text);
    let filter = format!("name = {}", parkplan::city::cql2::text_literal(text));
    if text.len() < 1000 && !text.chars().any(char::is_control) {
        assert!(parkplan::city::cql2::parse(&filter).is_ok(), "{filter}");
    }
});
