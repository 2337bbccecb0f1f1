//! The figures that a planner may move in an upstairs check, and how far.

use super::schema::{Shape, specs};

/// What a lever may be set to: what the schema allows of the figure it stands for, so that a slip of the hand is told and not computed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeverBounds {
    pub low: f64,
    pub high: f64,
    pub whole: bool,
}

impl LeverBounds {
    pub fn allows(&self, value: f64) -> bool {
        value.is_finite() && (self.low..=self.high).contains(&value) && !(self.whole && value.fract() != 0.0)
    }
}

/// Bounds of a lever by its name; `None` when there is no such lever.
pub fn lever_bounds(lever: &str) -> Option<LeverBounds> {
    let path = match lever {
        "far" | "coverage" | "height" => format!("{lever}.max"),
        "setback_road" => "setback.road.*".to_owned(),
        "setback_side" => "setback.side".to_owned(),
        "storey_ground" | "storey_lower" => lever.replace('_', "."),
        "storey_typical" => "storey.middle".to_owned(),
        "storeys" => "storey.max".to_owned(),
        "plates" => "plate.count_max".to_owned(),
        "lifts" => "lift.min_per_plate".to_owned(),
        "bays" => "bay.min_per_plate".to_owned(),
        "wanted_gfa" => "programme.gfa_per_year".to_owned(),
        "neighbour" => return Some(LeverBounds { low: 0.0, high: 1.0, whole: true }),
        _ => return None,
    };
    match specs("upstairs")?.iter().find(|spec| spec.path == path)?.shape {
        Shape::Number(low, high) => Some(LeverBounds { low, high, whole: false }),
        Shape::Count(low, high) => Some(LeverBounds { low, high, whole: true }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lever_has_bounds_and_nothing_else_has() {
        for lever in ["far", "height", "coverage", "setback_road", "setback_side", "storey_ground", "storey_lower", "storey_typical"] {
            assert!(!lever_bounds(lever).expect(lever).whole, "{lever}");
        }
        for lever in ["storeys", "plates", "lifts", "bays", "neighbour"] {
            assert!(lever_bounds(lever).expect(lever).whole, "{lever}");
        }
        assert_eq!(lever_bounds("coverage"), Some(LeverBounds { low: 0.0, high: 1.0, whole: false }));
        assert!(lever_bounds("wanted_gfa").is_some() && lever_bounds("magic").is_none());
    }
}
