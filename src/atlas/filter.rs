//! CQL2 filters: the crate `cql2` reads the language, this file evaluates it on our columns.
//!
//! Null is unknown, as in SQL: a comparison with null selects nothing, and `NOT` of unknown is unknown.

use super::column::Column;
use super::table::Table;
use crate::domain::fault::Outcome;
use crate::domain::{ColumnType, Fault, Layer};
use crate::spatial::crs::WorkingCrs;
use cql2::Expr;
use geo::{BoundingRect, MapCoords, Relate};
use geo_types::{Coord, Geometry, Rect};

/// Bounds on what a filter may cost.
const MAX_LENGTH: usize = 1 << 20;
const MAX_NODES: usize = 20_000;
const MAX_DEPTH: usize = 64;
/// The parser recurses along chains of operators too, so their number is bounded before it sees them; long lists go into `IN`.
const MAX_OPERATORS: usize = 400;

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
    /// Whether each distinct text passes.
    Texts { column: &'t Column, pass: Vec<bool> },
    /// A test of a key column, whose texts are not shared.
    Unique { column: &'t Column, test: TextTest },
    Numbers { column: &'t Column, test: NumberTest },
    Flag { column: &'t Column, wanted: bool },
    Null(&'t Column),
    Spatial { relation: Relation, geometry: Box<Geometry<f64>>, bounds: Option<Rect<f64>> },
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

/// SQL's LIKE: `%` any run, `_` any one character, `\` escapes. Linear in the text for each `%`, so no pattern can stall it.
fn like(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        let escaped = pattern.get(p) == Some(&'\\') && p + 1 < pattern.len();
        let here = if escaped { pattern.get(p + 1) } else { pattern.get(p) };
        if !escaped && here == Some(&'%') {
            retry = Some((p + 1, t));
            p += 1;
        } else if here.is_some_and(|wanted| (!escaped && *wanted == '_') || *wanted == text[t]) {
            p += if escaped { 2 } else { 1 };
            t += 1;
        } else if let Some((after, from)) = retry {
            retry = Some((after, from + 1));
            (p, t) = (after, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '%')
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
            Node::Texts { column, pass } => column.text_id(row).map(|id| pass[id as usize]),
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
                    ColumnType::Real | ColumnType::Integer => Ok(Node::Numbers { column, test: NumberTest::Between(number(&args[1])?, number(&args[2])?) }),
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
            (ColumnType::Boolean, Expr::Bool(flag)) if order == Order::Equal || order == Order::Unequal => self.flag(property, *flag == (order == Order::Equal)),
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
            return Err(Fault::bad("filter_property", format!("{}没有属性 {property}", layer.zh), format!("{} has no property {property}", layer.name))
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
        if bounds.is_some_and(|bounds| !(bounds.min().x.is_finite() && bounds.max().y.is_finite() && bounds.min().y.is_finite() && bounds.max().x.is_finite())) {
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
    match column {
        Column::Text { texts, .. } => Node::Texts { column, pass: texts.iter().map(|text| test.passes(text)).collect() },
        _ => Node::Unique { column, test },
    }
}

fn first<'e>(args: &'e [Box<Expr>], whole: &Expr) -> Outcome<&'e Expr> {
    args.first().map(AsRef::as_ref).ok_or_else(|| unsupported(whole))
}

fn number(expression: &Expr) -> Outcome<f64> {
    match expression {
        Expr::Float(number) => Ok(*number),
        Expr::Operation { op, args } if args.len() == 2 => {
            let (a, b) = (number(&args[0])?, number(&args[1])?);
            match op.as_str() {
                "+" => Ok(a + b),
                "-" => Ok(a - b),
                "*" => Ok(a * b),
                "/" => Ok(a / b),
                _ => Err(unsupported(expression)),
            }
        }
        other => Err(Fault::bad("filter_number", format!("此处应为数字：{other:?}"), format!("a number is wanted here: {other:?}"))),
    }
}

fn text(expression: &Expr) -> Outcome<String> {
    match expression {
        Expr::Literal(text) => Ok(text.clone()),
        Expr::Date { date } => text(date),
        Expr::Timestamp { timestamp } => text(timestamp).map(|text| text.chars().take(10).collect()),
        // A code such as 1001 written without quotes means the text.
        Expr::Float(number) => Ok(number.to_string()),
        other => Err(Fault::bad("filter_text", format!("此处应为文本：{other:?}"), format!("a text is wanted here: {other:?}")).help("文本写在单引号内", "put texts in single quotes")),
    }
}

fn geometry(expression: &Expr) -> Outcome<Geometry<f64>> {
    let bad = || Fault::bad("filter_geometry", "条件里的几何读不懂", "the geometry of the filter cannot be read").help("用 WKT，坐标为经度 纬度", "use WKT with lon lat coordinates");
    match expression {
        Expr::BBox { bbox } => {
            let bounds: Vec<f64> = bbox.iter().map(|bound| number(bound)).collect::<Result<_, _>>()?;
            let (min, max) = match bounds.as_slice() {
                [west, south, east, north] => (Coord { x: *west, y: *south }, Coord { x: *east, y: *north }),
                [west, south, _, east, north, _] => (Coord { x: *west, y: *south }, Coord { x: *east, y: *north }),
                _ => return Err(bad()),
            };
            Ok(Geometry::Polygon(Rect::new(min, max).to_polygon()))
        }
        Expr::Geometry(_) => {
            let json = serde_json::to_value(expression).map_err(|_| bad())?;
            let parsed: geojson::Geometry = serde_json::from_value(json).map_err(|_| bad())?;
            Geometry::try_from(parsed).map_err(|_| bad())
        }
        _ => Err(bad()),
    }
}

/// Refuses deep nesting and long chains before the recursive parser sees them.
fn bound_nesting(text: &str) -> Outcome<()> {
    let (mut depth, mut operators, mut quoted) = (0usize, 0usize, false);
    let bytes = text.as_bytes();
    let mut word = String::new();
    for (at, byte) in bytes.iter().copied().enumerate() {
        if byte == b'\'' {
            quoted = !quoted;
        }
        if quoted {
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            // A sign before a digit belongs to a coordinate.
            b'+' | b'-' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {}
            b'+' | b'-' | b'*' | b'/' | b'^' | b'%' => operators += 1,
            _ => {}
        }
        if byte.is_ascii_alphabetic() {
            word.push(char::from(byte.to_ascii_lowercase()));
        } else {
            operators += usize::from(matches!(word.as_str(), "and" | "or" | "not" | "div" | "casei" | "accenti"));
            word.clear();
        }
        if depth > MAX_DEPTH || operators > MAX_OPERATORS {
            return Err(too_large(&format!("{MAX_DEPTH} / {MAX_OPERATORS}")));
        }
    }
    Ok(())
}

fn syntax(error: &dyn std::fmt::Display) -> Fault {
    Fault::bad("filter_syntax", format!("条件语法有误：{error}"), format!("the filter does not parse: {error}"))
        .help("示例：land_use = '1001' AND far_present <= 1.7", "example: land_use = '1001' AND far_present <= 1.7")
}

fn unsupported(expression: &Expr) -> Fault {
    let text = expression.to_text().unwrap_or_else(|_| format!("{expression:?}"));
    Fault::bad("filter_unsupported", format!("不支持的条件：{text}"), format!("this part of the filter is not supported: {text}"))
}

fn too_large(limit: &str) -> Fault {
    Fault::bad("filter_too_large", format!("条件过长或嵌套过深（上限 {limit}）"), format!("the filter is too long or too deeply nested (limit {limit})"))
}

#[cfg(test)]
mod tests {
    use super::bound_nesting;


    #[test]
    fn chains_and_nests_are_bounded_and_texts_and_coordinates_are_not_counted() {
        assert!(bound_nesting(&vec!["a = 1"; 300].join(" OR ")).is_ok());
        assert!(bound_nesting(&vec!["a = 1"; 900].join(" OR ")).is_err());
        assert!(bound_nesting(&"NOT ".repeat(900)).is_err());
        assert!(bound_nesting(&format!("a = '{}'", "(and or not - ".repeat(900))).is_ok());
        assert!(bound_nesting(&format!("S_INTERSECTS(geom, POLYGON(({})))", "-71.1 42.3,".repeat(5000))).is_ok());
    }

    #[test]
    fn like_knows_runs_single_characters_and_escapes() {
        let like = |pattern: &str, text: &str| super::like(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        assert!(like("%新桥%", "宝安新桥东") && like("440306-_12-%", "440306-412-0087") && like(r"100\%", "100%"));
        assert!(!like("新桥", "新桥东") && !like(r"100\%", "1000") && like("%a%b%c", "xxaxxbxxc") && !like("%a%b%c", "xxaxxbxx"));
    }
}
