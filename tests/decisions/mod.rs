//! Designations: who may move what from where, what a decision freezes, and whether it still stands.

mod chain;
mod life;
mod paper;
mod rights;

use crate::support::{Answer, Client, path};
use parkplan::city::City;
use parkplan::domain::columns::designation as column;
use parkplan::domain::edit::{Edit, Frozen, JudgedBy, MoveDesignation, Precondition};
use parkplan::domain::fault::Outcome;
use parkplan::domain::{Account, DesignationState, DesignationStep, LayerId, Role, Row, RowChange};
use parkplan::service::Viewer;
use parkplan::service::edits::{Checked, Person, check};
use serde_json::{Value, json};
use std::path::Path;

/// Parks of the sample that pass, and one that does not.
pub const PASSING: [&str; 3] = ["LH-02", "BA-01", "BA-03"];
pub const FAILING: &str = "BA-02";

/// The sample city in memory.
pub fn city() -> City {
    let store = parkplan::store::geopackage::GeoPackage::open_reading(crate::support::sample()).unwrap();
    parkplan::service::load::city(&store).unwrap()
}

pub fn person(role: Role, account: &str, today: &str, two_persons: bool) -> Person {
    let viewer = match role {
        Role::Guest => Viewer::guest(),
        role => Viewer::of(Account { account: account.into(), name: account.into(), role, parks: vec!["BA-03".into()], disabled: false }),
    };
    Person { viewer, today: today.to_owned(), two_persons }
}

/// A record as it is stored, drafted by `a` and submitted by `b`.
pub fn with_record(city: &City, state: DesignationState, dates: Option<[&str; 3]>) -> City {
    let mut row = Row::empty(LayerId::Designation.layer());
    row.put(column::CODE, "SP-2024-0001").put(column::PARK, PASSING[0]).put(column::STATE, state.as_str()).put(column::REVISION, 1);
    row.put(column::LEAD_CLUSTER, "c24-ai").put(column::DRAFTED_BY, "a").put(column::SUBMITTED_BY, "b");
    row.put(column::PACK, "p").put(column::PACK_VERSION, "1").put(column::PACK_SHA256, "0").put(column::PACK_TEXT, "[]");
    if let Some([date, through, recheck]) = dates {
        row.put(column::DATE, date).put(column::VALID_THROUGH, through).put(column::RECHECK_FROM, recheck);
    }
    city.with(&[RowChange::Insert { layer: LayerId::Designation, fid: 1, row }], city.revision + 1).unwrap()
}

pub fn frozen(passes: bool, grade: &str) -> Box<Frozen> {
    Box::new(Frozen {
        evidence: "{}".into(),
        sha256: "e".into(),
        lead_cluster: Some("c24-ai".into()),
        grade: grade.into(),
        total: Some(61.5),
        rank: Some(3),
        passes,
        reasons: Vec::new(),
        run: "{}".into(),
        pack: JudgedBy { id: "p".into(), version: "1".into(), sha256: "0".into(), texts: Vec::new() },
        term_years: 3,
        recheck_months: 30,
        revoke_after: 2,
    })
}

pub fn step(step: DesignationStep, date: &str, reason: Option<&str>, frozen: Option<Box<Frozen>>) -> Edit {
    let (code, reason) = ("SP-2024-0001".to_owned(), reason.map(str::to_owned));
    Edit::MoveDesignation(Box::new(MoveDesignation { code, seen: Precondition::Any, step, date: date.to_owned(), reason, frozen }))
}

pub fn checked(edit: &Edit, city: &City, person: &Person) -> Outcome<Checked> {
    check(edit, city, person)
}

pub fn draft(client: &Client, park: &str) -> Value {
    let answer = client.send("POST", "/designations", &[], &json!({ "park": park, "basis": "会议纪要" }).to_string());
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
    answer.json()
}

/// A move on what the caller saw.
pub fn advance(client: &Client, seen: &Value, step: &str, more: Value) -> Answer {
    let mut body = json!({ "step": step });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = format!("/designations/{}/moves", seen["code"].as_str().unwrap());
    client.send("POST", &path, &[("if-match", seen["etag"].as_str().unwrap())], &body.to_string())
}

/// From nothing to a title, by two people.
pub fn designated(planner: &Client, reviewer: &Client, park: &str) -> Value {
    let mut now = draft(planner, park);
    for (who, step) in [(planner, "submit"), (reviewer, "forward"), (reviewer, "designate")] {
        let answer = advance(who, &now, step, json!({}));
        assert_eq!(answer.status, 200, "{step}: {}", String::from_utf8_lossy(&answer.bytes));
        now = answer.json();
    }
    now
}

/// The fault's code of a refusal.
pub fn code_of(problem: &Value) -> &str {
    problem["type"].as_str().unwrap().trim_start_matches("urn:parkplan:problem:")
}

pub fn verify(city: &Path, more: &[&str]) -> (Option<i32>, Value) {
    let args = [&["--json", "audit", "verify", path(city)], more].concat();
    let output = crate::support::parkplan(&args);
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
}
