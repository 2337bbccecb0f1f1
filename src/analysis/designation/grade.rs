//! Ranks and grades by quota (exact readings S4, S5).

use serde::Serialize;
use std::cmp::Ordering;
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
pub enum Grade {
    A,
    B,
    C,
    D,
    /// Too few parks for quotas.
    #[serde(rename = "ungraded")]
    Ungraded,
    /// A must-pass could not be told.
    #[serde(rename = "unknown")]
    Withheld,
}

impl Grade {
    pub const ALL: [Self; 6] = [Grade::A, Grade::B, Grade::C, Grade::D, Grade::Ungraded, Grade::Withheld];

    /// As it is written in answers and cells.
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::A => "A",
            Grade::B => "B",
            Grade::C => "C",
            Grade::D => "D",
            Grade::Ungraded => "ungraded",
            Grade::Withheld => "unknown",
        }
    }
}

/// Where a park stands before quotas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Standing {
    /// By its rounded total.
    Ranked(f64),
    /// D whatever the score.
    Forced,
    /// A must-pass is unknown: no grade, and not among the n.
    Withheld,
}

/// Quotas of a pack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quotas {
    pub a_share: f64,
    pub b_share: f64,
    pub d_share: f64,
    pub min_ranked: usize,
}

/// Grade and rank of each park, in the order given.
pub(super) fn grades(standings: &[Standing], quotas: &Quotas) -> Vec<(Grade, Option<usize>)> {
    let forced = standings.iter().filter(|standing| **standing == Standing::Forced).count();
    let mut ranked: Vec<(usize, f64)> = standings
        .iter()
        .enumerate()
        .filter_map(|(index, standing)| if let Standing::Ranked(total) = standing { Some((index, *total)) } else { None })
        .collect();
    ranked.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal).then(a.0.cmp(&b.0)));
    let graded = ranked.len() + forced;
    let mut result: Vec<(Grade, Option<usize>)> =
        standings.iter().map(|standing| (if *standing == Standing::Forced { Grade::D } else { Grade::Withheld }, None)).collect();

    let n = graded as f64;
    let (most_a, most_b) = ((quotas.a_share * n + 1e-9).floor() as usize, (quotas.b_share * n + 1e-9).floor() as usize);
    let least_d = (quotas.d_share * n - 1e-9).ceil().max(0.0) as usize;
    let first_d = ranked.len() - least_d.saturating_sub(forced).min(ranked.len());
    let (mut next, mut free) = (Grade::A, most_a);
    let mut start = 0;
    for group in ranked.chunk_by(|a, b| a.1 == b.1) {
        let end = start + group.len();
        let grade = if graded < quotas.min_ranked {
            Grade::Ungraded
        } else if end > first_d {
            // A tie that reaches into the D places is D entirely, unless it is most of the field.
            if 2 * group.len() > graded { Grade::C } else { Grade::D }
        } else {
            // One that does not fit wholly falls to the next grade, and everyone below with it.
            while next < Grade::C && group.len() > free {
                (next, free) = if next == Grade::A { (Grade::B, most_b) } else { (Grade::C, usize::MAX) };
            }
            free = free.saturating_sub(group.len());
            next
        };
        for (index, _) in group {
            result[*index] = (grade, Some(start + 1));
        }
        start = end;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use Standing::*;

    const HANGZHOU: Quotas = Quotas { a_share: 0.2, b_share: 0.3, d_share: 0.05, min_ranked: 10 };

    fn letters(standings: &[Standing]) -> String {
        grades(standings, &HANGZHOU)
            .iter()
            .map(|(grade, _)| match grade {
                Grade::A => 'A',
                Grade::B => 'B',
                Grade::C => 'C',
                Grade::D => 'D',
                Grade::Ungraded => '-',
                Grade::Withheld => '?',
            })
            .collect()
    }

    fn falling(count: usize) -> Vec<Standing> {
        (0..count).map(|index| Ranked(100.0 - index as f64)).collect()
    }

    #[test]
    fn twenty_parks_give_four_a_six_b_nine_c_and_one_d() {
        // ⌊4⌋ A, ⌊6⌋ B, ⌈1⌉ D.
        assert_eq!(letters(&falling(20)), "AAAABBBBBBCCCCCCCCCD");
        // n = 11: ⌊2.2⌋ = 2 A, ⌊3.3⌋ = 3 B, ⌈0.55⌉ = 1 D.
        assert_eq!(letters(&falling(11)), "AABBBCCCCCD");
    }

    #[test]
    fn a_tie_across_the_a_line_falls_to_b_with_everyone_below() {
        let mut standings = falling(10); // ⌊2⌋ A, ⌊3⌋ B
        standings[1] = Ranked(99.0);
        standings[2] = Ranked(99.0);
        let graded = grades(&standings, &HANGZHOU);
        assert_eq!(letters(&standings), "ABBBCCCCCD");
        assert_eq!(graded[..4].iter().map(|one| one.1).collect::<Vec<_>>(), [Some(1), Some(2), Some(2), Some(4)]);
    }

    #[test]
    fn a_tie_at_the_bottom_is_d_entirely_unless_it_is_most_of_the_field() {
        let mut standings = falling(10);
        for standing in &mut standings[7..] {
            *standing = Ranked(50.0);
        }
        assert_eq!(letters(&standings), "AABBBCCDDD");
        for standing in &mut standings[4..] {
            *standing = Ranked(50.0);
        }
        assert_eq!(letters(&standings), "AABBCCCCCC"); // six of ten
        assert_eq!(letters(&[Ranked(70.0); 10]), "CCCCCCCCCC");
    }

    #[test]
    fn the_forced_fill_the_d_quota_and_count_while_the_withheld_do_not() {
        let mut standings = falling(10);
        standings[0] = Forced;
        standings.push(Withheld);
        // n = 10: one D needed, filled by the forced one; 2 A, 3 B and the rest C.
        assert_eq!(letters(&standings), "DAABBBCCCC?");
        standings[1] = Withheld;
        // n = 9 < 10: no quota grades, the forced one stays D.
        assert_eq!(letters(&standings), "D?--------?");
    }

    proptest::proptest! {
        #[test]
        fn quotas_hold_whatever_the_ties(totals in proptest::collection::vec(0u8..12, 10..60), forced in 0usize..4) {
            let standings: Vec<Standing> = totals.iter().map(|total| Ranked(f64::from(*total))).chain(std::iter::repeat_n(Forced, forced)).collect();
            let graded = grades(&standings, &HANGZHOU);
            let n = standings.len();
            let count = |grade: Grade| graded.iter().filter(|one| one.0 == grade).count();
            proptest::prop_assert!(count(Grade::A) <= n / 5 && count(Grade::B) <= 3 * n / 10);
            let large = (0..12).map(|total| totals.iter().filter(|one| **one == total).count()).max().unwrap_or(0);
            proptest::prop_assert!(count(Grade::D) * 20 >= n || 2 * large > n);
            for (one, other) in (0..totals.len()).flat_map(|one| (0..totals.len()).map(move |other| (one, other))) {
                if totals[one] == totals[other] {
                    proptest::prop_assert_eq!(graded[one], graded[other]);
                }
                if totals[one] > totals[other] {
                    proptest::prop_assert!(graded[one].0 <= graded[other].0 && graded[one].1 < graded[other].1);
                }
            }
        }
    }
}
