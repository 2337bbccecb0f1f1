//! What the upstairs check is asked about: one parcel with its surroundings, and what a planner sets aside from the pack.

use geo_types::{LineString, MultiPolygon};

/// One parcel in the city's working CRS (metres; x easting, y northing). `None` is "not recorded"; it is never read as 0.
#[derive(Clone, Debug)]
pub struct ParcelCase {
    pub code: String,
    pub outline: MultiPolygon<f64>,
    pub far_limit: Option<f64>,
    pub height_limit_m: Option<f64>,
    pub coverage_limit: Option<f64>,
    /// One entry per loaded kind of control line, with an empty geometry where none lies near. A kind of the pack's order without an
    /// entry was never loaded: the waterfall then says `not computed` (U2).
    pub restrictions: Vec<Restriction>,
    /// Roads near the parcel; `None` when the road layer was never loaded.
    pub roads: Option<Vec<RoadLine>>,
    /// Other parcels nearby: a road behind one of them is not faced (U3).
    pub neighbours: Vec<MultiPolygon<f64>>,
    /// A parcel in edge contact that the owner could add (the lever `neighbour`, U18).
    pub adjoining: Option<MultiPolygon<f64>>,
    /// Built GFA on the parcel, m².
    pub built_gfa_m2: Option<f64>,
    pub existing: Vec<ExistingBuilding>,
    /// GFA and land of ancillary uses, when the scheme states them (U15).
    pub ancillary_gfa_m2: Option<f64>,
    pub ancillary_land_m2: Option<f64>,
}

impl ParcelCase {
    /// A parcel of which nothing but its outline is recorded and no layer is loaded.
    pub fn new(code: &str, outline: MultiPolygon<f64>) -> Self {
        ParcelCase {
            code: code.to_owned(),
            outline,
            far_limit: None,
            height_limit_m: None,
            coverage_limit: None,
            restrictions: Vec::new(),
            roads: None,
            neighbours: Vec::new(),
            adjoining: None,
            built_gfa_m2: None,
            existing: Vec::new(),
            ancillary_gfa_m2: None,
            ancillary_land_m2: None,
        }
    }
}

/// A control line or other restriction on the parcel.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// Code of `control_kind`.
    pub kind: String,
    pub geometry: MultiPolygon<f64>,
    pub hard: bool,
    /// Whether this feature's land leaves the owner; `None` leaves it to the pack's list of kinds.
    pub dedicated: Option<bool>,
    pub height_limit_m: Option<f64>,
    pub layer_loaded: bool,
}

impl Restriction {
    /// A loaded layer with nothing here.
    pub fn none_here(kind: &str) -> Self {
        Restriction {
            kind: kind.to_owned(),
            geometry: MultiPolygon(Vec::new()),
            hard: true,
            dedicated: None,
            height_limit_m: None,
            layer_loaded: true,
        }
    }
}

#[derive(Clone, Debug)]
pub struct RoadLine {
    /// Code of `road_class`.
    pub class: String,
    pub width_m: Option<f64>,
    pub line: LineString<f64>,
}

/// A building that stands, as recorded.
#[derive(Clone, Debug)]
pub struct ExistingBuilding {
    pub code: String,
    pub storeys: Option<usize>,
    pub height_m: Option<f64>,
    pub gfa_m2: Option<f64>,
    /// In the working CRS; empty when it is not drawn, and then no height zone is known to touch it.
    pub footprint: MultiPolygon<f64>,
    pub floors: Vec<ExistingFloor>,
}

impl ExistingBuilding {
    /// A building of which nothing but its code is recorded.
    pub fn new(code: &str) -> Self {
        ExistingBuilding {
            code: code.to_owned(),
            storeys: None,
            height_m: None,
            gfa_m2: None,
            footprint: MultiPolygon(Vec::new()),
            floors: Vec::new(),
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct ExistingFloor {
    /// 1 is the ground floor.
    pub order: usize,
    pub height_m: Option<f64>,
    /// kN/m².
    pub load_kn_m2: Option<f64>,
    pub fire_class: Option<String>,
    pub lifts: Option<usize>,
}

/// What a planner sets instead of the pack's or the record's figure. Such a figure replaces the limit, it does not only tighten it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    pub far: Option<f64>,
    pub height: Option<f64>,
    pub coverage: Option<f64>,
    pub setback_road: Option<f64>,
    pub setback_side: Option<f64>,
    pub storey_ground: Option<f64>,
    pub storey_lower: Option<f64>,
    pub storey_typical: Option<f64>,
    pub storeys: Option<usize>,
    pub plates: Option<usize>,
    /// Freight lifts provided per plate: the requirement becomes a verdict.
    pub lifts: Option<usize>,
    /// Loading bays provided per plate.
    pub bays: Option<usize>,
    /// GFA that the smallest change should reach, m².
    pub wanted_gfa: Option<f64>,
    /// The adjoining parcel is taken in.
    pub neighbour: bool,
    pub add: Added,
}

/// What a planner adds to each parcel's own limit, where it has one: an unknown limit stays unknown. A figure that is set goes before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Added {
    pub far: f64,
    /// m; a height zone over the parcel stays as it is.
    pub height: f64,
    pub coverage: f64,
    pub setback_road: f64,
    pub setback_side: f64,
    pub storey_ground: f64,
    pub storey_lower: f64,
    pub storey_typical: f64,
}

impl Overrides {
    /// Adds to one lever by its name; false when there is no such lever or nothing to add to.
    pub fn add(&mut self, lever: &str, by: f64) -> bool {
        let add = &mut self.add;
        let slot = match lever {
            "far" => &mut add.far,
            "height" => &mut add.height,
            "coverage" => &mut add.coverage,
            "setback_road" => &mut add.setback_road,
            "setback_side" => &mut add.setback_side,
            "storey_ground" => &mut add.storey_ground,
            "storey_lower" => &mut add.storey_lower,
            "storey_typical" => &mut add.storey_typical,
            _ => return false,
        };
        *slot = by;
        true
    }

    /// Sets one lever by its name (`far`, `height`, …); false when there is no such lever.
    pub fn set(&mut self, lever: &str, value: f64) -> bool {
        match lever {
            "far" => self.far = Some(value),
            "height" => self.height = Some(value),
            "coverage" => self.coverage = Some(value),
            "setback_road" => self.setback_road = Some(value),
            "setback_side" => self.setback_side = Some(value),
            "storey_ground" => self.storey_ground = Some(value),
            "storey_lower" => self.storey_lower = Some(value),
            "storey_typical" => self.storey_typical = Some(value),
            "storeys" => self.storeys = Some(value.max(0.0) as usize),
            "plates" => self.plates = Some(value.max(0.0) as usize),
            "lifts" => self.lifts = Some(value.max(0.0) as usize),
            "bays" => self.bays = Some(value.max(0.0) as usize),
            "wanted_gfa" => self.wanted_gfa = Some(value),
            "neighbour" => self.neighbour = value > 0.5,
            _ => return false,
        }
        true
    }
}
