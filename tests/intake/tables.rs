//! Attribute tables: headers that are found, codes that stay text, rows that merge by key.

use super::support::*;
use super::workbook::sheet_of;
use parkplan::domain::{Value, dictionary};
use parkplan::intake::{ImportOptions, Mode};
use std::path::PathBuf;

/// A workbook of one sheet with inline texts; `Err` cells are numbers.
fn workbook(folder: &tempfile::TempDir, rows: &[Vec<Result<&str, f64>>]) -> PathBuf {
    let mut sheet = String::from(r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#);
    for (row, cells) in rows.iter().enumerate() {
        sheet.push_str(&format!(r#"<row r="{}">"#, row + 1));
        for (column, cell) in cells.iter().enumerate() {
            let place = format!("{}{}", char::from(b'A' + column as u8), row + 1);
            match cell {
                Ok("") => {}
                Ok(text) => sheet.push_str(&format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)),
                Err(number) => sheet.push_str(&format!(r#"<c r="{place}"><v>{number}</v></c>"#)),
            }
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    sheet_of(folder, &sheet)
}

#[test]
fn a_sheet_is_read_below_its_title_with_codes_as_text() {
    let folder = folder();
    let path = workbook(
        &folder,
        &[
            vec![Ok("园区用房台账"), Ok(""), Ok("")],
            vec![Ok("编号"), Ok("建筑"), Ok("建筑面积（平方米）"), Ok("状态"), Ok("租约到期"), Ok("备用")],
            vec![Err(110_000_000_001.0), Ok("0044"), Ok("1,234.5"), Ok("空置"), Ok("2025年6月30日"), Ok("x")],
            vec![Ok("u2"), Err(44.0), Err(88.0), Ok("闲置"), Ok("明年"), Ok("")],
            vec![Ok(""), Ok(""), Ok("")],
        ],
    );
    let layer = dictionary().known("unit");
    let prepared = run(&path, &options("unit"), &shenzhen()).expect("prepared");
    assert_eq!(prepared.rows.len(), 2);
    let first = &prepared.rows[0];
    assert_eq!((first.key(layer), first.get(layer, "building").as_str()), ("110000000001", Some("0044")));
    assert_eq!((first.get(layer, "area_m2").as_f64(), first.get(layer, "lease_end").as_str()), (Some(1234.5), Some("2025-06-30")));
    assert_eq!(prepared.rows[1].get(layer, "state"), &Value::Null);
    let notice = |code: &str| prepared.report.notices.iter().find(|notice| notice.code == code).expect(code).items.clone();
    assert_eq!(notice("codes_unknown"), [serde_json::json!({ "column": "state", "value": "闲置", "count": 1, "successor": null })]);
    assert_eq!(notice("values_not_parsed"), [serde_json::json!({ "row": 4, "column": "lease_end", "value": "明年" })]);
    assert_eq!(notice("fields_not_mapped"), [serde_json::json!("备用")]);
}

#[test]
fn a_table_alone_does_not_make_parcels_but_changes_them_by_key() {
    let folder = folder();
    let path = file(&folder, "t.csv", "宗地代码,LivingArea,Year,登记面积（亩）\np1,100,1990,3\np1,50,2001,3\np9,7,1980,3\n,1,1,1\n");
    assert_eq!(fault(&path, &options("parcel"), &shenzhen()).code, "no_geometry");
    let mut city = shenzhen();
    city.existing_keys = ["p1", "p2"].map(str::to_owned).into();
    let update = ImportOptions {
        mode: Mode::Update,
        map: vec![("built_gfa_m2".into(), "sum(LivingArea)*0.5".into()), ("built_year".into(), "max(Year)".into())],
        ..options("parcel")
    };
    let prepared = run(&path, &update, &city).expect("prepared");
    let layer = prepared.layer;
    assert!(!prepared.has_geometry);
    let columns: Vec<&str> = prepared.columns.iter().map(|index| layer.columns[*index].name.as_str()).collect();
    assert_eq!(columns, ["code", "built_gfa_m2", "built_year"]);
    assert_eq!(prepared.rows.len(), 1);
    assert_eq!((prepared.rows[0].get(layer, "built_gfa_m2"), prepared.rows[0].get(layer, "built_year")), (&Value::Real(75.0), &Value::Integer(2001)));
    let report = &prepared.report;
    assert_eq!((report.read, report.accepted, report.written), (4, 2, 1));
    assert_eq!(report.unmatched.iter().map(|row| (row.row, row.key.as_str())).collect::<Vec<_>>(), [(4, "p9")]);
    assert_eq!((report.untouched.as_slice(), report.duplicates[0].rows.as_slice()), (&["p2".to_owned()][..], &[2, 3][..]));
    assert_eq!(report.rejected[0].reason, "missing_key");
    for code in ["keys_with_several_rows", "unit_unclear"] {
        assert!(report.notices.iter().any(|notice| notice.code == code), "{code}");
    }
}

#[test]
fn without_a_word_the_first_value_of_a_key_stands() {
    let folder = folder();
    let path = file(&folder, "t.csv", "code;built_year\np1;\np1;1990\np1;2001\n");
    let mut city = shenzhen();
    city.existing_keys.insert("p1".to_owned());
    let prepared = run(&path, &ImportOptions { mode: Mode::Update, ..options("parcel") }, &city).expect("prepared");
    assert_eq!(prepared.rows[0].get(prepared.layer, "built_year"), &Value::Integer(1990));
}

#[test]
fn a_key_that_a_spreadsheet_spoiled_and_a_missing_required_value_are_told() {
    let folder = folder();
    let path = file(&folder, "u.csv", "id,building\n1.1E+11,b1\nu2,\n");
    let prepared = run(&path, &options("unit"), &shenzhen()).expect("prepared");
    assert!(prepared.report.notices.iter().any(|notice| notice.code == "digits_lost"));
    assert_eq!(prepared.report.rejected.iter().map(|row| row.reason).collect::<Vec<_>>(), ["digits_lost", "missing_required"]);
}

#[test]
fn the_report_is_json_and_text_in_both_languages() {
    let folder = folder();
    let path = file(&folder, "u.csv", "id,building\nu1,b1\nu1,b1\n");
    let report = run(&path, &options("unit"), &shenzhen()).expect("prepared").report;
    let json = serde_json::to_value(&report).expect("json");
    for name in ["file", "driver", "layer", "read", "accepted", "repaired", "rejected", "unmatched", "duplicates", "notices", "crs", "encoding"] {
        assert!(json.get(name).is_some(), "{name}");
    }
    assert_eq!(json["rejected"][0]["reason"], "duplicate_key");
    assert!(report.text(parkplan::domain::Lang::Zh).contains("拒绝") && report.text(parkplan::domain::Lang::En).contains("rejected"));
}
