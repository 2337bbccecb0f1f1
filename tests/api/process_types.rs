//! What the processes say of their types, against what they answer: every kind of answer of every process, by hand or as a job.
//!
//! An answer is held against the document by the client itself (`support::schema`), here also against the schema that the process shows.

use super::jobs::{finished, submit};
use crate::support::schema::{document, faults};
use crate::support::{Client, OTHER_PARK, OWN_PARK, PLANNER, Server, own_city, reading};
use serde_json::{Value, json};

/// A question, and what makes its answer one of a kind.
struct Kind {
    process: &'static str,
    inputs: Value,
    shows: &'static str,
    is_shown: fn(&Value) -> bool,
}

fn kind(process: &'static str, shows: &'static str, inputs: Value, is_shown: fn(&Value) -> bool) -> Kind {
    Kind { process, inputs, shows, is_shown }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A parcel of the own park that fits, and its outline.
fn parcel(client: &Client, fits: impl Fn(&Value) -> bool) -> (Value, Value) {
    let page = client.get(&format!("/collections/parcel/items?park={OWN_PARK}&limit=1000")).json();
    let feature = list(&page["features"]).iter().find(|feature| fits(&feature["properties"])).expect("a parcel").clone();
    (feature["id"].clone(), json!({ "type": "Polygon", "coordinates": feature["geometry"]["coordinates"][0] }))
}

/// Every cluster, kept out of one district.
fn closed_district(client: &Client) -> Vec<Value> {
    let clusters = client.get("/catalogue").json()["clusters"].clone();
    list(&clusters).iter().map(|cluster| json!({ "cluster": cluster["id"], "district": "440306" })).collect()
}

fn kinds(client: &Client) -> Vec<Kind> {
    let (limited, outline) = parcel(client, |row| row["far_limit"].is_number() && row["planar_area_m2"].as_f64() > Some(15_000.0));
    let free = client.execute("consolidate", json!({ "park": OWN_PARK, "min_area_ha": 2, "sites": 2 })).json();
    let sites = list(&free["candidates"][0]["sites"]);
    let ban = json!([sites[0]["parcels"][0]]);
    // The ends of a row of parcels.
    let row = sites.iter().map(|site| list(&site["parcels"])).max_by_key(|parcels| parcels.len()).expect("a site");
    let basket = json!([row[0], row[row.len() - 1]]);
    let plan = |more: Value| {
        let mut inputs = json!({ "from": 2026, "to": 2028, "parks": [OWN_PARK, OTHER_PARK] });
        inputs.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        inputs
    };
    vec![
        kind("consolidate", "sites with a ledger", json!({ "park": OWN_PARK, "min_area_ha": 2, "weights": { "owners": 0.3 } }), |answer| {
            !list(&answer["candidates"][0]["sites"][0]["ledger"]["rows"]).is_empty() && answer.get("connect").is_none()
        }),
        kind("consolidate", "no site at all", json!({ "park": OWN_PARK, "min_area_ha": 900, "max_area_ha": 1000 }), |answer| {
            list(&answer["candidates"]).iter().all(|candidate| list(&candidate["sites"]).is_empty()) && !list(&answer["excluded"]).is_empty()
        }),
        kind("consolidate", "a banned parcel with its details", json!({ "park": OWN_PARK, "ban": ban }), |answer| {
            list(&answer["excluded"])
                .iter()
                .any(|left| left["reason"] == "banned" && list(&left["details"]).iter().all(|one| one.get("missing").is_none()))
        }),
        kind("consolidate", "a basket in two pieces", json!({ "parcels": basket, "min_area_ha": 0 }), |answer| !list(&answer["connect"]).is_empty()),
        kind("actionplan", "years and targets", plan(json!({ "capacity_ha": 12, "targets": [{ "year": 2027, "ha": 20 }] })), |answer| {
            !list(&answer["gantt"]).is_empty() && answer["years"][0]["target_ha"].is_null() && answer["years"][1]["target_ha"].is_number()
        }),
        kind(
            "actionplan",
            "targets that cannot be met",
            plan(json!({ "capacity_ha": 5, "hard": true, "targets": [{ "year": 2027, "ha": 900 }] })),
            |answer| !list(&answer["relaxation"]).is_empty(),
        ),
        kind("actionplan", "sites without a year", plan(json!({ "capacity_ha": 0.001, "budget_wan": null })), |answer| {
            list(&answer["sites"]).iter().all(|site| site["year"].is_null()) && !list(&answer["excluded"]).is_empty()
        }),
        kind("actionplan", "no site, since no instrument is accepted", plan(json!({ "source": "accepted" })), |answer| {
            list(&answer["sites"]).is_empty()
        }),
        kind("upstairs", "a parcel in full", json!({ "parcel": limited, "cluster": "c24-robot" }), |answer| {
            !list(&answer["plates"]).is_empty() && !list(&answer["fit"]).is_empty() && answer.get("parcels").is_none()
        }),
        kind("upstairs", "a parcel on which nothing fits", json!({ "parcel": limited, "set": { "far": 0.01 } }), |answer| {
            list(&answer["plates"]).is_empty()
        }),
        kind("upstairs", "a way to mend", json!({ "parcel": limited, "set": { "wanted_gfa": 400_000 } }), |answer| {
            !list(&answer["smallest_change"]).is_empty()
        }),
        kind("upstairs", "an outline without limits", json!({ "outline": outline }), |answer| {
            answer["allowed_gfa_m2"].is_null() && answer["parcels"].is_array()
        }),
        kind("upstairs", "a park", json!({ "park": OWN_PARK }), |answer| {
            answer["what_if"].is_null() && answer["matrix"].is_null() && answer["parcels"][0]["binding"].is_array()
        }),
        kind("upstairs", "a park with a change of limits", json!({ "park": OWN_PARK, "add": { "far": 0.5 }, "matrix": true }), |answer| {
            answer["what_if"]["gain_m2"].is_number() && answer["by_park"][0]["gain_m2"].is_number() && list(&answer["matrix"]).len() == 112
        }),
        kind("upstairs", "the whole city", json!({ "all": true }), |answer| answer["parcels"][0].get("binding").is_none()),
        kind("virtualparks", "members, points and hull", json!({ "as_of": "2026-09-01" }), |answer| {
            let first = &answer["parks"][0];
            !list(&first["members"]).is_empty() && first["hull"].is_object() && !list(&first["withheld"]).is_empty()
        }),
        kind("virtualparks", "nobody yet", json!({ "as_of": "2020-01-01", "park": "XN-02" }), |answer| {
            answer["parks"][0]["hull"].is_null() && answer["parks"][0]["buildings"] == 0
        }),
        kind("designate", "every park", json!({ "as_of": "2026-09-01" }), |answer| list(&answer["parks"]).len() == 20),
        kind("designate", "a scheme of conditions only", json!({ "as_of": "2026-09-01", "pack": "designation-sichuan" }), |answer| {
            list(&answer["parks"]).iter().all(|park| park["rank"].is_null() && list(&park["sensitivity"]["heads"]).is_empty())
        }),
        kind("designate", "evidence that is not there", json!({ "as_of": "2031-09-01", "park": OWN_PARK }), |answer| {
            list(&answer["parks"][0]["indicators"]).iter().any(|indicator| indicator["verdict"] == "unknown" && indicator["value"].is_null())
        }),
        kind("allocate", "both matrices", json!({ "as_of": "2026-09-01" }), |answer| {
            answer["certificate"].is_null() && answer["other"]["basis"] == "parks" && answer["what_if"].is_null()
        }),
        kind("allocate", "bounds that clash", json!({ "exempt": ["future"], "basis": "firms" }), |answer| {
            answer["certificate"]["equal"].is_object() && !list(&answer["best"]["breaches"]).is_empty()
        }),
        kind(
            "allocate",
            "a district that may have nothing",
            json!({ "forbidden": closed_district(client), "what_if": { "park": OWN_PARK, "lead_clusters": [] } }),
            |answer| answer["certificate"].get("equal").is_none() && answer["certificate"]["kind"] == "district" && answer["what_if"].is_object(),
        ),
        kind("match", "floors and parcels", json!({ "need": { "cluster": "c24-robot", "area_min_m2": 1500, "area_max_m2": 3000 } }), |answer| {
            answer["sites"][0]["building"].is_string() && list(&answer["counts"]["criteria"]).len() == 2 && !list(&answer["excluded"]).is_empty()
        }),
        kind("match", "what fails, with its change", json!({ "need": { "power_kva": 90_000 }, "kinds": ["floor"], "limit": 5 }), |answer| {
            list(&answer["sites"]).iter().all(|site| site["mendable"] == true) && answer["sites"][0]["change"][0]["criterion"] == "power"
        }),
        kind("match", "parcels alone", json!({ "need": { "area_min_m2": 5000 }, "kinds": ["parcel"] }), |answer| {
            answer["sites"][0]["building"].is_null() && answer["sites"][0]["state"] == "spare"
        }),
        kind("tenants", "nothing for a guest", json!({ "site": limited }), |answer| list(&answer["requirements"]).is_empty()),
        kind("allocate", "outputs of another year", json!({ "as_of": "2031-09-01" }), |answer| {
            list(&answer["unknown"]).iter().any(|part| part["part"] == "location_quotient")
        }),
    ]
}

/// What a process shows of its answer, by itself: it refers to nothing outside.
fn shown(client: &Client, process: &str) -> Value {
    let schema = client.get(&format!("/processes/{process}")).json()["outputs"]["answer"]["schema"].clone();
    assert!(schema.is_object() && !schema.to_string().contains("$ref"), "{process}: {schema}");
    schema
}

#[test]
fn every_kind_of_answer_is_what_its_process_says_at_once_and_as_a_job() {
    let client = Client::guest(reading());
    for Kind { process, inputs, shows, is_shown } in kinds(&client) {
        let one = client.get(&format!("/processes/{process}")).json();
        assert_eq!(faults(&one["inputSchema"], &inputs), [""; 0], "{process}, {shows}");
        let answer = client.execute(process, inputs.clone());
        assert_eq!(answer.status, 200, "{process}, {shows}: {}", String::from_utf8_lossy(&answer.bytes));
        let answer = answer.json();
        assert!(is_shown(&answer), "{process} does not show {shows}: {:.2000}", answer.to_string());
        assert_eq!(faults(&shown(&client, process), &answer), [""; 0], "{process}, {shows}");
        let place = submit(&client, process, &inputs).header("location").to_owned();
        assert_eq!(finished(&client, &place)["status"], "successful", "{process}, {shows}");
        assert_eq!(client.get(&format!("{place}/results")).json(), answer, "{process}, {shows}");
    }
}

#[test]
fn owners_and_lights_are_in_the_types_too() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let owned = planner.execute("consolidate", json!({ "park": OWN_PARK, "min_area_ha": 2 })).json();
    let rows = list(&owned["candidates"][0]["sites"][0]["ledger"]["rows"]).to_vec();
    assert!(rows.iter().any(|row| row["owner"].is_string()));
    assert_eq!(faults(&shown(&planner, "consolidate"), &owned), [""; 0]);
    let plan = planner.execute("actionplan", json!({ "from": 2025, "to": 2028, "parks": [OWN_PARK], "capacity_ha": 12 })).json();
    let body = json!({ "name": "三年行动", "kind": "actionplan", "result": plan }).to_string();
    assert_eq!(planner.send("POST", "/plans", &[], &body).status, 201);
    for as_of in ["2024-06-30", "2026-06-30", "2031-01-01"] {
        let id = &planner.get("/plans").json()["plans"][0]["id"];
        let kept = planner.execute("progress", json!({ "as_of": as_of })).json();
        assert_eq!((&kept["basis"], faults(&shown(&planner, "progress"), &kept)), (&json!("tasks"), Vec::new()), "{as_of}");
        let lights = planner.execute("progress", json!({ "as_of": as_of, "plan": id })).json();
        let begun = list(&lights["tasks"]).iter().filter(|task| task["shown"].is_string()).count();
        assert_eq!(begun > 0, as_of != "2024-06-30", "{as_of}");
        assert_eq!(faults(&shown(&planner, "progress"), &lights), [""; 0], "{as_of}");
    }
}

#[test]
fn a_process_shows_types_that_its_own_example_and_defaults_fit() {
    let client = Client::guest(reading());
    let list = client.get("/processes").json();
    for process in list["processes"].as_array().unwrap() {
        let id = process["id"].as_str().unwrap();
        let one = client.get(&format!("/processes/{id}")).json();
        assert_eq!(faults(&one["inputSchema"], &one["example"]["inputs"]), [""; 0], "{id}");
        assert!(!one["inputSchema"].to_string().contains("$ref"), "{id}");
        let post = &document()["paths"][format!("/processes/{id}/execution")]["post"];
        let inputs = &post["requestBody"]["content"]["application/json"]["schema"]["properties"]["inputs"];
        assert_eq!(faults(inputs, &one["example"]["inputs"]), [""; 0], "{id}");
        assert!(post["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].is_string(), "{id}: {post}");
    }
    let defaults = client.get("/processes/consolidate").json()["defaults"].clone();
    assert_eq!(faults(&json!({ "$ref": "#/components/schemas/ConsolidateDefaults" }), &defaults), [""; 0]);
}

#[test]
fn a_null_where_nothing_should_stand_or_a_member_too_few_is_a_fault() {
    let client = Client::guest(reading());
    let schema = shown(&client, "consolidate");
    let answer = client.execute("consolidate", json!({ "park": OWN_PARK, "min_area_ha": 2 })).json();
    let with = |change: fn(&mut Value)| {
        let mut changed = answer.clone();
        change(&mut changed);
        faults(&schema, &changed).len()
    };
    assert_eq!(with(|_| ()), 0);
    assert!(with(|answer| answer["connect"] = Value::Null) > 0);
    assert!(with(|answer| answer["candidates"][0]["sites"][0]["ledger"]["rows"][0]["owner"] = Value::Null) > 0);
    assert!(with(|answer| answer["candidates"][0]["sites"][0]["ledger"]["rows"][0].as_object_mut().unwrap().remove("tenure").map_or((), drop)) > 0);
    assert!(with(|answer| answer["candidates"][0]["sites"][0]["colour"] = json!("red")) > 0);
    assert!(with(|answer| answer["excluded"][0]["reason"] = json!("bored")) > 0);
    assert!(with(|answer| answer["bound"] = json!("12")) > 0);
}
