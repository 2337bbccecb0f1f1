//! `upstairs`: what can be built upwards on a parcel, an outline, a park or the city.

use super::common::{Common, Format, pairs, read_json, report_run, write_json};
use super::output::{OutFile, Output, table};
use crate::domain::Lang;
use crate::domain::fault::Outcome;
use crate::service::Planner;
use crate::service::processes::{self, Finding, Many, One, RollUp, UpstairsAnswer};
use clap::{ArgGroup, Args};
use serde::Serialize;
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
#[command(group = ArgGroup::new("subject").required(true).args(["parcel", "outline", "park", "all"]))]
pub(super) struct Upstairs {
    city: PathBuf,
    /// Code of a parcel
    #[arg(long)]
    parcel: Option<String>,
    /// GeoJSON file with a drawn outline (lon/lat)
    #[arg(long)]
    outline: Option<PathBuf>,
    /// The parcels of a park
    #[arg(long)]
    park: Option<String>,
    /// The parcels of the city
    #[arg(long)]
    all: bool,
    /// Cluster of the rule pack and the fit matrix
    #[arg(long)]
    cluster: Option<String>,
    /// Instead of the present figures: far=4 height=60 …
    #[arg(long, num_args = 1..)]
    set: Vec<String>,
    /// On top of each parcel's own figures: far=0.5 height=10 …
    #[arg(long, num_args = 1.., allow_negative_numbers = true)]
    add: Vec<String>,
    /// Every cluster on every floor band, over the park or city
    #[arg(long)]
    matrix: bool,
    /// Land uses that the roll-up counts (beginnings of codes; `all` for every use); the rule pack's when left out
    #[arg(long, value_delimiter = ',')]
    uses: Option<Vec<String>>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    format: Format,
    #[command(flatten)]
    out: OutFile,
}

impl Upstairs {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let geojson = self.format.is_geojson(&self.out.out)?;
        let mut inputs = json!({
            "set": pairs(&self.set)?, "add": pairs(&self.add)?, "matrix": self.matrix, "all": self.all,
            "parcel": self.parcel, "park": self.park, "cluster": self.cluster, "uses": self.uses,
        });
        if let Some(file) = &self.outline {
            inputs["outline"] = read_json(file)?;
        }
        let planner = Planner::open_reading(&self.city)?;
        let answer = self.common.execute::<processes::Upstairs>(output, &planner, inputs)?;
        if geojson {
            write_json(&self.out, &answer.features(&planner.city()))?;
        } else {
            write_json(&self.out, &answer)?;
        }
        report_run(output, &self.out, answer.run(), || match &answer {
            UpstairsAnswer::One(one) => of_one(output, one),
            UpstairsAnswer::Many(many) => of_many(output, many),
        });
        Ok(())
    }
}

/// The word that a value has in the answer.
fn word(value: &impl Serialize) -> String {
    json!(value).as_str().unwrap_or("—").to_owned()
}

/// Figures of one parcel, then its findings.
fn of_one(output: &Output, one: &One) -> String {
    let figures = &one.result.figures;
    let head = format!(
        "GFA {:.2} m²  {} {}  {} {:.2} m  {} {}  {} {}",
        figures.gfa_m2,
        output.say("层数", "storeys"),
        figures.storeys.len(),
        output.say("高", "height"),
        figures.height_m,
        output.say("控制因素", "binding"),
        one.result.binding.iter().map(|one| one.rule).collect::<Vec<_>>().join(" "),
        output.say("结论", "overall"),
        word(&figures.overall),
    );
    let number = |value: Option<f64>| value.map_or_else(|| "—".to_owned(), |number| format!("{number:.2}"));
    let row = |finding: &Finding| {
        vec![
            word(&finding.verdict),
            if output.lang == Lang::Zh { finding.zh } else { finding.en }.to_owned(),
            number(finding.measured),
            number(finding.limit),
            number(finding.margin),
            finding.unit.to_owned(),
            word(&finding.status),
        ]
    };
    let names = [
        output.say("结果", "verdict"),
        output.say("规则", "rule"),
        output.say("实测", "measured"),
        output.say("限值", "limit"),
        output.say("余量", "margin"),
        output.say("单位", "unit"),
        output.say("状态", "status"),
    ];
    format!("{head}\n{}", table(&names, &figures.findings.iter().map(row).collect::<Vec<_>>()))
}

/// 万㎡, as people read floor space.
fn wan(area_m2: f64) -> String {
    format!("{:.2}", area_m2 / 10_000.0)
}

/// One row a park and the totals; then the what-if and the last completed year against the programme.
fn of_many(output: &Output, answer: &Many) -> String {
    let or_dash = |area: Option<f64>| area.map_or_else(|| "—".to_owned(), wan);
    let row = |name: String, sums: &RollUp, gain: Option<f64>| {
        let mut cells = vec![name, sums.parcels.to_string()];
        cells.extend([sums.built_gfa_m2, sums.allowed_gfa_m2, sums.potential_gfa_m2, sums.remaining_gfa_m2].map(wan));
        cells.push(sums.partial.len().to_string());
        if answer.what_if.is_some() {
            cells.push(or_dash(gain));
        }
        cells
    };
    let mut rows: Vec<Vec<String>> = answer
        .by_park
        .iter()
        .map(|park| {
            let name = [&park.park, &park.name].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
            row(if name.is_empty() { output.say("园区外", "outside parks").to_owned() } else { name }, &park.sums, park.gain_m2)
        })
        .collect();
    rows.push(row(output.say("合计", "total").to_owned(), &answer.totals, answer.what_if.as_ref().map(|what_if| what_if.gain_m2)));
    let mut names = vec![
        output.say("园区", "park"),
        output.say("宗地", "parcels"),
        output.say("已建", "built"),
        output.say("许可", "allowed"),
        output.say("潜力", "potential"),
        output.say("剩余", "remaining"),
        output.say("不全", "partial"),
    ];
    if answer.what_if.is_some() {
        names.push(output.say("增加", "gain"));
    }
    let mut text = format!("{}\n{}", output.say("面积单位：万㎡", "areas in 10⁴ m²"), table(&names, &rows));
    let programme = &answer.programme;
    if let Some(last) = programme.completed.last() {
        text.push_str(&format!(
            "\n{} {}: {} / {} ({})",
            output.say("竣工", "completed in"),
            last.year,
            wan(last.gfa_m2),
            or_dash(programme.target_m2_per_year),
            word(&programme.status),
        ));
    }
    text
}
