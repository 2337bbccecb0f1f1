//! What is exported in a format and imported again is the same: shapes to the written precision, every value exactly, or it is told what was lost.

use crate::support::{must, path};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A generator of its own, so that rows are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }

    fn number(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 30)
    }

    fn text(&mut self) -> String {
        const PIECES: [&str; 38] = [
            "深圳湾",
            "坂雪岗科技城",
            "𠮷",
            "🏭",
            "👩‍🔧",
            "é",
            "ß",
            "Ω",
            "'",
            "\"",
            "“引”",
            ",",
            ";",
            "\t",
            "\n",
            "\r\n",
            "\\",
            "\\n",
            "<b>&amp;</b>",
            "]]>",
            "{}",
            "=1+1",
            "@x",
            "+1",
            "-1",
            "'0012",
            "0012",
            "1e5",
            "2024-05-01",
            "null",
            "—",
            "\u{b}",
            "\u{1f}",
            "  ",
            "_x0041_",
            "_x000D_",
            "\u{85}",
            "\u{fffe}",
        ];
        match self.below(12) {
            0 => ["-", "null", "N/A", "  甲  ", "TRUE", "1.50", "00", "１２"][self.below(8)].to_owned(),
            1 => "长".repeat(60 + self.below(60)),
            2 => "x".repeat(250 + self.below(20)),
            _ => (0..=self.below(4)).map(|_| PIECES[self.below(PIECES.len())]).collect(),
        }
    }
}

fn maybe(dice: &mut Dice, value: Value) -> Value {
    if dice.below(5) == 0 { Value::Null } else { value }
}

/// Parcels at random places with random values.
fn features(seed: u64, count: usize) -> Value {
    let mut dice = Dice(seed);
    let feature = |index: usize| {
        let (x, y, side) = (113.9 + 0.3 * dice.number(), 22.5 + 0.2 * dice.number(), 0.0005 + 0.001 * dice.number());
        let ring = json!([[x, y], [x + side, y + side * 0.1], [x + side * 0.9, y + side], [x, y + side * dice.number().max(0.3)], [x, y]]);
        let code = ["440305001010000{}", "宗-{}", "0{}", "a b{}", "\"{}\"", "{}E5", "#{}/1", "{}", "1E{}", "🏭{}"][index % 10]
            .replace("{}", &format!("{index:04}"));
        let text = dice.text();
        let values = [
            ("name", json!(text)),
            ("land_use", json!(["1001", "100101", "07", "1401"][dice.below(4)])),
            ("registered_area_m2", json!((dice.number() * 1e7).round() / 100.0)),
            ("far_limit", json!(dice.number() * 10.0)),
            ("built_gfa_m2", json!([0.0, 1.0, 123_456_789.25, 1e-7, 0.1 + 0.2][dice.below(5)])),
            ("built_year", json!(1900 + dice.below(140))),
            ("as_of", json!(format!("{:04}-{:02}-{:02}", 1950 + dice.below(120), 1 + dice.below(12), 1 + dice.below(28)))),
        ];
        let mut properties: serde_json::Map<String, Value> =
            values.into_iter().map(|(name, value)| (name.to_owned(), maybe(&mut dice, value))).collect();
        properties.insert("code".to_owned(), json!(code));
        json!({ "type": "Feature", "properties": properties, "geometry": { "type": "Polygon", "coordinates": [ring] } })
    };
    json!({ "type": "FeatureCollection", "features": (0..count).map(feature).collect::<Vec<_>>() })
}

type Rows = BTreeMap<String, (Value, Vec<[f64; 2]>)>;

/// Every parcel of a city by its code.
fn rows(city: &Path) -> Rows {
    let all: Value =
        serde_json::from_str(&must(&["export", path(city), "--layer", "parcel", "--precision", "12", "--out", "-", "--quiet"])).expect("GeoJSON");
    let row = |feature: &Value| {
        let ring = &feature["geometry"]["coordinates"];
        let ring = if feature["geometry"]["type"] == "MultiPolygon" { &ring[0][0] } else { &ring[0] };
        let ring = ring.as_array().expect("ring").iter().map(|at| [at[0].as_f64().expect("x"), at[1].as_f64().expect("y")]).collect();
        (feature["properties"]["code"].as_str().expect("code").to_owned(), (feature["properties"].clone(), ring))
    };
    all["features"].as_array().expect("features").iter().map(row).collect()
}

/// Key and column of what a list of the export's answer names.
fn named(exported: &Value) -> BTreeSet<(String, String)> {
    let lists = ["cut_texts", "lost_characters", "rounded_numbers"].map(|list| exported[list].as_array().cloned().unwrap_or_default());
    lists.concat().iter().map(|pair| (pair[0].as_str().expect("key").to_owned(), pair[1].as_str().expect("column").to_owned())).collect()
}

fn same(a: &[[f64; 2]], b: &[[f64; 2]], degrees: f64) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(p, q)| (p[0] - q[0]).abs() <= degrees && (p[1] - q[1]).abs() <= degrees)
}

const COLUMNS: [&str; 8] = ["code", "name", "land_use", "registered_area_m2", "far_limit", "built_gfa_m2", "built_year", "as_of"];

#[test]
fn random_rows_come_back_from_every_format_or_it_is_told_what_was_lost() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name);
    for seed in [1, 2, 3] {
        let (first, file) = (at(&format!("first{seed}.gpkg")), at(&format!("rows{seed}.geojson")));
        let made = features(seed, 140);
        std::fs::write(&file, made.to_string()).expect("write");
        let bare = at(&format!("bare{seed}.geojson"));
        let mut shapes = made.clone();
        for feature in shapes["features"].as_array_mut().expect("features") {
            feature["properties"] = json!({ "code": feature["properties"]["code"] });
        }
        std::fs::write(&bare, shapes.to_string()).expect("write");
        must(&["new", path(&first), "--crs", "EPSG:4547"]);
        let report: Value = serde_json::from_str(&must(&["--json", "import", path(&first), "--layer", "parcel", path(&file)])).expect("report");
        assert_eq!(report["accepted"], 140, "{report}");
        let kept = rows(&first);
        // Nothing of what GeoJSON said is lost on the way in, but what the report tells.
        for feature in made["features"].as_array().expect("features") {
            let code = feature["properties"]["code"].as_str().expect("code");
            let (properties, _) = &kept[code];
            for column in COLUMNS {
                explained(&feature["properties"][column], &properties[column], &report, &BTreeSet::new(), (code, column), "geojson in");
            }
        }
        for (format, degrees) in
            [("gpkg", 1e-9), ("fgb", 1e-9), ("shp", 1e-9), ("csv", 1e-9), ("xlsx", 1e-9), ("kml", 2e-9), ("geojson", 1e-7), ("geojsons", 1e-7)]
        {
            let out = at(&format!("out{seed}.{format}"));
            let exported: Value =
                serde_json::from_str(&must(&["--json", "export", path(&first), "--layer", "parcel", "--out", path(&out)])).expect("answer");
            let city = at(&format!("again{seed}-{format}.gpkg"));
            must(&["new", path(&city), "--crs", "EPSG:4547"]);
            let mut import = vec!["--json", "import", path(&city), "--layer", "parcel", path(&out)];
            if matches!(format, "csv" | "xlsx") {
                // A table of the values alone, and says so: they go back to parcels that have nothing but their shapes.
                assert_eq!(exported["without_shapes"], true);
                must(&["--json", "import", path(&city), "--layer", "parcel", path(&bare)]);
                import.extend(["--mode", "update"]);
            }
            let report: Value = serde_json::from_str(&must(&import)).expect("report");
            assert_eq!((&report["accepted"], &report["rejected"]), (&json!(140), &json!([])), "{format}");
            let back = rows(&city);
            let lost = named(&exported);
            for (code, (before, ring)) in &kept {
                let (after, ring_after) = back.get(code).unwrap_or_else(|| panic!("{format}: {code:?} is gone"));
                assert!(same(ring, ring_after, degrees), "{format} {code}: {ring:?} {ring_after:?}");
                for column in COLUMNS {
                    explained(&before[column], &after[column], &report, &lost, (code, column), format);
                }
            }
        }
    }
}

/// A value is the same, or the export named it, or the import told of such cells.
fn explained(before: &Value, after: &Value, report: &Value, lost: &BTreeSet<(String, String)>, (code, column): (&str, &str), format: &str) {
    if before == after || before.as_f64().is_some_and(|number| after.as_f64() == Some(number)) {
        return;
    }
    let told = |notice: &str| report["notices"].as_array().is_some_and(|notices| notices.iter().any(|told| told["code"] == notice));
    let text = before.as_str().unwrap_or_default();
    let blank = after.is_null() && (text.trim().is_empty() || told("cells_blank"));
    let trimmed = after.as_str() == Some(text.trim()) && told("spaces_trimmed");
    assert!(
        blank || trimmed || lost.contains(&(code.to_owned(), column.to_owned())),
        "{format}: {column} of {code:?} was {before} and is {after}, and nobody said so"
    );
}

/// Group codes and values of a drawing's entities, an entity a list.
fn entities(drawing: &str) -> Vec<Vec<(String, String)>> {
    let lines: Vec<&str> = drawing.lines().collect();
    let mut all: Vec<Vec<(String, String)>> = Vec::new();
    for pair in lines.chunks_exact(2) {
        if pair[0].trim() == "0" {
            all.push(Vec::new());
        }
        if let Some(entity) = all.last_mut() {
            entity.push((pair[0].trim().to_owned(), pair[1].to_owned()));
        }
    }
    all
}

/// `\U+6DF1` as the letter that it names.
fn unescaped(text: &str) -> String {
    let mut units: Vec<u16> = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let named = rest.strip_prefix("\\U+").and_then(|digits| u16::from_str_radix(digits.get(..4)?, 16).ok());
        match named {
            Some(unit) => {
                units.push(unit);
                rest = &rest[7..];
            }
            None => {
                units.extend(letter.encode_utf16(&mut [0; 2]).iter());
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    String::from_utf16(&units).expect("UTF-16")
}

#[test]
fn a_drawing_keeps_outline_use_and_code_and_says_what_it_leaves() {
    let folder = tempfile::tempdir().expect("folder");
    let at = |name: &str| folder.path().join(name);
    let (first, file, out, again) = (at("first.gpkg"), at("rows.geojson"), at("land.dxf"), at("again.gpkg"));
    std::fs::write(&file, features(4, 140).to_string()).expect("write");
    for city in [&first, &again] {
        must(&["new", path(city), "--crs", "EPSG:4547"]);
    }
    must(&["--json", "import", path(&first), "--layer", "parcel", path(&file)]);
    let kept = rows(&first);
    let exported: Value = serde_json::from_str(&must(&["--json", "export", path(&first), "--layer", "parcel", "--out", path(&out)])).expect("answer");
    let columns = kept.values().next().expect("a row").0.as_object().expect("properties").len();
    assert_eq!(exported["attributes_left"], columns - 2, "all but code and use");
    // Codes stand in their parcels, letter by letter.
    let value =
        |entity: &[(String, String)], code: &str| entity.iter().find(|(own, _)| own == code).map(|(_, value)| value.clone()).unwrap_or_default();
    let drawing = entities(&std::fs::read_to_string(&out).expect("read"));
    let texts: Vec<_> = drawing.iter().filter(|entity| entity[0].1 == "TEXT").collect();
    let codes: BTreeMap<String, String> = texts.iter().map(|text| (unescaped(&value(text, "1")), value(text, "8"))).collect();
    assert_eq!(codes.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (code, layer) in &codes {
        let stated = kept[code].0["land_use"].as_str().unwrap_or("PARCEL").to_owned();
        assert_eq!(*layer, stated, "{code}");
    }
    // The outlines come back to a tenth of a millimetre, with their use.
    let import =
        ["--json", "import", path(&again), "--layer", "parcel", path(&out), "--crs", "EPSG:4547", "--key", "@row", "--map", "land_use=Layer"];
    let report: Value = serde_json::from_str(&must(&import)).expect("report");
    assert_eq!(report["accepted"], 140, "{report}");
    let mut back: Vec<_> = rows(&again).into_values().collect();
    for (code, (before, ring)) in &kept {
        let found = back.iter().position(|(_, other)| same(ring, other, 2e-9)).unwrap_or_else(|| panic!("{code}: its outline is gone"));
        let (after, _) = back.swap_remove(found);
        if !before["land_use"].is_null() {
            assert_eq!(after["land_use"], before["land_use"], "{code}");
        }
    }
}
