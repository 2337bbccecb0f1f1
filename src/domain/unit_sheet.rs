//! The table in which an operator fills in units: its columns, and the mark by which a row says of which state of the unit it speaks.

use super::columns::unit;
use super::dictionary::{Column, Layer};
use super::edit::row_tag;
use super::fault::Lang;
use super::row::{Row, Value};
use super::{LayerId, catalogue};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SheetColumn {
    Id,
    Tag,
    Building,
    BuildingName,
    Floor,
    State,
    #[serde(rename = "area_m2")]
    AreaM2,
    Use,
    Tenant,
    Cluster,
    #[serde(rename = "rent_yuan_m2_month")]
    Rent,
    LeaseEnd,
    AsOf,
    Note,
}

/// How a column is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// Tells the row apart; hidden and locked.
    Hidden,
    /// Stands there to be read; locked.
    Fixed,
    Open,
}

/// A firm or unit outside all clusters (exact-designation G7).
pub const NO_CLUSTER: &str = "none";
const NO_CLUSTER_NAMES: (&str, &str) = ("不属各集群", "Outside all clusters");

impl SheetColumn {
    /// In the order of the table.
    pub const ALL: [SheetColumn; 14] = [
        SheetColumn::Id,
        SheetColumn::Tag,
        SheetColumn::Building,
        SheetColumn::BuildingName,
        SheetColumn::Floor,
        SheetColumn::State,
        SheetColumn::AreaM2,
        SheetColumn::Use,
        SheetColumn::Tenant,
        SheetColumn::Cluster,
        SheetColumn::Rent,
        SheetColumn::LeaseEnd,
        SheetColumn::AsOf,
        SheetColumn::Note,
    ];

    /// The name that scripts know.
    pub fn name(self) -> &'static str {
        match self {
            SheetColumn::Tag => "tag",
            SheetColumn::BuildingName => "building_name",
            SheetColumn::Id => unit::ID.name(),
            SheetColumn::Building => unit::BUILDING.name(),
            SheetColumn::Floor => unit::FLOOR.name(),
            SheetColumn::State => unit::STATE.name(),
            SheetColumn::AreaM2 => unit::AREA_M2.name(),
            SheetColumn::Use => unit::USE.name(),
            SheetColumn::Tenant => unit::TENANT.name(),
            SheetColumn::Cluster => unit::CLUSTER.name(),
            SheetColumn::Rent => unit::RENT_YUAN_M2_MONTH.name(),
            SheetColumn::LeaseEnd => unit::LEASE_END.name(),
            SheetColumn::AsOf => unit::AS_OF.name(),
            SheetColumn::Note => unit::NOTE.name(),
        }
    }

    pub fn filling(self) -> Filling {
        match self {
            SheetColumn::Id | SheetColumn::Tag => Filling::Hidden,
            SheetColumn::Building | SheetColumn::BuildingName | SheetColumn::Floor => Filling::Fixed,
            _ => Filling::Open,
        }
    }

    /// The unit's column in the dictionary; the mark and the building's name are none of the unit's.
    pub fn column(self) -> Option<&'static Column> {
        LayerId::Unit.layer().column(self.name())
    }

    /// Where the unit's row has it.
    pub fn at(self) -> Option<usize> {
        LayerId::Unit.layer().column_index(self.name())
    }

    /// Whether an empty cell may clear it.
    pub fn may_be_empty(self) -> bool {
        !matches!(self, SheetColumn::State | SheetColumn::AreaM2 | SheetColumn::AsOf)
    }

    /// What it is called, without a unit of measurement.
    pub fn label(self, lang: Lang) -> &'static str {
        let own = match self {
            SheetColumn::Tag => Some(("行标", "Row tag")),
            SheetColumn::BuildingName => Some(("建筑名称", "Building name")),
            _ => None,
        };
        let (zh, en) = own.or_else(|| self.column().map(|column| (column.zh.as_str(), column.en.as_str()))).unwrap_or_default();
        if lang == Lang::Zh { zh } else { en }
    }

    /// The heading of the column.
    pub fn heading(self, lang: Lang) -> String {
        let label = self.label(lang);
        match (self.column().and_then(|column| column.unit.as_deref()), lang) {
            (Some(unit), Lang::Zh) => format!("{label}（{unit}）"),
            (Some(unit), Lang::En) => format!("{label} ({unit})"),
            (None, _) => label.to_owned(),
        }
    }

    /// The column of a heading in either language or in the dictionary's spelling; what stands in brackets does not count.
    pub fn of_heading(text: &str) -> Option<SheetColumn> {
        let bare = text.split(['（', '(']).next().unwrap_or_default().trim().to_lowercase();
        let is_meant =
            |column: &SheetColumn| bare == column.name() || bare == column.label(Lang::Zh) || bare == column.label(Lang::En).to_lowercase();
        SheetColumn::ALL.into_iter().find(is_meant)
    }

    /// Codes that may stand in it, with their names in a language; empty where any text may.
    pub fn choices(self, lang: Lang) -> Vec<(&'static str, &'static str)> {
        let told = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
        match self.column().and_then(|column| column.codes.as_deref()) {
            Some("cluster") => {
                let clusters = catalogue().clusters.iter().map(|cluster| (cluster.id.as_str(), told(&cluster.zh, &cluster.en)));
                clusters.chain([(NO_CLUSTER, told(NO_CLUSTER_NAMES.0, NO_CLUSTER_NAMES.1))]).collect()
            }
            Some(list) => catalogue().codes(list).unwrap_or_default().iter().map(|code| (code.code.as_str(), told(&code.zh, &code.en))).collect(),
            None => Vec::new(),
        }
    }

    /// The code of a text: the code itself or its name in either language.
    pub fn code(self, text: &str) -> Option<&'static str> {
        let text = text.trim();
        let wanted = text.to_lowercase();
        let find = |lang| self.choices(lang).into_iter().find(|(code, name)| *code == text || name.to_lowercase() == wanted).map(|(code, _)| code);
        find(Lang::Zh).or_else(|| find(Lang::En))
    }
}

/// What a row of the table speaks of: the unit's own count of changes, and all that it held then.
pub fn sheet_tag(row: &Row) -> String {
    row_tag(row.integer(unit::REVISION).unwrap_or(0), &row.values).trim_matches('"').to_owned()
}

/// A cell as a person reads it: codes by their names, numbers in full.
pub fn cell_text(column: SheetColumn, value: &Value, lang: Lang) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(code) => {
            let named = column.choices(lang).into_iter().find(|(known, _)| known == code).map(|(_, name)| name);
            named.unwrap_or(code).to_owned()
        }
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
    }
}

/// The layer whose rows the table fills in.
pub fn layer() -> &'static Layer {
    LayerId::Unit.layer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_either_language_and_with_their_units() {
        for column in SheetColumn::ALL {
            for heading in [column.heading(Lang::Zh), column.heading(Lang::En), column.name().to_owned(), column.label(Lang::Zh).to_owned()] {
                assert_eq!(SheetColumn::of_heading(&heading), Some(column), "{heading}");
            }
        }
        assert_eq!(SheetColumn::of_heading("合计"), None);
        assert_eq!(SheetColumn::Rent.heading(Lang::Zh), "租金（元/m²·月）");
    }

    #[test]
    fn a_code_is_known_by_itself_and_by_its_names() {
        for (column, text, code) in [
            (SheetColumn::State, "出租", Some("let")),
            (SheetColumn::State, "Let", Some("let")),
            (SheetColumn::State, "let", Some("let")),
            (SheetColumn::State, "租出", None),
            (SheetColumn::Cluster, "机器人", Some("c24-robot")),
            (SheetColumn::Cluster, "不属各集群", Some("none")),
            (SheetColumn::Tenant, "出租", None),
        ] {
            assert_eq!(column.code(text), code, "{text}");
        }
    }

    #[test]
    fn every_name_in_a_list_leads_back_to_its_code() {
        for column in SheetColumn::ALL {
            for (code, name) in [Lang::Zh, Lang::En].into_iter().flat_map(|lang| column.choices(lang)) {
                assert_eq!(column.code(name), Some(code), "{name}");
            }
        }
    }
}
