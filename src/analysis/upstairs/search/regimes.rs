//! One outline under several heights: the search asked of each regime, and the best answer drawn (exact reading U5).

use super::layout::{Grid, Plate, corners};
use super::solve::{Building, Question, Space};
use crate::analysis::upstairs::land::Land;
use crate::analysis::upstairs::limits::{Limits, Tower};
use crate::analysis::upstairs::shape::{Point, area, without};
use crate::rules::UpstairsPack;
use geo::{BooleanOps, Relate};
use geo_types::{LineString, MultiPolygon, Polygon};

/// One height regime: where the zones lower than `height` are kept free, the building may rise to `height`.
pub(in crate::analysis::upstairs) struct Regime {
    pub outline: MultiPolygon<f64>,
    pub height: Option<f64>,
    pub space: Space,
}

/// The height regimes of an outline, highest free area last (U5): one when no zone lies on it.
pub(in crate::analysis::upstairs) fn regimes(land: &Land, outline: MultiPolygon<f64>, height: Option<f64>) -> Vec<Regime> {
    let mut zones: Vec<&(f64, MultiPolygon<f64>)> = land
        .zones
        .iter()
        .filter(|(limit, shape)| {
            height.is_none_or(|height| *limit < height) && outline.relate(shape).is_intersects() && area(&outline.intersection(shape)) > 1e-6
        })
        .collect();
    zones.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut regimes = Vec::new();
    let mut rest = outline;
    for (limit, shape) in zones {
        regimes.push(Regime { outline: rest.clone(), height: Some(*limit), space: Space::default() });
        rest = without(&rest, shape.0.clone());
    }
    regimes.push(Regime { outline: rest, height, space: Space::default() });
    regimes
}

/// What is varied against the base question when asking which limit binds (U11).
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::analysis::upstairs) struct Lifted {
    pub far: bool,
    pub height: bool,
    pub storeys: bool,
    pub coverage: bool,
}

/// The best building over all height regimes: index of the regime, and the building.
pub(in crate::analysis::upstairs) fn best(
    regimes: &mut [Regime],
    site_area: f64,
    limits: &Limits,
    pack: &UpstairsPack,
    lifted: Lifted,
) -> (usize, Building) {
    let mut best = (0, Building::default());
    for (index, regime) in regimes.iter_mut().enumerate() {
        let height = if lifted.height { None } else { regime.height };
        let storeys = if lifted.storeys { None } else { Some(limits.storeys.value) };
        let tower = Tower::new(limits, pack, height, storeys);
        let question = Question {
            outline: &regime.outline,
            site_area,
            far: if lifted.far { None } else { limits.far.value },
            coverage: if lifted.coverage { 1.0 } else { limits.coverage.value.unwrap_or(1.0) },
            tower: &tower,
            grid: &limits.grid,
            partial_top: pack.storey.partial_top.value,
        };
        if question.bound() <= best.1.gfa {
            continue;
        }
        let building = regime.space.best(&question);
        if building.gfa > best.1.gfa * (1.0 + 1e-6) {
            best = (index, building);
        }
    }
    best
}

/// A building with its plates drawn, in the land's local coordinates.
#[derive(Clone, Debug, Default)]
pub(in crate::analysis::upstairs) struct Scheme {
    pub building: Building,
    pub angle_deg: f64,
    pub plates: Vec<DrawnPlate>,
    pub height_limit: Option<f64>,
}

#[derive(Clone, Debug)]
pub(in crate::analysis::upstairs) struct DrawnPlate {
    pub width: f64,
    pub length: f64,
    pub corners: [Point; 4],
}

impl DrawnPlate {
    pub(crate) fn area(&self) -> f64 {
        self.width * self.length
    }

    pub(crate) fn sides(&self) -> [(Point, Point); 4] {
        let [a, b, c, d] = self.corners;
        [(a, b), (b, c), (c, d), (d, a)]
    }

    pub(crate) fn polygon(&self) -> Polygon<f64> {
        let [a, b, c, d] = self.corners;
        Polygon::new(LineString(vec![a, b, c, d, a]), Vec::new())
    }
}

/// The building drawn.
pub(in crate::analysis::upstairs) fn draw(regimes: &[Regime], index: usize, building: Building, grid: &Grid) -> Scheme {
    let regime = &regimes[index];
    let mut scheme = Scheme { building, height_limit: regime.height, ..Scheme::default() };
    let Some(layout) = regime.space.layout(&scheme.building, grid) else { return scheme };
    let frame = &regime.space.frames[layout.frame];
    scheme.angle_deg = frame.angle_deg;
    scheme.plates = layout
        .plates
        .iter()
        .map(|plate: &Plate| {
            let (m, n) = (plate.m as f64 * grid.span, plate.n as f64 * grid.span);
            DrawnPlate { width: m.min(n), length: m.max(n), corners: corners(frame, plate, grid.span) }
        })
        .collect();
    scheme
}
