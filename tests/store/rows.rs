//! What was committed is what is loaded.

use super::*;
use std::sync::Arc;

#[test]
fn every_layer_gives_back_what_was_committed() {
    on_every_store(|store, _| {
        let mut put = Vec::new();
        let mut want = vec![Vec::new(); LayerId::ALL.len()];
        for layer in LayerId::ALL {
            // Out of order, with gaps, and beyond 2^31: the store keeps the numbers that it is given.
            for fid in [7_000_000_000, 1, 3, 2, 4] {
                let row = if fid == 3 { bare_row(layer.layer(), fid) } else { full_row(layer.layer(), fid) };
                put.push(insert(layer, fid, row.clone()));
                want[layer.index()].push(expected(fid, &row));
            }
            want[layer.index()].sort_by_key(|row| row.0);
        }
        commit(store, &put);
        assert_eq!(city_of(store), want);
    });
}

#[test]
fn integers_beyond_2_to_the_53_and_odd_texts_are_kept_to_the_last_bit() {
    on_every_store(|store, _| {
        let layer = LayerId::Parcel;
        let whole: Vec<usize> = (0..layer.layer().columns.len()).filter(|at| layer.layer().columns[*at].kind == ColumnType::Integer).collect();
        let numbers = [0, -1, (1 << 31) - 1, 1 << 31, -(1 << 31) - 1, (1 << 53) + 1, -(1 << 53) - 1, i64::MAX, i64::MIN];
        let texts = ["", " ", "a\0b", "'; DROP TABLE parcel; --", "\u{200b}", "e\u{301}é", "𠮷野家", "\u{feff}x", "NULL", "0012", "1e5", "-0"];
        let name = layer.layer().column_index("owner").unwrap();
        let rows: Vec<Row> = numbers
            .iter()
            .map(|number| (Some(*number), ""))
            .chain(texts.iter().map(|text| (None, *text)))
            .enumerate()
            .map(|(at, (number, text))| {
                let mut row = bare_row(layer.layer(), at as i64);
                whole.iter().for_each(|column| row.values[*column] = number.into());
                row.values[name] = text.into();
                row
            })
            .collect();
        let put: Vec<RowChange> = rows.iter().enumerate().map(|(at, row)| insert(layer, at as i64 + 1, row.clone())).collect();
        commit(store, &put);
        let want: Vec<LoadedRow> = rows.iter().enumerate().map(|(at, row)| expected(at as i64 + 1, row)).collect();
        assert_eq!(rows_of(store, layer), want);
    });
}

#[test]
fn an_empty_shape_and_none_are_read_as_no_rings() {
    on_every_store(|store, _| {
        let mut row = bare_row(LayerId::Parcel.layer(), 1);
        row.geometry = Some(Geometry::MultiPolygon(MultiPolygon(Vec::new())));
        commit(store, &[insert(LayerId::Parcel, 1, row), insert(LayerId::Parcel, 2, bare_row(LayerId::Parcel.layer(), 2))]);
        let rows = rows_of(store, LayerId::Parcel);
        assert!(rows.len() == 2 && rows.iter().all(|row| row.2 == KeptShape::default()));
    });
}

#[test]
fn an_import_of_many_rows_is_one_commit() {
    on_every_store(|store, _| {
        let rows: Vec<Row> = (1..=20_000).map(|number| full_row(LayerId::Building.layer(), number)).collect();
        let put: Vec<RowChange> = rows.iter().enumerate().map(|(at, row)| insert(LayerId::Building, at as i64 + 1, row.clone())).collect();
        commit(store, &put);
        let want: Vec<LoadedRow> = rows.iter().enumerate().map(|(at, row)| expected(at as i64 + 1, row)).collect();
        assert!(rows_of(store, LayerId::Building) == want);
        assert_eq!(store.info().unwrap().revision, 1);
    });
}

/// One change of each kind in each layer over `before`.
fn changes_of_every_kind() -> (Vec<RowChange>, Vec<RowChange>) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for layer in LayerId::ALL {
        let entry = layer.layer();
        for fid in 1..=4 {
            first.push(insert(layer, fid, full_row(entry, fid)));
        }
        let mut other = full_row(entry, 2);
        let key = entry.column_index(&entry.key).unwrap();
        for (at, column) in entry.columns.iter().enumerate() {
            if at != key && column.name != "building" && !column.required {
                other.values[at] = Value::Null;
            }
        }
        other.geometry = shape(entry, 99.0);
        second.push(RowChange::Update { layer, fid: 2, before: full_row(entry, 2), after: other });
        let mut shapeless = full_row(entry, 4);
        shapeless.geometry = None;
        second.push(RowChange::Update { layer, fid: 4, before: full_row(entry, 4), after: shapeless });
        second.push(RowChange::Remove { layer, fid: 3, row: full_row(entry, 3) });
        second.push(insert(layer, 9, full_row(entry, 9)));
    }
    let plan = |name: &str| {
        Some(Arc::new(parkplan::domain::Plan {
            id: "p1".to_owned(),
            name: name.to_owned(),
            kind: "selection".to_owned(),
            created: "2026-09-01T00:00:00Z".to_owned(),
            by: "p".to_owned(),
            parcels: vec!["a,b".to_owned(), "甲".to_owned()],
            result: serde_json::json!({ "area_m2": 0.1, "none": null }),
        }))
    };
    first.push(RowChange::Plan { before: None, after: plan("一") });
    second.push(RowChange::Plan { before: plan("一"), after: plan("二") });
    (first, second)
}

#[test]
fn the_inverse_of_a_commit_gives_the_same_rows() {
    on_every_store(|store, _| {
        let (first, second) = changes_of_every_kind();
        commit(store, &first);
        let (before, plans) = (city_of(store), store.plans().unwrap());
        commit(store, &second);
        assert_ne!(city_of(store), before);
        assert_eq!(store.plans().unwrap()[0].name, "二");
        let back: Vec<RowChange> = second.into_iter().rev().map(RowChange::inverse).collect();
        commit(store, &back);
        assert_eq!((city_of(store), store.plans().unwrap()), (before, plans));
        let back: Vec<RowChange> = first.into_iter().rev().map(RowChange::inverse).collect();
        commit(store, &back);
        assert!(city_of(store).iter().all(Vec::is_empty) && store.plans().unwrap().is_empty());
    });
}

#[test]
fn a_city_opened_again_is_the_same() {
    for (_, open) in stores() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        commit(&*store, &changes_of_every_kind().0);
        let before = (city_of(&*store), store.plans().unwrap(), store.info().unwrap().revision);
        drop(store);
        let store = open(folder.path());
        assert_eq!((city_of(&*store), store.plans().unwrap(), store.info().unwrap().revision), before);
    }
}
