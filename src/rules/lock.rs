//! Packs do not change once shipped: the record of every version with the hash of its text (`geodata/rules/packs.lock`).

use super::embedded::LOCK;
use super::pack::Pack;
use super::problem::Problem;
use crate::domain::PackUse;
use std::sync::OnceLock;

/// Recorded versions, one a line: id, version, SHA-256 of the text. Lines that begin with `#` are remarks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    entries: Vec<PackUse>,
}

impl Lock {
    /// The record shipped with the program.
    pub fn embedded() -> &'static Lock {
        static EMBEDDED: OnceLock<Lock> = OnceLock::new();
        EMBEDDED.get_or_init(|| Lock::parse(LOCK).unwrap_or_else(|problem| panic!("geodata/rules/packs.lock: {problem}")))
    }

    pub fn parse(text: &str) -> Result<Lock, Problem> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let entries = lines.map(|(index, line)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            match words[..] {
                [id, version, hash] if hash.len() == 64 && hash.chars().all(|digit| digit.is_ascii_hexdigit()) => {
                    Ok(PackUse { id: id.to_owned(), version: version.to_owned(), hash: hash.to_owned() })
                }
                _ => Err(Problem::new("lock", format!("line {}", index + 1), "应为：规则包 版本 SHA-256", "a line is: pack, version, SHA-256")),
            }
        });
        Ok(Lock { entries: entries.collect::<Result<_, _>>()? })
    }

    /// The recorded hash of a version.
    pub fn hash(&self, id: &str, version: &str) -> Option<&str> {
        self.entries.iter().find(|entry| entry.id == id && entry.version == version).map(|entry| entry.hash.as_str())
    }

    /// What is wrong when this text stands under its version: it was recorded with another one.
    pub fn problem(&self, pack: &Pack) -> Option<Problem> {
        let header = &pack.header;
        let recorded = self.hash(&header.id, &header.version).filter(|recorded| *recorded != pack.hash)?;
        Some(Problem::new(
            "changed_in_place",
            "pack.version",
            format!("{} {} 已发布过，内容不同（记录 {}…，现为 {}…）：请改用新版本号", header.id, header.version, &recorded[..8], &pack.hash[..8]),
            format!(
                "{} {} was recorded with other content ({}…, now {}…): give the changed pack a new version",
                header.id,
                header.version,
                &recorded[..8],
                &pack.hash[..8]
            ),
        ))
    }

    /// The line that records a pack.
    pub fn line(pack: &Pack) -> String {
        format!("{} {} {}\n", pack.header.id, pack.header.version, pack.hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::embedded::EMBEDDED;

    #[test]
    fn every_shipped_pack_stands_in_the_record_with_its_own_hash() {
        for (name, text) in EMBEDDED {
            let pack = Pack::parse(text).expect("pack");
            let recorded = Lock::embedded().hash(&pack.header.id, &pack.header.version);
            assert_eq!(recorded, Some(pack.hash.as_str()), "{name}: a changed pack takes a new version and a line in packs.lock");
        }
    }

    #[test]
    fn a_version_is_recorded_once() {
        let mut known: Vec<(&str, &str)> = Lock::embedded().entries.iter().map(|entry| (entry.id.as_str(), entry.version.as_str())).collect();
        let all = known.len();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), all);
    }

    #[test]
    fn another_text_under_a_recorded_version_is_told_and_a_new_version_is_not() {
        let text = EMBEDDED[0].1;
        let pack = |text: &str| Pack::parse(text).expect("pack");
        let lock = Lock::parse(&Lock::line(&pack(text))).expect("lock");
        assert_eq!(lock.problem(&pack(text)), None);
        let changed = format!("{text}\n# a remark is a change too\n");
        assert_eq!(lock.problem(&pack(&changed)).expect("problem").code, "changed_in_place");
        let version = &pack(text).header.version;
        let renewed = changed.replace(&format!("version = \"{version}\""), "version = \"9999.1\"");
        assert_eq!(lock.problem(&pack(&renewed)), None);
        assert!(Lock::parse("a b c\n").is_err());
    }
}
