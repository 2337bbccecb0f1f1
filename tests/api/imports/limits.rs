//! Bounds on uploads, by number; what breaks off leaves nothing.

use super::files::{form, multipart, staged, upload};
use crate::support::{Client, PLANNER, Server, own_city};
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn uploads(city: &Path) -> PathBuf {
    city.with_extension("gpkg.intake").join("uploads")
}

fn left(city: &Path) -> usize {
    std::fs::read_dir(uploads(city)).map(Iterator::count).unwrap_or_default()
}

#[test]
fn an_upload_beyond_its_bound_is_refused_with_the_number_whether_it_is_stated_or_not() {
    let (_folder, city) = own_city();
    let server = Server::start_with(&city, &[("PARKPLAN_UPLOAD_MB", "1")]);
    let planner = Client::signed_in(&server, PLANNER);
    assert_eq!(planner.get("/imports").json()["most_bytes"], 1 << 20);
    let fits = vec![b'a'; (1 << 20) - 1024];
    staged(&planner, &[("a.csv", &fits)]);
    // Within what the form itself may add: found out while it comes.
    let over = vec![b'a'; (1 << 20) + 1];
    let refused = upload(&planner, &[("b.csv", &over)]).problem(413);
    assert!(refused["detail"].as_str().unwrap().contains("1048576"), "{refused}");
    assert_eq!(left(&city), 1);
}

#[test]
fn a_person_has_so_many_uploads_and_no_more() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let most = planner.get("/imports").json()["most_uploads"].as_u64().unwrap();
    let ids: Vec<String> = (0..most).map(|n| staged(&planner, &[(&format!("{n}.csv"), b"code\n1\n")])).collect();
    upload(&planner, &[("one-more.csv", b"code\n1\n")]).problem(429);
    assert_eq!(planner.send("DELETE", &format!("/imports/{}", ids[0]), &[], "").status, 204);
    staged(&planner, &[("one-more.csv", b"code\n1\n")]);
}

#[test]
fn what_is_no_form_with_files_is_refused() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    planner.upload("/imports", "text/csv", b"code\n1\n").problem(415);
    planner.upload("/imports", &multipart(), b"nothing").problem(400);
    planner.upload("/imports", &multipart(), &form(&[])).problem(400);
    let files: Vec<(String, &[u8])> = (0..13).map(|n| (format!("{n}.csv"), &b"code\n1\n"[..])).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    upload(&planner, &files).problem(400);
    upload(&planner, &[("..", b"code\n1\n")]).problem(400);
    let id = staged(&planner, &[("../../../etc/a.csv", b"code\n1\n")]);
    assert_eq!(planner.get(&format!("/imports/{id}")).json()["name"], "a.csv");
    // What is in it is found out when it is looked at.
    let id = staged(&planner, &[("空.shp", b"no shapefile")]);
    planner.send("POST", &format!("/imports/{id}/preview"), &[], &json!({ "layer": "parcel" }).to_string()).problem(400);
}

#[test]
fn who_hangs_up_leaves_nothing_and_a_new_server_begins_without_old_files() {
    let (_folder, city) = own_city();
    let mut server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    staged(&planner, &[("a.csv", b"code\n1\n")]);
    let cookie = planner.cookie().unwrap().to_owned();
    let body = form(&[("b.csv", &[b'a'; 4096])]);
    let head = format!(
        "POST /imports HTTP/1.1\r\nHost: {}\r\nCookie: {cookie}\r\nX-Requested-With: parkplan\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
        server.url.trim_start_matches("http://"),
        multipart(),
        body.len()
    );
    let mut stream = server.raw(&head);
    stream.write_all(&body[..2048]).unwrap();
    let until = |count: usize| {
        let deadline = Instant::now() + Duration::from_secs(10);
        while left(&city) != count {
            assert!(Instant::now() < deadline, "{} folders, not {count}", left(&city));
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until(2);
    drop(stream);
    until(1);
    assert_eq!(planner.get("/imports").json()["imports"].as_array().unwrap().len(), 1);
    server.end();
    drop(server);
    let _again = Server::start(&city);
    until(0);
}
