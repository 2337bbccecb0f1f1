//! Moves of a designation (exact readings S6, S8–S10): who may, from which state, with which reason and day, and what is frozen.

use super::{Checked, Person, Reply};
use crate::city::City;
use crate::domain::columns::designation as column;
use crate::domain::days::no_day;
use crate::domain::designation::{YearlyGrade, life, years_of_d};
use crate::domain::edit::{AssessDesignation, Frozen, MoveDesignation, Precondition};
use crate::domain::fault::Outcome;
use crate::domain::{Designation, DesignationState, DesignationStep as Step, Fault, LayerId, RowChange, stated_day};
use crate::service::designations::record;
use crate::service::designations::view::{as_seen, stale};
use crate::service::designations::{LONGEST_TEXT, conflict, no_such_designation};
use chrono::{Datelike, NaiveDate};
use serde_json::json;

pub(super) fn check(edit: &MoveDesignation, city: &City, person: &Person) -> Outcome<Checked> {
    let (known, date) = may(edit, city, person)?;
    let table = city.table(LayerId::Designation);
    let at = table.row_of(&edit.code).ok_or_else(|| no_such_designation(&edit.code))?;
    let to = known.stored.after(edit.step).ok_or_else(|| Fault::internal("step", edit.step.as_str()))?;
    let before = table.row(at);
    let mut after = before.clone();
    let reason = edit.reason.clone().filter(|text| !text.trim().is_empty());
    after.put(column::STATE, to.as_str()).put(column::STEP, edit.step.as_str()).put(column::REASONS, reason.clone());
    after.put(column::REVISION, known.revision + 1);
    if edit.step == Step::Submit {
        after.put(column::SUBMITTED_BY, known.with_applicant(person.viewer.name()));
    }
    if edit.step.is_decision() {
        let frozen = edit.frozen.as_deref().ok_or_else(|| Fault::internal("evidence", "a decision came without its evidence"))?;
        must_be_of(frozen, &known, edit.step)?;
        if edit.step.gives_title() {
            must_pass(frozen, &known, date)?;
            must_follow_earlier_titles(&known, date, city)?;
        }
        after.put(column::DATE, date.to_string()).put(column::DECIDED_BY, person.viewer.name());
        freeze(&mut after, frozen);
        let term = life(date, frozen.term_years, frozen.recheck_months, date).filter(|_| edit.step.gives_title());
        after.put(column::VALID_THROUGH, term.map(|term| term.valid_through.to_string()));
        after.put(column::RECHECK_FROM, term.map(|term| term.recheck_from.to_string()));
    }
    let change = RowChange::Update { layer: LayerId::Designation, fid: table.fid(at), before, after };
    Ok(Checked::of(vec![change], reason.unwrap_or_else(|| "designation".to_owned()), Reply::Designation(edit.code.clone())))
}

/// All that can be said of a move before its evidence is worked out: rights, what the caller saw, the state, two persons, reason and day.
pub(in crate::service) fn may(edit: &MoveDesignation, city: &City, person: &Person) -> Outcome<(Designation, NaiveDate)> {
    if edit.step.is_review() { person.viewer.reviewer() } else { person.viewer.planner() }?;
    let today = stated_day(&person.today).ok_or_else(|| Fault::internal("today", &person.today))?;
    let known = as_found(city, &edit.code, &edit.seen, today)?;
    let state = known.state_on(today);
    if state.after(edit.step).is_none() {
        return Err(not_from_here(&known, state, edit.step));
    }
    if edit.step.is_review() {
        person.must_not_be_the_applicant(known.is_applicant(person.viewer.name()))?;
    }
    must_give_a_reason(edit)?;
    let date = stated_day(&edit.date).ok_or_else(|| no_day("date", &edit.date).at("/date"))?;
    must_be_a_day_of_it(&known, date, today)?;
    Ok((known, date))
}

/// The record in the state that the caller saw.
fn as_found(city: &City, code: &str, seen: &Precondition, today: NaiveDate) -> Outcome<Designation> {
    if city.table(LayerId::Designation).row_of(code).is_none() {
        seen.check([], || no_such_designation(code))?;
        return Err(no_such_designation(code));
    }
    let known = record::find(city, code)?;
    seen.check(std::iter::once_with(|| as_seen(city, &known, today).etag), || stale(city, &known, today))?;
    Ok(known)
}

fn not_from_here(known: &Designation, state: DesignationState, step: Step) -> Fault {
    let (code, from, step) = (&known.code, state.as_str(), step.as_str());
    let fault =
        conflict("move", format!("{code} 处于 {from}，不能 {step}"), format!("{code} is {from}: it does not {step} from there")).at(code.clone());
    if state == DesignationState::Expired {
        let through = known.valid_through.map(|day| day.to_string()).unwrap_or_default();
        return fault.help(format!("已于 {through} 到期，须另行起草"), format!("it expired on {through}; draft a new one"));
    }
    let next: Vec<&str> = state.next().map(Step::as_str).collect();
    if next.is_empty() {
        return fault.help("此记录已办结，须另行起草", "this record is closed; draft a new one");
    }
    fault.help(format!("可办：{}", next.join("、")), format!("from here: {}", next.join(", ")))
}

fn must_give_a_reason(edit: &MoveDesignation) -> Outcome<()> {
    let reason = edit.reason.as_deref().unwrap_or_default().trim();
    if reason.is_empty() && edit.step.needs_reason() {
        return Err(Fault::bad("reason", "请写明理由", "give a reason")
            .at("/reason")
            .help("退回、不予授牌和撤销都须有理由", "a return, a rejection and a revocation each need one"));
    }
    if reason.chars().count() > LONGEST_TEXT {
        return Err(Fault::bad("too_long", format!("最多 {LONGEST_TEXT} 字"), format!("at most {LONGEST_TEXT} characters")).at("/reason"));
    }
    Ok(())
}

/// A step may be recorded after its day, not before it, nor before the last decision; a title is only kept while it is valid.
fn must_be_a_day_of_it(known: &Designation, date: NaiveDate, today: NaiveDate) -> Outcome<()> {
    if date > today {
        return Err(Fault::bad("later", format!("{date} 还没有到"), format!("{date} is still to come"))
            .at("/date")
            .help("写当日或此前的日期", "give today's date or an earlier one"));
    }
    match known.date {
        Some(last) if date < last => Err(conflict(
            "too_early",
            format!("上一决定在 {last}，日期须不早于它"),
            format!("the last decision was on {last}; the date may not be before it"),
        )
        .at("/date")
        .help("改一个更晚的日期", "give a later date")),
        _ => Ok(()),
    }
}

/// A park has one title at a time: a new one begins after the last one has ended.
fn must_follow_earlier_titles(known: &Designation, date: NaiveDate, city: &City) -> Outcome<()> {
    for other in record::all(city)?.iter().filter(|other| other.park == known.park && other.code != known.code) {
        let (last, overlaps) = match other.stored {
            DesignationState::Revoked => (other.date, other.date.is_some_and(|revoked| date < revoked)),
            DesignationState::Designated => (other.valid_through, other.valid_through.is_some_and(|through| date <= through)),
            _ => (None, false),
        };
        if let (Some(last), true) = (last, overlaps) {
            let code = &other.code;
            return Err(conflict("too_early", format!("{code} 的牌至 {last} 才终止"), format!("the title {code} stood until {last}"))
                .at("/date")
                .help("改一个更晚的日期", "give a later date"));
        }
    }
    Ok(())
}

/// An application is judged by what it names; a title by the rules of the day.
fn must_be_of(frozen: &Frozen, known: &Designation, step: Step) -> Outcome<()> {
    let by_its_own_pack = matches!(step, Step::Designate | Step::Reject);
    if frozen.lead_cluster == known.lead_cluster && (!by_its_own_pack || frozen.pack.sha256 == known.pack_sha256) {
        return Ok(());
    }
    Err(conflict(
        "changed_meanwhile",
        format!("办理期间 {} 有变，未作决定", known.code),
        format!("{} changed meanwhile; nothing was decided", known.code),
    )
    .at(known.code.clone())
    .help("重新打开后再办", "open it again and decide then"))
}

/// Missing evidence is no pass, and years of D in a row make a re-check fail (S6).
fn must_pass(frozen: &Frozen, known: &Designation, date: NaiveDate) -> Outcome<()> {
    if !frozen.passes {
        let total = frozen.total.map_or_else(|| "—".to_owned(), |total| format!("{total:.2}"));
        let why = if frozen.reasons.is_empty() { total } else { frozen.reasons.join("; ") };
        return Err(conflict("does_not_pass", format!("{} 未达授牌线：{why}", known.park), format!("{} does not pass: {why}", known.park))
            .at(known.park.clone())
            .help("补齐材料或达标后再授；或退回、不予授牌", "decide when it passes, or return or reject it"));
    }
    let mut years = known.assessments.clone();
    if years.iter().all(|one| one.year != date.year()) {
        years.push(YearlyGrade { year: date.year(), grade: frozen.grade.clone() });
    }
    let in_a_row = years_of_d(&years);
    if in_a_row >= frozen.revoke_after.max(1) && known.stored == DesignationState::Designated {
        return Err(conflict(
            "d_grades",
            format!("连续 {in_a_row} 年评为 D，复核不通过，不能续牌"),
            format!("graded D {in_a_row} years in a row: the re-check fails and the title is not kept"),
        )
        .at(known.code.clone())
        .help("按规则包应予撤销", "by the rule pack it is to be revoked"));
    }
    Ok(())
}

fn freeze(row: &mut crate::domain::Row, frozen: &Frozen) {
    row.put(column::GRADE, frozen.grade.as_str()).put(column::TOTAL, frozen.total).put(column::RANK, frozen.rank);
    row.put(column::PASSES, frozen.passes).put(column::RUN, frozen.run.as_str());
    row.put(column::PACK, frozen.pack.id.as_str()).put(column::PACK_VERSION, frozen.pack.version.as_str());
    row.put(column::PACK_SHA256, frozen.pack.sha256.as_str()).put(column::PACK_TEXT, json!(frozen.pack.texts).to_string());
    row.put(column::EVIDENCE, frozen.evidence.as_str()).put(column::EVIDENCE_SHA256, frozen.sha256.as_str());
}

/// The grade of a year, recorded once. The decision and its evidence stay as they are.
pub(super) fn assess(edit: &AssessDesignation, city: &City, person: &Person) -> Outcome<Checked> {
    person.viewer.reviewer()?;
    let today = stated_day(&person.today).ok_or_else(|| Fault::internal("today", &person.today))?;
    let known = as_found(city, &edit.code, &edit.seen, today)?;
    if !known.state_on(today).is_title() {
        let code = &known.code;
        return Err(conflict(
            "no_title",
            format!("{code} 没有有效的牌，不作年度评价"),
            format!("{code} has no title in force, so no year is assessed"),
        )
        .at(code.clone()));
    }
    let first = known.date.map_or(edit.year, |day| day.year());
    if edit.year > today.year() || edit.year < first {
        let zh = format!("年度应在 {first} 至 {} 之间：{}", today.year(), edit.year);
        let en = format!("a year from {first} to {}: {}", today.year(), edit.year);
        return Err(Fault::bad("year", zh, en).at("/date"));
    }
    if known.assessments.iter().any(|one| one.year == edit.year) {
        return Err(conflict("assessed", format!("{} 年已评", edit.year), format!("{} has been assessed", edit.year))
            .at("/date")
            .help("每年只记一次", "each year is recorded once"));
    }
    let mut years = known.assessments.clone();
    years.push(YearlyGrade { year: edit.year, grade: edit.frozen.grade.clone() });
    years.sort();
    let table = city.table(LayerId::Designation);
    let at = table.row_of(&edit.code).ok_or_else(|| no_such_designation(&edit.code))?;
    let before = table.row(at);
    let mut after = before.clone();
    let cells: Vec<String> = years.iter().map(YearlyGrade::cell).collect();
    after.put(column::ASSESSMENTS, json!(cells).to_string()).put(column::REVISION, known.revision + 1);
    let change = RowChange::Update { layer: LayerId::Designation, fid: table.fid(at), before, after };
    let source = format!("{}: {} {}", edit.year, edit.frozen.grade, edit.frozen.sha256);
    Ok(Checked::of(vec![change], source, Reply::Designation(edit.code.clone())))
}
