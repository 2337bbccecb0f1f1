//! What may be asked of a match, and whether it can be.

use crate::analysis::matching::{Kind, Need};
use crate::city::City;
use crate::domain::days::no_day;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, catalogue, stated_day};
use crate::rules::order::{FIRE_CLASSES, fire_need};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;

#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = MatchInputs)]
pub struct Inputs {
    /// What is asked for.
    pub(super) need: Wanted,
    /// Only these kinds of places; floors and parcels when left out.
    pub(super) kinds: Vec<Kind>,
    /// Only these places: codes of floors or parcels. Of each that is no candidate the reason is told.
    pub(super) sites: Vec<String>,
    /// How many to answer, 50 when left out.
    #[schema(minimum = 1, maximum = 10_000)]
    pub(super) limit: Option<usize>,
    /// How many of the best to pass over.
    #[schema(minimum = 0, maximum = 100_000)]
    pub(super) offset: usize,
    /// ISO date on which evidence is read; today when left out.
    pub(super) as_of: Option<String>,
    /// Rule pack as `ID` or `ID@version`; the one in force when left out.
    pub(super) pack: Option<String>,
}

/// A requirement. What is left out is no criterion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = MatchNeed)]
pub struct Wanted {
    /// Cluster of the catalogue, such as `c24-robot`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0)]
    pub area_min_m2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0)]
    pub area_max_m2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0)]
    pub load_kn_m2: Option<f64>,
    /// Storey height as floors record it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0)]
    pub height_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(exclusive_minimum = 0)]
    pub power_kva: Option<f64>,
    /// Fire hazard class of the process: 甲, 乙, 丙, 丙一, 丙二, 丁 or 戊.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fire_class: Option<String>,
    /// Wished districts: they order, they do not exclude.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub districts: Vec<String>,
    /// ISO date by which the firm wants to move in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A question that can be answered.
pub(super) struct Question {
    pub wanted: Wanted,
    pub need: Need,
    pub floors: bool,
    pub parcels: bool,
    /// Empty for all.
    pub sites: HashSet<String>,
    pub limit: usize,
    pub offset: usize,
}

/// Sites on a page when nothing is said.
const USUAL_LIMIT: usize = 50;

impl Question {
    pub(super) fn read(city: &City, inputs: Inputs) -> Outcome<Question> {
        let need = inputs.need.read(city, "/inputs/need")?;
        let wants = |kind| inputs.kinds.is_empty() || inputs.kinds.contains(&kind);
        let (floors, parcels) = (city.table(LayerId::Floor), city.table(LayerId::Parcel));
        if let Some(at) = inputs.sites.iter().position(|id| floors.row_of(id).is_none() && parcels.row_of(id).is_none()) {
            return Err(no_such_site(&inputs.sites[at], &format!("/inputs/sites/{at}")));
        }
        Ok(Question {
            need,
            floors: wants(Kind::Floor),
            parcels: wants(Kind::Parcel),
            limit: inputs.limit.unwrap_or(USUAL_LIMIT),
            offset: inputs.offset,
            sites: inputs.sites.into_iter().collect(),
            wanted: inputs.need,
        })
    }

    /// A requirement against one place.
    pub(super) fn of_one(city: &City, wanted: Wanted, site: &str) -> Outcome<Question> {
        let sites = vec![site.to_owned()];
        Question::read(city, Inputs { need: wanted, sites, ..Inputs::default() })
    }

    /// Whether a place of this kind and code is asked about.
    pub(super) fn asks(&self, kind: Kind, id: &str) -> bool {
        let is_kind = match kind {
            Kind::Floor => self.floors,
            Kind::Parcel => self.parcels,
        };
        is_kind && (self.sites.is_empty() || self.sites.contains(id))
    }
}

/// "There is no such place" about a code.
pub(super) fn no_such_site(id: &str, place: &str) -> Fault {
    Fault::not_found("no_such_site", format!("没有楼层或宗地 {id}"), format!("there is no floor or parcel {id}"))
        .at(place)
        .help("写楼层或宗地的代码", "give the code of a floor or parcel")
}

impl Wanted {
    /// The requirement, where all that it names exists; `place` is where it stands.
    pub(super) fn read(&self, city: &City, place: &str) -> Outcome<Need> {
        if *self == Wanted::default() {
            return Err(Fault::bad("empty_need", "需求没有写任何条件", "the requirement states nothing").at(place).help(
                "至少写一项：集群、面积、荷载、层高、供电、火灾危险性、意向区或日期",
                "state a cluster, area, load, height, power, fire class, district or date",
            ));
        }
        if let Some(cluster) = self.cluster.as_ref().filter(|id| catalogue().cluster(id).is_none()) {
            return Err(Fault::bad("no_such_cluster", format!("目录中没有产业集群 {cluster}"), format!("the catalogue has no cluster {cluster}"))
                .at(format!("{place}/cluster"))
                .help("集群代码见 /catalogue，如 c24-robot", "ids stand in /catalogue, such as c24-robot"));
        }
        if let Some((least, most)) = self.area_min_m2.zip(self.area_max_m2).filter(|(least, most)| least > most) {
            return Err(Fault::bad(
                "area_range",
                format!("面积下限 {least} 大于上限 {most}"),
                format!("the least area {least} is above the largest {most}"),
            )
            .at(format!("{place}/area_max_m2")));
        }
        if let Some(class) = self.fire_class.as_ref().filter(|class| fire_need(class).is_none()) {
            return Err(Fault::bad("fire_class", format!("没有火灾危险性类别 {class}"), format!("there is no fire class {class}"))
                .at(format!("{place}/fire_class"))
                .help(format!("可用：{}、丙", FIRE_CLASSES.join("、")), format!("known: {}, 丙", FIRE_CLASSES.join(", "))));
        }
        let districts = city.table(LayerId::District);
        if let Some(at) = self.districts.iter().position(|code| districts.row_of(code).is_none()) {
            let district = &self.districts[at];
            let known = (0..districts.len()).map(|row| districts.key(row)).collect::<Vec<_>>();
            return Err(Fault::not_found("no_such_district", format!("没有行政区 {district}"), format!("there is no district {district}"))
                .at(format!("{place}/districts/{at}"))
                .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", "))));
        }
        let by = self.by.as_deref().map(|day| stated_day(day).ok_or_else(|| no_day("by", day).at(format!("{place}/by")))).transpose()?;
        Ok(Need {
            cluster: self.cluster.clone(),
            area_min: self.area_min_m2,
            area_max: self.area_max_m2,
            load: self.load_kn_m2,
            height: self.height_m,
            power: self.power_kva,
            fire: self.fire_class.clone(),
            districts: self.districts.clone(),
            by,
        })
    }
}
