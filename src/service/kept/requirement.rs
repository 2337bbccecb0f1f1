//! Requirements of firms (企业诉求). Planners keep them; an operator sees those that are not closed, without firm and contact, and offers floors
//! and parcels of his own park; guests see none.

use super::{Case, Faults, KeptTable, Written};
use crate::city::City;
use crate::domain::columns::{building, floor, parcel, requirement as column};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Role, Row, Value};
use crate::service::Viewer;

pub(super) struct Requirements;

const OPEN: &str = "open";
const OFFERED: &str = "offered";
const VISITING: &str = "visiting";
const SIGNED: &str = "signed";
const WITHDRAWN: &str = "withdrawn";

/// Whether nothing is looked for any more.
pub fn is_closed(state: Option<&str>) -> bool {
    matches!(state, Some(SIGNED | WITHDRAWN))
}

/// What an operator may write, and what is written for him.
const OPERATORS: [&str; 5] = ["offered", "state", "updated_on", "closed_on", "revision"];

/// What a requirement may ask of a place; one of them must be stated.
const CRITERIA: [&str; 8] = ["cluster", "area_min_m2", "area_max_m2", "load_kn_m2", "height_m", "power_kva", "fire_class", "needed_by"];

impl KeptTable for Requirements {
    fn may(&self, case: &Case<'_>, written: Written<'_>) -> Outcome<()> {
        let account = case.viewer.signed_in()?;
        if matches!(account.role, Role::Planner | Role::Admin) {
            return Ok(());
        }
        let Written { before: Some(before), after: Some(after) } = written else { return case.viewer.planner().map(|_| ()) };
        let layer = LayerId::Requirement.layer();
        let changed = layer.columns.iter().zip(before.values.iter().zip(&after.values)).filter(|(_, (old, new))| old != new);
        let stays = changed.into_iter().all(|(column, _)| OPERATORS.contains(&column.name.as_str()));
        // An operator's offer may open the way to a visit; whether a visit or a signing took place is the planner's to say.
        let (from, to) = (before.text(column::STATE), after.text(column::STATE));
        let moves = from == to || matches!((from, to), (Some(OPEN), Some(OFFERED)) | (Some(OFFERED), Some(OPEN)));
        let (old, new) = (list(before, "offered"), list(after, "offered"));
        let touched = old.iter().filter(|code| !new.contains(code)).chain(new.iter().filter(|code| !old.contains(code)));
        let own = touched.into_iter().all(|code| park_of(case.city, code).is_none_or(|park| case.viewer.operates(park.as_deref())));
        if account.role == Role::Operator && stays && moves && own {
            return Ok(());
        }
        Err(Fault::new(
            FaultKind::Forbidden,
            "offers_only",
            "园区账号只能推荐本园区的楼层或宗地",
            "you may only offer floors and parcels of your own park",
        )
        .help("其他内容请由规划账号修改", "a planner changes everything else"))
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("RQ")
    }

    fn hides(&self) -> bool {
        true
    }

    fn sees(&self, _: &City, viewer: &Viewer, row: &Row) -> bool {
        match viewer.role() {
            Role::Planner | Role::Admin => true,
            Role::Operator => !is_closed(row.text(column::STATE)),
            Role::Guest | Role::Viewer | Role::Reviewer => false,
        }
    }

    fn sees_private(&self, viewer: &Viewer) -> bool {
        matches!(viewer.role(), Role::Planner | Role::Admin)
    }

    /// A requirement begins open today; the first offer moves it on, the last one taken back moves it back; closing has its day.
    fn fill(&self, case: &Case<'_>, before: Option<&Row>, after: &mut Row) {
        if after.text(column::STATE).is_none() {
            after.put(column::STATE, OPEN);
        }
        if after.text(column::OPENED_ON).is_none() {
            let first = before.and_then(|row| row.text(column::OPENED_ON)).unwrap_or(case.today).to_owned();
            after.put(column::OPENED_ON, first);
        }
        let has_offers = !list(after, "offered").is_empty();
        let had_offers = before.is_some_and(|row| !list(row, "offered").is_empty());
        match after.text(column::STATE) {
            Some(OPEN) if has_offers && !had_offers => after.put(column::STATE, OFFERED),
            Some(OFFERED) if !has_offers && had_offers => after.put(column::STATE, OPEN),
            _ => after,
        };
        let was_closed = before.is_some_and(|row| is_closed(row.text(column::STATE)));
        if is_closed(after.text(column::STATE)) && !was_closed {
            after.put(column::CLOSED_ON, case.today);
        }
    }

    fn check(&self, case: &Case<'_>, before: Option<&Row>, after: &Row, faults: &mut Faults) {
        if let Some(before) = before.filter(|row| is_closed(row.text(column::STATE))) {
            return stays(before, after, faults);
        }
        let layer = LayerId::Requirement.layer();
        if CRITERIA.iter().all(|name| *after.get(layer, name) == Value::Null) {
            faults.add(
                "cluster",
                "至少写一项要求：集群、面积、荷载、层高、供电、火灾危险性或日期",
                "state a cluster, area, load, height, power, fire class or date",
            );
        }
        if after.text(column::CLUSTER) == Some("none") {
            faults.add("cluster", "请选目录中的产业集群，或留空", "choose a cluster of the catalogue or leave it out");
        }
        let range = after.number(column::AREA_MIN_M2).zip(after.number(column::AREA_MAX_M2));
        if range.is_some_and(|(least, most)| least > most) {
            faults.add("area_max_m2", "面积上限小于下限", "the largest area is below the least");
        }
        if after.text(column::OPENED_ON).is_some_and(|day| day > case.today) {
            faults.add("opened_on", "登记日期不能在将来", "it cannot be opened in the future");
        }
        let districts = case.city.table(LayerId::District);
        if let Some(code) = list(after, "districts").iter().find(|code| districts.row_of(code).is_none()) {
            faults.add("districts", format!("没有行政区 {code}"), format!("there is no district {code}"));
        }
        offers(case.city, before, after, faults);
        moves(before, after, faults);
    }
}

/// The texts of a list column.
fn list(row: &Row, name: &str) -> Vec<String> {
    let cell = row.get(LayerId::Requirement.layer(), name).as_str();
    cell.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// The park of a floor or parcel; `None` for a code that is neither.
fn park_of(city: &City, code: &str) -> Option<Option<String>> {
    let (floors, parcels, buildings) = (city.table(LayerId::Floor), city.table(LayerId::Parcel), city.table(LayerId::Building));
    if let Some(row) = floors.row_of(code) {
        let stands = floors.text(row, floor::BUILDING).and_then(|code| buildings.row_of(code));
        return Some(stands.and_then(|row| buildings.text(row, building::PARK)).map(str::to_owned));
    }
    parcels.row_of(code).map(|row| parcels.text(row, parcel::PARK).map(str::to_owned))
}

/// What is newly offered exists; what was signed was offered.
fn offers(city: &City, before: Option<&Row>, after: &Row, faults: &mut Faults) {
    let (old, new) = (before.map(|row| list(row, "offered")).unwrap_or_default(), list(after, "offered"));
    if let Some(code) = new.iter().filter(|code| !old.contains(code)).find(|code| park_of(city, code).is_none()) {
        faults.add("offered", format!("没有楼层或宗地 {code}"), format!("there is no floor or parcel {code}"));
    }
    let signed = after.text(column::SIGNED_SITE);
    match (after.text(column::STATE), signed) {
        (Some(SIGNED), None) => faults.add("signed_site", "签约须写明地点", "name the site that was signed"),
        (Some(SIGNED), Some(site)) if !new.iter().any(|code| code == site) => {
            faults.add("signed_site", "签约地点不在已推荐之列", "the signed site is not among those offered");
        }
        (Some(SIGNED), _) | (_, None) => {}
        (_, Some(_)) => faults.add("signed_site", "签约后才填写签约地点", "a site is named when it is signed"),
    }
}

/// open → offered → visiting → signed | withdrawn, and a step back before the end.
fn moves(before: Option<&Row>, after: &Row, faults: &mut Faults) {
    let new = after.text(column::STATE).unwrap_or(OPEN);
    let Some(before) = before else {
        if !matches!(new, OPEN | OFFERED) {
            faults.add("state", "新诉求从待匹配开始", "a requirement begins open");
        }
        return states(after, new, faults);
    };
    let old = before.text(column::STATE).unwrap_or(OPEN);
    let fine = old == new || new == WITHDRAWN || matches!((old, new), (OPEN, OFFERED) | (OFFERED, OPEN | VISITING) | (VISITING, OFFERED | SIGNED));
    if !fine {
        faults.add("state", format!("不能从 {old} 到 {new}"), format!("it cannot go from {old} to {new}"));
    }
    states(after, new, faults);
}

/// What is closed stays as it is, but for what we write ourselves.
fn stays(before: &Row, after: &Row, faults: &mut Faults) {
    let columns = LayerId::Requirement.layer().columns.iter();
    let is_same = columns.zip(before.values.iter().zip(&after.values)).all(|(column, (a, b))| column.computed || a == b);
    if !is_same {
        faults.add("state", "诉求已结案，不再修改；如需重启请另行登记", "the requirement is closed and stays as it is; open another one");
    }
}

/// What a state asks of the row.
fn states(after: &Row, state: &str, faults: &mut Faults) {
    if matches!(state, OFFERED | VISITING | SIGNED) && list(after, "offered").is_empty() {
        faults.add("offered", "请先推荐楼层或宗地", "offer a floor or parcel first");
    }
    let reason = after.text(column::REASON).is_some_and(|reason| !reason.trim().is_empty());
    if state == WITHDRAWN && !reason {
        faults.add("reason", "请写明撤回原因", "say why it is withdrawn");
    }
    if !is_closed(Some(state)) && reason {
        faults.add("reason", "结案时才填写原因", "a reason is given when it is closed");
    }
}
