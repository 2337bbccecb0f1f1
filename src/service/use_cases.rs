//! Changes of units and instruments as people make them: the edit, and the row as it is then.

use super::edits::{RefusedUnit, Reply};
use super::instruments::{self, InstrumentAnswer, InstrumentList, InstrumentQuery, Move, NewInstrument};
use super::kept::{self, Record};
use super::occupancy::{self, UnitAnswer};
use super::{Done, Planner, Viewer, today};
use crate::city::City;
use crate::domain::edit::{ConfirmUnits, Edit, MoveInstrument, Precondition, RecordWrite, UpdateUnit, WriteRecords};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

/// What came of confirming a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct Confirmation {
    pub done: Vec<UnitAnswer>,
    pub refused: Vec<RefusedUnit>,
    /// The revision that it made, by which it can be taken back.
    pub revision: i64,
}

impl Planner {
    /// Changes a unit: own park only, against the state that the caller saw, durable when this has ended.
    pub async fn update_unit(&self, viewer: &Viewer, id: &str, seen: Precondition, patch: Map<String, Json>) -> Outcome<UnitAnswer> {
        let done = self.hand_in(viewer, Edit::UpdateUnit(UpdateUnit { id: id.to_owned(), seen, patch }))?.await?;
        self.units_of(viewer, done).done.pop().ok_or_else(|| Fault::internal("edit", "the edit gave no unit"))
    }

    /// “与上月相同”: confirms units as they stand on a date, all in one edit; what is refused is listed.
    pub fn confirm_units(&self, viewer: &Viewer, units: Vec<(String, Precondition)>, as_of: &str) -> Outcome<Confirmation> {
        let done = self.edit(viewer, Edit::ConfirmUnits(ConfirmUnits { units, as_of: as_of.to_owned() }))?;
        Ok(self.units_of(viewer, done))
    }

    /// The rows that an edit gave, as the viewer may see them.
    fn units_of(&self, viewer: &Viewer, made: Done) -> Confirmation {
        let (city, today, revision) = (self.city(), today(), made.revision);
        match made.reply {
            Reply::Units { done, refused } => {
                Confirmation { done: done.iter().map(|row| occupancy::view(&city, viewer, row, &today)).collect(), refused, revision }
            }
            _ => Confirmation { done: Vec::new(), refused: Vec::new(), revision },
        }
    }

    /// Writes a row of a table that people keep; gives it as the viewer may see it, unless it was deleted.
    pub async fn write_record(&self, viewer: &Viewer, write: RecordWrite) -> Outcome<Option<Record>> {
        let done = self.hand_in(viewer, Edit::WriteRecords(WriteRecords { writes: vec![write] }))?.await?;
        let Reply::Records(rows) = done.reply else { return Err(Fault::internal("edit", "the edit gave no rows")) };
        Ok(rows.first().map(|(layer, row)| kept::record(&self.city(), viewer, *layer, row)))
    }

    pub fn instruments(&self, city: &City, viewer: &Viewer, query: &InstrumentQuery) -> Outcome<InstrumentList> {
        instruments::list(city, viewer, query, |code| self.instrument_changes(city, code))
    }

    pub fn instrument(&self, city: &City, viewer: &Viewer, code: &str) -> Outcome<InstrumentAnswer> {
        let known = city.instruments().get(code).ok_or_else(|| instruments::no_such_instrument(code))?;
        let signatures = instruments::signatures(viewer, self.instrument_changes(city, code)?);
        Ok(instruments::view(city, viewer, known, signatures))
    }

    /// Records a draft. Its geometry is computed before it enters the queue; nothing about the land changes yet.
    pub fn draft_instrument(&self, viewer: &Viewer, new: &NewInstrument) -> Outcome<InstrumentAnswer> {
        viewer.planner()?;
        let draft = instruments::prepare(&self.city(), new, &today())?;
        let done = self.edit(viewer, Edit::DraftInstrument(Box::new(draft)))?;
        self.instrument_of(viewer, done.reply)
    }

    /// Moves an instrument on. Bringing one into force ends the parents and begins the children on its day.
    pub fn move_instrument(&self, viewer: &Viewer, code: &str, seen: Precondition, wanted: &Move) -> Outcome<InstrumentAnswer> {
        let date = wanted.date.clone().unwrap_or_else(today);
        // The log is what says who drafted; entries come newest first.
        let drafted_by = self.instrument_changes(&self.city(), code)?.pop().filter(|first| first.action == "create").map(|first| first.by);
        let edit = MoveInstrument { code: code.to_owned(), seen, to: wanted.to, date, note: wanted.note.clone(), drafted_by };
        let moved = self.edit(viewer, Edit::MoveInstrument(edit)).map_err(|fault| match fault.kind {
            // A conflict carries the instrument whole, with who moved it so far.
            FaultKind::PreconditionFailed => {
                let current = self.instrument(&self.city(), viewer, code).ok().and_then(|answer| serde_json::to_value(answer).ok());
                Fault { current: current.map(Box::new).or(fault.current.clone()), ..fault }
            }
            _ => fault,
        })?;
        self.instrument_of(viewer, moved.reply)
    }

    fn instrument_of(&self, viewer: &Viewer, reply: Reply) -> Outcome<InstrumentAnswer> {
        match reply {
            Reply::Instrument(code) => self.instrument(&self.city(), viewer, &code),
            _ => Err(Fault::internal("edit", "the edit gave no instrument")),
        }
    }
}
