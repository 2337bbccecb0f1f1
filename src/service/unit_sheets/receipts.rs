//! Receipts of tables that were applied: kept in the log, whose hash chain holds them.

use super::{SheetForm, rejects_file};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Change, ChangeQuery, Fault, Lang};
use crate::service::edits::{JudgedRow, KeptReceipt, RECEIPTS, SheetCounts};
use crate::service::{Planner, Viewer};
use serde::Serialize;
use utoipa::ToSchema;

/// That a table was applied: who, when, which file, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Receipt {
    pub number: String,
    pub park: String,
    pub by: String,
    /// RFC 3339, UTC.
    pub at: String,
    pub file: String,
    pub sha256: String,
    pub counts: SheetCounts,
    pub revision: i64,
    /// Rows that were not taken.
    pub rejects: Vec<JudgedRow>,
}

/// A receipt by its number, for the park's operator.
///
/// # Errors
/// 401 without a session; 404 for a number that is none, and for another park's: who has no right to it is not told that it is there.
pub fn receipt(planner: &Planner, city: &City, viewer: &Viewer, number: &str) -> Outcome<Receipt> {
    viewer.signed_in()?;
    let missing = || Fault::not_found("no_such_receipt", format!("没有回执 {number}"), format!("there is no receipt {number}")).at(number);
    let query = ChangeQuery {
        until: Some(city.revision),
        collection: Some(RECEIPTS.to_owned()),
        id: Some(number.to_owned()),
        limit: 1,
        ..ChangeQuery::default()
    };
    let Change { at, by, after, .. } = planner.store.changes(&query)?.into_iter().next().ok_or_else(missing)?;
    let kept: KeptReceipt = serde_json::from_value(after).map_err(|error| Fault::internal("receipt", error))?;
    if !viewer.operates(Some(&kept.park)) {
        return Err(missing());
    }
    let KeptReceipt { park, file, sha256, counts, revision, rejects } = kept;
    Ok(Receipt { number: number.to_owned(), park, by, at, file, sha256, counts, revision, rejects })
}

/// The rows of a receipt that were not taken, as a file.
pub fn rejects_of_receipt(receipt: &Receipt, form: SheetForm, lang: Lang) -> Outcome<Vec<u8>> {
    rejects_file(&receipt.rejects, form, lang)
}
