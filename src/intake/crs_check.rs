//! Does the CRS fit the numbers? Never guessed: a file without one, or with one that its coordinates deny, is refused,
//! and the refusal says what the numbers look like.

use super::options::CityContext;
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use crate::formats::{Crs, SourceRow, Transformer};
use geo::{BoundingRect, Distance, Rect, line_measures::Haversine};
use geo_types::{Coord, Point};

/// How far from the districts a layer may lie and still be of this city, metres.
const NEAR_METRES: f64 = 50_000.0;
/// A register's area of use is for the best accuracy; degrees beyond it before we call it a contradiction.
const GRACE_DEGREES: f64 = 3.0;

/// One finite coordinate of each row: contradiction is judged by the majority, so that a stray row does not decide.
pub(crate) fn sample(rows: &[SourceRow]) -> Vec<Coord<f64>> {
    let first = |row: &SourceRow| {
        let mut found = None;
        row.geometry.as_ref()?.shape.each_coord(&mut |coord| {
            if found.is_none() && coord.x.is_finite() && coord.y.is_finite() {
                found = Some(coord);
            }
        });
        found
    };
    rows.iter().filter_map(first).collect()
}

/// The refusal for a file without a CRS.
pub(crate) fn missing(sample: &[Coord<f64>], city: &CityContext) -> Fault {
    let (zh, en) = likely(sample, city);
    Fault::bad("crs_missing", format!("文件没有说明坐标系。{zh}"), format!("the file does not state its CRS. {en}"))
        .help("请确认后用 --crs EPSG:编号 指定", "check with whoever made it and pass --crs EPSG:number")
}

/// Refuses a CRS that most coordinates deny.
pub(crate) fn contradiction(crs: &Crs, sample: &[Coord<f64>], city: &CityContext) -> Outcome<()> {
    if sample.is_empty() {
        return Ok(());
    }
    let most = |test: &dyn Fn(&Coord<f64>) -> bool| sample.iter().filter(|c| test(c)).count() * 2 > sample.len();
    let refuse = |zh: &str, en: &str| {
        let (likely_zh, likely_en) = likely(sample, city);
        let middle = middle(sample);
        Err(Fault::bad(
            "crs_contradicted",
            format!("坐标系 {} 与坐标不符：{zh}。{likely_zh}", crs.label()),
            format!("the CRS {} does not fit the coordinates: {en}. {likely_en}", crs.label()),
        )
        .at(format!("{} {}", middle.x, middle.y))
        .help(
            "请核对坐标系；如文件声明有误，用 --crs 指定正确的坐标系",
            "check the CRS; if the file states a wrong one, pass the right one with --crs",
        ))
    };
    if crs.is_geographic() {
        if most(&|c| c.y.abs() > 90.5 && c.y.abs() <= 180.5 && c.x.abs() <= 90.5) {
            return refuse("经纬度顺序颠倒（纬度在前）", "the axes are swapped (latitude comes first)");
        }
        if most(&|c| c.x.abs() > 180.5 || c.y.abs() > 90.5) {
            return refuse("坐标不是度", "the coordinates are not degrees");
        }
    } else if most(&|c| c.x.abs() <= 180.0 && c.y.abs() <= 90.0) {
        return refuse("这是投影坐标系，而坐标像是度", "it is projected, and the coordinates look like degrees");
    }
    match area_says(crs, sample)? {
        Place::Inside => Ok(()),
        Place::SwappedInside => refuse("坐标轴颠倒（北坐标在前）", "the axes are swapped (northing comes first)"),
        Place::Outside => refuse("坐标远在该坐标系的适用范围之外", "the coordinates are far outside the area that it is for"),
    }
}

enum Place {
    Inside,
    SwappedInside,
    Outside,
}

/// Compares with the CRS's area of use; a CRS without one is taken as fitting.
fn area_says(crs: &Crs, sample: &[Coord<f64>]) -> Outcome<Place> {
    let Some([west, south, east, north]) = crs.area_of_use() else { return Ok(Place::Inside) };
    if west > east {
        return Ok(Place::Inside);
    }
    let to_degrees = Transformer::new(crs, &Crs::parse("EPSG:4326")?)?;
    let inside = |coord: Coord<f64>| {
        to_degrees.point(coord).is_some_and(|c| {
            (west - GRACE_DEGREES..=east + GRACE_DEGREES).contains(&c.x) && (south - GRACE_DEGREES..=north + GRACE_DEGREES).contains(&c.y)
        })
    };
    let thin = thinned(sample);
    let share = |swap: bool| thin.iter().filter(|c| inside(if swap { Coord { x: c.y, y: c.x } } else { **c })).count() * 2 > thin.len();
    Ok(if share(false) {
        Place::Inside
    } else if share(true) {
        Place::SwappedInside
    } else {
        Place::Outside
    })
}

/// Evenly spaced coordinates, enough for a majority.
fn thinned(sample: &[Coord<f64>]) -> Vec<Coord<f64>> {
    let step = sample.len().div_ceil(200).max(1);
    sample.iter().step_by(step).copied().collect()
}

pub(super) fn middle(sample: &[Coord<f64>]) -> Coord<f64> {
    let median = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied().unwrap_or_default()
    };
    Coord { x: median(sample.iter().map(|c| c.x).collect()), y: median(sample.iter().map(|c| c.y).collect()) }
}

/// The city's neighbourhood in the working CRS.
pub(super) fn neighbourhood(city: &CityContext) -> Option<Rect<f64>> {
    let rect = city.districts.as_ref()?.bounding_rect()?;
    let grow = Coord { x: NEAR_METRES, y: NEAR_METRES };
    Some(Rect::new(rect.min() - grow, rect.max() + grow))
}

/// Rows (by index into `boxes`) that lie outside the city's neighbourhood; all of them outside is a refusal.
pub(crate) fn outside(boxes: &[Option<Rect<f64>>], crs: &Crs, sample: &[Coord<f64>], city: &CityContext) -> Outcome<Vec<usize>> {
    let Some(near) = neighbourhood(city) else { return Ok(Vec::new()) };
    let apart =
        |rect: &Rect<f64>| rect.max().x < near.min().x || rect.min().x > near.max().x || rect.max().y < near.min().y || rect.min().y > near.max().y;
    let far: Vec<usize> = (0..boxes.len()).filter(|index| boxes[*index].as_ref().is_some_and(apart)).collect();
    let placed = boxes.iter().flatten().count();
    if far.is_empty() || far.len() < placed {
        return Ok(far);
    }
    let (zh, en) = likely(sample, city);
    let (place_zh, place_en) = whereabouts(crs, sample, city).unwrap_or_default();
    Err(Fault::bad(
        "outside_city",
        format!("整个图层都在城市行政区 {} 公里之外{place_zh}。{zh}", NEAR_METRES / 1000.0),
        format!("the whole layer lies more than {} km from the city's districts{place_en}. {en}", NEAR_METRES / 1000.0),
    )
    .help("请核对坐标系（--crs）或是否选错了文件", "check the CRS (--crs), or whether this is the right file"))
}

fn whereabouts(crs: &Crs, sample: &[Coord<f64>], city: &CityContext) -> Option<(String, String)> {
    let degrees = Crs::parse("EPSG:4326").ok()?;
    let layer = Transformer::new(crs, &degrees).ok()?.point(middle(sample))?;
    let centre = city.districts.as_ref()?.bounding_rect()?.center();
    let centre = Transformer::new(&Crs::parse(&city.crs).ok()?, &degrees).ok()?.point(centre)?;
    let kilometres = Haversine.distance(Point::from(layer), Point::from(centre)) / 1000.0;
    let (lon, lat) = (layer.x, layer.y);
    Some((
        format!("：它在 {lon:.3}°E {lat:.3}°N，距城市中心 {kilometres:.0} 公里"),
        format!(": it is at {lon:.3}°E {lat:.3}°N, {kilometres:.0} km from the city's centre"),
    ))
}

/// What the numbers look like, in words; with the districts known, candidates are tried and the one that falls in the city is named.
fn likely(sample: &[Coord<f64>], city: &CityContext) -> (String, String) {
    if sample.is_empty() {
        return (String::new(), String::new());
    }
    let middle = middle(sample);
    if let Some((label, swapped)) = falls_in_city(middle, city) {
        let (order_zh, order_en) = if swapped { ("（两轴颠倒）", " with its axes swapped") } else { ("", "") };
        return (format!("按 {label}{order_zh} 解释，坐标落在本市范围内"), format!("Read as {label}{order_en}, the coordinates fall in this city"));
    }
    match by_range(middle) {
        Some((label_zh, label_en, swapped)) => {
            let (order_zh, order_en) = if swapped { ("，但两轴颠倒", ", with its axes swapped") } else { ("", "") };
            (format!("数值像是 {label_zh}{order_zh}"), format!("The numbers look like {label_en}{order_en}"))
        }
        None => (
            format!("数值（{:.1}，{:.1}）不像常用坐标系，可能是地方独立坐标系", middle.x, middle.y),
            format!("The numbers ({:.1}, {:.1}) look like no common CRS; it may be a local one", middle.x, middle.y),
        ),
    }
}

fn falls_in_city(middle: Coord<f64>, city: &CityContext) -> Option<(String, bool)> {
    let near = neighbourhood(city)?;
    let to = Crs::parse(&city.crs).ok()?;
    let mut labels = vec![city.crs.clone(), "EPSG:4490".to_owned(), "EPSG:4547".to_owned(), "EPSG:3857".to_owned()];
    labels.extend([false, true].iter().filter_map(|swap| zone(if *swap { swapped(middle) } else { middle })).map(|code| format!("EPSG:{code}")));
    for swap in [false, true] {
        let place = if swap { swapped(middle) } else { middle };
        for label in &labels {
            let Ok(from) = Crs::parse(label) else { continue };
            let sensible = if from.is_geographic() { place.x.abs() <= 180.0 && place.y.abs() <= 90.0 } else { place.x.abs() > 180.0 };
            let there = Transformer::new(&from, &to).ok().filter(|_| sensible).and_then(|way| way.point(place));
            if there.is_some_and(|c| (near.min().x..=near.max().x).contains(&c.x) && (near.min().y..=near.max().y).contains(&c.y)) {
                let label = if label == "EPSG:4490" { "EPSG:4490/4326".to_owned() } else { label.clone() };
                return Some((label, swap));
            }
        }
    }
    None
}

pub(super) fn swapped(coord: Coord<f64>) -> Coord<f64> {
    Coord { x: coord.y, y: coord.x }
}

/// The CGCS2000 CRS whose easting carries the zone number: 3° zones 25–45, 6° zones 13–23.
pub(super) fn zone(coord: Coord<f64>) -> Option<u32> {
    let northing = (1.5e6..6.0e6).contains(&coord.y);
    let number = (coord.x / 1e6).floor();
    match number as i64 {
        25..=45 if northing => Some(4513 + number as u32 - 25),
        13..=23 if northing => Some(4491 + number as u32 - 13),
        _ => None,
    }
}

/// A label in both languages, and whether the axes are swapped.
fn by_range(c: Coord<f64>) -> Option<(String, String, bool)> {
    let same = |label: &str| (label.to_owned(), label.to_owned());
    let plain = |c: Coord<f64>| {
        if c.x.abs() <= 180.0 && c.y.abs() <= 90.0 && (c.x.abs() > 1.0 || c.y.abs() > 1.0) {
            return Some(("经纬度，EPSG:4490 或 EPSG:4326".to_owned(), "degrees, EPSG:4490 or EPSG:4326".to_owned()));
        }
        if (8.1e6..15.1e6).contains(&c.x) && (0.3e6..7.1e6).contains(&c.y) {
            return Some(same("EPSG:3857 (Web Mercator)"));
        }
        if let Some(code) = zone(c) {
            let number = (c.x / 1e6).floor();
            return Some((
                format!("EPSG:{code}（CGCS2000，东坐标带 {number} 带号）"),
                format!("EPSG:{code} (CGCS2000, easting with zone number {number})"),
            ));
        }
        if (0.4e6..0.7e6).contains(&c.x) && (2.4e6..2.6e6).contains(&c.y) {
            return Some(same("EPSG:4547 (CGCS2000 3° CM 114°E)"));
        }
        if (0.2e6..0.8e6).contains(&c.x) && (1.5e6..6.0e6).contains(&c.y) {
            return Some((
                "CGCS2000 三度带、不带带号，按中央经线为 EPSG:4534–4554 之一".to_owned(),
                "CGCS2000 3° without zone number, one of EPSG:4534–4554 by its central meridian".to_owned(),
            ));
        }
        None
    };
    // In China a latitude is 3–54 and a longitude 73–136: this order of the two cannot be meant otherwise.
    let latitude_first = (3.0..54.0).contains(&c.x) && (73.0..136.0).contains(&c.y);
    let straight = || plain(c).filter(|_| !latitude_first).map(|(zh, en)| (zh, en, false));
    straight().or_else(|| plain(swapped(c)).map(|(zh, en)| (zh, en, true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_shenzhen_are_recognised_either_way_round() {
        for (x, y, code, swap) in [
            (114.05, 22.54, "4490", false),
            (22.54, 114.05, "4490", true),
            (38_505_955.0, 2_493_941.0, "4526", false),
            (2_493_941.0, 38_505_955.0, "4526", true),
            (505_955.0, 2_493_941.0, "4547", false),
            (2_493_941.0, 505_955.0, "4547", true),
            (12_696_000.0, 2_577_000.0, "3857", false),
        ] {
            let (zh, label, swapped) = by_range(Coord { x, y }).expect("known");
            assert!(zh.contains(code) && label.contains(code) && swapped == swap, "{x} {y}: {label} {swapped}");
        }
        assert!(by_range(Coord { x: 112_000.0, y: 21_000.0 }).is_none());
    }
}
