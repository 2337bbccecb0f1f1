//! 整备单元: the recorded decision by which land is merged or split, or by which an earlier one is undone. Nothing merges or splits without one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentKind {
    /// Parcels become one plan parcel.
    Merge,
    /// One piece of land becomes several plan parcels.
    Split,
    /// An earlier instrument's children end and its parents stand again.
    Undo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InstrumentState {
    Draft,
    Reviewed,
    InForce,
    Withdrawn,
}

impl InstrumentKind {
    pub fn as_str(self) -> &'static str {
        match self {
            InstrumentKind::Merge => "merge",
            InstrumentKind::Split => "split",
            InstrumentKind::Undo => "undo",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Merge, Self::Split, Self::Undo].into_iter().find(|kind| kind.as_str() == text)
    }
}

impl InstrumentState {
    pub const ALL: [Self; 4] = [Self::Draft, Self::Reviewed, Self::InForce, Self::Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Reviewed => "reviewed",
            Self::InForce => "in_force",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Where an instrument may go from here. In force and withdrawn are final: what is in force is only undone by another instrument.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Reviewed, Self::Withdrawn],
            Self::Reviewed => &[Self::InForce, Self::Draft, Self::Withdrawn],
            Self::InForce | Self::Withdrawn => &[],
        }
    }
}

/// An instrument as it is recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// Row number in the store: the order of recording.
    pub fid: i64,
    pub code: String,
    pub name: Option<String>,
    pub kind: InstrumentKind,
    pub state: InstrumentState,
    /// ISO date from which it is in force.
    pub date: Option<String>,
    pub basis: Option<String>,
    pub park: Option<String>,
    pub parents: Vec<String>,
    pub children: Vec<String>,
    /// The instrument that this one undoes.
    pub undoes: Option<String>,
    /// The area ledger as JSON text.
    pub ledger: Option<String>,
    /// The record of the run that proposed it, as JSON text.
    pub run: Option<String>,
    pub revision: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_comes_into_force_without_review_and_final_states_stay() {
        use InstrumentState::{Draft, InForce, Reviewed, Withdrawn};
        assert!(!Draft.next().contains(&InForce));
        assert!(Reviewed.next().contains(&InForce) && Reviewed.next().contains(&Draft));
        assert!(InForce.next().is_empty() && Withdrawn.next().is_empty());
        for state in InstrumentState::ALL {
            assert_eq!(InstrumentState::parse(state.as_str()), Some(state));
        }
    }
}
