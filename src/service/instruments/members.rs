//! The land an instrument is drawn from: registered parcels and plan parcels by their codes.

use super::conflict;
use crate::analysis::consolidation::LedgerRow;
use crate::city::City;
use crate::domain::columns::{Textual, parcel};
use crate::domain::edit::MemberHash;
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Fault, FaultKind, Handle, LayerId, Lineage, Row};
use crate::spatial::area::planar_area;
use crate::spatial::digest::digest;
use geo_types::{Geometry, MultiPolygon};

/// A piece of land: a registered parcel or a plan parcel.
pub(in crate::service) struct Land {
    pub registered: bool,
    pub row: Row,
    pub fid: i64,
}

pub(in crate::service) fn land(city: &City, code: &str) -> Outcome<Land> {
    for (layer, registered) in [(LayerId::Parcel, true), (LayerId::PlanParcel, false)] {
        let table = city.table(layer);
        if let Some(at) = table.row_of(code) {
            return Ok(Land { registered, row: table.row(at), fid: table.fid(at) });
        }
    }
    Err(Fault::not_found("no_such_parcel", format!("没有宗地或规划地块 {code}"), format!("there is no parcel or plan parcel {code}")).at(code))
}

impl Land {
    /// A text of the parcel or plan parcel.
    pub(crate) fn text<T: Textual>(&self, registered: Handle<T>, planned: Handle<T>) -> Option<String> {
        self.row.text(if self.registered { registered } else { planned }).map(str::to_owned)
    }

    pub(crate) fn digest(&self) -> String {
        self.row.geometry.as_ref().map(digest).unwrap_or_default()
    }

    /// Changes with any value and any vertex.
    pub(crate) fn row_sha256(&self) -> String {
        let values = serde_json::to_string(&self.row.values).unwrap_or_default();
        sha256_hex(format!("{}\n{values}\n{}", self.registered, self.digest()).as_bytes())
    }

    pub(crate) fn planar_area_m2(&self) -> f64 {
        match &self.row.geometry {
            Some(Geometry::MultiPolygon(shape)) => planar_area(shape),
            _ => 0.0,
        }
    }
}

/// Pieces of land that stand, with their rows and shapes in the order of their codes.
pub(super) struct Members {
    codes: Vec<String>,
    lands: Vec<Land>,
    shapes: Vec<MultiPolygon<f64>>,
}

impl Members {
    /// Reads land that must exist, stand on `day` and have a shape.
    pub(super) fn read(city: &City, codes: Vec<String>, day: &str) -> Outcome<Self> {
        let lands = codes.iter().map(|code| land(city, code)).collect::<Outcome<Vec<_>>>()?;
        let standing: Vec<(String, bool)> = codes.iter().cloned().zip(lands.iter().map(|land| land.registered)).collect();
        must_stand(city.instruments().lineage(), &standing, day)?;
        let shapes = codes.iter().zip(&lands).map(|(code, land)| shape(code, land)).collect::<Outcome<Vec<_>>>()?;
        Ok(Members { codes, lands, shapes })
    }

    pub(super) fn codes(&self) -> &[String] {
        &self.codes
    }

    pub(super) fn shapes(&self) -> &[MultiPolygon<f64>] {
        &self.shapes
    }

    /// What the rows were when they were read, for the check before writing.
    pub(super) fn hashes(&self) -> Vec<MemberHash> {
        self.codes.iter().zip(&self.lands).map(|(code, land)| MemberHash { code: code.clone(), row_sha256: land.row_sha256() }).collect()
    }

    /// Hashes of the members' geometries, as the ledger keeps them.
    pub(super) fn digests(&self) -> Vec<String> {
        self.lands.iter().map(Land::digest).collect()
    }

    /// One row a member; owners stay in the register.
    pub(super) fn ledger_rows(&self) -> Vec<LedgerRow> {
        let row = |(code, land): (&String, &Land)| LedgerRow {
            parcel: code.clone(),
            owner: None,
            tenure: if land.registered { land.row.text(parcel::TENURE).map(str::to_owned) } else { None },
            planar_area_m2: land.planar_area_m2(),
            dedication_m2: 0.0,
        };
        self.codes.iter().zip(&self.lands).map(row).collect()
    }
}

/// Refuses land (code, whether it is registered) that another instrument has consumed by `day`.
pub(in crate::service) fn must_stand(lineage: &Lineage, lands: &[(String, bool)], day: &str) -> Outcome<()> {
    for (parent, registered) in lands {
        if !lineage.stands(parent, *registered, day) {
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
