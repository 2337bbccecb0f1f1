//! Virtual parks: who belongs to each on a day, their figures by the same indicators as parks, and where the members are (exact readings V1–V4).
//!
//! They are gathered for themselves: nothing here goes into a total of a district or of the city, and ranks and means of parks know nothing of it.

mod answer;
mod members;
mod seen;

use super::designation::evidence::city_side;
use super::designation::withheld as withhold;
use super::process::{Common, Context, Process, Words};
use crate::analysis::designation::{ParkEvidence, assess};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId};
use crate::rules::{DesignationPack, RuleSet};
use crate::service::clock::settled_by;
pub use answer::{VirtualPark, VirtualParksAnswer};
use chrono::NaiveDate;
use members::gather;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = VirtualParksInputs)]
pub struct Inputs {
    /// One virtual park by its code; all when left out.
    park: Option<String>,
    /// ISO date on which members and evidence are read; today when left out.
    as_of: Option<String>,
    /// Rule pack of designation as `ID` or `ID@version`; the one in force when left out.
    pack: Option<String>,
}

pub struct VirtualParks;

/// What is known of the tenants of each whose roll has not changed since `settled`: of the others nothing is told.
pub(super) fn tenants(city: &City, as_of: NaiveDate, settled: NaiveDate) -> Vec<ParkEvidence> {
    gather(city, as_of, None).into_iter().filter(|park| park.is_settled(settled)).map(|park| park.evidence).collect()
}

impl Process for VirtualParks {
    const ID: &'static str = "virtualparks";
    const PACKS: &'static [&'static str] = &["designation"];
    const EXAMPLE: &'static str = r#"{"as_of": "2026-09-01"}"#;

    type Inputs = Inputs;
    type Answer = VirtualParksAnswer;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "虚拟园区：成员与指标", en: "Virtual parks: members and figures" }
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(_: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<VirtualParksAnswer> {
        let (city, as_of) = (context.city, context.as_of);
        if let Some(park) = inputs.park.as_deref()
            && city.table(LayerId::VirtualPark).row_of(park).is_none()
        {
            let (zh, en) = (format!("没有虚拟园区 {park}"), format!("there is no virtual park {park}"));
            return Err(Fault::not_found("no_such_virtual_park", zh, en).at("/inputs/park"));
        }
        let layers = context.rules.pack("designation")?;
        let pack = DesignationPack::read(&layers)?;
        let settled = settled_by()?;
        let gathered = gather(city, as_of, inputs.park.as_deref());
        let evidence: Vec<_> = gathered.iter().map(|park| park.evidence.clone()).collect();
        let mut cards = assess(&evidence, &city_side(city, as_of), &pack, as_of).parks;
        withhold(&mut cards, &*(context.told)(city)?);
        let parks = gathered
            .into_iter()
            .filter_map(|park| {
                let card = cards.iter().position(|card| card.park == park.evidence.park).map(|at| cards.swap_remove(at))?;
                let is_settled = park.is_settled(settled);
                Some(answer::park(city, park, card, is_settled))
            })
            .collect();
        Ok(VirtualParksAnswer { run: context.record::<VirtualParks>((&pack.id, &pack.version), &layers.uses), as_of, parks })
    }
}
