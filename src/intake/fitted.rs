//! The shapes of a block of rows: fitted on all threads, brought to the working CRS by one (transformations belong to a thread), and looked at again
//! on all.

use super::options::OnInvalid;
use super::plan::GeometryPlan;
use super::reasons;
use super::report::RowNote;
use super::rows::note;
use super::shapes::{self, Finding, Fit, Tidied};
use crate::domain::GeometryKind;
use crate::formats::{SourceRow, geos};
use geo::{Area, CoordsIter, MapCoordsInPlace};
use geo_types::{Coord, Geometry, MultiPolygon};
use rayon::prelude::*;
use std::cell::Cell;

/// What became of a row's geometry. The notes have no key yet: it is asked for later.
pub(super) struct Fitted {
    /// The geometry in the working CRS, and the note if it was mended; or why the row cannot be taken.
    pub outcome: Outcome,
    pub tidied: Tidied,
    pub has_z: bool,
}

type Outcome = Result<(Geometry<f64>, Option<Box<RowNote>>), Box<RowNote>>;

/// Fits the geometries of `rows`; `None` for a row without one.
pub(super) fn fitted(rows: &[SourceRow], kind: GeometryKind, on_invalid: OnInvalid, plan: &GeometryPlan) -> Vec<Option<Fitted>> {
    let is_identity = plan.to_working.is_identity();
    let fits: Vec<Option<(Fit, Tidied, bool)>> = rows
        .par_iter()
        .map(|row| {
            let raw = row.geometry.as_ref()?;
            let (mut tidied, has_z) = (Tidied::default(), raw.has_z);
            Some((shapes::fit(raw, kind, on_invalid, &mut tidied), tidied, has_z))
        })
        .collect();
    let moved: Vec<Option<Fitted>> = fits
        .into_iter()
        .zip(rows)
        .map(|(fit, row)| fit.map(|(fit, tidied, has_z)| Fitted { outcome: brought(fit, row.number, plan), tidied, has_z }))
        .collect();
    let settled = |(fitted, row): (Option<Fitted>, &SourceRow)| {
        fitted.map(|fitted| Fitted { outcome: fitted.outcome.and_then(|(shape, mended)| settle(shape, mended, row.number, is_identity)), ..fitted })
    };
    moved.into_par_iter().zip(rows).map(settled).collect()
}

/// Brings what was fitted to the working CRS.
fn brought(fit: Fit, number: u64, plan: &GeometryPlan) -> Outcome {
    let area = |mut geometry: Geometry<f64>| to_working(&mut geometry, plan).then(|| geometry.unsigned_area());
    let (mut geometry, mended) = match fit {
        Fit::Good(geometry) => (geometry, None),
        Fit::Mended { geometry, before, finding } => {
            let mut mended = found(number, &finding);
            mended.area_before_m2 = area(before);
            (geometry, Some(mended))
        }
        Fit::Bad { before, finding } => {
            let mut rejected = found(number, &finding);
            rejected.area_before_m2 = before.and_then(area);
            return Err(rejected);
        }
    };
    if to_working(&mut geometry, plan) { Ok((geometry, mended)) } else { Err(note(number, None, reasons::OUTSIDE_CRS)) }
}

/// `false` when a coordinate has no image.
fn to_working(geometry: &mut Geometry<f64>, plan: &GeometryPlan) -> bool {
    if plan.to_working.is_identity() {
        return true;
    }
    let mut coords: Vec<Coord<f64>> = geometry.coords_iter().collect();
    let has_image = plan.to_working.apply(&mut coords);
    let next = Cell::new(0);
    geometry.map_coords_in_place(|_| coords[next.replace(next.get() + 1)]);
    has_image
}

/// A polygon that was valid in the file's CRS can cross itself by a rounding in ours; that is mended and told whatever the option says,
/// because the file is not at fault.
fn settle(geometry: Geometry<f64>, mut mended: Option<Box<RowNote>>, row: u64, is_identity: bool) -> Outcome {
    let geometry = match geometry {
        Geometry::MultiPolygon(polygons) if !is_identity => again_valid(polygons, &mut mended, row)?.into(),
        other => other,
    };
    if let Some(mended) = &mut mended {
        mended.area_after_m2 = Some(geometry.unsigned_area());
    }
    Ok((geometry, mended))
}

fn again_valid(polygons: MultiPolygon<f64>, mended: &mut Option<Box<RowNote>>, row: u64) -> Result<MultiPolygon<f64>, Box<RowNote>> {
    let Some(invalid) = geos::check(&polygons) else { return Ok(polygons) };
    let repaired = geos::make_valid(&polygons).ok_or_else(|| note(row, None, reasons::NOTHING_LEFT))?;
    if mended.is_none() {
        let mut told = note(row, None, reasons::invalid(invalid.kind));
        told.zh = format!("{}（坐标转换后）", told.zh);
        told.en = format!("{} (after the transformation)", told.en);
        told.area_before_m2 = Some(polygons.unsigned_area());
        *mended = Some(told);
    }
    Ok(repaired)
}

fn found(row: u64, finding: &Finding) -> Box<RowNote> {
    let mut told = note(row, None, finding.reason);
    told.place = finding.place.map(|place| [place.x, place.y]);
    told.ring = finding.ring;
    if let Some(ring) = finding.ring {
        let (part, number, vertex) = (ring.part + 1, ring.ring, ring.vertex + 1);
        let (ring_zh, ring_en) =
            if number == 0 { ("外环".to_owned(), "outer ring".to_owned()) } else { (format!("第 {number} 个内环"), format!("hole {number}")) };
        told.zh = format!("{}（第 {part} 部分{ring_zh}第 {vertex} 点）", told.zh);
        told.en = format!("{} (part {part}, {ring_en}, vertex {vertex})", told.en);
    }
    if !finding.detail.is_empty() {
        told.zh = format!("{}：{}", told.zh, finding.detail);
        told.en = format!("{}: {}", told.en, finding.detail);
    }
    told
}
