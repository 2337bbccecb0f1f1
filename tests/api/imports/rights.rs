//! Whose the files are, and who may bring them.

use super::files::{form, multipart, staged, trial, upload};
use crate::support::{ADMIN, Client, OPERATOR, PLANNER, REVIEWER, Server, own_city, reading};
use serde_json::json;

const TABLE: &[u8] = b"code,name\nA,a\n";

#[test]
fn guests_operators_and_reviewers_are_refused_on_every_route() {
    let server = reading();
    let routes = |client: &Client| {
        let settings = json!({ "layer": "parcel" });
        vec![
            client.get("/imports"),
            upload(client, &[("a.csv", TABLE)]),
            client.get("/imports/x"),
            client.send("DELETE", "/imports/x", &[], ""),
            client.send("POST", "/imports/x/preview", &[], &settings.to_string()),
            client.send("POST", "/imports/x/trial", &[], &settings.to_string()),
            client.send("POST", "/imports/x/commit", &[], &json!({ "settings": settings, "revision": 1 }).to_string()),
            client.get("/imports/x/rejects"),
            client.send("POST", "/imports:undo", &[], r#"{"revision":1}"#),
            client.get("/import-profiles"),
            client.send("POST", "/import-profiles", &[], &json!({ "name": "a", "profile": {} }).to_string()),
            client.get("/import-profiles/0123456789ab"),
            client.send("DELETE", "/import-profiles/0123456789ab", &[], ""),
        ]
    };
    for answer in routes(&Client::guest(server)) {
        answer.problem(401);
    }
    for who in [OPERATOR, REVIEWER] {
        for answer in routes(&Client::signed_in(server, who)) {
            answer.problem(403);
        }
    }
}

#[test]
fn a_staged_file_is_its_owner_s_alone() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, admin) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, ADMIN));
    let id = staged(&planner, &[("a.csv", TABLE)]);
    assert_eq!(planner.get("/imports").json()["imports"].as_array().unwrap().len(), 1);
    assert_eq!(admin.get("/imports").json()["imports"].as_array().unwrap().len(), 0);
    admin.get(&format!("/imports/{id}")).problem(404);
    admin.send("DELETE", &format!("/imports/{id}"), &[], "").problem(404);
    admin.send("POST", &format!("/imports/{id}/trial"), &[], r#"{"layer":"parcel"}"#).problem(404);
    assert_eq!(planner.send("DELETE", &format!("/imports/{id}"), &[], "").status, 204);
    planner.get(&format!("/imports/{id}")).problem(404);
    let left = std::fs::read_dir(city.with_extension("gpkg.intake").join("uploads")).map(Iterator::count).unwrap_or_default();
    assert_eq!(left, 0, "nothing stays on the disk");
}

#[test]
fn what_others_keep_is_not_told_by_a_difference() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    for who in [PLANNER, ADMIN] {
        let client = Client::signed_in(&server, who);
        let id = staged(&client, &[("a.csv", TABLE)]);
        for layer in ["unit", "firm", "designation", "requirement", "plan_parcel"] {
            for what in ["preview", "trial"] {
                client.send("POST", &format!("/imports/{id}/{what}"), &[], &json!({ "layer": layer }).to_string()).problem(403);
            }
        }
        trial_is_refused_for_no_layer(&client, &id);
    }
}

fn trial_is_refused_for_no_layer(client: &Client, id: &str) {
    client.send("POST", &format!("/imports/{id}/trial"), &[], r#"{"layer":"land"}"#).problem(400);
}

#[test]
fn another_site_s_page_stages_nothing_and_another_s_import_is_not_taken_back() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let body = String::from_utf8(form(&[("a.csv", TABLE)])).unwrap();
    let kind = multipart();
    planner.send_bare("POST", "/imports", &[("content-type", &kind)], &body).problem(403);
    planner
        .send_bare("POST", "/imports", &[("content-type", &kind), ("origin", "https://evil.example"), ("x-requested-with", "parkplan")], &body)
        .problem(403);

    let code = planner.get("/collections/parcel/items?limit=1").json()["features"][0]["id"].as_str().unwrap().to_owned();
    let admin = Client::signed_in(&server, ADMIN);
    let table = format!("code,name\n{code},由管理员改\n");
    let id = staged(&admin, &[("b.csv", table.as_bytes())]);
    let settings = json!({ "layer": "parcel", "mode": "update" });
    let tried = trial(&admin, &id, &settings);
    let done = super::files::commit(&admin, &id, &settings, &tried["revision"]).json();
    super::files::take_back(&planner, &done["revision"]).problem(403);
    assert_eq!(super::files::take_back(&admin, &done["revision"]).status, 200);
}
