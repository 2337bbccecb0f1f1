//! Plans that people keep: a selection or a result under a name.

use super::dictionary::{Layer, dictionary};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A named variant or result that a planner keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub id: String,
    pub name: String,
    pub kind: String,
    /// RFC 3339, UTC.
    pub created: String,
    pub by: String,
    pub parcels: Vec<String>,
    /// What the page or an analysis said, in its own form.
    pub result: Value,
}

/// Private columns whose names mean other things elsewhere; what they hold is told by no analysis row by row.
const COMMON_WORDS: [&str; 8] = ["code", "name", "cluster", "note", "reason", "firm", "jobs", "by"];

impl Plan {
    /// The kept result as somebody may see it who sees the private columns of these layers alone: those of others are taken out by their names, at any
    /// depth. Rights are asked when a result is read, whoever kept it and whatever he saw.
    pub fn result_seen(&self, sees_private: impl Fn(&Layer) -> bool) -> Value {
        let hidden: Vec<&str> = dictionary()
            .layers
            .iter()
            .filter(|layer| !sees_private(layer))
            .flat_map(|layer| &layer.columns)
            .filter(|column| column.private && !COMMON_WORDS.contains(&column.name.as_str()))
            .map(|column| column.name.as_str())
            .collect();
        let mut shown = self.result.clone();
        hide(&mut shown, &hidden);
        shown
    }
}

fn hide(value: &mut Value, hidden: &[&str]) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| !is_hidden(name, value, hidden));
            members.values_mut().for_each(|value| hide(value, hidden));
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| hide(part, hidden)),
        _ => {}
    }
}

/// By its name, also in the plural; a count of owners tells of nobody.
fn is_hidden(name: &str, value: &Value, hidden: &[&str]) -> bool {
    let is_count = value.is_number();
    hidden.iter().any(|private| name == *private || (!is_count && name.strip_suffix('s') == Some(private)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn owners_in_a_kept_result_are_for_those_who_see_them_and_tenants_for_nobody() {
        let result = json!({
            "sites": [{ "owners": 2, "parcels": [{ "code": "1", "owner": "OWN-1" }], "ledger": { "owners": ["OWN-1", "OWN-2"], "tenant": "T" } }],
        });
        let plan = Plan {
            id: "1".into(),
            name: "方案".into(),
            kind: "consolidation".into(),
            created: String::new(),
            by: "a".into(),
            parcels: Vec::new(),
            result,
        };
        let hidden = plan.result_seen(|_| false).to_string();
        assert!(!hidden.contains("OWN-") && !hidden.contains("\"T\"") && hidden.contains("\"owners\":2"), "{hidden}");
        let seen = plan.result_seen(|layer| layer.name == "parcel").to_string();
        assert!(seen.matches("OWN-").count() == 3 && !seen.contains("\"T\""), "{seen}");
    }
}
