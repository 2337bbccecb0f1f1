//! A park or the whole city in figures: what each parcel can hold, summed, and what a change of limits would bring.

use super::ground::Ground;
use super::inputs::Question;
use super::matrix::BandAreas;
use super::matrix::matrix;
use super::programme::programme;
use crate::analysis::Control;
use crate::analysis::upstairs::{Capacity, Depth, Overrides, RollUp, UpstairsResult, check_from, check_to, sum};
use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use crate::rules::upstairs::BAND_NAMES;
use crate::rules::{UpstairsPack, Verdict};
use crate::service::packs::{district_name, upstairs};
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The parcels of a run, with the packs of their districts.
pub(super) struct Scope {
    pub districts: Vec<District>,
    /// (row, index of its district).
    rows: Vec<(usize, usize)>,
    excluded: Vec<Excluded>,
}

pub(super) struct District {
    /// As packs name it; `None` for parcels without a district.
    pub name: Option<String>,
    pub pack: Arc<UpstairsPack>,
}

/// Parcels that the roll-up leaves out, with the reason.
#[derive(Debug, Serialize)]
struct Excluded {
    reason: &'static str,
    count: usize,
    parcels: Vec<String>,
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

pub(super) fn many_parcels(
    city: &City,
    table: &Table,
    park: Option<&str>,
    question: &Question,
    control: Control<'_>,
) -> Outcome<(Value, Arc<UpstairsPack>)> {
    let general = upstairs(None, question.cluster.as_deref(), &question.as_of)?;
    let scope = scope(city, table, park, question, &general)?;
    let ground = Ground::new(city, table, false, question.overrides.neighbour);
    // What binds costs as much again as the figures; it is told where a person can still read it.
    let depth = if park.is_some() { Depth::Binding } else { Depth::Figures };
    let lines = lines(&ground, &scope, question, depth, control)?;
    let matrix = if question.matrix { Some(matrix(&ground, &scope, &lines, question, control)?) } else { None };
    let parcels: HashSet<&str> = lines.iter().map(|line| table.key(line.row)).collect();
    let group = |name: &str| groups(city, table, name, &lines);
    let mut answer = json!({
        "totals": totals(&lines),
        "by_park": group("park"),
        "by_district": group("district"),
        "what_if": question.moved().then(|| what_if(&lines, question)),
        "programme": programme(city, &parcels, &general),
        "matrix": matrix,
        "excluded": scope.excluded,
        "uses": uses(question, &general),
        "parcels": null,
    });
    // Put in as they are: the macro would copy each of them.
    answer["parcels"] = Value::Array(lines.par_iter().map(|line| parcel(table, line)).collect());
    Ok((answer, general))
}

/// Land uses that count: the caller's or the pack's. An empty list counts every use.
fn uses<'a>(question: &'a Question, pack: &'a UpstairsPack) -> &'a [String] {
    match &question.uses {
        Some(uses) if uses.iter().any(|code| code == "all") => &[],
        Some(uses) => uses,
        None => &pack.roll_up_uses.value,
    }
}

fn scope(city: &City, table: &Table, park: Option<&str>, question: &Question, general: &UpstairsPack) -> Outcome<Scope> {
    if let Some(park) = park
        && city.named("park").is_none_or(|parks| parks.row_of(park).is_none())
        && !(0..table.len()).any(|row| table.text(row, "park") == Some(park))
    {
        return Err(Fault::not_found("no_such_park", format!("没有园区 {park}"), format!("there is no park {park}")).at("/inputs/park"));
    }
    let uses = uses(question, general);
    // The plan decides what land is for; where it says nothing, the present use. A parcel of which neither is known stays in.
    let counts = |row: usize| {
        let code = table.text(row, "planned_use").or_else(|| table.text(row, "land_use"));
        uses.is_empty() || code.is_none_or(|code| uses.iter().any(|wanted| code.starts_with(wanted.as_str())))
    };
    let mut found = Scope { districts: Vec::new(), rows: Vec::new(), excluded: Vec::new() };
    let (mut other_use, mut no_geometry) = (Vec::new(), Vec::new());
    for row in (0..table.len()).filter(|row| park.is_none_or(|park| table.text(*row, "park") == Some(park))) {
        if !counts(row) {
            other_use.push(table.key(row).to_owned());
        } else if table.shapes().bounds(row).is_none() {
            no_geometry.push(table.key(row).to_owned());
        } else {
            let name = table.text(row, "district").map(|code| district_name(city, code));
            let known = found.districts.iter().position(|district| district.name.as_deref() == name);
            let index = match known {
                Some(index) => index,
                None => {
                    let pack = upstairs(name, question.cluster.as_deref(), &question.as_of)?;
                    found.districts.push(District { name: name.map(str::to_owned), pack });
                    found.districts.len() - 1
                }
            };
            found.rows.push((row, index));
        }
    }
    for (reason, parcels) in [("other_use", other_use), ("no_geometry", no_geometry)] {
        if !parcels.is_empty() {
            found.excluded.push(Excluded { reason, count: parcels.len(), parcels });
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

fn totals(lines: &[Line]) -> RollUp {
    sum(lines.iter().map(|line| &line.capacity))
}

fn what_if(lines: &[Line], question: &Question) -> Value {
    let totals = sum(lines.iter().filter_map(|line| line.moved.as_ref()));
    json!({ "set": question.set, "add": question.add, "gain_m2": gain(lines.iter()), "totals": totals })
}

/// Potential gained where it is known before and after, m².
fn gain<'a>(lines: impl Iterator<Item = &'a Line>) -> f64 {
    lines.filter_map(|line| Some(line.moved.as_ref()?.potential? - line.capacity.potential?)).sum()
}

/// One roll-up for each park or district, by code; parcels outside any stand under null.
fn groups(city: &City, table: &Table, name: &str, lines: &[Line]) -> Vec<Value> {
    let mut groups: BTreeMap<Option<&str>, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        groups.entry(table.text(line.row, name)).or_default().push(line);
    }
    let called = |code: &str| city.named(name).and_then(|known| known.row_of(code).and_then(|row| known.text(row, "name")));
    groups
        .into_iter()
        .map(|(code, lines)| {
            let mut value = json!(sum(lines.iter().map(|line| &line.capacity)));
            value[name] = json!(code);
            value["name"] = json!(code.and_then(called));
            if lines.iter().any(|line| line.moved.is_some()) {
                value["gain_m2"] = json!(gain(lines.into_iter()));
            }
            value
        })
        .collect()
}

fn parcel(table: &Table, line: &Line) -> Value {
    let capacity = &line.capacity;
    let mut unknown = line.unknown.clone();
    unknown.extend(capacity.unknown().into_iter().map(str::to_owned));
    let mut value = json!({
        "parcel": capacity.parcel,
        "park": table.text(line.row, "park"),
        "district": table.text(line.row, "district"),
        "gfa_m2": line.gfa_m2,
        "built_gfa_m2": capacity.built,
        "allowed_gfa_m2": capacity.allowed,
        "remaining_gfa_m2": capacity.remaining(),
        "overall": line.overall,
        "unknown": unknown,
    });
    if let Some(binding) = &line.binding {
        value["binding"] = json!(if binding.is_empty() { &["joint"][..] } else { binding });
    }
    if let Some(moved) = &line.moved {
        value["what_if_gfa_m2"] = json!(moved.potential);
    }
    value
}
