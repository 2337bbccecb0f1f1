//! `designate`: scorecards of the parks, from the command line.

use super::common::{Common, MaybeOut};
use super::output::{Output, table};
use crate::domain::fault::Outcome;
use crate::service::processes::{self, ParkResult, Scorecards, Seen};
use crate::service::{Planner, Viewer};
use clap::Args;
use serde_json::json;
use std::borrow::Cow;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Designate {
    city: PathBuf,
    /// One park's scorecard (ranks still count all parks)
    #[arg(long)]
    park: Option<String>,
    #[command(flatten)]
    common: Common,
    /// Also what is told inside a park only: figures over too few firms, and ids of firms
    #[arg(long)]
    withheld: bool,
    #[command(flatten)]
    out: MaybeOut,
}

impl Designate {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let planner = Planner::open_reading(&self.city)?;
        let whole = self.common.execute::<processes::Designate>(output, &planner, json!({ "park": self.park }))?;
        let answer = if self.withheld { Cow::Borrowed(&whole) } else { whole.seen_by(&Viewer::guest()) };
        self.out.write(&answer)?;
        output.result(&answer, || readable(output, &answer));
        Ok(())
    }
}

fn readable(output: &Output, answer: &Scorecards) -> String {
    let points = |total: Option<f64>| total.map_or_else(|| output.say("不公布", "withheld").to_owned(), |total| format!("{total:.1}"));
    let row = |park: &ParkResult| {
        vec![
            park.rank.map_or_else(|| "—".to_owned(), |rank| rank.to_string()),
            park.park.clone(),
            json!(park.grade).as_str().unwrap_or("—").to_owned(),
            points(park.total),
            points(park.total_high),
            park.missing.to_string(),
        ]
    };
    let names = [
        output.say("名次", "rank"),
        output.say("园区", "park"),
        output.say("等级", "grade"),
        output.say("得分", "total"),
        output.say("缺证全得时", "total if known"),
        output.say("缺证", "missing"),
    ];
    table(&names, &answer.result.parks.iter().map(row).collect::<Vec<_>>())
}
