//! The options that every process has on the command line.

use crate::support::{OWN_PARK, must, parkplan, path, refused, sample};
use serde_json::Value;

/// Each process as a script calls it, without `--out`.
fn processes(city: &str) -> Vec<Vec<String>> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let mut lines: Vec<Vec<String>> = vec![
        words(&format!("consolidate CITY --park {OWN_PARK} --min-area-ha 2 --sites 2")),
        words(&format!("actionplan CITY --from 2026 --to 2028 --parks {OWN_PARK} --source solved")),
        words(&format!("upstairs CITY --park {OWN_PARK}")),
        words("designate CITY"),
        words("allocate CITY"),
        words("virtualparks CITY"),
        words(&format!("match CITY --need {}", need_file())),
    ];
    lines.iter_mut().for_each(|line| line[1] = city.to_owned());
    lines
}

/// A requirement in a file of its own.
fn need_file() -> &'static str {
    static FILE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    FILE.get_or_init(|| {
        let file = sample().with_file_name("need.json");
        std::fs::write(&file, r#"{"cluster": "c24-robot", "area_min_m2": 1500, "load_kn_m2": 8, "fire_class": "丙", "by": "2027-03-01"}"#).unwrap();
        path(&file).to_owned()
    })
}

fn with<'a>(line: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    line.iter().map(String::as_str).chain(more.iter().copied()).collect()
}

#[test]
fn the_common_options_are_where_they_mean_something() {
    let takes = |command: &str, options: &[&str]| {
        let help = must(&[command, "--help"]);
        options.iter().for_each(|option| assert!(help.contains(option), "{command} {option}\n{help}"));
    };
    for command in ["consolidate", "actionplan"] {
        takes(command, &["--seed", "--threads", "--pack", "--as-of", "--time-limit"]);
    }
    for command in ["upstairs", "designate", "progress", "allocate", "virtualparks", "match"] {
        takes(command, &["--threads", "--pack", "--as-of"]);
    }
    takes("regions", &["--seed", "--threads", "--time-limit"]);
    for command in ["adjacency", "overlay", "topology"] {
        takes(command, &["--threads"]);
    }
    assert_eq!(parkplan(&["designate", path(sample()), "--threads", "0"]).status.code(), Some(2));
}

#[test]
fn an_answer_does_not_depend_on_the_threads_that_it_was_computed_on() {
    let folder = tempfile::tempdir().unwrap();
    for line in processes(path(sample())) {
        let answer = |threads: &str| {
            let out = folder.path().join(format!("{}-{threads}.json", line[0]));
            must(&with(&line, &["--threads", threads, "--as-of", "2026-09-01", "--quiet", "--out", path(&out)]));
            std::fs::read(out).unwrap()
        };
        assert!(answer("1") == answer("3"), "{}", line[0]);
    }
}

#[test]
fn a_pack_of_ones_own_is_computed_by_and_recorded_by_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let text = include_str!("../../geodata/rules/designation-featured-park.toml").replace("id = \"designation-featured-park\"", "id = \"mine\"");
    let (own, out) = (folder.path().join("own.toml"), folder.path().join("cards.json"));
    std::fs::write(&own, &text).unwrap();
    let cards = |pack: &[&str]| -> Value {
        must(&[&["designate", path(sample()), "--as-of", "2026-09-01", "--quiet", "--force", "--out", path(&out)], pack].concat());
        serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap()
    };
    let (plain, mine) = (cards(&[]), cards(&["--pack", path(&own)]));
    assert_eq!((&mine["run"]["pack"], mine["run"]["packs"][0]["hash"].as_str().unwrap().len()), (&"mine".into(), 64));
    assert!(plain["run"].get("packs").is_none() && plain["run"]["id"] != mine["run"]["id"]);
    let totals = |answer: &Value| answer["parks"].as_array().unwrap().iter().map(|park| park["total"].clone()).collect::<Vec<_>>();
    assert_eq!(totals(&plain), totals(&mine), "the same figures under another name");
}

#[test]
fn an_allocation_says_which_bounds_clash_and_takes_other_exemptions() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("a.json");
    let answer = |more: &[&str]| -> (String, Value) {
        let said = must(&[&["allocate", path(sample()), "--as-of", "2026-09-01", "--quiet", "--force", "--out", path(&out)], more].concat());
        (said, serde_json::from_str(&std::fs::read_to_string(&out).unwrap()).unwrap())
    };
    let (said, plain) = answer(&[]);
    assert!(plain["certificate"].is_null() && plain["best"]["feasible"] == true, "{said}");
    assert!(said.contains("建议布局") && said.contains("南山"), "people read names: {said}");
    assert_eq!(plain["exempt"].as_array().unwrap().len(), 15);
    let (said, twenty) = answer(&["--exempt", "future"]);
    assert!(said.contains("20 个集群 × 至少 3 = 60 > 11 个区 × 至多 5 = 55；任取 19 个集群即已冲突：57 > 55"), "{said}");
    assert_eq!((&twenty["certificate"]["equal"]["any"], &twenty["best"]["feasible"]), (&19.into(), &false.into()));
    let (said, _) = answer(&["--exempt", "none", "--lang", "en"]);
    assert!(said.contains("28 clusters × at least 3 = 84 > 11 districts × at most 5 = 55; any 19 clusters clash already: 57 > 55"), "{said}");
    let (said, changed) = answer(&["--what-if", &format!("{OWN_PARK}=c24-ocean"), "--basis", "placements"]);
    assert_eq!((&changed["what_if"]["after"], &changed["overlap_basis"]), (&serde_json::json!(["c24-ocean"]), &"placements".into()));
    assert!(said.contains(&format!("若 {OWN_PARK} 改变主导集群")), "{said}");
    let asked = |more: &[&str]| refused(&[&["allocate", path(sample())], more].concat());
    for (more, code, place) in [
        (["--exempt", "c24-nothing"], "exempt", "/inputs/exempt/0"),
        (["--exempt", "none,future"], "exempt", "/inputs/exempt"),
        (["--what-if", "nowhere=c24-ocean"], "no_such_park", "/inputs/what_if/park"),
        (["--what-if", OWN_PARK], "what_if", "--what-if"),
    ] {
        let fault = asked(&more);
        assert_eq!((&fault["code"], &fault["place"]), (&code.into(), &place.into()), "{fault}");
    }
}

#[test]
fn a_match_is_listed_and_written_as_table_and_map() {
    let folder = tempfile::tempdir().unwrap();
    let asked = |more: &[&str]| must(&[&["match", path(sample()), "--need", need_file(), "--as-of", "2026-09-01", "--quiet"], more].concat());
    let said = asked(&["--limit", "3"]);
    assert!(said.contains("候选") && said.contains("✓ 适宜") && said.contains("现在") && said.lines().count() == 5, "{said}");
    assert!(asked(&["--limit", "3", "--lang", "en"]).contains("fit all"));
    let file = |name: &str| folder.path().join(name);
    let csv = file("sites.csv");
    asked(&["--limit", "7", "--out", path(&csv)]);
    let text = std::fs::read_to_string(&csv).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().starts_with("\u{feff}rank,kind,id,building,") && lines.count() == 7, "{text}");
    let book = file("sites.xlsx");
    asked(&["--limit", "7", "--out", path(&book)]);
    assert!(std::fs::read(&book).unwrap().starts_with(b"PK"), "a workbook");
    let map = file("sites.geojson");
    asked(&["--limit", "2", "--kinds", "floor", "--out", path(&map)]);
    let map: Value = serde_json::from_str(&std::fs::read_to_string(&map).unwrap()).unwrap();
    assert_eq!((&map["features"][0]["properties"]["rank"], &map["features"][0]["geometry"]["type"]), (&1.into(), &"MultiPolygon".into()));
    let fault = |more: &[&str]| refused(&[&["match", path(sample()), "--need", need_file()], more].concat());
    assert_eq!(fault(&["--out", path(&file("sites.pdf"))])["code"], "format");
    assert_eq!(fault(&["--sites", "nowhere"])["place"], "/inputs/sites/0");
    assert_eq!(parkplan(&["match", path(sample())]).status.code(), Some(2), "a requirement is needed");
    assert!(must(&["match", "--help"]).contains("\"cluster\": \"c24-robot\""));
}

#[test]
fn what_a_pack_says_of_something_unknown_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.toml");
    let asked = |line: &[String], text: String| {
        std::fs::write(&own, text).unwrap();
        refused(&with(line, &["--pack", path(&own), "--out", path(&folder.path().join("out.json"))]))
    };
    let lines = processes(path(sample()));
    let designation = include_str!("../../geodata/rules/designation-featured-park.toml");
    let consolidation = include_str!("../../geodata/rules/consolidation-shenzhen.toml");
    let upstairs = include_str!("../../geodata/rules/upstairs-shenzhen.toml");
    for (line, text, place) in [
        (&lines[3], designation.replace("lq.points", "lqq.points").replace("lq.at", "lqq.at"), "indicator.lqq"),
        (&lines[0], consolidation.replace("land.irregular =", "land.iregular ="), "price.land.iregular"),
        (&lines[1], consolidation.replace("land.irregular =", "land.iregular ="), "price.land.iregular"),
        // A pack that the process does not read would be passed over in silence.
        (&lines[2], consolidation.to_owned(), "consolidation-shenzhen"),
        (&lines[3], upstairs.to_owned(), "upstairs-shenzhen"),
        (&lines[4], designation.to_owned(), "designation-featured-park"),
    ] {
        let fault = asked(line, text);
        assert!(fault["place"].as_str().is_some_and(|at| at.contains(place)), "{} {place}: {fault}", line[0]);
    }
    for line in &lines {
        assert_eq!(refused(&with(line, &["--pack", "nothing", "--out", path(&folder.path().join("out.json"))]))["code"], "no_such_pack");
        assert_eq!(refused(&with(line, &["--as-of", "1.9.2026", "--out", path(&folder.path().join("out.json"))]))["code"], "as_of");
    }
    assert!(!folder.path().join("out.json").exists(), "nothing is written");
}

#[test]
fn figures_out_of_their_range_are_refused_as_over_http() {
    let folder = tempfile::tempdir().unwrap();
    let (city, out) = (path(sample()), folder.path().join("x.json"));
    let with = |words: &[&str]| {
        let fault = refused(&[words, &["--out", path(&out)]].concat());
        assert!(!out.exists());
        fault
    };
    for more in ["--time-limit=-1", "--tolerance=-1", "--min-compactness=2", "--sites=0", "--budget=-5", "--max-area-ha=0"] {
        let fault = with(&["consolidate", city, "--park", OWN_PARK, more]);
        assert_eq!(fault["code"], "out_of_range", "{more}: {fault}");
    }
    assert_eq!(with(&["consolidate", city, "--park", OWN_PARK, "--as-of", "1000-01-01"])["code"], "as_of");
    assert_eq!(with(&["actionplan", city, "--from", "26"])["code"], "out_of_range");
    assert_eq!(with(&["actionplan", city, "--capacity-ha=-1"])["code"], "out_of_range");
    assert_eq!(refused(&["instrument", "list", city, "--state", "nope"])["code"], "state");
    assert_eq!(refused(&["instrument", "list", city, "--at", "x"])["code"], "date");
    for more in ["--min-compactness=NaN", "--time-limit=inf"] {
        assert_eq!(parkplan(&["consolidate", city, "--park", OWN_PARK, more, "--out", path(&out)]).status.code(), Some(2), "{more}");
    }
}
