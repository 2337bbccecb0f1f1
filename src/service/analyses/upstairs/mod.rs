//! The upstairs check as a use case: one parcel or drawn outline in full, a park or the whole city in figures.

mod drawn;
mod floors;
mod geojson;
mod ground;
mod inputs;
mod many;
mod matrix;
mod one;
mod programme;

use crate::city::City;
use drawn::one_outline;
pub use geojson::upstairs_as_geojson;
use many::many_parcels;
use one::one_parcel;

use crate::analysis::Control;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, RunRecord};
use crate::rules::UpstairsPack;
use inputs::{Question, Subject};
use serde_json::{Value, json};

/// The check of a parcel, an outline, a park or the city; `raw` are the process's inputs.
pub fn upstairs(city: &City, raw: &Value, control: Control<'_>) -> Outcome<Value> {
    let question = Question::read(raw)?;
    let Some(table) = city.named("parcel") else { return Err(Fault::internal("city", "no parcel layer")) };
    let (mut answer, pack) = match &question.subject {
        Subject::Parcel(code) => one_parcel(city, table, code, &question)?,
        Subject::Outline(outline) => one_outline(city, table, outline, &question)?,
        Subject::Park(park) => many_parcels(city, table, Some(park), &question, control)?,
        Subject::City => many_parcels(city, table, None, &question, control)?,
    };
    answer["run"] = json!(run_record(city, raw, &question, &pack)?);
    Ok(answer)
}

fn run_record(city: &City, raw: &Value, question: &Question, pack: &UpstairsPack) -> Outcome<RunRecord> {
    let revision = city.revision;
    let run = RunRecord::new("upstairs", raw, revision, (&pack.id, &pack.version), 0, &question.as_of);
    Ok(run.with_packs(pack.uses.clone()))
}
