//! What the sample city starts from: the files of `geodata/sample/`, projected.

use super::lattice::Lattice;
use super::projection::project;
use super::ring::Ring;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use geo_types::Coord;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One district with its street lattice.
pub(super) struct District {
    pub(super) code: String,
    pub(super) name: String,
    /// Clusters that it is to develop.
    pub(super) lead_clusters: Vec<String>,
    /// Outer rings, in EPSG:4547.
    pub(super) rings: Vec<Ring>,
    pub(super) lattice: Lattice,
}

/// Kinds of zones in the order of release.
pub(super) const ZONES: [(&str, &str); 3] = [("start", "启动区"), ("extend", "拓展区"), ("reserve", "储备区")];

/// The cells of a park on one district's lattice.
pub(super) struct Part {
    /// Index of the district.
    pub(super) district: usize,
    /// Cells (column, row) of each zone, in the order of [`ZONES`].
    pub(super) cells: [Vec<(i32, i32)>; 3],
}

pub(super) struct Park {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) district: String,
    pub(super) districts: Vec<String>,
    pub(super) lead_clusters: Vec<String>,
    pub(super) lead_sourced: bool,
    pub(super) parts: Vec<Part>,
}

/// A built-up centre without a park.
#[derive(Deserialize)]
pub(super) struct Centre {
    pub(super) easting: f64,
    pub(super) northing: f64,
    pub(super) radius_m: f64,
}

/// Where a park's zone claims a cell: (park, part, zone).
pub(super) type Claim = (usize, usize, usize);

pub(super) struct Setting {
    pub(super) districts: Vec<District>,
    pub(super) parks: Vec<Park>,
    pub(super) centres: Vec<Centre>,
    /// (district, column, row) → the zone that has it.
    pub(super) claims: BTreeMap<(usize, i32, i32), Claim>,
}

#[derive(Deserialize)]
struct CityFile {
    fabric: Vec<Lattice>,
    centre: Vec<Centre>,
}

#[derive(Deserialize)]
struct ParkFile {
    park: Vec<ParkEntry>,
}

#[derive(Deserialize)]
struct ParkEntry {
    code: String,
    name: String,
    district: String,
    #[serde(default)]
    districts: Vec<String>,
    lead_clusters: Vec<String>,
    lead_source: String,
    part: Vec<PartEntry>,
}

#[derive(Deserialize)]
struct PartEntry {
    district: String,
    start: Vec<[i32; 3]>,
    extend: Vec<[i32; 3]>,
    reserve: Vec<[i32; 3]>,
}

/// By district.
#[derive(Deserialize)]
struct AllocationFile {
    clusters: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct DistrictFile {
    features: Vec<DistrictFeature>,
}

#[derive(Deserialize)]
struct DistrictFeature {
    properties: DistrictNames,
    geometry: DistrictShape,
}

#[derive(Deserialize)]
struct DistrictNames {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct DistrictShape {
    coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

impl Setting {
    /// Reads the embedded files.
    ///
    /// # Errors
    /// Internal, when an embedded file does not fit its reader.
    pub(super) fn embedded() -> Outcome<Setting> {
        let wrong = |file: &str, detail: &dyn std::fmt::Display| Fault::internal("sample_setting", format!("geodata/sample/{file}: {detail}"));
        let city: CityFile = toml::from_str(include_str!("../../geodata/sample/city.toml")).map_err(|error| wrong("city.toml", &error))?;
        let parks: ParkFile = toml::from_str(include_str!("../../geodata/sample/parks.toml")).map_err(|error| wrong("parks.toml", &error))?;
        let shapes: DistrictFile =
            serde_json::from_str(include_str!("../../geodata/sample/districts.geojson")).map_err(|error| wrong("districts.geojson", &error))?;
        let mut allocation: AllocationFile =
            toml::from_str(include_str!("../../geodata/sample/allocation.toml")).map_err(|error| wrong("allocation.toml", &error))?;

        let mut districts = Vec::new();
        for feature in shapes.features {
            let code = feature.properties.code;
            let lattice = city.fabric.iter().find(|lattice| lattice.district == code).cloned();
            let lattice = lattice.ok_or_else(|| wrong("city.toml", &format!("no fabric for {code}")))?;
            let rings = feature.geometry.coordinates.iter().filter_map(|polygon| polygon.first()).map(|ring| projected(ring)).collect();
            let lead_clusters = allocation.clusters.remove(&code).unwrap_or_default();
            districts.push(District { code, name: feature.properties.name, lead_clusters, rings, lattice });
        }

        let index = |code: &str| {
            districts.iter().position(|district| district.code == code).ok_or_else(|| wrong("parks.toml", &format!("no district {code}")))
        };
        let mut claims = BTreeMap::new();
        let mut list = Vec::new();
        for (park_index, entry) in parks.park.into_iter().enumerate() {
            let mut parts = Vec::new();
            for (part_index, part) in entry.part.into_iter().enumerate() {
                let district = index(&part.district)?;
                let cells = [part.start, part.extend, part.reserve].map(|runs| cells_of(&runs));
                for (zone, cells) in cells.iter().enumerate() {
                    claims.extend(cells.iter().map(|&(column, row)| ((district, column, row), (park_index, part_index, zone))));
                }
                parts.push(Part { district, cells });
            }
            let own = vec![entry.district.clone()];
            list.push(Park {
                code: entry.code,
                name: entry.name,
                district: entry.district,
                districts: if entry.districts.is_empty() { own } else { entry.districts },
                lead_clusters: entry.lead_clusters,
                lead_sourced: entry.lead_source == "sourced",
                parts,
            });
        }
        Ok(Setting { districts, parks: list, centres: city.centre, claims })
    }
}

impl District {
    pub(super) fn contains(&self, point: Coord<f64>) -> bool {
        self.rings.iter().any(|ring| super::ring::contains(ring, point))
    }

    /// Lower-left and upper-right corner.
    pub(super) fn bounds(&self) -> (Coord<f64>, Coord<f64>) {
        let (mut low, mut high) = (Coord { x: f64::MAX, y: f64::MAX }, Coord { x: f64::MIN, y: f64::MIN });
        for point in self.rings.iter().flatten() {
            low = Coord { x: low.x.min(point.x), y: low.y.min(point.y) };
            high = Coord { x: high.x.max(point.x), y: high.y.max(point.y) };
        }
        (low, high)
    }
}

fn projected(ring: &[[f64; 2]]) -> Ring {
    let open = if ring.first() == ring.last() { &ring[..ring.len().saturating_sub(1)] } else { ring };
    open.iter().map(|[longitude, latitude]| super::lattice::millimetres(project(*longitude, *latitude))).collect()
}

/// Runs [row, first column, last column] as cells.
fn cells_of(runs: &[[i32; 3]]) -> Vec<(i32, i32)> {
    runs.iter().flat_map(|&[row, first, last]| (first..=last).map(move |column| (column, row))).collect()
}
