//! The packs at hand, and laying them over one another: city → district → cluster.

use super::RulesFault;
use super::pack::Pack;
use std::sync::OnceLock;

/// A set of packs, the embedded ones or those of a folder that the caller read.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    packs: Vec<Pack>,
}

/// The texts shipped with the program, by file name.
pub const EMBEDDED: [(&str, &str); 13] = [
    ("upstairs-shenzhen.toml", include_str!("../../geodata/rules/upstairs-shenzhen.toml")),
    ("upstairs-baoan.toml", include_str!("../../geodata/rules/upstairs-baoan.toml")),
    ("upstairs-new-energy.toml", include_str!("../../geodata/rules/upstairs-new-energy.toml")),
    ("upstairs-smart-vehicle.toml", include_str!("../../geodata/rules/upstairs-smart-vehicle.toml")),
    ("upstairs-biomedicine.toml", include_str!("../../geodata/rules/upstairs-biomedicine.toml")),
    ("upstairs-equipment.toml", include_str!("../../geodata/rules/upstairs-equipment.toml")),
    ("upstairs-semiconductor.toml", include_str!("../../geodata/rules/upstairs-semiconductor.toml")),
    ("upstairs-software.toml", include_str!("../../geodata/rules/upstairs-software.toml")),
    ("upstairs-fit.toml", include_str!("../../geodata/rules/upstairs-fit.toml")),
    ("floor-loads.toml", include_str!("../../geodata/rules/floor-loads.toml")),
    ("consolidation-shenzhen.toml", include_str!("../../geodata/rules/consolidation-shenzhen.toml")),
    ("designation-featured-park.toml", include_str!("../../geodata/rules/designation-featured-park.toml")),
    ("progress.toml", include_str!("../../geodata/rules/progress.toml")),
];

impl Packs {
    /// The packs shipped with the program.
    pub fn embedded() -> &'static Packs {
        static PACKS: OnceLock<Packs> = OnceLock::new();
        PACKS.get_or_init(|| {
            let texts = EMBEDDED.iter().map(|(_, text)| *text);
            Packs::from_texts(texts).unwrap_or_else(|fault| panic!("geodata/rules: {fault}"))
        })
    }

    /// Reads packs from their texts; the first unreadable one refuses the whole set.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Packs, RulesFault> {
        Ok(Packs { packs: texts.into_iter().map(Pack::parse).collect::<Result<_, _>>()? })
    }

    pub fn list(&self) -> &[Pack] {
        &self.packs
    }

    pub fn get(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|pack| pack.header.id == id)
    }

    /// The pack of a kind for a cluster, laid over its ancestors. A cluster without a pack of its own gets the city's.
    pub fn resolve(&self, kind: &str, cluster: Option<&str>) -> Result<Pack, RulesFault> {
        self.resolve_in(kind, None, cluster, None)
    }

    /// The same inside a district and on a date (`YYYY-MM-DD`; packs in force later are not seen).
    pub fn resolve_in(&self, kind: &str, district: Option<&str>, cluster: Option<&str>, as_of: Option<&str>) -> Result<Pack, RulesFault> {
        let city = self.newest(kind, None, None, as_of).ok_or_else(|| RulesFault::NoPack { kind: kind.to_owned() })?;
        let local = district.and_then(|district| self.newest(kind, Some(district), None, as_of));
        let special = cluster.and_then(|cluster| {
            let within = district.and_then(|district| self.newest(kind, Some(district), Some(cluster), as_of));
            within.or_else(|| self.newest(kind, None, Some(cluster), as_of))
        });
        let mut layers: Vec<&Pack> = Vec::new();
        for pack in [Some(city), local, special].into_iter().flatten() {
            for layer in self.ancestry(pack)? {
                if !layers.iter().any(|known| known.header.id == layer.header.id) {
                    layers.push(layer);
                }
            }
        }
        // A cluster pack inherits from the city; the district's figures go between the two.
        layers.sort_by_key(|pack| (pack.header.cluster.is_some(), pack.header.district.is_some()));
        let mut layers = layers.into_iter();
        let base = layers.next().ok_or_else(|| RulesFault::NoPack { kind: kind.to_owned() })?.clone();
        Ok(layers.fold(base, |below, above| below.overlaid(above)))
    }

    fn newest(&self, kind: &str, district: Option<&str>, cluster: Option<&str>, as_of: Option<&str>) -> Option<&Pack> {
        self.packs
            .iter()
            .filter(|pack| {
                let header = &pack.header;
                header.kind == kind
                    && header.district.as_deref() == district
                    && header.cluster.as_deref() == cluster
                    && as_of.is_none_or(|day| header.valid_from.as_str() <= day)
            })
            .max_by(|a, b| (&a.header.valid_from, &a.header.version).cmp(&(&b.header.valid_from, &b.header.version)))
    }

    /// The pack and what it inherits, eldest first.
    fn ancestry<'a>(&'a self, pack: &'a Pack) -> Result<Vec<&'a Pack>, RulesFault> {
        let mut line = vec![pack];
        while let Some(parent) = line[line.len() - 1].header.inherits.as_deref() {
            let fault = || RulesFault::Inheritance { pack: pack.header.id.clone(), parent: parent.to_owned() };
            let found = self.get(parent).ok_or_else(fault)?;
            if line.iter().any(|known| known.header.id == found.header.id) {
                return Err(fault());
            }
            line.push(found);
        }
        line.reverse();
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Status, check};

    #[test]
    fn every_embedded_pack_is_free_of_problems() {
        for (name, text) in EMBEDDED {
            let problems = check(text);
            assert!(problems.is_empty(), "{name}: {}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
        }
    }

    #[test]
    fn a_cluster_pack_lies_over_the_city_and_says_which_layer_gave_a_figure() {
        let packs = Packs::embedded();
        let city = packs.resolve("upstairs", None).expect("city");
        let cluster = packs.resolve("upstairs", Some("c24-new-energy")).expect("cluster");
        assert_eq!(cluster.layers, ["upstairs-shenzhen", "upstairs-new-energy"]);
        assert_eq!(cluster.figure("load.lower").expect("load").cite.pack, "upstairs-new-energy");
        assert_eq!(cluster.figure("setback.side"), city.figure("setback.side"));
        assert_ne!(cluster.hash, city.hash);
    }

    #[test]
    fn a_district_goes_between_city_and_cluster() {
        let pack = Packs::embedded().resolve_in("upstairs", Some("宝安区"), Some("c24-biomedicine"), None).expect("pack");
        assert_eq!(pack.layers, ["upstairs-shenzhen", "upstairs-baoan", "upstairs-biomedicine"]);
        let height = pack.figure("height.max").expect("height");
        assert_eq!((height.cite.pack.as_str(), height.cite.status), ("upstairs-baoan", Status::Sourced));
    }

    #[test]
    fn a_cluster_without_a_pack_gets_the_city_s_and_an_unknown_kind_none() {
        let pack = Packs::embedded().resolve("upstairs", Some("c24-fashion")).expect("pack");
        assert_eq!(pack.layers, ["upstairs-shenzhen"]);
        assert_eq!(Packs::embedded().resolve("parking", None), Err(RulesFault::NoPack { kind: "parking".into() }));
    }

    #[test]
    fn a_pack_in_force_later_is_not_seen_and_a_circle_is_refused() {
        let pack = |id: &str, from: &str, inherits: &str| {
            format!(
                "[pack]\nid = \"{id}\"\nkind = \"progress\"\njurisdiction = \"x\"\ndocument = \"x\"\nversion = \"1\"\nvalid_from = \"{from}\"\n{inherits}"
            )
        };
        let (old, new) = (pack("old", "2024-01-01", ""), pack("new", "2026-01-01", ""));
        let packs = Packs::from_texts([old.as_str(), &new]).expect("packs");
        assert_eq!(packs.resolve_in("progress", None, None, Some("2025-06-30")).expect("old").header.id, "old");
        assert_eq!(packs.resolve("progress", None).expect("new").header.id, "new");
        let (a, b) = (pack("a", "2024-01-01", "inherits = \"b\""), pack("b", "2023-01-01", "inherits = \"a\""));
        let packs = Packs::from_texts([a.as_str(), &b]).expect("packs");
        assert!(matches!(packs.resolve("progress", None), Err(RulesFault::Inheritance { .. })));
    }
}
