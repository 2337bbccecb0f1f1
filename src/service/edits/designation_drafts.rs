//! Applications for a title: drafted by planners, one at a time for each park, and edited while they are drafts.

use super::{Checked, Person, Reply};
use crate::city::City;
use crate::domain::columns::{designation as column, park as park_column};
use crate::domain::edit::{DraftDesignation, Precondition};
use crate::domain::fault::Outcome;
use crate::domain::{DesignationState, Fault, LayerId, Row, RowChange, stated_day};
use crate::service::collections::no_such_park;
use crate::service::designations::record;
use crate::service::designations::view::{as_seen, stale};
use crate::service::designations::{LONGEST_TEXT, conflict, no_such_designation};
use chrono::NaiveDate;
use serde_json::json;

pub(super) fn check(edit: &DraftDesignation, city: &City, person: &Person) -> Outcome<Checked> {
    let account = person.viewer.planner()?.account.clone();
    let today = stated_day(&person.today).ok_or_else(|| Fault::internal("today", &person.today))?;
    if edit.basis.as_ref().is_some_and(|text| text.chars().count() > LONGEST_TEXT) {
        return Err(Fault::bad("too_long", format!("最多 {LONGEST_TEXT} 字"), format!("at most {LONGEST_TEXT} characters")).at("/basis"));
    }
    let lead_cluster = judged_cluster(edit, city)?;
    let (code, change) = match &edit.edits {
        Some((code, seen)) => (code.clone(), edited(edit, city, (code, seen, &account), lead_cluster, today)?),
        None => {
            must_be_free(city, &edit.park, today)?;
            let code = next_code(city, &person.today);
            let mut row = Row::empty(LayerId::Designation.layer());
            row.put(column::CODE, code.as_str()).put(column::PARK, edit.park.as_str()).put(column::STATE, DesignationState::Draft.as_str());
            row.put(column::DRAFTED_BY, account).put(column::REVISION, 1);
            fill(&mut row, edit, lead_cluster);
            (code, RowChange::Insert { layer: LayerId::Designation, fid: city.table(LayerId::Designation).next_fid(), row })
        }
    };
    Ok(Checked::of(vec![change], "designation", Reply::Designation(code)))
}

fn fill(row: &mut Row, edit: &DraftDesignation, lead_cluster: Option<String>) {
    let basis = edit.basis.clone().filter(|text| !text.trim().is_empty());
    row.put(column::LEAD_CLUSTER, lead_cluster).put(column::BASIS, basis);
    row.put(column::PACK, edit.pack.id.as_str()).put(column::PACK_VERSION, edit.pack.version.as_str());
    row.put(column::PACK_SHA256, edit.pack.sha256.as_str()).put(column::PACK_TEXT, json!(edit.pack.texts).to_string());
}

fn edited(
    edit: &DraftDesignation,
    city: &City,
    (code, seen, account): (&str, &Precondition, &str),
    lead_cluster: Option<String>,
    today: NaiveDate,
) -> Outcome<RowChange> {
    let table = city.table(LayerId::Designation);
    let Some(at) = table.row_of(code) else {
        seen.check([], || no_such_designation(code))?;
        return Err(no_such_designation(code));
    };
    let known = record::find(city, code)?;
    seen.check(std::iter::once_with(|| as_seen(city, &known, today).etag), || stale(city, &known, today))?;
    if known.stored != DesignationState::Draft {
        return Err(conflict(
            "not_a_draft",
            format!("{code} 已提交，只有草案可以修改"),
            format!("{code} has been submitted; only drafts are edited"),
        )
        .at(code)
        .help("由审核员退回后再改", "have a reviewer return it first"));
    }
    if known.park != edit.park {
        return Err(Fault::bad("other_park", "草案的园区不能改换", "a draft stays with its park")
            .at("/park")
            .help("撤回后另起草", "withdraw it and draft another"));
    }
    let before = table.row(at);
    let mut after = before.clone();
    fill(&mut after, edit, lead_cluster);
    after.put(column::SUBMITTED_BY, known.with_applicant(account)).put(column::REVISION, known.revision + 1);
    Ok(RowChange::Update { layer: LayerId::Designation, fid: table.fid(at), before, after })
}

/// A designation names one of the park's lead clusters, by default the first (I1).
fn judged_cluster(edit: &DraftDesignation, city: &City) -> Outcome<Option<String>> {
    let parks = city.table(LayerId::Park);
    let at = parks.row_of(&edit.park).ok_or_else(|| no_such_park(&edit.park).at("/park"))?;
    let own = parks.list(at, park_column::LEAD_CLUSTERS).unwrap_or_default();
    match &edit.lead_cluster {
        None => Ok(own.into_iter().next()),
        Some(named) if own.contains(named) => Ok(Some(named.clone())),
        Some(named) => Err(Fault::bad(
            "no_lead_cluster",
            format!("{named} 不在 {} 的主导产业集群之列", edit.park),
            format!("{named} is not among the lead clusters of {}", edit.park),
        )
        .at("/lead_cluster")
        .help(format!("可用：{}", own.join("、")), format!("known: {}", own.join(", ")))),
    }
}

/// A park has one record at a time from which something may still come; after a terminal state a new one starts.
fn must_be_free(city: &City, park: &str, today: NaiveDate) -> Outcome<()> {
    match record::of_park(city, park, today)? {
        Some(open) if open.state_on(today).is_open() => Err(conflict(
            "designation_open",
            format!("{park} 已有在办或有效的授牌 {}", open.code),
            format!("{park} has a designation under way or in force: {}", open.code),
        )
        .at(open.code)
        .help("在该记录上继续办理", "go on with that one")),
        _ => Ok(()),
    }
}

/// `SP-year-number`, one above the largest of the year.
fn next_code(city: &City, today: &str) -> String {
    let head = format!("SP-{}-", today.get(..4).unwrap_or("0000"));
    let table = city.table(LayerId::Designation);
    let last = (0..table.len()).filter_map(|row| table.key(row).strip_prefix(&head)?.parse::<u32>().ok()).max().unwrap_or(0);
    format!("{head}{:04}", last + 1)
}
