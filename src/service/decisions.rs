//! Designations as people make and move them: the edit, and the record as it is then.

use super::designations::{self, About, Asked, DesignationAnswer, DesignationList, DesignationMove, DesignationQuery, DraftPatch};
use super::designations::{NewAssessment, NewDesignation, RegisterFormat, TodayAnswer, record};
use super::edits::{self, Reply};
use super::{Planner, Viewer, audit, today};
use crate::city::City;
use crate::domain::days::no_day;
use crate::domain::edit::{AssessDesignation, DraftDesignation, Edit, MoveDesignation, Precondition};
use crate::domain::fault::Outcome;
use crate::domain::{DesignationStep, Fault, FaultKind, Lang, LayerId, stated_day};
use crate::rules::{Pack, RuleSet};
use chrono::{Datelike, NaiveDate};

/// A day that a person stated, or today.
fn day_of(stated: Option<&str>, place: &str) -> Outcome<NaiveDate> {
    let text = stated.map_or_else(today, str::to_owned);
    stated_day(&text).ok_or_else(|| no_day("date", &text).at(place))
}

/// An application names the rules by which it is judged.
fn judged_as_applied(code: &str) -> Fault {
    Fault::bad(
        "pack_of_application",
        format!("{code} 按申请所列的规则包评定，不能另给"),
        format!("{code} is judged by the rule pack that it names; no other one can be given"),
    )
    .at("/pack")
    .help("退回草案，改列规则包后再报", "return it to a draft and name another pack there")
}

/// Designations of the city at work.
#[derive(Clone, Copy)]
pub struct Decisions<'p> {
    planner: &'p Planner,
}

impl<'p> Decisions<'p> {
    pub fn of(planner: &'p Planner) -> Self {
        Decisions { planner }
    }

    fn asked<'a>(self, viewer: &'a Viewer) -> Outcome<Asked<'a>> {
        Ok(Asked { viewer, two_persons: self.planner.settings().two_persons, day: day_of(None, "today")? })
    }

    pub fn list(&self, city: &City, viewer: &Viewer, query: &DesignationQuery) -> Outcome<DesignationList> {
        let asked = self.asked(viewer)?;
        let mut all = record::all(city)?;
        let day = query.day(asked.day)?;
        if day < asked.day {
            let then = all.iter().map(|known| designations::on_day(&self.changes(city, &known.code)?, day));
            all = then.filter_map(Outcome::transpose).collect::<Outcome<_>>()?;
        }
        designations::list(city, &asked, query, all, audit::head(self.planner)?)
    }

    pub fn one(&self, city: &City, viewer: &Viewer, code: &str) -> Outcome<DesignationAnswer> {
        let known = record::find(city, code)?;
        let history = designations::history(viewer, self.changes(city, code)?);
        Ok(designations::view(city, &self.asked(viewer)?, &known, Some((history, audit::head(self.planner)?))))
    }

    /// The very text that was frozen with a decision, for a reader from whom nothing of it is withheld.
    pub fn evidence(&self, city: &City, viewer: &Viewer, code: &str, sha256: &str) -> Outcome<String> {
        record::find(city, code)?;
        let text = designations::frozen_text(code, sha256, &self.changes(city, code)?)?;
        designations::may_read_whole(&text, viewer)?;
        Ok(text)
    }

    /// The register as a file, with the count of its records.
    pub fn register(&self, city: &City, viewer: &Viewer, query: &DesignationQuery, format: RegisterFormat, lang: Lang) -> Outcome<(Vec<u8>, usize)> {
        let list = self.list(city, viewer, query)?;
        Ok((designations::register_file(city, &list, format, lang)?, list.designations.len()))
    }

    pub fn certificate(&self, city: &City, viewer: &Viewer, code: &str) -> Outcome<Vec<u8>> {
        let known = record::find(city, code)?;
        let changes = self.changes(city, code)?;
        audit::must_be_as_logged(city, LayerId::Designation, code, changes.first())?;
        let history = designations::history(viewer, changes);
        let last = history.iter().find(|entry| entry.evidence_sha256 == known.evidence_sha256);
        designations::certificate(city, &known, last, day_of(None, "today")?, self.planner.settings().font.as_deref())
    }

    /// Whether it would pass on a day, beside what was decided.
    pub fn today(&self, city: &City, viewer: &Viewer, code: &str, as_of: Option<&str>) -> Outcome<TodayAnswer> {
        let known = record::find(city, code)?;
        designations::today_answers(city, &known, day_of(as_of, "as_of")?, RuleSet::shipped(), viewer)
    }

    /// Records an application, or a draft's new contents. `own` is a pack that the person brought, in place of a named one.
    pub fn draft(
        &self,
        viewer: &Viewer,
        edits: Option<(String, Precondition)>,
        new: &NewDesignation,
        own: Option<&Pack>,
    ) -> Outcome<DesignationAnswer> {
        viewer.planner()?;
        let pack = match own {
            Some(pack) => designations::judged_by(pack),
            None => designations::judged_by(&designations::chosen_pack(RuleSet::shipped(), new.pack.as_deref())?),
        };
        let (park, lead_cluster, basis) = (new.park.clone(), new.lead_cluster.clone(), new.basis.clone());
        let draft = DraftDesignation { edits, park, lead_cluster, basis, pack };
        let done = self.planner.edit(viewer, Edit::DraftDesignation(Box::new(draft)))?;
        self.answer(viewer, done.reply)
    }

    /// New contents of a draft; what is not named stays. The pack stays as its text was kept unless one is named.
    pub fn edit(&self, viewer: &Viewer, code: &str, seen: Precondition, patch: &DraftPatch) -> Outcome<DesignationAnswer> {
        viewer.planner()?;
        let known = record::find(&self.planner.city(), code)?;
        let new = NewDesignation {
            park: known.park.clone(),
            lead_cluster: patch.lead_cluster.clone().or_else(|| known.lead_cluster.clone()),
            basis: patch.basis.clone().or_else(|| known.basis.clone()),
            pack: patch.pack.clone(),
        };
        let kept = if patch.pack.is_none() { Some(designations::kept_pack(&known)?) } else { None };
        let edits = Some((code.to_owned(), seen));
        self.draft(viewer, edits, &new, kept.as_ref()).map_err(|fault| self.told_whole(viewer, code, fault))
    }

    /// Moves a designation on. A decision freezes the evidence as the city stands when it is asked for; `own` is as above.
    pub fn step(&self, viewer: &Viewer, code: &str, seen: Precondition, wanted: &DesignationMove, own: Option<&Pack>) -> Outcome<DesignationAnswer> {
        let date = wanted.date.clone().unwrap_or_else(today);
        let mut edit = MoveDesignation { code: code.to_owned(), seen, step: wanted.step, date, reason: wanted.reason.clone(), frozen: None };
        // The evidence takes longer than the writer should be kept waiting: it is worked out here, for those whose move may be made.
        let city = self.planner.city();
        let (known, day) = edits::may(&edit, &city, &self.planner.person(viewer)).map_err(|fault| self.told_whole(viewer, code, fault))?;
        if edit.step.is_decision() {
            let pack = match (edit.step, own) {
                (DesignationStep::Designate | DesignationStep::Reject, None) => designations::kept_pack(&known)?,
                (DesignationStep::Designate | DesignationStep::Reject, Some(_)) => return Err(judged_as_applied(code)),
                (_, Some(pack)) => pack.clone(),
                (_, None) => designations::chosen_pack(RuleSet::shipped(), None)?,
            };
            let about = About { park: &known.park, lead_cluster: known.lead_cluster.as_deref(), as_of: day };
            edit.frozen = Some(Box::new(designations::freeze(&city, &about, &pack)?));
        }
        let done = self.planner.edit(viewer, Edit::MoveDesignation(Box::new(edit))).map_err(|fault| self.told_whole(viewer, code, fault))?;
        self.answer(viewer, done.reply)
    }

    /// Records the grade of a year, by the rules in force.
    pub fn assess(&self, viewer: &Viewer, code: &str, seen: Precondition, wanted: &NewAssessment) -> Outcome<DesignationAnswer> {
        viewer.reviewer()?;
        let day = day_of(wanted.date.as_deref(), "/date")?;
        let city = self.planner.city();
        let known = record::find(&city, code)?;
        let about = About { park: &known.park, lead_cluster: known.lead_cluster.as_deref(), as_of: day };
        let frozen = Box::new(designations::freeze(&city, &about, &designations::chosen_pack(RuleSet::shipped(), None)?)?);
        let edit = AssessDesignation { code: code.to_owned(), seen, year: day.year(), frozen };
        let done = self.planner.edit(viewer, Edit::AssessDesignation(Box::new(edit))).map_err(|fault| self.told_whole(viewer, code, fault))?;
        self.answer(viewer, done.reply)
    }

    /// A conflict carries the designation whole, as this reader may see it.
    fn told_whole(self, viewer: &Viewer, code: &str, fault: Fault) -> Fault {
        if fault.kind != FaultKind::PreconditionFailed {
            return fault;
        }
        let current = self.one(&self.planner.city(), viewer, code).ok().and_then(|answer| serde_json::to_value(answer).ok());
        Fault { current: current.map(Box::new).or(fault.current.clone()), ..fault }
    }

    fn answer(self, viewer: &Viewer, reply: Reply) -> Outcome<DesignationAnswer> {
        match reply {
            Reply::Designation(code) => self.one(&self.planner.city(), viewer, &code),
            _ => Err(Fault::internal("edit", "the edit gave no designation")),
        }
    }

    fn changes(self, city: &City, code: &str) -> Outcome<Vec<crate::domain::Change>> {
        self.planner.changes_of(city, LayerId::Designation, code, super::changes::MOST_OF_ONE)
    }
}
