//! The shift that mainland web maps put on coordinates (GCJ-02): to recognise it, and to take it out where a person says that it is in.
//!
//! # Source
//! The published form of the transformation: a polynomial and three sines per axis around 105°E 35°N on the Krasovsky ellipsoid.
//! Over Shenzhen it moves a place by 577–606 m.

use geo_types::Coord;
use std::f64::consts::PI;

const SEMI_MAJOR_METRES: f64 = 6_378_245.0;
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// Where the web maps draw the place `lon`, `lat` (degrees).
pub fn shifted(place: Coord<f64>) -> Coord<f64> {
    let (x, y) = (place.x - 105.0, place.y - 35.0);
    let root = x.abs().sqrt();
    let wave = |amplitudes: [f64; 2], value: f64| amplitudes[0] * (value * PI).sin() + amplitudes[1] * (value * PI / 3.0).sin();
    let common = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + common
        + wave([20.0, 40.0], y) * 2.0 / 3.0
        + (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + common
        + wave([20.0, 40.0], x) * 2.0 / 3.0
        + (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let latitude = place.y.to_radians();
    let magic = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
    let meridian = SEMI_MAJOR_METRES * (1.0 - ECCENTRICITY_SQUARED) / (magic * magic.sqrt());
    let parallel = SEMI_MAJOR_METRES / magic.sqrt() * latitude.cos();
    Coord { x: place.x + (east / parallel).to_degrees(), y: place.y + (north / meridian).to_degrees() }
}

/// How far from each other the published form and the maps' own shift are taken to be at most, m; the latter is not public.
pub const FORMULA_METRES: f64 = 5.0;

/// The place that the web maps draw at `drawn` (degrees): the published form turned round, to 0.1 mm. `None` outside of China, where the maps
/// do not shift.
pub fn unshifted(drawn: Coord<f64>) -> Option<Coord<f64>> {
    if !(72.0..138.0).contains(&drawn.x) || !(0.8..56.0).contains(&drawn.y) {
        return None;
    }
    let mut place = drawn;
    // The shift changes by some parts in a thousand over its own length: each round is that much nearer.
    for _ in 0..12 {
        let off = shifted(place) - drawn;
        place = place - off;
        if off.x.abs() < 1e-11 && off.y.abs() < 1e-11 {
            break;
        }
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_over_shenzhen_is_577_to_606_metres_to_the_south_east() {
        for (lon, lat) in [(113.85, 22.55), (114.0579, 22.5431), (114.25, 22.72), (114.35, 22.69)] {
            let moved = shifted(Coord { x: lon, y: lat });
            let east = (moved.x - lon) * 111_320.0 * lat.to_radians().cos();
            let north = (moved.y - lat) * 110_700.0;
            let distance = east.hypot(north);
            assert!((570.0..615.0).contains(&distance) && east > 400.0 && north < -250.0, "{lon} {lat}: {east} {north}");
        }
    }

    #[test]
    fn taking_the_shift_out_leads_back_to_a_tenth_of_a_millimetre_all_over_china() {
        for lon in (74..136).step_by(3) {
            for lat in (4..54).step_by(3) {
                let place = Coord { x: f64::from(lon) + 0.123, y: f64::from(lat) + 0.456 };
                let back = unshifted(shifted(place)).expect("in China");
                assert!((back.x - place.x).abs() < 1e-9 && (back.y - place.y).abs() < 1e-9, "{place:?} {back:?}");
            }
        }
        assert!(unshifted(Coord { x: -71.1, y: 42.4 }).is_none());
    }
}
