//! Features and geometries of GeoJSON as they are read, whatever order their members come in; members that come twice are told.

use super::geojson_coordinates::{Coordinates, Nest, Reading, anything_else_is};
use super::json_told::Told;
use super::source::{RawGeometry, RawShape};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// Members of a geometry, in whatever order they come.
#[derive(Default)]
pub(super) struct Found {
    kind: Option<String>,
    coordinates: Option<Nest>,
    members: Option<Vec<Found>>,
    /// Names that came, to see those that come again.
    names: BTreeSet<String>,
}

impl Found {
    pub(super) fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Reads the value of a member.
    pub(super) fn member<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A, reading: &Reading<'_>) -> Result<(), A::Error> {
        match name.as_str() {
            "type" => self.kind = map.next_value_seed(Told { repeated: &mut reading.repeated.borrow_mut() })?.as_str().map(str::to_owned),
            "coordinates" => self.coordinates = Some(map.next_value_seed(Coordinates { reading })?),
            "geometries" => self.members = map.next_value_seed(Members { reading })?,
            _ => drop(map.next_value_seed(Told { repeated: &mut reading.repeated.borrow_mut() })?),
        }
        if !self.names.insert(name.clone()) {
            reading.repeated.borrow_mut().push(name);
        }
        Ok(())
    }

    pub(super) fn geometry(self) -> RawGeometry {
        let mut has_z = false;
        let shape = self.shape(&mut has_z).unwrap_or_else(|text| RawShape::Unreadable(text.to_owned()));
        RawGeometry { shape, has_z }
    }

    fn shape(self, has_z: &mut bool) -> Result<RawShape, &'static str> {
        let kind = self.kind.ok_or("geometry without type")?;
        if kind == "GeometryCollection" {
            let members = self.members.ok_or("collection without geometries")?;
            let parts = members.into_iter().map(|member| member.shape(has_z)).collect::<Result<Vec<_>, _>>()?;
            return Ok(if parts.is_empty() { RawShape::Empty } else { RawShape::Mixed(parts) });
        }
        let coordinates = self.coordinates.ok_or("geometry without coordinates")?;
        if matches!(&coordinates, Nest::List(list) if list.is_empty()) {
            return Ok(RawShape::Empty);
        }
        Ok(match kind.as_str() {
            "Point" => RawShape::Points(vec![coordinates.position(has_z)?]),
            "MultiPoint" => RawShape::Points(coordinates.line(has_z)?),
            "LineString" => RawShape::Lines(vec![coordinates.line(has_z)?]),
            "MultiLineString" => RawShape::Lines(coordinates.lines(has_z)?),
            "Polygon" => RawShape::Polygons(vec![coordinates.lines(has_z)?]),
            "MultiPolygon" => RawShape::Polygons(coordinates.list()?.into_iter().map(|one| one.lines(has_z)).collect::<Result<_, _>>()?),
            _ => RawShape::Other(kind),
        })
    }
}

/// A geometry, or nothing where `null` stands.
pub(super) struct Geometry<'a> {
    pub reading: &'a Reading<'a>,
}

impl<'de> DeserializeSeed<'de> for Geometry<'_> {
    type Value = Option<Found>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Option<Found>, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Geometry<'_> {
    type Value = Option<Found>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a geometry")
    }

    fn visit_unit<E>(self) -> Result<Option<Found>, E> {
        Ok(None)
    }

    anything_else_is!(Option<Found>, Some(Found::default()));

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Option<Found>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Some(Found::default()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<Found>, A::Error> {
        let mut found = Found::default();
        while let Some(name) = map.next_key::<String>()? {
            found.member(name, &mut map, self.reading)?;
        }
        Ok(Some(found))
    }
}

/// The geometries of a collection.
struct Members<'a> {
    reading: &'a Reading<'a>,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Option<Vec<Found>>;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Self::Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Option<Vec<Found>>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("geometries")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    anything_else_is!(Option<Vec<Found>>, None);

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(one) = items.next_element_seed(Geometry { reading: self.reading })? {
            all.push(one.unwrap_or_default());
        }
        Ok(Some(all))
    }
}

/// A feature: its geometry, and its properties and id as they stand.
#[derive(Default)]
pub(super) struct Feature {
    pub geometry: Option<Found>,
    pub properties: Option<Json>,
    pub id: Option<Json>,
}

pub(super) struct AFeature<'a> {
    pub reading: &'a Reading<'a>,
}

impl<'de> DeserializeSeed<'de> for AFeature<'_> {
    type Value = Feature;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Feature, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AFeature<'_> {
    type Value = Feature;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a feature")
    }

    fn visit_unit<E>(self) -> Result<Feature, E> {
        Ok(Feature::default())
    }

    anything_else_is!(Feature, Feature::default());

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Feature, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Feature::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Feature, A::Error> {
        let (mut feature, mut names) = (Feature::default(), BTreeSet::new());
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "geometry" => feature.geometry = map.next_value_seed(Geometry { reading: self.reading })?,
                "properties" => feature.properties = Some(map.next_value_seed(Told { repeated: &mut self.reading.repeated.borrow_mut() })?),
                "id" => feature.id = Some(map.next_value_seed(Told { repeated: &mut self.reading.repeated.borrow_mut() })?),
                _ => drop(map.next_value_seed(Told { repeated: &mut self.reading.repeated.borrow_mut() })?),
            }
            if !names.insert(name.clone()) {
                self.reading.repeated.borrow_mut().push(name);
            }
        }
        Ok(feature)
    }
}
