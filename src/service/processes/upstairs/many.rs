//! A park or the whole city in figures: what each parcel can hold, summed, and what a change of limits would bring.

use super::super::process::Context;
use super::answer::{DistrictSums, Left, Many, ParcelLine, ParkSums, WhatIf};
use super::ground::{Ground, MOST_CORNERS};
use super::inputs::Question;
use super::matrix::{BandAreas, matrix};
use super::programme::programme;
use super::{pack, record};
use crate::analysis::Control;
use crate::analysis::upstairs::{Capacity, Depth, Overrides, RollUp, UpstairsResult, check_from, check_to, sum};
use crate::city::{City, Table};
use crate::domain::columns::parcel;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId};
use crate::rules::upstairs::BAND_NAMES;
use crate::rules::{UpstairsPack, Verdict};
use crate::service::collections::no_such_park;
use crate::service::packs::district_name;
use rayon::prelude::*;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The parcels of a run, with the packs of their districts.
pub(super) struct Scope {
    pub districts: Vec<District>,
    /// (row, index of its district).
    rows: Vec<(usize, usize)>,
    excluded: Vec<Left>,
}

pub(super) struct District {
    /// As packs name it; `None` for parcels without a district.
    pub name: Option<String>,
    pub pack: Arc<UpstairsPack>,
}

/// One parcel of the run.
pub(super) struct Line {
    pub row: usize,
    pub district: usize,
    capacity: Capacity,
    gfa_m2: f64,
    overall: Verdict,
    binding: Option<Vec<&'static str>>,
    unknown: Vec<String>,
    /// What the matrix counts: with the figures that a planner moved, where one did.
    pub bands: BandAreas,
    /// GFA with the figures that a planner moved, m².
    moved: Option<Capacity>,
}

/// Tells how far it is every so many parcels.
const STEP: usize = 64;

pub(super) fn many_parcels(context: &Context<'_>, table: &Table, park: Option<&str>, question: &Question) -> Outcome<Many> {
    let (city, control) = (context.city, context.control);
    let general = pack(context, None, question.cluster.as_deref())?;
    let scope = scope(context, table, park, question, &general)?;
    let ground = Ground::new(city, table, false, question.overrides.neighbour);
    // What binds costs as much again as the figures; it is told where a person can still read it.
    let depth = if park.is_some() { Depth::Binding } else { Depth::Figures };
    let lines = lines(&ground, &scope, question, depth, control)?;
    let matrix = if question.matrix { Some(matrix(context, &ground, &scope, &lines, question)?) } else { None };
    let parcels: HashSet<&str> = lines.iter().map(|line| table.key(line.row)).collect();
    let by_park = groups(city, table, "park", &lines);
    let by_district = groups(city, table, "district", &lines);
    Ok(Many {
        run: record(context, &general),
        totals: sum(lines.iter().map(|line| &line.capacity)),
        by_park: by_park.into_iter().map(|Group { code, name, sums, gain_m2 }| ParkSums { park: code, name, sums, gain_m2 }).collect(),
        by_district: by_district
            .into_iter()
            .map(|Group { code, name, sums, gain_m2 }| DistrictSums { district: code, name, sums, gain_m2 })
            .collect(),
        what_if: question.moved().then(|| what_if(&lines, question)),
        programme: programme(city, &parcels, &general),
        matrix,
        uses: uses(question, &general).to_vec(),
        parcels: lines.par_iter().map(|line| parcel(table, line)).collect(),
        excluded: scope.excluded,
    })
}

/// Land uses that count: the caller's or the pack's. An empty list counts every use.
fn uses<'a>(question: &'a Question, pack: &'a UpstairsPack) -> &'a [String] {
    match &question.uses {
        Some(uses) if uses.iter().any(|code| code == "all") => &[],
        Some(uses) => uses,
        None => &pack.roll_up_uses.value,
    }
}

fn scope(context: &Context<'_>, table: &Table, park: Option<&str>, question: &Question, general: &UpstairsPack) -> Outcome<Scope> {
    let city = context.city;
    if let Some(park) = park
        && city.table(LayerId::Park).row_of(park).is_none()
        && !(0..table.len()).any(|row| table.text(row, parcel::PARK) == Some(park))
    {
        return Err(no_such_park(park).at("/inputs/park"));
    }
    let uses = uses(question, general);
    // The plan decides what land is for; where it says nothing, the present use. A parcel of which neither is known stays in.
    let counts = |row: usize| {
        let code = table.text(row, parcel::PLANNED_USE).or_else(|| table.text(row, parcel::LAND_USE));
        uses.is_empty() || code.is_none_or(|code| uses.iter().any(|wanted| code.starts_with(wanted.as_str())))
    };
    let mut found = Scope { districts: Vec::new(), rows: Vec::new(), excluded: Vec::new() };
    let (mut other_use, mut no_geometry, mut too_many_corners) = (Vec::new(), Vec::new(), Vec::new());
    for row in (0..table.len()).filter(|row| park.is_none_or(|park| table.text(*row, parcel::PARK) == Some(park))) {
        if !counts(row) {
            other_use.push(table.key(row).to_owned());
        } else if table.shapes().bounds(row).is_none() {
            no_geometry.push(table.key(row).to_owned());
        } else if table.shapes().corners(row) > MOST_CORNERS {
            too_many_corners.push(table.key(row).to_owned());
        } else {
            let name = table.text(row, parcel::DISTRICT).map(|code| district_name(city, code));
            let known = found.districts.iter().position(|district| district.name.as_deref() == name);
            let index = match known {
                Some(index) => index,
                None => {
                    let pack = pack(context, name, question.cluster.as_deref())?;
                    found.districts.push(District { name: name.map(str::to_owned), pack });
                    found.districts.len() - 1
                }
            };
            found.rows.push((row, index));
        }
    }
    for (reason, parcels) in [("other_use", other_use), ("no_geometry", no_geometry), ("too_many_corners", too_many_corners)] {
        if !parcels.is_empty() {
            found.excluded.push(Left { reason, count: parcels.len(), parcels });
        }
    }
    if found.rows.is_empty() {
        return Err(Fault::bad("no_parcels", "范围内没有计入用途的宗地", "there is no parcel of a counted use in the area")
            .at("/inputs")
            .help("换一个园区，或用 uses 指定用途（\"all\" 为全部）", "choose another park, or name land uses with `uses` (\"all\" for every one)"));
    }
    Ok(found)
}

/// The check of every parcel, on all cores; in row order whatever the number of threads.
fn lines(ground: &Ground<'_>, scope: &Scope, question: &Question, depth: Depth, control: Control<'_>) -> Outcome<Vec<Line>> {
    let (done, total) = (AtomicUsize::new(0), scope.rows.len());
    let base = Overrides::default();
    scope
        .rows
        .par_iter()
        .map(|&(row, district)| {
            if (control.stop)() {
                return Err(cancelled());
            }
            let pack = &scope.districts[district].pack;
            let case = ground.parcel(row, pack)?;
            let result = check_to(&case, pack, &base, depth);
            // Knowing the plates of the base, a looser limit never gives less (U22).
            let moved = question.moved().then(|| check_from(&case, pack, &question.overrides, Depth::Scheme, &result.plates));
            let now = done.fetch_add(1, Ordering::Relaxed) + 1;
            if now.is_multiple_of(STEP) || now == total {
                (control.progress)(now as f64 / total.max(1) as f64);
            }
            Ok(Line {
                row,
                district,
                capacity: Capacity::from(&result),
                gfa_m2: result.gfa_m2,
                overall: result.overall,
                binding: (depth >= Depth::Binding).then(|| result.binding.iter().map(|one| one.rule).collect()),
                bands: band_areas(moved.as_ref().unwrap_or(&result)),
                unknown: result.unknown,
                moved: moved.as_ref().map(Capacity::from),
            })
        })
        .collect()
}

pub(super) fn cancelled() -> Fault {
    Fault::new(FaultKind::Cancelled, "cancelled", "已取消", "cancelled")
}

pub(super) fn band_areas(result: &UpstairsResult) -> BandAreas {
    BAND_NAMES.map(|band| result.storeys.iter().filter(|storey| storey.band == band).map(|storey| storey.area_m2).sum())
}

fn what_if(lines: &[Line], question: &Question) -> WhatIf {
    let totals = sum(lines.iter().filter_map(|line| line.moved.as_ref()));
    WhatIf { set: question.set.clone(), add: question.add.clone(), gain_m2: gain(lines.iter()), totals }
}

/// Potential gained where it is known before and after, m².
fn gain<'a>(lines: impl Iterator<Item = &'a Line>) -> f64 {
    lines.filter_map(|line| Some(line.moved.as_ref()?.potential? - line.capacity.potential?)).sum()
}

struct Group {
    code: Option<String>,
    name: Option<String>,
    sums: RollUp,
    gain_m2: Option<f64>,
}

/// One roll-up for each park or district, by code; parcels outside any stand under none.
fn groups(city: &City, table: &Table, layer: &str, lines: &[Line]) -> Vec<Group> {
    let mut groups: BTreeMap<Option<&str>, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        groups.entry(table.text(line.row, layer)).or_default().push(line);
    }
    let called = |code: &str| city.named(layer).and_then(|known| known.row_of(code).and_then(|row| known.text(row, "name")));
    let group = |(code, lines): (Option<&str>, Vec<&Line>)| Group {
        code: code.map(str::to_owned),
        name: code.and_then(called).map(str::to_owned),
        sums: sum(lines.iter().map(|line| &line.capacity)),
        gain_m2: lines.iter().any(|line| line.moved.is_some()).then(|| gain(lines.into_iter())),
    };
    groups.into_iter().map(group).collect()
}

fn parcel(table: &Table, line: &Line) -> ParcelLine {
    let capacity = &line.capacity;
    let mut unknown = line.unknown.clone();
    unknown.extend(capacity.unknown().into_iter().map(str::to_owned));
    let joint = |binding: &Vec<&'static str>| if binding.is_empty() { vec!["joint"] } else { binding.clone() };
    ParcelLine {
        parcel: capacity.parcel.clone(),
        park: table.text(line.row, parcel::PARK).map(str::to_owned),
        district: table.text(line.row, parcel::DISTRICT).map(str::to_owned),
        gfa_m2: line.gfa_m2,
        built_gfa_m2: capacity.built,
        allowed_gfa_m2: capacity.allowed,
        remaining_gfa_m2: capacity.remaining(),
        overall: line.overall,
        unknown,
        binding: line.binding.as_ref().map(joint),
        what_if_gfa_m2: line.moved.as_ref().map(|moved| moved.potential),
    }
}
