//! The chain of custody in memory and on disk: a City made by edits is the City that the file gives, and all edits can be taken back.

mod draws;
mod records;
mod writer;

use crate::support::own_city;
use draws::Draw;
use parkplan::city::City;
use parkplan::domain::{Author, Edit, Fault, FaultKind, LayerId, RowChange};
use parkplan::service::edits::{Checked, check};
use parkplan::service::load;
use parkplan::store::geopackage::GeoPackage;
use parkplan::store::{CityStore, Kept};

const EDITS: usize = 2000;
/// The two cities are compared in full so often, and at the end.
const LOOK_EVERY: usize = 400;

/// Applies an edit as the writer does, or says why it is refused.
fn make(store: &dyn CityStore, city: &City, edit: &Edit, draw: &Draw) -> Result<(City, Checked), Fault> {
    let person = draw.person(edit);
    let checked = match check(edit, city, &person) {
        Ok(checked) => checked,
        Err(fault) => {
            assert_ne!(fault.kind, FaultKind::Internal, "{edit:?}: {fault}");
            return Err(fault);
        }
    };
    let revision = city.revision + 1;
    let next = city.with(&checked.changes, revision).unwrap_or_else(|fault| panic!("{edit:?}: {fault}"));
    let author = Author { account: "t".into(), source: checked.source.clone(), at: "2026-09-01T00:00:00.000Z".into() };
    let kept = Kept { revision, author: &author, changes: &checked.changes, log: &checked.log };
    store.commit(city.revision, &[kept]).unwrap_or_else(|error| panic!("{edit:?}: {error:?}"));
    Ok((next, checked))
}

/// What an inverse finds otherwise than it left it.
fn short(inverse: &Edit, city: &City) -> String {
    let Edit::Restore(restore) = inverse else { return format!("{inverse:?}") };
    let unlike = restore.changes.iter().filter_map(|change| match change {
        RowChange::Update { layer, fid, before: row, .. } | RowChange::Remove { layer, fid, row } => {
            let found = city.table(*layer).row_of_fid(*fid).map(|at| city.table(*layer).row(at));
            (found.as_ref() != Some(row))
                .then(|| format!("left {:?} with {:?}, found {:?}", row.values, row.geometry.is_some(), found.map(|row| row.values)))
        }
        _ => None,
    });
    format!("{} changes of {}: {:?}", restore.changes.len(), restore.source, unlike.take(2).collect::<Vec<_>>())
}

/// Table by table, row by row, and everything that is derived.
fn must_be_alike(a: &City, b: &City, when: &str) {
    for layer in LayerId::ALL {
        let (one, other) = (a.table(layer), b.table(layer));
        assert_eq!(one.len(), other.len(), "{when}: rows of {}", layer.name());
        for row in 0..one.len() {
            assert_eq!((one.fid(row), one.row(row)), (other.fid(row), other.row(row)), "{when}: {} row {row}", layer.name());
            if !matches!(layer, LayerId::Firm) {
                assert_eq!(one.row_of(one.key(row)), Some(row), "{when}: key of {} row {row}", layer.name());
            }
        }
        assert_eq!(one.extent(), other.extent(), "{when}: extent of {}", layer.name());
        for row in (0..one.len()).step_by(7) {
            if let Some(bounds) = one.shapes().bounds(row) {
                assert_eq!(one.index().rows(bounds), other.index().rows(bounds), "{when}: index of {}", layer.name());
            }
        }
    }
    let (parks, parcels, buildings) = (a.table(LayerId::Park), a.table(LayerId::Parcel), a.table(LayerId::Building));
    assert!((0..parks.len()).all(|row| a.links().buildings_of_park(row) == b.links().buildings_of_park(row)), "{when}: buildings of parks");
    assert!((0..parcels.len()).all(|row| a.links().buildings_of_parcel(row) == b.links().buildings_of_parcel(row)), "{when}: buildings of parcels");
    assert!((0..parcels.len()).all(|row| a.letting().of_parcel(row) == b.letting().of_parcel(row)), "{when}: letting");
    for row in 0..buildings.len() {
        assert_eq!(a.links().units_of_building(row), b.links().units_of_building(row), "{when}: units of {}", buildings.key(row));
        assert_eq!(a.links().floors_of_building(row), b.links().floors_of_building(row), "{when}: floors of {}", buildings.key(row));
    }
    assert_eq!(a.instruments().all(), b.instruments().all(), "{when}: instruments");
    assert_eq!(a.plans(), b.plans(), "{when}: plans");
}

#[test]
fn a_city_made_by_edits_is_the_city_that_the_file_gives_and_undoing_all_gives_the_first() {
    let (_folder, path) = own_city();
    let store = GeoPackage::open_writing(&path, "the test").unwrap();
    let first = load::city(&store).unwrap();
    let mut city = first.clone();
    let mut draw = Draw::new(11, &first);
    let (mut undo, mut made, mut refused) = (Vec::new(), std::collections::BTreeMap::<&str, usize>::new(), 0);
    while undo.len() < EDITS {
        let (kind, edit) = draw.next(&city);
        match make(&store, &city, &edit, &draw) {
            Ok((next, checked)) => {
                undo.push(checked.inverse());
                *made.entry(kind).or_default() += 1;
                city = next;
            }
            Err(_) => refused += 1,
        }
        if undo.len() % LOOK_EVERY == 0 {
            must_be_alike(&city, &load::city(&store).unwrap(), &format!("after {} edits", undo.len()));
        }
        assert!(refused < 4 * EDITS, "nearly everything is refused");
    }
    assert!(made.len() == draws::KINDS.len() && made.values().all(|count| *count > 10), "kinds that were made: {made:?}");
    for inverse in undo.iter().rev() {
        let (next, _) = make(&store, &city, inverse, &draw).unwrap_or_else(|fault| panic!("{fault}: {}", short(inverse, &city)));
        city = next;
    }
    assert_eq!(city.revision, first.revision + 2 * EDITS as i64);
    must_be_alike(&city, &first, "after undoing all");
    must_be_alike(&city, &load::city(&store).unwrap(), "after undoing all, from the file");
}
