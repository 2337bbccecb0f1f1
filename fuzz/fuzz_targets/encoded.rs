#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parkplan::formats::files::fuzzing::encoded(bytes));
