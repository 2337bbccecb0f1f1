//! Two virtual parks: firms of one cluster from many parks, and a few buildings.

use super::firm;
use super::rows::{SOURCE, days_before};
use super::setting::{Park, Setting};
use crate::domain::{Layer, Row};
use chrono::NaiveDate;

struct Kind {
    code: &'static str,
    name: &'static str,
    cluster: &'static str,
    services: &'static [&'static str],
    /// Days before the city's date on which it was founded.
    age: i64,
    firms: usize,
    buildings: usize,
}

const KINDS: [Kind; 2] = [
    Kind {
        code: "XN-01",
        name: "机器人虚拟园区",
        cluster: "c24-robot",
        services: &["policy", "finance", "testing", "matching"],
        age: 820,
        firms: 14,
        buildings: 3,
    },
    Kind {
        code: "XN-02",
        name: "低空经济虚拟园区",
        cluster: "c24-low-altitude",
        services: &["registration", "policy", "talent"],
        age: 540,
        firms: 8,
        buildings: 0,
    },
];

/// Buildings of parks that lead in the cluster of the virtual park that has some.
pub(super) fn takes_buildings_of(park: &Park) -> bool {
    KINDS.iter().any(|kind| kind.buildings > 0 && park.lead_clusters.iter().any(|lead| lead == kind.cluster))
}

pub(super) fn park_rows(layer: &'static Layer, date: NaiveDate) -> Vec<Row> {
    let row = |kind: &Kind| {
        let mut row = Row::empty(layer);
        row.set(layer, "code", kind.code)
            .set(layer, "name", kind.name)
            .set(layer, "lead_clusters", serde_json::json!([kind.cluster]).to_string())
            .set(layer, "operator", format!("{} 样例运营公司", kind.name))
            .set(layer, "services", serde_json::json!(kind.services).to_string())
            .set(layer, "founded", days_before(date, kind.age))
            .set(layer, "source", SOURCE)
            .set(layer, "updated_on", days_before(date, kind.age))
            .set(layer, "revision", 1);
        row
    };
    KINDS.iter().map(row).collect()
}

/// `buildings` are codes of buildings with units, of different parks.
pub(super) fn member_rows(layer: &'static Layer, setting: &Setting, seed: u64, date: NaiveDate, buildings: &[String]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for kind in &KINDS {
        for (number, code) in firms(setting, seed, kind).into_iter().enumerate() {
            // One a month since the founding; every fifth left again after ten months, none in the quarter that runs.
            let admitted = (kind.age - 30 * (number as i64 + 1)).max(1);
            let left = (number % 5 == 4 && admitted > 300).then(|| days_before(date, (admitted - 300).max(100)));
            rows.push(row(layer, rows.len(), kind, date, Member { column: "firm", who: &code, admitted, left }));
        }
        for (number, code) in buildings.iter().take(kind.buildings).enumerate() {
            let admitted = (kind.age - 60 * (number as i64 + 1)).max(1);
            rows.push(row(layer, rows.len(), kind, date, Member { column: "building", who: code, admitted, left: None }));
        }
    }
    rows
}

/// Codes of firms of the cluster, two a park at most.
fn firms(setting: &Setting, seed: u64, kind: &Kind) -> Vec<String> {
    let mut found = Vec::new();
    for park in 0..setting.parks.len() {
        let own = firm::of_park(setting, park, seed);
        let of_cluster = own.iter().enumerate().filter(|(_, firm)| firm.cluster == kind.cluster).take(2);
        found.extend(of_cluster.map(|(number, _)| firm::code(park, number)));
    }
    found.truncate(kind.firms);
    found
}

struct Member<'m> {
    column: &'static str,
    who: &'m str,
    /// Days before the city's date.
    admitted: i64,
    left: Option<String>,
}

fn row(layer: &'static Layer, at: usize, kind: &Kind, date: NaiveDate, member: Member<'_>) -> Row {
    let mut row = Row::empty(layer);
    let admitted = days_before(date, member.admitted);
    row.set(layer, "code", format!("VM-{:04}", at + 1))
        .set(layer, "virtual_park", kind.code)
        .set(layer, "kind", member.column)
        .set(layer, member.column, member.who)
        .set(layer, "updated_on", member.left.clone().unwrap_or_else(|| admitted.clone()))
        .set(layer, "admitted", admitted)
        .set(layer, "left", member.left)
        .set(layer, "source", SOURCE)
        .set(layer, "revision", 1);
    row
}
