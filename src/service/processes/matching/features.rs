//! A match as GeoJSON, for a map that is not ours.

use super::super::features::{Feature, Features};
use super::answer::{Matching, Offered, Site};
use crate::city::City;
use crate::domain::LayerId;
use crate::spatial::Drawing;

impl Matching {
    /// One feature per site, best first: the footprint of a floor's building, or the parcel.
    pub fn features(&self, city: &City) -> Features {
        let drawn = |site: &Site| Feature::new(Some(&site.id), shape(city, site), site);
        Features::new(&self.run, self.sites.iter().map(drawn).collect())
    }
}

fn shape(city: &City, site: &Site) -> Option<Drawing> {
    let (layer, code) = match site.state {
        Offered::Spare => (LayerId::Parcel, Some(site.id.as_str())),
        Offered::Vacant | Offered::Let => (LayerId::Building, site.floor.building.as_deref()),
    };
    let table = city.table(layer);
    let shape = table.shapes().multi_polygon(table.row_of(code?)?);
    Some(Drawing::multi_polygon(&shape, &|point| city.crs.to_lon_lat(point)))
}
