//! The land an instrument is drawn from: read to compute with, and looked at again when the draft is written.

use super::{Instrument, Land, all, conflict, land, lineage, plan_parcel_layer};
use crate::analysis::consolidation::LedgerRow;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Lineage};
use crate::store::Reading;
use geo_types::{Geometry, MultiPolygon};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Pieces of land that stand, with their rows and shapes in the order of their codes.
pub(super) struct Members {
    codes: Vec<String>,
    lands: Vec<Land>,
    shapes: Vec<MultiPolygon<f64>>,
}

impl Members {
    /// Reads land that must exist, stand on `day` and have a shape.
    pub fn read(reading: &dyn Reading, codes: Vec<String>, day: &str) -> Outcome<Self> {
        let lands = codes.iter().map(|code| land(reading, code)).collect::<Outcome<Vec<_>>>()?;
        must_stand(&lineage(&all(reading)?), &codes, &lands, day)?;
        let shapes = codes.iter().zip(&lands).map(|(code, land)| shape(code, land)).collect::<Outcome<Vec<_>>>()?;
        Ok(Members { codes, lands, shapes })
    }

    /// Refuses when a member ended or changed since it was read: what was computed from it no longer holds.
    pub fn must_be_as_read(&self, reading: &dyn Reading, instruments: &[Instrument], day: &str) -> Outcome<()> {
        must_stand(&lineage(instruments), &self.codes, &self.lands, day)?;
        for (code, known) in self.codes.iter().zip(&self.lands) {
            if land(reading, code).is_ok_and(|now| now.row == known.row) {
                continue;
            }
            return Err(conflict(
                "land_changed_meanwhile",
                format!("起草期间 {code} 有变，草案未保存"),
                format!("{code} changed while the draft was being made; nothing was saved"),
            )
            .at(code.clone())
            .help("按现状重新起草", "draft it again from the land as it is now"));
        }
        Ok(())
    }

    pub fn codes(&self) -> &[String] {
        &self.codes
    }

    pub fn shapes(&self) -> &[MultiPolygon<f64>] {
        &self.shapes
    }

    /// Hashes of the members' geometries, as the ledger keeps them.
    pub fn digests(&self) -> Json {
        json!(self.lands.iter().map(Land::digest).collect::<Vec<_>>())
    }

    /// One row a member; owners stay in the register.
    pub fn ledger_rows(&self) -> Vec<LedgerRow> {
        let row = |(code, land): (&String, &Land)| LedgerRow {
            parcel: code.clone(),
            owner: None,
            tenure: land.text("tenure"),
            planar_area_m2: land.planar_area_m2(),
            dedication_m2: 0.0,
        };
        self.codes.iter().zip(&self.lands).map(row).collect()
    }

    /// The value that all members share.
    pub fn shared(&self, name: &str) -> Option<String> {
        let mut values = self.lands.iter().map(|land| land.text(name));
        let first = values.next()??;
        values.all(|value| value.as_deref() == Some(first.as_str())).then_some(first)
    }

    /// The planned use of most of the land; the smaller code of equals.
    pub fn largest_use(&self) -> Option<String> {
        let mut by_use: BTreeMap<String, f64> = BTreeMap::new();
        for land in &self.lands {
            if let Some(planned) = land.text("planned_use") {
                *by_use.entry(planned).or_default() += land.planar_area_m2();
            }
        }
        by_use.into_iter().rev().max_by(|a, b| a.1.total_cmp(&b.1)).map(|(planned, _)| planned)
    }
}

/// Refuses members that another instrument has consumed by `day`.
pub(super) fn must_stand(lineage: &Lineage, parents: &[String], lands: &[Land], day: &str) -> Outcome<()> {
    for (parent, land) in parents.iter().zip(lands) {
        if !lineage.stands(parent, land.registered, day) {
            let by = lineage.latest(parent).map(|step| step.instrument.clone()).unwrap_or_default();
            return Err(conflict(
                "parent_ended",
                format!("{parent} 在 {day} 已不存在（整备单元 {by}）"),
                format!("{parent} does not stand on {day} (instrument {by})"),
            )
            .at(parent.clone())
            .help("改用其后的地块，或先撤销该整备单元", "take the land that came of it, or undo that instrument first"));
        }
    }
    Ok(())
}

fn shape(code: &str, land: &Land) -> Outcome<MultiPolygon<f64>> {
    match &land.row.geometry {
        Some(Geometry::MultiPolygon(shape)) if !shape.0.is_empty() => Ok(shape.clone()),
        _ => Err(Fault::new(FaultKind::Unprocessable, "no_geometry", format!("{code} 没有几何"), format!("{code} has no geometry")).at(code)),
    }
}

impl Land {
    fn text(&self, name: &str) -> Option<String> {
        let layer = if self.registered { crate::domain::dictionary().known("parcel") } else { plan_parcel_layer() };
        layer.column(name)?;
        self.row.get(layer, name).as_str().map(str::to_owned)
    }

    fn planar_area_m2(&self) -> f64 {
        match &self.row.geometry {
            Some(Geometry::MultiPolygon(shape)) => crate::spatial::area::planar_area(shape),
            _ => 0.0,
        }
    }
}
