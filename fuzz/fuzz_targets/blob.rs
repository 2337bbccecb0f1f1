#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parkplan::store::geopackage::fuzzing::blob(bytes));
