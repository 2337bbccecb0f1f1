//! The sample city: a Shenzhen-like city grown from a seed, so that the workbench can be tried without anybody's data.
//!
//! Everything is illustrative. Streets come from a bent lattice per district, blocks from the streets, parcels from cutting blocks,
//! buildings from the parcels. Every block draws from its own random stream, so the rows depend on the options only.

mod block;
mod building;
mod control;
mod dice;
mod facility;
mod firm;
mod footprint;
mod land;
mod lattice;
mod names;
mod occupancy;
mod outline;
mod plan;
mod projection;
mod report;
mod ring;
mod road;
mod rows;
mod setting;
mod split;
mod task;
#[cfg(test)]
mod tests;
mod virtual_park;

use crate::domain::fault::Outcome;
use crate::domain::{CitySink, Fault, Layer, Row, dictionary};
use chrono::NaiveDate;
use plan::Plan;
use rayon::prelude::*;
use setting::Setting;
pub use split::Flaws;
use std::collections::BTreeMap;

/// Blocks that are computed together: bounds the memory.
const BATCH: usize = 512;

/// What to grow.
#[derive(Clone, Debug)]
pub struct SampleOptions {
    /// Wanted number of parcels, kept within three per cent.
    pub parcels: u32,
    pub seed: u64,
    /// ISO date on which the city stands.
    pub as_of: String,
}

/// What was grown.
#[derive(Clone, Debug, Default)]
pub struct SampleSummary {
    /// Rows per layer.
    pub rows: BTreeMap<&'static str, u64>,
    /// Flaws in the cadastre that were made on purpose.
    pub flaws: Flaws,
}

/// Grows the city into `sink`, layer by layer; `progress` hears the layer and its share in [0, 1].
///
/// # Errors
/// Bad input for a date that is not ISO or no parcels; else what the sink returns.
pub fn generate(options: &SampleOptions, sink: &mut dyn CitySink, progress: &dyn Fn(&str, f64)) -> Outcome<SampleSummary> {
    let date = NaiveDate::parse_from_str(&options.as_of, "%Y-%m-%d").map_err(|_| {
        Fault::bad("sample_as_of", format!("日期须写作 2026-09-01：{}", options.as_of), format!("write the date as 2026-09-01: {}", options.as_of))
    })?;
    if options.parcels == 0 {
        return Err(Fault::bad("sample_parcels", "宗地数须大于 0", "the number of parcels must be above 0"));
    }
    let setting = Setting::embedded()?;
    let plan = Plan::new(&setting, options.parcels, options.seed);
    let mut city = City { setting: &setting, plan: &plan, seed: options.seed, date, sink, progress, summary: SampleSummary::default() };
    city.frame()?;
    city.parcels()?;
    city.buildings()?;
    city.floors()?;
    city.units()?;
    city.firms()?;
    city.reports()?;
    city.virtual_parks()?;
    city.tasks()?;
    Ok(city.summary)
}

/// A city on its way into a sink.
struct City<'a> {
    setting: &'a Setting,
    plan: &'a Plan,
    seed: u64,
    date: NaiveDate,
    sink: &'a mut dyn CitySink,
    progress: &'a dyn Fn(&str, f64),
    summary: SampleSummary,
}

impl City<'_> {
    fn layer(&mut self, name: &'static str, rows: Vec<Row>) -> Outcome<()> {
        let layer = dictionary().known(name);
        *self.summary.rows.entry(name).or_default() += rows.len() as u64;
        rows.into_iter().try_for_each(|row| self.sink.push(layer, row))
    }

    /// A layer that is small enough to be made at once.
    fn whole_layer(&mut self, name: &'static str, make: impl FnOnce(&'static Layer) -> Vec<Row>) -> Outcome<()> {
        self.layer(name, make(dictionary().known(name)))?;
        (self.progress)(name, 1.0);
        Ok(())
    }

    fn frame(&mut self) -> Outcome<()> {
        let (setting, plan, seed) = (self.setting, self.plan, self.seed);
        self.whole_layer("district", |layer| outline::district_rows(layer, setting))?;
        self.whole_layer("park", |layer| outline::park_rows(layer, setting))?;
        self.whole_layer("zone", |layer| outline::zone_rows(layer, setting))?;
        self.whole_layer("road", |layer| road::rows(layer, setting, plan))?;
        self.whole_layer("control_line", |layer| control::rows(layer, setting, seed))?;
        self.whole_layer("facility", |layer| facility::rows(layer, setting, seed))
    }

    /// Makes the rows of a layer block by block, in the order of the blocks whatever the number of threads.
    fn by_block(
        &mut self,
        name: &'static str,
        keep: impl Fn(&block::Block) -> bool,
        make: impl Fn(&block::Block) -> (Vec<Row>, Flaws) + Sync,
    ) -> Outcome<()> {
        let plan = self.plan;
        let blocks: Vec<&block::Block> = plan.blocks.iter().filter(|block| keep(block)).collect();
        let mut done = 0;
        for batch in blocks.chunks(BATCH) {
            let made: Vec<(Vec<Row>, Flaws)> = batch.par_iter().map(|block| make(block)).collect();
            for (rows, flaws) in made {
                self.summary.flaws.add(flaws);
                self.layer(name, rows)?;
            }
            done += batch.len();
            (self.progress)(name, done as f64 / blocks.len() as f64);
        }
        Ok(())
    }

    fn parcels(&mut self) -> Outcome<()> {
        let (setting, seed, date, layer) = (self.setting, self.seed, self.date, dictionary().known("parcel"));
        self.by_block(
            "parcel",
            |_| true,
            |block| {
                let (parcels, flaws) = land::settle(&setting.districts[block.district].lattice, block, seed);
                let rows = parcels.iter().enumerate().map(|(index, parcel)| rows::parcel_row(layer, setting, block, index, parcel, date)).collect();
                (rows, flaws)
            },
        )
    }

    fn buildings(&mut self) -> Outcome<()> {
        let (setting, seed, layer) = (self.setting, self.seed, dictionary().known("building"));
        self.by_block(
            "building",
            |_| true,
            |block| {
                let (parcels, _) = land::settle(&setting.districts[block.district].lattice, block, seed);
                let rows = parcels
                    .iter()
                    .enumerate()
                    .flat_map(|(number, parcel)| {
                        parcel
                            .buildings
                            .iter()
                            .enumerate()
                            .map(move |(index, building)| rows::building_row(layer, setting, block, (number, parcel), index, building))
                    })
                    .collect();
                (rows, Flaws::default())
            },
        )
    }

    fn floors(&mut self) -> Outcome<()> {
        let (setting, seed, layer) = (self.setting, self.seed, dictionary().known("floor"));
        self.by_block(
            "floor",
            |block| block.claim.is_some(),
            |block| {
                let (parcels, _) = land::settle(&setting.districts[block.district].lattice, block, seed);
                let sites = occupancy::sites(setting, block, &parcels);
                (sites.iter().flat_map(|site| occupancy::floor_rows(layer, site, seed)).collect(), Flaws::default())
            },
        )
    }

    fn units(&mut self) -> Outcome<()> {
        let (setting, seed, date, layer) = (self.setting, self.seed, self.date, dictionary().known("unit"));
        let markets = occupancy::markets(setting, seed);
        self.by_block(
            "unit",
            |block| block.claim.is_some(),
            |block| {
                let (parcels, _) = land::settle(&setting.districts[block.district].lattice, block, seed);
                let sites = occupancy::sites(setting, block, &parcels);
                (sites.iter().flat_map(|site| occupancy::unit_rows(layer, site, &markets[site.park], seed, date)).collect(), Flaws::default())
            },
        )
    }

    fn firms(&mut self) -> Outcome<()> {
        let (setting, seed, date) = (self.setting, self.seed, self.date);
        self.whole_layer("firm", |layer| firm::rows(layer, setting, seed, date))
    }

    fn virtual_parks(&mut self) -> Outcome<()> {
        let (setting, seed, date) = (self.setting, self.seed, self.date);
        let (units, markets) = (dictionary().known("unit"), occupancy::markets(setting, seed));
        // One building a park that leads in the cluster, the first that is let to several.
        let mut buildings: BTreeMap<usize, String> = BTreeMap::new();
        for block in &self.plan.blocks {
            let wanted = |park: usize| virtual_park::takes_buildings_of(&setting.parks[park]) && !buildings.contains_key(&park);
            if !block.claim.is_some_and(|(park, ..)| wanted(park)) {
                continue;
            }
            let (parcels, _) = land::settle(&setting.districts[block.district].lattice, block, seed);
            let is_let = |row: &Row| row.get(units, "state").as_str() == Some("let");
            let sites = occupancy::sites(setting, block, &parcels);
            let found = sites.iter().find(|site| occupancy::unit_rows(units, site, &markets[site.park], seed, date).iter().any(is_let));
            if let Some(site) = found {
                buildings.insert(site.park, site.code.clone());
            }
        }
        let buildings: Vec<String> = buildings.into_values().collect();
        self.whole_layer("virtual_park", |layer| virtual_park::park_rows(layer, date))?;
        self.whole_layer("virtual_member", |layer| virtual_park::member_rows(layer, setting, seed, date, &buildings))
    }

    fn reports(&mut self) -> Outcome<()> {
        let (setting, seed, date) = (self.setting, self.seed, self.date);
        self.whole_layer("report", |layer| report::rows(layer, setting, seed, date))
    }

    fn tasks(&mut self) -> Outcome<()> {
        let (setting, seed, date) = (self.setting, self.seed, self.date);
        self.whole_layer("task", |layer| task::rows(layer, setting, seed, date))?;
        self.whole_layer("task_report", |layer| task::report_rows(layer, setting, seed, date))
    }
}
