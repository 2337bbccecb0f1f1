//! Cells and files that are not what they should be.

use super::grid::{Grid, XLSX, import, row_of, tried, units, why};
use super::text;
use crate::support::{Client, OPERATOR, OTHER_PARK, Server, own_city};
use calamine::Data;
use rust_xlsxwriter::{Format, Formula, Workbook};
use serde_json::json;

#[test]
fn odd_cells_are_refused_by_their_address() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let id = |at: usize| text(&known[at]["id"]).to_owned();
    let mut grid = Grid::template(&operator);
    let mut wanted: Vec<(String, String, &str)> = Vec::new();
    let mut expect = |grid: &mut Grid, at: usize, heading: &str, cell: Option<Data>, code: &'static str| {
        if let Some(cell) = cell {
            grid.set(&id(at), heading, cell);
        }
        wanted.push((id(at), grid.address(&id(at), heading), code));
    };
    let said = |text: &str| Some(Data::String(text.to_owned()));
    expect(&mut grid, 0, "截至", said("1/9/2026"), "rejected no_date");
    expect(&mut grid, 1, "截至", said("2999-01-01"), "rejected invalid");
    expect(&mut grid, 2, "截至", Some(Data::Empty), "rejected required");
    expect(&mut grid, 3, "建筑面积", said("很大"), "rejected no_number");
    expect(&mut grid, 4, "建筑面积", Some(Data::Float(-3.0)), "rejected invalid");
    expect(&mut grid, 5, "状态", said("租出"), "rejected unknown_code");
    expect(&mut grid, 6, "状态", Some(Data::Empty), "rejected required");
    expect(&mut grid, 7, "租户", Some(Data::Float(914_403_001_922_038_216.0)), "rejected digits_lost");
    expect(&mut grid, 8, "租户", Some(Data::Bool(true)), "rejected is_boolean");
    expect(&mut grid, 9, "备注", said(&"长".repeat(501)), "rejected invalid");
    expect(&mut grid, 10, "备注", said(&"长".repeat(5000)), "rejected too_long");
    expect(&mut grid, 11, "楼层", said("99F"), "rejected locked");
    expect(&mut grid, 12, "建筑", said("other"), "rejected locked");
    expect(&mut grid, 13, "租户", None, "rejected formula");
    expect(&mut grid, 14, "租户", None, "rejected formula");
    expect(&mut grid, 16, "备注", None, "rejected merged");
    expect(&mut grid, 17, "备注", None, "rejected merged");
    expect(&mut grid, 18, "租约到期", said("2027/3/5"), "changed -");
    expect(&mut grid, 19, "建筑面积", said("1"), "changed -");
    expect(&mut grid, 20, "备注", said("914403001922038216"), "changed -");
    let (tenant, note) = (grid.column("租户") as u16, grid.column("备注") as u16);
    let row = |at: usize| grid.row(&id(at)) as u32;
    let (first, last) = (row(16).min(row(17)), row(16).max(row(17)));
    assert_eq!(last, first + 1, "two rows beside each other");
    let book = grid.book_with(|sheet| {
        sheet.write_formula(row(13), tenant, Formula::new("=1+1").set_result("2")).unwrap();
        sheet.write_formula(row(14), tenant, Formula::new("=HYPERLINK(\"http://x\")").set_result("")).unwrap();
        sheet.merge_range(first, note, last, note, "both", &Format::new()).unwrap();
    });
    let answer = tried(&operator, &book);
    for (id, at, code) in &wanted {
        assert_eq!(why(&answer, id, at), *code, "{at}: {}", row_of(&answer, id));
    }
    let refused = wanted.iter().filter(|(_, _, code)| code.starts_with("rejected")).count() as u64;
    assert_eq!((answer["counts"]["rejected"].as_u64(), answer["counts"]["conflict"].as_u64()), (Some(refused), Some(0)));
}

#[test]
fn rows_of_no_unit_of_another_park_and_of_one_unit_twice_are_refused() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let other = operator.get(&format!("/units?park={OTHER_PARK}&limit=1")).json()["units"][0]["id"].clone();
    let (one, two) = (text(&known[0]["id"]), text(&known[1]["id"]));
    let mut grid = Grid::template(&operator);
    let ids = grid.column("编号");
    let mut more = |id: &str, like: &str| {
        let mut row = grid.0[grid.row(like)].clone();
        row[ids] = Data::String(id.to_owned());
        grid.0.push(row);
        grid.0.len()
    };
    let twice = more(one, one);
    more("nowhere", two);
    more(text(&other), two);
    let nameless = more("", two);
    let answer = tried(&operator, &grid.book());
    let rows = answer["rows"].as_array().unwrap();
    let code = |id: &str| rows.iter().filter(|row| row["id"] == id).map(|row| text(&row["why"]["code"]).to_owned()).collect::<Vec<_>>();
    assert_eq!(code(one), ["stated_twice", "stated_twice"]);
    assert!(rows.iter().any(|row| row["row"] == twice && text(&row["why"]["zh"]).contains(&twice.to_string())));
    assert_eq!((code("nowhere"), code(text(&other))), (vec!["no_such_unit".to_owned()], vec!["other_park".to_owned()]));
    assert_eq!(rows.iter().find(|row| row["row"] == nameless).unwrap()["why"]["code"], "no_id");
    // Nothing of the other park's unit is told.
    let theirs = rows.iter().find(|row| row["id"] == other).unwrap();
    assert_eq!((&theirs["building"], &theirs["cells"]), (&json!(null), &json!([])));
}

#[test]
fn a_csv_is_read_as_people_write_it() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let known = units(&operator);
    let (one, two, three) = (text(&known[0]["id"]), text(&known[1]["id"]), text(&known[2]["id"]));
    let tag = |id: &str| {
        let grid = Grid::template(&operator);
        grid.0[grid.row(id)][grid.column("行标")].to_string()
    };
    let csv = format!(
        "台账,,,\r\n\r\nid,tag,tenant,note\r\n{one},{},=\"0012\",\"两\n行\"\r\n{two},{},=1+1,'=x\r\n{three},{},4.4E+17,#REF!\r\n",
        tag(one),
        tag(two),
        tag(three)
    );
    let answer = tried(&operator, csv.as_bytes());
    let new = |id: &str, column: &str| {
        row_of(&answer, id)["cells"]
            .as_array()
            .unwrap()
            .iter()
            .find(|cell| cell["column"] == column)
            .map(|cell| cell["new"].clone())
            .unwrap_or_default()
    };
    assert_eq!((new(one, "tenant"), new(one, "note")), (json!("0012"), json!("两\n行")));
    // A cell of two lines is one row of the sheet.
    assert_eq!((why(&answer, two, "C5"), new(two, "note")), ("rejected formula".to_owned(), json!("=x")));
    assert_eq!((why(&answer, three, "C6"), why(&answer, three, "D6")), ("rejected digits_lost".to_owned(), "rejected cell_error".to_owned()));
}

#[test]
fn files_that_are_no_filled_in_table_are_refused_with_what_they_are() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let operator = Client::signed_in(&server, OPERATOR);
    let far = {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "编号").unwrap();
        sheet.write_string(1_048_575, 16_383, "x").unwrap();
        book.save_to_buffer().unwrap()
    };
    let twice = {
        let mut grid = Grid::template(&operator);
        let note = grid.column("备注");
        grid.0[0][note] = Data::String("租户".to_owned());
        grid.book()
    };
    let cut = { Grid::template(&operator).book()[..2000].to_vec() };
    let none = Grid::template(&operator).only(&["状态", "备注"]).book();
    for (bytes, status, code) in [
        (&b""[..], 400, "file_empty"),
        (b"%PDF-1.7", 415, "form_kind"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1", 415, "form_kind"),
        (b"a,b\r\n1,2\r\n", 400, "no_id_column"),
        ("编号,状态\r\n".as_bytes(), 400, "table_empty"),
        (&far, 400, "limit_exceeded"),
        (&twice, 400, "column_twice"),
        (&cut, 400, "archive_broken"),
        (&none, 400, "no_id_column"),
    ] {
        let problem = import(&operator, true, XLSX, bytes).problem(status);
        assert!(text(&problem["type"]).ends_with(code), "{problem}");
    }
    // Sixteen megabytes and no more.
    let large = vec![b'a'; (16 << 20) + 1];
    let answer = import(&operator, true, "text/csv", &large);
    assert!(answer.status == 413 || answer.status == 400, "{}", answer.status);
}
