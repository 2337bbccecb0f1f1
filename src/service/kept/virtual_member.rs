//! Members of virtual parks. Buildings are public; a member firm is seen by planners without its code, and with it by the operator of the
//! virtual park alone (exact-designation P9).

use super::{Case, Faults, KeptTable, Written};
use crate::city::{City, Table};
use crate::domain::columns::{virtual_member as member, virtual_park};
use crate::domain::days::last_quarter_end;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, LayerId, Role, Row, stated_day};
use crate::service::Viewer;

pub(super) struct VirtualMembers;

const FIRM: &str = "firm";
const BUILDING: &str = "building";

impl KeptTable for VirtualMembers {
    /// Planners and the operator of the virtual park; what was admitted in error is taken out by planners only, because it takes history away, and
    /// only as it was written in the quarter that runs: sums over members have been told by then.
    fn may(&self, case: &Case<'_>, written: Written<'_>) -> Outcome<()> {
        let account = case.viewer.signed_in()?;
        if let Written { before: Some(before), after: None } = written
            && account.role == Role::Planner
            && is_history(before, case.today)
        {
            return Err(Fault::new(
                FaultKind::Forbidden,
                "member_history",
                "以往季度登记或改动过的成员不能删除",
                "members of past quarters, and those that were changed since they were admitted, are not deleted",
            )
            .help("请办理退园；确属误登的由管理员删除", "let it leave; an administrator takes out what was recorded in error"));
        }
        if matches!(account.role, Role::Planner | Role::Admin) {
            return Ok(());
        }
        if written.is_delete() {
            return case.viewer.planner().map(|_| ());
        }
        // A row that names no virtual park yet is refused for that, not for lack of rights.
        let own = |row: &Row| row.text(member::VIRTUAL_PARK).is_none_or(|park| case.viewer.operates(Some(park)));
        if account.role == Role::Operator && written.rows().all(own) {
            return Ok(());
        }
        Err(Fault::new(
            FaultKind::Forbidden,
            "other_virtual_park",
            "只能办理本虚拟园区的入园和退园",
            "you may only admit and release members of your own virtual park",
        )
        .help("请用该虚拟园区的运营账号或规划账号登录", "sign in with an account of that virtual park, or as a planner"))
    }

    fn prefix(&self) -> Option<&'static str> {
        Some("VM")
    }

    fn hides(&self) -> bool {
        true
    }

    fn sees(&self, _: &City, viewer: &Viewer, row: &Row) -> bool {
        row.text(member::KIND) == Some(BUILDING)
            || matches!(viewer.role(), Role::Planner | Role::Admin)
            || viewer.operates(row.text(member::VIRTUAL_PARK))
    }

    /// An operator sees no firm of another virtual park, so the codes that he sees are those of his own.
    fn sees_private(&self, viewer: &Viewer) -> bool {
        viewer.role() == Role::Operator
    }

    fn check(&self, case: &Case<'_>, before: Option<&Row>, after: &Row, faults: &mut Faults) {
        if let Some(before) = before {
            for column in [member::VIRTUAL_PARK, member::KIND, member::FIRM, member::BUILDING] {
                if before.text(column) != after.text(column) {
                    let zh = "成员身份不能更改；请办理退园后另行入园";
                    faults.add(column.name(), zh, "who is a member cannot be changed; let it leave and admit the other");
                }
            }
        }
        one_of_two(after, faults);
        dates(case, after, faults);
        if faults.is_empty() {
            once_at_a_time(case.city.table(LayerId::VirtualMember), before, after, faults);
        }
    }
}

/// Whether anything may rest on the row already: it was written in an earlier quarter, or more than once.
fn is_history(row: &Row, today: &str) -> bool {
    let settled = stated_day(today).map(|today| last_quarter_end(today).to_string());
    let is_new = settled.zip(row.text(member::UPDATED_ON)).is_some_and(|(settled, written)| written > settled.as_str());
    !is_new || row.integer(member::REVISION).is_none_or(|revision| revision > 1)
}

/// A member is a firm or a building, as its kind says.
fn one_of_two(after: &Row, faults: &mut Faults) {
    let (stated, other) = match after.text(member::KIND) {
        Some(FIRM) => (member::FIRM, member::BUILDING),
        Some(BUILDING) => (member::BUILDING, member::FIRM),
        _ => return,
    };
    if after.text(stated).is_none() {
        faults.add(stated.name(), "请填写成员", "name the member");
    }
    if after.text(other).is_some() {
        faults.add(other.name(), "与成员类型不符，请留空", "it does not go with the kind of member; leave it out");
    }
}

/// A member from the day of its admission to the day before it left.
fn dates(case: &Case<'_>, after: &Row, faults: &mut Faults) {
    let Some(admitted) = after.text(member::ADMITTED) else { return };
    if after.text(member::LEFT).is_some_and(|left| left <= admitted) {
        faults.add(member::LEFT.name(), "退园日期应在入园之后", "it leaves after the day of its admission");
    }
    let parks = case.city.table(LayerId::VirtualPark);
    let founded = after.text(member::VIRTUAL_PARK).and_then(|code| parks.row_of(code)).and_then(|row| parks.text(row, virtual_park::FOUNDED));
    if let Some(founded) = founded.filter(|founded| admitted < *founded) {
        faults.add(member::ADMITTED.name(), format!("虚拟园区 {founded} 才设立"), format!("the virtual park was founded on {founded} only"));
    }
}

/// The same firm or building is a member once at a time.
fn once_at_a_time(table: &Table, before: Option<&Row>, after: &Row, faults: &mut Faults) {
    let own = before.and_then(|row| row.text(member::CODE));
    let who = if after.text(member::KIND) == Some(FIRM) { member::FIRM } else { member::BUILDING };
    let overlap = |row: &usize| {
        let ends_after = |left: Option<&str>, admitted: Option<&str>| left.is_none_or(|left| admitted.is_some_and(|admitted| admitted < left));
        Some(table.key(*row)) != own
            && table.text(*row, who) == after.text(who)
            && table.text(*row, member::VIRTUAL_PARK) == after.text(member::VIRTUAL_PARK)
            && ends_after(table.text(*row, member::LEFT), after.text(member::ADMITTED))
            && ends_after(after.text(member::LEFT), table.text(*row, member::ADMITTED))
    };
    if let Some(row) = (0..table.len()).find(overlap) {
        let other = table.key(row);
        faults.add(who.name(), format!("该成员此间已在园内（{other}）"), format!("it is a member in that time already ({other})"));
    }
}
