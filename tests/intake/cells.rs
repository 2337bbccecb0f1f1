//! Cells are what the sheet shows: what a spreadsheet or a careless writer made of a value is told, and never taken for the value.

use super::support::*;
use super::workbook::sheet_of;
use parkplan::intake::{CityContext, ImportOptions, ImportReport, Mode, Notice, Prepared};
use std::path::Path;

/// Rows of `A1=…` cells as a sheet; `after` follows the data (merged cells).
fn sheet(folder: &tempfile::TempDir, before: &str, rows: &[&str], after: &str) -> std::path::PathBuf {
    let rows: Vec<String> = rows.iter().enumerate().map(|(at, cells)| format!(r#"<row r="{}">{cells}</row>"#, at + 1)).collect();
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{before}<sheetData>{}</sheetData>{after}</worksheet>"#,
        rows.concat()
    );
    sheet_of(folder, &sheet)
}

fn text(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#)
}

fn number(place: &str, number: &str) -> String {
    format!(r#"<c r="{place}"><v>{number}</v></c>"#)
}

fn knowing(keys: &[&str]) -> CityContext {
    CityContext { existing_keys: keys.iter().map(|key| (*key).to_owned()).collect(), ..shenzhen() }
}

fn update(path: &Path, keys: &[&str]) -> Prepared {
    run(path, &ImportOptions { mode: Mode::Update, ..options("parcel") }, &knowing(keys)).expect("prepared")
}

fn notice<'a>(report: &'a ImportReport, code: &str) -> &'a Notice {
    report.notices.iter().find(|notice| notice.code == code).unwrap_or_else(|| panic!("{code}: {:?}", report.notices))
}

fn rejected(report: &ImportReport) -> Vec<(u64, &str)> {
    report.rejected.iter().map(|note| (note.row, note.reason)).collect()
}

#[test]
fn a_code_of_sixteen_digits_that_was_kept_as_a_number_matches_nobody() {
    let folder = folder();
    let head = text("A1", "宗地代码") + &text("B1", "登记面积");
    let path = sheet(
        &folder,
        "",
        &[
            &head,
            &(number("A2", "4403050010100010.0") + &number("B2", "1")),
            &(number("A3", "440305001010001") + &number("B3", "2")),
            &(number("A4", "44030500101000120000") + &number("B4", "3")),
        ],
        "",
    );
    let prepared = update(&path, &["4403050010100010", "440305001010001", "44030500101000120000"]);
    assert_eq!(rejected(&prepared.report), [(2, "digits_lost"), (4, "digits_lost")]);
    assert_eq!(prepared.rows.iter().map(|row| row.key(prepared.layer)).collect::<Vec<_>>(), ["440305001010001"]);
    assert_eq!(notice(&prepared.report, "digits_lost").items.len(), 2);
}

#[test]
fn dates_in_text_columns_are_told_and_keys_of_dates_are_rejected() {
    let folder = folder();
    let head =
        ["id", "building", "floor", "area_m2", "use", "state"].iter().zip(["A1", "B1", "C1", "D1", "E1", "F1"]).map(|(name, at)| text(at, name));
    let row = |line: usize, id: String, floor: String| {
        id + &text(&format!("B{line}"), "B-1")
            + &floor
            + &number(&format!("D{line}"), "100")
            + &text(&format!("E{line}"), "office")
            + &text(&format!("F{line}"), "vacant")
    };
    let date = |place: &str| format!(r#"<c r="{place}" s="1"><v>45294</v></c>"#);
    let flag = r#"<c r="C4" t="b"><v>1</v></c>"#.to_owned();
    let path = sheet(
        &folder,
        "",
        &[&head.collect::<String>(), &row(2, text("A2", "U-1"), date("C2")), &row(3, date("A3"), text("C3", "1F")), &row(4, text("A4", "U-3"), flag)],
        "",
    );
    let prepared = run(&path, &options("unit"), &shenzhen()).expect("prepared");
    let told = &notice(&prepared.report, "cells_not_text").items;
    assert_eq!(
        told.iter().map(|item| (item["row"].as_u64().unwrap(), item["column"].as_str().unwrap())).collect::<Vec<_>>(),
        [(2, "floor"), (3, "id"), (4, "floor")]
    );
    assert!(rejected(&prepared.report).contains(&(3, "key_not_text")), "{:?}", prepared.report.rejected);
    assert!(prepared.rows.iter().all(|row| row.get(prepared.layer, "floor").as_str().is_none_or(|floor| !floor.contains("2024"))));
}

#[test]
fn errors_and_formulas_that_nobody_worked_out_are_told_by_row_and_column() {
    let folder = folder();
    let head = text("A1", "宗地代码") + &text("B1", "登记面积") + &text("C1", "容积率上限") + &text("D1", "名称");
    let path = sheet(
        &folder,
        "",
        &[
            &head,
            &(text("A2", "A1") + r#"<c r="B2" t="e"><v>#REF!</v></c><c r="C2" t="e"><v>#DIV/0!</v></c>"# + &text("D2", "x")),
            &(text("A3", "A2") + r#"<c r="B3"><f>C3*10</f></c>"# + &number("C3", "2.5") + &text("D3", "y")),
            &(text("A4", "A3") + &number("B4", "12.5") + r#"<c r="D4" t="e"><v>#N/A</v></c>"#),
            &(text("A5", "A4") + r#"<c r="B5"><f>1+1</f><v>2</v></c>"# + &text("D5", "z")),
        ],
        "",
    );
    let prepared = update(&path, &["A1", "A2", "A3", "A4"]);
    let told: Vec<(u64, String, String)> = notice(&prepared.report, "values_not_parsed")
        .items
        .iter()
        .map(|item| (item["row"].as_u64().unwrap(), item["column"].as_str().unwrap().to_owned(), item["value"].as_str().unwrap().to_owned()))
        .collect();
    let expected =
        [(2, "name", ""), (2, "registered_area_m2", "#REF!"), (2, "far_limit", "#DIV/0!"), (3, "registered_area_m2", "=C3*10"), (4, "name", "#N/A")];
    for (row, column, value) in &expected[1..] {
        assert!(told.contains(&(*row, (*column).to_owned(), (*value).to_owned())), "{row} {column} {value}: {told:?}");
    }
    assert_eq!(told.len(), 4);
    assert_eq!(prepared.rows[3].get(prepared.layer, "registered_area_m2").as_f64(), Some(2.0));
}

#[test]
fn a_header_of_two_rows_is_joined_by_its_merged_cells_and_a_unit_of_the_group_counts() {
    for (unit, area) in [("平方米", Some(1000.0)), ("亩", None)] {
        let folder = folder();
        let path = sheet(
            &folder,
            "",
            &[
                &text("A1", "用地信息表"),
                &(text("A2", "宗地代码") + &text("B2", "名称") + &text("C2", &format!("面积（{unit}）"))),
                &(text("C3", "登记面积") + &text("D3", "现状建筑面积")),
                &(text("A4", "A1") + &text("B4", "甲") + &number("C4", "1000") + &number("D4", "2000")),
            ],
            r#"<mergeCells count="4"><mergeCell ref="A1:D1"/><mergeCell ref="A2:A3"/><mergeCell ref="B2:B3"/><mergeCell ref="C2:D2"/></mergeCells>"#,
        );
        let prepared = update(&path, &["A1"]);
        assert_eq!((prepared.report.read, rejected(&prepared.report).len()), (1, 0));
        assert_eq!(prepared.rows[0].get(prepared.layer, "registered_area_m2").as_f64(), area, "{unit}");
        assert_eq!(prepared.rows[0].get(prepared.layer, "name").as_str(), Some("甲"));
        assert_eq!(prepared.report.notices.iter().any(|notice| notice.code == "unit_unclear"), area.is_none());
    }
}

#[test]
fn a_text_merged_over_rows_holds_for_each_and_a_number_only_for_the_first() {
    let folder = folder();
    let row = |line: usize, rest: String| text(&format!("A{line}"), &format!("A{}", line - 1)) + &rest;
    let path = sheet(
        &folder,
        "",
        &[
            &(text("A1", "code") + &text("B1", "name") + &text("C1", "registered_area_m2")),
            &row(2, text("B2", "甲") + &number("C2", "300")),
            &row(3, String::new()),
            &row(4, String::new()),
        ],
        r#"<mergeCells count="2"><mergeCell ref="B2:B4"/><mergeCell ref="C2:C4"/></mergeCells>"#,
    );
    let prepared = update(&path, &["A1", "A2", "A3"]);
    let column = |name: &str| prepared.rows.iter().map(|row| row.get(prepared.layer, name).clone()).collect::<Vec<_>>();
    assert!(column("name").iter().all(|value| value.as_str() == Some("甲")));
    assert_eq!(column("registered_area_m2").iter().filter_map(parkplan::domain::Value::as_f64).collect::<Vec<_>>(), [300.0]);
    assert_eq!(notice(&prepared.report, "merged_cells_filled").items[0]["to_row"], 4);
    assert_eq!(notice(&prepared.report, "merged_numbers").items.len(), 1);
}

#[test]
fn hidden_rows_and_columns_are_told() {
    let folder = folder();
    let xml = r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cols><col min="2" max="2" hidden="1"/></cols><sheetData>"#
        .to_owned()
        + &format!(r#"<row r="1">{}</row>"#, text("A1", "code") + &text("B1", "name"))
        + &format!(r#"<row r="2" hidden="1">{}</row>"#, text("A2", "A1") + &text("B2", "甲"))
        + "</sheetData></worksheet>";
    let prepared = update(&sheet_of(&folder, &xml), &["A1"]);
    assert_eq!(
        (notice(&prepared.report, "hidden_rows").items[0].clone(), notice(&prepared.report, "hidden_columns").items[0].clone()),
        (2.into(), "B".into())
    );
    assert_eq!(prepared.rows.len(), 1);
}

#[test]
fn a_csv_whose_quotes_swallow_rows_is_refused_and_a_wide_row_is_rejected() {
    let folder = folder();
    let asked = ImportOptions { mode: Mode::Update, ..options("parcel") };
    let swallowed = file(&folder, "a.csv", "code,name,registered_area_m2\nA1,\"甲,100\nA2,乙,200\nA3,丙,300\n");
    let fault = fault(&swallowed, &asked, &knowing(&["A1", "A2", "A3"]));
    assert_eq!((fault.code, fault.place.as_deref()), ("csv_quotes", Some("line 2")));
    let wide = file(&folder, "b.csv", "code,name,registered_area_m2\nA1,甲,1,234\nA2,乙,200\nA3,丙\nA4,丁,\"1,234\",,\n");
    let prepared = update(&wide, &["A1", "A2", "A3", "A4"]);
    assert_eq!(rejected(&prepared.report), [(2, "wide_row")]);
    assert_eq!(
        prepared.rows.iter().map(|row| row.get(prepared.layer, "registered_area_m2").as_f64()).collect::<Vec<_>>(),
        [Some(200.0), None, Some(1234.0)]
    );
    assert_eq!(notice(&prepared.report, "short_rows").items[0]["row"], 4);
}

#[test]
fn codes_that_were_kept_from_a_spreadsheet_and_unseen_characters_come_off() {
    let folder = folder();
    let wkt = |lon: f64| format!("\"POLYGON (({lon} 22.54, {} 22.54, {} 22.541, {lon} 22.54))\"", lon + 0.001, lon + 0.001);
    let csv = format!(
        "code\u{200B},wkt\n\"=\"\"0012\"\"\",{}\n=\"0013\",{}\nA1,{}\nA1\u{200B},{}\n\u{202A}A2\u{202C},{}\n",
        wkt(114.05),
        wkt(114.06),
        wkt(114.07),
        wkt(114.08),
        wkt(114.09)
    );
    let prepared =
        run(&file(&folder, "a.csv", csv), &ImportOptions { crs: Some("EPSG:4490".into()), ..options("parcel") }, &shenzhen()).expect("prepared");
    assert_eq!(prepared.rows.iter().map(|row| row.key(prepared.layer)).collect::<Vec<_>>(), ["0012", "0013", "A1", "A2"]);
    assert_eq!(rejected(&prepared.report), [(5, "duplicate_key")]);
    assert_eq!(notice(&prepared.report, "format_characters").items.len(), 2);
}

#[test]
fn utf_16_is_read_with_a_mark_and_without() {
    let folder = folder();
    let csv = "code,name\nA1,深圳\n";
    let bytes: Vec<u8> = csv.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [("bare.csv", bytes.clone()), ("marked.csv", [vec![0xFF, 0xFE], bytes].concat())] {
        let prepared = update(&file(&folder, name, bytes), &["A1"]);
        assert_eq!(prepared.rows[0].get(prepared.layer, "name").as_str(), Some("深圳"), "{name}");
    }
    let point = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"深"},"geometry":{"type":"Point","coordinates":[114.05,22.54]}}]}"#;
    let bytes: Vec<u8> = [0xFEFF].into_iter().chain(point.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    let prepared = run(&file(&folder, "p.geojson", bytes), &options("facility"), &shenzhen()).expect("prepared");
    assert_eq!(prepared.rows[0].key(prepared.layer), "深");
}

#[test]
fn repeated_members_are_told_and_long_codes_keep_their_digits() {
    let folder = folder();
    let square =
        |lon: f64| format!(r#"{{"type":"Polygon","coordinates":[[[{lon},22.54],[{},22.54],[{},22.541],[{lon},22.54]]]}}"#, lon + 0.001, lon + 0.001);
    let json = format!(
        r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"code":"D1","registered_area_m2":100,"registered_area_m2":200}},"geometry":{}}},
        {{"type":"Feature","properties":{{"code":4403050010100012345}},"geometry":{}}},{{"type":"Feature","properties":{{"code":44030500101000123451}},"geometry":{}}}]}}"#,
        square(114.05),
        square(114.06),
        square(114.07)
    );
    let prepared = run(&file(&folder, "d.geojson", json), &options("parcel"), &shenzhen()).expect("prepared");
    assert_eq!(prepared.rows.iter().map(|row| row.key(prepared.layer)).collect::<Vec<_>>(), ["D1", "4403050010100012345", "44030500101000123451"]);
    let told = &notice(&prepared.report, "members_repeated").items;
    assert_eq!((told.len(), &told[0]["row"], &told[0]["member"]), (1, &1.into(), &"registered_area_m2".into()));
}
