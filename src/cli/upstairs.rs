//! `upstairs`: what can be built upwards on a parcel, an outline, a park or the city.

use super::analyses::{ending, pairs, read_json, report_run, write_json};
use super::output::{OutFile, Output, table};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang};
use crate::service::analyses::Control;
use crate::service::analyses::{execute, upstairs_as_geojson};
use crate::service::{Planner, Viewer};
use clap::{ArgGroup, Args};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Args)]
#[command(group = ArgGroup::new("subject").required(true).args(["parcel", "outline", "park", "all"]))]
pub struct Upstairs {
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
    #[arg(long)]
    as_of: Option<String>,
    /// json or geojson; by the file's ending when left out
    #[arg(long)]
    format: Option<String>,
    #[command(flatten)]
    out: OutFile,
}

impl Upstairs {
    pub fn run(self, output: &Output) -> Outcome<()> {
        let geojson = match self.format.as_deref().unwrap_or(ending(&self.out.out)) {
            "geojson" => true,
            "json" => false,
            _ if self.format.is_none() => false,
            other => {
                return Err(Fault::bad("format", format!("没有格式 {other}"), format!("there is no format {other}"))
                    .help("json 或 geojson", "json or geojson"));
            }
        };
        let mut inputs = json!({ "set": pairs(&self.set)?, "add": pairs(&self.add)?, "matrix": self.matrix, "all": self.all });
        let given = [
            ("parcel", json!(self.parcel)),
            ("park", json!(self.park)),
            ("cluster", json!(self.cluster)),
            ("as_of", json!(self.as_of)),
            ("uses", json!(self.uses)),
        ];
        for (name, value) in given {
            inputs[name] = value;
        }
        if let Some(file) = &self.outline {
            inputs["outline"] = read_json(file)?;
        }
        let planner = Planner::open_reading(&self.city)?;
        let bar = output.bar(Some(100));
        let control = Control { stop: &|| false, progress: &|share| bar.set_position((share * 100.0) as u64) };
        let answer = execute(&planner.city(), &Viewer::local(), "upstairs", &inputs, control);
        bar.finish_and_clear();
        let answer = answer?;
        write_json(&self.out, &if geojson { upstairs_as_geojson(&planner.city(), &answer)? } else { answer.clone() })?;
        report_run(output, &self.out, &answer, || if answer.get("totals").is_some() { of_many(output, &answer) } else { of_one(output, &answer) });
        Ok(())
    }
}

/// Figures of one parcel, then its findings.
fn of_one(output: &Output, answer: &Value) -> String {
    let number = |name: &str| answer[name].as_f64().map_or_else(|| "—".to_owned(), |value| format!("{value:.2}"));
    let binding: Vec<&str> = answer["binding"].as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(|one| one["rule"].as_str()).collect();
    let head = format!(
        "GFA {} m²  {} {}  {} {} m  {} {}  {} {}",
        number("gfa_m2"),
        output.say("层数", "storeys"),
        answer["storeys"].as_array().map_or(0, Vec::len),
        output.say("高", "height"),
        number("height_m"),
        output.say("控制因素", "binding"),
        binding.join(" "),
        output.say("结论", "overall"),
        answer["overall"].as_str().unwrap_or_default(),
    );
    let text = |value: &Value| value.as_f64().map_or_else(|| value.as_str().unwrap_or("—").to_owned(), |number| format!("{number:.2}"));
    let name = if output.lang == Lang::Zh { "zh" } else { "en" };
    let findings = answer["findings"].as_array().map_or(&[][..], Vec::as_slice);
    let rows: Vec<Vec<String>> = findings
        .iter()
        .map(|finding| ["verdict", name, "measured", "limit", "margin", "unit", "status"].map(|column| text(&finding[column])).to_vec())
        .collect();
    let names = [
        output.say("结果", "verdict"),
        output.say("规则", "rule"),
        output.say("实测", "measured"),
        output.say("限值", "limit"),
        output.say("余量", "margin"),
        output.say("单位", "unit"),
        output.say("状态", "status"),
    ];
    format!("{head}\n{}", table(&names, &rows))
}

/// 万㎡, as people read floor space.
fn wan(value: &Value) -> String {
    value.as_f64().map_or_else(|| "—".to_owned(), |area| format!("{:.2}", area / 10_000.0))
}

/// One row a park and the totals; then the what-if and the last completed year against the programme.
fn of_many(output: &Output, answer: &Value) -> String {
    let what_if = &answer["what_if"];
    let row = |name: String, sums: &Value, gain: &Value| {
        let mut cells = vec![name, sums["parcels"].to_string()];
        cells.extend(["built_gfa_m2", "allowed_gfa_m2", "potential_gfa_m2", "remaining_gfa_m2"].map(|member| wan(&sums[member])));
        cells.push(sums["partial"].as_array().map_or(0, Vec::len).to_string());
        if !what_if.is_null() {
            cells.push(wan(gain));
        }
        cells
    };
    let parks = answer["by_park"].as_array().map_or(&[][..], Vec::as_slice);
    let mut rows: Vec<Vec<String>> = parks
        .iter()
        .map(|park| {
            let name = [&park["park"], &park["name"]].into_iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
            row(if name.is_empty() { output.say("园区外", "outside parks").to_owned() } else { name }, park, &park["gain_m2"])
        })
        .collect();
    rows.push(row(output.say("合计", "total").to_owned(), &answer["totals"], &what_if["gain_m2"]));
    let mut names = vec![
        output.say("园区", "park"),
        output.say("宗地", "parcels"),
        output.say("已建", "built"),
        output.say("许可", "allowed"),
        output.say("潜力", "potential"),
        output.say("剩余", "remaining"),
        output.say("不全", "partial"),
    ];
    if !what_if.is_null() {
        names.push(output.say("增加", "gain"));
    }
    let mut text = format!("{}\n{}", output.say("面积单位：万㎡", "areas in 10⁴ m²"), table(&names, &rows));
    let programme = &answer["programme"];
    if let Some(last) = programme["completed"].as_array().and_then(|years| years.last()) {
        text.push_str(&format!(
            "\n{} {}: {} / {} ({})",
            output.say("竣工", "completed in"),
            last["year"],
            wan(&last["gfa_m2"]),
            wan(&programme["target_m2_per_year"]),
            programme["status"].as_str().unwrap_or("—"),
        ));
    }
    text
}
