//! Which cluster can work on a floor that stands, from what is recorded about it (analyses §3.8, §3.9).

use super::fit::{judge, overall};
use super::result::FitVerdict;
use crate::rules::UpstairsPack;
use crate::rules::order::fire_rating;
use crate::rules::upstairs_fit::{Bands, FACTORS};

/// What is recorded of a floor; `None` where nothing is.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecordedFloor<'a> {
    /// 1 is the ground floor.
    pub order: Option<i64>,
    pub height_m: Option<f64>,
    /// kN/m².
    pub load_kn_m2: Option<f64>,
    pub fire_class: Option<&'a str>,
    /// Freight lifts that serve it.
    pub lifts: Option<f64>,
}

/// A verdict with the factor that decides; `None` where all five fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    pub verdict: FitVerdict,
    pub factor: Option<&'static str>,
}

/// Fire class, height and load are the record's; vibration and the tonnage of lifts, which no record holds, are what the pack says of the floor's
/// band. Upstairs without a freight lift there is no tonnage at all.
pub fn floor_fit(pack: &UpstairsPack, cluster: &str, floor: &RecordedFloor<'_>) -> Fit {
    let verdicts = factors(pack, cluster, floor);
    let (verdict, factor) = overall(&verdicts);
    Fit { verdict, factor: factor.map(|at| FACTORS[at]) }
}

fn factors(pack: &UpstairsPack, cluster: &str, floor: &RecordedFloor<'_>) -> [FitVerdict; 5] {
    // Needs are told by band: of a floor without an order nothing can be said.
    let Some(order) = floor.order else { return [FitVerdict::Unknown; 5] };
    let band = pack.band(order.max(0) as usize);
    let known = |bands: &Bands| bands[band].as_ref().map(|figure| figure.value);
    let usual = |factor: usize| known(&pack.fit.available[factor]);
    let tonnage = match floor.lifts {
        _ if band == GROUND => usual(LIFT),
        Some(lifts) if lifts <= 0.0 => Some(0.0),
        lifts => lifts.and_then(|_| usual(LIFT)),
    };
    let available = [floor.fire_class.and_then(fire_rating), usual(VIBRATION), floor.height_m, tonnage, floor.load_kn_m2];
    let demand = pack.fit.demand.get(cluster);
    let need = |factor: usize| demand.and_then(|factors| known(&factors[factor]));
    [0, 1, 2, 3, 4].map(|factor| judge(available[factor], need(factor), known(&pack.fit.retrofit[factor])))
}

/// The band that trucks reach without a lift.
const GROUND: usize = 0;
/// Places among the factors.
const VIBRATION: usize = 1;
const LIFT: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Packs;
    use FitVerdict::*;

    fn pack() -> UpstairsPack {
        UpstairsPack::resolve(Packs::embedded(), None, None).expect("pack")
    }

    const WHOLE: RecordedFloor<'static> =
        RecordedFloor { order: Some(4), height_m: Some(6.0), load_kn_m2: Some(20.0), fire_class: Some("丙一"), lifts: Some(2.0) };

    #[test]
    fn the_record_goes_before_the_packs_design_and_a_gap_in_it_is_unknown() {
        let pack = pack();
        let fit = |floor: RecordedFloor<'_>| factors(&pack, "f24-frontier-materials", &floor);
        // Fourth floor, middle band: needs 丙一, office vibration, 5.4 m, 3 t, 8 kN/m².
        assert_eq!(fit(WHOLE), [Fit; 5]);
        assert_eq!(fit(RecordedFloor { load_kn_m2: Some(5.0), ..WHOLE })[4], Retrofit, "strengthened to 10");
        assert_eq!(fit(RecordedFloor { height_m: Some(4.5), ..WHOLE })[2], Unfit, "no retrofit makes a storey higher");
        assert_eq!(fit(RecordedFloor { fire_class: Some("丙"), ..WHOLE })[0], Retrofit, "plain 丙 of a floor is 丙二");
        assert_eq!(fit(RecordedFloor { lifts: Some(0.0), ..WHOLE })[3], Retrofit);
        for gap in [
            RecordedFloor { height_m: None, ..WHOLE },
            RecordedFloor { load_kn_m2: None, ..WHOLE },
            RecordedFloor { fire_class: Some("三类"), ..WHOLE },
            RecordedFloor { lifts: None, ..WHOLE },
        ] {
            assert_eq!(fit(gap).iter().filter(|one| **one == Unknown).count(), 1);
        }
        assert_eq!(fit(RecordedFloor { order: None, ..WHOLE }), [Unknown; 5]);
    }

    #[test]
    fn an_unfit_factor_outweighs_what_is_unknown_and_the_ground_floor_needs_no_lift() {
        let pack = pack();
        let of = |floor: RecordedFloor<'_>| floor_fit(&pack, "f24-frontier-materials", &floor);
        assert_eq!(
            of(RecordedFloor { height_m: Some(3.0), load_kn_m2: None, ..WHOLE }),
            super::Fit { verdict: Unfit, factor: Some("process_height") }
        );
        assert_eq!(of(RecordedFloor { load_kn_m2: None, ..WHOLE }).verdict, Unknown);
        assert_eq!(factors(&pack, "f24-frontier-materials", &RecordedFloor { order: Some(1), lifts: None, ..WHOLE })[3], Fit);
        assert_eq!(floor_fit(&pack, "c24-nothing", &WHOLE).verdict, Unknown);
    }
}
