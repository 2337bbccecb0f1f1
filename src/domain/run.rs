//! The record that makes a computed figure repeatable.

use super::jcs;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What a run was made from: enough to compute it again and to compare.
#[derive(Clone, Debug, Serialize, PartialEq, ToSchema)]
pub struct RunRecord {
    /// First 16 hex digits of the hash of kind, inputs, revision, pack and seed.
    pub id: String,
    pub kind: String,
    /// SHA-256 of the canonical JSON of the inputs.
    pub input_hash: String,
    /// Data revision of the city file.
    pub revision: i64,
    pub pack: String,
    pub pack_version: String,
    pub seed: u64,
    /// ISO date on which time-dependent figures stand.
    pub as_of: String,
    /// The very texts that the rules came from, where the analysis names them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<PackUse>,
}

/// A rule pack as it was used: another text under the same version has another hash.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord, ToSchema)]
pub struct PackUse {
    pub id: String,
    pub version: String,
    /// SHA-256 of the pack's text, hex.
    pub hash: String,
}

impl RunRecord {
    /// `input_hash` is that of [`input_hash`]; `revision` the one that was read.
    pub fn new(kind: &str, input_hash: &str, revision: i64, pack: (&str, &str), seed: u64, as_of: &str) -> Self {
        let id = sha256_hex(format!("{kind}\n{input_hash}\n{revision}\n{}\n{}\n{seed}\n{as_of}", pack.0, pack.1).as_bytes())[..16].to_owned();
        RunRecord {
            id,
            kind: kind.to_owned(),
            input_hash: input_hash.to_owned(),
            revision,
            pack: pack.0.to_owned(),
            pack_version: pack.1.to_owned(),
            seed,
            as_of: as_of.to_owned(),
            packs: Vec::new(),
        }
    }

    /// The record with its packs by content: two texts under one version are then two runs.
    pub fn with_packs(mut self, packs: Vec<PackUse>) -> Self {
        let hashes: Vec<&str> = packs.iter().map(|pack| pack.hash.as_str()).collect();
        self.id = sha256_hex(format!("{}\n{}", self.id, hashes.join("\n")).as_bytes())[..16].to_owned();
        self.packs = packs;
        self
    }
}

/// SHA-256 of the canonical JSON of a run's inputs.
pub fn input_hash(inputs: &Value) -> String {
    sha256_hex(canonical(inputs).as_bytes())
}

/// Lower-case hex SHA-256.
pub fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    Sha256::digest(bytes).iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// JSON with sorted keys and no spaces, so that the same content has the same hash. Numbers stand as they were written.
pub fn canonical(value: &Value) -> String {
    jcs::sorted(value, &Number::to_string)
}

/// A text in JSON's quotes.
pub fn json_text(text: &str) -> String {
    // A text has no value that JSON lacks.
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_sorts_its_keys_at_every_depth() {
        assert_eq!(canonical(&serde_json::json!({"b": [{"d": 1, "c": "文"}], "a": null})), r#"{"a":null,"b":[{"c":"文","d":1}]}"#);
        let odd = serde_json::json!({"z": {}, "y": [], "x": [[1.5, -0.0, true], "a\"\n\u{1}"], "": {"b": 2, "a": {}}});
        assert_eq!(canonical(&odd), r#"{"":{"a":{},"b":2},"x":[[1.5,-0.0,true],"a\"\n\u0001"],"y":[],"z":{}}"#);
    }

    #[test]
    fn the_hash_is_written_in_lower_case_hex() {
        assert_eq!(sha256_hex(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
