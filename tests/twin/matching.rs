//! Site matching against SQL over the same file: the sample and a city with gaps, requirements by dice.

use super::{check, run};
use crate::support::{must, path, sample};
use serde_json::{Value, json};
use std::path::Path;

const RULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/geodata/rules");
const CLUSTERS: [&str; 6] = ["c24-robot", "c24-semiconductor", "c24-smart-vehicle", "f24-quantum", "f24-deep-earth-sea", "c24-software"];
const CLASSES: [&str; 7] = ["甲", "乙", "丙", "丙一", "丙二", "丁", "戊"];

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn need(&mut self) -> Value {
        let mut need = json!({ "area_min_m2": 200 + self.below(30) * 100 });
        if self.below(4) > 0 {
            need["cluster"] = json!(CLUSTERS[self.below(6) as usize]);
        }
        if self.below(2) == 0 {
            need["area_max_m2"] = json!(need["area_min_m2"].as_u64().unwrap() + self.below(20) * 100);
        }
        for (key, step, most) in [("load_kn_m2", 2.0, 12), ("height_m", 0.5, 16), ("power_kva", 50.0, 12)] {
            if self.below(3) > 0 {
                need[key] = json!((1 + self.below(most)) as f64 * step);
            }
        }
        if self.below(3) > 0 {
            need["fire_class"] = json!(CLASSES[self.below(7) as usize]);
        }
        if self.below(2) == 0 {
            need["districts"] = json!(["440306", "440311"][..=self.below(2) as usize]);
        }
        if self.below(2) == 0 {
            need["by"] = json!(format!("202{}-0{}-15", 6 + self.below(3), 1 + self.below(9)));
        }
        need
    }
}

fn agrees(city: &Path, folder: &Path, needs: &[Value]) {
    let mut answers = Vec::new();
    for (at, need) in needs.iter().enumerate() {
        let (asked, answer) = (folder.join(format!("need-{at}.json")), folder.join(format!("answer-{at}.json")));
        std::fs::write(&asked, need.to_string()).unwrap();
        must(&[
            "match",
            path(city),
            "--need",
            path(&asked),
            "--as-of",
            "2026-09-01",
            "--limit",
            "10000",
            "--quiet",
            "--force",
            "--out",
            path(&answer),
        ]);
        answers.push(answer);
    }
    let mut args = vec![path(city), RULES];
    args.extend(answers.iter().map(|answer| path(answer)));
    check("matching.py", &args);
}

#[test]
fn sql_judges_and_orders_the_places_of_the_sample_alike() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(1);
    agrees(sample(), folder.path(), &(0..4).map(|_| dice.need()).collect::<Vec<_>>());
}

#[test]
fn sql_judges_and_orders_alike_where_records_have_gaps() {
    let folder = tempfile::tempdir().unwrap();
    for seed in [21, 22] {
        let city = folder.path().join(format!("{seed}.gpkg"));
        must(&["--quiet", "sample", "--out", path(&city), "--parcels", "1200", "--seed", &seed.to_string(), "--as-of", "2026-09-01"]);
        run("plant_places.py", &[path(&city), &seed.to_string()]);
        let mut dice = Dice(seed);
        agrees(&city, folder.path(), &(0..6).map(|_| dice.need()).collect::<Vec<_>>());
    }
}
