//! Longitude and latitude to EPSG:4547 (CGCS2000, 3-degree Gauss-Krüger, central meridian 114° E).

use geo_types::Coord;

const SEMI_MAJOR_M: f64 = 6_378_137.0;
const FLATTENING: f64 = 1.0 / 298.257_222_101;
const CENTRAL_MERIDIAN_DEG: f64 = 114.0;
const FALSE_EASTING_M: f64 = 500_000.0;

/// Projects degrees to easting (x) and northing (y) in metres.
///
/// # Source
/// Krüger's series in the third flattening n to n³: below 1 mm within 3° of the central meridian.
pub(super) fn project(longitude: f64, latitude: f64) -> Coord<f64> {
    let n = FLATTENING / (2.0 - FLATTENING);
    let radius = SEMI_MAJOR_M / (1.0 + n) * (1.0 + n * n / 4.0 + n.powi(4) / 64.0);
    let alpha = [n / 2.0 - 2.0 * n * n / 3.0 + 5.0 * n.powi(3) / 16.0, 13.0 * n * n / 48.0 - 3.0 * n.powi(3) / 5.0, 61.0 * n.powi(3) / 240.0];
    let phi = latitude.to_radians();
    let lambda = (longitude - CENTRAL_MERIDIAN_DEG).to_radians();
    let e = 2.0 * n.sqrt() / (1.0 + n);
    let conformal = (phi.sin().atanh() - e * (e * phi.sin()).atanh()).sinh();
    let xi = conformal.atan2(lambda.cos());
    let eta = (lambda.sin() / conformal.hypot(lambda.cos())).asinh();
    let mut northing = xi;
    let mut easting = eta;
    for (index, a) in alpha.iter().enumerate() {
        let k = 2.0 * (index + 1) as f64;
        northing += a * (k * xi).sin() * (k * eta).cosh();
        easting += a * (k * xi).cos() * (k * eta).sinh();
    }
    Coord { x: FALSE_EASTING_M + radius * easting, y: radius * northing }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_points_agree_with_proj_to_a_millimetre() {
        for ((longitude, latitude), (x, y)) in [
            ((114.0, 22.5), (500_000.0, 2_489_167.311_084_454)),
            ((113.8, 22.7), (479_450.430_433_450_85, 2_511_328.843_463_446_5)),
            ((115.1, 22.9), (612_862.559_922_582_6, 2_533_884.860_794_819)),
            ((114.6, 22.45), (561_760.720_139_468_7, 2_483_753.968_083_207)),
        ] {
            let point = project(longitude, latitude);
            assert!((point.x - x).abs() < 1e-3 && (point.y - y).abs() < 1e-3, "{point:?}");
        }
    }
}
