//! Allocation as a use case: the declared matrix and that of the parks, audited and set beside the best one.
//!
//! # Source
//! analyses.md §5 and exact-designation.md A1–A11.

mod answer;
mod evidence;
mod inputs;

pub use answer::{Allocation, MatrixBasis};

use super::process::{Common, Context, Pace, Process, Words};
use crate::analysis::allocation::{Audit, Best, Board, Certificate, FirmFigures, FitTable, Matrix, Pair, ParkSite, check_clusters, overlaps};
use crate::analysis::disclosure::{Figure, Told};
use crate::city::City;
use crate::domain::catalogue;
use crate::domain::fault::Outcome;
use crate::rules::{AllocationPack, RuleSet};
use answer::{Cell, CellFit, MatrixAudit, WhatIfAnswer};
use chrono::NaiveDate;
use inputs::{Exemption, Inputs, WhatIf};
use std::sync::Arc;

pub struct Allocate;

impl Process for Allocate {
    const ID: &'static str = "allocate";
    const PACKS: &'static [&'static str] = &["allocation"];
    const EXAMPLE: &'static str = r#"{"as_of": "2026-09-01"}"#;

    type Inputs = Inputs;
    type Answer = Allocation;
    type Defaults = ();

    fn words() -> Words {
        Words { zh: "错位布局：审核与建议", en: "Allocation of clusters to districts: audit and best allocation" }
    }

    fn pace(_inputs: &Inputs) -> Pace {
        Pace::Quick
    }

    fn common(inputs: &Inputs) -> Common<'_> {
        Common { as_of: inputs.as_of.as_deref(), seed: None, pack: inputs.pack.as_deref() }
    }

    fn defaults(_rules: &RuleSet) -> Outcome<()> {
        Ok(())
    }

    fn run(context: &Context<'_>, inputs: Inputs) -> Outcome<Allocation> {
        allocate(context, &inputs)
    }
}

/// What of firms' data the fits rest on.
pub(super) fn figures(city: &City, as_of: NaiveDate) -> Vec<Figure> {
    let found = evidence::gather(city, as_of);
    let mut clusters: Vec<String> = catalogue().clusters.iter().map(|cluster| cluster.id.clone()).collect();
    clusters.sort_unstable();
    let districts: Vec<String> = found.districts.into_iter().collect();
    FirmFigures::of(&clusters, &districts, &found.evidence).all().collect()
}

fn allocate(context: &Context<'_>, inputs: &Inputs) -> Outcome<Allocation> {
    let layers = context.rules.pack("allocation")?;
    let pack = AllocationPack::read(&layers)?;
    let exemption = Exemption::read(inputs.exempt.as_deref(), &pack)?;
    let found = evidence::gather(context.city, context.as_of);
    let mut board = Board::new(catalogue(), &found.districts, &pack, |id, class| exemption.holds(id, class));
    inputs.check(&board, context.city)?;
    inputs.forbidden.iter().filter_map(|pair| board.find(pair)).collect::<Vec<_>>().into_iter().for_each(|at| board.allowed[at] = false);

    let of_parks = board.of_parks(&found.evidence.parks);
    let declared_pairs = inputs.declared.as_ref().or(found.declared.as_ref());
    let declared: Option<Matrix> = declared_pairs.map(|pairs| board.matrix(pairs).0);
    let basis = if declared.is_some() { MatrixBasis::Declared } else { MatrixBasis::Parks };
    let present = declared.as_ref().unwrap_or(&of_parks);
    let audit = Audit::of(&board, present);
    let fits = FitTable::of(&board, &found.evidence, &pack.fit);
    let best = Best::of(&board, present, &fits, pack.fit.placement_cost.value);
    let withheld = Withheld { told: (context.told)(context.city)?, figures: FirmFigures::of(&board.clusters, &board.districts, &found.evidence) };
    let what_if = inputs.what_if.as_ref().map(|change| what_if(&board, &found.evidence.parks, change, declared.is_some()));
    Ok(Allocation {
        as_of: context.as_of,
        basis,
        exempt: board.clusters.iter().zip(&board.exempt).filter(|(_, is_exempt)| **is_exempt).map(|(id, _)| id.clone()).collect(),
        matrix: cells(&board, &declared, &of_parks, &best, (&fits, &withheld), &found.evidence.parks),
        counts: audit.counts,
        warnings: audit.warnings,
        other: declared.as_ref().map(|_| MatrixAudit { basis: MatrixBasis::Parks, audit: Audit::of(&board, &of_parks) }),
        certificate: Certificate::of(&board),
        best,
        overlap_basis: inputs.basis,
        overlap: overlaps(&board, catalogue(), &found.evidence, present, inputs.basis),
        what_if,
        checks: check_clusters(&board, &found.evidence, &pack),
        unknown: fits.unknown,
        names: found.names,
        weights: (&pack).into(),
        run: context.record::<Allocate>((&pack.id, &pack.version), &layers.uses),
    })
}

/// Which fits are not told outside: they would tell of a few firms.
struct Withheld {
    told: Arc<Told>,
    figures: FirmFigures,
}

impl Withheld {
    fn quotient(&self, at: usize) -> bool {
        !self.figures.of_quotient(at).into_iter().all(|figure| self.told.tells(figure))
    }

    fn firms(&self, at: usize) -> bool {
        !self.figures.of_firms(at).into_iter().all(|figure| self.told.tells(figure))
    }
}

/// Every pair of the board, by cluster and district.
fn cells(
    board: &Board,
    declared: &Option<Matrix>,
    of_parks: &Matrix,
    best: &Best,
    (fits, withheld): (&FitTable, &Withheld),
    parks: &[ParkSite],
) -> Vec<Cell> {
    let best = board.matrix(&best.pairs.iter().map(|pair| Pair::new(&pair.cluster, &pair.district)).collect::<Vec<_>>()).0;
    let cell = |at: usize| {
        let pair = board.pair(at);
        let lists = |park: &&ParkSite| {
            !park.is_virtual && park.lead_clusters.contains(&pair.cluster) && park.land.iter().any(|(district, _)| *district == pair.district)
        };
        let mut codes: Vec<String> = parks.iter().filter(lists).map(|park| park.code.clone()).collect();
        codes.sort();
        let declared = declared.as_ref().map(|declared| declared[at]);
        Cell {
            placed: declared.unwrap_or(of_parks[at]),
            declared,
            parks: codes,
            best: best[at],
            fit: CellFit::of(fits.pairs[at], withheld.quotient(at), withheld.firms(at)),
            cluster: pair.cluster,
            district: pair.district,
        }
    };
    (0..board.allowed.len()).map(cell).collect()
}

/// The parks' matrix once more, with other lead clusters for one park (A10).
fn what_if(board: &Board, parks: &[ParkSite], change: &WhatIf, is_declared: bool) -> WhatIfAnswer {
    let mut changed = parks.to_vec();
    let mut before = Vec::new();
    for park in changed.iter_mut().filter(|park| park.code == change.park) {
        before = std::mem::replace(&mut park.lead_clusters, change.lead_clusters.clone());
    }
    let (old, new) = (board.of_parks(parks), board.of_parks(&changed));
    let (old_audit, audit) = (Audit::of(board, &old), Audit::of(board, &new));
    let only = |a: &Matrix, b: &Matrix| (0..a.len()).filter(|at| a[*at] && !b[*at]).map(|at| board.pair(at)).collect();
    let breaches = |of: &Audit, not: &Audit| {
        let is_new = |breach: &&_| !not.warnings.iter().any(|other| answer::is_same(other, breach));
        of.warnings.iter().filter(is_new).cloned().collect()
    };
    WhatIfAnswer {
        park: change.park.clone(),
        before,
        after: change.lead_clusters.clone(),
        gone: only(&old, &new),
        come: only(&new, &old),
        made: breaches(&audit, &old_audit),
        mended: breaches(&old_audit, &audit),
        declared_stays: is_declared,
        audit,
    }
}
