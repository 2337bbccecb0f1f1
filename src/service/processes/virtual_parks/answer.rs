//! Virtual parks as they are answered.

use super::members::{Entry, Gathered};
use crate::analysis::designation::{IndicatorResult, ParkResult};
use crate::city::City;
use crate::domain::columns::virtual_park;
use crate::domain::{LayerId, RunRecord};
use crate::spatial::Drawing;
use crate::spatial::hull::hull;
use chrono::NaiveDate;
use geo_types::Coord;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VirtualParks)]
pub struct VirtualParksAnswer {
    pub run: RunRecord,
    pub as_of: NaiveDate,
    /// By code.
    pub parks: Vec<VirtualPark>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VirtualPark {
    pub code: String,
    pub name: String,
    pub lead_clusters: Vec<String>,
    #[schema(required)]
    pub operator: Option<String>,
    /// Codes of `park_service`.
    pub services: Vec<String>,
    #[schema(required)]
    pub founded: Option<String>,
    /// Whether the reader runs this virtual park.
    pub own: bool,
    /// Firms that count on the day: member firms and firms with a unit in a member building, each once. Null where they are too few to be told.
    #[schema(required)]
    pub firms: Option<usize>,
    /// Member buildings on the day.
    pub buildings: usize,
    /// Tenants of member buildings that no firm of the table answers to.
    pub unmatched_tenants: usize,
    /// As on a park's scorecard; what has no land or no floors is `not_applicable`.
    pub indicators: Vec<IndicatorResult>,
    /// Those that the reader may not see, because they rest on too few firms or are not for him.
    pub withheld: Vec<String>,
    /// Everybody who was admitted, as far as the reader sees him.
    pub members: Vec<Member>,
    /// Where the members of the day are.
    pub points: Vec<MemberPoint>,
    /// Convex hull of the points, for the eye alone: it has no area. Null below three points that are not on one line.
    #[schema(required)]
    pub hull: Option<Drawing>,
    #[serde(skip)]
    pub(super) kept: Kept,
}

/// What rights need to know.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub firms: usize,
    pub tenants: usize,
    /// Whether firms count that are no members themselves.
    pub others: bool,
    pub member_firms: BTreeSet<String>,
    pub all_firms: BTreeSet<String>,
    /// Whether nobody was admitted or left in the quarter that runs.
    pub is_settled: bool,
    /// The hull of the member buildings alone.
    pub public_hull: Option<Drawing>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    Firm,
    Building,
}

/// A member of a virtual park, past or present.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = VirtualMember)]
pub struct Member {
    /// Key of the row of `virtual_member`.
    pub code: String,
    pub kind: MemberKind,
    /// Code of the firm or building; of a firm for the operator alone.
    #[schema(required)]
    pub who: Option<String>,
    #[schema(required)]
    pub name: Option<String>,
    pub admitted: String,
    #[schema(required)]
    pub left: Option<String>,
    /// Whether it is a member on the day.
    pub current: bool,
}

/// A building that is a member, or in which a member firm has most of its floor area.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberPoint {
    /// Key of the row of `virtual_member`.
    pub member: String,
    pub kind: MemberKind,
    /// Longitude, latitude.
    pub at: [f64; 2],
}

impl From<Entry> for Member {
    fn from(entry: Entry) -> Member {
        let Entry { code, is_firm, who, name, admitted, left, current } = entry;
        Member { code, kind: kind(is_firm), who: Some(who), name, admitted, left, current }
    }
}

fn kind(is_firm: bool) -> MemberKind {
    if is_firm { MemberKind::Firm } else { MemberKind::Building }
}

/// The whole answer; `seen` takes away what its reader may not know.
pub(super) fn park(city: &City, gathered: Gathered, card: ParkResult, is_settled: bool) -> VirtualPark {
    let (parks, row) = (city.table(LayerId::VirtualPark), gathered.row);
    let own = |text: Option<&str>| text.map(str::to_owned);
    let place = |point: Coord<f64>| city.crs.to_lon_lat(point);
    let drawn = |points: Vec<Coord<f64>>| hull(&points).map(|hull| Drawing::polygon(&hull, &place));
    let all_firms: BTreeSet<String> = gathered.evidence.firms.iter().flatten().map(|firm| firm.code.clone()).collect();
    let kept = Kept {
        firms: gathered.firms,
        tenants: gathered.tenants,
        others: !all_firms.is_subset(&gathered.member_firms) || gathered.unmatched > 0,
        member_firms: gathered.member_firms,
        all_firms,
        is_settled,
        public_hull: drawn(gathered.places.iter().filter(|place| !place.is_firm).map(|place| place.at).collect()),
    };
    VirtualPark {
        code: parks.key(row).to_owned(),
        name: parks.text(row, virtual_park::NAME).unwrap_or_else(|| parks.key(row)).to_owned(),
        lead_clusters: gathered.evidence.lead_clusters,
        operator: own(parks.text(row, virtual_park::OPERATOR)),
        services: parks.list(row, virtual_park::SERVICES).unwrap_or_default(),
        founded: own(parks.text(row, virtual_park::FOUNDED)),
        own: false,
        firms: Some(gathered.firms),
        buildings: gathered.evidence.buildings.map_or(0, |buildings| buildings.len()),
        unmatched_tenants: gathered.unmatched,
        indicators: card.indicators,
        withheld: Vec::new(),
        hull: drawn(gathered.places.iter().map(|place| place.at).collect()),
        points: gathered
            .places
            .into_iter()
            .map(|one| {
                let at = place(one.at);
                MemberPoint { member: one.member, kind: kind(one.is_firm), at: [at.x, at.y] }
            })
            .collect(),
        members: gathered.roll.into_iter().map(Member::from).collect(),
        kept,
    }
}
