//! The packs at hand, and laying them over one another: city → district → cluster.

use super::RulesFault;
use super::embedded::EMBEDDED;
use super::pack::Pack;
use std::cmp::Ordering;
use std::sync::OnceLock;

/// A set of packs, the embedded ones or those of a folder that the caller read.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    packs: Vec<Pack>,
    /// The one that a person chose: it stands in the place (kind, district, cluster) of what would be in force there.
    chosen: Option<Pack>,
}

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
        Ok(Packs::of(texts.into_iter().map(Pack::parse).collect::<Result<_, _>>()?))
    }

    /// Packs that were read already.
    pub fn of(packs: Vec<Pack>) -> Packs {
        Packs { packs, chosen: None }
    }

    /// These packs with `pack` in force in its place, whatever its date.
    pub fn choosing(&self, pack: Pack) -> Packs {
        let mut packs = self.packs.clone();
        if !packs.contains(&pack) {
            packs.push(pack.clone());
        }
        Packs { packs, chosen: Some(pack) }
    }

    pub fn chosen(&self) -> Option<&Pack> {
        self.chosen.as_ref()
    }

    pub fn list(&self) -> &[Pack] {
        &self.packs
    }

    /// The newest version of a pack.
    pub fn get(&self, id: &str) -> Option<&Pack> {
        self.newest(None, |pack| pack.header.id == id)
    }

    /// How packs spell a district: 宝安 and 宝安区 are one.
    pub fn district(&self, name: &str) -> Option<&str> {
        self.packs.iter().filter_map(|pack| pack.header.district.as_deref()).find(|known| bare(known) == bare(name))
    }

    /// The pack of a kind for a cluster, laid over its ancestors. A cluster without a pack of its own gets the city's.
    pub fn resolve(&self, kind: &str, cluster: Option<&str>) -> Result<Pack, RulesFault> {
        self.resolve_in(kind, None, cluster, None)
    }

    /// The same inside a district and on a date (`YYYY-MM-DD`; packs in force later are not seen): city, then district, then cluster, then the
    /// district's own word on the cluster.
    pub fn resolve_in(&self, kind: &str, district: Option<&str>, cluster: Option<&str>, as_of: Option<&str>) -> Result<Pack, RulesFault> {
        let place = |district: Option<&str>, cluster: Option<&str>| {
            self.newest(as_of, |pack| {
                let header = &pack.header;
                !header.is_model() && header.kind == kind && header.district.as_deref() == district && header.cluster.as_deref() == cluster
            })
        };
        let none = || RulesFault::NoPack { kind: kind.to_owned(), as_of: as_of.map(str::to_owned) };
        let found = [
            Some(place(None, None).ok_or_else(none)?),
            district.and_then(|_| place(district, None)),
            cluster.and_then(|_| place(None, cluster)),
            district.and(cluster).and_then(|_| place(district, cluster)),
        ];
        let mut layers: Vec<&Pack> = Vec::new();
        for pack in found.into_iter().flatten() {
            for layer in self.ancestry(pack, as_of)? {
                if !layers.iter().any(|known| known.header.id == layer.header.id) {
                    layers.push(layer);
                }
            }
        }
        // A cluster pack inherits from the city; the district's figures go between the two.
        layers.sort_by_key(|pack| (pack.header.cluster.is_some(), pack.header.district.is_some()));
        let mut layers = layers.into_iter();
        let base = layers.next().ok_or_else(none)?.clone();
        Ok(layers.fold(base, super::pack::Pack::overlaid))
    }

    /// Of the packs that are asked for, the one that came into force last; the chosen one where it has the same place.
    fn newest(&self, as_of: Option<&str>, wanted: impl Fn(&Pack) -> bool) -> Option<&Pack> {
        let found = self.last_in_force(as_of, wanted)?;
        Some(self.chosen.as_ref().filter(|chosen| same_place(chosen, found)).unwrap_or(found))
    }

    fn last_in_force(&self, as_of: Option<&str>, wanted: impl Fn(&Pack) -> bool) -> Option<&Pack> {
        let in_force = |pack: &&Pack| self.chosen.as_ref() == Some(*pack) || as_of.is_none_or(|day| pack.header.valid_from.as_str() <= day);
        self.packs
            .iter()
            .filter(|pack| wanted(pack))
            .filter(in_force)
            .max_by(|a, b| a.header.valid_from.cmp(&b.header.valid_from).then_with(|| by_version(&a.header.version, &b.header.version)))
    }

    /// The pack and what it inherits, eldest first.
    fn ancestry<'a>(&'a self, pack: &'a Pack, as_of: Option<&str>) -> Result<Vec<&'a Pack>, RulesFault> {
        let mut line = vec![pack];
        while let Some(parent) = line[line.len() - 1].header.inherits.as_deref() {
            let fault = || RulesFault::Inheritance { pack: pack.header.id.clone(), parent: parent.to_owned() };
            let named = |known: &Pack| known.header.id == parent;
            // A chosen pack may inherit from the very one whose place it takes.
            let taken = self.newest(as_of, named).filter(|found| line.iter().all(|known| known.header.id != found.header.id));
            let found = taken.or_else(|| self.last_in_force(as_of, named)).ok_or_else(fault)?;
            if line.iter().any(|known| known.header.id == found.header.id) {
                return Err(fault());
            }
            line.push(found);
        }
        line.reverse();
        Ok(line)
    }
}

fn same_place(a: &Pack, b: &Pack) -> bool {
    let place = |pack: &Pack| [Some(pack.header.kind.clone()), pack.header.district.clone(), pack.header.cluster.clone()];
    place(a) == place(b)
}

/// A district's name without what kind of district it is.
fn bare(name: &str) -> &str {
    ["特别合作区", "新区", "区"].into_iter().find_map(|kind| name.strip_suffix(kind)).unwrap_or(name)
}

/// Versions by their numbers: 2026.10 comes after 2026.9.
fn by_version(a: &str, b: &str) -> Ordering {
    let parts = |version: &str| version.split('.').map(|part| part.parse::<u64>().map_err(|_| part.to_owned())).collect::<Vec<_>>();
    parts(a).cmp(&parts(b))
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
    fn a_district_is_known_with_and_without_its_kind() {
        let packs = Packs::embedded();
        assert_eq!((packs.district("宝安"), packs.district("宝安区"), packs.district("龙岗")), (Some("宝安区"), Some("宝安区"), None));
        assert_eq!((bare("大鹏新区"), bare("深汕特别合作区"), bare("福田区"), bare("坪山")), ("大鹏", "深汕", "福田", "坪山"));
    }

    #[test]
    fn a_cluster_without_a_pack_gets_the_city_s_and_an_unknown_kind_none() {
        let pack = Packs::embedded().resolve("upstairs", Some("f24-quantum")).expect("pack");
        assert_eq!(pack.layers, ["upstairs-shenzhen"]);
        assert_eq!(Packs::embedded().resolve("parking", None), Err(RulesFault::NoPack { kind: "parking".into(), as_of: None }));
    }

    #[test]
    fn a_district_s_word_on_a_cluster_lies_over_the_cluster_s_general_pack() {
        let pack = |id: &str, version: &str, place: &str, days: u32| {
            let figure = format!("days = {{ value = {days}, unit = \"日\", clause = \"c\", source = \"s\", status = \"unconfirmed\" }}");
            format!(
                "[pack]\nid = \"{id}\"\nkind = \"progress\"\njurisdiction = \"x\"\ndocument = \"x\"\nversion = \"{version}\"\nvalid_from = \"2026-01-01\"\n{place}\n[stale]\n{figure}\n"
            )
        };
        let texts = [
            pack("city", "1", "", 1),
            pack("east", "1", "district = \"东区\"\ninherits = \"city\"", 2),
            pack("ai", "2026.9", "cluster = \"c24-ai\"\ninherits = \"city\"", 3),
            pack("ai", "2026.10", "cluster = \"c24-ai\"\ninherits = \"city\"", 4),
            pack("east-ai", "1", "district = \"东区\"\ncluster = \"c24-ai\"\ninherits = \"city\"", 5),
        ];
        let packs = Packs::from_texts(texts.iter().map(String::as_str)).expect("packs");
        let of = |district, cluster| packs.resolve_in("progress", district, cluster, None).expect("pack");
        let days = |pack: &Pack| pack.number("stale.days").expect("days").value;
        assert_eq!(of(Some("东区"), Some("c24-ai")).layers, ["city", "east", "ai", "east-ai"]);
        assert_eq!(days(&of(Some("东区"), Some("c24-ai"))), 5.0);
        assert_eq!(days(&of(Some("西区"), Some("c24-ai"))), 4.0); // version 2026.10 is newer than 2026.9
        assert_eq!(days(&of(Some("东区"), None)), 2.0);
        assert_eq!(of(Some("东区"), Some("c24-ai")).uses.iter().map(|one| one.version.as_str()).collect::<Vec<_>>(), ["1", "1", "2026.10", "1"]);
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
