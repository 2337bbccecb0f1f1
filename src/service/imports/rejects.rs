//! The rows of a staged file that were not taken, as a file.

use super::staged::locked;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang};
use crate::formats::Progress;
use crate::intake::{Reject, RejectForm, rejects_file};
use crate::service::Viewer;
use crate::service::import::{context, layer_named};
use crate::service::imports::Intake;

/// Rows that the last trial, or the import, left out, with all their fields and why. Second: a name for the file.
///
/// # Errors
/// 401, 403, 404 for another's; 404 where nothing was tried yet.
pub fn rejects(intake: &Intake, viewer: &Viewer, id: &str, form: RejectForm, lang: Lang, progress: Progress<'_>) -> Outcome<(Vec<u8>, String)> {
    viewer.planner()?;
    let staged = intake.uploads.find(viewer, id)?;
    let last = locked(&staged.state).last.clone().ok_or_else(|| {
        Fault::not_found("nothing_tried", "此文件尚未试运行", "this file was not tried yet").help("请先试运行", "run a trial first")
    })?;
    let report = &last.answer.report;
    let left_out = report.rejected.iter().map(|note| Reject {
        row: note.row,
        reason: note.reason.to_owned(),
        zh: note.zh.clone(),
        en: note.en.clone(),
        place: note.place,
    });
    let unmatched = report.unmatched.iter().map(|row| Reject {
        row: row.row,
        reason: "unmatched".to_owned(),
        zh: format!("城市中没有编码 {}", row.key),
        en: format!("the city has no key {}", row.key),
        place: None,
    });
    let mut all: Vec<Reject> = left_out.chain(unmatched).collect();
    all.sort_by_key(|reject| reject.row);
    let city = intake.planner.city();
    let layer = layer_named(&last.settings.layer)?;
    let bytes = rejects_file(&staged.main, &last.settings.options(), &context(&city, layer), &all, form, lang, progress)?;
    let ending = if form == RejectForm::Csv { "csv" } else { "geojson" };
    Ok((bytes, format!("rejects-{}-{}.{ending}", layer.name(), &staged.id[..8])))
}
