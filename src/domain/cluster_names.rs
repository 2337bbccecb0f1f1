//! From the name that a record carries to the cluster of the present catalogue (A7, A8). Nothing is guessed: a name that means two things without
//! its year is unknown, one that stands in no catalogue is unmatched.

use super::catalogue::{Catalogue, ClusterClass, Lineage};

/// What a name is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    Cluster {
        id: String,
        /// `same`, `merge`, `rename`, `split` or `new`.
        how: &'static str,
        /// The record may belong to another of the candidates; somebody has to look.
        needs_review: bool,
        candidates: Vec<String>,
        /// The mapping itself stands in the plan.
        is_sourced: bool,
    },
    /// Catalogues of different years mean different things by it.
    Unknown { candidates: Vec<String> },
    /// In no catalogue.
    Unmatched,
}

/// `cluster` or `future`, as the catalogues part their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    Cluster,
    Future,
}

/// Endings that say nothing, the longer first.
const ENDINGS: [&str; 2] = ["产业集群", "产业"];

impl Catalogue {
    /// The present cluster of a name of a catalogue of year `vintage`; without the year only what is the same in all years.
    pub fn named(&self, vintage: Option<u16>, kind: Option<NameKind>, name: &str) -> Named {
        let name = name.trim();
        let name = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name);
        let mut years: Vec<u16> = self.lineage.iter().map(|step| step.vintage).chain([self.vintage]).collect();
        years.sort_unstable_by(|a, b| b.cmp(a));
        years.dedup();
        let meanings: Vec<(NameKind, Named)> =
            years.iter().filter(|year| vintage.is_none_or(|vintage| vintage == **year)).filter_map(|year| self.meaning(*year, name)).collect();
        let Some((first_kind, first)) = meanings.first().cloned() else { return Named::Unmatched };
        let ids = |meaning: &Named| match meaning {
            Named::Cluster { id, candidates, .. } if candidates.is_empty() => vec![id.clone()],
            Named::Cluster { candidates, .. } | Named::Unknown { candidates } => candidates.clone(),
            Named::Unmatched => Vec::new(),
        };
        if meanings.iter().any(|(_, other)| ids(other) != ids(&first)) {
            let mut candidates: Vec<String> = meanings.iter().flat_map(|(_, meaning)| ids(meaning)).collect();
            candidates.sort();
            candidates.dedup();
            return Named::Unknown { candidates };
        }
        if kind.is_some_and(|kind| kind != first_kind) { Named::Unmatched } else { first }
    }

    /// What a name of one year is today.
    fn meaning(&self, year: u16, name: &str) -> Option<(NameKind, Named)> {
        if year != self.vintage {
            return self
                .lineage
                .iter()
                .find(|step| step.vintage == year && step.from == name)
                .map(|step| (kind_of(&step.from_kind), by_lineage(step)));
        }
        let cluster = self.clusters.iter().find(|cluster| cluster.zh == name || cluster.en.eq_ignore_ascii_case(name))?;
        let kind = if cluster.class == ClusterClass::Future { NameKind::Future } else { NameKind::Cluster };
        let same = Named::Cluster { id: cluster.id.clone(), how: "same", needs_review: false, candidates: Vec::new(), is_sourced: true };
        Some((kind, same))
    }
}

fn kind_of(word: &str) -> NameKind {
    if word == "future" { NameKind::Future } else { NameKind::Cluster }
}

fn by_lineage(step: &Lineage) -> Named {
    const HOW: [&str; 5] = ["same", "merge", "rename", "split", "new"];
    Named::Cluster {
        id: step.to.clone(),
        how: HOW.iter().copied().find(|how| *how == step.kind).unwrap_or("same"),
        needs_review: step.needs_review,
        candidates: step.candidates.clone(),
        is_sourced: step.status == "sourced",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue;

    /// The whole of the 2022 catalogue: 20 clusters, then 8 future industries, with what the plan of 2024 made of each.
    const OF_2022: [(&str, &str, &str); 28] = [
        ("网络与通信", "c24-network", "same"),
        ("半导体与集成电路", "c24-semiconductor", "same"),
        ("超高清视频显示", "c24-display", "same"),
        ("智能终端", "c24-smart-terminal", "same"),
        ("智能传感器", "c24-sensor", "same"),
        ("软件与信息服务", "c24-software", "split"),
        ("数字创意", "c24-digital-creative", "same"),
        ("现代时尚", "c24-fashion", "same"),
        ("工业母机", "c24-equipment", "merge"),
        ("智能机器人", "c24-robot", "rename"),
        ("激光与增材制造", "c24-equipment", "merge"),
        ("精密仪器设备", "c24-equipment", "merge"),
        ("新能源", "c24-new-energy", "same"),
        ("安全节能环保", "c24-green", "same"),
        ("智能网联汽车", "c24-smart-vehicle", "same"),
        ("新材料", "c24-materials", "rename"),
        ("高端医疗器械", "c24-medical-device", "same"),
        ("生物医药", "c24-biomedicine", "same"),
        ("大健康", "c24-health", "same"),
        ("海洋", "c24-ocean", "same"),
        ("合成生物", "f24-synthetic-biology", "same"),
        ("区块链", "c24-software", "merge"),
        ("细胞与基因", "f24-cell-gene", "same"),
        ("空天技术", "c24-low-altitude", "merge"),
        ("脑科学与类脑智能", "f24-brain", "rename"),
        ("深地深海", "f24-deep-earth-sea", "same"),
        ("可见光通信与光计算", "f24-optical-info", "rename"),
        ("量子信息", "f24-quantum", "same"),
    ];

    fn id(named: &Named) -> Option<(&str, &str)> {
        match named {
            Named::Cluster { id, how, .. } => Some((id, how)),
            _ => None,
        }
    }

    #[test]
    fn every_name_of_2022_went_where_the_plan_says() {
        let known = catalogue();
        for (at, (name, to, how)) in OF_2022.iter().enumerate() {
            let kind = if at < 20 { NameKind::Cluster } else { NameKind::Future };
            for name in [(*name).to_owned(), format!("{name}产业"), format!(" {name}产业集群")] {
                assert_eq!(id(&known.named(Some(2022), Some(kind), &name)), Some((*to, *how)), "{name}");
            }
            let other = if at < 20 { NameKind::Future } else { NameKind::Cluster };
            assert_eq!(known.named(Some(2022), Some(other), name), Named::Unmatched, "{name} as the other kind");
        }
        let table: Vec<&Lineage> = known.lineage.iter().filter(|step| step.vintage == 2022).collect();
        assert_eq!(table.len(), OF_2022.len(), "nothing else stands in the table");
    }

    #[test]
    fn every_entry_of_2024_has_a_beginning_and_the_counts_add_up() {
        let known = catalogue();
        for cluster in &known.clusters {
            assert!(known.lineage.iter().any(|step| step.to == cluster.id), "{} begins nowhere", cluster.id);
            assert_eq!(id(&known.named(Some(2024), None, &cluster.zh)), Some((cluster.id.as_str(), "same")));
        }
        // 8 future industries, less 区块链 and 空天技术, which went to clusters, and two new ones.
        let future = |vintage: u16, kind: &str| {
            let steps = known.lineage.iter().filter(|step| step.vintage == vintage && step.to.starts_with("f24-"));
            steps.filter(|step| (step.kind == "new") == (kind == "new")).count()
        };
        assert_eq!((future(2022, "kept"), future(2024, "new")), (6, 2));
        let unconfirmed: Vec<&str> = known.lineage.iter().filter(|step| step.status != "sourced").map(|step| step.from.as_str()).collect();
        assert_eq!(unconfirmed, ["空天技术"], "only this is read from the names");
    }

    #[test]
    fn one_string_that_means_two_things_is_unknown_without_its_year() {
        let known = catalogue();
        assert_eq!(id(&known.named(Some(2022), None, "智能机器人")), Some(("c24-robot", "rename")));
        assert_eq!(id(&known.named(Some(2024), None, "智能机器人")), Some(("f24-smart-robot", "same")));
        let unknown = |name: &str| match known.named(None, None, name) {
            Named::Unknown { candidates } => candidates,
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(unknown("智能机器人"), ["c24-robot", "f24-smart-robot"]);
        assert_eq!(unknown("智能机器人产业集群"), ["c24-robot", "f24-smart-robot"]);
        assert_eq!(unknown("软件与信息服务"), ["c24-ai", "c24-software"]);
        // What is the same in both years, or stands in one of them only, needs no year.
        assert_eq!(id(&known.named(None, None, "海洋产业")), Some(("c24-ocean", "same")));
        assert_eq!(id(&known.named(None, None, "工业母机")), Some(("c24-equipment", "merge")));
        assert_eq!(id(&known.named(None, None, "机器人")), Some(("c24-robot", "same")));
    }

    #[test]
    fn software_of_2022_is_for_somebody_to_look_at_and_a_name_of_no_list_is_unmatched() {
        let known = catalogue();
        let Named::Cluster { id, needs_review, candidates, is_sourced, .. } = known.named(Some(2022), Some(NameKind::Cluster), "软件与信息服务")
        else {
            panic!("it is mapped")
        };
        assert!(needs_review && is_sourced && id == "c24-software" && candidates.contains(&"c24-ai".to_owned()));
        let Named::Cluster { is_sourced, .. } = known.named(Some(2022), None, "空天技术") else { panic!("it is mapped") };
        assert!(!is_sourced);
        for (vintage, name) in [(None, "钢铁"), (Some(2024), "工业母机"), (Some(2022), "人工智能"), (Some(2023), "海洋"), (None, "产业"), (None, "")]
        {
            assert_eq!(known.named(vintage, None, name), Named::Unmatched, "{vintage:?} {name}");
        }
    }
}
