//! CQL2 filters: the crate `cql2` reads the language, this file evaluates it on our columns.
//!
//! Null is unknown, as in SQL: a comparison with null selects nothing, and `NOT` of unknown is unknown.

use super::column::Column;
use super::filter_text::{MAX_DEPTH, MAX_LENGTH, MAX_NODES, bound_nesting, geometry, like, number, syntax, text, too_large, unsupported};
use super::table::Table;
use crate::domain::fault::Outcome;
use crate::domain::{ColumnType, Fault, Layer};
use crate::spatial::crs::WorkingCrs;
use cql2::Expr;
use geo::{BoundingRect, MapCoords, Relate};
use geo_types::{Geometry, Rect};

/// A filter compiled against one table.
pub struct Filter<'t> {
    table: &'t Table,
    root: Node<'t>,
}

enum Node<'t> {
    Constant(Option<bool>),
    All(Vec<Node<'t>>),
    Any(Vec<Node<'t>>),
    Not(Box<Node<'t>>),
    /// Whether each distinct text passes, by block.
    Texts {
        column: &'t Column,
        pass: Vec<Box<[bool]>>,
    },
    /// A test of a key column, whose texts are not shared.
    Unique {
        column: &'t Column,
        test: TextTest,
    },
    Numbers {
        column: &'t Column,
        test: NumberTest,
    },
    Flag {
        column: &'t Column,
        wanted: bool,
    },
    Null(&'t Column),
    Spatial {
        relation: Relation,
        geometry: Box<Geometry<f64>>,
        bounds: Option<Rect<f64>>,
    },
}

#[derive(Clone, Copy, PartialEq)]
enum Order {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    fn parse(op: &str) -> Option<Order> {
        Some(match op {
            "=" => Order::Equal,
            "<>" => Order::Unequal,
            "<" => Order::Less,
            "<=" => Order::LessOrEqual,
            ">" => Order::Greater,
            ">=" => Order::GreaterOrEqual,
            _ => return None,
        })
    }

    /// The order seen from the other operand: `3 < x` is `x > 3`.
    fn mirrored(self) -> Order {
        match self {
            Order::Less => Order::Greater,
            Order::LessOrEqual => Order::GreaterOrEqual,
            Order::Greater => Order::Less,
            Order::GreaterOrEqual => Order::LessOrEqual,
            same => same,
        }
    }

    fn holds<T: PartialOrd + ?Sized>(self, a: &T, b: &T) -> bool {
        match self {
            Order::Equal => a == b,
            Order::Unequal => a != b,
            Order::Less => a < b,
            Order::LessOrEqual => a <= b,
            Order::Greater => a > b,
            Order::GreaterOrEqual => a >= b,
        }
    }
}

enum TextTest {
    Compare(Order, String),
    Between(String, String),
    In(std::collections::HashSet<String>),
    Like { pattern: Vec<char>, fold: bool },
}

impl TextTest {
    fn passes(&self, text: &str) -> bool {
        match self {
            TextTest::Compare(order, other) => order.holds(text, other.as_str()),
            TextTest::Between(low, high) => low.as_str() <= text && text <= high.as_str(),
            TextTest::In(set) => set.contains(text),
            TextTest::Like { pattern, fold } => {
                let text: Vec<char> = if *fold { text.to_lowercase().chars().collect() } else { text.chars().collect() };
                like(pattern, &text)
            }
        }
    }
}

enum NumberTest {
    Compare(Order, f64),
    Between(f64, f64),
    In(Vec<f64>),
}

impl NumberTest {
    fn passes(&self, number: f64) -> bool {
        match self {
            NumberTest::Compare(order, other) => order.holds(&number, other),
            NumberTest::Between(low, high) => *low <= number && number <= *high,
            NumberTest::In(list) => list.contains(&number),
        }
    }
}

#[derive(Clone, Copy)]
enum Relation {
    Intersects,
    Disjoint,
    Within,
    Contains,
    Touches,
    Overlaps,
    Crosses,
    Equals,
}

impl<'t> Filter<'t> {
    /// Reads CQL2 text (or CQL2 JSON when it starts with `{`) and checks it against the table's columns.
    ///
    /// # Errors
    /// What does not parse, names an unknown or (unless `private`) a private property, or is too large.
    pub fn parse(text: &str, table: &'t Table, crs: &WorkingCrs, private: bool) -> Outcome<Self> {
        if text.len() > MAX_LENGTH {
            return Err(too_large(&format!("{MAX_LENGTH} B")));
        }
        bound_nesting(text)?;
        let parsed = if text.trim_start().starts_with('{') {
            cql2::parse_json(text).map_err(|error| syntax(&error))
        } else {
            cql2::parse_text(text).map_err(|error| syntax(&error))
        }?;
        let mut compiler = Compiler { table, crs, private, nodes: 0 };
        let root = compiler.compile(&parsed, 0)?;
        Ok(Filter { table, root })
    }

    /// Whether the row passes; unknown does not.
    pub fn passes(&self, row: u32) -> bool {
        self.test(&self.root, row as usize) == Some(true)
    }

    /// Box outside which no row can pass, if the filter has a spatial part that every row must meet.
    pub fn bounds(&self) -> Option<Rect<f64>> {
        fn of(node: &Node<'_>) -> Option<Rect<f64>> {
            match node {
                Node::Spatial { relation, bounds, .. } if !matches!(relation, Relation::Disjoint) => *bounds,
                Node::All(parts) => parts.iter().find_map(of),
                _ => None,
            }
        }
        of(&self.root)
    }

    fn test(&self, node: &Node<'t>, row: usize) -> Option<bool> {
        match node {
            Node::Constant(value) => *value,
            Node::All(parts) => {
                let mut answer = Some(true);
                for part in parts {
                    match self.test(part, row) {
                        Some(false) => return Some(false),
                        None => answer = None,
                        Some(true) => {}
                    }
                }
                answer
            }
            Node::Any(parts) => {
                let mut answer = Some(false);
                for part in parts {
                    match self.test(part, row) {
                        Some(true) => return Some(true),
                        None => answer = None,
                        Some(false) => {}
                    }
                }
                answer
            }
            Node::Not(part) => self.test(part, row).map(|value| !value),
            Node::Texts { column, pass } => column.text_place(row).map(|(block, id)| pass[block][id]),
            Node::Unique { column, test } => column.text(row).map(|text| test.passes(text)),
            Node::Numbers { column, test } => column.number(row).map(|number| test.passes(number)),
            Node::Flag { column, wanted } => column.flag(row).map(|flag| flag == *wanted),
            Node::Null(column) => Some(column.is_null(row)),
            Node::Spatial { relation, geometry, bounds } => self.relate(row, *relation, geometry, *bounds),
        }
    }

    fn relate(&self, row: usize, relation: Relation, other: &Geometry<f64>, bounds: Option<Rect<f64>>) -> Option<bool> {
        let (mine, theirs) = (self.table.shapes().bounds(row)?, bounds?);
        let apart = mine.max().x < theirs.min().x || theirs.max().x < mine.min().x || mine.max().y < theirs.min().y || theirs.max().y < mine.min().y;
        if apart {
            return Some(matches!(relation, Relation::Disjoint));
        }
        let matrix = self.table.geometry(row)?.relate(other);
        Some(match relation {
            Relation::Intersects => matrix.is_intersects(),
            Relation::Disjoint => matrix.is_disjoint(),
            Relation::Within => matrix.is_within(),
            Relation::Contains => matrix.is_contains(),
            Relation::Touches => matrix.is_touches(),
            Relation::Overlaps => matrix.is_overlaps(),
            Relation::Crosses => matrix.is_crosses(),
            Relation::Equals => matrix.is_equal_topo(),
        })
    }
}

struct Compiler<'t, 'c> {
    table: &'t Table,
    crs: &'c WorkingCrs,
    private: bool,
    nodes: usize,
}

impl<'t> Compiler<'t, '_> {
    fn compile(&mut self, expression: &Expr, depth: usize) -> Outcome<Node<'t>> {
        self.nodes += 1;
        if self.nodes > MAX_NODES || depth > MAX_DEPTH {
            return Err(too_large(&format!("{MAX_DEPTH} / {MAX_NODES}")));
        }
        let (op, args) = match expression {
            Expr::Bool(value) => return Ok(Node::Constant(Some(*value))),
            Expr::Property { .. } => return self.flag(expression, true),
            Expr::Operation { op, args } => (op.as_str(), args),
            _ => return Err(unsupported(expression)),
        };
        match op {
            "and" => Ok(Node::All(args.iter().map(|arg| self.compile(arg, depth + 1)).collect::<Result<_, _>>()?)),
            "or" => Ok(Node::Any(args.iter().map(|arg| self.compile(arg, depth + 1)).collect::<Result<_, _>>()?)),
            "not" => Ok(Node::Not(Box::new(self.compile(first(args, expression)?, depth + 1)?))),
            "isNull" => Ok(Node::Null(self.column(first(args, expression)?)?.1)),
            "between" if args.len() == 3 => {
                let (kind, column) = self.column(&args[0])?;
                match kind {
                    ColumnType::Real | ColumnType::Integer => {
                        Ok(Node::Numbers { column, test: NumberTest::Between(number(&args[1])?, number(&args[2])?) })
                    }
                    _ => Ok(texts(column, TextTest::Between(text(&args[1])?, text(&args[2])?))),
                }
            }
            "in" if args.len() == 2 => {
                let (kind, column) = self.column(&args[0])?;
                let Expr::Array(items) = args[1].as_ref() else { return Err(unsupported(expression)) };
                self.nodes += items.len() / 16;
                match kind {
                    ColumnType::Real | ColumnType::Integer => {
                        Ok(Node::Numbers { column, test: NumberTest::In(items.iter().map(|item| number(item)).collect::<Result<_, _>>()?) })
                    }
                    _ => Ok(texts(column, TextTest::In(items.iter().map(|item| text(item)).collect::<Result<_, _>>()?))),
                }
            }
            "like" if args.len() == 2 => {
                let (target, fold) = match args[0].as_ref() {
                    Expr::Operation { op, args } if op == "casei" => (first(args, expression)?, true),
                    other => (other, false),
                };
                let pattern = match args[1].as_ref() {
                    Expr::Operation { op, args } if op == "casei" => text(first(args, expression)?)?,
                    other => text(other)?,
                };
                let pattern = if fold { pattern.to_lowercase() } else { pattern };
                Ok(texts(self.column(target)?.1, TextTest::Like { pattern: pattern.chars().collect(), fold }))
            }
            _ if op.starts_with("s_") && args.len() == 2 => self.spatial(op, args, expression),
            _ => match (Order::parse(op), args.as_slice()) {
                (Some(order), [left, right]) => self.compare(order, left, right),
                _ => Err(unsupported(expression)),
            },
        }
    }

    fn compare(&mut self, order: Order, left: &Expr, right: &Expr) -> Outcome<Node<'t>> {
        let (property, value, order) = if matches!(left, Expr::Property { .. }) { (left, right, order) } else { (right, left, order.mirrored()) };
        let (kind, column) = self.column(property)?;
        match (kind, value) {
            (_, Expr::Null) => Ok(Node::Constant(None)),
            (ColumnType::Boolean, Expr::Bool(flag)) if order == Order::Equal || order == Order::Unequal => {
                self.flag(property, *flag == (order == Order::Equal))
            }
            (ColumnType::Boolean, _) => Err(unsupported(value)),
            (ColumnType::Real | ColumnType::Integer, _) => Ok(Node::Numbers { column, test: NumberTest::Compare(order, number(value)?) }),
            _ => Ok(texts(column, TextTest::Compare(order, text(value)?))),
        }
    }

    fn flag(&mut self, property: &Expr, wanted: bool) -> Outcome<Node<'t>> {
        match self.column(property)? {
            (ColumnType::Boolean, column) => Ok(Node::Flag { column, wanted }),
            _ => Err(unsupported(property)),
        }
    }

    fn column(&self, expression: &Expr) -> Outcome<(ColumnType, &'t Column)> {
        let Expr::Property { property } = expression else { return Err(unsupported(expression)) };
        let layer: &Layer = self.table.layer();
        let found = layer.columns.iter().position(|column| column.name == *property && (self.private || !column.private));
        let Some(index) = found else {
            let known: Vec<&str> = layer.columns.iter().filter(|column| self.private || !column.private).map(|column| column.name.as_str()).collect();
            return Err(Fault::bad(
                "filter_property",
                format!("{}没有属性 {property}", layer.zh),
                format!("{} has no property {property}", layer.name),
            )
            .at(property.clone())
            .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", "))));
        };
        Ok((layer.columns[index].kind, &self.table.columns()[index]))
    }

    fn spatial(&mut self, op: &str, args: &[Box<Expr>], whole: &Expr) -> Outcome<Node<'t>> {
        let relation = match op {
            "s_intersects" => Relation::Intersects,
            "s_disjoint" => Relation::Disjoint,
            "s_within" => Relation::Within,
            "s_contains" => Relation::Contains,
            "s_touches" => Relation::Touches,
            "s_overlaps" => Relation::Overlaps,
            "s_crosses" => Relation::Crosses,
            "s_equals" => Relation::Equals,
            _ => return Err(unsupported(whole)),
        };
        let (relation, shape) = match (args[0].as_ref(), args[1].as_ref()) {
            (Expr::Property { property }, shape) if is_geometry_name(property) => (relation, shape),
            (shape, Expr::Property { property }) if is_geometry_name(property) => (mirrored(relation), shape),
            _ => return Err(unsupported(whole)),
        };
        let lon_lat = geometry(shape)?;
        let plane = lon_lat.map_coords(|point| self.crs.from_lon_lat(point));
        let bounds = plane.bounding_rect();
        if bounds.is_some_and(|bounds| {
            !(bounds.min().x.is_finite() && bounds.max().y.is_finite() && bounds.min().y.is_finite() && bounds.max().x.is_finite())
        }) {
            return Err(Fault::bad("filter_geometry", "条件里的几何超出坐标系范围", "the geometry of the filter lies outside the reach of the CRS")
                .help("坐标应为经度、纬度（度）", "coordinates are longitude, latitude in degrees"));
        }
        Ok(Node::Spatial { relation, geometry: Box::new(plane), bounds })
    }
}

fn is_geometry_name(name: &str) -> bool {
    matches!(name, "geom" | "geometry")
}

fn mirrored(relation: Relation) -> Relation {
    match relation {
        Relation::Within => Relation::Contains,
        Relation::Contains => Relation::Within,
        same => same,
    }
}

fn texts(column: &Column, test: TextTest) -> Node<'_> {
    if column.repeats() {
        let block = |block: usize| column.block_texts(block).map(|text| test.passes(text)).collect();
        Node::Texts { column, pass: (0..column.block_count()).map(block).collect() }
    } else {
        Node::Unique { column, test }
    }
}

fn first<'e>(args: &'e [Box<Expr>], whole: &Expr) -> Outcome<&'e Expr> {
    args.first().map(AsRef::as_ref).ok_or_else(|| unsupported(whole))
}
