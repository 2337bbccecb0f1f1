//! Filters over a small table with a column of each type.

use super::*;
use crate::city::TableBuilder;
use crate::domain::row::CellRef::{self, Integer, Null, Real, Text};
use crate::domain::{Column, ColumnType, Fault, GeometryKind, Layer};
use geo_types::{Coord, Geometry, polygon};

const CRS: &str = "EPSG:4547";

fn layer() -> &'static Layer {
    let column = |name: &str, kind, private| Column {
        name: name.to_owned(),
        zh: name.to_owned(),
        en: name.to_owned(),
        kind,
        unit: None,
        source: String::new(),
        codes: None,
        required: false,
        private,
        computed: false,
    };
    let columns = vec![
        column("code", ColumnType::Text, false),
        column("name", ColumnType::Text, false),
        column("owner", ColumnType::Text, true),
        column("far", ColumnType::Real, false),
        column("limit", ColumnType::Real, false),
        column("storeys", ColumnType::Integer, false),
        column("lifts", ColumnType::Integer, false),
        column("vacant", ColumnType::Boolean, false),
        column("since", ColumnType::Date, false),
        column("until", ColumnType::Date, false),
        column("tags", ColumnType::List, false),
    ];
    let (name, zh, en) = ("place".to_owned(), "地点".to_owned(), "Place".to_owned());
    Box::leak(Box::new(Layer { name, zh, en, geometry: GeometryKind::Polygon, key: "code".to_owned(), columns }))
}

fn table_of(rows: &[[CellRef<'_>; 11]]) -> Table {
    let crs = WorkingCrs::parse(CRS).unwrap();
    let mut builder = TableBuilder::new(layer(), rows.len());
    for (index, cells) in rows.iter().enumerate() {
        builder.push(index as i64, cells, |arena| {
            // A tenth of a degree square each, side by side from 113° east.
            let (west, south) = (113.0 + index as f64 * 0.1, 22.0);
            let square = polygon![(x: west, y: south), (x: west + 0.1, y: south), (x: west + 0.1, y: south + 0.1), (x: west, y: south + 0.1)];
            let place = |point: &Coord<f64>| crs.from_lon_lat(*point);
            let ring = square.exterior().0.iter().map(place).collect::<Vec<_>>();
            arena.push(Some(&Geometry::Polygon(geo_types::Polygon::new(ring.into(), Vec::new()))));
        });
    }
    builder.finish()
}

fn table() -> Table {
    table_of(&[
        [
            Text("0012"),
            Text("新桥东"),
            Text("A"),
            Real(1.0),
            Real(2.0),
            Integer(3),
            Integer(3),
            Integer(1),
            Text("2026-09-01"),
            Text("2027-01-01"),
            Text(r#"["a","b"]"#),
        ],
        [
            Text("12"),
            Text("Straße"),
            Text("B"),
            Real(2.5),
            Real(2.0),
            Integer(-4),
            Integer(1),
            Integer(0),
            Text("2025-01-01"),
            Text("2025-06-30"),
            Text("[]"),
        ],
        [Text("0"), Null, Null, Null, Real(0.0), Null, Integer(0), Null, Null, Text("2026-09-01"), Null],
    ])
}

fn rows(table: &Table, filter: &str, private: bool) -> Result<Vec<u32>, Fault> {
    let filter = Filter::parse(filter, table, &WorkingCrs::parse(CRS)?, private)?;
    Ok((0..table.len() as u32).filter(|row| filter.passes(*row)).collect())
}

fn found(filter: &str) -> Vec<u32> {
    rows(&table(), filter, true).unwrap_or_else(|fault| panic!("{filter}: {fault} {:?}", fault.help_en))
}

fn refused(filter: &str) -> Fault {
    match rows(&table(), filter, true) {
        Ok(rows) => panic!("{filter} finds {rows:?}"),
        Err(fault) => fault,
    }
}

#[test]
fn each_test_finds_its_rows_and_null_is_unknown() {
    const ALL: &[u32] = &[0, 1, 2];
    const NONE: &[u32] = &[];
    for (filter, wanted) in [
        ("code = '0012'", &[0][..]),
        ("'0012' = code", &[0]),
        ("code <> '0012'", &[1, 2]),
        ("name <> '新桥东'", &[1]),
        ("NOT name = '新桥东'", &[1]),
        ("name = '新桥东' OR far IS NULL", &[0, 2]),
        ("name LIKE '新%' AND code IN ('0012', 'x')", &[0]),
        ("name NOT LIKE '新_东'", &[1]),
        ("CASEI(name) = CASEI('STRASSE')", &[1]),
        ("CASEI(name) IN (casei('STRASSE'))", &[1]),
        ("CASEI(name) LIKE CASEI('STRASS%')", &[1]),
        ("casei(name) > 'z'", &[0]),
        ("'this' LIKE 'th%' AND code < name", &[0, 1]),
        ("code BETWEEN '0' AND '1'", &[0, 2]),
        ("far < 2", &[0]),
        ("2 > far", &[0]),
        ("far BETWEEN 1 AND 2.4", &[0]),
        ("far IN (2.5, 1e0)", &[0, 1]),
        ("NOT far IN (1)", &[1]),
        ("storeys IN (3, 4.5)", &[0]),
        ("storeys > -4.5 AND storeys < -3.5", &[1]),
        ("storeys = 3.5", NONE),
        ("far > limit", &[1]),
        ("storeys = lifts", &[0]),
        ("far * limit - 1 = 1", &[0]),
        ("far + 1 = limit", &[0]),
        ("1 / limit > 0.4", &[0, 1]),
        ("NOT 1 / limit > 0.4", NONE),
        ("1 / limit IS NULL", &[2]),
        ("lifts ^ 2 = 9", &[0]),
        ("storeys % 2 = 1 OR storeys div 3 = -1", &[0, 1]),
        ("far IN (limit - 1, 7)", &[0]),
        ("far IS NOT NULL", &[0, 1]),
        ("vacant", &[0]),
        ("NOT vacant", &[1]),
        ("vacant = FALSE", &[1]),
        ("TRUE <> vacant", &[1]),
        ("vacant >= FALSE", &[0, 1]),
        ("vacant = (far < 2)", &[0, 1]),
        ("(far < 2) IS NULL", &[2]),
        ("since = DATE('2026-09-01')", &[0]),
        ("since = '2026-09-01'", &[0]),
        ("since >= '2025-01-01' AND since < DATE('2026-01-01')", &[1]),
        ("since = TIMESTAMP('2026-09-01T00:00:00Z')", &[0]),
        ("since < TIMESTAMP('2026-09-01T08:00:00Z') AND since > TIMESTAMP('2026-08-31T08:00:00Z')", &[0]),
        ("since IN (DATE('2025-01-01'), '2020-01-01')", &[1]),
        ("since BETWEEN '2026-01-01' AND '2026-12-31'", &[0]),
        ("since LIKE '2026%'", &[0]),
        ("since < until", &[0, 1]),
        ("DATE('2026-01-01') < DATE('2026-01-02')", ALL),
        ("T_AFTER(since, DATE('2026-01-01'))", &[0]),
        ("T_INTERSECTS(INTERVAL(since, until), INTERVAL('2026-12-01', '..'))", &[0]),
        ("T_DURING(until, INTERVAL('..', '2026-12-31'))", &[1, 2]),
        ("A_CONTAINS(tags, ('a'))", &[0]),
        ("A_CONTAINS(('a', 'b', 'c'), tags)", &[0, 1]),
        ("NOT A_OVERLAPS(tags, ('a', 'x'))", &[1]),
        ("1 = 1.0", ALL),
        ("1 + 1 > 3", NONE),
        ("TRUE", ALL),
        ("owner = 'A'", &[0]),
        ("S_INTERSECTS(geom, POINT(113.05 22.05))", &[0]),
        ("S_WITHIN(geom, BBOX(112.9, 21.9, 113.21, 22.2))", &[0, 1]),
        ("S_CONTAINS(BBOX(112.9, 21.9, 113.21, 22.2), geometry)", &[0, 1]),
        ("S_DISJOINT(geom, ENVELOPE(113.01, 22.01, 113.02, 22.02))", &[1, 2]),
        ("geom IS NOT NULL", ALL),
        (r#"{"op":"and","args":[{"op":"=","args":[{"property":"code"},"0012"]},{"op":"<=","args":[{"property":"far"},1]}]}"#, &[0]),
    ] {
        assert_eq!(found(filter), wanted, "{filter}");
    }
}

#[test]
fn a_value_of_another_type_than_the_column_is_refused_and_the_right_way_is_shown() {
    for (filter, code, help) in [
        ("code = 0012", "filter_type", "put codes in quotes: code = '0012'"),
        ("0012 < code", "filter_type", "code = '0012'"),
        ("code IN ('12', 440306001001000001)", "filter_type", "code = '440306001001000001'"),
        ("code BETWEEN 1 AND 2", "filter_type", "code = '1'"),
        ("casei(code) = 12", "filter_type", ""),
        ("far = '3.50'", "filter_type", "numbers stand without quotes: far = 3.50"),
        ("far IN ('x')", "filter_type", "write a number"),
        ("far LIKE '1%'", "filter_type", "write a number"),
        ("since > 2026", "filter_type", "DATE('2026-09-01')"),
        ("since = '2026-9-1'", "filter_type", "DATE('2026-09-01')"),
        ("vacant = 1", "filter_type", "vacant = TRUE"),
        ("vacant = 'yes'", "filter_type", "vacant = TRUE"),
        ("code", "filter_type", "single quotes"),
        ("code + 1 = 2", "filter_type", ""),
        ("code = far", "filter_type", ""),
        ("T_AFTER(code, DATE('2026-09-01'))", "filter_type", ""),
        ("A_CONTAINS(code, ('a'))", "filter_type", ""),
        ("A_CONTAINS(tags, (1))", "filter_type", "'1'"),
        ("colour = 'red'", "filter_property", "code, name"),
        ("ACCENTI(name) = 'e'", "filter_unsupported", ""),
        ("buffer(geom, 1) = 2", "filter_unsupported", ""),
        ("S_WITHIN(geom, buffer(geom, 1))", "filter_unsupported", ""),
        ("S_WITHIN(name, POINT(1 2))", "filter_unsupported", ""),
        ("S_WITHIN(geom, POINT(1 1e9))", "filter_geometry", "longitude"),
    ] {
        let fault = refused(filter);
        assert_eq!(fault.code, code, "{filter}: {}", fault.en);
        assert!(help.is_empty() || fault.help_en.as_deref().is_some_and(|text| text.contains(help)), "{filter}: {:?}", fault.help_en);
    }
    assert!(refused("buffer(geom, 1) = 2").en.contains("buffer is not supported here"));
    assert!(refused("ACCENTI(name) = 'e'").zh.contains("不支持 ACCENTI"));
    // Private columns do not exist for those who may not see them, nor are they told.
    let fault = rows(&table(), "owner = 'A'", false).unwrap_err();
    assert!(fault.code == "filter_property" && !fault.help_en.unwrap().contains("owner"));
}

#[test]
fn each_strange_code_finds_its_one_row() {
    let codes = [
        "a/b",
        "a?b",
        "a#b",
        "50%",
        "a_b",
        "a b",
        "a,b",
        "o'brien",
        "a+b",
        "..",
        ".",
        r"a\b",
        r"a\",
        r"\'",
        "'",
        "''",
        "宗地（一）",
        "ＡＢ１２",
        "a\"b",
        "(",
        "{x}",
        "a;b",
        "a&b=c",
        "\t",
        "NULL",
        "true",
        "440306001001000000000000001",
        "🏗",
        "a''b",
        r"a\'b",
        " ",
        "x' OR '1'='1",
    ];
    let cells: Vec<[CellRef<'_>; 11]> =
        codes.iter().map(|code| [Text(code), Text(code), Null, Null, Null, Null, Null, Null, Null, Null, Null]).collect();
    let table = table_of(&cells);
    for (row, code) in codes.iter().enumerate() {
        let literal = cql2::text_literal(code);
        let json = serde_json::json!({ "op": "=", "args": [{ "property": "code" }, code] }).to_string();
        for filter in [format!("code = {literal}"), format!("name IN ({literal})"), json] {
            assert_eq!(rows(&table, &filter, false).unwrap(), [row as u32], "{filter}");
        }
        // In a pattern its own `%`, `_` and backslashes are escaped.
        let pattern: String = code.chars().flat_map(|next| [Some('\\').filter(|_| matches!(next, '%' | '_' | '\\')), Some(next)]).flatten().collect();
        assert_eq!(rows(&table, &format!("name LIKE {}", cql2::text_literal(&pattern)), false).unwrap(), [row as u32], "{pattern}");
    }
}

#[test]
fn the_reach_of_a_filter_is_that_of_a_spatial_part_that_must_hold() {
    let (table, crs) = (table(), WorkingCrs::parse(CRS).unwrap());
    let reach = |filter: &str| Filter::parse(filter, &table, &crs, false).unwrap().bounds();
    let point = "S_INTERSECTS(geom, POINT(113.05 22.05))";
    assert!(reach(point).is_some() && reach(&format!("far > 1 AND {point}")).is_some());
    assert!(reach(&format!("NOT {point}")).is_none() && reach(&format!("far > 1 OR {point}")).is_none());
    assert!(reach("S_DISJOINT(geom, POINT(113.05 22.05))").is_none());
}
