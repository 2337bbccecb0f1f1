//! Imports and exports that end in the middle: killed hard, interrupted, terminated, or on a disk that is full. Each round has an end at a
//! random moment of the whole duration. Afterwards the city opens, its log holds, and it has all of the import or none of it; the target of an
//! export is as it was, byte for byte, or the whole new file; nothing half-written is left, after a hard kill once the next program has written.
//!
//! `make rounds` plays 200 of them; a few are played with all tests.

mod disk;
mod ending;
mod exports;
mod imports;
mod same;

use ending::{Ending, Played};
use std::collections::BTreeMap;

/// A generator of its own, so that a seed plays the same rounds again (the machine's pace decides what they hit).
pub struct Dice(u64);

impl Dice {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }

    /// 0 to 1.
    pub fn share(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 30)
    }
}

/// Plays rounds, tells each, and gives what was wrong.
fn play(rounds: usize, seed: u64) -> Vec<String> {
    let mut dice = Dice(seed);
    let (imports, exports) = (imports::Bench::new(), exports::Bench::new(seed));
    let (mut wrong, mut hit, mut skipped) = (Vec::new(), BTreeMap::<String, usize>::new(), 0);
    for round in 0..rounds {
        let ending = Ending::ALL[round / 2 % Ending::ALL.len()];
        // Seven formats and four endings: all of them meet.
        let turn = round / 2;
        let played = if round % 2 == 0 { imports.play(turn, ending, &mut dice) } else { exports.play(turn, ending, &mut dice) };
        let Some(Played { what, phase, after, faults }) = played else {
            skipped += 1;
            continue;
        };
        println!("{round:3}  {what:16} {:10} {phase:22} {after}", ending.name());
        *hit.entry(format!("{:7} {:10} {phase} → {after}", what.split(' ').next().unwrap_or_default(), ending.name())).or_default() += 1;
        wrong.extend(faults.into_iter().map(|fault| format!("round {round}, {what}, {} {phase}: {fault}", ending.name())));
    }
    for (what, times) in &hit {
        println!("{times:4} × {what}");
    }
    println!("{rounds} rounds of seed {seed}: {} wrong, {skipped} skipped (no disk can be mounted here)", wrong.len());
    wrong
}

#[test]
fn a_few_rounds() {
    let wrong = play(10, 7);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[ignore = "half an hour: make rounds"]
fn many_rounds() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let wrong = play(number("ROUNDS", 200) as usize, number("SEED", 1));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
