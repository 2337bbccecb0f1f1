//! Rows of one key: which stand, and when several are one parcel of several parts.

use super::cells;
use super::mapping::Aggregate;
use super::merge;
use super::options::{ImportOptions, Mode, OnDuplicate};
use super::reasons;
use super::report::{Duplicate, DuplicateDone, Notice};
use super::rows::{Intake, note};
use crate::domain::{Row, Value};
use crate::formats::geos;
use geo::{Area, BooleanOps, BoundingRect};
use geo_types::{Geometry, MultiLineString, MultiPolygon};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What is done with rows of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Handling {
    Reject,
    First,
    Number,
    Merge,
    /// Column by column, as the mapping says: tables have several rows of one parcel as a matter of course.
    Aggregate,
}

impl Handling {
    pub(super) fn of(options: &ImportOptions, has_geometry: bool) -> Self {
        match options.on_duplicate {
            Some(OnDuplicate::Reject) => Handling::Reject,
            Some(OnDuplicate::First) => Handling::First,
            Some(OnDuplicate::Number) => Handling::Number,
            Some(OnDuplicate::Merge) => Handling::Merge,
            None if options.mode == Mode::Update && !has_geometry => Handling::Aggregate,
            None => Handling::Reject,
        }
    }
}

/// A further row of a key.
pub(super) struct Part {
    pub row: Row,
    pub number: u64,
}

impl Intake<'_> {
    /// Makes one row of the rows of a key, or refuses all of them.
    pub(super) fn settle_parts(&mut self) {
        if self.handling != Handling::Merge {
            return;
        }
        let rejected: HashSet<u64> = self.rejected.iter().map(|note| note.row).collect();
        let mut refused: Vec<(usize, Vec<u64>)> = Vec::new();
        let mut overlaps = Vec::new();
        let mut parts = std::mem::take(&mut self.parts);
        for (key, place) in self.places.iter().map(|(key, place)| (key.clone(), *place)).collect::<BTreeMap<_, _>>() {
            let all = self.keys.groups.get(&key).map(|group| group.rows.clone()).unwrap_or_default();
            let more = parts.remove(&place).unwrap_or_default();
            let standing = || std::iter::once(self.numbers[place]).chain(more.iter().map(|part| part.number)).collect::<Vec<u64>>();
            if all.iter().any(|row| rejected.contains(row)) {
                for number in standing() {
                    self.rejected.push(*note(number, Some(&key), reasons::PART_NOT_TAKEN));
                }
                refused.push((place, standing()));
                continue;
            }
            if more.is_empty() {
                continue;
            }
            if let Some((zh, en)) = self.difference(place, &more) {
                for number in standing() {
                    let mut told = note(number, Some(&key), reasons::DUPLICATE_DIFFERS);
                    told.zh = format!("{}：{zh}", told.zh);
                    told.en = format!("{}: {en}", told.en);
                    self.rejected.push(*told);
                }
                refused.push((place, standing()));
                continue;
            }
            overlaps.extend(self.join(place, &more).filter(|area| *area > 0.0).map(|area| json!({ "key": key, "area_m2": area })));
        }
        if !overlaps.is_empty() {
            let told = Notice::new(
                "parts_overlap",
                format!("{} 个编码的各部分互相重叠，合并后重叠处只计一次", overlaps.len()),
                format!("the parts of {} keys overlap; merged, the land they share counts once", overlaps.len()),
            );
            self.mapping.notices.push(told.with(overlaps));
        }
        self.take_back(&refused);
        self.rejected.sort_by_key(|note| note.row);
    }

    /// The columns in which rows of a key differ, with both values; none when they agree. Sums and greatest values need no agreement.
    fn difference(&self, place: usize, more: &[Part]) -> Option<(String, String)> {
        let first = &self.rows[place];
        let text = |value: &Value| cells::text_of(value).unwrap_or_else(|| "–".to_owned());
        let mut found: Vec<(&str, &str, String)> = Vec::new();
        for link in self.mapping.links.iter().filter(|link| link.column != self.key && link.aggregate == Aggregate::First) {
            let column = &self.layer.columns[link.column];
            if let Some(other) = more.iter().map(|part| &part.row.values[link.column]).find(|other| **other != first.values[link.column]) {
                found.push((&column.zh, &column.name, format!("{} / {}", text(&first.values[link.column]), text(other))));
            }
        }
        if more.iter().any(|part| !can_join(first.geometry.as_ref(), part.row.geometry.as_ref())) {
            found.push(("位置", "place", "≠".to_owned()));
        }
        let listed = |name: fn(&(&str, &str, String)) -> String| found.iter().map(|item| format!("{} {}", name(item), item.2)).collect::<Vec<_>>();
        (!found.is_empty()).then(|| (listed(|item| item.0.to_owned()).join("；"), listed(|item| item.1.to_owned()).join("; ")))
    }

    /// One row of several parts; the area in m² that the parts share.
    fn join(&mut self, place: usize, more: &[Part]) -> Option<f64> {
        for part in more {
            merge::merge(&mut self.rows[place], &part.row, &self.mapping.links);
        }
        let shapes: Vec<Geometry<f64>> =
            std::iter::once(self.rows[place].geometry.clone()).chain(more.iter().map(|part| part.row.geometry.clone())).flatten().collect();
        let (joined, shared) = joined(shapes)?;
        let mut row = std::mem::replace(&mut self.rows[place], Row::empty(self.layer));
        self.measure(&mut row, &joined);
        if let Some(bounds) = self.boxes.get_mut(place) {
            *bounds = joined.bounding_rect();
        }
        row.geometry = Some(joined);
        self.rows[place] = row;
        Some(shared)
    }

    /// Takes rows out again whose key was refused.
    fn take_back(&mut self, refused: &[(usize, Vec<u64>)]) {
        if refused.is_empty() {
            return;
        }
        let places: HashSet<usize> = refused.iter().map(|(place, _)| *place).collect();
        let numbers: HashSet<u64> = refused.iter().flat_map(|(_, numbers)| numbers.iter().copied()).collect();
        self.accepted -= numbers.len() as u64;
        self.repaired.retain(|note| !numbers.contains(&note.row));
        let keeps = |at: &mut usize| {
            *at += 1;
            !places.contains(&(*at - 1))
        };
        let (mut row, mut number, mut bounds) = (0, 0, 0);
        self.rows.retain(|_| keeps(&mut row));
        self.numbers.retain(|_| keeps(&mut number));
        self.boxes.retain(|_| keeps(&mut bounds));
        self.places = self.rows.iter().enumerate().map(|(place, row)| (row.key(self.layer).to_owned(), place)).collect::<HashMap<_, _>>();
    }

    /// Keys of several rows with what was done, in the order of the file.
    pub(super) fn duplicates(&mut self) -> Vec<Duplicate> {
        let order = std::mem::take(&mut self.keys.order);
        let several = order.into_iter().filter_map(|key| {
            let group = self.keys.groups.get(&key).filter(|group| group.rows.len() > 1)?;
            let stands = self.places.contains_key(&key);
            let done = match self.handling {
                _ if self.options.mode == Mode::Update && !self.city.existing_keys.contains(&key) && self.handling != Handling::Number => {
                    DuplicateDone::Unmatched
                }
                Handling::Reject => DuplicateDone::Rejected,
                Handling::First => DuplicateDone::First,
                Handling::Number => DuplicateDone::Numbered,
                Handling::Merge if stands => DuplicateDone::Merged,
                Handling::Merge => DuplicateDone::Refused,
                Handling::Aggregate => DuplicateDone::Aggregated,
            };
            let keys = if done == DuplicateDone::Numbered { group.keys.clone() } else { Vec::new() };
            Some(Duplicate { key: key.clone(), rows: group.rows.clone(), done, keys })
        });
        several.collect()
    }
}

/// Whether two shapes can be parts of one: points only where they are the same.
fn can_join(one: Option<&Geometry<f64>>, two: Option<&Geometry<f64>>) -> bool {
    match (one, two) {
        (Some(Geometry::Point(one)), Some(Geometry::Point(two))) => one == two,
        _ => true,
    }
}

/// The parts side by side where that is a valid shape, else their union; with the area in m² that they share.
fn joined(shapes: Vec<Geometry<f64>>) -> Option<(Geometry<f64>, f64)> {
    let mut shapes = shapes.into_iter();
    let first = shapes.next()?;
    let rest: Vec<Geometry<f64>> = shapes.collect();
    match first {
        Geometry::MultiPolygon(first) => {
            let all: Vec<MultiPolygon<f64>> = std::iter::once(first).chain(rest.into_iter().filter_map(|shape| shape.try_into().ok())).collect();
            let beside = MultiPolygon::new(all.iter().flat_map(|shape| shape.0.clone()).collect());
            if geos::check(&beside).is_none() {
                return Some((beside.into(), 0.0));
            }
            let united = all.iter().skip(1).fold(all.first()?.clone(), |sum, shape| sum.union(shape));
            let shared = all.iter().map(Area::unsigned_area).sum::<f64>() - united.unsigned_area();
            // Drawing noise along a common edge is not told as land.
            Some((united.into(), if shared < 0.01 { 0.0 } else { shared }))
        }
        Geometry::MultiLineString(first) => {
            let more = rest.into_iter().filter_map(|shape| MultiLineString::try_from(shape).ok());
            let mut lines = first.0;
            more.for_each(|shape| lines.extend(shape.0.into_iter().filter(|line| !lines.contains(line)).collect::<Vec<_>>()));
            Some((MultiLineString::new(lines).into(), 0.0))
        }
        other => Some((other, 0.0)),
    }
}
