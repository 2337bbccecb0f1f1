//! Several rows of kept tables in one edit: all or none, references that hold once all is done, and the way back.

use crate::support::own_city;
use parkplan::city::City;
use parkplan::domain::columns::virtual_park;
use parkplan::domain::edit::{Edit, Precondition, RecordWrite, WriteRecords};
use parkplan::domain::{Fault, FaultKind, LayerId};
use parkplan::service::edits::{Checked, Person, check};
use parkplan::service::{Viewer, load};
use parkplan::store::geopackage::GeoPackage;
use serde_json::{Value, json};

fn writes(writes: Vec<RecordWrite>) -> Edit {
    Edit::WriteRecords(WriteRecords { writes })
}

fn create(layer: LayerId, fields: Value) -> RecordWrite {
    RecordWrite::Create { layer, fields: serde_json::from_value(fields).unwrap() }
}

fn park(code: &str) -> RecordWrite {
    create(LayerId::VirtualPark, json!({ "code": code, "name": "虚拟", "source": "测试台账" }))
}

fn member(park: &str, building: &str) -> RecordWrite {
    create(LayerId::VirtualMember, json!({ "virtual_park": park, "kind": "building", "building": building, "admitted": "2026-01-01" }))
}

fn delete(layer: LayerId, id: &str) -> RecordWrite {
    RecordWrite::Delete { layer, id: id.to_owned(), seen: Precondition::Any }
}

fn refused(edit: &Edit, city: &City) -> Fault {
    made(edit, city).err().expect("refused")
}

fn made(edit: &Edit, city: &City) -> Result<(City, Checked), Fault> {
    let checked = check(edit, city, &Person { viewer: Viewer::local(), today: "2026-09-01".to_owned(), two_persons: true })?;
    Ok((city.with(&checked.changes, city.revision + 1)?, checked))
}

#[test]
fn rows_of_one_edit_may_name_each_other_and_fail_together() {
    let (_folder, path) = own_city();
    let store = GeoPackage::open_writing(&path, "the test").unwrap();
    let city = load::city(&store).unwrap();
    let buildings = city.table(LayerId::Building);
    let (a, b) = (buildings.key(0), buildings.key(1));

    let edit = writes(vec![park("VP-1"), member("VP-1", a), member("VP-1", b), park("VP-2")]);
    let (with, checked) = made(&edit, &city).unwrap();
    assert_eq!((checked.changes.len(), checked.log.len(), checked.source.as_str()), (4, 4, "测试台账"));
    let members = with.table(LayerId::VirtualMember);
    let [first, second] = [2, 1].map(|back| members.key(members.len() - back));
    assert!(first.starts_with("VM-") && second.starts_with("VM-") && first != second, "each gets a number of its own: {first} {second}");

    // One bad row: every fault with the place of its write, and no edit.
    let bad = writes(vec![park("VP-3"), member("VP-9", a), create(LayerId::VirtualPark, json!({ "code": "VP-4" }))]);
    let fault = refused(&bad, &with);
    let mut pointers: Vec<&str> = fault.fields.iter().map(|(pointer, _, _)| pointer.as_str()).collect();
    pointers.sort_unstable();
    assert_eq!((fault.kind, pointers), (FaultKind::Unprocessable, vec!["/1/virtual_park", "/2/name"]));
    let twice = writes(vec![delete(LayerId::VirtualPark, "VP-2"), delete(LayerId::VirtualPark, "VP-2")]);
    assert_eq!(refused(&twice, &with).code, "stated_twice");

    // What is named goes with those that name it, or not at all.
    assert_eq!(refused(&writes(vec![delete(LayerId::VirtualPark, "VP-1")]), &with).code, "still_named");
    let half = writes(vec![delete(LayerId::VirtualPark, "VP-1"), delete(LayerId::VirtualMember, first)]);
    assert_eq!(refused(&half, &with).code, "still_named");
    let whole = vec![delete(LayerId::VirtualPark, "VP-1"), delete(LayerId::VirtualMember, first), delete(LayerId::VirtualMember, second)];
    let (without, gone) = made(&writes(whole), &with).unwrap();
    let rows = |now: &City| [LayerId::VirtualPark, LayerId::VirtualMember].map(|layer| now.table(layer).len());
    let [parks, roll] = rows(&city);
    assert_eq!(rows(&without), [parks + 1, roll], "VP-2 is left");

    // The way back, and what stands in it.
    let (again, _) = made(&gone.inverse(), &without).unwrap();
    assert_eq!(rows(&again), [parks + 2, roll + 2]);
    let (_, only) = made(&writes(vec![park("VP-5")]), &with).unwrap();
    let (five, _) = made(&writes(vec![park("VP-5")]), &with).unwrap();
    let (used, _) = made(&writes(vec![member("VP-5", a)]), &five).unwrap();
    assert_eq!(refused(&only.inverse(), &used).code, "still_named", "an undo leaves no member without its park");
    let operator = Person { viewer: Viewer::guest(), today: "2026-09-01".to_owned(), two_persons: true };
    assert_eq!(check(&only.inverse(), &five, &operator).unwrap_err().kind, FaultKind::Unauthorised);
    let table = five.table(LayerId::VirtualPark);
    assert_eq!(table.row_of("VP-5").and_then(|row| table.text(row, virtual_park::UPDATED_ON)), Some("2026-09-01"));
}
