//! Units that people see beside the m² that we store.

/// Square metres in one 亩 (2000/3).
pub const SQUARE_METRES_PER_MU: f64 = 2000.0 / 3.0;
/// Square metres in one 公顷.
pub const SQUARE_METRES_PER_HECTARE: f64 = 10_000.0;
/// kN/m² in one t/m² (standard gravity).
pub const KN_PER_TONNE_FORCE: f64 = 9.80665;

/// m² → 亩.
pub fn mu(square_metres: f64) -> f64 {
    square_metres / SQUARE_METRES_PER_MU
}

/// m² → 公顷.
pub fn hectares(square_metres: f64) -> f64 {
    square_metres / SQUARE_METRES_PER_HECTARE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hectare_is_fifteen_mu() {
        assert!((mu(SQUARE_METRES_PER_HECTARE) - 15.0).abs() < 1e-12);
        assert_eq!(hectares(25_000.0), 2.5);
    }
}
