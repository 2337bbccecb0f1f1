//! Results that people keep, as their reader may see them: rights are asked when a result is read, whoever kept it and whatever he saw.

use super::Viewer;
use crate::domain::dictionary;
use serde_json::Value;

/// Columns whose names mean other things elsewhere; what they hold is told by no analysis row by row.
const COMMON_WORDS: [&str; 8] = ["code", "name", "cluster", "note", "reason", "firm", "jobs", "by"];

/// Takes out of a kept result what its reader may not see: private columns by their names, at any depth.
pub(super) fn shown_to(viewer: &Viewer, mut kept: Value) -> Value {
    let hidden: Vec<&str> = dictionary()
        .layers
        .iter()
        .filter(|layer| !viewer.sees_private(&layer.name))
        .flat_map(|layer| &layer.columns)
        .filter(|column| column.private && !COMMON_WORDS.contains(&column.name.as_str()))
        .map(|column| column.name.as_str())
        .collect();
    hide(&mut kept, &hidden);
    kept
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
    use crate::domain::{Account, Role};
    use serde_json::json;

    #[test]
    fn owners_in_a_kept_result_are_for_the_bureau_and_tenants_for_nobody() {
        let kept = json!({
            "sites": [{ "owners": 2, "parcels": [{ "code": "1", "owner": "OWN-1" }], "ledger": { "owners": ["OWN-1", "OWN-2"], "tenant": "T" } }],
        });
        let of = |role| {
            let account = Account { account: "a".into(), name: "a".into(), role, parks: vec!["P".into()], disabled: false };
            shown_to(&Viewer::of(account), kept.clone()).to_string()
        };
        for text in [shown_to(&Viewer::guest(), kept.clone()).to_string(), of(Role::Operator)] {
            assert!(!text.contains("OWN-") && !text.contains("\"T\"") && text.contains("\"owners\":2"), "{text}");
        }
        let seen = of(Role::Planner);
        assert!(seen.matches("OWN-").count() == 3 && !seen.contains("\"T\""), "{seen}");
    }
}
