//! Which cluster could work on which floor (exact readings U19, U20).

use super::result::{FitCell, FitVerdict};
use crate::domain::catalogue;
use crate::rules::upstairs::BAND_NAMES;
use crate::rules::upstairs_fit::FACTORS;
use crate::rules::{Status, UpstairsPack};

/// Every cluster of the catalogue on every band. `heights` are the scheme's storey heights.
pub(super) fn fit_matrix(pack: &UpstairsPack, heights: &[f64; 4]) -> Vec<FitCell> {
    let bands = |cluster: &str| (0..4).map(|band| cell(pack, heights, cluster, band)).collect::<Vec<_>>();
    catalogue().clusters.iter().flat_map(|cluster| bands(&cluster.id)).collect()
}

fn cell(pack: &UpstairsPack, heights: &[f64; 4], cluster: &str, band: usize) -> FitCell {
    let demand = pack.fit.demand.get(cluster);
    let own_load = pack.load_demand.as_ref().filter(|_| pack.cluster.as_deref() == Some(cluster)).map(|figure| figure.value[band]);
    let verdicts: Vec<FitVerdict> = (0..FACTORS.len())
        .map(|factor| {
            let available = match factor {
                2 => Some(heights[band]),
                4 => Some(pack.load[band].value),
                _ => pack.fit.available[factor][band],
            };
            let need = own_load.filter(|_| factor == 4).or_else(|| demand.and_then(|factors| factors[factor][band]));
            judge(available, need, pack.fit.retrofit[factor][band])
        })
        .collect();
    let (verdict, factor) = overall(&verdicts);
    FitCell { cluster: cluster.to_owned(), band: BAND_NAMES[band], verdict, factor: factor.map(|index| FACTORS[index]), status: Status::Unconfirmed }
}

fn judge(available: Option<f64>, need: Option<f64>, retrofit: Option<f64>) -> FitVerdict {
    let reaches = |have: f64, need: f64| have >= need - 1e-9 * need.abs().max(1.0);
    match (available, need) {
        (Some(available), Some(need)) if reaches(available, need) => FitVerdict::Fit,
        (Some(_), Some(need)) if retrofit.is_some_and(|reached| reaches(reached, need)) => FitVerdict::Retrofit,
        (Some(_), Some(_)) => FitVerdict::Unfit,
        _ => FitVerdict::Unknown,
    }
}

/// The worst known verdict, unless something unknown could still be worse; and the first factor that is as bad.
fn overall(verdicts: &[FitVerdict]) -> (FitVerdict, Option<usize>) {
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
