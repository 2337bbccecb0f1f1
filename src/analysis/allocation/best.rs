//! The allocation of best total fit under the bounds (A5), its ties settled (A6).

use super::audit::{Audit, Breach};
use super::board::{Board, Matrix, Pair};
use super::fit::FitTable;
use super::flow::{self, Network};
use serde::Serialize;
use utoipa::ToSchema;

/// Fits that differ by less than this are the same (G4): they are compared in whole steps.
const STEP: f64 = 1e-9;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationPlacement)]
pub struct Placement {
    pub cluster: String,
    pub district: String,
    /// The pair is there now.
    pub present: bool,
    /// Placed by the city: it stays as it is and counts in nothing.
    pub exempt: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationBest)]
pub struct Best {
    /// Σ (fit − placement cost) over the placements that are not exempt. Null where it would tell a fit that is withheld.
    #[schema(required)]
    pub objective: Option<f64>,
    /// In the order of ids.
    pub pairs: Vec<Placement>,
    /// Present pairs that stay, the exempt ones left out.
    pub kept: usize,
    /// Present pairs that go.
    pub dropped: Vec<Pair>,
    /// All bounds are kept. Else this is the allocation with the least total violation.
    pub feasible: bool,
    /// By how much counts lie outside their bounds, summed.
    pub violation: usize,
    /// Bounds that are not kept.
    pub breaches: Vec<Breach>,
}

impl Best {
    /// `present` is the matrix that is kept where it costs nothing.
    pub fn of(board: &Board, present: &Matrix, fits: &FitTable, placement_cost: f64) -> Best {
        let columns = board.districts.len();
        let free: Vec<usize> = (0..board.clusters.len()).filter(|cluster| !board.exempt[*cluster]).collect();
        // The cells of the clusters that are not exempt, row by row.
        let cells: Vec<usize> = free.iter().flat_map(|cluster| (0..columns).map(|district| board.at(*cluster, district))).collect();
        let of_cells = |matrix: &[bool]| -> Vec<bool> { cells.iter().map(|at| matrix[*at]).collect() };
        let worth: Vec<i64> = cells.iter().map(|at| ((fits.pairs[*at].total - placement_cost) / STEP).round() as i64).collect();
        let network = Network {
            rows: free.iter().map(|cluster| &board.of_cluster[*cluster]).map(|(least, most)| (least.value, most.value)).collect(),
            columns: board.of_district.iter().map(|(least, most)| (least.value, most.value)).collect(),
            allowed: &of_cells(&board.allowed),
            worth: &worth,
            present: &of_cells(present),
        };
        let set = flow::best(&network);
        let mut matrix = present.clone();
        cells.iter().zip(&set).for_each(|(at, is_set)| matrix[*at] = *is_set);
        Best::described(board, present, &matrix, fits, placement_cost)
    }

    fn described(board: &Board, present: &Matrix, matrix: &Matrix, fits: &FitTable, placement_cost: f64) -> Best {
        let audit = Audit::of(board, matrix);
        let placed = (0..matrix.len()).filter(|at| matrix[*at]);
        let counted = placed.clone().filter(|at| !board.is_exempt(*at));
        let violation = audit.violation();
        let placement = |at: usize| {
            let Pair { cluster, district } = board.pair(at);
            Placement { cluster, district, present: present[at], exempt: board.is_exempt(at) }
        };
        Best {
            objective: Some(counted.clone().map(|at| fits.pairs[at].total - placement_cost).sum()),
            pairs: placed.map(placement).collect(),
            kept: counted.filter(|at| present[*at]).count(),
            dropped: (0..matrix.len()).filter(|at| present[*at] && !matrix[*at]).map(|at| board.pair(at)).collect(),
            feasible: violation == 0,
            violation,
            breaches: audit.warnings,
        }
    }
}
