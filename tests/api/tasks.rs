//! Tasks and their lights: who enters what, what a month's figure does to the light, and tasks made from an action plan.

use crate::support::{Answer, Client, OPERATOR, OTHER_PARK, OWN_PARK, PLANNER, Server, own_city};
use serde_json::{Value, json};

const TASKS: &str = "/collections/task/items";
const REPORTS: &str = "/collections/task_report/items";

fn post(client: &Client, path: &str, body: &Value) -> Answer {
    client.send("POST", path, &[], &body.to_string())
}

fn patch(client: &Client, path: &str, etag: &str, body: &Value) -> Answer {
    client.send("PATCH", path, &[("if-match", etag)], &body.to_string())
}

fn pointers(problem: &Value) -> Vec<&str> {
    let mut pointers: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    pointers
}

/// A task of a year that is over, with a curve of round numbers.
fn task(code: &str, park: &str) -> Value {
    json!({
        "code": code, "name": "试验任务", "park": park, "category": "land", "start": "2025-01-01", "end": "2025-05-31", "target": 100, "unit": "ha",
        "curve": ["2025-01=20", "2025-02=40", "2025-03=60", "2025-04=80", "2025-05=100"],
    })
}

fn report(task: &str, date: &str, done: f64) -> Value {
    json!({ "task": task, "date": date, "done": done })
}

/// Whether a problem is of this kind.
fn is(problem: &Value, code: &str) -> bool {
    problem["type"].as_str().unwrap().ends_with(code)
}

/// The task among the answer's.
fn told(client: &Client, id: &str, as_of: &str) -> Value {
    let answer = client.execute("progress", json!({ "as_of": as_of })).json();
    let found = answer["tasks"].as_array().unwrap().iter().find(|task| task["id"] == id);
    found.unwrap_or_else(|| panic!("no task {id}")).clone()
}

#[test]
fn an_operator_reports_for_the_own_park_and_the_light_follows() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, operator) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, OPERATOR));
    let made = post(&planner, TASKS, &task("X-1", OWN_PARK));
    assert_eq!(made.status, 201, "{}", made.json());
    let row = &made.json()["properties"];
    assert_eq!((&row["year"], row["district"].is_string()), (&json!(2025), true), "left out, they follow from end and park");
    assert_eq!(told(&operator, "X-1", "2025-01-31")["shown"], "unknown");

    let first = post(&operator, REPORTS, &report("X-1", "2025-01-31", 5.0));
    assert_eq!(first.status, 201, "{}", first.json());
    assert_eq!(told(&operator, "X-1", "2025-01-31")["shown"], "yellow");
    let second = post(&operator, REPORTS, &report("X-1", "2025-02-28", 25.0));
    let red = told(&operator, "X-1", "2025-02-28");
    assert_eq!((&red["shown"], &red["promoted"], &red["missing"]), (&json!("red"), &json!(true), &json!(["cause", "measure"])));
    assert_eq!((&red["periods"][1]["computed"], &red["periods"][1]["gap"]), (&json!("yellow"), &json!(15.0)), "the history keeps both");

    // A correction changes the month's report, and a promoted red is green at once.
    let place = second.header("location").to_owned();
    assert_eq!(pointers(&post(&operator, REPORTS, &report("X-1", "2025-02-10", 30.0)).problem(422)), ["/date"], "one report a month");
    let better = patch(&operator, &place, second.header("etag"), &json!({ "done": 31.0 }));
    assert_eq!((better.status, &better.json()["properties"]["revision"]), (200, &json!(2)));
    let green = told(&operator, "X-1", "2025-02-28");
    assert_eq!((&green["shown"], &green["missing"]), (&json!("green"), &json!([])));
    patch(&operator, &place, second.header("etag"), &json!({ "done": 1.0 })).problem(412);

    // Cause and measure are asked for, not forced, and may be given one after the other.
    let place = format!("{TASKS}/X-1");
    let late = told(&operator, "X-1", "2025-06-30");
    assert_eq!((&late["shown"], &late["promoted"], late["missing"].as_array().unwrap().len()), (&json!("red"), &json!(false), 2));
    let etag = operator.get(&place).header("etag").to_owned();
    let said = patch(&operator, &place, &etag, &json!({ "cause": "权属未清" }));
    assert_eq!(told(&operator, "X-1", "2025-06-30")["missing"], json!(["measure"]));
    assert_eq!(patch(&operator, &place, said.header("etag"), &json!({ "measure": "专班督办" })).status, 200);
    assert_eq!(told(&operator, "X-1", "2025-06-30")["missing"], json!([]));
}

#[test]
fn nobody_enters_what_is_anothers() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (planner, operator, guest) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, OPERATOR), Client::guest(&server));
    for (code, park) in [("X-1", OWN_PARK), ("X-2", OTHER_PARK)] {
        assert_eq!(post(&planner, TASKS, &task(code, park)).status, 201);
    }
    post(&guest, REPORTS, &report("X-1", "2025-01-31", 5.0)).problem(401);
    post(&guest, TASKS, &task("X-3", OWN_PARK)).problem(401);
    assert!(is(&post(&operator, REPORTS, &report("X-2", "2025-01-31", 5.0)).problem(403), "other_park"));
    post(&operator, TASKS, &task("X-3", OWN_PARK)).problem(403);
    // A report cannot be moved to the other park's task, nor the other's to the own.
    let mine = post(&operator, REPORTS, &report("X-1", "2025-01-31", 5.0));
    patch(&operator, mine.header("location"), mine.header("etag"), &json!({ "task": "X-2" })).problem(403);
    let theirs = post(&planner, REPORTS, &report("X-2", "2025-01-31", 5.0));
    assert_eq!(theirs.status, 201, "planners report for all");
    patch(&operator, theirs.header("location"), theirs.header("etag"), &json!({ "task": "X-1", "date": "2025-02-28" })).problem(403);
    operator.send("DELETE", theirs.header("location"), &[("if-match", theirs.header("etag"))], "").problem(403);
    // Targets are a planner's; cause and measure of another park are not the operator's.
    let etag = |place: &str| planner.get(place).header("etag").to_owned();
    let (own, other) = (format!("{TASKS}/X-1"), format!("{TASKS}/X-2"));
    assert!(is(&patch(&operator, &own, &etag(&own), &json!({ "target": 1 })).problem(403), "only_explains"));
    patch(&operator, &own, &etag(&own), &json!({ "cause": "缺", "end": "2026-12-31" })).problem(403);
    patch(&operator, &own, &etag(&own), &json!({ "park": OTHER_PARK })).problem(403);
    patch(&operator, &other, &etag(&other), &json!({ "cause": "缺" })).problem(403);
    operator.send("DELETE", &own, &[("if-match", &etag(&own))], "").problem(403);
    // Who reported is the office's to know.
    let seen = |client: &Client| client.get(mine.header("location")).json()["properties"]["by"].clone();
    assert_eq!((seen(&planner), seen(&guest)), (json!("operator"), Value::Null));
}

#[test]
fn what_cannot_be_is_told_at_its_field() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let planner = Client::signed_in(&server, PLANNER);
    let with = |name: &str, value: Value| {
        let mut body = task("X-1", OWN_PARK);
        body[name] = value;
        post(&planner, TASKS, &body).problem(422)
    };
    for (name, value) in [
        ("end", json!("2024-12-31")),
        ("curve", json!(["2025-01=20", "2025-02=10"])),
        ("curve", json!(["2025-01=20", "2025-02-15=30"])),
        ("curve", json!(["soon=20"])),
        ("curve", json!(["2025-01=101"])),
        ("target", json!(-1)),
        ("category", json!("coffee")),
        ("park", json!("nowhere")),
    ] {
        assert_eq!(pointers(&with(name, value.clone())), [format!("/{name}")], "{name} {value}");
    }
    assert_eq!(post(&planner, TASKS, &task("X-1", OWN_PARK)).status, 201);
    for (body, pointer) in [
        (report("X-1", "2999-01-31", 1.0), "/date"),
        (report("X-1", "2024-12-31", 1.0), "/date"),
        (report("X-1", "2025-01-31", -1.0), "/done"),
        (report("nothing", "2025-01-31", 1.0), "/task"),
    ] {
        assert_eq!(pointers(&post(&planner, REPORTS, &body).problem(422)), [pointer], "{body}");
    }
    assert_eq!(post(&planner, REPORTS, &report("X-1", "2025-01-31", 188.0)).status, 201, "beyond the target is no fault");
}

#[test]
fn an_action_plan_carries_its_lights_and_becomes_tasks() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let (client, operator) = (Client::signed_in(&server, PLANNER), Client::signed_in(&server, OPERATOR));
    let inputs = json!({ "from": 2025, "to": 2028, "parks": [OWN_PARK], "capacity_ha": 12, "source": "solved", "as_of": "2026-06-30" });
    let plan = client.execute("actionplan", inputs).json();
    let body = json!({ "name": "三年行动", "kind": "actionplan", "result": plan }).to_string();
    let kept = client.send("POST", "/plans", &[], &body);
    assert_eq!(kept.status, 201);
    let id = kept.json()["id"].as_str().unwrap().to_owned();
    let answer = client.execute("progress", json!({ "as_of": "2026-06-30", "plan": id })).json();
    assert_eq!((&answer["basis"], &answer["plan"]["id"]), (&json!("plan"), &json!(id)));
    let tasks = answer["tasks"].as_array().unwrap();
    let of =
        |year: i64| tasks.iter().find(|task| task["id"] == format!("{OWN_PARK}-{year}")).unwrap_or_else(|| panic!("no task of {year}: {answer}"));
    assert_eq!((of(2025)["periods"].as_array().unwrap().len(), of(2026)["periods"].as_array().unwrap().len()), (18, 6));
    assert_eq!(
        (&of(2025)["shown"], &of(2026)["shown"], &of(2027)["shown"]),
        (&json!("red"), &json!("unknown"), &Value::Null),
        "over, silent, to come"
    );
    let line = plan["years"].as_array().unwrap().iter().find(|line| line["year"] == 2026).unwrap();
    assert!((of(2026)["target"].as_f64().unwrap() - line["area_ha"].as_f64().unwrap()).abs() < 1e-9);
    assert_eq!((&plan["lights"]["counts"], &plan["lights"]["as_of"]), (&answer["counts"], &json!("2026-06-30")), "the plan has them too");
    let read = client.get(&format!("/plans/{id}")).json();
    assert_eq!(read["lights"]["tasks"].as_array().unwrap().len(), tasks.len(), "and one that is kept shows those of today");

    let make = format!("/plans/{id}/tasks");
    operator.send("POST", &make, &[], "").problem(403);
    let made = client.send("POST", &make, &[], "");
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["made"].as_array().unwrap().len(), tasks.len());
    let row = &client.get(&format!("{TASKS}/{OWN_PARK}-2026")).json()["properties"];
    assert_eq!((&row["plan"], &row["category"], &row["unit"], &row["year"]), (&json!(id), &json!("land"), &json!("ha"), &json!(2026)));
    assert_eq!(row["target"], of(2026)["target"]);
    assert!(is(&client.send("POST", &make, &[], "").problem(409), "no_new_tasks"));
    client.send("POST", "/plans/nowhere/tasks", &[], "").problem(404);
    assert_eq!(told(&client, &format!("{OWN_PARK}-2026"), "2026-06-30")["shown"], "unknown");
}

#[test]
fn tasks_of_the_sample_show_every_light() {
    let (_folder, city) = own_city();
    let server = Server::start(&city);
    let client = Client::guest(&server);
    let reports = client.get(&format!("{REPORTS}?limit=2000")).json();
    let last = reports["features"].as_array().unwrap().iter().map(|row| row["properties"]["date"].as_str().unwrap()).max().unwrap();
    let answer = client.execute("progress", json!({ "as_of": last })).json();
    let counts = answer["counts"].as_object().unwrap();
    assert!(counts.len() == 5 && counts.values().all(|count| count.as_u64().unwrap() > 0), "{counts:?}");
    let tasks = answer["tasks"].as_array().unwrap();
    let any = |has: &dyn Fn(&Value) -> bool| tasks.iter().any(has);
    assert!(any(&|task| task["promoted"] == true) && any(&|task| task["finished"].is_string()));
    assert!(any(&|task| task["missing"] == json!(["cause", "measure"])) && any(&|task| task["cause"].is_string()));
    assert_eq!(answer["excluded"], json!([]));
    let own = client.execute("progress", json!({ "as_of": last, "parks": [OWN_PARK] })).json();
    assert!(own["tasks"].as_array().unwrap().iter().all(|task| task["park"] == OWN_PARK));
    client.execute("progress", json!({ "parks": ["nowhere"] })).problem(404);
}
