//! Filters over small tables that have, together, a column of each type.

use super::*;
use crate::city::TableBuilder;
use crate::domain::row::CellRef::{self, Integer, Null, Real, Text};
use crate::domain::row::RingEnd;
use crate::domain::{Fault, LayerId, Shape};
use geo_types::Coord;

const CRS: &str = "EPSG:4547";

/// Rows of named cells; the columns that no cell names are null.
fn table_of(layer: LayerId, rows: &[&[(&str, CellRef<'_>)]]) -> Table {
    let crs = WorkingCrs::parse(CRS).unwrap();
    let mut builder = TableBuilder::new(layer);
    for (index, named) in rows.iter().enumerate() {
        let mut cells = vec![Null; layer.layer().columns.len()];
        for (name, cell) in *named {
            cells[layer.layer().column_index(name).unwrap()] = *cell;
        }
        // A tenth of a degree square each, side by side from 113° east.
        let (west, south) = (113.0 + index as f64 * 0.1, 22.0);
        let corners = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1), (0.0, 0.0)];
        let coords = corners.map(|(x, y)| crs.from_lon_lat(Coord { x: west + x, y: south + y }));
        let rings = [RingEnd { end: coords.len() as u32, exterior: true }];
        builder.push(index as i64 + 1, &cells, Shape { coords: &coords, rings: &rings });
    }
    builder.finish()
}

fn table(layer: LayerId) -> Table {
    match layer {
        LayerId::Park => table_of(
            layer,
            &[
                &[
                    ("code", Text("0012")),
                    ("name", Text("新桥东")),
                    ("planned_area_ha", Real(1.0)),
                    ("planar_area_m2", Real(2.0)),
                    ("virtual", Integer(1)),
                    ("lead_clusters", Text(r#"["a","b"]"#)),
                ],
                &[
                    ("code", Text("12")),
                    ("name", Text("Straße")),
                    ("planned_area_ha", Real(2.5)),
                    ("planar_area_m2", Real(2.0)),
                    ("virtual", Integer(0)),
                    ("lead_clusters", Text("[]")),
                ],
                &[("code", Text("0")), ("planar_area_m2", Real(0.0))],
            ],
        ),
        LayerId::Firm => {
            table_of(layer, &[&[("jobs", Integer(3)), ("year", Integer(3))], &[("jobs", Integer(-4)), ("year", Integer(1))], &[("year", Integer(0))]])
        }
        LayerId::PlanParcel => table_of(
            layer,
            &[
                &[("valid_from", Text("2026-09-01")), ("valid_to", Text("2027-01-01"))],
                &[("valid_from", Text("2025-01-01")), ("valid_to", Text("2025-06-30"))],
                &[("valid_to", Text("2026-09-01"))],
            ],
        ),
        _ => table_of(layer, &[&[("owner", Text("A"))], &[("owner", Text("B"))], &[]]),
    }
}

fn rows(table: &Table, filter: &str, private: bool) -> Result<Vec<u32>, Fault> {
    let crs = WorkingCrs::parse(CRS)?;
    let filter = Filter::parse(filter, table, &crs, &Frame::default(), private)?;
    Ok((0..table.len() as u32).filter(|row| filter.passes(*row)).collect())
}

fn found(layer: LayerId, filter: &str) -> Vec<u32> {
    rows(&table(layer), filter, true).unwrap_or_else(|fault| panic!("{filter}: {fault} {:?}", fault.help_en))
}

fn refused(layer: LayerId, filter: &str) -> Fault {
    match rows(&table(layer), filter, true) {
        Ok(rows) => panic!("{filter} finds {rows:?}"),
        Err(fault) => fault,
    }
}

#[test]
fn whole_numbers_beyond_the_doubles_are_told_apart() {
    let jobs = [9_007_199_254_740_992, 9_007_199_254_740_993, i64::MAX];
    let firms = jobs.map(|jobs| [("jobs", Integer(jobs)), ("year", Integer(9_007_199_254_740_993))]);
    let table = table_of(LayerId::Firm, &firms.each_ref().map(|cells| &cells[..]));
    for (filter, wanted) in [
        ("jobs = 9007199254740993", &[1][..]),
        ("jobs > 9007199254740992", &[1, 2]),
        ("jobs IN (9007199254740993, 9223372036854775807)", &[1, 2]),
        ("jobs < year", &[0]),
        ("jobs = 9223372036854775808", &[]),
        (r#"{"op":"=","args":[{"property":"jobs"},9007199254740992]}"#, &[0]),
    ] {
        assert_eq!(rows(&table, filter, true).unwrap(), wanted, "{filter}");
    }
}

/// Texts are kept by block of rows; each block has its own numbers for them.
#[test]
fn every_block_of_rows_is_tested_with_its_own_texts() {
    let names: Vec<String> = (0..3_000).map(|row| format!("n{}", row * row % 1_201)).collect();
    let cells: Vec<[(&str, CellRef<'_>); 1]> = names.iter().map(|name| [("name", Text(name))]).collect();
    let table = table_of(LayerId::Zone, &cells.iter().map(|cells| &cells[..]).collect::<Vec<_>>());
    for wanted in ["n0", "n1", "n1200", "n7"] {
        let same: Vec<u32> = (0..3_000).filter(|row| names[*row as usize] == wanted).collect();
        assert_eq!(rows(&table, &format!("name = '{wanted}'"), false).unwrap(), same, "{wanted}");
    }
}

/// A filter and the rows that it finds.
type Case<'t> = (&'t str, &'t [u32]);

#[test]
fn each_test_finds_its_rows_and_null_is_unknown() {
    const ALL: &[u32] = &[0, 1, 2];
    const NONE: &[u32] = &[];
    let cases: [(LayerId, &[Case<'_>]); 4] = [
        (
            LayerId::Park,
            &[
                ("code = '0012'", &[0]),
                ("'0012' = code", &[0]),
                ("code <> '0012'", &[1, 2]),
                ("name <> '新桥东'", &[1]),
                ("NOT name = '新桥东'", &[1]),
                ("name = '新桥东' OR planned_area_ha IS NULL", &[0, 2]),
                ("name LIKE '新%' AND code IN ('0012', 'x')", &[0]),
                ("name NOT LIKE '新_东'", &[1]),
                ("CASEI(name) = CASEI('STRASSE')", &[1]),
                ("CASEI(name) IN (casei('STRASSE'))", &[1]),
                ("CASEI(name) LIKE CASEI('STRASS%')", &[1]),
                ("casei(name) > 'z'", &[0]),
                ("'this' LIKE 'th%' AND code < name", &[0, 1]),
                ("code BETWEEN '0' AND '1'", &[0, 2]),
                ("planned_area_ha < 2", &[0]),
                ("2 > planned_area_ha", &[0]),
                ("planned_area_ha BETWEEN 1 AND 2.4", &[0]),
                ("planned_area_ha IN (2.5, 1e0)", &[0, 1]),
                ("NOT planned_area_ha IN (1)", &[1]),
                ("planned_area_ha > planar_area_m2", &[1]),
                ("planned_area_ha * planar_area_m2 - 1 = 1", &[0]),
                ("planned_area_ha + 1 = planar_area_m2", &[0]),
                ("1 / planar_area_m2 > 0.4", &[0, 1]),
                ("NOT 1 / planar_area_m2 > 0.4", NONE),
                ("1 / planar_area_m2 IS NULL", &[2]),
                ("planned_area_ha IN (planar_area_m2 - 1, 7)", &[0]),
                ("planned_area_ha IS NOT NULL", &[0, 1]),
                ("virtual", &[0]),
                ("NOT virtual", &[1]),
                ("virtual = FALSE", &[1]),
                ("TRUE <> virtual", &[1]),
                ("virtual >= FALSE", &[0, 1]),
                ("virtual = (planned_area_ha < 2)", &[0, 1]),
                ("(planned_area_ha < 2) IS NULL", &[2]),
                ("DATE('2026-01-01') < DATE('2026-01-02')", ALL),
                ("A_CONTAINS(lead_clusters, ('a'))", &[0]),
                ("A_CONTAINS(('a', 'b', 'c'), lead_clusters)", &[0, 1]),
                ("NOT A_OVERLAPS(lead_clusters, ('a', 'x'))", &[1]),
                ("1 = 1.0", ALL),
                ("1 + 1 > 3", NONE),
                ("TRUE", ALL),
                ("S_INTERSECTS(geom, POINT(113.05 22.05))", &[0]),
                ("S_WITHIN(geom, BBOX(112.9, 21.9, 113.21, 22.2))", &[0, 1]),
                ("S_CONTAINS(BBOX(112.9, 21.9, 113.21, 22.2), geometry)", &[0, 1]),
                ("S_DISJOINT(geom, ENVELOPE(113.01, 22.01, 113.02, 22.02))", &[1, 2]),
                ("geom IS NOT NULL", ALL),
                (
                    r#"{"op":"and","args":[{"op":"=","args":[{"property":"code"},"0012"]},{"op":"<=","args":[{"property":"planned_area_ha"},1]}]}"#,
                    &[0],
                ),
            ],
        ),
        (
            LayerId::Firm,
            &[
                ("jobs IN (3, 4.5)", &[0]),
                ("jobs > -4.5 AND jobs < -3.5", &[1]),
                ("jobs = 3.5", NONE),
                ("jobs = year", &[0]),
                ("year ^ 2 = 9", &[0]),
                ("jobs % 2 = 1 OR jobs div 3 = -1", &[0, 1]),
            ],
        ),
        (
            LayerId::PlanParcel,
            &[
                ("valid_from = DATE('2026-09-01')", &[0]),
                ("valid_from = '2026-09-01'", &[0]),
                ("valid_from >= '2025-01-01' AND valid_from < DATE('2026-01-01')", &[1]),
                ("valid_from = TIMESTAMP('2026-09-01T00:00:00Z')", &[0]),
                ("valid_from < TIMESTAMP('2026-09-01T08:00:00Z') AND valid_from > TIMESTAMP('2026-08-31T08:00:00Z')", &[0]),
                ("valid_from IN (DATE('2025-01-01'), '2020-01-01')", &[1]),
                ("valid_from BETWEEN '2026-01-01' AND '2026-12-31'", &[0]),
                ("valid_from LIKE '2026%'", &[0]),
                ("valid_from < valid_to", &[0, 1]),
                ("T_AFTER(valid_from, DATE('2026-01-01'))", &[0]),
                ("T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('2026-12-01', '..'))", &[0]),
                ("T_DURING(valid_to, INTERVAL('..', '2026-12-31'))", &[1, 2]),
            ],
        ),
        (LayerId::Parcel, &[("owner = 'A'", &[0])]),
    ];
    for (layer, filter, wanted) in cases.iter().flat_map(|(layer, cases)| cases.iter().map(|(filter, wanted)| (*layer, *filter, *wanted))) {
        assert_eq!(found(layer, filter), wanted, "{filter}");
    }
}

/// A filter, and what its refusal says.
type Refusal<'t> = (&'t str, &'t str, &'t str);

#[test]
fn a_value_of_another_type_than_the_column_is_refused_and_the_right_way_is_shown() {
    let cases: [(LayerId, &[Refusal<'_>]); 2] = [
        (
            LayerId::Park,
            &[
                ("code = 0012", "filter_type", "put codes in quotes: code = '0012'"),
                ("0012 < code", "filter_type", "code = '0012'"),
                ("code IN ('12', 440306001001000001)", "filter_type", "code = '440306001001000001'"),
                ("code BETWEEN 1 AND 2", "filter_type", "code = '1'"),
                ("casei(code) = 12", "filter_type", ""),
                ("planned_area_ha = '3.50'", "filter_type", "numbers stand without quotes: planned_area_ha = 3.50"),
                ("planned_area_ha IN ('x')", "filter_type", "write a number"),
                ("planned_area_ha LIKE '1%'", "filter_type", "write a number"),
                ("virtual = 1", "filter_type", "virtual = TRUE"),
                ("virtual = 'yes'", "filter_type", "virtual = TRUE"),
                ("code", "filter_type", "single quotes"),
                ("code + 1 = 2", "filter_type", ""),
                ("code = planned_area_ha", "filter_type", ""),
                ("T_AFTER(code, DATE('2026-09-01'))", "filter_type", ""),
                ("A_CONTAINS(code, ('a'))", "filter_type", ""),
                ("A_CONTAINS(lead_clusters, (1))", "filter_type", "'1'"),
                ("colour = 'red'", "filter_property", "code, name"),
                ("ACCENTI(name) = 'e'", "filter_unsupported", ""),
                ("buffer(geom, 1) = 2", "filter_unsupported", ""),
                ("S_WITHIN(geom, buffer(geom, 1))", "filter_unsupported", ""),
                ("S_WITHIN(name, POINT(1 2))", "filter_unsupported", ""),
                ("S_WITHIN(geom, POINT(1 1e9))", "filter_geometry", "longitude"),
                ("S_INTERSECTS(geom, BBOX(1, 5, 3, 2))", "bbox", "lower and the upper"),
            ],
        ),
        (
            LayerId::PlanParcel,
            &[("valid_from > 2026", "filter_type", "DATE('2026-09-01')"), ("valid_from = '2026-9-1'", "filter_type", "DATE('2026-09-01')")],
        ),
    ];
    for (layer, (filter, code, help)) in cases.iter().flat_map(|(layer, cases)| cases.iter().map(|case| (*layer, *case))) {
        let fault = refused(layer, filter);
        assert_eq!(fault.code, code, "{filter}: {}", fault.en);
        assert!(help.is_empty() || fault.help_en.as_deref().is_some_and(|text| text.contains(help)), "{filter}: {:?}", fault.help_en);
    }
    assert!(refused(LayerId::Park, "buffer(geom, 1) = 2").en.contains("buffer is not supported here"));
    assert!(refused(LayerId::Park, "ACCENTI(name) = 'e'").zh.contains("不支持 ACCENTI"));
    // Private columns do not exist for those who may not see them, nor are they told.
    let fault = rows(&table(LayerId::Parcel), "owner = 'A'", false).unwrap_err();
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
    let cells: Vec<[(&str, CellRef<'_>); 2]> = codes.iter().map(|code| [("code", Text(code)), ("name", Text(code))]).collect();
    let table = table_of(LayerId::Parcel, &cells.iter().map(|cells| &cells[..]).collect::<Vec<_>>());
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
    let (table, crs) = (table(LayerId::Park), WorkingCrs::parse(CRS).unwrap());
    let reach = |filter: &str| Filter::parse(filter, &table, &crs, &Frame::default(), false).unwrap().bounds();
    let point = "S_INTERSECTS(geom, POINT(113.05 22.05))";
    assert!(reach(point).is_some() && reach(&format!("planned_area_ha > 1 AND {point}")).is_some());
    assert!(reach(&format!("NOT {point}")).is_none() && reach(&format!("planned_area_ha > 1 OR {point}")).is_none());
    assert!(reach("S_DISJOINT(geom, POINT(113.05 22.05))").is_none());
}
