//! `virtualparks`: members and figures of the virtual parks, from the command line.

use super::common::{Common, MaybeOut};
use super::output::{Output, table};
use crate::domain::fault::Outcome;
use crate::service::processes::{self, Seen, VirtualPark, VirtualParksAnswer};
use crate::service::{Planner, Viewer};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct VirtualParks {
    city: PathBuf,
    /// One virtual park, by its code
    #[arg(long)]
    park: Option<String>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    out: MaybeOut,
}

impl VirtualParks {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let planner = Planner::open_reading(&self.city)?;
        let whole = self.common.execute::<processes::VirtualParks>(output, &planner, json!({ "park": self.park }))?;
        // Who has the file in hand is no operator: firms stay without names.
        let answer = whole.seen_by(&Viewer::local());
        self.out.write(&answer)?;
        output.result(&answer, || readable(output, &answer));
        Ok(())
    }
}

fn readable(output: &Output, answer: &VirtualParksAnswer) -> String {
    let figure = |park: &VirtualPark, id: &str| {
        let value = park.indicators.iter().find(|one| one.id == id).and_then(|one| one.value);
        value.map_or_else(|| "—".to_owned(), |value| if value <= 1.0 { format!("{:.1} %", value * 100.0) } else { format!("{value:.0}") })
    };
    let row = |park: &VirtualPark| {
        vec![
            park.code.clone(),
            park.name.clone(),
            park.firms.map_or_else(|| "—".to_owned(), |firms| firms.to_string()),
            park.buildings.to_string(),
            figure(park, "output_total"),
            figure(park, "lead_output"),
            figure(park, "let_rate"),
        ]
    };
    let names = [
        output.say("代码", "code"),
        output.say("虚拟园区", "virtual park"),
        output.say("企业", "firms"),
        output.say("建筑", "buildings"),
        output.say("产值（万元）", "output (10k yuan)"),
        output.say("主导产值占比", "lead share"),
        output.say("出租率", "let rate"),
    ];
    table(&names, &answer.parks.iter().map(row).collect::<Vec<_>>())
}
