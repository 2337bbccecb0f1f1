//! Is the layer shifted against what the city knows, as the web maps' coordinates are?

use super::gcj02;
use super::options::KnownShape;
use super::report::Notice;
use crate::domain::{Layer, Row};
use crate::formats::{Crs, Transformer};
use geo::Centroid;
use geo_types::Coord;
use std::collections::HashMap;

/// Compares centroids of shapes that the city already knows (working CRS `crs`) with the web maps' shift at the place.
pub fn by_known(rows: &[Row], layer: &Layer, known: &[KnownShape], crs: &str) -> Option<Notice> {
    if known.is_empty() {
        return None;
    }
    let (world, working) = (Crs::parse("EPSG:4326").ok()?, Crs::parse(crs).ok()?);
    let (to_degrees, back) = (Transformer::new(&working, &world).ok()?, Transformer::new(&world, &working).ok()?);
    let by_key: HashMap<&str, &KnownShape> = known.iter().map(|known| (known.key.as_str(), known)).collect();
    let by_name: HashMap<&str, &KnownShape> = known.iter().filter_map(|known| Some((known.name.as_deref()?, known))).collect();
    let name = layer.column_index("name");
    let mut residues = Vec::new();
    for row in rows {
        let named = || by_name.get(row.values[name?].as_str()?);
        let Some(known) = by_key.get(row.key(layer)).or_else(named) else { continue };
        let Some(here) = row.geometry.as_ref().and_then(Centroid::centroid) else { continue };
        let shifted = back.point(gcj02::shifted(to_degrees.point(known.centroid.into())?))?;
        let expected = shifted - Coord::from(known.centroid);
        let offset = Coord::from(here) - Coord::from(known.centroid);
        residues.push((offset, expected));
    }
    type Residue = (Coord<f64>, Coord<f64>);
    let median = |pick: fn(&Residue) -> f64| {
        let mut all: Vec<f64> = residues.iter().map(pick).collect();
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied()
    };
    let offset = Coord { x: median(|r| r.0.x)?, y: median(|r| r.0.y)? };
    let expected = Coord { x: median(|r| r.1.x)?, y: median(|r| r.1.y)? };
    let length = |c: Coord<f64>| c.x.hypot(c.y);
    // Two surveys of one district differ by tens of metres; a third of the shift is well beyond that and well below the shift itself.
    let near = |difference: Coord<f64>| length(difference) < length(expected) / 3.0 && length(expected) > 100.0;
    let (east, north, count) = (offset.x, offset.y, residues.len());
    if near(offset - expected) {
        return Some(
            Notice::new(
                "gcj02_shift",
                format!(
                    "与城市中已有的 {count} 个图形相比整体偏移（东 {east:.0} 米、北 {north:.0} 米），与 GCJ-02（高德、腾讯底图）的偏移一致：请改用未加偏的数据，或用 --datum gcj02 反算"
                ),
                format!(
                    "compared with {count} shapes of the city all is shifted ({east:.0} m east, {north:.0} m north) as GCJ-02 (Amap, Tencent) does: use the unshifted data, or have the shift taken out with --datum gcj02"
                ),
            )
            .asking(),
        );
    }
    near(offset + expected).then(|| {
        Notice::new(
            "gcj02_shift_of_city",
            format!("与城市中已有的 {count} 个图形相比偏移（东 {east:.0} 米、北 {north:.0} 米），像是城市中的图形含有 GCJ-02 偏移"),
            format!("compared with {count} shapes of the city all is shifted ({east:.0} m east, {north:.0} m north) as if the city's shapes carried the GCJ-02 shift"),
        )
    })
}

/// What is told of a layer that crosses many lines which its kind keeps to, and few once the shift is taken out.
pub fn suspicion(rows: usize, as_it_is: usize, taken_out: usize) -> Notice {
    Notice::new(
        "gcj02_suspected",
        format!(
            "疑为 GCJ-02（高德、腾讯底图）偏移：{rows} 个图形中有 {as_it_is} 个压在道路、园区或行政区界线或其他宗地上，去掉该偏移后只有 {taken_out} 个：如确为 GCJ-02 请加 --datum gcj02，如不是请加 --datum as-stated"
        ),
        format!(
            "this may be GCJ-02 (Amap, Tencent): of {rows} shapes {as_it_is} lie across roads, outlines of parks or districts, or other parcels, and only {taken_out} with that shift taken out: say --datum gcj02 if it is, --datum as-stated if it is not"
        ),
    )
    .asking()
}
