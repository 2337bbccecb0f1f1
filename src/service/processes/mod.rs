//! The analyses as use cases: gather the evidence from the city, call the pure function, shape the answer.
//!
//! Each is a [`Process`]: typed inputs and answer. The [`registry`] lists them for routes, jobs, the command line and forms.

mod action_plan;
mod allocation;
mod consolidation;
mod described;
mod designation;
mod drawing;
mod erased;
mod features;
mod matching;
mod neighbours;
mod process;
mod progress;
mod regions;
pub mod registry;
mod seen;
mod told;
mod upstairs;
mod virtual_parks;

pub use action_plan::{ActionPlan, PlannedYears};
pub use allocation::{Allocate, Allocation, MatrixBasis};
pub use consolidation::{Consolidate, Consolidation};
pub use described::Described;
pub(super) use designation::park_types;
pub use designation::{Designate, Scorecards};
pub use erased::Erased;
pub use features::{Feature, Features};
pub use matching::{Match, Matching, Offered, Site, Tenants};
pub use neighbours::{Neighbour, Neighbours, neighbours};
pub use process::{Common, Context, Pace, Process, Words};
pub use progress::{
    ACTION_PLAN, CategoryCompletion, PlanLights, PlanSite, PlannedTask, Progress, ProgressAnswer, TaskLights, plan_lights, planned_tasks, saved_sites,
};
pub use regions::{NeighbourPair, RegionsAnswer, RegionsBody, RegionsQuestion, regions_of};
pub use registry::{AnyProcess, Ask, PROCESSES, find, run};
pub use seen::{AnyAnswer, Seen};
pub(in crate::service) use told::told;
pub use upstairs::{Many, One, Upstairs, UpstairsAnswer};
pub use virtual_parks::{VirtualPark, VirtualParks, VirtualParksAnswer};

pub use crate::analysis::Control;
pub use crate::analysis::allocation::{Breach, DistrictCount};
pub use crate::analysis::consolidation::DrawnCandidate;
pub use crate::analysis::consolidation::action_plan::Unplanned;
pub use crate::analysis::designation::ParkResult;
pub use crate::analysis::matching::{Criterion, Kind, Measure, Told};
pub use crate::analysis::progress::{Completion, Light};
pub use crate::analysis::upstairs::{Finding, RollUp};
