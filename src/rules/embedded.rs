//! The pack texts shipped with the program.

/// (file name, text) of each file named.
macro_rules! texts {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("../../geodata/rules/", $name)))),*] };
}

/// By file name.
pub const EMBEDDED: &[(&str, &str)] = texts! {
    "allocation-shenzhen.toml"
    "consolidation-shenzhen.toml"
    "designation-featured-park.toml"
    "designation-hangzhou.toml"
    "designation-jiangxi.toml"
    "designation-sichuan.toml"
    "designation-wuhan-donghu.toml"
    "floor-loads.toml"
    "matching.toml"
    "progress.toml"
    "upstairs-ai.toml"
    "upstairs-baoan.toml"
    "upstairs-biomedicine.toml"
    "upstairs-cell-gene.toml"
    "upstairs-digital-creative.toml"
    "upstairs-display.toml"
    "upstairs-equipment.toml"
    "upstairs-fashion.toml"
    "upstairs-fit.toml"
    "upstairs-green.toml"
    "upstairs-health.toml"
    "upstairs-low-altitude.toml"
    "upstairs-materials.toml"
    "upstairs-medical-device.toml"
    "upstairs-network.toml"
    "upstairs-new-energy.toml"
    "upstairs-ocean.toml"
    "upstairs-robot.toml"
    "upstairs-semiconductor.toml"
    "upstairs-sensor.toml"
    "upstairs-shenzhen.toml"
    "upstairs-smart-terminal.toml"
    "upstairs-smart-vehicle.toml"
    "upstairs-software.toml"
    "upstairs-synthetic-biology.toml"
};

/// The record of every version that was ever shipped.
pub const LOCK: &str = include_str!("../../geodata/rules/packs.lock");

#[cfg(test)]
mod tests {
    use super::EMBEDDED;

    #[test]
    fn every_pack_file_of_the_folder_is_shipped() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("geodata/rules");
        let mut files: Vec<String> =
            std::fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
        files.retain(|name| name.ends_with(".toml"));
        files.sort();
        assert_eq!(files, EMBEDDED.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
