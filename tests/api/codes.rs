//! Codes with every character that means something to a URL, a list or a filter: each finds its one parcel, by each way of asking.

use crate::support::{Client, Server, must, path};
use serde_json::{Value, json};
use std::path::Path;

const CODES: [&str; 16] = ["A1", "A,1", "A/1", "A?1", "A#1", "A%1", "A%2F1", "A 1", "A'1", "A''1", "A+1", "A\\1", "..", "宗地一", "Ａ１", "\"A\""];

fn city_of(codes: &[&str], folder: &Path) -> std::path::PathBuf {
    let (city, file) = (folder.join("codes.gpkg"), folder.join("codes.geojson"));
    must(&["new", path(&city), "--crs", "EPSG:4547"]);
    let square = |index: usize| {
        let (west, east) = (114.0 + index as f64 * 0.001, 114.0005 + index as f64 * 0.001);
        json!([[[west, 22.5], [east, 22.5], [east, 22.5005], [west, 22.5005], [west, 22.5]]])
    };
    let feature = |(index, code): (usize, &&str)| json!({ "type": "Feature", "properties": { "code": code }, "geometry": { "type": "Polygon", "coordinates": square(index) } });
    let features: Vec<Value> = codes.iter().enumerate().map(feature).collect();
    std::fs::write(&file, json!({ "type": "FeatureCollection", "features": features }).to_string()).unwrap();
    must(&["--quiet", "import", path(&city), "--layer", "parcel", path(&file)]);
    city
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn found(answer: &Value) -> Vec<&str> {
    answer["features"].as_array().unwrap().iter().map(|feature| feature["id"].as_str().unwrap()).collect()
}

#[test]
fn each_code_finds_its_one_parcel_by_each_way() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&city_of(&CODES, folder.path()));
    let client = Client::guest(&server);
    assert_eq!(client.get("/collections/parcel/items?limit=1").json()["numberMatched"], CODES.len());
    for code in CODES {
        let quoted = format!("\"{}\"", code.replace('"', "\"\""));
        let ways =
            [("ids", code.to_owned()), ("ids", quoted), ("code", code.to_owned()), ("filter", format!("code = '{}'", code.replace('\'', "''")))];
        for (name, value) in ways {
            let answer = client.get(&format!("/collections/parcel/items?{name}={}", encoded(&value)));
            assert_eq!(answer.status, 200, "{name}={value}: {}", String::from_utf8_lossy(&answer.bytes));
            assert_eq!(found(&answer.json()), [code], "{name}={value}");
        }
        let body = json!({ "ids": [code] }).to_string();
        assert_eq!(found(&client.send("POST", "/collections/parcel/search", &[], &body).json()), [code]);
        // A client removes a segment `..`, even percent-encoded, before it asks.
        if code != ".." {
            let answer = client.get(&format!("/collections/parcel/items/{}", encoded(code)));
            assert_eq!((answer.status, answer.json()["id"].as_str()), (200, Some(code)), "{code}");
            assert_eq!(client.get(&format!("/parcels/{}/neighbours", encoded(code))).json()["parcel"], code);
        }
    }
    let asked: Vec<String> = CODES.iter().map(|code| format!("ids={}", encoded(code))).collect();
    let all = client.get(&format!("/collections/parcel/items?limit=100&{}", asked.join("&"))).json();
    assert_eq!(found(&all), CODES, "repeated, each is one code");
    let list = encoded("\"A,1\",A/1,\"\"\"A\"\"\",nowhere");
    assert_eq!(found(&client.get(&format!("/collections/parcel/items?ids={list}")).json()), ["A,1", "A/1", "\"A\""]);
    client.get("/collections/parcel/items?ids=%22A").problem(400);
}

#[test]
fn links_of_items_with_such_codes_lead_to_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&city_of(&CODES, folder.path()));
    let client = Client::guest(&server);
    let mut path = format!("/collections/parcel/items?limit=1&ids={}&ids={}&ids={}", encoded("A,1"), encoded("A+1"), encoded("A%2F1"));
    let mut seen = Vec::new();
    loop {
        let page = client.get(&path).json();
        seen.extend(found(&page).into_iter().map(str::to_owned));
        match page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next") {
            Some(next) => path = next["href"].as_str().unwrap().strip_prefix(&server.url).unwrap().to_owned(),
            None => break,
        }
    }
    assert_eq!(seen, ["A,1", "A%2F1", "A+1"]);
}

#[test]
fn a_number_against_a_code_asks_for_quotes_and_finds_no_other_parcel() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&city_of(&["0012", "12", "440306000000000001"], folder.path()));
    let client = Client::guest(&server);
    let filter = |text: &str| client.query("/collections/parcel/items", &[("filter", text)]);
    for bare in ["code = 0012", "0012 = code", "code IN (0012, 12)", "code = 440306000000000001", "code <> 0012"] {
        let problem = filter(bare).problem(400);
        let told = format!("{} {}", problem["title"], problem["detail"]);
        assert!(told.contains('\'') || told.contains("引号"), "{bare}: {told}");
    }
    for code in ["0012", "12", "440306000000000001"] {
        assert_eq!(found(&filter(&format!("code = '{code}'")).json()), [code]);
        assert_eq!(found(&client.get(&format!("/collections/parcel/items?code={code}")).json()), [code]);
    }
}
