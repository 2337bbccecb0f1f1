//! Mappings that are saved: the same text for the page and the command line.

use crate::support::{Client, PLANNER, Server, must, own_city, path};
use serde_json::{Value, json};

#[test]
fn a_mapping_is_saved_listed_downloaded_used_by_the_command_line_and_deleted() {
    let (folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let save = |body: Value| planner.send("POST", "/import-profiles", &[], &body.to_string());
    let profile = json!({ "layer": "parcel", "key": "宗地号", "map": { "name": "坐落" } });
    let saved = save(json!({ "name": "光明区局", "profile": profile }));
    assert_eq!(saved.status, 201);
    let id = saved.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(planner.get("/import-profiles").json()["profiles"], json!([{ "id": id, "name": "光明区局", "profile": profile }]));
    let text = planner.get(&format!("/import-profiles/{id}"));
    assert_eq!(text.header("content-type"), "application/toml; charset=utf-8");
    let (own, table) = (folder.path().join("p.toml"), folder.path().join("t.csv"));
    std::fs::write(&own, &text.bytes).unwrap();
    let code = planner.get("/collections/parcel/items?limit=1").json()["features"][0]["id"].as_str().unwrap().to_owned();
    std::fs::write(&table, format!("宗地号,坐落\n{code},光明\n")).unwrap();
    let told = must(&["--json", "import", path(&city), "--layer", "parcel", path(&table), "--mode", "update", "--profile", path(&own), "--dry-run"]);
    assert_eq!(serde_json::from_str::<Value>(&told).unwrap()["accepted"], 1);

    // One of the same name is replaced, from a file's text as well.
    let text = String::from_utf8(text.bytes).unwrap().replace("坐落", "地址");
    assert_eq!(save(json!({ "name": "光明区局", "text": text })).json()["profile"]["map"]["name"], "地址");
    assert_eq!(planner.get("/import-profiles").json()["profiles"].as_array().unwrap().len(), 1);
    for bad in [
        json!({ "name": "", "profile": {} }),
        json!({ "name": "a" }),
        json!({ "name": "a", "text": "mapp = 1" }),
        json!({ "name": "a", "profile": { "layer": "land" } }),
    ] {
        save(bad).problem(400);
    }
    assert_eq!(planner.send("DELETE", &format!("/import-profiles/{id}"), &[], "").status, 204);
    planner.get(&format!("/import-profiles/{id}")).problem(404);
    planner.get("/import-profiles/..%2F..%2Fetc").problem(404);
}
