//! Rows of a file keep the rules that rows written one by one keep; nothing is written where one does not.

use crate::support::{must, own_city, path, refused};
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;

/// Imports a CSV, which must be refused, and nothing of the layer may change; the fault. A dry run says the same.
fn refuses(city: &Path, layer: &str, mode: &str, csv: &str) -> Value {
    let rows = || -> (i64, String) {
        let file = Connection::open(city).unwrap();
        let sum = format!("SELECT count(*), (SELECT group_concat(seq) FROM change_log) FROM \"{layer}\"");
        file.query_row(&sum, [], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?.unwrap_or_default()))).unwrap()
    };
    let before = rows();
    let csv_file = city.with_file_name("rows.csv");
    std::fs::write(&csv_file, csv).unwrap();
    let args = ["import", path(city), "--layer", layer, path(&csv_file), "--mode", mode];
    let fault = refused(&args);
    assert_eq!(rows(), before, "{csv}");
    assert_eq!(refused(&[&args[..], &["--dry-run"]].concat())["code"], fault["code"], "{csv}");
    fault
}

fn cells(fault: &Value) -> Vec<&str> {
    fault["errors"].as_array().map(|list| list.iter().map(|one| one["pointer"].as_str().unwrap()).collect()).unwrap_or_default()
}

fn one(city: &Path, sql: &str) -> String {
    Connection::open(city)
        .unwrap()
        .query_row(sql, [], |row| row.get::<_, rusqlite::types::Value>(0))
        .map(|value| match value {
            rusqlite::types::Value::Text(text) => text,
            rusqlite::types::Value::Real(number) => number.to_string(),
            other => format!("{other:?}"),
        })
        .unwrap()
}

#[test]
fn a_title_cannot_be_imported() {
    let (_folder, city) = own_city();
    for mode in ["add", "update", "replace"] {
        let fault = refuses(&city, "designation", mode, "code,park,state,grade,valid_through\nSP-2026-0001,BA-03,designated,A,2099-12-31\n");
        assert_eq!(fault["code"], "decided_not_imported", "{mode}");
    }
}

#[test]
fn rows_of_kept_tables_are_held_against_their_rules_the_city_and_one_another() {
    let (_folder, city) = own_city();
    let firm = one(&city, "SELECT code FROM firm WHERE code NOT IN (SELECT firm FROM virtual_member WHERE firm IS NOT NULL)");
    let broken = |layer: &str, csv: &str| -> Vec<String> {
        let fault = refuses(&city, layer, "add", csv);
        assert_eq!(fault["code"], "rows_break_rules", "{csv}: {fault}");
        cells(&fault).into_iter().map(str::to_owned).collect()
    };
    let members = "code,virtual_park,kind,firm,admitted,left\n";
    assert_eq!(broken("virtual_member", &format!("{members}M1,XN-01,firm,{firm},2026-03-01,2026-02-01\n")), ["/M1/left"]);
    assert_eq!(broken("virtual_member", &format!("{members}M1,XN-77,firm,{firm},2026-03-01,\n")), ["/M1/virtual_park"]);
    let twice = format!("{members}M1,XN-01,firm,{firm},2026-03-01,\nM2,XN-01,firm,{firm},2026-04-01,\n");
    assert_eq!(broken("virtual_member", &twice), ["/M1/firm", "/M2/firm"]);
    assert_eq!(broken("virtual_park", "code,name\nBA-03,同码\n"), ["/BA-03/code"]);
    let task = one(&city, "SELECT code FROM task ORDER BY code LIMIT 1");
    // Each month has its report: of a task without one any month will do.
    Connection::open(&city).unwrap().execute("DELETE FROM task_report WHERE task = ?1", [&task]).unwrap();
    let start = one(&city, &format!("SELECT start FROM task WHERE code = '{task}'"));
    assert_eq!(broken("task_report", &format!("code,task,date,done\nR1,{task},{start},-50\n")), ["/R1/done"]);
    assert_eq!(broken("task_report", &format!("code,task,date,done\nR1,{task},2099-01-31,5\n")), ["/R1/date"]);
    assert_eq!(broken("task_report", "code,task,date,done\nR1,none,2026-06-30,5\n"), ["/R1/task"]);
    assert_eq!(broken("firm", "code,name,park,output_wan\nF1,负数,BA-03,-1\n"), ["/F1/output_wan"]);
    must(&["--json", "info", path(&city)]);
}

#[test]
fn units_of_a_floor_are_no_more_than_the_floor_and_nothing_is_known_of_tomorrow() {
    let (_folder, city) = own_city();
    let unit = one(
        &city,
        "SELECT unit.id FROM unit JOIN floor ON floor.building = unit.building AND floor.floor = unit.floor WHERE unit.area_m2 > 1 LIMIT 1",
    );
    let wrong = refuses(&city, "unit", "update", &format!("id,area_m2,as_of\n{unit},999999,2030-01-01\n"));
    assert_eq!(cells(&wrong), [format!("/{unit}/as_of"), format!("/{unit}/area_m2")]);
    assert_eq!(cells(&refuses(&city, "unit", "update", &format!("id,area_m2\n{unit},-1\n"))), [format!("/{unit}/area_m2")]);
    // What keeps the rules is taken.
    let file = city.with_file_name("fine.csv");
    std::fs::write(&file, format!("id,area_m2,as_of\n{unit},1,2026-06-01\n")).unwrap();
    must(&["import", path(&city), "--layer", "unit", path(&file), "--mode", "update"]);
    assert_eq!(one(&city, &format!("SELECT area_m2 FROM unit WHERE id = '{unit}'")), "1");
}
