//! Every route by every role, with names planted in all that is private: what a caller may not see stands in no byte that he is sent, and what he may not do
//! is not done. A route without a line here fails.

use crate::support::{ADMIN, Answer, Client, OPERATOR, OTHER_PARK, OWN_PARK, PLANNER, REVIEWER, Server, own_city, schema};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::Path;

/// Beginning of every planted name.
const PLANT: &str = "PLANT-";
const ROLES: [&str; 5] = ["guest", "operator", "planner", "reviewer", "admin"];
const BUREAU: &[&str] = &["planner", "reviewer", "admin"];
const PLANNERS: &[&str] = &["planner", "admin"];
const OPERATORS: &[&str] = &["operator"];

/// What of a route is tried.
enum Line {
    /// Reads, each with what stands behind the route: whoever asks sees only what is his.
    Read(&'static [&'static str]),
    /// Reads with a body.
    Ask(&'static [&'static str]),
    /// A write and who may do it; nobody else's goes through.
    Write(&'static str, &'static [&'static str]),
    /// Nothing of the city goes in or out.
    Bare,
}
use Line::{Ask, Bare, Read as Reads, Write};

/// Method, route, line. In addresses and bodies `{unit}` is a unit of the own park, `{other}` one of the other, `{plan}` a kept plan and so on.
#[rustfmt::skip]
const TABLE: &[(&str, &str, Line)] = &[
    ("get", "/", Reads(&["?f=json", "?f=html"])),
    ("get", "/api", Reads(&["", "?f=html"])),
    ("get", "/buildings/{code}/stack", Reads(&["/buildings/{building}/stack", "/buildings/{other_building}/stack", "/buildings/{other_building}/stack?f=html"])),
    ("get", "/catalogue", Reads(&[""])),
    ("get", "/changes", Reads(&["?since=0&limit=1000", "?since=0&collection=unit", "?since=0&collection=requirement", "?since=0&f=html"])),
    ("get", "/changes/stream", Bare),
    ("post", "/changes:restore", Write("/changes:restore {\"collection\":\"unit\",\"id\":\"{other}\",\"seq\":1}", &[])),
    ("get", "/collections", Reads(&["", "?f=html"])),
    ("get", "/collections/{collection}", Reads(&["/collections/unit", "/collections/firm", "/collections/parcel"])),
    ("get", "/collections/{collection}/items", Reads(&[
        "/collections/unit/items?limit=10000", "/collections/unit/items?limit=10000&f=csv", "/collections/unit/items?limit=10000&f=html",
        "/collections/unit/items?limit=10000&f=xlsx", "/collections/unit/items?limit=10000&f=gpkg",
        "/collections/unit/items?filter=tenant%20LIKE%20%27PLANT%25%27", "/collections/unit/items?sortby=tenant", "/collections/unit/items?tenant=PLANT-TENANT-BA-01",
        "/collections/unit/items?sortby=-rent_yuan_m2_month", "/collections/unit/items?resulttype=hits&filter=lease_end%20%3E%20DATE(%272031-01-01%27)",
        "/collections/parcel/items?limit=10000", "/collections/parcel/items?limit=10000&f=csv", "/collections/parcel/items?limit=10000&f=kml",
        "/collections/parcel/items?limit=10000&f=fgb", "/collections/parcel/items?limit=10000&f=shp", "/collections/parcel/items?limit=10000&f=geojsonseq",
        "/collections/parcel/items?sortby=owner", "/collections/parcel/items?filter=owner%20LIKE%20%27PLANT%25%27", "/collections/parcel/items?datetime=2026-01-01&limit=10000",
        "/collections/firm/items?limit=10000", "/collections/firm/items?filter=name%20LIKE%20%27PLANT%25%27", "/collections/firm/items?limit=10000&f=csv",
        "/collections/requirement/items?limit=1000", "/collections/virtual_member/items?limit=1000", "/collections/designation/items?limit=1000",
        "/collections/task_report/items?limit=10000", "/collections/instrument/items?limit=1000",
    ])),
    ("post", "/collections/{collection}/items", Write("/collections/virtual_park/items {\"code\":\"V-9\",\"name\":\"虚拟九\",\"cluster\":\"c24-robot\"}", PLANNERS)),
    ("get", "/collections/{collection}/items/{id}", Reads(&["/collections/unit/items/{unit}", "/collections/unit/items/{other}", "/collections/unit/items/{other}?f=html", "/collections/parcel/items/{parcel}", "/collections/requirement/items/{requirement}"])),
    ("delete", "/collections/{collection}/items/{id}", Write("/collections/requirement/items/{requirement} {}", PLANNERS)),
    ("patch", "/collections/{collection}/items/{id}", Write("/collections/requirement/items/{requirement} {\"note\":\"n\"}", PLANNERS)),
    ("get", "/collections/{collection}/queryables", Reads(&["/collections/unit/queryables", "/collections/parcel/queryables"])),
    ("get", "/collections/{collection}/schema", Reads(&["/collections/unit/schema", "/collections/parcel/schema"])),
    ("post", "/collections/{collection}/search", Ask(&[
        "/collections/unit/search {\"limit\":10000}", "/collections/unit/search {\"filter\":\"tenant LIKE 'PLANT%'\"}",
        "/collections/parcel/search {\"limit\":10000,\"sortby\":\"owner\"}", "/collections/firm/search {\"limit\":10000}", "/collections/parcel/search {\"properties\":[\"owner\"]}",
    ])),
    ("get", "/collections/{collection}/summary", Reads(&["/collections/unit/summary", "/collections/parcel/summary", "/collections/firm/summary", "/collections/requirement/summary", "/collections/parcel/summary?filter=owner%20LIKE%20%27PLANT%25%27"])),
    ("post", "/collections/{collection}/summary", Ask(&["/collections/unit/summary {}", "/collections/parcel/summary {\"filter\":\"owner LIKE 'PLANT%'\"}"])),
    ("get", "/collections/{collection}/tilejson.json", Reads(&["/collections/parcel/tilejson.json"])),
    ("get", "/collections/{collection}/tiles/WebMercatorQuad", Reads(&["/collections/parcel/tiles/WebMercatorQuad"])),
    ("get", "/collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}", Reads(&["/collections/parcel/tiles/WebMercatorQuad/{tile}", "/collections/building/tiles/WebMercatorQuad/{tile}"])),
    ("get", "/conformance", Reads(&[""])),
    ("get", "/designations", Reads(&["", "?f=html"])),
    ("post", "/designations", Write("/designations {}", PLANNERS)),
    ("get", "/designations/register", Reads(&["", "?f=csv"])),
    ("get", "/designations/{code}", Reads(&["/designations/none"])),
    ("patch", "/designations/{code}", Write("/designations/none {}", PLANNERS)),
    ("post", "/designations/{code}/assessments", Write("/designations/none/assessments {}", PLANNERS)),
    ("get", "/designations/{code}/certificate", Reads(&["/designations/none/certificate"])),
    ("get", "/designations/{code}/evidence/{sha256}", Reads(&["/designations/none/evidence/00"])),
    ("post", "/designations/{code}/moves", Write("/designations/none/moves {}", BUREAU)),
    ("get", "/designations/{code}/today", Reads(&["/designations/none/today"])),
    ("post", "/exports", Ask(&[
        "/exports {\"collection\":\"unit\",\"format\":\"csv\"}", "/exports {\"collection\":\"unit\",\"format\":\"xlsx\"}", "/exports {\"collection\":\"parcel\",\"format\":\"gpkg\"}",
        "/exports {\"collection\":\"parcel\",\"format\":\"kml\"}", "/exports {\"collection\":\"firm\",\"format\":\"csv\"}", "/exports {\"collection\":\"parcel\",\"format\":\"geojson\",\"filter\":\"owner LIKE 'PLANT%'\"}",
        "/exports {\"collection\":\"requirement\",\"format\":\"csv\"}", "/exports {\"collection\":\"unit\",\"format\":\"csv\",\"ids\":[\"{other}\"]}",
    ])),
    ("get", "/healthz", Reads(&[""])),
    ("get", "/readyz", Reads(&[""])),
    ("get", "/import-profiles", Reads(&[""])),
    ("post", "/import-profiles", Write("/import-profiles {}", PLANNERS)),
    ("get", "/import-profiles/{id}", Reads(&["/import-profiles/none"])),
    ("delete", "/import-profiles/{id}", Write("/import-profiles/none {}", PLANNERS)),
    ("get", "/imports", Reads(&[""])),
    ("post", "/imports", Write("/imports {}", PLANNERS)),
    ("get", "/imports/{id}", Reads(&["/imports/none"])),
    ("delete", "/imports/{id}", Write("/imports/none {}", PLANNERS)),
    ("post", "/imports/{id}/commit", Write("/imports/none/commit {}", PLANNERS)),
    ("post", "/imports/{id}/preview", Write("/imports/none/preview {}", PLANNERS)),
    ("get", "/imports/{id}/rejects", Reads(&["/imports/none/rejects"])),
    ("post", "/imports/{id}/trial", Write("/imports/none/trial {}", PLANNERS)),
    ("post", "/imports:undo", Write("/imports:undo {\"revision\":1}", PLANNERS)),
    ("get", "/instruments", Reads(&["", "?f=html"])),
    ("post", "/instruments", Write("/instruments {}", PLANNERS)),
    ("get", "/instruments/{code}", Reads(&["/instruments/none"])),
    ("post", "/instruments/{code}/transitions", Write("/instruments/none/transitions {}", BUREAU)),
    ("get", "/jobs", Reads(&[""])),
    ("get", "/jobs/{id}", Reads(&["/jobs/{job}"])),
    ("delete", "/jobs/{id}", Write("/jobs/none {}", &[])),
    ("get", "/jobs/{id}/results", Reads(&["/jobs/{job}/results"])),
    ("get", "/lineage/{code}", Reads(&["/lineage/{parcel}"])),
    ("get", "/parcels/{code}/neighbours", Reads(&["/parcels/{parcel}/neighbours"])),
    ("get", "/parks/{code}/occupancy", Reads(&["/parks/BA-03/occupancy", "/parks/BA-01/occupancy", "/parks/BA-01/occupancy?f=html"])),
    ("post", "/parks/{code}/occupancy/import", Write("/parks/BA-01/occupancy/import?name=a.csv {}", &[])),
    ("get", "/parks/{code}/occupancy/template", Reads(&["/parks/BA-03/occupancy/template", "/parks/BA-01/occupancy/template"])),
    ("post", "/parks/{code}/reports", Write("/parks/BA-01/reports {\"period\":\"2026-06\"}", &[])),
    ("get", "/plans", Reads(&["", "?f=html"])),
    ("post", "/plans", Write("/plans {\"name\":\"方案\",\"kind\":\"selection\",\"parcels\":[\"{parcel}\"],\"result\":{}}", PLANNERS)),
    ("get", "/plans/{id}", Reads(&["/plans/{plan}", "/plans/{plan}?f=html"])),
    ("get", "/plans/{id}/items", Reads(&["/plans/{plan}/items"])),
    ("post", "/plans/{id}/tasks", Write("/plans/none/tasks {}", PLANNERS)),
    ("get", "/processes", Reads(&[""])),
    ("get", "/processes/{process}", Reads(&["/processes/match", "/processes/designate"])),
    ("post", "/processes/consolidate/execution", Ask(&["/processes/consolidate/execution {\"inputs\":{\"park\":\"BA-01\",\"sites\":1,\"time_limit\":2}}"])),
    ("post", "/processes/actionplan/execution", Ask(&["/processes/actionplan/execution {\"inputs\":{\"plans\":[\"{plan}\"]}}"])),
    ("post", "/processes/progress/execution", Ask(&["/processes/progress/execution {\"inputs\":{}}"])),
    ("post", "/processes/upstairs/execution", Ask(&["/processes/upstairs/execution {\"inputs\":{\"parcel\":\"{parcel}\"}}", "/processes/upstairs/execution {\"inputs\":{\"park\":\"BA-01\"}}"])),
    ("post", "/processes/designate/execution", Ask(&["/processes/designate/execution {\"inputs\":{}}", "/processes/designate/execution {\"inputs\":{\"park\":\"PLANT\"}}"])),
    ("post", "/processes/allocate/execution", Ask(&["/processes/allocate/execution {\"inputs\":{}}"])),
    ("post", "/processes/virtualparks/execution", Ask(&["/processes/virtualparks/execution {\"inputs\":{}}"])),
    ("post", "/processes/match/execution", Ask(&["/processes/match/execution {\"inputs\":{\"cluster\":\"c24-robot\",\"area_m2\":500}}"])),
    ("post", "/processes/tenants/execution", Ask(&["/processes/tenants/execution {\"inputs\":{\"unit\":\"{other}\"}}", "/processes/tenants/execution {\"inputs\":{\"unit\":\"{unit}\"}}"])),
    ("get", "/receipts/{number}", Reads(&["/receipts/1"])),
    ("get", "/receipts/{number}/rejects", Reads(&["/receipts/1/rejects"])),
    ("get", "/reports", Reads(&[""])),
    ("get", "/search", Reads(&["?q=PLANT", "?q=BA"])),
    ("get", "/session", Reads(&[""])),
    ("post", "/session", Bare),
    ("delete", "/session", Bare),
    ("post", "/session/setup", Bare),
    ("get", "/units", Reads(&["?park=BA-03", "?park=BA-01", "?building={other_building}", "?park=BA-01&f=html"])),
    ("get", "/units/{id}", Reads(&["/units/{unit}", "/units/{other}"])),
    ("patch", "/units/{id}", Write("/units/{unit} {\"note\":\"PLANT-NOTE-BA-03\"}", OPERATORS)),
    ("get", "/units/{id}/history", Reads(&["/units/{unit}/history", "/units/{other}/history"])),
    // Whose units are refused is told in the answer.
    ("post", "/units:batch", Write("/units:batch {\"confirm\":[],\"as_of\":\"2026-01-01\"}", &["operator", "planner", "reviewer", "admin"])),
    ("post", "/units:undo", Write("/units:undo {\"revision\":1}", OPERATORS)),
];

/// Which plants a role may see: tenants and firms of the own park; owners and the bureau's own tables for the bureau; accounts for all who are signed in.
fn may_see(role: &str, plant: &str) -> bool {
    match role {
        "guest" => false,
        "operator" => (plant.ends_with(OWN_PARK) && !plant.starts_with("PLANT-OWNER")) || plant.starts_with("PLANT-ACCOUNT"),
        _ => ["PLANT-OWNER", "PLANT-ACCOUNT", "PLANT-REQUIREMENT"].iter().any(|kind| plant.starts_with(kind)),
    }
}

struct Planted {
    names: BTreeMap<&'static str, String>,
}

/// Private columns of two parks, filled with names that stand nowhere else.
fn plant(city: &Path) -> Planted {
    let connection = rusqlite::Connection::open(city).unwrap();
    // What the R-tree's triggers name; no shape changes here.
    for name in ["ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"] {
        connection.create_scalar_function(name, 1, rusqlite::functions::FunctionFlags::SQLITE_UTF8, |_| Ok(0.0)).unwrap();
    }
    let one = |sql: &str| -> String { connection.query_row(sql, [], |row| row.get(0)).unwrap() };
    for park in [OWN_PARK, OTHER_PARK] {
        let of_park = format!("building IN (SELECT code FROM building WHERE park = '{park}')");
        connection
            .execute_batch(&format!(
                "UPDATE unit SET tenant = 'PLANT-TENANT-{park}', note = 'PLANT-NOTE-{park}' WHERE {of_park} AND state = 'let';
                 UPDATE firm SET name = 'PLANT-FIRM-' || rowid || '-{park}' WHERE park = '{park}';
                 UPDATE parcel SET owner = 'PLANT-OWNER-{park}' WHERE park = '{park}';"
            ))
            .unwrap();
    }
    let of = |park: &str, what: &str| {
        one(&format!("SELECT min({what}) FROM unit JOIN building ON building.code = unit.building WHERE building.park = '{park}' AND state = 'let'"))
    };
    let names = BTreeMap::from([
        ("unit", of(OWN_PARK, "unit.id")),
        ("other", of(OTHER_PARK, "unit.id")),
        ("building", of(OWN_PARK, "unit.building")),
        ("other_building", of(OTHER_PARK, "unit.building")),
        ("parcel", one(&format!("SELECT min(code) FROM parcel WHERE park = '{OTHER_PARK}'"))),
    ]);
    Planted { names }
}

impl Planted {
    fn fill(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// What people keep: a plan with owners in its result, a requirement, a job.
    fn keep(&mut self, server: &Server) {
        let planner = Client::signed_in(server, PLANT_PLANNER);
        let result =
            json!({ "sites": [{ "owners": ["PLANT-OWNER-BA-01"], "rows": [{ "owner": "PLANT-OWNER-BA-01", "tenant": "PLANT-TENANT-BA-01" }] }] });
        let plan = json!({ "name": "方案", "kind": "consolidation", "parcels": [self.names["parcel"]], "result": result });
        let kept = planner.send("POST", "/plans", &[], &plan.to_string());
        assert_eq!(kept.status, 201, "{}", String::from_utf8_lossy(&kept.bytes));
        self.names.insert("plan", kept.json()["id"].as_str().unwrap().to_owned());
        let requirement =
            json!({ "firm": "PLANT-REQUIREMENT-FIRM", "contact": "PLANT-REQUIREMENT-CONTACT", "cluster": "c24-robot", "area_least_m2": 100 });
        let kept = planner.send("POST", "/collections/requirement/items", &[], &requirement.to_string());
        let code = if kept.status == 201 { kept.json()["id"].as_str().unwrap_or("none").to_owned() } else { "none".to_owned() };
        self.names.insert("requirement", code);
        let job = crate::api::jobs::submit(&planner, "consolidate", &json!({ "park": OTHER_PARK, "sites": 1, "time_limit": 1 }));
        self.names.insert("job", job.json()["jobID"].as_str().unwrap().to_owned());
        self.names.insert("tile", tile(server));
    }
}

const PLANT_PLANNER: (&str, &str) = ("PLANT-ACCOUNT", "planner-password");

fn tile(server: &Server) -> String {
    let focus = Client::guest(server).get("/?f=json").json()["city"]["focus"].clone();
    let (lon, lat) = (focus[0].as_f64().unwrap(), focus[1].as_f64().unwrap().to_radians());
    let across = f64::from(1 << 14);
    let x = ((lon + 180.0) / 360.0 * across) as u32;
    let y = ((1.0 - (lat.tan() + 1.0 / lat.cos()).ln() / std::f64::consts::PI) / 2.0 * across) as u32;
    format!("14/{y}/{x}")
}

/// The planted names in an answer, those in packed files and headers as well.
fn plants(answer: &Answer) -> BTreeSet<String> {
    let mut texts = vec![String::from_utf8_lossy(&answer.bytes).into_owned(), format!("{:?}", answer.headers)];
    if answer.bytes.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&answer.bytes)).unwrap();
        for index in 0..archive.len() {
            let mut inside = Vec::new();
            archive.by_index(index).unwrap().read_to_end(&mut inside).unwrap();
            texts.push(String::from_utf8_lossy(&inside).into_owned());
        }
    }
    let mut found = BTreeSet::new();
    for text in texts {
        for (at, _) in text.match_indices(PLANT) {
            let name: String = text[at..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '-').collect();
            found.insert(name);
        }
    }
    found
}

fn parted(request: &str) -> (&str, &str) {
    request.split_once(' ').unwrap_or((request, "{}"))
}

#[test]
fn every_route_has_its_line() {
    let documented: BTreeSet<(String, String)> = schema::document()["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())).collect::<Vec<_>>())
        .collect();
    let lines: BTreeSet<(String, String)> = TABLE.iter().map(|(method, route, _)| ((*method).to_owned(), (*route).to_owned())).collect();
    let missing: Vec<_> = documented.difference(&lines).collect();
    let gone: Vec<_> = lines.difference(&documented).collect();
    assert!(missing.is_empty() && gone.is_empty(), "routes without a line: {missing:?}; lines without a route: {gone:?}");
}

#[test]
fn no_answer_holds_what_its_reader_may_not_see_and_no_write_goes_beyond_its_writer() {
    let (_folder, city) = own_city();
    crate::support::add_account(&city, PLANT_PLANNER, &["--role", "planner"]);
    let mut planted = plant(&city);
    let server = Server::start(&city);
    planted.keep(&server);
    let (mut asked, mut seen, mut wrong) = (0, BTreeSet::new(), Vec::new());
    for role in ROLES {
        let client = match role {
            "operator" => Client::signed_in(&server, OPERATOR),
            "planner" => Client::signed_in(&server, PLANNER),
            "reviewer" => Client::signed_in(&server, REVIEWER),
            "admin" => Client::signed_in(&server, ADMIN),
            _ => Client::guest(&server),
        };
        for (method, route, line) in TABLE {
            let answers: Vec<(String, Answer)> = match line {
                Bare => continue,
                Reads(requests) => requests
                    .iter()
                    .map(|request| {
                        let path = if request.starts_with('/') { planted.fill(request) } else { format!("{route}{}", planted.fill(request)) };
                        (format!("{role} GET {path}"), client.get(&path))
                    })
                    .collect(),
                Ask(requests) => requests
                    .iter()
                    .map(|request| {
                        let (path, body) = parted(request);
                        (format!("{role} POST {request}"), client.send("POST", path, &[], &planted.fill(body)))
                    })
                    .collect(),
                Write(request, may) => {
                    let (path, body) = parted(request);
                    let path = planted.fill(path);
                    let answer = client.send(&method.to_ascii_uppercase(), &path, &[("if-match", "\"none\"")], &planted.fill(body));
                    if (200..300).contains(&answer.status) && !may.contains(&role) {
                        wrong.push(format!("{role} {method} {path}: {}", answer.status));
                    }
                    vec![(format!("{role} {method} {path}"), answer)]
                }
            };
            for (name, answer) in answers {
                asked += 1;
                let found = plants(&answer);
                // What a caller said himself stands in his links.
                let leaked: Vec<&String> = found.iter().filter(|plant| !may_see(role, plant) && !name.contains(plant.as_str())).collect();
                if !leaked.is_empty() {
                    wrong.push(format!("{name}: {leaked:?}"));
                }
                if answer.status >= 500 {
                    wrong.push(format!("{name}: {} {}", answer.status, String::from_utf8_lossy(&answer.bytes)));
                }
                if answer.header("cache-control").is_empty() || answer.header("vary").is_empty() {
                    wrong.push(format!("{name}: {} without Cache-Control or Vary", answer.status));
                }
                let text = String::from_utf8_lossy(&answer.bytes);
                let folder = city.parent().unwrap().to_str().unwrap();
                if text.contains(folder) {
                    wrong.push(format!("{name}: tells where the city lies"));
                }
                seen.extend(found.into_iter().map(|plant| (role, plant)));
            }
        }
    }
    println!("{} routes, {} roles, {asked} answers; planted names seen: {}", TABLE.len(), ROLES.len(), seen.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    // The table can find something: each of those who may see a plant saw it.
    for (role, kind) in
        [("operator", "PLANT-TENANT"), ("operator", "PLANT-FIRM"), ("planner", "PLANT-OWNER"), ("planner", "PLANT-ACCOUNT"), ("admin", "PLANT-OWNER")]
    {
        assert!(seen.iter().any(|(who, plant)| *who == role && plant.starts_with(kind)), "{role} saw no {kind}");
    }
}

/// A private column is no way in by conditions and orders either: neither what is counted nor how it is sorted depends on it.
#[test]
fn counts_and_orders_are_no_oracle() {
    let (_folder, city) = own_city();
    plant(&city);
    let server = Server::start(&city);
    for account in [None, Some(PLANNER)] {
        let client = account.map_or_else(|| Client::guest(&server), |account| Client::signed_in(&server, account));
        for (name, value) in [
            ("filter", "tenant = 'PLANT-TENANT-BA-01'"),
            ("filter", "rent_yuan_m2_month > 50"),
            ("filter", "lease_end IS NULL"),
            ("filter", "CASEI(note) LIKE '%plant%'"),
            ("sortby", "tenant"),
            ("sortby", "-lease_end"),
        ] {
            let answer = client.query("/collections/unit/items", &[("limit", "1"), (name, value)]);
            let problem: Value = answer.problem(400);
            assert!(!problem.to_string().contains(PLANT) || value.contains(PLANT), "{value}: {problem}");
        }
    }
}
