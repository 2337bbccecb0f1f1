//! Tasks of 调度评估: planners keep them; the operator of their park says why one lags and what is done about it.

use super::{Case, Faults, KeptTable, Written};
use crate::analysis::progress::{Task, curve_point};
use crate::domain::columns::{park, task};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Role, Row, stated_day};
use chrono::Datelike;

pub(super) struct Tasks;

impl KeptTable for Tasks {
    fn may(&self, case: &Case<'_>, written: Written<'_>) -> Outcome<()> {
        let account = case.viewer.signed_in()?;
        if account.role != Role::Operator {
            return case.viewer.planner().map(|_| ());
        }
        let (Some(before), Some(after)) = (written.before, written.after) else { return case.viewer.planner().map(|_| ()) };
        if !case.viewer.operates(before.text(task::PARK)) {
            return Err(other_park());
        }
        let explains = |at: usize| at == task::CAUSE.at() || at == task::MEASURE.at();
        if (0..before.values.len()).all(|at| explains(at) || before.values[at] == after.values[at]) {
            return Ok(());
        }
        Err(Fault::new(FaultKind::Forbidden, "only_explains", "园区只能填写滞后原因和整改措施", "operators may only state cause and measure")
            .help("目标、时间等请由规划账号修改", "targets and dates are a planner's to change"))
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("T")
    }

    /// A task lies in its park's district and counts in the year of its end, unless somebody says otherwise.
    fn fill(&self, case: &Case<'_>, _: Option<&Row>, after: &mut Row) {
        if after.text(task::DISTRICT).is_none() {
            let parks = case.city.table(LayerId::Park);
            let district = after.text(task::PARK).and_then(|code| parks.row_of(code)).and_then(|row| parks.text(row, park::DISTRICT));
            after.put(task::DISTRICT, district);
        }
        if after.integer(task::YEAR).is_none() {
            let year = after.text(task::END).and_then(stated_day).map(|end| i64::from(end.year()));
            after.put(task::YEAR, year);
        }
    }

    fn check(&self, case: &Case<'_>, _: Option<&Row>, after: &Row, faults: &mut Faults) {
        in_a_district_of_its_park(case, after, faults);
        let day = |column| after.text(column).and_then(stated_day);
        let (Some(start), Some(end)) = (day(task::START), day(task::END)) else { return };
        let points: Vec<String> = after.text(task::CURVE).and_then(|list| serde_json::from_str(list).ok()).unwrap_or_default();
        let Some(curve) = points.iter().map(|point| curve_point(point)).collect::<Option<Vec<_>>>() else {
            let en = "write each point as 2026-03=25 (month=percent so far)";
            faults.add(task::CURVE.name(), "逐点写作 2026-03=25（月份=累计百分比）", en);
            return;
        };
        let id = after.text(task::CODE).unwrap_or_default().to_owned();
        let Err(fault) = (Task { id, start, end, target: after.number(task::TARGET), curve, reports: Vec::new() }).check() else { return };
        let column = if fault.code == "bad_curve" { task::CURVE.name() } else { task::END.name() };
        let with_help = |text: String, help: Option<String>| help.map_or_else(|| text.clone(), |help| format!("{text}：{help}"));
        faults.add(column, with_help(fault.zh, fault.help_zh), fault.help_en.map_or(fault.en.clone(), |help| format!("{}: {help}", fault.en)));
    }
}

/// A park may reach over several districts; a task of it counts in one of these.
fn in_a_district_of_its_park(case: &Case<'_>, after: &Row, faults: &mut Faults) {
    let parks = case.city.table(LayerId::Park);
    let Some((row, district)) = after.text(task::PARK).and_then(|code| parks.row_of(code)).zip(after.text(task::DISTRICT)) else { return };
    let mut own = parks.list(row, park::DISTRICTS).unwrap_or_default();
    own.extend(parks.text(row, park::DISTRICT).map(str::to_owned));
    if !own.is_empty() && own.iter().all(|code| code != district) {
        let known = own.join("、");
        faults.add(task::DISTRICT.name(), format!("该园区在 {known}，不在 {district}"), format!("its park lies in {known}, not in {district}"));
    }
}

pub(super) fn other_park() -> Fault {
    Fault::new(FaultKind::Forbidden, "other_park", "只能填报本园区的任务", "you may only report for tasks of your own park")
        .help("请用该园区的运营账号或规划账号登录", "sign in with an account of that park, or as a planner")
}
