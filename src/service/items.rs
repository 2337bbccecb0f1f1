//! Items of a collection: selection, pages, single features, totals.

use super::Viewer;
use super::frames;
use super::instruments::{LandOn, keep_standing};
use super::kept;
use super::occupancy::stale_after_days;
use crate::city::letting::day;
use crate::city::summary::{Summary, summarise};
use crate::city::{City, LettingTotals, Page, Query, SortKey, Table};
use crate::domain::columns::firm;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Role};
use crate::formats::wire::geojson::{FeatureStyle, Rounded, write_feature};
use crate::spatial::crs::WorkingCrs;
use crate::spatial::frame::Frame;
use crate::spatial::stated_box::StatedBox;
use chrono::NaiveDate;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A selection as people state it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// CQL2 text or JSON.
    pub filter: Option<String>,
    pub ids: Option<Vec<String>>,
    /// [west, south, east, north] in degrees, or two corners in the order of axes of `bbox-crs`: features whose geometry meets the box.
    pub bbox: Option<[f64; 4]>,
    /// URI of the reference system of `bbox`; CRS84 without it.
    #[serde(rename = "bbox-crs", skip_serializing_if = "Option::is_none")]
    pub bbox_crs: Option<String>,
    /// URI of the reference system of the filter's geometries; CRS84 without it.
    #[serde(rename = "filter-crs", skip_serializing_if = "Option::is_none")]
    pub filter_crs: Option<String>,
    pub sortby: Option<String>,
    /// A day or an interval: the land that stood then (`parcel`, `plan_parcel`); other layers have no time axis.
    pub datetime: Option<String>,
}

/// A collection's rows that a viewer selected.
pub struct Selected {
    pub table: Arc<Table>,
    pub rows: Vec<u32>,
    pub private: bool,
}

/// Features are written in parallel above this count.
const PARALLEL_FROM: usize = 256;

pub fn select(city: &City, viewer: &Viewer, name: &str, selection: &Selection) -> Outcome<Selected> {
    let table = super::table(city, name)?.clone();
    let private = kept::sees_private(viewer, table.id());
    let frame = |named: &Option<String>, parameter| frames::frame(city, table.layer(), named.as_deref(), parameter);
    let bbox_frame = frame(&selection.bbox_crs, "bbox-crs")?;
    let query = Query {
        bounds: selection.bbox.map(|bbox| StatedBox::read(bbox, bbox_frame)).transpose()?,
        filter_frame: frame(&selection.filter_crs, "filter-crs")?,
        filter: selection.filter.clone().filter(|text| !text.trim().is_empty()),
        ids: selection.ids.clone(),
        sort: selection.sortby.as_deref().map(SortKey::parse_list).transpose()?.unwrap_or_default(),
        private,
    };
    if table.id() == LayerId::Firm {
        return select_firms(city, viewer, table, query);
    }
    let mut rows = query.select(&table, &city.crs)?;
    kept::keep_seen(city, viewer, &table, &mut rows);
    if let Some(datetime) = &selection.datetime {
        keep_standing(city, &table, &mut rows, &LandOn::parse(datetime)?);
    }
    Ok(Selected { table, rows, private })
}

/// Firms carry codes, names and turnover: an operator sees those of the own park, nobody else sees any.
fn select_firms(city: &City, viewer: &Viewer, table: Arc<Table>, query: Query) -> Outcome<Selected> {
    let account = viewer.signed_in()?;
    if account.role != Role::Operator {
        return Err(Fault::new(
            FaultKind::Forbidden,
            "firms_private",
            "企业明细只对本园区运营方开放",
            "details of firms are open to their park's operator only",
        ));
    }
    let mut rows = Query { private: true, ..query }.select(&table, &city.crs)?;
    rows.retain(|row| viewer.operates(table.text(*row as usize, firm::PARK)));
    Ok(Selected { table, rows, private: true })
}

/// Box in degrees of the park around which most parcels lie: where a map may open so that the city is seen at once.
pub fn focus(city: &City) -> Option<[f64; 4]> {
    let (parks, parcels) = (city.table(LayerId::Park), city.table(LayerId::Parcel));
    let around = |row: usize| parks.shapes().bounds(row).map(|bounds| (parcels.index().rows(bounds).len(), bounds));
    let (_, bounds) = (0..parks.len()).rev().filter_map(around).max_by_key(|(count, _)| *count)?;
    Some(city.lon_lat_box(bounds))
}

/// Totals of a selection; of parcels with their occupancy.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryAnswer {
    #[serde(flatten)]
    pub summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<StaleParcels>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vacancy: Option<Vacancy>,
}

/// Parcels whose figures want an update.
#[derive(Debug, Serialize, ToSchema)]
pub struct StaleParcels {
    pub count: usize,
    pub oldest: Option<NaiveDate>,
}

/// Vacant among lettable area (exact-designation I8).
#[derive(Debug, Serialize, ToSchema)]
pub struct Vacancy {
    pub lettable_area_m2: f64,
    pub vacant_area_m2: f64,
    pub rate: f64,
    pub as_of: Option<NaiveDate>,
}

pub fn summary(city: &City, viewer: &Viewer, name: &str, selection: &Selection) -> Outcome<SummaryAnswer> {
    let selected = select(city, viewer, name, selection)?;
    let summary: Summary = summarise(&selected.table, &selected.rows, kept::visible_rows(city, viewer, &selected.table).as_deref());
    if selected.table.id() != LayerId::Parcel {
        return Ok(SummaryAnswer { summary, stale: None, vacancy: None });
    }
    let (mut totals, mut count) = (LettingTotals::default(), 0);
    let today = day(&super::today());
    for row in &selected.rows {
        let own = city.letting().of_parcel(*row as usize);
        count += usize::from(today.is_some_and(|today| own.is_stale(today, stale_after_days())));
        totals.merge(own);
    }
    let vacancy = (totals.lettable_m2 > 0.0).then(|| Vacancy {
        lettable_area_m2: totals.lettable_m2,
        vacant_area_m2: totals.vacant_m2,
        rate: totals.vacant_m2 / totals.lettable_m2,
        as_of: totals.oldest,
    });
    Ok(SummaryAnswer { summary, stale: Some(StaleParcels { count, oldest: totals.oldest }), vacancy })
}

/// One feature.
#[derive(Debug)]
pub struct Item {
    /// GeoJSON.
    pub text: String,
    /// The row's own tag, where rows are written one by one.
    pub etag: Option<String>,
}

pub fn item(city: &City, viewer: &Viewer, name: &str, id: &str, frame: &Frame) -> Outcome<Item> {
    let selection = Selection { ids: Some(vec![id.to_owned()]), ..Selection::default() };
    let selected = select(city, viewer, name, &selection)?;
    let Some(row) = selected.rows.first() else {
        return Err(Fault::not_found("no_such_item", format!("{name} 中没有 {id}"), format!("{name} has no item {id}")).at(id));
    };
    let layer = selected.table.id();
    if kept::rules_of(layer).is_some() {
        let record = kept::record(city, viewer, layer, &selected.table.row(*row as usize));
        return Ok(Item { text: record.feature, etag: Some(record.etag) });
    }
    let style = FeatureStyle::of(&selected.table, None, selected.private, frame.usual_decimals(), true).in_frame(frame.clone());
    let mut text = String::new();
    write_feature(&mut text, &selected.table, *row as usize, &city.crs, &style);
    Ok(Item { text, etag: None })
}

impl Selected {
    /// The page's features, parted by commas.
    pub fn features(&self, crs: &WorkingCrs, page: Page, properties: Option<&[String]>, geometry: bool, frame: &Frame) -> String {
        let style = FeatureStyle::of(&self.table, properties, self.private, frame.usual_decimals(), geometry).in_frame(frame.clone());
        write_features(&self.table, page.of(&self.rows), crs, &style)
    }
}

/// Features of `rows`, parted by commas; the text is the same on any number of threads.
pub fn write_features(table: &Table, rows: &[u32], crs: &WorkingCrs, style: &FeatureStyle) -> String {
    write_features_told(table, rows, crs, style).0
}

/// As [`write_features`], with what rounding did to them.
pub fn write_features_told(table: &Table, rows: &[u32], crs: &WorkingCrs, style: &FeatureStyle) -> (String, Rounded) {
    let write = |rows: &[u32]| {
        let mut rounded = Rounded::default();
        let mut out = String::with_capacity(rows.len() * 700);
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            rounded += write_feature(&mut out, table, *row as usize, crs, style);
        }
        (out, rounded)
    };
    if rows.len() < PARALLEL_FROM {
        return write(rows);
    }
    let mut rounded = Rounded::default();
    let (parts, told): (Vec<String>, Vec<Rounded>) = rows.par_chunks(PARALLEL_FROM).map(write).unzip();
    told.into_iter().for_each(|one| rounded += one);
    (parts.join(","), rounded)
}
