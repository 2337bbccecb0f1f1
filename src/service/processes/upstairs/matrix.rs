//! Every cluster on every floor band of a park or city, each by its own cluster's pack.

use super::super::process::Context;
use super::ground::Ground;
use super::inputs::Question;
use super::many::{Line, Scope, cancelled};
use super::pack;
use crate::analysis::Control;
use crate::analysis::upstairs::{Depth, FitVerdict, Overrides, check_from, check_to, verdicts};
use crate::domain::catalogue;
use crate::domain::fault::Outcome;
use crate::rules::UpstairsPack;
use crate::rules::upstairs::{BAND_NAMES, band_schema};
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use utoipa::ToSchema;

/// Parcels whose building has the band, by what the cluster makes of it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct MatrixRow {
    pub cluster: &'static str,
    #[schema(schema_with = band_schema)]
    pub band: &'static str,
    pub fits: usize,
    pub after_retrofit: usize,
    pub no: usize,
    pub unknown: usize,
    /// The factor that decides on most of them; `None` where nothing stands against it.
    #[schema(required)]
    pub factor: Option<&'static str>,
    /// GFA of the band over the parcels, by the same four verdicts, m².
    pub gfa_m2: Verdicts4,
}

#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = VerdictAreas)]
pub struct Verdicts4 {
    pub fits: f64,
    pub after_retrofit: f64,
    pub no: f64,
    pub unknown: f64,
}

/// GFA by band of one parcel's building; 0 where it does not rise so far.
pub(super) type BandAreas = [f64; 4];

/// The matrix over the parcels of `lines`, with the figures that a planner moved. Clusters whose packs shape the same building share its search.
pub(super) fn matrix(context: &Context<'_>, ground: &Ground<'_>, scope: &Scope, lines: &[Line], question: &Question) -> Outcome<Vec<MatrixRow>> {
    let control = context.control;
    let mut buildings: HashMap<String, Arc<Vec<BandAreas>>> = HashMap::new();
    let mut rows = Vec::new();
    for cluster in &catalogue().clusters {
        let packs: Vec<Arc<UpstairsPack>> =
            scope.districts.iter().map(|district| pack(context, district.name.as_deref(), Some(&cluster.id))).collect::<Outcome<_>>()?;
        let key: String = packs.iter().map(|pack| pack.building_key()).collect::<Vec<_>>().join("\n");
        let areas = match buildings.get(&key) {
            Some(known) => known.clone(),
            None => {
                let own: String = scope.districts.iter().map(|district| district.pack.building_key()).collect::<Vec<_>>().join("\n");
                let areas = if own == key { lines.iter().map(|line| line.bands).collect() } else { bands(ground, lines, &packs, question, control)? };
                buildings.entry(key).or_insert(Arc::new(areas)).clone()
            }
        };
        rows.extend(count(&cluster.id, lines, &packs, &areas, &question.overrides));
    }
    Ok(rows)
}

fn bands(ground: &Ground<'_>, lines: &[Line], packs: &[Arc<UpstairsPack>], question: &Question, control: Control<'_>) -> Outcome<Vec<BandAreas>> {
    lines
        .par_iter()
        .map(|line| {
            if (control.stop)() {
                return Err(cancelled());
            }
            let pack = &packs[line.district];
            let case = ground.parcel(line.row, pack)?;
            let base = check_to(&case, pack, &Overrides::default(), Depth::Scheme);
            let built = if question.moved() { check_from(&case, pack, &question.overrides, Depth::Scheme, &base.plates) } else { base };
            Ok(super::many::band_areas(&built))
        })
        .collect()
}

fn count(cluster: &'static str, lines: &[Line], packs: &[Arc<UpstairsPack>], areas: &[BandAreas], overrides: &Overrides) -> Vec<MatrixRow> {
    let judged: Vec<_> = packs.iter().map(|pack| verdicts(pack, cluster, overrides)).collect();
    let mut rows: Vec<MatrixRow> = BAND_NAMES.iter().map(|band| MatrixRow { cluster, band, ..MatrixRow::default() }).collect();
    let mut factors: [BTreeMap<Option<&'static str>, usize>; 4] = Default::default();
    for (line, areas) in lines.iter().zip(areas) {
        for (band, row) in rows.iter_mut().enumerate().filter(|(band, _)| areas[*band] > 0.0) {
            let (verdict, factor) = judged[line.district][band];
            let (number, area) = match verdict {
                FitVerdict::Fit => (&mut row.fits, &mut row.gfa_m2.fits),
                FitVerdict::Retrofit => (&mut row.after_retrofit, &mut row.gfa_m2.after_retrofit),
                FitVerdict::Unfit => (&mut row.no, &mut row.gfa_m2.no),
                FitVerdict::Unknown => (&mut row.unknown, &mut row.gfa_m2.unknown),
            };
            *number += 1;
            *area += areas[band];
            *factors[band].entry(factor).or_default() += 1;
        }
    }
    for (row, factors) in rows.iter_mut().zip(factors) {
        row.factor = factors.into_iter().max_by_key(|(_, parcels)| *parcels).and_then(|(factor, _)| factor);
    }
    rows
}
