//! What a few tenants' figures are told outside their park: nothing, by whatever question.

use crate::support::{Client, OPERATOR, OTHER_PARK, OWN_PARK, Server, own_city};
use serde_json::{Value, json};
use std::path::Path;

/// Leaves the park one let unit, at 35 yuan, and one firm of its lead cluster.
fn one_tenant(city: &Path, park: &str) {
    let connection = rusqlite::Connection::open(city).unwrap();
    let of_park = format!("building IN (SELECT code FROM building WHERE park = '{park}')");
    let keep: String =
        connection.query_row(&format!("SELECT min(id) FROM unit WHERE {of_park} AND use = 'production'"), [], |row| row.get(0)).unwrap();
    connection
        .execute_batch(&format!(
            "UPDATE unit SET state = 'vacant', tenant = NULL, rent_yuan_m2_month = NULL, cluster = NULL WHERE {of_park};
             UPDATE unit SET state = 'let', tenant = '独此一家', rent_yuan_m2_month = 35, cluster = 'c24-sensor' WHERE id = '{keep}';
             UPDATE firm SET cluster = 'c24-software' WHERE park = '{park}';
             UPDATE firm SET cluster = (SELECT json_extract(lead_clusters, '$[0]') FROM park WHERE code = '{park}')
               WHERE code = (SELECT min(code) FROM firm WHERE park = '{park}');"
        ))
        .unwrap();
}

fn card(client: &Client, park: &str, inputs: Value) -> Value {
    let answer = client.execute("designate", inputs).json();
    answer["parks"].as_array().unwrap().iter().find(|card| card["park"] == park).unwrap().clone()
}

fn indicator<'a>(card: &'a Value, id: &str) -> &'a Value {
    card["indicators"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()
}

#[test]
fn a_lone_tenants_rent_is_told_to_his_parks_operator_and_to_nobody_else() {
    let (_folder, city) = own_city();
    one_tenant(&city, OWN_PARK);
    let server = Server::start(&city);
    let (guest, operator) = (Client::guest(&server), Client::signed_in(&server, OPERATOR));
    let as_of = json!({ "as_of": "2026-09-01" });
    let own = card(&operator, OWN_PARK, as_of.clone());
    assert_eq!(indicator(&own, "mean_rent")["value"], 35.0);
    assert_eq!((&indicator(&own, "mean_rent")["withheld"], own["total"].is_number()), (&json!(true), true));
    let asked = |park: Value| json!({ "as_of": "2026-09-01", "park": park });
    let packs =
        guest.get("/processes/designate").json()["defaults"]["packs"].as_array().unwrap().iter().map(|pack| pack["id"].clone()).collect::<Vec<_>>();
    let by_pack = packs.iter().map(|pack| json!({ "as_of": "2026-09-01", "pack": pack }));
    for inputs in [as_of.clone(), asked(json!(OWN_PARK))].into_iter().chain(by_pack) {
        let seen = card(&guest, OWN_PARK, inputs.clone());
        for id in ["mean_rent", "rent_to_cap", "lead_floor", "lead_output", "lead_firms", "lead_firm_count"] {
            let one = indicator(&seen, id);
            assert!(one["value"].is_null() && one["score"].is_null(), "{inputs}: {one}");
            // Some packs have no cap on rents: that is unknown to everybody.
            assert!(one["withheld"] == true || one["notes"].to_string().contains("no_cap"), "{inputs}: {one}");
        }
        assert!(seen.to_string().find("35.00").is_none(), "{inputs}: {seen}");
        let weighed = seen["indicators"].as_array().unwrap().iter().any(|one| one["withheld"] == true && !one["weight"].is_null());
        assert_eq!(seen["total"].is_null(), weighed, "{inputs}");
    }
    // The park's other cluster has all firms but one: told beside the total it would tell the one.
    assert!(indicator(&own, "output_total")["value"].is_number() && indicator(&own, "lead_output")["value"].is_number());
    // His cluster and the end of his lease are his too.
    for path in [format!("/units?park={OWN_PARK}"), "/collections/unit/items?limit=1000".to_owned(), "/collections/unit/summary".to_owned()] {
        let text = guest.get(&path).json().to_string();
        assert!(!text.contains("\"cluster\"") && !text.contains("\"lease_end\"") && !text.contains("独此一家"), "{path}");
    }
    let denied = guest.query("/collections/unit/items", &[("filter", "cluster = 'c24-sensor'")]);
    assert_eq!(denied.status, 400);
}

/// Of every park and day: a figure on rents that a guest reads is that of the year's end, whatever records lie between.
#[test]
fn asking_day_by_day_tells_no_unit_apart() {
    let (_folder, city) = own_city();
    {
        let connection = rusqlite::Connection::open(&city).unwrap();
        let of_park = format!("building IN (SELECT code FROM building WHERE park = '{OTHER_PARK}')");
        let late = format!("SELECT id FROM unit WHERE {of_park} AND state = 'let' AND use = 'production' ORDER BY id LIMIT 1");
        assert_eq!(connection.execute(&format!("UPDATE unit SET as_of = '2026-08-15' WHERE id = ({late})"), []).unwrap(), 1);
        connection.execute(&format!("UPDATE unit SET as_of = '2026-08-01' WHERE {of_park} AND id <> ({late})"), []).unwrap();
    }
    let server = Server::start(&city);
    let guest = Client::guest(&server);
    let rent = |day: &str| indicator(&card(&guest, OTHER_PARK, json!({ "as_of": day })), "mean_rent").clone();
    let (before, after) = (rent("2026-08-10"), rent("2026-08-20"));
    assert!(before["value"].is_null() && before["withheld"] == true, "{before}");
    assert!(after["value"].is_number() && after["withheld"] == false, "{after}");
}

#[test]
fn a_fit_that_rests_on_a_few_firms_is_not_told() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let answer = Client::guest(&server).execute("allocate", json!({ "as_of": "2026-09-01" })).json();
    let connection = rusqlite::Connection::open(&city).unwrap();
    let mut few = 0;
    for cell in answer["matrix"].as_array().unwrap() {
        let (cluster, district) = (cell["cluster"].as_str().unwrap(), cell["district"].as_str().unwrap());
        let sql = "SELECT count(DISTINCT firm.code) FROM firm JOIN park ON park.code = firm.park WHERE firm.cluster = ?1 AND park.district = ?2";
        let firms: i64 = connection.query_row(sql, [cluster, district], |row| row.get(0)).unwrap();
        if (1..3).contains(&firms) {
            few += 1;
            // Firms whose output is not of the year make a quotient of nothing, which is 0.
            let quotient = &cell["fit"]["location_quotient"];
            assert!(cell["fit"]["present_firms"].is_null() && cell["fit"]["total"].is_null() && (quotient.is_null() || *quotient == 0.0), "{cell}");
        }
    }
    assert!(few > 10, "{few} cells with one or two firms: the test shows little");
}
