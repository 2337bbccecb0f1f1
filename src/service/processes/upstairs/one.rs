//! One parcel or one outline, in full.

use super::super::process::Context;
use super::answer::One;
use super::ground::Ground;
use super::inputs::Question;
use super::{pack, record};
use crate::analysis::upstairs::{Depth, Overrides, ParcelCase, check_from, check_to, in_force};
use crate::city::Table;
use crate::domain::columns::parcel;
use crate::domain::fault::Outcome;
use crate::rules::UpstairsPack;
use crate::service::collections::parcel_row;
use crate::service::packs::district_name;

pub(super) fn one_parcel(context: &Context<'_>, table: &Table, code: &str, question: &Question) -> Outcome<One> {
    let city = context.city;
    let row = parcel_row(city, code)?;
    let district = table.text(row, parcel::DISTRICT).map(|district| district_name(city, district));
    let pack = pack(context, district, question.cluster.as_deref())?;
    let case = Ground::new(city, table, true, true).parcel(row, &pack)?;
    Ok(full_answer(context, &case, &pack, question))
}

/// The check in full. What was moved is answered knowing the plates of the question without it, so that easing a limit never loses (U22).
pub(super) fn full_answer(context: &Context<'_>, case: &ParcelCase, pack: &UpstairsPack, question: &Question) -> One {
    let known = if question.moved() { check_to(case, pack, &Overrides::default(), Depth::Scheme).plates } else { Vec::new() };
    let result = check_from(case, pack, &question.overrides, Depth::Full, &known);
    One {
        run: record(context, pack),
        result: result.drawn(&|point| context.city.crs.to_lon_lat(point)),
        set: in_force(case, pack, &question.overrides),
        parcels: None,
    }
}
