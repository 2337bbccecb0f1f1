#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(profile) = parkplan::domain::ImportProfile::parse(text) {
        let written = profile.text().expect("what was read can be written");
        assert!(parkplan::domain::ImportProfile::parse(&written).is_ok(), "{written}");
    }
});
