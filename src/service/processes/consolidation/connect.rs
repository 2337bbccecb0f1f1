//! 补连通: what would join the pieces of a basket.

use super::answer::Joining;
use super::evidence::parcels_to_judge;
use crate::analysis::consolidation::{self, Params};
use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::rules;
use crate::service::instruments::{LandOn, keep_standing};
use crate::spatial::bounds::union;
use crate::spatial::polygons::{PolygonSet, Subset};
use crate::spatial::{Graph, adjacency};
use chrono::{Datelike, NaiveDate};
use geo_types::{Coord, Rect};

/// Metres around a basket in which connecting parcels are looked for.
const CONNECT_M: f64 = 200.0;
/// Parcels around a basket beyond which none are looked for: such a basket is no site in the making.
const MOST_AROUND: usize = 20_000;

/// The cheapest eligible parcels that would join the pieces of a basket; around it, as far as a street block reaches.
pub(super) fn connections(
    city: &City,
    table: &Table,
    basket: &[u32],
    pack: &rules::ConsolidationPack,
    as_of: NaiveDate,
    params: &Params,
) -> Outcome<Vec<Joining>> {
    let own = Subset { set: table.shapes(), items: basket.to_vec() };
    let reach = Coord { x: CONNECT_M, y: CONNECT_M };
    let boxes = (0..own.len()).map(|item| own.bounds(item));
    let Some(bounds) = boxes.reduce(union) else { return Ok(Vec::new()) };
    let mut rows = table.index().rows(Rect::new(bounds.min() - reach, bounds.max() + reach));
    keep_standing(city, table, &mut rows, &LandOn::parse(&as_of.to_string())?);
    if rows.len() > MOST_AROUND {
        return Ok(Vec::new());
    }
    let (parcels, areas, plain, _) = parcels_to_judge(city, &rows, pack, as_of.year());
    let around = Subset { set: table.shapes(), items: rows };
    let contacts = adjacency(&around, &params.adjacency);
    let graph = Graph::of_edges(around.items.len(), &contacts);
    let cost: Vec<Option<f64>> = consolidation::judge(&parcels, &areas, &plain, params)
        .iter()
        .map(|judgement| judgement.is_eligible().then_some(judgement.cost_wan))
        .collect();
    let wanted: Vec<bool> = around.items.iter().map(|row| basket.binary_search(row).is_ok()).collect();
    let codes = |nodes: &[u32]| nodes.iter().map(|node| table.key(around.items[*node as usize] as usize).to_owned()).collect();
    let found = consolidation::connect(&graph, &cost, &wanted);
    let joining = found.iter().map(|connection| Joining {
        parcels: codes(&connection.through),
        joins: codes(&connection.joins),
        added_area_m2: connection.through.iter().map(|node| areas[*node as usize]).sum(),
        cost_wan: connection.cost_wan,
    });
    Ok(joining.collect())
}
