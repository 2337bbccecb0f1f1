#![no_main]

// What a person drew, and well-known text in a filter.
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(drawing) = serde_json::from_slice(bytes) {
        let _ = parkplan::formats::drawn_area(&drawing);
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = parkplan::city::cql2::parse(&format!("S_INTERSECTS(geom, {text})"));
    }
});
