//! The answer of a match, as each reader may see it.

use super::super::seen::Seen;
use super::inputs::{Question, Wanted};
use crate::analysis::matching::{CRITERIA, Change, Criterion, Kind, Ranked, Told};
use crate::domain::RunRecord;
use crate::rules::{MatchingPack, Status, Verdict};
use crate::service::Viewer;
use chrono::NaiveDate;
use serde::Serialize;
use std::borrow::Cow;
use std::sync::Arc;
use utoipa::ToSchema;

/// The page as a guest sees it; [`Seen::seen_by`] makes an operator's.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Matching {
    pub as_of: NaiveDate,
    pub need: Wanted,
    pub counts: Counts,
    /// How many of the best are passed over.
    pub offset: usize,
    /// Best first.
    pub sites: Vec<Site>,
    /// What is no candidate, by reason.
    pub excluded: Vec<Left>,
    pub weights: Weights,
    pub run: RunRecord,
    #[serde(skip)]
    limit: usize,
    #[serde(skip)]
    groups: Arc<Vec<Group>>,
}

/// A floor or parcel on offer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MatchSite)]
pub struct Site {
    /// 1 is the best.
    pub rank: usize,
    pub kind: Kind,
    /// Code of the floor or parcel.
    pub id: String,
    /// Of a floor.
    #[serde(flatten)]
    pub floor: FloorPlace,
    #[schema(required)]
    pub parcel: Option<String>,
    #[schema(required)]
    pub park: Option<String>,
    #[schema(required)]
    pub district: Option<String>,
    /// Lies in a wished district, or none is wished.
    pub wished: bool,
    pub state: Offered,
    /// Of the vacant or let units, or the spare GFA, m².
    #[schema(required)]
    pub area_m2: Option<f64>,
    /// Day of the oldest figure among its units; of a parcel, of its row.
    #[schema(required)]
    pub figures_as_of: Option<NaiveDate>,
    pub criteria: Vec<Told>,
    /// The smallest change of what fails and can be mended.
    pub change: Vec<Change>,
    pub cost: f64,
    /// Each fail has its change.
    pub mendable: bool,
    pub fails: usize,
    pub unknowns: usize,
}

/// Where a floor is; all nothing for a parcel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = MatchFloorPlace)]
pub struct FloorPlace {
    #[schema(required)]
    pub building: Option<String>,
    #[schema(required)]
    pub building_name: Option<String>,
    /// Label as people say it.
    #[schema(required)]
    pub floor: Option<String>,
    #[schema(required)]
    pub floor_order: Option<i64>,
    /// Units that make up the area.
    pub units: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MatchOffered)]
pub enum Offered {
    Vacant,
    /// Let in all its parts, free when the leases end.
    Let,
    /// To be built.
    Spare,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[schema(as = MatchCounts)]
pub struct Counts {
    pub candidates: usize,
    pub floors: usize,
    pub parcels: usize,
    /// Candidates of which every stated criterion passes.
    pub fit_all: usize,
    /// Of which none fails.
    pub fail_none: usize,
    /// By stated criterion.
    pub criteria: Vec<CriterionCount>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MatchCriterionCount)]
pub struct CriterionCount {
    pub id: Criterion,
    pub pass: usize,
    pub fail: usize,
    pub unknown: usize,
}

/// Places that are no candidates; their codes where places were asked for by code, else the first few.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MatchLeft)]
pub struct Left {
    pub reason: &'static str,
    pub count: usize,
    pub ids: Vec<String>,
}

/// The figures that costs and candidates rest on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MatchWeights)]
pub struct Weights {
    pub area: f64,
    pub load: f64,
    pub height: f64,
    pub power: f64,
    pub fire: f64,
    pub date: f64,
    pub cluster_retrofit: f64,
    pub cluster_unfit: f64,
    pub divisible: bool,
    pub min_spare_m2: f64,
    pub build_months: usize,
    pub status: Status,
    pub source: String,
}

/// Candidates of which everybody sees the same, or those let floors of one park whose leases its operator sees.
#[derive(Clone, Debug)]
pub(super) struct Group {
    park: Option<String>,
    pub public: Best,
    pub own: Best,
}

/// The best of a group with their places among all, and the counts of the whole group.
#[derive(Clone, Debug, Default)]
pub(super) struct Best {
    pub sites: Vec<(usize, Site)>,
    pub counts: Counts,
}

impl Group {
    pub(super) fn open() -> Group {
        Group { park: None, public: Best::default(), own: Best::default() }
    }

    /// The group of a park's let floors, or the first one, which is everybody's.
    pub(super) fn of<'a>(groups: &'a mut Vec<Group>, park: Option<&str>) -> &'a mut Group {
        let known = groups.iter().position(|group| group.park.as_deref() == park);
        let at = known.unwrap_or_else(|| {
            groups.push(Group { park: park.map(str::to_owned), ..Group::open() });
            groups.len() - 1
        });
        &mut groups[at]
    }

    fn seen_by(&self, viewer: &Viewer) -> &Best {
        if self.park.is_some() && viewer.operates(self.park.as_deref()) { &self.own } else { &self.public }
    }
}

impl Matching {
    pub(super) fn new(question: &Question, groups: Vec<Group>, excluded: Vec<Left>, weights: Weights, as_of: NaiveDate, run: RunRecord) -> Matching {
        let blank = Matching {
            as_of,
            need: question.wanted.clone(),
            counts: Counts::default(),
            offset: question.offset,
            sites: Vec::new(),
            excluded,
            weights,
            run,
            limit: question.limit,
            groups: Arc::new(groups),
        };
        blank.page(&Viewer::guest())
    }

    /// The page that a reader sees.
    fn page(&self, viewer: &Viewer) -> Matching {
        let mut counts = Counts::default();
        let mut sites: Vec<&(usize, Site)> = Vec::new();
        for best in self.groups.iter().map(|group| group.seen_by(viewer)) {
            counts.merge(&best.counts);
            sites.extend(&best.sites);
        }
        sites.sort_unstable_by_key(|(place, _)| *place);
        let shown = sites.into_iter().enumerate().skip(self.offset).take(self.limit);
        let sites = shown.map(|(at, (_, site))| Site { rank: at + 1, ..site.clone() }).collect();
        Matching { counts, sites, ..self.clone() }
    }
}

impl Seen for Matching {
    /// When a lease ends is for the operator of its park; everybody else reads that the date is unknown, and finds the floor where that puts it.
    fn seen_by(&self, viewer: &Viewer) -> Cow<'_, Self> {
        Cow::Owned(self.page(viewer))
    }
}

impl Counts {
    pub(super) fn add(&mut self, ranked: &Ranked<'_>) {
        self.candidates += 1;
        match ranked.kind {
            Kind::Floor => self.floors += 1,
            Kind::Parcel => self.parcels += 1,
        }
        self.fit_all += usize::from(ranked.fits());
        self.fail_none += usize::from(ranked.count(Verdict::Fail) == 0);
        for (id, verdict) in CRITERIA.into_iter().zip(ranked.verdicts) {
            let Some(verdict) = verdict else { continue };
            let count = self.criterion(id);
            match verdict {
                Verdict::Pass => count.pass += 1,
                Verdict::Fail => count.fail += 1,
                Verdict::Unknown => count.unknown += 1,
            }
        }
    }

    fn merge(&mut self, other: &Counts) {
        self.candidates += other.candidates;
        self.floors += other.floors;
        self.parcels += other.parcels;
        self.fit_all += other.fit_all;
        self.fail_none += other.fail_none;
        for theirs in &other.criteria {
            let ours = self.criterion(theirs.id);
            ours.pass += theirs.pass;
            ours.fail += theirs.fail;
            ours.unknown += theirs.unknown;
        }
    }

    fn criterion(&mut self, id: Criterion) -> &mut CriterionCount {
        let known = self.criteria.iter().position(|count| count.id == id);
        let at = known.unwrap_or_else(|| {
            self.criteria.push(CriterionCount { id, pass: 0, fail: 0, unknown: 0 });
            self.criteria.len() - 1
        });
        &mut self.criteria[at]
    }
}

impl From<&MatchingPack> for Weights {
    fn from(pack: &MatchingPack) -> Weights {
        let weights = &pack.weights;
        Weights {
            area: weights.area.value,
            load: weights.load.value,
            height: weights.height.value,
            power: weights.power.value,
            fire: weights.fire.value,
            date: weights.date.value,
            cluster_retrofit: weights.cluster_retrofit.value,
            cluster_unfit: weights.cluster_unfit.value,
            divisible: pack.divisible.value,
            min_spare_m2: pack.min_spare.value,
            build_months: pack.build_months.value,
            status: pack.cite().status,
            source: pack.cite().source.clone(),
        }
    }
}
