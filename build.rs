//! The frontend is embedded from `web/dist`; the folder must exist even where only the Rust part is built.

fn main() {
    println!("cargo:rerun-if-changed=web/dist");
    if let Err(error) = std::fs::create_dir_all("web/dist") {
        println!("cargo:warning=web/dist: {error}");
    }
}
