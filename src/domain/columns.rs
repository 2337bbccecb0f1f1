//! Column handles, made from `geodata/dictionary.toml` when the program is built: a wrong name or a wrong type does not compile.

#![expect(unused_imports, reason = "the modules of layers without a column of some type import the marker all the same")]

use super::dictionary::{ColumnType, Layer, dictionary};
use std::marker::PhantomData;

/// Marker: text (codes, names).
#[derive(Clone, Copy, Debug)]
pub struct Text;
/// Marker: ISO date text `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug)]
pub struct Date;
/// Marker: JSON array text.
#[derive(Clone, Copy, Debug)]
pub struct List;
/// Marker: number.
#[derive(Clone, Copy, Debug)]
pub struct Real;
/// Marker: whole number.
#[derive(Clone, Copy, Debug)]
pub struct Integer;
/// Marker: yes or no.
#[derive(Clone, Copy, Debug)]
pub struct Boolean;

/// A marker's type in the dictionary.
pub trait Kind {
    const TYPE: ColumnType;
}

/// Markers whose cells are texts.
pub trait Textual: Kind {}
/// Markers whose cells are numbers.
pub trait Numeric: Kind {}

macro_rules! kinds {
    ($($marker:ident: $trait:ident),*) => {
        $(impl Kind for $marker { const TYPE: ColumnType = ColumnType::$marker; } impl $trait for $marker {})*
    };
}
/// Markers whose cells are flags.
pub trait Flag: Kind {}
kinds!(Text: Textual, Date: Textual, List: Textual, Real: Numeric, Integer: Numeric, Boolean: Flag);

/// One column of one layer, with the type of its cells.
#[derive(Debug)]
pub struct Handle<T> {
    layer: LayerId,
    at: usize,
    name: &'static str,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Handle<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<T> {}

impl<T> Handle<T> {
    const fn new(layer: LayerId, at: usize, name: &'static str) -> Self {
        Handle { layer, at, name, kind: PhantomData }
    }

    pub const fn layer(self) -> LayerId {
        self.layer
    }

    /// Place among the layer's columns.
    pub const fn at(self) -> usize {
        self.at
    }

    /// The column's name in SQL, JSON and CSV.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl LayerId {
    /// The layer's entry in the dictionary.
    pub fn layer(self) -> &'static Layer {
        &dictionary().layers[self as usize]
    }

    /// The layer of a name.
    pub fn parse(name: &str) -> Option<LayerId> {
        LayerId::ALL.into_iter().find(|layer| layer.name() == name)
    }

    /// The number of the layer in the dictionary.
    pub const fn index(self) -> usize {
        self as usize
    }
}

impl serde::Serialize for LayerId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for LayerId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        LayerId::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("there is no layer {name}")))
    }
}

include!(concat!(env!("OUT_DIR"), "/columns.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handles_are_the_dictionary_s_columns() {
        assert_eq!(LayerId::ALL.len(), dictionary().layers.len());
        for (layer, id) in dictionary().layers.iter().zip(LayerId::ALL) {
            assert_eq!((layer.name.as_str(), LayerId::parse(&layer.name)), (id.name(), Some(id)));
        }
        fn fits<T: Kind>(handle: Handle<T>) {
            let column = &handle.layer().layer().columns[handle.at()];
            assert_eq!((column.name.as_str(), column.kind), (handle.name(), T::TYPE));
        }
        fits(parcel::OWNER);
        fits(parcel::BUILT_YEAR);
        fits(park::LEAD_CLUSTERS);
        fits(park::VIRTUAL);
        fits(unit::AS_OF);
        fits(unit::RENT_YUAN_M2_MONTH);
        fits(instrument::REVISION);
    }

    #[test]
    fn the_script_s_reading_counts_the_columns_of_every_layer() {
        let made = include_str!(concat!(env!("OUT_DIR"), "/columns.rs"));
        let handles = made.matches("Handle::new(").count();
        assert_eq!(handles, dictionary().layers.iter().map(|layer| layer.columns.len()).sum::<usize>());
        for layer in &dictionary().layers {
            for (at, column) in layer.columns.iter().enumerate() {
                let kind = format!("{:?}", column.kind);
                assert!(made.contains(&format!(
                    "Handle<{kind}> = Handle::new(LayerId::{:?}, {at}, \"{}\")",
                    LayerId::parse(&layer.name).unwrap(),
                    column.name
                )));
            }
        }
    }
}
