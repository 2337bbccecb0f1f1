//! The reference systems that a collection is asked and answered in (OGC API Features, part 2), by their URIs and no other names.

use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Layer};
use crate::formats::Crs;
use crate::spatial::frame::{CRS84, Frame, uri};

/// CGCS2000 in degrees, WGS 84 in degrees, Web Mercator.
const EVERYWHERE: [u16; 3] = [4490, 4326, 3857];
/// The three-degree zones of CGCS2000: with the number of the zone before the easting from the first code on, without it from the second on.
const ZONES: [u16; 2] = [4513, 4534];
const ZONES_EACH: u16 = 21;

/// Codes of a collection's systems beside CRS84; the city's own comes first.
fn codes(city: &City, layer: &Layer) -> Vec<u16> {
    let Some(own) = u16::try_from(city.crs.epsg()).ok().filter(|_| layer.is_spatial()) else { return Vec::new() };
    let [prefixed, plain] = ZONES;
    let other = match own {
        own if (prefixed..prefixed + ZONES_EACH).contains(&own) => Some(own + (plain - prefixed)),
        own if (plain..plain + ZONES_EACH).contains(&own) => Some(own - (plain - prefixed)),
        _ => None,
    };
    std::iter::once(own).chain(other).chain(EVERYWHERE).collect()
}

/// URIs of the systems of a collection, the usual one first.
pub fn uris(city: &City, layer: &Layer) -> Vec<String> {
    std::iter::once(CRS84.to_owned()).chain(codes(city, layer).into_iter().map(|code| uri(i32::from(code)))).collect()
}

/// The system in which a collection's shapes are kept.
pub fn storage(city: &City, layer: &Layer) -> Option<String> {
    layer.is_spatial().then(|| uri(city.crs.epsg()))
}

/// The system of a URI, CRS84 where none is named; `parameter` is where it was named.
///
/// # Errors
/// `crs_unknown` for anything but the collection's URIs.
pub fn frame(city: &City, layer: &Layer, named: Option<&str>, parameter: &'static str) -> Outcome<Frame> {
    let Some(named) = named.filter(|named| *named != CRS84) else { return Ok(Frame::default()) };
    let Some(code) = codes(city, layer).into_iter().find(|code| uri(i32::from(*code)) == named) else {
        let (known, shown) = (uris(city, layer), named.chars().take(100).collect::<String>());
        return Err(Fault::bad(
            "crs_unknown",
            format!("{} 不支持坐标系 {shown}", layer.name),
            format!("{} has no reference system {shown}", layer.name),
        )
        .at(parameter)
        .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", "))));
    };
    let is_north_first = Crs::parse(&format!("EPSG:{code}"))?.is_north_first();
    if i32::from(code) == city.crs.epsg() { Ok(Frame::own(&city.crs, is_north_first)) } else { Frame::epsg(code, is_north_first) }
}

/// `EPSG:n` of a system, as files name it.
pub fn label(frame: &Frame) -> String {
    frame
        .uri()
        .rsplit('/')
        .next()
        .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
        .map_or("EPSG:4326".to_owned(), |code| format!("EPSG:{code}"))
}
