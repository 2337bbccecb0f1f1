//! The upstairs check as a use case: one parcel or drawn outline in full, a park or the whole city in figures.

mod answer;
mod drawn;
mod features;
mod floors;
mod ground;
mod inputs;
mod many;
mod matrix;
mod one;
mod programme;

pub use answer::{Many, One, UpstairsAnswer};
pub(super) use inputs::Inputs;

use super::process::{Common, Context, Pace, Process, Words};
use crate::domain::fault::Outcome;
use crate::domain::{LayerId, RunRecord};
use crate::rules::{RuleSet, UpstairsPack};
use drawn::one_outline;
use inputs::{Question, Subject};
use many::many_parcels;
use one::one_parcel;

pub struct Upstairs;

impl Process for Upstairs {
    const ID: &'static str = "upstairs";
    const PACKS: &'static [&'static str] = &["upstairs", "upstairs-fit", "floor-loads"];
    const EXAMPLE: &'static str = r#"{"park": "BA-01", "cluster": "c24-robot", "add": {"far": 0.5}}"#;

    type Inputs = Inputs;
    type Answer = UpstairsAnswer;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "工业上楼：容量体检", en: "Going upstairs: capacity check of a parcel" }
    }

    /// One parcel or outline is what a slider asks for.
    fn pace(inputs: &Inputs) -> Pace {
        if inputs.is_of_one() { Pace::Quick } else { Pace::Slow }
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(_rules: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<UpstairsAnswer> {
        let question = Question::read(inputs)?;
        let table = context.city.table(LayerId::Parcel);
        Ok(match &question.subject {
            Subject::Parcel(code) => UpstairsAnswer::One(Box::new(one_parcel(context, table, code, &question)?)),
            Subject::Outline(outline) => UpstairsAnswer::One(Box::new(one_outline(context, table, outline, &question)?)),
            Subject::Park(park) => UpstairsAnswer::Many(Box::new(many_parcels(context, table, Some(park), &question)?)),
            Subject::City => UpstairsAnswer::Many(Box::new(many_parcels(context, table, None, &question)?)),
        })
    }
}

/// A check always names its packs by content.
fn record(context: &Context<'_>, pack: &UpstairsPack) -> RunRecord {
    let run = context.record::<Upstairs>((&pack.id, &pack.version), &[]);
    RunRecord { packs: Vec::new(), ..run }.with_packs(pack.uses.clone())
}

/// The pack of a district and of the cluster asked for, on the day of the question.
fn pack(context: &Context<'_>, district: Option<&str>, cluster: Option<&str>) -> Outcome<std::sync::Arc<UpstairsPack>> {
    context.rules.upstairs(district, cluster, &context.as_of.to_string())
}
