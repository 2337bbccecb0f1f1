//! Units by table: round trips, what is judged how, receipts, rights, undoing.

mod grid;
mod odd;
mod rights;
mod undo;

use crate::support::{Client, OPERATOR, OTHER_PARK, OWN_PARK, Server, own_city};
use calamine::Data;
use grid::{Grid, XLSX, applied, import, revision, row_of, tried, units, why};
use serde_json::{Value, json};

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[test]
fn a_template_that_comes_back_as_it_went_changes_nothing() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    // What tables are known to spoil.
    let odd = [
        "=1+1",
        "+86 755",
        "-",
        "—",
        "'=x",
        "@sum",
        "a\nb",
        "914403001922038216",
        "0012",
        "1.1E+11",
        "TRUE",
        "2026-09-01",
        "2026/9/1",
        "𠮷野家 é",
        "#REF!",
        "n/a",
        "\"quoted\", and, commas",
        " blank ",
        "_x0041_",
        "1,5",
        "50%",
    ];
    for (unit, odd) in units(&operator).iter().zip(odd) {
        let body = json!({ "tenant": odd, "note": format!("{odd} {odd}"), "area_m2": unit["area_m2"].as_f64().unwrap() - 1.0 / 3.0 }).to_string();
        let done = operator.send("PATCH", &format!("/units/{}", text(&unit["id"])), &[("if-match", "*")], &body);
        assert_eq!(done.status, 200, "{}", String::from_utf8_lossy(&done.bytes));
    }
    let (before, count) = (revision(&operator), units(&operator).len());
    let template =
        |query: &str, lang: &str| operator.get_with(&format!("/parks/{OWN_PARK}/occupancy/template?{query}"), &[("accept-language", lang)]).bytes;
    let utf_8 = template("f=csv", "zh");
    assert!(utf_8.starts_with(b"\xEF\xBB\xBF"), "spreadsheets know UTF-8 by its mark");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(std::str::from_utf8(&utf_8[3..]).unwrap().encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let xlsx = template("f=xlsx", "zh");
    let saved_again = Grid::of(&xlsx).book();
    for (what, bytes) in [
        ("xlsx", xlsx),
        ("xlsx in English", template("f=xlsx", "en")),
        ("csv", utf_8),
        ("csv in English", template("f=csv", "en")),
        ("gb18030", template("f=csv&encoding=gb18030", "zh")),
        ("utf-16", wide),
        ("saved by another program", saved_again),
    ] {
        for answer in [tried(&operator, &bytes), applied(&operator, &bytes)] {
            let changed: Vec<&Value> = answer["rows"].as_array().unwrap().iter().filter(|row| row["verdict"] != "same").collect();
            assert!(changed.is_empty(), "{what}: {changed:#?}");
            assert_eq!((answer["counts"]["same"].as_u64(), &answer["receipt"]), (Some(count as u64), &Value::Null), "{what}");
        }
    }
    assert_eq!(revision(&operator), before, "no revision was made");
    let one = &units(&operator)[0];
    let building = text(&one["building"]);
    let of_building = Grid::of(&operator.get(&format!("/parks/{OWN_PARK}/occupancy/template?f=xlsx&building={building}")).bytes);
    assert!(of_building.0.len() > 1 && of_building.0.len() < count);
    operator.get(&format!("/parks/{OWN_PARK}/occupancy/template?building=nowhere")).problem(404);
}

#[test]
fn what_is_filled_in_is_told_cell_by_cell_and_then_written_at_once_with_a_receipt() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let overview = |client: &Client| client.get(&format!("/parks/{OWN_PARK}/occupancy")).json();
    let today = text(&overview(&operator)["as_of"]).to_owned();
    let known = units(&operator);
    let building = text(&known[0]["building"]).to_owned();
    let of_building: Vec<&Value> = known.iter().filter(|unit| unit["building"] == building.as_str()).collect();
    let mut grid = Grid::template(&operator);
    for unit in &of_building {
        grid.set(text(&unit["id"]), "截至", Data::String(today.clone()));
    }
    let vacant = text(&of_building.iter().find(|unit| unit["state"] != "let").expect("one that is not let")["id"]).to_owned();
    grid.set(&vacant, "状态", "出租".to_owned());
    grid.set(&vacant, "租户", "=星辰科技".to_owned());
    grid.set(&vacant, "租金", 42.5);
    // Columns may go and stand in any order, rows as well.
    let at = grid.address(&vacant, "租户");
    let answer = tried(&operator, &grid.book());
    assert_eq!(why(&answer, &vacant, &at), "changed -");
    let cell = row_of(&answer, &vacant)["cells"].as_array().unwrap().iter().find(|cell| cell["column"] == "tenant").unwrap().clone();
    assert_eq!((&cell["new"], &cell["at"]), (&json!("=星辰科技"), &json!(at)));
    let mut mixed = grid.only(&["截至", "行标", "租户", "编号", "状态", "租金"]);
    mixed.0[1..].reverse();
    let mixed = mixed.book_with(|sheet| {
        sheet.set_row_hidden(3).unwrap();
    });
    let trial = tried(&operator, &mixed);
    let mut same = (answer["counts"].clone(), trial["counts"].clone());
    assert_eq!(same.0.take(), same.1.take(), "the same cells, wherever they stand");
    let notices: Vec<&str> = trial["notices"].as_array().unwrap().iter().map(|notice| text(&notice["code"])).collect();
    assert!(notices.contains(&"hidden_rows") && notices.contains(&"columns_missing"), "{notices:?}");

    let (before, was) = (revision(&operator), overview(&operator));
    let done = applied(&operator, &mixed);
    // Row by row the trial said what was done.
    assert_eq!((&trial["rows"], &trial["counts"]), (&done["rows"], &done["counts"]));
    assert_eq!(revision(&operator), before + 1, "one commit");
    let number = text(&done["receipt"]);
    let receipt = operator.get(&format!("/receipts/{number}")).json();
    assert_eq!((&receipt["number"], &receipt["by"], &receipt["revision"]), (&json!(number), &json!("operator"), &json!(before + 1)));
    assert_eq!((&receipt["sha256"], &receipt["counts"]), (&done["file"]["sha256"], &done["counts"]));
    let now = operator.get(&format!("/units/{vacant}")).json();
    assert_eq!((&now["state"], &now["tenant"], &now["rent_yuan_m2_month"]), (&json!("let"), &json!("=星辰科技"), &json!(42.5)));
    assert_eq!((&now["as_of"], &now["source"], &now["stale"]), (&json!(today), &json!("表格填报"), &json!(false)));
    // The figures of the park turn: more is let, and the building is fresh.
    let is = overview(&operator);
    assert!(is["totals"]["let"].as_f64() > was["totals"]["let"].as_f64());
    assert!(is["totals"]["stale_share"].as_f64() <= was["totals"]["stale_share"].as_f64());
    let line = is["buildings"].as_array().unwrap().iter().find(|line| line["code"] == building.as_str()).unwrap();
    assert_eq!(line["stale_floors"], 0);
    // The same file once more: it says what is there.
    let again = applied(&operator, &mixed);
    assert_eq!((&again["receipt"], &again["counts"]["changed"]), (&Value::Null, &json!(0)));
}

#[test]
fn a_unit_that_somebody_changed_meanwhile_is_shown_and_not_overwritten() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let (one, two) = (text(&known[0]["id"]), text(&known[1]["id"]));
    let mut grid = Grid::template(&operator);
    grid.set(one, "备注", "mine".to_owned());
    grid.set(two, "备注", "fine".to_owned());
    let patched = operator.send("PATCH", &format!("/units/{one}"), &[("if-match", "*")], r#"{"note":"theirs"}"#);
    assert_eq!(patched.status, 200);
    for answer in [tried(&operator, &grid.book()), applied(&operator, &grid.book())] {
        let row = row_of(&answer, one);
        assert_eq!((&row["verdict"], &row["why"]["code"]), (&json!("conflict"), &json!("stale")));
        assert_eq!((&row["cells"][0]["old"], &row["cells"][0]["new"]), (&json!("theirs"), &json!("mine")));
    }
    let note = |id: &str| operator.get(&format!("/units/{id}")).json()["note"].clone();
    assert_eq!((note(one), note(two)), (json!("theirs"), json!("fine")));
    // A row without its mark may rest on anything.
    let mut unmarked = Grid::template(&operator);
    unmarked.set(two, "备注", "other".to_owned());
    unmarked.set(two, "行标", Data::Empty);
    assert_eq!(row_of(&tried(&operator, &unmarked.book()), two)["why"]["code"], "no_tag");
}

#[test]
fn of_two_tables_that_race_for_a_unit_one_is_told() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let ids: Vec<&str> = known.iter().take(20).map(|unit| text(&unit["id"])).collect();
    for round in 0..5 {
        let grid = Grid::template(&operator);
        let outcomes: Vec<(u64, u64)> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..2)
                .map(|racer| {
                    let (server, ids, mut grid) = (&server, &ids, grid.clone());
                    scope.spawn(move || {
                        let client = Client::signed_in(server, OPERATOR);
                        ids.iter().for_each(|id| grid.set(id, "备注", format!("{round}-{racer}")));
                        let counts = applied(&client, &grid.book())["counts"].clone();
                        let of = |name: &str| counts[name].as_u64().unwrap();
                        (of("changed") + of("warning"), of("conflict"))
                    })
                })
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let mut sorted = outcomes.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, [(0, 20), (20, 0)], "one has all, the other none");
        let notes: Vec<Value> = ids.iter().map(|id| operator.get(&format!("/units/{id}")).json()["note"].clone()).collect();
        assert!(notes.iter().all(|note| *note == notes[0]), "{notes:?}");
    }
}

#[test]
fn the_units_of_a_floor_count_together() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let same_floor = |a: &Value, b: &Value| a["building"] == b["building"] && a["floor"] == b["floor"] && a["id"] != b["id"];
    let (one, two) = known.iter().find_map(|a| known.iter().find(|b| same_floor(a, b)).map(|b| (a, b))).expect("two on a floor");
    let area = |unit: &Value| unit["area_m2"].as_f64().unwrap();
    let stack = operator.get(&format!("/buildings/{}/stack", text(&one["building"]))).json();
    let floor = stack["floors"].as_array().unwrap().iter().find(|floor| floor["floor"] == one["floor"]).unwrap();
    let on_it: f64 = floor["units"].as_array().unwrap().iter().map(area).sum();
    let room = floor["area_m2"].as_f64().unwrap() - on_it;
    let (one_id, two_id) = (text(&one["id"]), text(&two["id"]));
    let with = |a: f64, b: f64| {
        let mut grid = Grid::template(&operator);
        grid.set(one_id, "建筑面积", a);
        grid.set(two_id, "建筑面积", b);
        let at = grid.address(one_id, "建筑面积");
        let answer = tried(&operator, &grid.book());
        (why(&answer, one_id, &at), row_of(&answer, two_id)["verdict"].clone())
    };
    // What one gives the other may take, up to half a square metre more than there is.
    assert_eq!(with(area(one) - 10.0, area(two) + 10.0 + room.max(0.0)), ("changed -".to_owned(), json!("warning")));
    assert_eq!(with(area(one) - 10.0, area(two) + 10.0 + room + 0.49), ("changed -".to_owned(), json!("warning")));
    assert_eq!(with(area(one) - 10.0, area(two) + 10.0 + room + 0.51), ("rejected floor_sum".to_owned(), json!("rejected")));
}

#[test]
fn rows_that_are_not_taken_come_as_a_file() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let (one, two) = (text(&known[0]["id"]), text(&known[1]["id"]));
    let mut grid = Grid::template(&operator);
    grid.set(one, "状态", "=cmd".to_owned());
    grid.set(two, "备注", "fine".to_owned());
    let bytes = grid.book();
    let path = format!("/parks/{OWN_PARK}/occupancy/import?dry_run=true&f=csv");
    let csv = operator.upload(&path, XLSX, &bytes);
    let told = String::from_utf8(csv.bytes.clone()).unwrap();
    let at = grid.address(one, "状态");
    assert!(csv.header("content-type").starts_with("text/csv") && told.contains(&at) && told.contains(one) && !told.contains(two), "{told}");
    assert!(told.contains("'=cmd") && !told.contains(",=cmd"), "no formula goes out: {told}");
    let done = applied(&operator, &bytes);
    assert_eq!(done["counts"]["rejected"], 1);
    let receipt = text(&done["receipt"]);
    for form in ["csv", "xlsx"] {
        let file = operator.get(&format!("/receipts/{receipt}/rejects?f={form}"));
        assert_eq!(file.status, 200);
        assert!(file.header("content-disposition").contains(&format!("rejects-{receipt}")));
        let has_it =
            if form == "csv" { String::from_utf8(file.bytes).unwrap().contains(&at) } else { Grid::of(&file.bytes).0[1][1].to_string() == at };
        assert!(has_it, "{form}");
    }
    assert_eq!(import(&operator, true, "application/json", b"{}").problem(415)["status"], 415);
    operator.get(&format!("/parks/{OTHER_PARK}/occupancy/template")).problem(403);
}
