//! Designations as people read them: the register's row, the state of the day, what comes next and who may do it.

use super::history::HistoryEntry;
use crate::analysis::designation::{FrozenCard, Grade};
use crate::city::City;
use crate::domain::columns::park as park_column;
use crate::domain::days::no_day;
use crate::domain::designation::{YearlyGrade, years_of_d};
use crate::domain::edit::row_tag;
use crate::domain::fault::Outcome;
use crate::domain::run::sha256_hex;
use crate::domain::{Designation, DesignationState, DesignationStep, Fault, FaultKind, LayerId, LogHead, stated_day};
use crate::service::Viewer;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which designations to list.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DesignationQuery {
    /// In this state on the day.
    #[param(inline)]
    pub state: Option<DesignationState>,
    pub park: Option<String>,
    pub grade: Option<String>,
    /// The day on which states are read; today if absent.
    #[param(format = Date)]
    pub at: Option<String>,
}

/// Who asks, and by which rules.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub viewer: &'a Viewer,
    pub two_persons: bool,
    pub day: NaiveDate,
}

/// A designation as people read it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DesignationAnswer {
    pub code: String,
    pub park: String,
    pub park_name: Option<String>,
    pub district: Option<String>,
    pub lead_cluster: Option<String>,
    /// On the day of the question.
    pub state: DesignationState,
    pub step: Option<DesignationStep>,
    /// Why the last step was taken.
    pub reasons: Option<String>,
    pub basis: Option<String>,
    /// The day of the last decision, of which the figures are.
    pub date: Option<String>,
    pub valid_through: Option<String>,
    pub recheck_from: Option<String>,
    pub grade: Option<String>,
    pub total: Option<f64>,
    pub rank: Option<i64>,
    pub passes: Option<bool>,
    pub assessments: Vec<YearlyGrade>,
    /// Consecutive years of D up to the last one assessed.
    pub years_of_d: usize,
    pub pack: String,
    pub pack_version: String,
    pub pack_sha256: String,
    pub evidence_sha256: Option<String>,
    pub revision: i64,
    /// Names what is shown of the row on the day and its count of changes.
    pub etag: String,
    /// What may come next, and whether this reader may do it.
    pub next: Vec<NextStep>,
    /// Whether this reader may edit it: a planner, while it is a draft.
    pub editable: bool,
    #[serde(flatten)]
    #[schema(value_type = DesignationWhole)]
    pub whole: Option<DesignationWhole>,
}

/// With one designation, not in lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DesignationWhole {
    /// Newest first.
    #[schema(required = false)]
    pub history: Vec<HistoryEntry>,
    /// The evidence of the last decision; null before there is one.
    #[schema(required = false)]
    pub evidence: Option<FrozenCard>,
    /// Whether the evidence as it is stored has the hash that was recorded with it; null before there is one.
    #[schema(required = false)]
    pub evidence_holds: Option<bool>,
    /// The end of the change log's hash chain.
    #[schema(required = false)]
    pub head: LogHead,
}

/// A step that the state allows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NextStep {
    pub step: DesignationStep,
    /// Whose it is: `planner` or `reviewer`; an administrator may do either's.
    pub role: &'static str,
    pub may: bool,
    /// Why not: `role`, or `two_persons` for the one who drafted or submitted.
    #[schema(required)]
    pub because: Option<&'static str>,
    pub needs_reason: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DesignationList {
    pub designations: Vec<DesignationAnswer>,
    pub head: LogHead,
}

impl DesignationQuery {
    /// The day that it states, or `today`.
    pub fn day(&self, today: NaiveDate) -> Outcome<NaiveDate> {
        self.at.as_deref().map_or(Ok(today), |at| stated_day(at).ok_or_else(|| no_day("date", at).at("at")))
    }
}

/// Of `all` as they stood on the day, those that a query names, in the order of their recording.
pub fn list(city: &City, asked: &Asked<'_>, query: &DesignationQuery, mut all: Vec<Designation>, head: LogHead) -> Outcome<DesignationList> {
    let day = query.day(asked.day)?;
    let grades = Grade::ALL.map(Grade::as_str);
    if let Some(grade) = query.grade.as_deref().filter(|grade| !grades.contains(grade)) {
        let known = grades.join(", ");
        return Err(Fault::bad("grade", format!("没有等级 {grade}"), format!("there is no grade {grade}"))
            .at("grade")
            .help(format!("可用：{known}"), format!("known: {known}")));
    }
    let wanted = |known: &Designation| {
        query.state.is_none_or(|state| state == known.state_on(day))
            && query.park.as_deref().is_none_or(|park| park == known.park)
            && query.grade.as_deref().is_none_or(|grade| known.grade.as_deref() == Some(grade))
    };
    all.retain(wanted);
    let is_past = day < asked.day;
    let asked = Asked { day, ..*asked };
    let mut designations: Vec<DesignationAnswer> = all.iter().map(|known| view(city, &asked, known, None)).collect();
    for one in designations.iter_mut().filter(|_| is_past) {
        // What could be done then is nothing that can be done now.
        (one.next, one.editable) = (Vec::new(), false);
    }
    Ok(DesignationList { designations, head })
}

/// One designation for a reader.
pub fn view(city: &City, asked: &Asked<'_>, known: &Designation, log: Option<(Vec<HistoryEntry>, LogHead)>) -> DesignationAnswer {
    let mut answer = as_seen(city, known, asked.day);
    answer.next = answer.state.next().map(|step| next_step(asked, known, step)).collect();
    answer.editable = answer.state == DesignationState::Draft && asked.viewer.planner().is_ok();
    let is_inside = |park: &str| asked.viewer.is_inside(park);
    answer.whole = log.map(|(history, head)| DesignationWhole {
        history,
        head,
        evidence: known.evidence.as_deref().and_then(|text| serde_json::from_str::<FrozenCard>(text).ok()).map(|card| card.seen(is_inside)),
        evidence_holds: known.evidence.as_deref().map(|text| known.evidence_sha256.as_deref() == Some(sha256_hex(text.as_bytes()).as_str())),
    });
    answer
}

fn next_step(asked: &Asked<'_>, known: &Designation, step: DesignationStep) -> NextStep {
    let (role, allowed) = if step.is_review() { ("reviewer", asked.viewer.reviewer().is_ok()) } else { ("planner", asked.viewer.planner().is_ok()) };
    let alone = asked.two_persons && step.is_review() && known.is_applicant(asked.viewer.name());
    let because = match (allowed, alone) {
        (false, _) => Some("role"),
        (true, true) => Some("two_persons"),
        (true, false) => None,
    };
    NextStep { step, role, may: because.is_none(), because, needs_reason: step.needs_reason() }
}

/// The row as everybody sees it on a day, with its tag: what a write is checked against.
pub(in crate::service) fn as_seen(city: &City, known: &Designation, day: NaiveDate) -> DesignationAnswer {
    let parks = city.table(LayerId::Park);
    let of_park = |column| parks.row_of(&known.park).and_then(|row| parks.text(row, column)).map(str::to_owned);
    let text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    let mut answer = DesignationAnswer {
        code: known.code.clone(),
        park: known.park.clone(),
        park_name: of_park(park_column::NAME),
        district: of_park(park_column::DISTRICT),
        lead_cluster: known.lead_cluster.clone(),
        state: known.state_on(day),
        step: known.step,
        reasons: known.reasons.clone(),
        basis: known.basis.clone(),
        date: text(known.date),
        valid_through: text(known.valid_through),
        recheck_from: text(known.recheck_from),
        grade: known.grade.clone(),
        total: known.total,
        rank: known.rank,
        passes: known.passes,
        assessments: known.assessments.clone(),
        years_of_d: years_of_d(&known.assessments),
        pack: known.pack.clone(),
        pack_version: known.pack_version.clone(),
        pack_sha256: known.pack_sha256.clone(),
        evidence_sha256: known.evidence_sha256.clone(),
        revision: known.revision,
        etag: String::new(),
        next: Vec::new(),
        editable: false,
        whole: None,
    };
    answer.etag = row_tag(known.revision, &answer);
    answer
}

/// The conflict carries the designation as it stands.
pub(in crate::service) fn stale(city: &City, known: &Designation, day: NaiveDate) -> Fault {
    let fault = Fault::new(
        FaultKind::PreconditionFailed,
        "stale",
        "别人已先办过此授牌，请核对后再提交",
        "somebody moved this designation first; compare and submit again",
    );
    Fault { current: serde_json::to_value(as_seen(city, known, day)).ok().map(Box::new), ..fault }
}
