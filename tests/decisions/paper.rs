//! What leaves the house: the register as files, the certificate as a page whose text can be read.

use super::*;
use crate::support::{PLANNER, REVIEWER, Server, own_city, parkplan, refused};
use std::collections::HashMap;
use std::io::Read;

#[test]
fn the_register_leaves_as_csv_xlsx_and_geojson() {
    let (folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
    let title = designated(&planner, &reviewer, PASSING[0]);
    let evil = json!({ "park": PASSING[1], "basis": "=cmd|' /C calc'!A0" }).to_string();
    assert_eq!(planner.send("POST", "/designations", &[], &evil).status, 201);

    let csv = planner.get("/designations/register?format=csv");
    assert_eq!((csv.header("content-type"), csv.header("x-feature-count")), ("text/csv; charset=utf-8", "2"));
    let text = String::from_utf8(csv.bytes).unwrap();
    assert!(text.starts_with('\u{feff}') && text.contains(",'=cmd"), "{text}");
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    assert!(lines.next().unwrap().starts_with("code,park,park_name,district,lead_cluster,state,grade"));
    assert!(lines.next().unwrap().starts_with(&format!("{},{}", title["code"].as_str().unwrap(), PASSING[0])));

    let shapes = planner.get("/designations/register?format=geojson&state=designated").json();
    let park = planner.get(&format!("/collections/park/items/{}", PASSING[0])).json();
    let shape = &shapes["features"][0]["geometry"];
    assert_eq!((&shapes["numberMatched"], shape["type"].as_str().is_some_and(|kind| kind.ends_with("Polygon"))), (&json!(1), true));
    let corner = |shape: &Value| {
        let mut at = &shape["coordinates"];
        while at[0].is_array() {
            at = &at[0];
        }
        [at[0].as_f64().unwrap(), at[1].as_f64().unwrap()]
    };
    let (a, b) = (corner(shape), corner(&park["geometry"]));
    assert!((a[0] - b[0]).abs() < 0.1 && (a[1] - b[1]).abs() < 0.1, "{a:?} {b:?}");
    assert_eq!(shapes["features"][0]["properties"]["state"], "designated");
    planner.get("/designations/register?format=dwg").problem(400);
    drop(server);

    let book = folder.path().join("r.xlsx");
    must_write(&["designation", "register", path(&city), "--out", path(&book)]);
    let mut sheets: calamine::Xlsx<_> = calamine::open_workbook(&book).unwrap();
    let range = calamine::Reader::worksheet_range(&mut sheets, "授牌台账").unwrap();
    let cell = |row: u32, column: u32| range.get_value((row, column)).map(ToString::to_string).unwrap_or_default();
    assert_eq!((range.height(), cell(0, 0), cell(1, 1), cell(1, 5)), (3, "编号".to_owned(), PASSING[0].to_owned(), "已授牌".to_owned()));
    assert_eq!(refused(&["designation", "register", path(&city), "--out", path(&folder.path().join("r.dwg"))])["code"], "format");
}

fn must_write(args: &[&str]) {
    let output = parkplan(&[&["--quiet"], args].concat());
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_certificate_is_one_page_and_its_text_can_be_read_back() {
    let (folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, reviewer) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, REVIEWER));
    let drafted = draft(&planner, PASSING[1]);
    let no_title = planner.get(&format!("/designations/{}/certificate", drafted["code"].as_str().unwrap())).problem(409);
    assert_eq!(code_of(&no_title), "no_title");
    let title = designated(&planner, &reviewer, PASSING[0]);
    let code = title["code"].as_str().unwrap();
    let answer = Client::guest(&server).get(&format!("/designations/{code}/certificate"));
    if answer.status == 400 {
        // A machine without Chinese type is told what to install.
        assert!(answer.problem(400)["detail"].as_str().is_some_and(|detail| detail.contains("fonts-noto-cjk")));
        return;
    }
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/pdf"));
    let text = text_of(&answer.bytes);
    let park = planner.get(&format!("/collections/park/items/{}", PASSING[0])).json();
    for wanted in [
        "特色产业园区授牌证书",
        code,
        park["properties"]["name"].as_str().unwrap(),
        title["date"].as_str().unwrap(),
        title["valid_through"].as_str().unwrap(),
        title["evidence_sha256"].as_str().unwrap(),
        "designation-featured-park@2026.2",
        "有效期三年",
        "样例数据，不具效力",
        title["history"][0]["hash"].as_str().unwrap(),
    ] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    assert!(answer.bytes.len() < 200_000, "{} bytes: the font is subset", answer.bytes.len());
    let pages = count(&answer.bytes, b"/Type/Page/") + count(&answer.bytes, b"/Type /Page\n");
    assert!(pages <= 1 && count(&answer.bytes, b"/Count 1") == 1, "one page");
    drop(server);

    let file = folder.path().join("c.pdf");
    must_write(&["designation", "certificate", path(&city), code, "--out", path(&file)]);
    assert_eq!(text_of(&std::fs::read(&file).unwrap()), text);
    // Where the tool is there, it reads the same.
    if let Ok(output) = std::process::Command::new("pdftotext").args([path(&file), "-"]).output() {
        assert!(String::from_utf8_lossy(&output.stdout).contains("特色产业园区授牌证书"));
    }
    let output = std::process::Command::new(crate::support::PARKPLAN)
        .args(["--json", "designation", "certificate", path(&city), code, "--out", path(&folder.path().join("d.pdf"))])
        .env("PARKPLAN_FONT", "/no/such/font.ttf")
        .output()
        .unwrap();
    let fault: Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!((output.status.code(), &fault["code"]), (Some(1), &json!("no_font")));
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|window| *window == what).count()
}

/// The text of a page, read from the file alone: streams are inflated, glyph numbers are turned into letters by the font's own map.
fn text_of(pdf: &[u8]) -> String {
    let streams = streams(pdf);
    let is_map = |stream: &&Vec<u8>| count(stream, b"begincmap") > 0;
    let letters: HashMap<u16, String> = streams.iter().filter(is_map).flat_map(|map| letters(&String::from_utf8_lossy(map))).collect();
    let mut text = String::new();
    for content in streams.iter().filter(|stream| count(stream, b"Tf") > 0 && !is_map(stream)) {
        for shown in strings(content) {
            let glyphs = shown.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            glyphs.filter_map(|glyph| letters.get(&glyph)).for_each(|letter| text.push_str(letter));
        }
    }
    text
}

/// The strings of a content stream, `<hex>` and `(literal)`.
fn strings(content: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut bytes = content.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'<' => {
                let hex: String = bytes.by_ref().take_while(|byte| *byte != b'>').map(char::from).collect();
                found.push(hex.as_bytes().chunks(2).filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect());
            }
            b'(' => {
                let (mut own, mut depth) = (Vec::new(), 1);
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'\\' => match bytes.next() {
                            Some(b'n') => own.push(b'\n'),
                            Some(b'r') => own.push(b'\r'),
                            Some(b't') => own.push(b'\t'),
                            Some(b'b') => own.push(8),
                            Some(b'f') => own.push(12),
                            Some(digit @ b'0'..=b'7') => {
                                let mut code = u16::from(digit - b'0');
                                for _ in 0..2 {
                                    if let Some(next) = bytes.next_if(|byte| matches!(byte, b'0'..=b'7')) {
                                        code = code * 8 + u16::from(next - b'0');
                                    }
                                }
                                own.push(code as u8);
                            }
                            Some(other) => own.push(other),
                            None => break,
                        },
                        b'(' => {
                            depth += 1;
                            own.push(byte);
                        }
                        b')' if depth == 1 => break,
                        b')' => {
                            depth -= 1;
                            own.push(byte);
                        }
                        other => own.push(other),
                    }
                }
                found.push(own);
            }
            _ => {}
        }
    }
    found
}

fn streams(pdf: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut rest = pdf;
    let at = |bytes: &[u8], what: &[u8]| bytes.windows(what.len()).position(|window| window == what);
    while let Some(start) = at(rest, b"stream\n") {
        let body = &rest[start + 7..];
        let Some(end) = at(body, b"endstream") else { break };
        let mut plain = Vec::new();
        if flate2::read::ZlibDecoder::new(&body[..end]).read_to_end(&mut plain).is_ok() && !plain.is_empty() {
            found.push(plain);
        } else {
            found.push(body[..end].to_vec());
        }
        rest = &body[end + 9..];
    }
    found
}

/// `<0012> <6388>` of a ToUnicode map.
fn letters(map: &str) -> Vec<(u16, String)> {
    let hex = |part: &str| part.trim().strip_prefix('<')?.strip_suffix('>').map(str::to_owned);
    let one = |line: &str| -> Option<(u16, String)> {
        let (glyph, letters) = line.trim().split_once(' ')?;
        let units: Vec<u16> =
            hex(letters)?.as_bytes().chunks(4).filter_map(|four| u16::from_str_radix(std::str::from_utf8(four).ok()?, 16).ok()).collect();
        Some((u16::from_str_radix(&hex(glyph)?, 16).ok()?, String::from_utf16(&units).ok()?))
    };
    map.lines().filter_map(one).collect()
}
