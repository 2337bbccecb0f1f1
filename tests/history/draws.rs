//! Random edits of every kind, drawn from the city as it stands.

use parkplan::city::City;
use parkplan::domain::columns::{building, parcel, unit, virtual_member};
use parkplan::domain::edit::{ConfirmUnits, Edit, Import, KeepPlan, MoveInstrument, Precondition, RecordWrite, UpdateUnit, WriteRecords};
use parkplan::domain::{Account, InstrumentState, LayerId, Plan, Role, Row, WriteMode};
use parkplan::service::Viewer;
use parkplan::service::edits::Person;
use parkplan::service::instruments::{NewInstrument, prepare};
use parkplan::service::occupancy::view;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, json};

pub const TODAY: &str = "2026-09-01";
/// What is drawn.
pub const KINDS: [&str; 9] = ["unit", "confirm", "draft", "move", "plan", "record", "add", "update", "replace"];

pub struct Draw {
    random: ChaCha8Rng,
    parks: Vec<String>,
    count: usize,
}

impl Draw {
    pub fn new(seed: u64, city: &City) -> Self {
        let parks = city.table(LayerId::Park);
        Draw { random: ChaCha8Rng::seed_from_u64(seed), parks: (0..parks.len()).map(|row| parks.key(row).to_owned()).collect(), count: 0 }
    }

    /// Somebody who may make the edit.
    pub fn person(&self, edit: &Edit) -> Person {
        let viewer = match edit {
            Edit::UpdateUnit(_) | Edit::ConfirmUnits(_) => Viewer::of(Account {
                account: "operator".into(),
                name: "operator".into(),
                role: Role::Operator,
                parks: self.parks.clone(),
                disabled: false,
            }),
            _ => Viewer::local(),
        };
        Person { viewer, today: TODAY.to_owned(), two_persons: false }
    }

    fn below(&mut self, end: usize) -> usize {
        self.random.random_range(0..end.max(1))
    }

    pub fn next(&mut self, city: &City) -> (&'static str, Edit) {
        self.count += 1;
        let kind = match self.below(100) {
            0..45 => "unit",
            45..55 => "confirm",
            55..65 => "draft",
            65..80 => "move",
            80..84 => "plan",
            84..89 => "record",
            89..93 => "add",
            93..98 => "update",
            _ => "replace",
        };
        let edit = match kind {
            "unit" => self.unit(city),
            "confirm" => self.confirm(city),
            "draft" => return self.draft(city),
            "move" => self.advance(city),
            "plan" => self.plan(city),
            "record" => self.record(city),
            "add" => self.add(city),
            "update" => self.update(city),
            _ => self.replace(city),
        };
        (kind, edit)
    }

    fn unit(&mut self, city: &City) -> Edit {
        let units = city.table(LayerId::Unit);
        let row = self.below(units.len());
        let mut patch = Map::new();
        let state = ["own_use", "let", "vacant", "fit_out", "out_of_service"][self.below(5)];
        patch.insert("state".into(), json!(state));
        patch.insert("as_of".into(), json!(format!("2026-0{}-1{}", 1 + self.below(8), self.below(10))));
        if self.below(2) == 0 {
            patch.insert("tenant".into(), if state == "vacant" { json!(null) } else { json!(format!("租户 {}", self.count)) });
        }
        if self.below(3) == 0 {
            patch.insert("area_m2".into(), json!(units.number(row, unit::AREA_M2).unwrap_or(100.0) * 0.97));
        }
        let mut edit = UpdateUnit { id: units.key(row).to_owned(), seen: Precondition::Any, patch };
        if self.below(8) == 0 {
            let operator = self.person(&Edit::UpdateUnit(edit.clone())).viewer;
            let now = view(city, &operator, &units.row(row), TODAY).etag;
            edit.seen = Precondition::Tags(vec!["\"u0\"".into(), now.as_str().into()]);
        }
        Edit::UpdateUnit(edit)
    }

    fn confirm(&mut self, city: &City) -> Edit {
        let buildings = city.table(LayerId::Building);
        let units = city.table(LayerId::Unit);
        let row = self.below(buildings.len());
        let of = city.links().units_of_building(row).iter();
        let units = of.map(|row| (units.key(*row as usize).to_owned(), Precondition::Any)).collect();
        Edit::ConfirmUnits(ConfirmUnits { units, as_of: format!("2026-08-{:02}", 1 + self.below(30)) })
    }

    /// Mostly splits and merges of neighbours, sometimes an undoing; drawn again until one can be computed.
    fn draft(&mut self, city: &City) -> (&'static str, Edit) {
        for _ in 0..20 {
            let parcels = city.table(LayerId::Parcel);
            let row = self.below(parcels.len());
            let in_force: Vec<&str> =
                city.instruments().all().iter().filter(|known| known.state == InstrumentState::InForce).map(|known| known.code.as_str()).collect();
            let body = match self.below(5) {
                0 if !in_force.is_empty() => json!({ "kind": "undo", "undoes": in_force[self.below(in_force.len())] }),
                0 | 1 => json!({ "kind": "split", "parcels": [parcels.key(row)], "split": { "equal": 2 + self.below(3) } }),
                _ => {
                    let near = parcels.shapes().bounds(row).map(|bounds| parcels.index().rows(bounds)).unwrap_or_default();
                    let codes: Vec<&str> = near.iter().take(2).map(|row| parcels.key(*row as usize)).collect();
                    json!({ "kind": "merge", "parcels": codes, "bridge_width_m": 60.0 })
                }
            };
            let new: NewInstrument = serde_json::from_value(body).expect("a draft");
            if let Ok(draft) = prepare(city, &new, TODAY) {
                return ("draft", Edit::DraftInstrument(Box::new(draft)));
            }
        }
        ("unit", self.unit(city))
    }

    fn advance(&mut self, city: &City) -> Edit {
        let all = city.instruments().all();
        let open: Vec<_> = all.iter().filter(|known| !known.state.next().is_empty()).collect();
        let Some(known) = open.get(self.below(open.len())) else { return self.unit(city) };
        let next = known.state.next();
        let to = next[if self.below(4) == 0 { self.below(next.len()) } else { 0 }];
        Edit::MoveInstrument(MoveInstrument {
            code: known.code.clone(),
            seen: Precondition::Any,
            to,
            date: TODAY.into(),
            note: None,
            drafted_by: None,
        })
    }

    fn plan(&mut self, city: &City) -> Edit {
        let parcels = city.table(LayerId::Parcel);
        let codes = (0..5).map(|_| parcels.key(self.below(parcels.len())).to_owned()).collect();
        let plan = Plan {
            id: format!("plan{:06}", self.count),
            name: format!("方案 {}", self.count),
            kind: "selection".into(),
            created: format!("2026-09-01T00:00:00.{:03}Z", self.count % 1000),
            by: "cli".into(),
            parcels: codes,
            result: json!({ "n": self.count }),
        };
        Edit::KeepPlan(KeepPlan { plan })
    }

    /// A virtual park that is founded or renamed, a member that is admitted, leaves or is struck out.
    fn record(&mut self, city: &City) -> Edit {
        let (parks, members) = (city.table(LayerId::VirtualPark), city.table(LayerId::VirtualMember));
        let fields = |fields: serde_json::Value| serde_json::from_value(fields).expect("fields");
        let some = |table: &parkplan::city::Table, at: usize| table.key(at).to_owned();
        let write = match self.below(5) {
            0 => RecordWrite::Create {
                layer: LayerId::VirtualPark,
                fields: fields(json!({ "code": format!("V{}", self.count), "name": "虚拟", "services": ["policy"] })),
            },
            1 if !parks.is_empty() => RecordWrite::Patch {
                layer: LayerId::VirtualPark,
                id: some(parks, self.below(parks.len())),
                seen: Precondition::Any,
                patch: fields(json!({ "name": format!("第 {}", self.count), "services": null })),
            },
            2 if !members.is_empty() => RecordWrite::Patch {
                layer: LayerId::VirtualMember,
                id: some(members, self.below(members.len())),
                seen: Precondition::Any,
                patch: fields(json!({ "left": "2026-08-01" })),
            },
            3 if self.standing_member(city).is_some() => {
                let id = self.standing_member(city).expect("a member");
                RecordWrite::Delete { layer: LayerId::VirtualMember, id, seen: Precondition::Any }
            }
            _ => {
                let buildings = city.table(LayerId::Building);
                let park = if parks.is_empty() { "none".to_owned() } else { some(parks, self.below(parks.len())) };
                let building = some(buildings, self.below(buildings.len()));
                RecordWrite::Create {
                    layer: LayerId::VirtualMember,
                    fields: fields(json!({ "virtual_park": park, "kind": "building", "building": building, "admitted": "2026-01-01" })),
                }
            }
        };
        Edit::WriteRecords(WriteRecords { writes: vec![write] })
    }

    /// The last member whose building an import has not taken away: one of a building that is gone cannot come back.
    fn standing_member(&self, city: &City) -> Option<String> {
        let (members, buildings) = (city.table(LayerId::VirtualMember), city.table(LayerId::Building));
        let stands = |row: &usize| members.text(*row, virtual_member::BUILDING).is_some_and(|building| buildings.row_of(building).is_some());
        (0..members.len()).rev().find(stands).map(|row| members.key(row).to_owned())
    }

    /// A layer with its rows as an import gives them.
    fn import(&self, city: &City, layer: LayerId, mode: WriteMode, mut rows: Vec<Row>) -> Edit {
        rows.iter_mut().for_each(|row| parkplan::service::edits::complete(row, layer.layer(), &city.crs));
        Edit::Import(Import { layer, mode, rows, source: "rows.csv".into(), judged_at: None })
    }

    /// New units, or a new building with its shape, or a parcel.
    fn add(&mut self, city: &City) -> Edit {
        let count = self.count;
        match self.below(3) {
            0 => {
                let buildings = city.table(LayerId::Building);
                let code = buildings.key(self.below(buildings.len())).to_owned();
                let unit = |number: usize| {
                    let mut row = Row::empty(LayerId::Unit.layer());
                    row.put(unit::ID, format!("{code}-x{count}-{number}"))
                        .put(unit::BUILDING, code.as_str())
                        .put(unit::AREA_M2, 10.0 + number as f64);
                    row.put(unit::STATE, "let").put(unit::AS_OF, "2026-05-01");
                    row
                };
                self.import(city, LayerId::Unit, WriteMode::Add, (0..3).map(unit).collect())
            }
            1 => self.copied(city, LayerId::Building),
            _ => self.copied(city, LayerId::Parcel),
        }
    }

    /// A row like another, a little to the east.
    fn copied(&mut self, city: &City, layer: LayerId) -> Edit {
        use geo::Translate;
        let table = city.table(layer);
        let mut row = table.row(self.below(table.len()));
        row.geometry = row.geometry.map(|shape| shape.translate(17.0, 3.0));
        let code = format!("new-{}", self.count);
        if layer == LayerId::Building {
            row.put(building::CODE, code)
        } else {
            row.put(parcel::CODE, code)
        };
        self.import(city, layer, WriteMode::Add, vec![row])
    }

    /// New figures or another shape for a few parcels or buildings.
    fn update(&mut self, city: &City) -> Edit {
        use geo::Scale;
        let layer = [LayerId::Parcel, LayerId::Building, LayerId::Road, LayerId::Facility][self.below(4)];
        let table = city.table(layer);
        let mut rows = Vec::new();
        for _ in 0..3 {
            let at = self.below(table.len());
            let mut row = Row::empty(layer.layer());
            let key = layer.layer().column_index(&layer.layer().key).expect("a key");
            row.values[key] = table.key(at).into();
            let source = layer.layer().column_index("source").expect("a source");
            row.values[source] = format!("import {}", self.count).into();
            if self.below(2) == 0 {
                row.geometry = table.geometry(at).map(|shape| shape.scale(0.9));
            }
            rows.push(row);
        }
        self.import(city, layer, WriteMode::Update, rows)
    }

    /// A small layer becomes other rows.
    fn replace(&mut self, city: &City) -> Edit {
        let layer = [LayerId::Facility, LayerId::ControlLine, LayerId::Firm][self.below(3)];
        let table = city.table(layer);
        let rows = (0..table.len()).filter(|row| !row.is_multiple_of(2 + self.count % 5)).map(|row| table.row(row)).collect();
        self.import(city, layer, WriteMode::Replace, rows)
    }
}
