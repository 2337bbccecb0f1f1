//! The way to the reader of geometry blobs for the fuzzer in `fuzz/`. Built only for it.

use super::blob::{Scratch, blob_envelope};

pub fn blob(bytes: &[u8]) {
    let mut scratch = Scratch::default();
    if scratch.read(bytes).is_ok() {
        let shape = scratch.shape();
        let last = shape.rings.last().map_or(0, |ring| ring.end as usize);
        assert!(last <= shape.coords.len(), "rings end within the coordinates");
    }
    let _ = blob_envelope(bytes);
}
