//! What is wrong with packs side by side: inheritance, versions, and whether every cluster gets a whole rule book.

use super::check::check;
use super::lock::Lock;
use super::pack::Pack;
use super::packs::Packs;
use super::problem::Problem;
use super::upstairs::UpstairsPack;
use crate::domain::Fault;

/// Packs that are used together: each alone, and then what only shows side by side. A problem comes with the index of its text.
///
/// Every pack must find what it inherits from, its text must be the one recorded under its version, and every cluster must get a complete pack.
pub fn check_together(texts: &[&str], lock: &Lock) -> Vec<(usize, Problem)> {
    let mut found: Vec<(usize, Problem)> = Vec::new();
    let mut read_well: Vec<(usize, Pack)> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let problems = check(text);
        if let (true, Ok(pack)) = (problems.is_empty(), Pack::parse(text)) {
            found.extend(lock.problem(&pack).map(|problem| (index, problem)));
            read_well.push((index, pack));
        }
        found.extend(problems.into_iter().map(|problem| (index, problem)));
    }
    let packs = Packs::of(read_well.iter().map(|(_, pack)| pack.clone()).collect());
    let mut versions: Vec<(&str, &str)> = Vec::new();
    for (index, pack) in &read_well {
        let header = &pack.header;
        if versions.contains(&(&header.id, &header.version)) {
            found.push((*index, Problem::new("twice", "pack.version", "同一规则包同一版本出现两次", "the same version of a pack stands here twice")));
        }
        versions.push((&header.id, &header.version));
        if let Some(parent) = header.inherits.as_deref().filter(|parent| packs.get(parent).is_none_or(|parent| parent.header.kind != header.kind)) {
            let (zh, en) = (format!("没有同类的上级规则包 {parent}"), format!("there is no pack {parent} of this kind to inherit from"));
            found.push((*index, Problem::new("inherits", "pack.inherits", zh, en)));
        } else if header.kind == "upstairs"
            && let Err(fault) = UpstairsPack::resolve(&packs, header.district.as_deref(), header.cluster.as_deref())
        {
            let fault = Fault::from(fault);
            found.push((*index, Problem::new("resolves", "pack", fault.zh, fault.en)));
        }
    }
    found.sort_by_key(|(index, _)| *index);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::embedded::EMBEDDED;

    fn codes(change: impl Fn(&str, &str) -> String) -> Vec<(String, &'static str)> {
        let texts: Vec<String> = EMBEDDED.iter().map(|(name, text)| change(name, text)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let found = check_together(&texts, Lock::embedded());
        found.into_iter().map(|(index, problem)| (EMBEDDED[index].0.to_owned(), problem.code)).collect()
    }

    #[test]
    fn the_shipped_packs_go_together() {
        assert_eq!(codes(|_, text| text.to_owned()), []);
    }

    #[test]
    fn what_only_shows_side_by_side_is_found_at_the_pack_it_comes_from() {
        // The file, what is replaced in it, and the problem that must be told of that file.
        for (file, from, to, code) in [
            ("upstairs-ai.toml", "inherits = \"upstairs-shenzhen\"", "inherits = \"upstairs-guangzhou\"", "inherits"),
            ("upstairs-ai.toml", "inherits = \"upstairs-shenzhen\"", "inherits = \"floor-loads\"", "inherits"),
            ("upstairs-equipment.toml", "\"metal_cutting_1\"", "\"metal_cutting_9\"", "resolves"),
            ("upstairs-baoan.toml", "max = { value = 100", "max = { value = 120", "changed_in_place"),
            ("upstairs-robot.toml", "[pack]\nid = \"upstairs-robot\"", "[pack]\nid = \"upstairs-display\"", "twice"),
        ] {
            let found = codes(|name, text| if name == file { text.replace(from, to) } else { text.to_owned() });
            assert!(found.contains(&(file.to_owned(), code)), "{file} {to}: {found:?}");
        }
    }

    #[test]
    fn what_a_pack_may_not_say_is_found() {
        let city = EMBEDDED.iter().find(|(name, _)| *name == "upstairs-shenzhen.toml").expect("city").1;
        let ai = EMBEDDED.iter().find(|(name, _)| *name == "upstairs-ai.toml").expect("ai").1;
        for (text, from, to, code) in [
            (city, "status = \"unconfirmed\" }\nroad.arterial", "status = \"sourced\" }\nroad.arterial", "sourced_judgement"),
            (city, "bands = { value = [1, 3, 8]", "bands = { value = [1, 1, 8]", "order"),
            (city, "road.express", "road.motorway", "vocabulary"),
            (city, "above = { value = [8.0]", "above = { value = [8.0, 9.0]", "steps"),
            (city, "far.step = {", "# far.step = {", "figure_missing"),
            (city, "uses = { value = [\"1001\", \"1004\"]", "uses = { value = [\"9999\"]", "vocabulary"),
            (ai, "cluster = \"c24-ai\"\n", "", "demand_of_nobody"),
            (
                ai,
                "load = {",
                "process = { value = \"metal_cutting_1\", unit = \"\", clause = \"c\", source = \"s\", status = \"unconfirmed\" }\nload = {",
                "load_twice",
            ),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text, "{from}");
            let found: Vec<&str> = check(&changed).iter().map(|problem| problem.code).collect();
            assert!(found.contains(&code), "{to}: {found:?}");
        }
    }
}
