//! Which limit binds: what GFA would be if one alone were lifted (exact reading U11).

use super::check::Prepared;
use super::result::Binding;
use super::search::{Grid, Lifted, best, directions, most_cells_of_one, regimes};
use super::shape::area;
use crate::rules::UpstairsPack;
use geo_types::MultiPolygon;

/// Gains above this share of GFA count as binding.
const WORTH: f64 = 0.01;

pub(super) fn binding(prepared: &mut Prepared, pack: &UpstairsPack, gfa: f64) -> Vec<Binding> {
    let site_area = prepared.land.site_area;
    let mut gains: Vec<Binding> = Vec::new();
    let mut note = |rule: &'static str, lifted: f64| gains.push(Binding { rule, gain_m2: lifted - gfa });
    for (rule, lifted) in [
        ("far", Lifted { far: true, ..Lifted::default() }),
        ("height", Lifted { height: true, ..Lifted::default() }),
        ("storeys", Lifted { storeys: true, ..Lifted::default() }),
        ("coverage", Lifted { coverage: true, ..Lifted::default() }),
    ] {
        note(rule, best(&mut prepared.regimes, site_area, &prepared.limits, pack, lifted).1.gfa);
    }
    let site = prepared.land.site.clone();
    note("outline", again(prepared, &site, &prepared.limits.grid, pack, gfa));
    let outline = prepared.outline.clone();
    note("fire_distance", again(prepared, &outline, &Grid { fire_distance: 0.0, ..prepared.limits.grid.clone() }, pack, gfa));
    let unbounded = 1_000;
    let grid = &prepared.limits.grid;
    let larger =
        Grid { width: *grid.width.start()..=unbounded, length: *grid.length.start()..=unbounded, count_max: grid.count_max + 1, ..grid.clone() };
    note("plate", again(prepared, &outline, &larger, pack, gfa));
    gains.retain(|gain| gain.gain_m2 > WORTH * gfa);
    // Stable: equal gains stay in the order above.
    gains.sort_by(|a, b| b.gain_m2.total_cmp(&a.gain_m2));
    gains
}

/// GFA on another outline or grid. The base layout is possible there too, so it is never less (U22).
fn again(prepared: &Prepared, outline: &MultiPolygon<f64>, grid: &Grid, pack: &UpstairsPack, base: f64) -> f64 {
    let mut limits = prepared.limits.clone();
    limits.grid = grid.clone();
    let mut regimes = regimes(&prepared.land, outline.clone(), limits.height.value);
    best(&mut regimes, prepared.land.site_area, &limits, pack, Lifted::default()).1.gfa.max(base)
}

/// Area of the largest grid rectangle that fits, whatever the pack's bounds on sides and area (U10).
pub(super) fn largest_rectangle(prepared: &Prepared) -> f64 {
    let any = 1..=1_000;
    let grid = Grid { width: any.clone(), length: any, min_area: 0.0, ..prepared.limits.grid.clone() };
    if area(&prepared.outline) <= 0.0 {
        return 0.0;
    }
    most_cells_of_one(&prepared.outline, &directions(&prepared.outline), &grid) as f64 * grid.cell()
}
