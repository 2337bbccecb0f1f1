//! The analyses over HTTP: what holds of every answer.

use crate::support::{Client, OPERATOR, OWN_PARK, PLANNER, reading};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn consolidation_balances_its_ledger_and_accounts_for_every_parcel() {
    let client = Client::guest(reading());
    let inputs = json!({ "park": OWN_PARK, "min_area_ha": 2, "max_area_ha": 12, "sites": 4, "seed": 3 });
    let answer = client.execute("consolidate", inputs.clone()).json();
    let best = &answer["candidates"][0];
    assert_eq!(best["label"], "best");
    let mut used = BTreeSet::new();
    for site in best["sites"].as_array().unwrap() {
        for code in texts(&site["parcels"]) {
            assert!(used.insert(code), "sites share no parcel");
        }
        let area = site["area_m2"].as_f64().unwrap();
        assert!((20_000.0 - 1e-6..=120_000.0 + 1e-6).contains(&area), "{area}");
        let ledger = &site["ledger"];
        let number = |name: &str| ledger[name].as_f64().unwrap();
        let sum: f64 = ledger["rows"].as_array().unwrap().iter().map(|row| row["planar_area_m2"].as_f64().unwrap()).sum();
        assert!((sum - number("sum_in_m2")).abs() < 1e-6);
        let residual = number("sum_in_m2") - number("overlaps_m2") + number("gaps_m2") - number("dedications_m2") - number("out_m2");
        assert!(residual.abs() <= 1e-6 * ledger["rows"].as_array().unwrap().len() as f64, "{residual}");
        assert!(ledger["rows"][0].get("owner").is_none(), "owners are for planners");
    }
    let left_out: BTreeSet<String> = answer["excluded"].as_array().unwrap().iter().flat_map(|entry| texts(&entry["parcels"])).collect();
    assert!(left_out.is_disjoint(&used), "a parcel is in a site or left out, not both");
    let in_park = client.get(&format!("/collections/parcel/items?park={OWN_PARK}&limit=10000&skipGeometry=true")).json();
    for feature in in_park["features"].as_array().unwrap() {
        let code = feature["id"].as_str().unwrap();
        assert!(used.contains(code) || left_out.contains(code), "{code} has no answer to why not");
    }
    assert!(answer["bound"].as_f64().unwrap() + 1e-9 >= best["objective"].as_f64().unwrap());
    let again = client.execute("consolidate", inputs).json();
    assert_eq!(again, answer, "same inputs, same answer");
    let planner = Client::signed_in(reading(), PLANNER).execute("consolidate", json!({ "park": OWN_PARK })).json();
    assert_eq!(planner["run"]["pack"], "consolidation-shenzhen");
}

#[test]
fn a_form_starts_from_the_packs_figures() {
    let client = Client::guest(reading());
    let defaults = client.get("/processes/consolidate").json()["defaults"].clone();
    let weights = defaults["weights"].clone();
    let said = json!({ "park": OWN_PARK, "sites": 2, "min_area_ha": defaults["min_area_ha"], "max_area_ha": defaults["max_area_ha"], "weights": weights,
        "min_compactness": defaults["min_compactness"], "tolerance_m": defaults["tolerance_m"], "bridge_width_m": defaults["bridge_width_m"] });
    let (said, left_out) =
        (client.execute("consolidate", said).json(), client.execute("consolidate", json!({ "park": OWN_PARK, "sites": 2 })).json());
    assert_eq!((&said["candidates"], &said["bound"]), (&left_out["candidates"], &left_out["bound"]));
}

#[test]
fn a_ban_keeps_a_parcel_out_and_a_pin_keeps_it_in() {
    let client = Client::guest(reading());
    let question = |pin: &[String], ban: &[String]| json!({ "park": OWN_PARK, "min_area_ha": 2, "sites": 3, "pin": pin, "ban": ban });
    let free = client.execute("consolidate", question(&[], &[])).json();
    let chosen = texts(&free["candidates"][0]["sites"][0]["parcels"]);
    let banned = client.execute("consolidate", question(&[], &chosen[..1])).json();
    for candidate in banned["candidates"].as_array().unwrap() {
        assert!(candidate["sites"].as_array().unwrap().iter().all(|site| !texts(&site["parcels"]).contains(&chosen[0])));
    }
    let pinned = client.execute("consolidate", question(&chosen[..1], &[])).json();
    for candidate in pinned["candidates"].as_array().unwrap() {
        assert!(candidate["sites"].as_array().unwrap().iter().any(|site| texts(&site["parcels"]).contains(&chosen[0])));
    }
    client.execute("consolidate", question(&["nowhere".to_owned()], &[])).problem(400);
}

#[test]
fn upstairs_names_a_clause_for_each_verdict_and_a_looser_limit_gives_no_less() {
    let client = Client::guest(reading());
    let filter =
        json!({ "filter": format!("park = '{OWN_PARK}' AND land_use LIKE '1001%' AND planar_area_m2 > 15000"), "limit": 12, "skipGeometry": true })
            .to_string();
    let parcels = client.send("POST", "/collections/parcel/search", &[], &filter).json();
    let mut built = 0;
    for feature in parcels["features"].as_array().unwrap() {
        let code = feature["id"].as_str().unwrap();
        let answer = client.execute("upstairs", json!({ "parcel": code, "cluster": "c24-sensor" })).json();
        for finding in answer["findings"].as_array().unwrap() {
            assert!(finding["clause"].is_string() && finding["source"].is_string());
            assert!(["sourced", "unconfirmed"].contains(&finding["status"].as_str().unwrap()));
            if finding["measured"].is_null() {
                assert_ne!(finding["verdict"], "pass", "missing evidence never passes");
            }
        }
        let gross = answer["waterfall"][0]["area_m2"].as_f64().unwrap();
        assert!((gross - feature["properties"]["planar_area_m2"].as_f64().unwrap()).abs() < 1e-6 * gross);
        let gfa = answer["gfa_m2"].as_f64().unwrap();
        built += usize::from(gfa > 0.0);
        let far = answer["allowed_gfa_m2"].as_f64().map_or(3.0, |allowed| allowed / gross) + 1.0;
        let looser = client.execute("upstairs", json!({ "parcel": code, "cluster": "c24-sensor", "set": { "far": far } })).json();
        assert!(looser["gfa_m2"].as_f64().unwrap() >= gfa - 1e-6, "{code}");
    }
    assert!(built > 3, "{built} parcels can be built on: the test shows nothing");
    client.execute("upstairs", json!({ "parcel": "nowhere" })).problem(404);
    client.execute("upstairs", json!({ "parcel": parcels["features"][0]["id"], "set": { "magic": 1 } })).problem(400);
}

#[test]
fn designation_gives_every_park_a_card_and_unknown_never_passes() {
    let client = Client::guest(reading());
    let as_of = client.get("/?f=json").json()["city"]["as_of"].clone();
    let answer = client.execute("designate", json!({ "as_of": as_of })).json();
    let parks = answer["parks"].as_array().unwrap();
    assert_eq!(parks.len(), 20);
    for park in parks {
        let indicators = park["indicators"].as_array().unwrap();
        assert!(indicators.len() >= 5);
        for indicator in indicators {
            if indicator["value"].is_null() && indicator["withheld"] == false {
                assert_ne!(indicator["verdict"], "pass");
            }
            assert!(!indicator["excluded"].to_string().contains("9144SAMPLE"), "firm codes are private");
        }
    }
    let one = client.execute("designate", json!({ "park": OWN_PARK, "as_of": as_of })).json();
    assert_eq!(one["parks"][0], *parks.iter().find(|park| park["park"] == OWN_PARK).unwrap());
}

#[test]
fn an_allocation_counts_what_its_matrix_holds_and_its_best_keeps_the_bounds() {
    let client = Client::guest(reading());
    let inputs = json!({ "as_of": "2026-09-01" });
    let answer = client.execute("allocate", inputs.clone()).json();
    let list = |value: &Value| value.as_array().unwrap().clone();
    let (matrix, exempt) = (list(&answer["matrix"]), texts(&answer["exempt"]));
    assert_eq!((matrix.len(), exempt.len(), &answer["basis"]), (28 * 11, 15, &json!("declared")));
    let count = |side: &str, id: &Value, of: &str, all: bool| {
        let holds = |cell: &&Value| cell[side] == *id && cell[of] == true && (all || !exempt.contains(&cell["cluster"].as_str().unwrap().to_owned()));
        matrix.iter().filter(holds).count() as u64
    };
    for district in list(&answer["counts"]["districts"]) {
        assert_eq!(district["count"], count("district", &district["id"], "placed", false));
        assert_eq!(district["with_exempt"], count("district", &district["id"], "placed", true));
        assert!((3..=5).contains(&count("district", &district["id"], "best", false)), "{district}");
    }
    for cluster in list(&answer["counts"]["clusters"]) {
        assert_eq!(cluster["count"], count("cluster", &cluster["id"], "placed", true));
        assert!(cluster["exempt"] == true || (3..=5).contains(&count("cluster", &cluster["id"], "best", true)), "{cluster}");
    }
    // The sample's own two: a district with six clusters, a cluster in two districts.
    let warned: Vec<Value> =
        list(&answer["warnings"]).iter().map(|one| json!([one["kind"], one["id"], one["count"], one["bound"], one["limit"]])).collect();
    assert_eq!(warned, [json!(["cluster", "c24-sensor", 2, "min", 3]), json!(["district", "440305", 6, "max", 5])]);
    assert!(list(&answer["warnings"]).iter().all(|one| one["clause"].as_str().unwrap().contains("3—5个") && one["status"] == "sourced"));
    assert!(answer["other"]["basis"] == "parks" && !list(&answer["other"]["warnings"]).is_empty(), "the parks' own matrix is told too");
    assert!(answer["certificate"].is_null());
    // A guest is told the sum only where he is told every part of it.
    let placed = matrix.iter().filter(|cell| cell["best"] == true && !exempt.contains(&cell["cluster"].as_str().unwrap().to_owned()));
    let fits: Vec<Option<f64>> = placed.map(|cell| cell["fit"]["total"].as_f64()).collect();
    match answer["best"]["objective"].as_f64() {
        Some(objective) => assert!((fits.iter().map(|fit| fit.unwrap() - 0.25).sum::<f64>() - objective).abs() < 1e-9),
        None => assert!(fits.contains(&None)),
    }
    assert_eq!(list(&answer["overlap"]).len(), 55);
    assert_eq!(client.execute("allocate", inputs).json(), answer, "same inputs, same answer");
}

#[test]
fn a_park_that_changes_its_clusters_moves_the_parks_matrix_and_not_the_declared_one() {
    let client = Client::guest(reading());
    let plain = client.execute("allocate", json!({})).json();
    let change = json!({ "what_if": { "park": "GM-01", "lead_clusters": ["c24-ocean", "c24-ocean"] } });
    let changed = client.execute("allocate", change).json();
    assert_eq!((&changed["counts"], &changed["warnings"], &changed["best"]), (&plain["counts"], &plain["warnings"], &plain["best"]));
    let what_if = &changed["what_if"];
    assert_eq!(what_if["before"], json!(["c24-sensor", "c24-equipment", "c24-materials"]));
    // Sensors and materials have another park of the district; equipment has none.
    assert_eq!(what_if["gone"], json!([{ "cluster": "c24-equipment", "district": "440311" }]));
    assert_eq!(what_if["come"], json!([{ "cluster": "c24-ocean", "district": "440311" }]));
    assert_eq!(what_if["declared_stays"], true);
    let same = json!({ "what_if": { "park": "GM-01", "lead_clusters": what_if["before"] } });
    let same = client.execute("allocate", same).json()["what_if"].clone();
    assert_eq!((&same["gone"], &same["made"], &same["mended"]), (&json!([]), &json!([]), &json!([])));
    assert_eq!(same["audit"]["warnings"], plain["other"]["warnings"]);
    // A matrix of one's own in place of the city's, and a pair that may not be.
    let own = client.execute("allocate", json!({ "declared": [{ "cluster": "c24-robot", "district": "440306" }] })).json();
    assert_eq!(own["matrix"].as_array().unwrap().iter().filter(|cell| cell["placed"] == true).count(), 1);
    let pair = own["best"]["pairs"].as_array().unwrap().iter().find(|pair| pair["exempt"] == false).unwrap().clone();
    let (cluster, district) = (&pair["cluster"], &pair["district"]);
    let barred = client.execute("allocate", json!({ "forbidden": [{ "cluster": cluster, "district": district }] })).json();
    assert!(barred["best"]["pairs"].as_array().unwrap().iter().all(|pair| pair["cluster"] != *cluster || pair["district"] != *district));
    client.execute("allocate", json!({ "declared": [{ "cluster": "c24-robot", "district": "nowhere" }] })).problem(404);
    client.execute("allocate", json!({ "forbidden": [{ "cluster": "nothing", "district": "440306" }] })).problem(400);
}

#[test]
fn designation_offers_its_schemes_and_every_figure_leads_to_its_rows() {
    let client = Client::guest(reading());
    let offered = client.get("/processes/designate").json()["defaults"].clone();
    let packs = offered["packs"].as_array().unwrap();
    assert_eq!((&packs[0]["in_force"], &packs[0]["model"]), (&json!(true), &json!(false)));
    assert!(packs.iter().filter(|pack| pack["model"] == true).count() >= 3);
    for pack in packs {
        let answer = client.execute("designate", json!({ "as_of": "2026-09-01", "pack": pack["id"] })).json();
        assert_eq!(answer["run"]["pack"], pack["id"]);
        // A scheme that grades nobody ranks nobody.
        let ranked = answer["parks"].as_array().unwrap().iter().any(|park| park["rank"].is_number());
        assert!(!ranked || !pack["quotas"].is_null(), "{pack}");
    }
    let declared: Vec<&str> = offered["indicators"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    let card = client.execute("designate", json!({ "park": OWN_PARK, "as_of": "2026-09-01" })).json()["parks"][0].clone();
    for indicator in card["indicators"].as_array().unwrap() {
        let id = indicator["id"].as_str().unwrap();
        assert!(declared.contains(&id) || id.starts_with("facility_"), "{id}");
        assert!(indicator["flagged"].as_array().unwrap().iter().all(|one| one["ids"] == json!([])), "rents are private");
        for collection in indicator["rows"].as_array().unwrap() {
            assert!(card["evidence"].as_array().unwrap().iter().any(|rows| rows["collection"] == *collection), "{id}");
        }
    }
    for rows in card["evidence"].as_array().unwrap() {
        let body = json!({ "filter": rows["filter"], "limit": 1 }).to_string();
        let place = format!("/collections/{}/search", rows["collection"].as_str().unwrap());
        let operator = Client::signed_in(reading(), OPERATOR);
        let found = operator.send("POST", &place, &[], &body).json();
        assert!(found["numberMatched"].as_u64() > Some(0), "{rows}: {found}");
    }
}

#[test]
fn neighbours_over_http_are_symmetric() {
    let client = Client::guest(reading());
    let page = client.get(&format!("/collections/parcel/items?park={OWN_PARK}&limit=8&skipGeometry=true")).json();
    for feature in page["features"].as_array().unwrap() {
        let code = feature["id"].as_str().unwrap();
        let found = client.get(&format!("/parcels/{code}/neighbours")).json();
        for neighbour in found["neighbours"].as_array().unwrap() {
            let back = client.get(&format!("/parcels/{}/neighbours", neighbour["code"].as_str().unwrap())).json();
            let mirror = back["neighbours"].as_array().unwrap().iter().find(|other| other["code"] == code).expect("both ways").clone();
            assert_eq!(mirror["length_m"], neighbour["length_m"]);
        }
    }
}

#[test]
fn an_action_plan_keeps_its_limits_and_its_sums() {
    let client = Client::guest(reading());
    let inputs = json!({
        "from": 2026, "to": 2029, "parks": ["BA-03", "BA-01"], "capacity_ha": [12, 12, 8, 8], "budget_wan": 90_000,
        "targets": [{ "year": 2027, "ha": 40 }, { "year": 2029, "ha": 4_000 }], "banked_before_ha": 10, "source": "solved",
    });
    let answer = client.execute("actionplan", inputs.clone()).json();
    let number = |value: &Value| value.as_f64().unwrap();
    let sites = answer["sites"].as_array().unwrap();
    assert!(!sites.is_empty());
    let mut cumulative = 10.0;
    for line in answer["years"].as_array().unwrap() {
        let of_year: Vec<&Value> = sites.iter().filter(|site| site["year"] == line["year"]).collect();
        assert_eq!(of_year.len(), texts(&line["sites"]).len());
        let sum = |name: &str| of_year.iter().map(|site| number(&site[name])).sum::<f64>();
        assert!((sum("area_ha") - number(&line["area_ha"])).abs() < 1e-9 && (sum("cost_wan") - number(&line["cost_wan"])).abs() < 1e-6);
        assert!(number(&line["area_ha"]) <= number(&line["capacity_ha"]) * (1.0 + 1e-6) && number(&line["cost_wan"]) <= 90_000.0 * (1.0 + 1e-6));
        cumulative += number(&line["area_ha"]);
        assert!((cumulative - number(&line["cumulative_ha"])).abs() < 1e-9);
    }
    let rank = |site: &Value| ["start", "expand", "reserve"].iter().position(|phase| site["phase"] == *phase);
    for (a, b) in sites.iter().flat_map(|a| sites.iter().map(move |b| (a, b))) {
        if a["park"] == b["park"] && rank(a).zip(rank(b)).is_some_and(|(a, b)| a < b) && !a["year"].is_null() && !b["year"].is_null() {
            assert!(number(&a["year"]) <= number(&b["year"]), "{} goes after {}", a["id"], b["id"]);
        }
    }
    let last = &answer["targets"][1];
    assert!((number(&last["shortfall_ha"]) - (4_000.0 - cumulative)).abs() < 1e-9, "what the land does not give is told");
    assert!(number(&answer["bound"]) >= number(&answer["objective"]));
    assert_eq!(client.execute("actionplan", inputs).json(), answer, "same inputs, same answer");
    client.execute("actionplan", json!({ "parks": ["nowhere"] })).problem(404);
    client.execute("actionplan", json!({ "from": 2030, "to": 2026 })).problem(400);
    client.execute("actionplan", json!({ "from": i32::MIN, "to": i32::MAX })).problem(400);
}

/// Checks a value against the part of JSON Schema that the inputs use.
fn fits(value: &Value, schema: &Value) -> bool {
    for word in ["oneOf", "anyOf"] {
        if let Some(several) = schema[word].as_array() {
            return several.iter().any(|one| fits(value, one));
        }
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allows = |name: &Value| name == kind || (kind == "integer" && name == "number");
    let typed = match &schema["type"] {
        Value::Null => true,
        Value::Array(names) => names.iter().any(allows),
        name => allows(name),
    };
    let members = value.as_object().into_iter().flatten();
    let known = members.clone().all(|(name, _)| schema["additionalProperties"] != false || schema["properties"].get(name).is_some());
    typed && known && members.into_iter().all(|(name, value)| schema["properties"].get(name).is_none_or(|schema| fits(value, schema)))
}

#[test]
fn every_process_shows_its_inputs_and_an_example_that_fits_them_and_answers() {
    let client = Client::guest(reading());
    let list = client.get("/processes").json();
    let ids: Vec<&str> = list["processes"].as_array().unwrap().iter().map(|process| process["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["consolidate", "actionplan", "progress", "upstairs", "designate", "allocate", "virtualparks", "match", "tenants"]);
    for id in ids {
        let one = client.get(&format!("/processes/{id}")).json();
        let (schema, example) = (&one["inputSchema"], &one["example"]["inputs"]);
        assert!(fits(example, schema), "{id}: {example} does not fit {schema}");
        assert!(!fits(&json!({ "colour": "red" }), schema), "{id}: unknown inputs are refused, and the schema says so");
        for (name, input) in one["inputs"].as_object().unwrap() {
            assert_eq!(input["schema"], schema["properties"][name], "{id} {name}");
            assert_eq!(input["minOccurs"], 0, "{id} {name}");
        }
        for common in ["as_of", "pack"] {
            assert!(one["inputs"].get(common).is_some(), "{id} takes {common}");
        }
        let answer = client.execute(id, example.clone());
        assert_eq!(answer.status, 200, "{id}: {}", String::from_utf8_lossy(&answer.bytes));
        client.execute(id, json!({ "colour": "red" })).problem(400);
    }
}

#[test]
fn a_pack_is_chosen_by_its_name_and_an_unknown_one_is_refused_with_the_known() {
    let client = Client::guest(reading());
    let plain = client.execute("designate", json!({ "as_of": "2026-09-01" })).json();
    let version = plain["run"]["pack_version"].as_str().unwrap();
    let named = format!("designation-featured-park@{version}");
    let chosen = client.execute("designate", json!({ "as_of": "2026-09-01", "pack": named })).json();
    assert_eq!(chosen["parks"], plain["parks"]);
    assert_eq!(chosen["run"]["packs"][0]["id"], "designation-featured-park", "a chosen pack is recorded by content");
    for pack in ["nothing", "designation-featured-park@1900.1", "progress", "../../etc/passwd", "geodata/rules/progress.toml"] {
        let problem = client.execute("designate", json!({ "pack": pack })).problem(400);
        assert!(problem.to_string().contains(&named), "{pack}: {problem}");
    }
}

#[test]
fn figures_out_of_their_range_are_refused_at_once_and_as_a_job_and_the_range_is_shown() {
    let client = Client::guest(reading());
    for (process, inputs, place) in [
        ("consolidate", json!({ "park": OWN_PARK, "time_limit": -1 }), "/inputs/time_limit"),
        ("consolidate", json!({ "park": OWN_PARK, "tolerance_m": -1 }), "/inputs/tolerance_m"),
        ("consolidate", json!({ "park": OWN_PARK, "min_compactness": 2 }), "/inputs/min_compactness"),
        ("consolidate", json!({ "park": OWN_PARK, "sites": 0 }), "/inputs/sites"),
        ("consolidate", json!({ "park": OWN_PARK, "as_of": "1000-01-01" }), "/inputs/as_of"),
        ("actionplan", json!({ "capacity_ha": -1 }), "/inputs/capacity_ha"),
        ("actionplan", json!({ "from": 1026 }), "/inputs/from"),
        ("designate", json!([]), "/inputs"),
        ("upstairs", json!({ "all": true, "as_of": "9999-01-01" }), "/inputs/as_of"),
    ] {
        let problem = client.execute(process, inputs.clone()).problem(400);
        assert_eq!(problem["place"], place, "{process} {inputs}: {problem}");
        let body = json!({ "inputs": inputs }).to_string();
        let path = format!("/processes/{process}/execution");
        assert_eq!(client.send("POST", &path, &[("prefer", "respond-async")], &body).problem(400)["place"], place);
    }
    let shown = client.get("/processes/consolidate").json()["inputs"].clone();
    let schema = |name: &str| shown[name]["schema"].clone();
    assert_eq!((schema("sites")["minimum"].as_f64(), schema("min_compactness")["maximum"].as_f64()), (Some(1.0), Some(1.0)));
    assert_eq!((schema("time_limit")["minimum"].as_f64(), schema("time_limit")["maximum"].as_f64()), (Some(0.1), Some(600.0)));
    assert_eq!((schema("tolerance_m")["minimum"].as_f64(), schema("tolerance_m")["maximum"].as_f64()), (Some(0.0), Some(50.0)));
}
