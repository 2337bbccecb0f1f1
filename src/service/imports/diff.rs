//! What an import would change, or changed: counts, first rows, shapes for the map.

use crate::city::City;
use crate::domain::{Column, ColumnType, LayerId, Row, RowChange, Value};
use crate::intake::Outline;
use crate::intake::drawn::{Bounds, Canvas, MOST_SHAPES, thinned};
use geo::{Area, CoordsIter, MapCoords};
use geo_types::{Coord, Geometry};
use serde::Serialize;
use utoipa::ToSchema;

/// The difference between a layer and what it becomes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportDiff {
    pub counts: DiffCounts,
    /// The first rows of each kind, with what changes in them.
    pub rows: Vec<DiffRow>,
    /// Shapes of changed rows, simplified; evenly thinned where they are too many for a map.
    pub shapes: Vec<DiffShape>,
    /// West, south, east, north of all that changes, in degrees.
    #[schema(required)]
    pub bbox: Option<[f64; 4]>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffCounts {
    pub added: usize,
    pub changed: usize,
    pub gone: usize,
    /// Rows of the layer that stay as they are.
    pub same: usize,
    /// Changed rows whose shape changes.
    pub reshaped: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DiffChange {
    Added,
    Changed,
    Gone,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiffRow {
    pub change: DiffChange,
    pub key: String,
    /// Cells that differ; of an added or a gone row those that hold something.
    pub cells: Vec<DiffCell>,
    /// Whether the shape is another.
    pub reshaped: bool,
    /// Planar area in the working CRS, m²; none where there is no polygon.
    #[schema(required)]
    pub area_before_m2: Option<f64>,
    #[schema(required)]
    pub area_after_m2: Option<f64>,
    /// Where it lies, in degrees.
    #[schema(required)]
    pub at: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiffCell {
    pub column: String,
    #[schema(required)]
    pub before: Option<DiffValue>,
    #[schema(required)]
    pub after: Option<DiffValue>,
}

/// A cell's value.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum DiffValue {
    Flag(bool),
    Number(f64),
    Text(String),
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DiffShape {
    pub change: DiffChange,
    pub key: String,
    pub outline: Outline,
    /// What it was, where the shape changes.
    #[schema(required)]
    pub before: Option<Outline>,
}

/// Rows of one kind that are told.
const MOST_ROWS: usize = 200;

/// One row before and after.
struct Step<'c> {
    layer: LayerId,
    before: Option<&'c Row>,
    after: Option<&'c Row>,
}

impl Step<'_> {
    fn change(&self) -> DiffChange {
        match (self.before, self.after) {
            (None, _) => DiffChange::Added,
            (Some(_), Some(_)) => DiffChange::Changed,
            (Some(_), None) => DiffChange::Gone,
        }
    }

    fn key(&self) -> &str {
        self.after.or(self.before).map_or("", |row| row.key(self.layer.layer()))
    }

    fn is_reshaped(&self) -> bool {
        matches!((self.before, self.after), (Some(before), Some(after)) if before.geometry != after.geometry)
    }

    fn shape(&self) -> Option<&Geometry<f64>> {
        self.after.or(self.before).and_then(|row| row.geometry.as_ref())
    }

    /// What a person brought; what we compute of it follows.
    fn cells(&self) -> Vec<DiffCell> {
        let value = |row: Option<&Row>, at: usize, column: &Column| row.and_then(|row| told(&row.values[at], column));
        let columns = self.layer.layer().columns.iter().enumerate().filter(|(_, column)| !column.computed);
        columns
            .map(|(at, column)| DiffCell {
                column: column.name.clone(),
                before: value(self.before, at, column),
                after: value(self.after, at, column),
            })
            .filter(|cell| cell.before != cell.after)
            .collect()
    }
}

fn told(value: &Value, column: &Column) -> Option<DiffValue> {
    Some(match value {
        Value::Null => return None,
        Value::Text(text) => DiffValue::Text(text.clone()),
        Value::Integer(number) if column.kind == ColumnType::Boolean => DiffValue::Flag(*number != 0),
        Value::Integer(number) => DiffValue::Number(*number as f64),
        Value::Real(number) => DiffValue::Number(*number),
        Value::Boolean(flag) => DiffValue::Flag(*flag),
    })
}

/// The difference that changes of one layer make to a city. A row that goes and comes again under its key has changed, or stays.
pub(super) fn of(city: &City, changes: &[RowChange]) -> ImportDiff {
    let steps = paired(changes);
    let total = steps.first().map_or(0, |step| city.table(step.layer).len());
    let mut counts = DiffCounts::default();
    let mut steps: Vec<Step<'_>> = steps.into_iter().filter(|step| !is_same(step)).collect();
    for step in &steps {
        match step.change() {
            DiffChange::Added => counts.added += 1,
            DiffChange::Changed => counts.changed += 1,
            DiffChange::Gone => counts.gone += 1,
        }
        counts.reshaped += usize::from(step.is_reshaped());
    }
    counts.same = total.saturating_sub(counts.changed + counts.gone);
    steps.sort_by_key(|step| match step.change() {
        DiffChange::Changed => 0,
        DiffChange::Gone => 1,
        DiffChange::Added => 2,
    });
    let mut bounds = Bounds::default();
    for step in &steps {
        let corners = step.shape().and_then(geo::BoundingRect::bounding_rect);
        corners.iter().flat_map(|rect| [rect.min(), rect.max()]).map(|at| city.crs.to_lon_lat(at)).filter(is_place).for_each(|at| bounds.take(at));
    }
    ImportDiff { counts, rows: rows(city, &steps), shapes: shapes(city, &steps, bounds), bbox: bounds.get() }
}

/// Changes as rows before and after. Replacing a layer takes every row away and brings it again.
fn paired(changes: &[RowChange]) -> Vec<Step<'_>> {
    use std::collections::HashMap;
    let mut steps: Vec<Step<'_>> = Vec::with_capacity(changes.len());
    let mut gone: HashMap<&str, usize> = HashMap::new();
    for change in changes {
        match change {
            RowChange::Update { layer, before, after, .. } => steps.push(Step { layer: *layer, before: Some(before), after: Some(after) }),
            RowChange::Remove { layer, row, .. } => {
                gone.insert(row.key(layer.layer()), steps.len());
                steps.push(Step { layer: *layer, before: Some(row), after: None });
            }
            RowChange::Insert { layer, row, .. } => match gone.get(row.key(layer.layer())).filter(|at| steps[**at].after.is_none()) {
                Some(at) => steps[*at].after = Some(row),
                None => steps.push(Step { layer: *layer, before: None, after: Some(row) }),
            },
            RowChange::Plan { .. } => {}
        }
    }
    steps
}

fn is_same(step: &Step<'_>) -> bool {
    matches!((step.before, step.after), (Some(_), Some(_))) && !step.is_reshaped() && step.cells().is_empty()
}

fn rows(city: &City, steps: &[Step<'_>]) -> Vec<DiffRow> {
    let first = |kind: DiffChange| steps.iter().filter(move |step| step.change() == kind).take(MOST_ROWS);
    let area = |row: Option<&Row>| match row.and_then(|row| row.geometry.as_ref()) {
        Some(Geometry::MultiPolygon(shape)) => Some(shape.unsigned_area()),
        _ => None,
    };
    let told = |step: &Step<'_>| {
        let middle = step.shape().and_then(geo::BoundingRect::bounding_rect).map(|rect| city.crs.to_lon_lat(rect.center())).filter(is_place);
        DiffRow {
            change: step.change(),
            key: step.key().to_owned(),
            cells: step.cells(),
            reshaped: step.is_reshaped(),
            area_before_m2: area(step.before),
            area_after_m2: area(step.after),
            at: middle.map(|at| [at.x, at.y]),
        }
    };
    [DiffChange::Changed, DiffChange::Gone, DiffChange::Added].into_iter().flat_map(first).map(told).collect()
}

fn shapes(city: &City, steps: &[Step<'_>], bounds: Bounds) -> Vec<DiffShape> {
    let mut canvas = Canvas::of(bounds);
    let mut outline = |row: Option<&Row>| {
        let geometry = row?.geometry.as_ref()?.map_coords(|at| city.crs.to_lon_lat(at));
        geometry.coords_iter().all(|at| is_place(&at)).then(|| canvas.draw_geometry(&geometry))?
    };
    let shaped: Vec<&Step<'_>> = steps.iter().filter(|step| step.shape().is_some()).collect();
    let mut shapes = Vec::new();
    for step in thinned(&shaped, MOST_SHAPES) {
        let Some(own) = outline(step.after.or(step.before)) else { continue };
        let before = if step.is_reshaped() { outline(step.before) } else { None };
        shapes.push(DiffShape { change: step.change(), key: step.key().to_owned(), outline: own, before });
    }
    shapes
}

fn is_place(at: &Coord<f64>) -> bool {
    at.x.is_finite() && at.y.is_finite()
}
