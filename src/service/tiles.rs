//! Map tiles of the spatial layers.

use super::occupancy::stale_after_days;
use crate::city::City;
use crate::city::letting::day;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, GeometryKind, Layer, LayerId};
use crate::formats::wire::vector_tile::{TileStyle, encode};
use crate::spatial::tile::TileAddress;
use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

/// The largest number of features in one tile; the largest by area stay, and TileJSON says so.
const MOST_FEATURES: usize = 30_000;
/// Zooms at which each layer is drawn; above the last the client draws the last one larger.
const LAST_ZOOM: u8 = 16;

fn first_zoom(layer: &str) -> u8 {
    match layer {
        "parcel" | "plan_parcel" => 10,
        "building" => 14,
        _ => 0,
    }
}

fn properties(layer: &str) -> Vec<&'static str> {
    match layer {
        "parcel" => {
            vec!["code", "land_use", "planned_use", "tenure", "park", "district", "planar_area_m2", "far_present", "far_limit", "stage", "built_year"]
        }
        "park" => vec!["code", "name", "district"],
        "district" => vec!["code", "name"],
        "plan_parcel" => vec!["code", "name", "park", "instrument", "state", "valid_from", "valid_to", "planar_area_m2"],
        "zone" => vec!["code", "name", "kind", "park"],
        "building" => vec!["code", "name", "parcel", "park", "storeys", "height_m"],
        "facility" => vec!["code", "class", "name"],
        "road" => vec!["code", "class", "name", "width_m"],
        "control_line" => vec!["code", "name", "kind", "hard"],
        _ => vec!["code"],
    }
}

/// The definition of a layer that has shapes to draw.
fn drawn(layer: &str) -> Outcome<&'static Layer> {
    let definition = super::collection(layer)?;
    if definition.is_spatial() {
        return Ok(definition);
    }
    Err(Fault::not_found("no_tiles", format!("{layer} 没有几何，不提供瓦片"), format!("{layer} has no geometry and so no tiles"))
        .at(layer)
        .help(format!("用 /collections/{layer}/items 读取"), format!("read /collections/{layer}/items")))
}

/// One tile as MVT bytes; empty when nothing is in it.
pub fn tile(city: &City, layer: &str, tile: TileAddress) -> Outcome<Vec<u8>> {
    let table = drawn(layer).and_then(|_| super::table(city, layer))?;
    if tile.z < first_zoom(layer) {
        return Ok(Vec::new());
    }
    let [west, south, east, north] = tile.lon_lat_box();
    // A tile wider than the projection's reach holds the whole city or none of it.
    let rows = match table.extent() {
        None => return Ok(Vec::new()),
        Some(extent) => {
            let [own_west, own_south, own_east, own_north] = city.lon_lat_box(extent);
            let (west, south, east, north) =
                (west.max(own_west - 0.1), south.max(own_south - 0.1), east.min(own_east + 0.1), north.min(own_north + 0.1));
            if west > east || south > north {
                return Ok(Vec::new());
            }
            table.index().rows(city.plane_box(west, south, east, north))
        }
    };
    let least_area = if table.layer().geometry == GeometryKind::Polygon && tile.z < LAST_ZOOM { 8 } else { 1 };
    let style = TileStyle { properties: properties(layer), most_features: MOST_FEATURES, least_area };
    let (today, limit) = (day(&super::today()), stale_after_days());
    let stale = |row: usize| today.is_some_and(|today| city.letting().of_parcel(row).is_stale(today, limit));
    let flag: Option<(&str, &dyn Fn(usize) -> bool)> = if layer == LayerId::Parcel.name() { Some(("stale", &stale)) } else { None };
    Ok(encode(table, &rows, &city.crs, tile, &style, flag))
}

/// TileJSON 3.
#[derive(Debug, Serialize, ToSchema)]
pub struct TileJson {
    pub tilejson: &'static str,
    pub name: String,
    pub description: String,
    pub tiles: [String; 1],
    pub minzoom: u8,
    pub maxzoom: u8,
    /// West, south, east, north in degrees.
    pub bounds: Option<[f64; 4]>,
    pub vector_layers: [VectorLayer; 1],
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VectorLayer {
    pub id: String,
    /// Property → what it means.
    pub fields: IndexMap<String, String>,
    pub minzoom: u8,
    pub maxzoom: u8,
}

/// TileJSON of a layer; `base` is the server's own address.
pub fn tile_json(city: &City, layer: &str, base: &str) -> Outcome<TileJson> {
    let definition = drawn(layer)?;
    let bounds = city.named(layer).and_then(|table| table.extent()).map(|extent| city.lon_lat_box(extent));
    let fields: IndexMap<String, String> = properties(layer)
        .into_iter()
        .filter_map(|name| definition.column(name))
        .map(|column| (column.name.clone(), column.unit.as_ref().map_or_else(|| column.zh.clone(), |unit| format!("{} ({unit})", column.zh))))
        .collect();
    let (minzoom, maxzoom) = (first_zoom(layer), LAST_ZOOM);
    Ok(TileJson {
        bounds,
        description: format!(
            "{} — at most {MOST_FEATURES} features a tile, the largest by area; below zoom {LAST_ZOOM} polygons under 8 square units of 4096 are left out",
            definition.zh
        ),
        maxzoom,
        minzoom,
        name: layer.to_owned(),
        tilejson: "3.0.0",
        tiles: [format!("{base}/collections/{layer}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}")],
        vector_layers: [VectorLayer { fields, id: layer.to_owned(), maxzoom, minzoom }],
    })
}
