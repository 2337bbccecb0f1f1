//! Trying a staged file, and taking it: read, judged, placed, compared, and written as one edit. As a job, or while its caller waits.

use super::Intake;
use super::answer::{ImportAnswer, ImportRefusal};
use super::diff;
use super::preview::planners_layer;
use super::settings::ImportSettings;
use super::staged::{Last, Staged, Uploads, locked};
use super::undo::Kept;
use crate::analysis::Control;
use crate::city::City;
use crate::domain::Edit;
use crate::domain::edit::Import;
use crate::domain::fault::Outcome;
use crate::service::edits::{check, must_stand_still};
use crate::service::import::{Ready, ask, ready, refuse_damage};
use crate::service::jobs::Work;
use crate::service::processes::AnyAnswer;
use crate::service::{Planner, Viewer};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What is to be done with a staged file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Show what would come of it.
    Try,
    /// Write what the trial on this revision showed.
    Take { judged_at: i64 },
}

/// Work on a staged file.
pub struct ImportWork {
    viewer: Viewer,
    uploads: Arc<Uploads>,
    staged: Arc<Staged>,
    settings: ImportSettings,
    step: Step,
}

impl ImportWork {
    /// Checked as far as can be without the file.
    ///
    /// # Errors
    /// 401, 403, 404 for another's file, 400 for a layer that is none.
    pub fn new(intake: &Intake, viewer: &Viewer, id: &str, settings: ImportSettings, step: Step) -> Outcome<ImportWork> {
        viewer.planner()?;
        planners_layer(&settings.layer)?;
        let staged = intake.uploads.find(viewer, id)?;
        Ok(ImportWork { viewer: viewer.clone(), uploads: intake.uploads.clone(), staged, settings, step })
    }

    /// At once, as long as its caller waits.
    pub fn while_waited(&self, planner: &Planner, stop: &AtomicBool) -> Outcome<Arc<ImportAnswer>> {
        self.execute(planner, Control { stop: &|| stop.load(Ordering::Relaxed), progress: &|_| {} })
    }

    fn execute(&self, planner: &Planner, control: Control<'_>) -> Outcome<Arc<ImportAnswer>> {
        let city = planner.city();
        // Said before the file is read again; the writer asks once more.
        if let Step::Take { judged_at } = self.step {
            must_stand_still(planners_layer(&self.settings.layer)?, &city, judged_at)?;
        }
        let Ready { mut import, report } = ready(&city, &self.staged.main, &self.settings.options(), &in_two_parts(control))?;
        let damage = refuse_damage(&report, self.settings.on_invalid.is_some()).and_then(|()| ask(&report, &self.settings.options()));
        if let Step::Take { judged_at } = self.step {
            damage?;
            import.judged_at = Some(judged_at);
            return self.take(planner, &city, import, report, control);
        }
        let edit = Edit::Import(import);
        let checked = check(&edit, &city, &planner.person(&self.viewer))?;
        let diff = diff::of(&city, &checked.changes);
        let refusal = damage.err().map(ImportRefusal::from);
        let answer = ImportAnswer { import: self.staged.id.clone(), dry_run: true, revision: city.revision, undoable: false, report, diff, refusal };
        Ok(self.remember(answer))
    }

    fn take(
        &self,
        planner: &Planner,
        city: &City,
        import: Import,
        report: crate::intake::ImportReport,
        control: Control<'_>,
    ) -> Outcome<Arc<ImportAnswer>> {
        let edit = Edit::Import(import);
        let checked = check(&edit, city, &planner.person(&self.viewer))?;
        let diff = diff::of(city, &checked.changes);
        // Kept before it is written: what was answered can be taken back. The layer stands still until then, or the writer refuses.
        let kept = Kept::of(&self.uploads, &self.viewer, &checked)?;
        drop(checked);
        if (control.stop)() {
            return Err(crate::formats::read::cancelled());
        }
        let done = planner.edit(&self.viewer, edit)?;
        let undoable = kept.keep_as(done.revision);
        let answer = ImportAnswer { import: self.staged.id.clone(), dry_run: false, revision: done.revision, undoable, report, diff, refusal: None };
        Ok(self.remember(answer))
    }

    fn remember(&self, answer: ImportAnswer) -> Arc<ImportAnswer> {
        let answer = Arc::new(answer);
        locked(&self.staged.state).last = Some(Arc::new(Last { settings: self.settings.clone(), answer: answer.clone() }));
        answer
    }
}

impl Work for ImportWork {
    fn id(&self) -> &'static str {
        match self.step {
            Step::Try => "import-trial",
            Step::Take { .. } => "import",
        }
    }

    fn run(&self, planner: &Planner, control: Control<'_>) -> Outcome<Arc<dyn AnyAnswer>> {
        Ok(self.execute(planner, control)? as Arc<dyn AnyAnswer>)
    }
}

/// Reading and judging each run over all rows: the first is four tenths of the way, the second the rest up to the comparison.
fn in_two_parts(control: Control<'_>) -> impl Fn(u64, Option<u64>) -> bool {
    const PARTS: [(f64, f64); 2] = [(0.0, 0.4), (0.4, 0.5)];
    let (last, part) = (Cell::new(0), Cell::new(0));
    move |done, total| {
        if done < last.replace(done) {
            part.set(1);
        }
        let (from, length) = PARTS[part.get()];
        if let Some(total) = total.filter(|total| *total > 0) {
            (control.progress)(from + length * (done as f64 / total as f64).min(1.0));
        }
        !(control.stop)()
    }
}
