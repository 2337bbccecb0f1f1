//! The units that writers change, and the change.

use super::http::Connection;
use std::io;

/// A unit as its one writer knows it.
#[derive(Clone, Debug)]
pub struct Unit {
    pub id: String,
    pub tag: String,
}

/// `count` units of the city, spread over its parks.
pub fn units(connection: &mut Connection, count: usize) -> Vec<Unit> {
    let parks = connection.get("/collections/park/items?limit=1000&skipGeometry=true").expect("parks").json();
    let parks = parks["features"].as_array().expect("features").clone();
    let each = count.div_ceil(parks.len().max(1)) + 1;
    let mut found = Vec::new();
    for (at, park) in parks.iter().enumerate() {
        let wanted = if at + 1 == parks.len() { count.saturating_sub(found.len()).max(1) } else { each };
        let path = format!("/units?park={}&limit={wanted}", park["id"].as_str().expect("code"));
        let answer = connection.get(&path).expect("units").json();
        let text = |unit: &serde_json::Value, name: &str| unit[name].as_str().expect("a text").to_owned();
        found.extend(answer["units"].as_array().expect("units").iter().map(|unit| Unit { id: text(unit, "id"), tag: text(unit, "etag") }));
    }
    assert!(found.len() >= count, "the city has {} units where {count} are needed", found.len());
    found.truncate(count);
    found
}

/// What became of an update.
pub enum Sent {
    /// Acknowledged: on disk, says the program.
    Done,
    Refused(u16),
}

/// Changes a unit to `note` with a state that goes with it; keeps the new tag. An error leaves what became of it unknown.
pub fn update(connection: &mut Connection, unit: &mut Unit, note: &str, vacant: bool) -> io::Result<Sent> {
    let body = format!("{{\"state\":\"{}\",\"note\":\"{note}\"}}", if vacant { "vacant" } else { "let" });
    let answer = connection.send("PATCH", &format!("/units/{}", unit.id), Some(&unit.tag), &body)?;
    if answer.status != 200 {
        return Ok(Sent::Refused(answer.status));
    }
    unit.tag = answer.header("etag").map_or_else(|| answer.json()["etag"].as_str().unwrap_or_default().to_owned(), str::to_owned);
    Ok(Sent::Done)
}
