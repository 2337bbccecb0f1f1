//! Ordered vocabularies that packs speak in: fire hazard classes and vibration classes. The order is terminology, not policy.

/// Fire hazard classes of production and storage, most dangerous first (火灾危险性分类).
pub const FIRE_CLASSES: [&str; 6] = ["甲", "乙", "丙一", "丙二", "丁", "戊"];

/// Vibration classes, least demanding first: none, ordinary workshop, office, then the generic criteria VC-A…VC-E.
pub const VIBRATION_CLASSES: [&str; 8] = ["none", "workshop", "office", "VC-A", "VC-B", "VC-C", "VC-D", "VC-E"];

/// Rank of what a process *needs*: higher is more dangerous. Plain 丙 reads as 丙一, the safe side for a need (P8).
pub fn fire_need(class: &str) -> Option<f64> {
    fire_rank(if class == "丙" { "丙一" } else { class })
}

/// Rank of what a floor *is rated for*. Plain 丙 reads as 丙二, the safe side for a floor (P8).
pub fn fire_rating(class: &str) -> Option<f64> {
    fire_rank(if class == "丙" { "丙二" } else { class })
}

fn fire_rank(class: &str) -> Option<f64> {
    FIRE_CLASSES.iter().rev().position(|known| *known == class).map(|rank| rank as f64)
}

pub fn vibration_rank(class: &str) -> Option<f64> {
    VIBRATION_CLASSES.iter().position(|known| *known == class).map(|rank| rank as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_c_is_read_on_the_safe_side_of_each_question() {
        assert!(fire_need("丙") > fire_rating("丙"));
        assert!(fire_rating("乙") > fire_need("丙"));
        assert_eq!(fire_need("丙级"), None);
    }
}
