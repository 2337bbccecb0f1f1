//! How many regions there can be at most.

use super::RegionsInput;

/// Sums may fall short of a multiple of the threshold by rounding alone.
const ROUNDING: f64 = 1.0 + 1e-12;

/// A unit that reaches the threshold by itself gives at most one region; a region without such units lies in a connected
/// part of the others, and a part gives at most ⌊its sum / threshold⌋.
pub(super) fn p_bound(input: &RegionsInput<'_>) -> usize {
    let count = input.amount.len();
    if input.at_least <= 0.0 {
        return count;
    }
    let is_enough = |i: u32| input.amount[i as usize] * ROUNDING >= input.at_least;
    let mut seen = vec![false; count];
    let mut stack = Vec::new();
    let mut bound = 0;
    for start in 0..count as u32 {
        if std::mem::replace(&mut seen[start as usize], true) {
            continue;
        }
        if is_enough(start) {
            bound += 1;
            continue;
        }
        let mut sum = 0.0;
        stack.push(start);
        while let Some(i) = stack.pop() {
            sum += input.amount[i as usize];
            for j in input.graph.neighbours(i) {
                if !seen[j as usize] && !is_enough(j) {
                    seen[j as usize] = true;
                    stack.push(j);
                }
            }
        }
        bound += (sum / input.at_least * ROUNDING).floor() as usize;
    }
    bound
}
