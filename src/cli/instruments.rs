//! `instrument`, `lineage`: drafting, reviewing, bringing into force and undoing merges and splits, and what became of which land.

use super::output::{Output, table};
use crate::cli::command_line;
use crate::config::Config;
use crate::domain::edit::Precondition;
use crate::domain::fault::Outcome;
use crate::domain::lineage::Descent;
use crate::domain::{Fault, InstrumentKind, InstrumentState};
use crate::service::instruments::{Division, InstrumentAnswer, InstrumentQuery, Move, NewInstrument, lineage_of};
use crate::service::{Planner, Viewer, today};
use clap::{Args, Subcommand};
use serde_json::Value;
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Instruments {
    #[command(subcommand)]
    action: Action,
}

/// How a parcel is split; nothing for a merge.
#[derive(Args)]
struct Split {
    /// Split along the line of this GeoJSON file (LineString in lon/lat)
    #[arg(long, value_name = "FILE", group = "way", conflicts_with = "from")]
    split_line: Option<PathBuf>,
    /// Split into so many parts of equal area
    #[arg(long, value_name = "N", group = "way", conflicts_with = "from")]
    split_equal: Option<usize>,
    /// Split into parts of these areas in m², parted by commas; the rest is one more part
    #[arg(long, value_name = "M2,…", value_delimiter = ',', group = "way", conflicts_with = "from")]
    split_areas: Vec<f64>,
    /// Direction of the cuts in degrees, counter-clockwise from grid east (default: along the parcel's short side)
    #[arg(long, value_name = "DEG", requires = "way", conflicts_with = "split_line", allow_negative_numbers = true)]
    direction: Option<f64>,
}

impl Split {
    fn division(self) -> Outcome<Option<Division>> {
        let line = self.split_line.as_deref().map(super::common::read_json).transpose()?;
        let areas_m2 = Some(self.split_areas).filter(|areas| !areas.is_empty());
        if line.is_none() && self.split_equal.is_none() && areas_m2.is_none() {
            return Ok(None);
        }
        Ok(Some(Division { line, equal: self.split_equal, areas_m2, direction_deg: self.direction }))
    }
}

#[derive(Subcommand)]
enum Action {
    /// All instruments of a city, or those of a state or park
    List {
        city: PathBuf,
        /// draft, reviewed, in_force or withdrawn
        #[arg(long)]
        state: Option<String>,
        #[arg(long)]
        park: Option<String>,
        /// Only those in force on this day
        #[arg(long)]
        at: Option<String>,
    },
    /// One instrument with its ledger
    Show { city: PathBuf, code: String },
    /// Draft a merge, of named parcels or of a site in a result of `consolidate`; or the split of one parcel (--split-…)
    Draft {
        city: PathBuf,
        /// Codes, parted by commas
        #[arg(long, value_delimiter = ',', required_unless_present = "from", conflicts_with = "from")]
        parcels: Vec<String>,
        /// A JSON result of `parkplan consolidate`
        #[arg(long)]
        from: Option<PathBuf>,
        /// Label of the candidate in the result
        #[arg(long, default_value = "best")]
        candidate: String,
        /// Id of the site in the candidate
        #[arg(long, default_value = "s1")]
        site: String,
        #[arg(long)]
        name: Option<String>,
        /// On what decision it rests
        #[arg(long)]
        basis: Option<String>,
        /// Gaps narrower than this close, in metres
        #[arg(long)]
        tolerance: Option<f64>,
        /// Roads or strips up to this width may lie between the members, in metres
        #[arg(long)]
        bridge_width: Option<f64>,
        #[command(flatten)]
        split: Split,
    },
    /// Move on: draft → reviewed → in_force, or back to draft, or withdrawn
    Move {
        city: PathBuf,
        code: String,
        #[arg(long)]
        to: String,
        /// Day from which it is in force (default today)
        #[arg(long)]
        date: Option<String>,
        #[arg(long)]
        note: Option<String>,
    },
    /// Draft the undoing of an instrument in force
    Undo {
        city: PathBuf,
        code: String,
        #[arg(long)]
        basis: Option<String>,
    },
}

impl Instruments {
    pub(super) fn run(self, config: &Config, output: &Output) -> Outcome<()> {
        let viewer = Viewer::local();
        let open = |city: &Path| Ok::<_, Fault>(super::settings(config).on(Planner::open(city, &command_line::typed())?));
        match self.action {
            Action::List { city, state, park, at } => {
                let state = state.as_deref().map(known_state).transpose()?;
                let planner = Planner::open_reading(&city)?;
                let list = planner.instruments(&planner.city(), &viewer, &InstrumentQuery { state, park, at })?;
                output.result(&list, || rows(output, &list.instruments));
            }
            Action::Show { city, code } => {
                let planner = Planner::open_reading(&city)?;
                show(output, &planner.instrument(&planner.city(), &viewer, &code)?);
            }
            Action::Draft { city, parcels, from, candidate, site, name, basis, tolerance, bridge_width, split } => {
                let split = split.division()?;
                let (parcels, run) = match &from {
                    Some(file) => members(&super::common::read_json(file)?, &candidate, &site)?,
                    None => (parcels, None),
                };
                let new = NewInstrument {
                    kind: if split.is_some() { InstrumentKind::Split } else { InstrumentKind::Merge },
                    parcels,
                    split,
                    undoes: None,
                    name,
                    basis,
                    run,
                    tolerance_m: tolerance,
                    bridge_width_m: bridge_width,
                };
                show(output, &open(&city)?.draft_instrument(&viewer, &new)?);
            }
            Action::Move { city, code, to, date, note } => {
                let to = known_state(&to)?;
                let planner = open(&city)?;
                // The person at the machine moves the instrument as it is.
                show(output, &planner.move_instrument(&viewer, &code, Precondition::Any, &Move { to, date, note })?);
            }
            Action::Undo { city, code, basis } => {
                let new = NewInstrument {
                    kind: InstrumentKind::Undo,
                    parcels: Vec::new(),
                    split: None,
                    undoes: Some(code),
                    name: None,
                    basis,
                    run: None,
                    tolerance_m: None,
                    bridge_width_m: None,
                };
                show(output, &open(&city)?.draft_instrument(&viewer, &new)?);
            }
        }
        Ok(())
    }
}

/// The members of a site in a result of `consolidate`, with the record of its run.
fn members(result: &Value, candidate: &str, site: &str) -> Outcome<(Vec<String>, Option<Value>)> {
    let find = |list: &Value, member: &str, wanted: &str| list.as_array()?.iter().find(|item| item[member] == wanted).cloned();
    let missing = || {
        Fault::bad(
            "no_such_site",
            format!("结果中没有方案 {candidate} 的地块 {site}"),
            format!("the result has no site {site} of candidate {candidate}"),
        )
        .at("--from")
        .help(
            "用 --candidate 和 --site 指定，或检查文件是否为 consolidate 的 JSON",
            "name it with --candidate and --site, or check that the file is the JSON of consolidate",
        )
    };
    let found = find(&result["candidates"], "label", candidate).and_then(|plan| find(&plan["sites"], "id", site)).ok_or_else(missing)?;
    let parcels = found["parcels"].as_array().into_iter().flatten().filter_map(|code| code.as_str().map(str::to_owned)).collect();
    Ok((parcels, Some(result["run"].clone()).filter(|run| !run.is_null())))
}

fn rows(output: &Output, instruments: &[InstrumentAnswer]) -> String {
    let text = |value: &Option<String>| value.as_deref().unwrap_or("—").to_owned();
    let rows: Vec<Vec<String>> = instruments
        .iter()
        .map(|instrument| {
            vec![
                instrument.code.clone(),
                instrument.kind.as_str().to_owned(),
                instrument.state.as_str().to_owned(),
                text(&instrument.date),
                text(&instrument.park),
                instrument.parents.len().to_string(),
                instrument.ledger["out_m2"].as_f64().map_or_else(|| "—".to_owned(), |m2| format!("{:.2}", m2 / 10_000.0)),
            ]
        })
        .collect();
    let names = [
        output.say("编号", "code"),
        output.say("类型", "kind"),
        output.say("状态", "state"),
        output.say("生效日", "date"),
        output.say("园区", "park"),
        output.say("宗数", "parcels"),
        output.say("公顷", "ha"),
    ];
    table(&names, &rows)
}

fn show(output: &Output, instrument: &InstrumentAnswer) {
    output.result(instrument, || {
        let ledger = &instrument.ledger;
        let figure = |name: &str| ledger[name].as_f64().map_or_else(|| "—".to_owned(), |m2| format!("{m2:.3}"));
        let mut text = rows(output, std::slice::from_ref(instrument));
        if !ledger.is_null() {
            text.push_str(&format!(
                "\nΣ {} {}  − {} {}  + {} {}  − {} {}  = {} m²",
                output.say("原宗地", "members"),
                figure("sum_in_m2"),
                output.say("重叠", "overlaps"),
                figure("overlaps_m2"),
                output.say("缝隙", "gaps"),
                figure("gaps_m2"),
                output.say("划出", "dedications"),
                figure("dedications_m2"),
                figure("out_m2"),
            ));
            let children = ledger["children"].as_array().map_or(&[][..], Vec::as_slice);
            for child in children.iter().filter(|_| children.len() > 1) {
                let (code, area) = (child["parcel"].as_str().unwrap_or("—"), child["planar_area_m2"].as_f64().unwrap_or(f64::NAN));
                text.push_str(&format!("\n  {code}  {area:.3} m²"));
            }
        }
        text
    });
}

#[derive(Args)]
pub(super) struct Lineage {
    city: PathBuf,
    /// A parcel's or plan parcel's code
    code: String,
}

impl Lineage {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let lineage = lineage_of(&Planner::open_reading(&self.city)?.city(), &self.code, &today())?;
        output.result(&lineage, || {
            let row = |edge: &Descent| vec![edge.date.clone(), edge.instrument.clone(), edge.parent.clone(), edge.child.clone()];
            let rows: Vec<Vec<String>> = lineage.edges.iter().map(row).collect();
            table(&[output.say("日期", "date"), output.say("整备单元", "instrument"), output.say("由", "from"), output.say("成为", "became")], &rows)
        });
        Ok(())
    }
}

fn known_state(text: &str) -> Outcome<InstrumentState> {
    InstrumentState::parse(text).ok_or_else(|| {
        let known = InstrumentState::ALL.map(InstrumentState::as_str);
        Fault::bad("state", format!("没有状态 {text}"), format!("there is no state {text}"))
            .at("state")
            .help(format!("可用：{}", known.join("、")), format!("known: {}", known.join(", ")))
    })
}
