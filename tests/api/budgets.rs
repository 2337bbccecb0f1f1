//! Small requests that cost much, each with the answer that it gets: the number that it exceeds, in little time, with the server as it was.

use crate::support::{Client, OPERATOR, OWN_PARK, Server, own_city, reading};
use serde_json::{Value, json};
use std::f64::consts::TAU;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const DEGREES_PER_METRE: f64 = 1.0 / 111_000.0;
/// Tests run unoptimised and beside one another.
const SOON: Duration = Duration::from_secs(10);

fn place(client: &Client) -> [f64; 2] {
    let focus = client.get_with("/", &[("accept", "application/json")]).json()["city"]["focus"].clone();
    let bound = |index: usize| focus[index].as_f64().unwrap();
    [(bound(0) + bound(2)) / 2.0, (bound(1) + bound(3)) / 2.0]
}

fn polygon(mut points: Vec<[f64; 2]>) -> Value {
    points.push(points[0]);
    json!({ "type": "Polygon", "coordinates": [points] })
}

fn circle([lon, lat]: [f64; 2], corners: usize, radius_m: f64) -> Value {
    let corner = |index: usize| {
        let turn = TAU * index as f64 / corners as f64;
        let reach = radius_m * DEGREES_PER_METRE;
        [lon + reach * turn.cos(), lat + reach * turn.sin()]
    };
    polygon((0..corners).map(corner).collect())
}

fn comb([west, south]: [f64; 2], corners: usize) -> Value {
    let (side, teeth) = (300.0 * DEGREES_PER_METRE, corners / 2);
    let tooth = |index: usize| {
        let (x, y) = (west + side * index as f64 / teeth as f64, south + if index % 2 == 1 { side } else { side / 15.0 });
        [[x, y], [x + side / teeth as f64 / 2.0, y]]
    };
    polygon(std::iter::once([west, south]).chain((0..teeth).flat_map(tooth)).chain([[west + side, south]]).collect())
}

fn square([west, south]: [f64; 2], side_m: f64) -> Value {
    let side = side_m * DEGREES_PER_METRE;
    polygon(vec![[west, south], [west + side, south], [west + side, south + side], [west, south + side]])
}

fn sieve([west, south]: [f64; 2], holes: usize) -> Value {
    let across = (holes as f64).sqrt().ceil() as usize;
    let step = 900.0 * DEGREES_PER_METRE / across as f64;
    let mut shape = square([west, south], 900.0);
    for index in 0..holes {
        let (x, y) = (west + ((index % across) as f64 + 0.25) * step, south + ((index / across) as f64 + 0.25) * step);
        let ring = json!([[x, y], [x, y + step / 2.0], [x + step / 2.0, y + step / 2.0], [x + step / 2.0, y], [x, y]]);
        shape["coordinates"].as_array_mut().unwrap().push(ring);
    }
    shape
}

fn wkt(shape: &Value) -> String {
    let positions = shape["coordinates"][0].as_array().unwrap().iter().map(|point| format!("{} {}", point[0], point[1]));
    format!("POLYGON(({}))", positions.collect::<Vec<_>>().join(","))
}

/// Refused soon, with a number in the text.
fn refused(name: &str, ask: impl FnOnce() -> crate::support::Answer) {
    let begin = Instant::now();
    let problem = ask().problem(400);
    assert!(begin.elapsed() < SOON, "{name}: {:?}", begin.elapsed());
    let told = problem["detail"].as_str().unwrap();
    assert!(told.chars().any(|letter| letter.is_ascii_digit()), "{name}: {told}");
}

#[test]
fn drawn_shapes_are_bounded_by_their_corners_and_their_area() {
    let client = Client::guest(reading());
    let at = place(&client);
    for (name, outline) in [
        ("a comb of 4,000", comb(at, 4_000)),
        ("a circle of 10,000", circle(at, 10_000, 300.0)),
        ("50 km square", square(at, 50_000.0)),
        ("1,000 holes", sieve(at, 1_000)),
    ] {
        refused(name, || client.execute("upstairs", json!({ "outline": outline })));
    }
    refused("an area of 20,000", || client.execute("consolidate", json!({ "area": circle(at, 20_000, 300.0) })));
    assert_eq!(client.execute("upstairs", json!({ "outline": circle(at, 60, 100.0) })).status, 200);
}

#[test]
fn filters_orders_names_and_texts_are_bounded() {
    let client = Client::guest(reading());
    let at = place(&client);
    let search = |layer: &str, body: Value| client.send("POST", &format!("/collections/{layer}/search"), &[], &body.to_string());
    refused("40,000 positions", || search("parcel", json!({ "filter": format!("S_INTERSECTS(geom,{})", wkt(&circle(at, 40_000, 20_000.0))) })));
    let sort = ["land_use,code"; 2_500].join(",");
    refused("5,000 sort keys", || search("parcel", json!({ "sortby": sort })));
    let codes: Vec<String> = (0..200_000).map(|number| format!("x{number}")).collect();
    refused("200,000 codes", || search("parcel", json!({ "ids": codes })));
    refused("60,000 letters", || client.query("/search", &[("q", &"a".repeat(60_000))]));
    let brackets = format!("\"a'b\" = {}", "(".repeat(1_000));
    refused("a quoted name and 1,000 brackets", || client.query("/collections/parcel/items", &[("filter", &brackets)]));
    // Nested around `=`: as dear as it is long.
    let begin = Instant::now();
    let nested = format!("{}code=code{}", "(".repeat(60), ")=(1=1)".repeat(60));
    assert_eq!(client.query("/collections/parcel/items", &[("limit", "1"), ("filter", &nested)]).status, 200);
    assert!(begin.elapsed() < SOON);
}

/// Of 34 jobs of one address some are taken; the others are told how many may wait, and when to come again.
#[test]
fn a_flood_of_jobs_is_told_its_number() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let client = Client::guest(&server);
    let body = json!({ "inputs": { "all": true, "matrix": true, "uses": ["all"] } }).to_string();
    let answers: Vec<_> = (0..34).map(|_| client.send("POST", "/processes/upstairs/execution", &[("prefer", "respond-async")], &body)).collect();
    let taken = answers.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(taken, 8);
    let last = answers.last().unwrap();
    assert!(last.problem(429)["detail"].as_str().unwrap().contains('8') && !last.header("retry-after").is_empty());
    assert_eq!(client.get("/collections/parcel/items?limit=1").status, 200);
}

#[test]
fn silent_connections_do_not_keep_others_out() {
    let (_folder, city) = own_city();
    // More than it may open files.
    let server = Server::start_under(&city, "-n 400");
    let address = server.url.trim_start_matches("http://").to_owned();
    let silent: Vec<TcpStream> = (0..500).map_while(|_| TcpStream::connect(&address).ok()).collect();
    assert_eq!(silent.len(), 500);
    for _ in 0..5 {
        let begin = Instant::now();
        let mut one = TcpStream::connect(&address).unwrap();
        one.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut text = String::new();
        one.read_to_string(&mut text).unwrap();
        assert!(text.starts_with("HTTP/1.1 200") && begin.elapsed() < Duration::from_secs(2), "{:?} {text}", begin.elapsed());
    }
}

/// A limit of the file's size instead of a full disk: the same to whoever writes.
#[test]
fn a_file_that_may_not_grow_is_an_answer_and_not_the_end() {
    let (_folder, city) = own_city();
    let server = Server::start_under(&city, "-f 512");
    let client = Client::signed_in(&server, OPERATOR);
    let units = client.get(&format!("/units?park={OWN_PARK}&limit=2000")).json();
    let ids: Vec<&str> = units["units"].as_array().unwrap().iter().map(|unit| unit["id"].as_str().unwrap()).collect();
    let mut refused = None;
    for (turn, id) in ids.iter().cycle().take(3_000).enumerate() {
        let body = json!({ "area_m2": 10.0 + turn as f64 / 1000.0 }).to_string();
        let answer = client.send("PATCH", &format!("/units/{id}"), &[("if-match", "*")], &body);
        if answer.status >= 500 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("the limit is reached");
    assert_eq!(refused.problem(507)["type"], "urn:parkplan:problem:disk_full");
    assert_eq!(client.get("/healthz").status, 200);
    assert_eq!(client.get("/collections/parcel/items?limit=1").status, 200);
    let export = json!({ "collection": "parcel", "format": "geojson" }).to_string();
    assert_eq!(client.send("POST", "/exports", &[], &export).problem(507)["type"], "urn:parkplan:problem:disk_full");
}

#[test]
fn an_answer_that_nobody_waits_for_is_not_computed_to_its_end() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let filter = ["CASEI(id) = CASEI('x')"; 3_000].join(" OR ");
    let body = json!({ "limit": 1, "filter": filter }).to_string();
    let head = format!(
        "POST /collections/unit/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let callers: Vec<TcpStream> = (0..4).map(|_| server.raw(&format!("{head}{body}"))).collect();
    std::thread::sleep(Duration::from_millis(700));
    drop(callers);
    std::thread::sleep(Duration::from_millis(700));
    let before = server.busy();
    std::thread::sleep(Duration::from_millis(500));
    assert!(server.busy() - before < Duration::from_millis(150), "{:?}", server.busy() - before);
}
