//! Typed reading of an upstairs pack (analyses §3; exact readings U1–U22).

use super::figure::{Cited, FigureValue};
use super::pack::Pack;
use super::upstairs_fit::{FitTable, Processes};
use super::{Packs, RulesFault};
use crate::domain::run::sha256_hex;
use crate::domain::units::KN_PER_TONNE_FORCE;
use crate::domain::{PackUse, catalogue};
use std::collections::BTreeMap;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// Floor bands from the ground up (U20).
pub const BAND_NAMES: [&str; 4] = ["ground", "lower", "middle", "upper"];

/// What a member that names a band can say.
pub fn band_schema() -> Object {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(BAND_NAMES)).build()
}

/// Figures of the upstairs check. Lengths m, areas m², loads kN/m² (t/m² is converted when read, U12).
#[derive(Clone, Debug)]
pub struct UpstairsPack {
    pub id: String,
    pub version: String,
    /// Of every text that was read, the other clusters' needs included.
    pub hash: String,
    /// The packs that this check rests on: its layers, the fit table and the floor loads.
    pub uses: Vec<PackUse>,
    /// The cluster asked for, with or without a pack of its own.
    pub cluster: Option<String>,
    pub land: LandRules,
    pub setback: SetbackRules,
    pub far_max: Cited<Option<f64>>,
    pub coverage_max: Cited<Option<f64>>,
    pub height_max: Cited<Option<f64>>,
    /// Height from which a plant counts as this building type at all, where a district says so.
    pub height_min: Cited<Option<f64>>,
    pub roof_allowance: Cited<f64>,
    pub storey: StoreyRules,
    pub plate: PlateRules,
    /// Design floor load by band.
    pub load: [Cited<f64>; 4],
    pub lift_min: Cited<usize>,
    pub m2_per_lift: Cited<Option<f64>>,
    /// Tonnes of each lift of the smallest set.
    pub lift_capacity: Cited<Vec<f64>>,
    pub bay_min: Cited<usize>,
    pub m2_per_bay: Cited<Option<f64>>,
    pub turning_radius: Cited<f64>,
    pub ancillary_gfa_max: Cited<Option<f64>>,
    pub ancillary_land_max: Cited<Option<f64>>,
    pub levers: Vec<LeverRule>,
    pub fit: FitTable,
    /// Land uses that a roll-up counts, as codes or beginnings of codes.
    pub roll_up_uses: Cited<Vec<String>>,
    /// The city's programme, m² of completed GFA a year, when the pack names one.
    pub programme_per_year: Option<Cited<f64>>,
}

#[derive(Clone, Debug)]
pub struct LandRules {
    /// Kinds of control lines in the order of the waterfall.
    pub order: Cited<Vec<String>>,
    /// Kinds whose land leaves the owner and so leaves the FAR base.
    pub dedicated: Cited<Vec<String>>,
    /// Kinds on which nothing may be built.
    pub barring: Cited<Vec<String>>,
}

#[derive(Clone, Debug)]
pub struct SetbackRules {
    /// By road class.
    pub road: BTreeMap<String, Cited<f64>>,
    pub side: Cited<f64>,
    pub facing_distance: f64,
    pub inside_other: f64,
    pub edge_max: f64,
    pub edge_piece: f64,
    pub straight_deg: f64,
    pub mitre_limit: f64,
}

#[derive(Clone, Debug)]
pub struct StoreyRules {
    /// Storey height by band.
    pub height: [Cited<f64>; 4],
    pub max: Cited<usize>,
    /// Last storey of the ground, lower and middle band.
    pub band_ends: [usize; 3],
    pub partial_top: Cited<bool>,
    /// A storey higher than `.0` counts `.1` times; rising.
    pub counted: Vec<(f64, f64)>,
}

#[derive(Clone, Debug)]
pub struct PlateRules {
    pub column: Cited<f64>,
    pub width_min: Cited<f64>,
    pub width_max: Cited<f64>,
    pub length_min: Cited<f64>,
    pub length_max: Cited<f64>,
    pub min_plate: Cited<f64>,
    pub count_max: Cited<usize>,
    pub fire_distance: Cited<f64>,
}

/// One lever of the smallest change (U18).
#[derive(Clone, Debug, PartialEq)]
pub struct LeverRule {
    pub name: String,
    pub min: f64,
    pub max: f64,
    pub step: f64,
    pub weight: f64,
}

impl UpstairsPack {
    /// The pack for a district (as packs name it) and cluster, with the fit table.
    pub fn resolve(packs: &Packs, district: Option<&str>, cluster: Option<&str>) -> Result<Self, RulesFault> {
        Self::resolve_on(packs, district, cluster, None)
    }

    /// The same as it stood on a date (`YYYY-MM-DD`).
    pub fn resolve_on(packs: &Packs, district: Option<&str>, cluster: Option<&str>, as_of: Option<&str>) -> Result<Self, RulesFault> {
        let pack = packs.resolve_in("upstairs", district, cluster, as_of)?;
        let fit = packs.resolve_in("upstairs-fit", district, None, as_of)?;
        let loads = packs.resolve_in("floor-loads", None, None, as_of)?;
        let mut clusters = BTreeMap::new();
        for cluster in &catalogue().clusters {
            let own = packs.resolve_in("upstairs", district, Some(&cluster.id), as_of)?;
            if own.header.cluster.is_some() {
                clusters.insert(cluster.id.clone(), own);
            }
        }
        let span = pack.text("demand.span")?.value;
        let table = FitTable::read(&fit, &clusters, &Processes { loads: &loads, span: &span })?;
        let hashes = [&pack, &fit, &loads].into_iter().chain(clusters.values()).map(|pack| pack.hash.as_str()).collect::<Vec<_>>();
        let uses = [&pack, &fit, &loads].into_iter().flat_map(|pack| pack.uses.iter().cloned()).collect();
        let hash = sha256_hex(hashes.join("\n").as_bytes());
        Ok(UpstairsPack { cluster: cluster.map(str::to_owned), uses, hash, ..Self::read(&pack, table)? })
    }

    fn read(pack: &Pack, fit: FitTable) -> Result<Self, RulesFault> {
        Ok(UpstairsPack {
            id: pack.header.id.clone(),
            version: pack.header.version.clone(),
            hash: pack.hash.clone(),
            uses: pack.uses.clone(),
            cluster: pack.header.cluster.clone(),
            land: LandRules { order: pack.texts("land.order")?, dedicated: pack.texts("land.dedicated")?, barring: pack.texts("land.barring")? },
            setback: setback(pack)?,
            far_max: pack.limit("far.max")?,
            coverage_max: pack.limit("coverage.max")?,
            height_max: pack.limit("height.max")?,
            height_min: pack.limit("height.min")?,
            roof_allowance: pack.number("height.roof_allowance")?,
            storey: storey(pack)?,
            plate: plate(pack)?,
            load: bands(|band| load(pack, &format!("load.{band}")))?,
            lift_min: pack.count("lift.min_per_plate")?,
            m2_per_lift: pack.limit("lift.m2_per_lift")?,
            lift_capacity: pack.numbers("lift.capacity")?,
            bay_min: pack.count("bay.min_per_plate")?,
            m2_per_bay: pack.limit("bay.m2_per_bay")?,
            turning_radius: pack.number("yard.turning_radius")?,
            ancillary_gfa_max: pack.limit("ancillary.gfa_max")?,
            ancillary_land_max: pack.limit("ancillary.land_max")?,
            levers: levers(pack)?,
            fit,
            roll_up_uses: pack.texts("roll_up.uses")?,
            programme_per_year: pack.figure("programme.gfa_per_year").map(|_| pack.number("programme.gfa_per_year")).transpose()?,
        })
    }

    /// Everything that shapes the building, as a text: packs with the same one give the same plates and storeys.
    pub fn building_key(&self) -> String {
        let setback = &self.setback;
        let roads: Vec<(&str, f64)> = setback.road.iter().map(|(class, figure)| (class.as_str(), figure.value)).collect();
        let edges = [setback.side.value, setback.facing_distance, setback.inside_other, setback.edge_max, setback.edge_piece];
        let land = [&self.land.order.value, &self.land.dedicated.value, &self.land.barring.value];
        let limits = [self.far_max.value, self.coverage_max.value, self.height_max.value];
        let storey = &self.storey;
        let heights = storey.height.each_ref().map(|figure| figure.value);
        let plate = &self.plate;
        let sizes = [&plate.column, &plate.width_min, &plate.width_max, &plate.length_min, &plate.length_max, &plate.min_plate, &plate.fire_distance];
        format!(
            "{roads:?}{edges:?}{}{}{land:?}{limits:?}{}{heights:?}{}{:?}{}{:?}{:?}{}",
            setback.straight_deg,
            setback.mitre_limit,
            self.roof_allowance.value,
            storey.max.value,
            storey.band_ends,
            storey.partial_top.value,
            storey.counted,
            sizes.map(|figure| figure.value),
            plate.count_max.value,
        )
    }

    /// Index of the band of storey `n` (1 is the ground floor).
    pub fn band(&self, n: usize) -> usize {
        self.storey.band_ends.iter().position(|end| n <= *end).unwrap_or(3)
    }
}

fn setback(pack: &Pack) -> Result<SetbackRules, RulesFault> {
    let mut road = BTreeMap::new();
    for class in pack.code_members("setback.road", "road_class", &[])? {
        road.insert(class.to_owned(), pack.number(&format!("setback.road.{class}"))?);
    }
    let plain = |key: &str| pack.number(&format!("setback.{key}")).map(|figure| figure.value);
    Ok(SetbackRules {
        road,
        side: pack.number("setback.side")?,
        facing_distance: plain("facing_distance")?,
        inside_other: plain("inside_other")?,
        edge_max: plain("edge_max")?,
        edge_piece: plain("edge_piece")?,
        straight_deg: plain("straight_deg")?,
        mitre_limit: plain("mitre_limit")?,
    })
}

fn storey(pack: &Pack) -> Result<StoreyRules, RulesFault> {
    let ends = pack.numbers("storey.bands")?.value;
    let [ground, lower, middle] = ends[..] else {
        return Err(RulesFault::Type { pack: pack.header.id.clone(), path: "storey.bands".to_owned(), wanted: "three numbers" });
    };
    let steps = pack.numbers("counted.above")?.value.into_iter().zip(pack.numbers("counted.weight")?.value);
    Ok(StoreyRules {
        height: bands(|band| pack.number(&format!("storey.{band}")))?,
        max: pack.count("storey.max")?,
        band_ends: [ground as usize, lower as usize, middle as usize],
        partial_top: pack.flag("storey.partial_top")?,
        counted: steps.collect(),
    })
}

fn plate(pack: &Pack) -> Result<PlateRules, RulesFault> {
    let number = |key: &str| pack.number(&format!("plate.{key}"));
    Ok(PlateRules {
        column: number("column")?,
        width_min: number("width_min")?,
        width_max: number("width_max")?,
        length_min: number("length_min")?,
        length_max: number("length_max")?,
        min_plate: number("min_plate")?,
        count_max: pack.count("plate.count_max")?,
        fire_distance: number("fire_distance")?,
    })
}

fn levers(pack: &Pack) -> Result<Vec<LeverRule>, RulesFault> {
    let names = pack.texts("change.levers")?.value;
    names
        .into_iter()
        .map(|name| {
            let number = |key: &str| pack.number(&format!("change.{name}.{key}")).map(|figure| figure.value);
            Ok(LeverRule { min: number("min")?, max: number("max")?, step: number("step")?, weight: number("weight")?, name: name.clone() })
        })
        .collect()
}

fn bands<T>(mut one: impl FnMut(&str) -> Result<T, RulesFault>) -> Result<[T; 4], RulesFault> {
    let [ground, lower, middle, upper] = BAND_NAMES;
    Ok([one(ground)?, one(lower)?, one(middle)?, one(upper)?])
}

/// kN/m² in the unit of the figure: t/m² are converted by the standard gravity.
fn kn_per(pack: &Pack, path: &str) -> f64 {
    let tonnes = pack.figure(path).is_some_and(|figure| figure.unit == "t/m²");
    if tonnes { KN_PER_TONNE_FORCE } else { 1.0 }
}

fn load(pack: &Pack, path: &str) -> Result<Cited<f64>, RulesFault> {
    let factor = kn_per(pack, path);
    Ok(pack.number(path)?.map(|value| value * factor))
}

/// Loads by band in kN/m²; one number stands for all bands.
pub(super) fn load_bands(pack: &Pack, path: &str) -> Result<Cited<[f64; 4]>, RulesFault> {
    let factor = kn_per(pack, path);
    Ok(number_bands(pack, path)?.map(|values| values.map(|value| value * factor)))
}

/// Numbers by band; one number stands for all bands.
pub(super) fn number_bands(pack: &Pack, path: &str) -> Result<Cited<[f64; 4]>, RulesFault> {
    match pack.figure(path).map(|figure| &figure.value) {
        Some(FigureValue::Numbers(_)) => {
            let list = pack.numbers(path)?;
            let [a, b, c, d] = list.value[..] else {
                return Err(RulesFault::Type { pack: pack.header.id.clone(), path: path.to_owned(), wanted: "one number per band" });
            };
            Ok(Cited { value: [a, b, c, d], cite: list.cite })
        }
        _ => Ok(pack.number(path)?.map(|value| [value; 4])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_that_shape_the_same_building_share_its_key() {
        let key = |cluster| UpstairsPack::resolve(Packs::embedded(), None, cluster).expect("pack").building_key();
        assert_eq!(key(None), key(Some("c24-new-energy"))); // other loads only
        assert_ne!(key(None), key(Some("c24-smart-vehicle"))); // other storeys
    }

    #[test]
    fn the_shipped_packs_read_for_every_cluster_and_convert_tonnes() {
        for cluster in &crate::domain::catalogue().clusters {
            UpstairsPack::resolve(Packs::embedded(), None, Some(&cluster.id)).expect("pack");
        }
        let pack = UpstairsPack::resolve(Packs::embedded(), None, Some("c24-new-energy")).expect("pack");
        assert!((pack.load[1].value - 24.516625).abs() < 1e-9); // 2.5 t/m² × 9.80665
        // Machine tools: metal cutting class 1 below, bench work on top, both from the load code's table at a slab span of 2 m.
        let need = |band| pack.fit.load("c24-equipment", band).expect("need");
        assert_eq!([0, 1, 2, 3].map(|band| need(band).value), [14.0, 8.0, 5.0, 4.0]);
        assert_eq!((need(0).cite.pack.as_str(), need(0).cite.status), ("floor-loads", super::super::Status::Unconfirmed));
        assert_eq!(
            pack.uses.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
            ["upstairs-shenzhen", "upstairs-new-energy", "upstairs-fit", "floor-loads"]
        );
        assert_eq!([1, 2, 3, 4, 8, 9, 30].map(|n| pack.band(n)), [0, 1, 1, 2, 2, 3, 3]);
    }
}
