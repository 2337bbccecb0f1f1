//! Spans of time and how two of them lie to one another (OGC 21-065r2, temporal functions).

use super::super::cql2::TemporalRelation;
use super::column::Cells;

/// Where a span begins or ends.
pub(super) enum Moment<'t> {
    /// Before everything, as the open beginning of an interval.
    First,
    Column(Cells<'t>),
    /// A text that sorts among ISO dates as the instant does.
    At(String),
    /// After everything.
    Last,
}

/// `First` and `Last` lie outside of all dates: the order of the values is the order of time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    First,
    At(&'a str),
    Last,
}

impl Moment<'_> {
    fn key(&self, row: usize) -> Option<Key<'_>> {
        Some(match self {
            Moment::First => Key::First,
            Moment::Column(cells) => Key::At(cells.text(row)?),
            Moment::At(text) => Key::At(text),
            Moment::Last => Key::Last,
        })
    }
}

/// From, to; none for an instant, which ends where it begins.
pub(super) struct Span<'t> {
    pub(super) from: Moment<'t>,
    pub(super) to: Option<Moment<'t>>,
}

impl Span<'_> {
    fn keys(&self, row: usize) -> Option<(Key<'_>, Key<'_>)> {
        let from = self.from.key(row)?;
        Some((from, self.to.as_ref().map_or(Some(from), |to| to.key(row))?))
    }
}

pub(super) fn relate(relation: TemporalRelation, a: &Span<'_>, b: &Span<'_>, row: usize) -> Option<bool> {
    let ((a_from, a_to), (b_from, b_to)) = (a.keys(row)?, b.keys(row)?);
    Some(match relation {
        TemporalRelation::After => a_from > b_to,
        TemporalRelation::Before => a_to < b_from,
        TemporalRelation::Contains => a_from < b_from && a_to > b_to,
        TemporalRelation::Disjoint => a_to < b_from || a_from > b_to,
        TemporalRelation::During => a_from > b_from && a_to < b_to,
        TemporalRelation::Equals => a_from == b_from && a_to == b_to,
        TemporalRelation::FinishedBy => a_from < b_from && a_to == b_to,
        TemporalRelation::Finishes => a_from > b_from && a_to == b_to,
        TemporalRelation::Intersects => a_from <= b_to && a_to >= b_from,
        TemporalRelation::Meets => a_to == b_from,
        TemporalRelation::MetBy => a_from == b_to,
        TemporalRelation::OverlappedBy => a_from > b_from && a_from < b_to && a_to > b_to,
        TemporalRelation::Overlaps => a_from < b_from && a_to > b_from && a_to < b_to,
        TemporalRelation::StartedBy => a_from == b_from && a_to > b_to,
        TemporalRelation::Starts => a_from == b_from && a_to < b_to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Moment<'static> {
        match text {
            "<" => Moment::First,
            ">" => Moment::Last,
            _ => Moment::At(text.to_owned()),
        }
    }

    /// The names of the relations in which `a` stands to 3–6.
    fn relations(from: &str, to: &str) -> Vec<&'static str> {
        let (a, b) = (Span { from: day(from), to: Some(day(to)) }, Span { from: day("3"), to: Some(day("6")) });
        TemporalRelation::ALL.iter().filter(|relation| relate(**relation, &a, &b, 0) == Some(true)).map(|relation| relation.name()).collect()
    }

    #[test]
    fn each_way_for_two_intervals_to_lie_has_its_name() {
        assert_eq!(relations("7", "8"), ["t_after", "t_disjoint"]);
        assert_eq!(relations("1", "2"), ["t_before", "t_disjoint"]);
        assert_eq!(relations("1", "3"), ["t_intersects", "t_meets"]);
        assert_eq!(relations("6", "8"), ["t_intersects", "t_metBy"]);
        assert_eq!(relations("1", "4"), ["t_intersects", "t_overlaps"]);
        assert_eq!(relations("5", "8"), ["t_intersects", "t_overlappedBy"]);
        assert_eq!(relations("4", "5"), ["t_during", "t_intersects"]);
        assert_eq!(relations("<", ">"), ["t_contains", "t_intersects"]);
        assert_eq!(relations("3", "6"), ["t_equals", "t_intersects"]);
        assert_eq!(relations("3", "5"), ["t_intersects", "t_starts"]);
        assert_eq!(relations("3", ">"), ["t_intersects", "t_startedBy"]);
        assert_eq!(relations("4", "6"), ["t_finishes", "t_intersects"]);
        assert_eq!(relations("<", "6"), ["t_finishedBy", "t_intersects"]);
    }
}
