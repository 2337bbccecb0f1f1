//! `match`: floors and parcels for a requirement.

use super::common::{Common, not_written, read_json, write_json};
use super::output::{OutFile, Output, table};
use super::shape_set::ending;
use crate::domain::columns::district;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LayerId, catalogue};
use crate::rules::Verdict;
use crate::service::Planner;
use crate::service::processes::{self, Criterion, Matching, Measure, Offered, Site};
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A requirement as people write it; what is left out is no criterion.
const EXAMPLE: &str = r#"A requirement is a JSON file; what is left out is no criterion:
  {"cluster": "c24-robot", "area_min_m2": 1500, "area_max_m2": 3000, "load_kn_m2": 8, "height_m": 4.5,
   "power_kva": 200, "fire_class": "丙", "districts": ["440306"], "by": "2027-03-01"}"#;

#[derive(Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Match {
    city: PathBuf,
    /// The requirement (JSON file)
    #[arg(long)]
    need: PathBuf,
    /// Only floors or only parcels
    #[arg(long, value_enum, value_delimiter = ',')]
    kinds: Vec<Kinds>,
    /// Only these places: codes of floors or parcels
    #[arg(long, value_delimiter = ',')]
    sites: Vec<String>,
    /// How many of the best to list
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    /// How many of the best to pass over
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    offset: u32,
    #[command(flatten)]
    common: Common,
    /// json, geojson, csv or xlsx (default: by the file's ending)
    #[arg(long, requires = "out")]
    format: Option<String>,
    /// Also write the answer to a file; `-` is stdout
    #[arg(long)]
    out: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kinds {
    Floor,
    Parcel,
}

enum Format {
    Json,
    GeoJson,
    Csv,
    Xlsx,
}

impl Match {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let format = self.out.as_deref().map(|out| format(self.format.as_deref(), out)).transpose()?;
        let need = read_json(&self.need)?;
        let planner = Planner::open_reading(&self.city)?;
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| if matches!(kind, Kinds::Floor) { "floor" } else { "parcel" }).collect();
        let inputs = json!({ "need": need, "kinds": kinds, "sites": self.sites, "limit": self.limit, "offset": self.offset });
        let answer = self.common.execute::<processes::Match>(output, &planner, inputs)?;
        let to_stdout = self.out.as_ref().is_some_and(|out| out.as_os_str() == "-");
        if let Some((out, format)) = self.out.zip(format) {
            let file = OutFile { out, force: self.force };
            match format {
                Format::Json => write_json(&file, &answer)?,
                Format::GeoJson => write_json(&file, &answer.features(&planner.city()))?,
                Format::Xlsx => {
                    let book = answer.workbook(output.lang)?;
                    file.write_bytes(&book)?;
                }
                Format::Csv => file.write(|path| {
                    let csv = std::fs::File::create(path).map_err(|error| Fault::internal("write", error))?;
                    answer.write_csv(&planner.city(), csv)
                })?,
            }
        }
        if !to_stdout {
            let districts = planner.city().table(LayerId::District).clone();
            let named = |code: &str| districts.row_of(code).and_then(|row| districts.text(row, district::NAME)).unwrap_or(code).to_owned();
            output.result(&answer, || readable(output, &answer, &named));
        }
        Ok(())
    }
}

fn format(said: Option<&str>, out: &Path) -> Outcome<Format> {
    let by_ending = ending(out);
    Ok(match said.unwrap_or(&by_ending) {
        "json" | "" => Format::Json,
        "geojson" => Format::GeoJson,
        "csv" => Format::Csv,
        "xlsx" => Format::Xlsx,
        other if said.is_some() => {
            return Err(Fault::bad("format", format!("没有格式 {other}"), format!("there is no format {other}"))
                .help("json、geojson、csv 或 xlsx", "json, geojson, csv or xlsx"));
        }
        other => return Err(not_written(other, "json、geojson、csv、xlsx", "json, geojson, csv, xlsx")),
    })
}

/// The counts, then one row per site with a mark per criterion, then the changes of the best.
fn readable(output: &Output, answer: &Matching, named: &dyn Fn(&str) -> String) -> String {
    let counts = &answer.counts;
    let head = match output.lang {
        crate::domain::Lang::Zh => format!(
            "候选 {}（楼层 {}，宗地 {}），全部符合 {}，无不符 {}；权重未经核定：{}",
            counts.candidates, counts.floors, counts.parcels, counts.fit_all, counts.fail_none, answer.weights.source
        ),
        crate::domain::Lang::En => format!(
            "{} candidates ({} floors, {} parcels), {} fit all, {} fail nothing; weights not confirmed: {}",
            counts.candidates, counts.floors, counts.parcels, counts.fit_all, counts.fail_none, answer.weights.source
        ),
    };
    let stated: Vec<Criterion> = counts.criteria.iter().map(|count| count.id).collect();
    let mut names = vec![
        output.say("名次", "rank"),
        output.say("楼层或宗地", "floor or parcel"),
        output.say("园区", "park"),
        output.say("行政区", "district"),
        output.say("状态", "state"),
    ];
    names.extend(stated.iter().map(|criterion| name(output, *criterion)));
    names.push(output.say("代价", "cost"));
    let row = |site: &Site| {
        let mut cells = vec![
            site.rank.to_string(),
            site.id.clone(),
            site.park.clone().unwrap_or_default(),
            site.district.as_deref().map(named).unwrap_or_default(),
            state(output, site.state).to_owned(),
        ];
        cells.extend(stated.iter().map(|criterion| told(output, site, *criterion)));
        cells.push(format!("{:.3}", site.cost));
        cells
    };
    let rows: Vec<Vec<String>> = answer.sites.iter().map(row).collect();
    if rows.is_empty() {
        return format!("{head}\n{}", output.say("没有候选", "no candidates"));
    }
    format!("{head}\n{}", table(&names, &rows))
}

fn name(output: &Output, criterion: Criterion) -> &'static str {
    let (zh, en) = match criterion {
        Criterion::Cluster => ("集群", "cluster"),
        Criterion::Area => ("面积", "area"),
        Criterion::Load => ("荷载", "load"),
        Criterion::Height => ("层高", "height"),
        Criterion::Power => ("供电", "power"),
        Criterion::Fire => ("火险", "fire"),
        Criterion::Date => ("日期", "date"),
    };
    if output.lang == crate::domain::Lang::Zh { zh } else { en }
}

fn state<'a>(output: &Output, state: Offered) -> &'a str {
    let (zh, en) = match state {
        Offered::Vacant => ("空置", "vacant"),
        Offered::Let => ("出租", "let"),
        Offered::Spare => ("可建", "spare"),
    };
    if output.lang == crate::domain::Lang::Zh { zh } else { en }
}

/// `✓ 8`, `✗ 5→8`, `?`.
fn told(output: &Output, site: &Site, criterion: Criterion) -> String {
    let Some(one) = site.criteria.iter().find(|one| one.id == criterion) else { return String::new() };
    let mark = match one.verdict {
        Verdict::Pass => "✓",
        Verdict::Fail => "✗",
        Verdict::Unknown => "?",
    };
    let text = |measure: Option<&Measure>| match measure {
        None => String::new(),
        Some(Measure::Number(number)) => format!("{number:.1}"),
        Some(Measure::Text(text)) => match text.as_str() {
            "now" => output.say("现在", "now").to_owned(),
            "fit" => output.say("适宜", "fits").to_owned(),
            "retrofit" => output.say("改造后适宜", "after retrofit").to_owned(),
            "unfit" => output.say("不适宜", "does not fit").to_owned(),
            id => catalogue().cluster(id).map_or(id, |cluster| output.say(&cluster.zh, &cluster.en)).to_owned(),
        },
    };
    // A date is waited for: what there is and what it takes are the same day.
    let change = site.change.iter().find(|change| change.criterion == criterion && criterion != Criterion::Date);
    let to = change.map(|change| format!("→{}", text(change.to.as_ref())));
    format!("{mark} {}{}", text(one.have.as_ref()), to.unwrap_or_default()).trim_end().to_owned()
}
