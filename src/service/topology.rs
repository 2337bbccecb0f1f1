//! Faults of a layer that should tile, in planners' words: 压盖, 空隙, 狭长面, 自相交, each with its place, severity and repair.

use super::collection;
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, GeometryKind, Lang};
use crate::spatial::AdjacencyOptions;
use crate::spatial::topology::{FaultKind, Repair, Severity, TopologyFault, TopologyOptions, faults};
use serde::Serialize;
use std::collections::BTreeMap;

/// A fault with the codes of what it concerns and its place in degrees.
pub struct PlacedFault {
    fault: TopologyFault,
    code: String,
    other: Option<String>,
    repair_on: Option<String>,
    lon: f64,
    lat: f64,
}

pub struct TopologyReport {
    pub layer: String,
    pub checked: usize,
    pub faults: Vec<PlacedFault>,
}

/// Number and area of the faults by kind.
#[derive(Debug, Serialize)]
pub struct FaultCounts<'a> {
    layer: &'a str,
    checked: usize,
    faults: BTreeMap<&'static str, FaultCount>,
}

#[derive(Clone, Copy, Debug, Default, Serialize)]
struct FaultCount {
    count: usize,
    area_m2: f64,
}

/// A GeoJSON FeatureCollection of points.
#[derive(Debug, Serialize)]
pub struct FaultFeatures<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    layer: &'a str,
    checked: usize,
    counts: FaultCounts<'a>,
    features: Vec<FaultFeature>,
}

#[derive(Debug, Serialize)]
struct FaultFeature {
    #[serde(rename = "type")]
    kind: &'static str,
    geometry: Point,
    properties: FaultProperties,
}

#[derive(Debug, Serialize)]
struct Point {
    #[serde(rename = "type")]
    kind: &'static str,
    coordinates: [f64; 2],
}

#[derive(Debug, Serialize)]
struct FaultProperties {
    kind: &'static str,
    zh: &'static str,
    en: &'static str,
    severity: &'static str,
    code: String,
    other: Option<String>,
    area_m2: f64,
    repair_zh: String,
    repair_en: String,
}

/// Checks a polygon layer: all faults, by kind, item and other item.
pub fn topology(city: &City, layer: &str, tolerance_m: f64, sliver_width_m: f64) -> Outcome<TopologyReport> {
    if collection(layer)?.geometry != GeometryKind::Polygon {
        return Err(Fault::bad("layer", format!("{layer} 不是面图层"), format!("{layer} is no polygon layer")).at("--layer"));
    }
    if !(0.0..=50.0).contains(&tolerance_m) || !(0.0..=50.0).contains(&sliver_width_m) {
        return Err(Fault::bad("tolerance", "容差与宽度应为 0 到 50 米", "the tolerance and the width are 0 to 50 m"));
    }
    let table = super::table(city, layer)?;
    let adjacency = AdjacencyOptions { tolerance_m, ..AdjacencyOptions::default() };
    let found = faults(table.shapes(), &TopologyOptions { adjacency, sliver_width_m, ..TopologyOptions::default() });
    let place = |fault: TopologyFault| {
        let at = city.crs.to_lon_lat(fault.at);
        let repair_on = match fault.repair {
            Repair::ClipFrom(item) | Repair::SnapBoundaryOf(item) | Repair::MergeInto(item) | Repair::Delete(item) | Repair::DropOne(item) => {
                Some(item)
            }
            Repair::SplitAtCrossing => None,
        };
        let code = |item: u32| table.key(item as usize).to_owned();
        PlacedFault { code: code(fault.item), other: fault.other.map(code), repair_on: repair_on.map(code), lon: at.x, lat: at.y, fault }
    };
    Ok(TopologyReport { layer: layer.to_owned(), checked: table.len(), faults: found.into_iter().map(place).collect() })
}

fn kind_words(kind: FaultKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        FaultKind::SelfIntersection => ("self_intersection", "自相交", "self-intersection"),
        FaultKind::Equal => ("equal", "图形重复", "equal shapes"),
        FaultKind::Overlap => ("overlap", "压盖", "overlap"),
        FaultKind::Gap => ("gap", "空隙", "gap"),
        FaultKind::Sliver => ("sliver", "狭长面", "sliver"),
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

impl PlacedFault {
    /// What would mend it, for people.
    fn repair(&self, lang: Lang) -> String {
        let on = self.repair_on.as_deref().unwrap_or_default();
        match (self.fault.repair, lang) {
            (Repair::ClipFrom(_), Lang::Zh) => format!("从 {on}（较小者）裁去压盖部分"),
            (Repair::ClipFrom(_), Lang::En) => format!("clip the shared part from {on}, the smaller one"),
            (Repair::SnapBoundaryOf(_), Lang::Zh) => format!("把 {on} 的边界吸附到相邻宗地"),
            (Repair::SnapBoundaryOf(_), Lang::En) => format!("snap the boundary of {on} onto its neighbour's"),
            (Repair::MergeInto(_), Lang::Zh) => format!("并入 {on}（共边最长）"),
            (Repair::MergeInto(_), Lang::En) => format!("merge into {on}, its longest neighbour"),
            (Repair::Delete(_), Lang::Zh) => format!("删除 {on}（无邻可并）"),
            (Repair::Delete(_), Lang::En) => format!("delete {on}: it has no neighbour"),
            (Repair::DropOne(_), Lang::Zh) => format!("与 {on} 图形相同，核对后删去其一"),
            (Repair::DropOne(_), Lang::En) => format!("the same shape as {on}: delete one of them once it is known which is the parcel"),
            (Repair::SplitAtCrossing, Lang::Zh) => "在交叉处断开为合法的部分".to_owned(),
            (Repair::SplitAtCrossing, Lang::En) => "cut at the crossing into valid parts".to_owned(),
        }
    }
}

impl TopologyReport {
    pub const CSV_HEAD: &'static str = "kind,severity,code,other,area_m2,lon,lat,repair";

    pub fn csv_rows(&self) -> impl Iterator<Item = [String; 8]> {
        self.faults.iter().map(|placed| {
            [
                kind_words(placed.fault.kind).0.to_owned(),
                severity_word(placed.fault.severity).to_owned(),
                placed.code.clone(),
                placed.other.clone().unwrap_or_default(),
                format!("{:.3}", placed.fault.area_m2),
                format!("{:.7}", placed.lon),
                format!("{:.7}", placed.lat),
                placed.repair(Lang::Zh),
            ]
        })
    }

    /// One point a fault (RFC 7946).
    pub fn to_geojson(&self) -> FaultFeatures<'_> {
        let feature = |placed: &PlacedFault| {
            let (kind, zh, en) = kind_words(placed.fault.kind);
            FaultFeature {
                geometry: Point { coordinates: [placed.lon, placed.lat], kind: "Point" },
                properties: FaultProperties {
                    area_m2: placed.fault.area_m2,
                    code: placed.code.clone(),
                    en,
                    kind,
                    other: placed.other.clone(),
                    repair_en: placed.repair(Lang::En),
                    repair_zh: placed.repair(Lang::Zh),
                    severity: severity_word(placed.fault.severity),
                    zh,
                },
                kind: "Feature",
            }
        };
        FaultFeatures {
            checked: self.checked,
            counts: self.counts(),
            features: self.faults.iter().map(feature).collect(),
            layer: &self.layer,
            kind: "FeatureCollection",
        }
    }

    /// Number and area by kind.
    pub fn counts(&self) -> FaultCounts<'_> {
        let mut faults: BTreeMap<&'static str, FaultCount> =
            ["self_intersection", "equal", "overlap", "gap", "sliver"].map(|kind| (kind, FaultCount::default())).into();
        for placed in &self.faults {
            let slot = faults.entry(kind_words(placed.fault.kind).0).or_default();
            *slot = FaultCount { area_m2: slot.area_m2 + placed.fault.area_m2, count: slot.count + 1 };
        }
        FaultCounts { checked: self.checked, faults, layer: &self.layer }
    }

    pub fn to_text(&self, lang: Lang) -> String {
        let mut lines: Vec<String> = Vec::new();
        for kind in [FaultKind::SelfIntersection, FaultKind::Equal, FaultKind::Overlap, FaultKind::Gap, FaultKind::Sliver] {
            let own: Vec<&PlacedFault> = self.faults.iter().filter(|placed| placed.fault.kind == kind).collect();
            let (_, zh, en) = kind_words(kind);
            let area: f64 = own.iter().map(|placed| placed.fault.area_m2).sum();
            lines.push(match lang {
                Lang::Zh => format!("{zh}  {} 处  {area:.1} m²", own.len()),
                Lang::En => format!("{en}  {} places  {area:.1} m²", own.len()),
            });
            for placed in own.iter().take(5) {
                let other = placed.other.as_deref().map(|other| format!(" × {other}")).unwrap_or_default();
                lines.push(format!(
                    "  {}{other}  ({:.6}, {:.6})  {:.2} m²  {}",
                    placed.code,
                    placed.lon,
                    placed.lat,
                    placed.fault.area_m2,
                    placed.repair(lang)
                ));
            }
        }
        lines.join("\n")
    }
}
