//! One writing process a city: who comes second is told who holds it; readers are welcome; land that changed behind the server is not served.

use crate::support::{Client, PARKPLAN, Server, must, own_city, parkplan, path, refused};
use std::os::unix::process::CommandExt;
use std::process::Command;

const NEW_PARCEL: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"X-1"},
  "geometry":{"type":"Polygon","coordinates":[[[113.9,22.7],[113.901,22.7],[113.901,22.701],[113.9,22.701],[113.9,22.7]]]}}]}"#;

#[test]
fn a_second_server_and_a_writing_command_are_refused_with_who_holds_the_city_and_readers_are_not() {
    let (folder, city) = own_city();
    let mut server = Server::start(&city);
    let file = folder.path().join("new.geojson");
    std::fs::write(&file, NEW_PARCEL).unwrap();
    let import = ["import", path(&city), "--layer", "parcel", path(&file)];
    let grow = ["sample", "--out", path(&city), "--parcels", "2000", "--force"];
    for writing in [&["serve", path(&city), "--listen", "127.0.0.1:0"][..], &import, &["instrument", "undo", path(&city), "ZB-2026-0001"], &grow] {
        let fault = refused(writing);
        assert_eq!(fault["code"], "city_held", "{writing:?}: {fault}");
        let told = fault["detail"].as_str().unwrap();
        assert!(told.contains(&server.pid().to_string()) && told.contains("serve"), "who holds it: {told}");
    }
    // Readers work beside the server, and so does a dry run; people may be added.
    must(&["info", path(&city)]);
    must(&["--json", "export", path(&city), "--layer", "park", "--out", path(&folder.path().join("parks.geojson"))]);
    must(&["--json", "import", path(&city), "--layer", "parcel", path(&file), "--dry-run"]);
    must(&["user", "list", path(&city)]);
    // A holder that died leaves nothing in the way.
    server.kill();
    must(&["--json", "import", path(&city), "--layer", "parcel", path(&file)]);
    let again = Server::start(&city);
    assert_eq!(Client::guest(&again).get("/collections/parcel/items/X-1").status, 200);
}

#[test]
fn a_city_that_was_replaced_behind_the_server_is_not_served_as_if_nothing_had_happened() {
    let (folder, city) = own_city();
    let server = Server::start(&city);
    let client = Client::guest(&server);
    assert_eq!(client.get("/collections/park/items?limit=1").status, 200);
    let copy = folder.path().join("copy.gpkg");
    std::fs::copy(&city, &copy).unwrap();
    std::fs::rename(&copy, &city).unwrap();
    let told = client.get("/collections/park/items?limit=1").problem(503);
    assert_eq!(told["type"], "urn:parkplan:problem:city_changed_outside");
    client.get("/healthz").problem(503);
}

#[test]
fn a_city_in_a_read_only_folder_is_read_by_somebody_who_may_not_write() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, city) = own_city();
    std::fs::set_permissions(&city, std::fs::Permissions::from_mode(0o444)).unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
    let mut command = Command::new(PARKPLAN);
    command.args(["--json", "info", path(&city)]).env("HOME", "/nonexistent");
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if is_root {
        // Root may write anywhere: somebody else has to look.
        command.uid(65_534);
    }
    let output = command.output().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let info: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(info["layers"].as_array().unwrap().iter().any(|layer| layer["layer"] == "park" && layer["rows"].as_u64() > Some(0)));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was left beside the city");
    assert_eq!(parkplan(&["info", path(&city)]).status.code(), Some(0));
}
