//! Column handles from the data dictionary, and the folder that the frontend is embedded from.

use std::fmt::Write;
use std::path::PathBuf;

const DICTIONARY: &str = "geodata/dictionary.toml";

fn main() {
    println!("cargo:rerun-if-changed=web/dist");
    println!("cargo:rerun-if-changed={DICTIONARY}");
    // The folder must exist even where only the Rust part is built.
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo:warning=web/dist: {error}");
    }
    let text = std::fs::read_to_string(DICTIONARY).unwrap_or_else(|error| panic!("{DICTIONARY}: {error}"));
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("columns.rs");
    std::fs::write(&out, handles(&text)).unwrap_or_else(|error| panic!("{}: {error}", out.display()));
}

/// A layer as this script needs it: the name, and each column's name, type and 中文名.
struct Layer {
    name: String,
    columns: Vec<[String; 3]>,
}

/// Reads the dictionary line by line. Its form is fixed (one column a line), and a test compares the outcome with the real parser's,
/// so that no TOML crate has to be built for the build script.
fn layers(text: &str) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    for line in text.lines().map(str::trim) {
        let member = |name: &str| {
            let start = line.find(&format!("{name} = \""))? + name.len() + 4;
            line[start..].split('"').next().map(str::to_owned)
        };
        if line == "[[layer]]" {
            layers.push(Layer { name: String::new(), columns: Vec::new() });
        } else if let Some(layer) = layers.last_mut() {
            match (line.starts_with('{'), line.starts_with("name = "), member("name")) {
                (true, _, Some(name)) => layer.columns.push([name, member("type").unwrap_or_default(), member("zh").unwrap_or_default()]),
                (false, true, Some(name)) => layer.name = name,
                _ => {}
            }
        }
    }
    layers
}

fn camel(name: &str) -> String {
    name.split('_').map(|part| part[..1].to_uppercase() + &part[1..]).collect()
}

fn handles(text: &str) -> String {
    let layers = layers(text);
    let mut out = String::new();
    let names: Vec<String> = layers.iter().map(|layer| camel(&layer.name)).collect();
    let _ = writeln!(out, "/// A layer of the dictionary.\n#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\npub enum LayerId {{");
    names.iter().for_each(|name| out.push_str(&format!("    {name},\n")));
    let _ = writeln!(out, "}}\n\nimpl LayerId {{\n    /// All layers, in the dictionary's order.");
    let _ = writeln!(out, "    pub const ALL: [LayerId; {}] = [{}];\n", names.len(), list(&names, |name| format!("LayerId::{name}")));
    let _ = writeln!(out, "    /// The layer's name in SQL, JSON and URLs.\n    pub const fn name(self) -> &'static str {{\n        match self {{");
    for (name, layer) in names.iter().zip(&layers) {
        let _ = writeln!(out, "            LayerId::{name} => \"{}\",", layer.name);
    }
    let _ = writeln!(out, "        }}\n    }}\n}}\n");
    for (id, layer) in names.iter().zip(&layers) {
        let _ = writeln!(
            out,
            "/// Columns of `{0}`.\npub mod {0} {{\n    use super::{{Boolean, Date, Handle, Integer, LayerId, List, Real, Text}};",
            layer.name
        );
        for (at, [name, kind, zh]) in layer.columns.iter().enumerate() {
            let (constant, kind) = (name.to_uppercase(), camel(kind));
            let _ = writeln!(out, "    /// {zh}\n    pub const {constant}: Handle<{kind}> = Handle::new(LayerId::{id}, {at}, \"{name}\");");
        }
        let _ = writeln!(out, "}}\n");
    }
    out
}

fn list(names: &[String], each: impl Fn(&String) -> String) -> String {
    names.iter().map(each).collect::<Vec<_>>().join(", ")
}
