//! Codes of the catalogue's lists that logic rests on, each named once. What follows from a code is a rule's or an analysis's business.

/// How far a parcel's consolidation has come (list `stage`).
pub mod stage {
    /// In the land bank.
    pub const BANKED: &str = "banked";
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_stands_in_its_list() {
        let codes = crate::domain::catalogue().codes("stage").expect("stages");
        assert!(codes.iter().any(|known| known.code == super::stage::BANKED));
    }
}
