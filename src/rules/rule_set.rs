//! The rules of a run: the shipped packs, or those with one that a person chose.

use super::check::check;
use super::pack::Pack;
use super::packs::Packs;
use super::upstairs::UpstairsPack;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// District as packs name it, cluster, date.
type Place = (Option<String>, Option<String>, String);

/// Readings kept at once: districts × clusters of one date fit.
const KEPT: usize = 1024;

#[derive(Default)]
pub struct RuleSet {
    packs: Packs,
    /// Upstairs packs are read once a place and date.
    upstairs: Mutex<HashMap<Place, Arc<UpstairsPack>>>,
}

impl RuleSet {
    /// The packs shipped with the program.
    pub fn shipped() -> &'static RuleSet {
        static SHIPPED: OnceLock<RuleSet> = OnceLock::new();
        SHIPPED.get_or_init(|| RuleSet { packs: Packs::embedded().clone(), upstairs: Mutex::default() })
    }

    /// These rules with a pack chosen by `ID` or `ID@version` among those of the kinds that a run reads.
    ///
    /// # Errors
    /// `no_such_pack`, which names the packs that are known.
    pub fn choose(&self, named: &str, kinds: &[&str]) -> Outcome<RuleSet> {
        let (id, version) = named.split_once('@').map_or((named, None), |(id, version)| (id, Some(version)));
        let is_meant = |pack: &Pack| pack.header.id == id && version.is_none_or(|version| pack.header.version == version);
        let of_kind: Vec<&Pack> = self.packs.list().iter().filter(|pack| kinds.contains(&pack.header.kind.as_str())).collect();
        let newest = version.is_none().then(|| self.packs.get(id)).flatten().filter(|pack| kinds.contains(&pack.header.kind.as_str()));
        let found = newest.or_else(|| of_kind.iter().copied().find(|pack| is_meant(pack)));
        let pack = found.ok_or_else(|| {
            let known: Vec<String> = of_kind.iter().map(|pack| format!("{}@{}", pack.header.id, pack.header.version)).collect();
            Fault::bad("no_such_pack", format!("没有可用于此分析的规则包 {named}"), format!("there is no rule pack {named} for this process"))
                .at(named)
                .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", ")))
        })?;
        Ok(RuleSet { packs: self.packs.choosing(pack.clone()), upstairs: Mutex::default() })
    }

    /// These rules with a person's own pack, given as its text.
    ///
    /// # Errors
    /// `pack_unreadable` with the first of its problems.
    pub fn with_text(&self, text: &str) -> Outcome<RuleSet> {
        if let Some(problem) = check(text).first() {
            return Err(Fault::bad("pack_unreadable", format!("规则包有误：{}", problem.zh), format!("the rule pack is not right: {}", problem.en))
                .at(problem.place.clone())
                .help("运行 parkplan rules check 查看全部问题", "run `parkplan rules check` to see every problem"));
        }
        Ok(RuleSet { packs: self.packs.choosing(Pack::parse(text)?), upstairs: Mutex::default() })
    }

    /// The packs of a kind, models among them.
    pub fn packs(&self, kind: &str) -> impl Iterator<Item = &Pack> {
        self.packs.list().iter().filter(move |pack| pack.header.kind == kind)
    }

    /// Whether a person chose a pack.
    pub fn is_chosen(&self) -> bool {
        self.packs.chosen().is_some()
    }

    /// Refuses a chosen pack of a kind that the run does not read: it would be passed over in silence.
    pub fn must_serve(&self, kinds: &[&str]) -> Outcome<()> {
        match self.packs.chosen().map(|pack| &pack.header) {
            Some(header) if !kinds.contains(&header.kind.as_str()) => Err(Fault::bad(
                "pack_kind",
                format!("规则包 {} 属 {} 类，此分析不读取", header.id, header.kind),
                format!("the rule pack {} is of the kind {}, which this process does not read", header.id, header.kind),
            )
            .at(header.id.clone())
            .help(format!("此分析读取：{}", kinds.join("、")), format!("it reads: {}", kinds.join(", ")))),
            _ => Ok(()),
        }
    }

    /// The city's pack of a kind.
    pub fn pack(&self, kind: &str) -> Outcome<Pack> {
        Ok(self.packs.resolve(kind, None)?)
    }

    /// The upstairs pack of a district and cluster as in force on a date.
    pub fn upstairs(&self, district: Option<&str>, cluster: Option<&str>, as_of: &str) -> Outcome<Arc<UpstairsPack>> {
        let place = (district.map(str::to_owned), cluster.map(str::to_owned), as_of.to_owned());
        if let Some(known) = self.upstairs.lock().unwrap_or_else(PoisonError::into_inner).get(&place) {
            return Ok(known.clone());
        }
        let pack = Arc::new(UpstairsPack::resolve_on(&self.packs, district, cluster, Some(as_of))?);
        let mut read = self.upstairs.lock().unwrap_or_else(PoisonError::into_inner);
        // A caller who asks for every day of a century does not fill the memory.
        if read.len() >= KEPT {
            read.clear();
        }
        read.insert(place, pack.clone());
        Ok(pack)
    }

    /// How packs spell a district.
    pub fn district(&self, name: &str) -> Option<&str> {
        self.packs.district(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: &str = include_str!("../../geodata/rules/upstairs-shenzhen.toml");

    #[test]
    fn a_chosen_pack_takes_the_place_of_its_layer_and_the_others_lie_over_it() {
        let text = CITY.replace("id = \"upstairs-shenzhen\"", "id = \"upstairs-mine\"");
        let rules = RuleSet::shipped().with_text(&text).expect("rules");
        let names = |rules: &RuleSet, district, cluster| -> Vec<String> {
            rules.upstairs(district, cluster, "2026-09-01").expect("pack").uses.iter().map(|one| one.id.clone()).collect()
        };
        assert_eq!(names(&rules, Some("宝安区"), Some("c24-biomedicine"))[..3], ["upstairs-mine", "upstairs-baoan", "upstairs-biomedicine"]);
        assert_eq!(names(RuleSet::shipped(), None, None)[0], "upstairs-shenzhen");
        assert!(rules.is_chosen() && !RuleSet::shipped().is_chosen());
        assert_eq!(rules.must_serve(&["progress"]).expect_err("kind").code, "pack_kind");
    }

    #[test]
    fn a_chosen_pack_may_inherit_from_the_one_whose_place_it_takes_and_be_in_force_later() {
        let text = "[pack]\nid = \"mine\"\nkind = \"progress\"\njurisdiction = \"x\"\ndocument = \"x\"\nversion = \"1\"\nvalid_from = \"2999-01-01\"\ninherits = \"progress\"\n[stale]\ndays = { value = 7, unit = \"日\", clause = \"c\", source = \"s\", status = \"unconfirmed\" }\n";
        let pack = RuleSet::shipped().with_text(text).expect("rules").pack("progress").expect("pack");
        assert_eq!(pack.layers, ["progress", "mine"]);
        assert_eq!(pack.number("stale.days").expect("days").value, 7.0);
    }

    #[test]
    fn an_unknown_pack_or_version_is_refused_with_the_known_ones() {
        let rules = RuleSet::shipped();
        for named in ["nothing", "progress@1900.1", "upstairs-shenzhen"] {
            let fault = rules.choose(named, &["progress"]).err().expect("refused");
            assert_eq!((fault.code, fault.place.as_deref()), ("no_such_pack", Some(named)));
            assert!(fault.help_en.expect("help").starts_with("known: progress@"));
        }
        let version = rules.pack("progress").expect("pack").header.version;
        assert!(rules.choose(&format!("progress@{version}"), &["progress"]).expect("rules").is_chosen());
        assert!(rules.choose("progress", &["progress"]).is_ok());
        assert_eq!(rules.with_text("[pack]\n").err().expect("refused").code, "pack_unreadable");
    }
}
