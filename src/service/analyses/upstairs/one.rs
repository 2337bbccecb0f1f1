//! One parcel or one outline, in full.

use super::super::parcel_row;
use super::ground::Ground;
use super::inputs::Question;
use crate::analysis::upstairs::{Depth, Overrides, ParcelCase, check_from, check_to, in_force};
use crate::city::{City, Table};
use crate::domain::fault::Outcome;
use crate::rules::UpstairsPack;
use crate::service::packs::{district_name, upstairs};
use geo_types::Coord;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn one_parcel(city: &City, table: &Table, code: &str, question: &Question) -> Outcome<(Value, Arc<UpstairsPack>)> {
    let row = parcel_row(city, code)?;
    let district = table.text(row, "district").map(|district| district_name(city, district));
    let pack = upstairs(district, question.cluster.as_deref(), &question.as_of)?;
    let ground = Ground::new(city, table, true, true);
    let case = ground.parcel(row, &pack)?;
    Ok((full_answer(city, &case, &pack, question), pack))
}

/// The check in full. What was moved is answered knowing the plates of the question without it, so that easing a limit never loses (U22).
pub(super) fn full_answer(city: &City, case: &ParcelCase, pack: &UpstairsPack, question: &Question) -> Value {
    let known = if question.moved() { check_to(case, pack, &Overrides::default(), Depth::Scheme).plates } else { Vec::new() };
    let result = check_from(case, pack, &question.overrides, Depth::Full, &known);
    let mut answer = result.to_json(&|x, y| {
        let place = city.crs.to_lon_lat(Coord { x, y });
        (place.x, place.y)
    });
    answer["set"] = json!(in_force(case, pack, &question.overrides));
    answer
}
