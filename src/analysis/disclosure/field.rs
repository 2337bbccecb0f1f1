//! Arithmetic modulo 2⁶¹ − 1. Memberships are 0 and 1, so that what is 0 here and not among whole numbers would be an accident.

const PRIME: u64 = (1 << 61) - 1;

pub(super) type Vector = Vec<u64>;

pub(super) fn times(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    // 2⁶¹ is 1: the high bits are added to the low ones.
    let sum = (product as u64 & PRIME) + (product >> 61) as u64;
    if sum >= PRIME { sum - PRIME } else { sum }
}

pub(super) fn less(a: u64, b: u64) -> u64 {
    if a >= b { a - b } else { a + PRIME - b }
}

/// By Fermat: a^(p − 2).
pub(super) fn inverse(a: u64) -> u64 {
    let (mut base, mut power, mut result) = (a, PRIME - 2, 1);
    while power > 0 {
        if power & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        power >>= 1;
    }
    result
}

/// The first column that is not 0.
pub(super) fn lead(vector: &[u64]) -> Option<usize> {
    vector.iter().position(|value| *value != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_differences_and_inverses_are_those_of_the_field() {
        for a in [1, 2, 3, 1 << 40, PRIME - 1, 123_456_789_012_345] {
            assert_eq!(times(a, inverse(a)), 1);
            assert_eq!(times(a, 7), (u128::from(a) * 7 % u128::from(PRIME)) as u64);
            assert_eq!(less(0, a), PRIME - a);
        }
        assert_eq!(times(PRIME - 1, PRIME - 1), 1);
    }
}
