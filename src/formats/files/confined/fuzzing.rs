//! The way to [`super::receive`] for the fuzzer in `fuzz/`: what a reading process that was taken over may say.

use super::super::limits::Limits;
use super::receive::Ear;

pub fn answer(bytes: &[u8]) {
    const TABLE: u64 = 64 << 20;
    let Some((kind, said)) = bytes.split_first() else { return };
    let mut ear = Ear::new(said, &Limits::default(), TABLE);
    match kind % 5 {
        0 => {
            let mut rows = Vec::new();
            if ear.rows(&mut rows).is_ok() {
                let _ = ear.table(rows);
            }
        }
        1 => {
            let _ = ear.table(Vec::new());
        }
        2 => {
            let _ = ear.form();
        }
        3 => {
            let _ = ear.fault();
        }
        _ => {
            let _ = (ear.total(), ear.heading(), ear.attempts());
        }
    }
}
