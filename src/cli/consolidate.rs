//! `consolidate`: contiguous sites, from the command line.

use super::common::{Common, Format, Search, finite, pairs, read_json, report_run, write_json};
use super::output::{OutFile, Output, table};
use crate::domain::fault::Outcome;
use crate::domain::units::hectares;
use crate::service::processes::{self, Consolidation, DrawnCandidate, Seen};
use crate::service::{Planner, Viewer};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Consolidate {
    city: PathBuf,
    /// Code of a park
    #[arg(long, conflicts_with = "area")]
    park: Option<String>,
    /// GeoJSON file with a drawn area (lon/lat)
    #[arg(long)]
    area: Option<PathBuf>,
    #[arg(long, value_parser = finite)]
    min_area_ha: Option<f64>,
    #[arg(long, value_parser = finite)]
    max_area_ha: Option<f64>,
    /// Most sites
    #[arg(long)]
    sites: Option<usize>,
    /// Budget in 万元
    #[arg(long, value_parser = finite)]
    budget: Option<f64>,
    /// area=1 compactness=1 cost=0.02 owners=0.1 readiness=0.5
    #[arg(long, num_args = 1..)]
    weights: Vec<String>,
    /// Parcels that must be in a site
    #[arg(long, value_delimiter = ',')]
    pin: Vec<String>,
    /// Parcels that must not be in a site
    #[arg(long, value_delimiter = ',')]
    ban: Vec<String>,
    #[arg(long, value_parser = finite)]
    min_compactness: Option<f64>,
    /// Gap tolerance in metres
    #[arg(long, value_parser = finite)]
    tolerance: Option<f64>,
    #[command(flatten)]
    search: Search,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    out: OutFile,
}

impl Consolidate {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let geojson = self.format.is_geojson(&self.out.out)?;
        let mut inputs = json!({
            "pin": self.pin, "ban": self.ban, "weights": pairs(&self.weights)?, "seed": self.search.seed, "time_limit": self.search.time_limit,
            "park": self.park, "min_area_ha": self.min_area_ha, "max_area_ha": self.max_area_ha, "sites": self.sites, "budget_wan": self.budget,
            "min_compactness": self.min_compactness, "tolerance_m": self.tolerance,
        });
        if let Some(file) = &self.area {
            inputs["area"] = read_json(file)?;
        }
        let planner = Planner::open_reading(&self.city)?;
        let whole = self.common.execute::<processes::Consolidate>(output, &planner, inputs)?;
        let answer = whole.seen_by(&Viewer::guest());
        if geojson {
            write_json(&self.out, &answer.features("best"))?;
        } else {
            write_json(&self.out, &answer)?;
        }
        report_run(output, &self.out, &answer.run, || readable(output, &answer));
        Ok(())
    }
}

fn readable(output: &Output, answer: &Consolidation) -> String {
    let found = &answer.found;
    let head = format!("{} {:.2}  {} {:.2} %", output.say("上界", "bound"), found.bound, output.say("差距", "gap"), found.gap * 100.0);
    let row = |candidate: &DrawnCandidate| {
        vec![
            candidate.label.to_owned(),
            format!("{:.2}", candidate.objective),
            format!("{:.2}", hectares(candidate.area_m2)),
            format!("{:.2}", candidate.cost_wan),
            candidate.owners.to_string(),
            candidate.sites.len().to_string(),
        ]
    };
    let names = [
        output.say("方案", "candidate"),
        output.say("得分", "objective"),
        output.say("公顷", "ha"),
        output.say("万元", "cost 万元"),
        output.say("权属", "owners"),
        output.say("片", "sites"),
    ];
    format!("{head}\n{}", table(&names, &found.candidates.iter().map(row).collect::<Vec<_>>()))
}
