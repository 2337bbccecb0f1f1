//! Which cluster could work on which floor (exact readings U19, U20).

use super::case::Overrides;
use super::limits::storey_heights;
use super::result::{FitCell, FitVerdict};
use crate::domain::catalogue;
use crate::rules::upstairs::BAND_NAMES;
use crate::rules::upstairs_fit::{Bands, FACTORS, LOAD};
use crate::rules::{Cite, Status, UpstairsPack};

/// Every cluster of the catalogue on every band. `heights` are the scheme's storey heights.
pub(super) fn fit_matrix(pack: &UpstairsPack, heights: &[f64; 4]) -> Vec<FitCell> {
    let bands = |cluster: &str| (0..4).map(|band| cell(pack, heights, cluster, band)).collect::<Vec<_>>();
    catalogue().clusters.iter().flat_map(|cluster| bands(&cluster.id)).collect()
}

/// One cluster's verdict on each band of its own pack's building, ground first, with the factor that decides.
pub type Verdicts = [(FitVerdict, Option<&'static str>); 4];

/// The four verdicts of a cluster under a pack whose storeys have the pack's own heights, as `overrides` moves them.
pub fn verdicts(pack: &UpstairsPack, cluster: &str, overrides: &Overrides) -> Verdicts {
    let heights = storey_heights(pack, overrides);
    [0, 1, 2, 3].map(|band| {
        let cell = cell(pack, &heights, cluster, band);
        (cell.verdict, cell.factor)
    })
}

pub(super) fn cell(pack: &UpstairsPack, heights: &[f64; 4], cluster: &str, band: usize) -> FitCell {
    let demand = pack.fit.demand.get(cluster);
    let known = |bands: &Bands| bands[band].as_ref().map(|figure| figure.value);
    let verdicts = [0, 1, 2, 3, 4].map(|factor| {
        let available = match factor {
            HEIGHT => Some(heights[band]),
            LOAD => Some(pack.load[band].value),
            _ => known(&pack.fit.available[factor]),
        };
        judge(available, demand.and_then(|factors| known(&factors[factor])), known(&pack.fit.retrofit[factor]))
    });
    let (verdict, factor) = overall(&verdicts);
    // What the deciding factor rests on; without one, all five.
    let deciding = factor.map_or(0..FACTORS.len(), |index| index..index + 1);
    let sides = |factor: usize| {
        let design = match factor {
            HEIGHT => Some(&pack.storey.height[band].cite),
            LOAD => Some(&pack.load[band].cite),
            _ => pack.fit.available[factor][band].as_ref().map(|figure| &figure.cite),
        };
        let need = demand.and_then(|factors| factors[factor][band].as_ref()).map(|figure| &figure.cite);
        let retrofit = pack.fit.retrofit[factor][band].as_ref().map(|figure| &figure.cite).filter(|_| verdict == FitVerdict::Retrofit);
        (need, [need, design, retrofit])
    };
    let sourced = |cite: &Option<&std::sync::Arc<Cite>>| cite.is_none_or(|cite| cite.status == Status::Sourced);
    let confirmed = verdict != FitVerdict::Unknown && deciding.clone().all(|factor| sides(factor).1.iter().all(sourced));
    FitCell {
        cluster: cluster.to_owned(),
        band: BAND_NAMES[band],
        verdict,
        factor: factor.map(|index| FACTORS[index]),
        factors: verdicts,
        clause: factor.and_then(|index| sides(index).0).map(|cite| cite.clause.clone()),
        status: if confirmed { Status::Sourced } else { Status::Unconfirmed },
    }
}

/// Place of the process height among the factors.
const HEIGHT: usize = 2;

pub(super) fn judge(available: Option<f64>, need: Option<f64>, retrofit: Option<f64>) -> FitVerdict {
    let reaches = |have: f64, need: f64| have >= need - 1e-9 * need.abs().max(1.0);
    match (available, need) {
        (Some(available), Some(need)) if reaches(available, need) => FitVerdict::Fit,
        (Some(_), Some(need)) if retrofit.is_some_and(|reached| reaches(reached, need)) => FitVerdict::Retrofit,
        (Some(_), Some(_)) => FitVerdict::Unfit,
        _ => FitVerdict::Unknown,
    }
}

/// The worst known verdict, unless something unknown could still be worse; and the first factor that is as bad.
pub(super) fn overall(verdicts: &[FitVerdict]) -> (FitVerdict, Option<usize>) {
    let first = |verdict: FitVerdict| verdicts.iter().position(|one| *one == verdict);
    let order = [FitVerdict::Unfit, FitVerdict::Unknown, FitVerdict::Retrofit];
    order.into_iter().find_map(|verdict| first(verdict).map(|factor| (verdict, Some(factor)))).unwrap_or((FitVerdict::Fit, None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Packs;

    #[test]
    fn the_worst_known_factor_decides_and_an_unknown_one_withholds_the_rest() {
        use FitVerdict::*;
        assert_eq!(overall(&[Fit, Retrofit, Fit, Unfit, Unfit]), (Unfit, Some(3)));
        assert_eq!(overall(&[Fit, Retrofit, Unknown, Fit, Fit]), (Unknown, Some(2)));
        assert_eq!(overall(&[Fit, Unknown, Fit, Unfit, Fit]), (Unfit, Some(3)));
        assert_eq!(overall(&[Fit, Fit, Retrofit, Fit, Retrofit]), (Retrofit, Some(2)));
        assert_eq!(overall(&[Fit; 5]), (Fit, None));
    }

    #[test]
    fn the_matrix_holds_every_cluster_on_every_band_and_software_goes_anywhere() {
        let pack = UpstairsPack::resolve(Packs::embedded(), None, None).expect("pack");
        let matrix = fit_matrix(&pack, &pack.storey.height.each_ref().map(|figure| figure.value));
        assert_eq!(matrix.len(), 28 * 4);
        let of = |cluster: &str, band: &str| matrix.iter().find(|cell| cell.cluster == cluster && cell.band == band).expect("cell");
        assert_eq!(of("c24-smart-terminal", "upper").verdict, FitVerdict::Fit);
        assert!(BAND_NAMES.iter().all(|band| of("c24-software", band).verdict == FitVerdict::Fit));
        // Machine tools need 14 kN/m² on the ground: 2 t/m² is 19.6; upstairs the vibration of light floors decides.
        assert_eq!(of("c24-equipment", "ground").verdict, FitVerdict::Fit);
        assert_eq!(of("f24-deep-earth-sea", "upper").factor, Some("process_height"));
    }
}
