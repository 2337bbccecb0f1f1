//! Finding places by code, name or coordinates.

use super::{Viewer, kept};
use crate::city::{City, Table};
use crate::domain::Fault;
use crate::domain::fault::Outcome;
use serde::Serialize;
use utoipa::ToSchema;

/// Layers that are searched, in the order of their hits.
const SEARCHED: [&str; 6] = ["park", "district", "parcel", "building", "facility", "virtual_park"];

/// Characters of what is searched for; no name or code is longer.
const LONGEST_TEXT: usize = 200;

#[derive(Debug, Serialize, ToSchema)]
pub struct Places {
    pub results: Vec<Place>,
}

/// A place that was found: a row of a layer, or a point that was written down (`place`).
#[derive(Debug, Serialize, ToSchema)]
pub struct Place {
    pub collection: String,
    pub id: String,
    pub name: String,
    pub detail: Option<String>,
    /// Longitude, latitude.
    pub centre: Option<[f64; 2]>,
    /// West, south, east, north in degrees.
    pub bbox: Option<[f64; 4]>,
}

pub fn search(city: &City, viewer: &Viewer, text: &str, limit: usize) -> Outcome<Places> {
    let text = text.trim();
    let length = text.chars().count();
    if length > LONGEST_TEXT {
        return Err(Fault::too_much(
            format!("查找内容有 {length} 个字符，最多 {LONGEST_TEXT} 个"),
            format!("the text to be found has {length} characters; {LONGEST_TEXT} are taken"),
        )
        .at("q"));
    }
    let mut results = Vec::new();
    if let Some((lon, lat)) = coordinates(text) {
        results.push(Place {
            bbox: Some([lon, lat, lon, lat]),
            centre: Some([lon, lat]),
            collection: "place".to_owned(),
            detail: None,
            id: text.to_owned(),
            name: text.to_owned(),
        });
    }
    if text.is_empty() {
        return Ok(Places { results });
    }
    let wanted = text.to_lowercase();
    for layer in SEARCHED {
        let Some(table) = city.named(layer) else { continue };
        // (how good the hit is, row): 0 whole, 1 beginning, 2 anywhere.
        let mut hits: Vec<(u8, u32)> = Vec::new();
        for row in 0..table.len() {
            let grade = [Some(table.key(row)), table.text(row, "name")].into_iter().flatten().filter_map(|own| grade(own, &wanted)).min();
            if let Some(grade) = grade {
                hits.push((grade, row as u32));
            }
        }
        hits.retain(|(_, row)| kept::sees_at(city, viewer, table, *row as usize));
        hits.sort_unstable();
        results.extend(hits.into_iter().take(limit).map(|(_, row)| place(city, table, row as usize)));
    }
    results.truncate(limit);
    Ok(Places { results })
}

fn place(city: &City, table: &Table, row: usize) -> Place {
    let bounds = table.shapes().bounds(row);
    let bbox = bounds.map(|bounds| city.lon_lat_box(bounds));
    let centre = bounds.map(|bounds| {
        let centre = city.crs.to_lon_lat(bounds.center());
        [centre.x, centre.y]
    });
    let name = table.text(row, "name").unwrap_or_else(|| table.key(row));
    let detail = ["district", "park", "class"].into_iter().find_map(|column| table.text(row, column));
    Place {
        bbox,
        centre,
        collection: table.layer().name.clone(),
        detail: detail.map(str::to_owned),
        id: table.key(row).to_owned(),
        name: name.to_owned(),
    }
}

fn grade(own: &str, wanted: &str) -> Option<u8> {
    if !own.is_ascii() || own.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return grade_lower(&own.to_lowercase(), wanted);
    }
    grade_lower(own, wanted)
}

fn grade_lower(own: &str, wanted: &str) -> Option<u8> {
    match own.find(wanted)? {
        0 if own.len() == wanted.len() => Some(0),
        0 => Some(1),
        _ => Some(2),
    }
}

/// `114.05, 22.54` (or with a Chinese comma or a space).
fn coordinates(text: &str) -> Option<(f64, f64)> {
    let mut parts = text.split([',', '，', ' ']).filter(|part| !part.is_empty()).map(str::parse::<f64>);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Ok(lon)), Some(Ok(lat)), None) if (-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat) => Some((lon, lat)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_recognised_in_either_spelling() {
        assert_eq!(coordinates("114.05, 22.54"), Some((114.05, 22.54)));
        assert_eq!(coordinates("114.05，22.54"), Some((114.05, 22.54)));
        assert_eq!(coordinates("440306-412-0087"), None);
    }

    #[test]
    fn a_whole_match_beats_a_beginning_beats_the_middle() {
        assert_eq!(
            [grade("P01", "p01"), grade("新桥东", "新桥"), grade("宝安新桥东", "新桥"), grade("石岩", "新桥")],
            [Some(0), Some(1), Some(2), None]
        );
    }
}
