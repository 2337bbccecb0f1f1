//! The way of coordinates from a file to where they are wanted: four parameters, reference systems, the web maps' shift.

use super::gcj02;
use crate::formats::Transformer;
use crate::spatial::similarity::Similarity;
use geo_types::Coord;

/// One step of a way.
pub(crate) enum Step {
    Similar(Similarity),
    Crs(Transformer),
    /// Degrees of the web maps to degrees of WGS 84.
    Unshift,
}

/// Steps one after the other.
pub(crate) struct Way {
    steps: Vec<Step>,
}

impl Way {
    pub(super) fn of(steps: Vec<Step>) -> Self {
        Way { steps }
    }

    pub(super) fn is_identity(&self) -> bool {
        self.steps.iter().all(|step| matches!(step, Step::Crs(way) if way.is_identity()))
    }

    /// Both ends of a step that no public transformation joins.
    pub(super) fn doubt(&self) -> Option<&str> {
        self.steps.iter().find_map(|step| if let Step::Crs(way) = step { way.doubt() } else { None })
    }

    /// In place; `false` when a coordinate has no image, and then the slice is to be thrown away.
    pub(super) fn apply(&self, coords: &mut [Coord<f64>]) -> bool {
        self.steps.iter().all(|step| match step {
            Step::Crs(way) => way.apply(coords),
            Step::Similar(similarity) => {
                coords.iter_mut().for_each(|at| *at = similarity.apply(*at));
                true
            }
            Step::Unshift => coords.iter_mut().all(|at| gcj02::unshifted(*at).map(|place| *at = place).is_some()),
        })
    }
}
