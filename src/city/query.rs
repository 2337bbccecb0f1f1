//! Selecting rows of a table: box, filter, keys, order, page.

use super::filter::Filter;
use super::table::Table;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, GeometryKind, Patience};
use crate::spatial::crs::WorkingCrs;
use crate::spatial::frame::Frame;
use crate::spatial::stated_box::{LaidBox, StatedBox};
use rayon::prelude::*;
use std::cmp::Ordering;

/// What to select. All parts that are given must hold.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Rows whose shape meets the box.
    pub bounds: Option<StatedBox>,
    /// CQL2 text or JSON.
    pub filter: Option<String>,
    /// The reference system of the filter's geometries.
    pub filter_frame: Frame,
    pub ids: Option<Vec<String>>,
    pub sort: Vec<SortKey>,
    /// Whether private columns may be filtered and sorted by.
    pub private: bool,
}

/// Keys of one order.
const MOST_SORT_KEYS: usize = 16;
/// Codes that may be named in one selection.
pub const MOST_IDS: usize = 100_000;

/// One key of the order; ties fall back to the row's place in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct SortKey {
    pub column: String,
    pub descending: bool,
}

impl SortKey {
    /// Reads `-planar_area_m2,code`.
    ///
    /// # Errors
    /// More keys than any order needs.
    pub fn parse_list(text: &str) -> Outcome<Vec<SortKey>> {
        let count = text.split(',').count();
        if count > MOST_SORT_KEYS {
            return Err(Fault::too_much(
                format!("排序键有 {count} 个，最多 {MOST_SORT_KEYS} 个"),
                format!("there are {count} sort keys; {MOST_SORT_KEYS} are taken"),
            )
            .at("sortby"));
        }
        let keys = text
            .split(',')
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .map(|key| match key.strip_prefix('-') {
                Some(column) => SortKey { column: column.to_owned(), descending: true },
                None => SortKey { column: key.trim_start_matches('+').to_owned(), descending: false },
            })
            .collect();
        Ok(keys)
    }
}

/// A window of a selection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Page {
    pub offset: usize,
    pub limit: usize,
}

impl Page {
    pub fn of<'a>(&self, rows: &'a [u32]) -> &'a [u32] {
        let start = self.offset.min(rows.len());
        &rows[start..(start + self.limit).min(rows.len())]
    }
}

impl Query {
    /// The selected rows in the wanted order (file order by default).
    pub fn select(&self, table: &Table, crs: &WorkingCrs) -> Outcome<Vec<u32>> {
        self.must_be_few()?;
        let filter = self.filter.as_deref().map(|text| Filter::parse(text, table, crs, &self.filter_frame, self.private)).transpose()?;
        let boxed = self.bounds.as_ref().map(|bounds| bounds.laid(crs, table.extent()));
        let narrowed = boxed.as_ref().map(LaidBox::reach).or_else(|| filter.as_ref().and_then(Filter::bounds));
        let mut candidates: Vec<u32> = match (&self.ids, narrowed) {
            (Some(ids), _) => {
                let mut rows: Vec<u32> = ids.iter().filter_map(|id| table.row_of(id)).map(|row| row as u32).collect();
                rows.sort_unstable();
                rows.dedup();
                rows
            }
            (None, Some(reach)) => reach.map(|reach| table.index().rows(reach)).unwrap_or_default(),
            (None, None) => (0..table.len() as u32).collect(),
        };
        let patience = Patience::current();
        if let Some(boxed) = boxed {
            let is_area = table.layer().geometry == GeometryKind::Polygon;
            let meets = |row: &u32| boxed.meets(table.shapes(), *row as usize, is_area);
            candidates = candidates.into_par_iter().with_min_len(2048).filter(|row| !patience.is_over() && meets(row)).collect();
        }
        let mut rows = match filter {
            Some(filter) => candidates.into_par_iter().with_min_len(2048).filter(|row| !patience.is_over() && filter.passes(*row)).collect(),
            None => candidates,
        };
        patience.check()?;
        self.order(table, &mut rows)?;
        Ok(rows)
    }

    fn must_be_few(&self) -> Outcome<()> {
        match self.ids.as_ref().map_or(0, Vec::len) {
            count if count > MOST_IDS => {
                Err(Fault::too_much(format!("列出了 {count} 个编码，最多 {MOST_IDS} 个"), format!("{count} codes are named; {MOST_IDS} are taken"))
                    .at("ids")
                    .help("改用 filter 描述范围", "say with a filter which they are"))
            }
            _ => Ok(()),
        }
    }

    fn order(&self, table: &Table, rows: &mut [u32]) -> Outcome<()> {
        let mut keys = Vec::new();
        for key in &self.sort {
            let known = table.layer().column(&key.column).is_some_and(|column| self.private || !column.private);
            let Some(column) = table.column(key.column.as_str()).filter(|_| known) else {
                return Err(Fault::bad("sort_property", format!("不能按 {} 排序", key.column), format!("cannot sort by {}", key.column))
                    .at(key.column.clone()));
            };
            keys.push((column, key.descending));
        }
        if keys.is_empty() {
            return Ok(());
        }
        rows.par_sort_by(|a, b| {
            let (a, b) = (*a as usize, *b as usize);
            for (column, descending) in &keys {
                // Nulls go last in either direction.
                let order = match (column.is_null(a), column.is_null(b)) {
                    (true, true) => Ordering::Equal,
                    (true, false) => return Ordering::Greater,
                    (false, true) => return Ordering::Less,
                    (false, false) => match (column.number(a), column.number(b)) {
                        (Some(x), Some(y)) => x.total_cmp(&y),
                        _ => match (column.flag(a), column.flag(b)) {
                            (Some(x), Some(y)) => x.cmp(&y),
                            _ => column.text(a).cmp(&column.text(b)),
                        },
                    },
                };
                if order != Ordering::Equal {
                    return if *descending { order.reverse() } else { order };
                }
            }
            a.cmp(&b)
        });
        Ok(())
    }
}
