//! Featured-park designation (特色产业园区授牌): a scorecard under three heads, grades by quota, and how far a rank holds.
//!
//! # Units
//! Shares are fractions 0…1, money 万元, rent 元/m²·月, land 亩 or ha as named; nothing is rounded but the total that ranks are made from.
//!
//! # Source
//! analyses §4 and the exact readings G, I and S; thresholds, steps, weights, quotas and penalties come from the rule pack.

mod again;
mod assess;
mod card;
mod city_side;
mod coverage;
mod doubt;
mod evidence;
mod firms;
mod floors;
mod frozen;
mod grade;
mod land;
mod measure;
mod members;
mod periods;
mod ranking;
mod result;
mod returns;
mod score;
#[cfg(test)]
mod tests;

pub use again::{Again, again};
pub use assess::{assess, figures};
pub use evidence::{
    BuildingRecord, CityEvidence, ClusterTable, FacilitySite, FirmRecord, NO_CLUSTER, ParcelRecord, ParkEvidence, Period, ReportRecord, UnitRecord,
};
pub use frozen::{Circumstances, FrozenCard, FrozenIndicator, FrozenStatus, Peer};
pub use grade::Grade;
pub use members::{Stay, is_member};
pub use periods::{Owed, owed_in};
pub use result::{
    DesignationResult, Excluded, HeadResult, HeadRun, HeadSensitivity, IndicatorResult, Judgement, Note, ParkResult, ParkStatus, Reason, RowsOf,
    Sensitivity,
};
