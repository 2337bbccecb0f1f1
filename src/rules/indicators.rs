//! What a designation pack may ask of a park, by name.

/// Indicators that a pack may weigh or ask for, besides `facility_CLASS` for each class that it lists.
pub const INDICATORS: [&str; 18] = [
    "lead_output",
    "lead_firms",
    "lead_floor",
    "declared_share",
    "lq",
    "lead_firm_count",
    "above_scale",
    "high_tech",
    "facility_mean",
    "let_rate",
    "move_in_rate",
    "vacancy",
    "rent_to_cap",
    "output_per_mu",
    "tax_per_mu",
    "jobs_per_ha",
    "report_on_time",
    "report_missed",
];

/// Whether an indicator of this id can be measured, given the classes of facilities that a pack lists.
pub fn is_indicator(id: &str, classes: &[String]) -> bool {
    INDICATORS.contains(&id) || id.strip_prefix("facility_").is_some_and(|class| classes.iter().any(|known| known == class))
}
