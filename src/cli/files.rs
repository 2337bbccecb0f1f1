//! `new`, `info`, `import`, `export`: files in and out of a city.

use super::common::finite;
use super::output::{OutFile, Output, table};
use super::target::{Target, ending};
use crate::cli::command_line;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, ImportProfile, Lang, WriteMode, dictionary, units};
use crate::formats::{Limits, VectorDriver};
use crate::intake::{ImportOptions, OnInvalid};
use crate::service::exports::{Exported, FileOptions, Format};
use crate::service::items::Selection;
use crate::service::{Planner, Viewer, exports, items, plans};
use crate::store::geopackage::GeoPackage;
use clap::{Args, ValueEnum};
use serde_json::json;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct New {
    /// City file to make
    city: PathBuf,
    /// Working CRS: projected, in metres
    #[arg(long)]
    crs: String,
    /// Name of the city
    #[arg(long)]
    name: Option<String>,
}

impl New {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let name = self.name.unwrap_or_else(|| self.city.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default());
        GeoPackage::create(&self.city, &self.crs, &name, false, &crate::service::today())?;
        output.result(&json!({ "city": self.city, "crs": self.crs, "name": name }), || format!("{}  {}  {name}", self.city.display(), self.crs));
        Ok(())
    }
}

#[derive(Args)]
pub(super) struct Info {
    city: PathBuf,
}

impl Info {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let planner = Planner::open_reading(&self.city)?;
        let city = planner.city();
        let info = city.info();
        let mut layers = Vec::new();
        for layer in &dictionary().layers {
            let count = city.named(&layer.name).map_or(0, |table| table.len());
            let area = city
                .named(&layer.name)
                .filter(|_| layer.column("planar_area_m2").is_some())
                .map(|table| (0..table.len()).filter_map(|row| table.number(row, "planar_area_m2")).sum::<f64>());
            layers.push(json!({ "layer": layer.name, "zh": layer.zh, "en": layer.en, "rows": count, "planar_area_m2": area }));
        }
        let extent = city.extent().map(|extent| city.lon_lat_box(extent));
        let value = json!({ "name": info.name, "crs": info.crs, "revision": info.revision, "sample": info.sample, "as_of": info.as_of, "bbox": extent, "layers": layers });
        output.result(&value, || {
            let rows: Vec<Vec<String>> = layers
                .iter()
                .map(|layer| {
                    let name = if output.lang == Lang::Zh { &layer["zh"] } else { &layer["en"] };
                    vec![
                        layer["layer"].as_str().unwrap_or_default().to_owned(),
                        name.as_str().unwrap_or_default().to_owned(),
                        layer["rows"].to_string(),
                        layer["planar_area_m2"].as_f64().map(|area| format!("{:.2}", units::hectares(area))).unwrap_or_default(),
                    ]
                })
                .collect();
            let head = match output.lang {
                Lang::Zh => format!("{}  {}  修订 {}  截至 {}", info.name, info.crs, info.revision, info.as_of),
                Lang::En => format!("{}  {}  revision {}  as of {}", info.name, info.crs, info.revision, info.as_of),
            };
            format!(
                "{head}\n{}",
                table(&["layer", output.say("图层", "name"), output.say("行数", "rows"), output.say("图形面积 公顷", "planar area ha")], &rows)
            )
        });
        Ok(())
    }
}

#[derive(Clone, Copy, ValueEnum, Default)]
enum Invalid {
    #[default]
    Repair,
    Reject,
}

#[derive(Clone, Copy, ValueEnum, Default)]
enum Mode {
    #[default]
    Add,
    Update,
    Replace,
}

#[derive(Args)]
pub(super) struct Import {
    city: PathBuf,
    /// Our layer
    #[arg(long)]
    layer: String,
    /// File to read
    file: PathBuf,
    /// Layer, sheet or archive member of the file
    #[arg(long)]
    source_layer: Option<String>,
    /// CRS of the file, over what it declares
    #[arg(long)]
    crs: Option<String>,
    /// Encoding of the file's texts
    #[arg(long)]
    encoding: Option<String>,
    /// ours=theirs; theirs may be sum(field), max(field), first(field), each also `* factor`
    #[arg(long, num_args = 1..)]
    map: Vec<String>,
    /// Saved mapping (TOML: key, crs, encoding, source_layer, layer, [map])
    #[arg(long)]
    profile: Option<PathBuf>,
    /// The file's field that is our key; @row numbers the rows
    #[arg(long)]
    key: Option<String>,
    #[arg(long, value_enum, default_value_t)]
    mode: Mode,
    /// Invalid geometry: repair (default) or reject; a damaged file (open rings, NaN) is refused whole unless this is given
    #[arg(long, value_enum)]
    on_invalid: Option<Invalid>,
    /// Read and report, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write the report (JSON) here as well
    #[arg(long)]
    report: Option<PathBuf>,
    /// Replace an existing report
    #[arg(long)]
    force: bool,
}

impl Import {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let profile = match &self.profile {
            None => ImportProfile::default(),
            Some(path) => {
                let place = path.display().to_string();
                let text = std::fs::read_to_string(path).map_err(|error| {
                    Fault::bad("profile", format!("读不了映射文件：{error}"), format!("cannot read the profile: {error}")).at(place.clone())
                })?;
                ImportProfile::parse(&text).map_err(|fault| fault.at(place))?
            }
        };
        let mut map: Vec<(String, String)> = profile.map.into_iter().collect();
        for pair in &self.map {
            let (ours, theirs) = pair.split_once('=').ok_or_else(|| {
                Fault::bad("map", format!("映射应写作 我方=对方：{pair}"), format!("write a mapping as ours=theirs: {pair}")).at("--map")
            })?;
            map.retain(|(known, _)| known != ours);
            map.push((ours.to_owned(), theirs.to_owned()));
        }
        let options = ImportOptions {
            layer: self.layer,
            source_layer: self.source_layer.or(profile.source_layer),
            crs: self.crs.or(profile.crs),
            encoding: self.encoding.or(profile.encoding),
            map,
            key: self.key.or(profile.key),
            on_invalid: match self.on_invalid.unwrap_or_default() {
                Invalid::Repair => OnInvalid::Repair,
                Invalid::Reject => OnInvalid::Reject,
            },
            mode: match self.mode {
                Mode::Add => WriteMode::Add,
                Mode::Update => WriteMode::Update,
                Mode::Replace => WriteMode::Replace,
            },
            limits: Limits::default(),
        };
        let report_to = self.report.as_deref().map(|path| Target::of(path, self.force)).transpose()?;
        // A dry run only reads, and so works beside a server.
        let planner = if self.dry_run { Planner::open_reading(&self.city)? } else { Planner::open(&self.city, &command_line::typed())? };
        let bar = output.bar(None);
        bar.set_message(self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default());
        let imported = planner.import(&Viewer::local(), &self.file, &options, self.dry_run, self.on_invalid.is_some(), &|done, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(done);
            true
        })?;
        bar.finish_and_clear();
        let mut report = serde_json::to_value(&imported.report).map_err(|error| Fault::internal("json", error))?;
        report["dry_run"] = json!(self.dry_run);
        report["revision"] = json!(imported.revision);
        if let Some(target) = report_to {
            target.write(|path| std::fs::write(path, format!("{report:#}\n")).map_err(|error| Fault::internal("write", error))).map_err(
                |mut fault| {
                    if !self.dry_run {
                        fault.zh = format!("已导入，但写不了报告：{}", fault.zh);
                        fault.en = format!("imported, but the report was not written: {}", fault.en);
                    }
                    fault
                },
            )?;
        }
        output.result(&report, || {
            let foot = match (imported.revision, output.lang) {
                (None, Lang::Zh) => "试运行：未写入".to_owned(),
                (None, Lang::En) => "dry run: nothing was written".to_owned(),
                (Some(revision), Lang::Zh) => format!("已写入，修订 {revision}"),
                (Some(revision), Lang::En) => format!("written, revision {revision}"),
            };
            format!("{}\n{foot}", imported.report.text(output.lang).trim_end())
        });
        Ok(())
    }
}

#[derive(Args)]
pub(super) struct Export {
    city: PathBuf,
    #[arg(long)]
    layer: String,
    /// CQL2 text
    #[arg(long)]
    filter: Option<String>,
    /// west,south,east,north in degrees
    #[arg(long, value_parser = bounds, allow_hyphen_values = true)]
    bbox: Option<Bounds>,
    /// Codes, parted by commas
    #[arg(long, value_delimiter = ',')]
    ids: Option<Vec<String>>,
    /// The land that stood on a day, or from/to (layers parcel and plan_parcel)
    #[arg(long)]
    datetime: Option<String>,
    /// Parcels of a plan
    #[arg(long)]
    plan: Option<String>,
    #[command(flatten)]
    out: OutFile,
    #[arg(long, help = format!("{} (default: by the file's ending)", Format::NAMES.join(", ")))]
    format: Option<String>,
    /// CRS of the file (GeoJSON is always lon/lat)
    #[arg(long)]
    crs: Option<String>,
    /// Encoding of a Shapefile's texts: UTF-8 or GB18030
    #[arg(long)]
    encoding: Option<String>,
    /// Decimals of GeoJSON coordinates
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(0..=15))]
    precision: u32,
}

impl Export {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let planner = Planner::open_reading(&self.city)?;
        let ending = ending(&self.out.out);
        let by_ending = match ending.as_str() {
            "" => "geojson",
            "zip" => "shp",
            other => other,
        };
        let format = Format::parse(self.format.as_deref().unwrap_or(by_ending))?;
        // A Shapefile under its own ending is several files; as a zip, on stdout or under another name it is one.
        let parts = ending == "shp" && format == Format::Vector(VectorDriver::Shapefile);
        if parts {
            Target::shapefile(&self.out.out, self.out.force)?;
        }
        let mut ids = self.ids;
        if let Some(plan) = &self.plan {
            ids = plans::one(&planner.city(), plan)?.whole.map(|whole| whole.parcel_codes).or(ids);
        }
        let selection = Selection { filter: self.filter, ids, bbox: self.bbox.map(|bounds| bounds.0), sortby: None, datetime: self.datetime };
        let city = planner.city();
        let selected = items::select(&city, &Viewer::guest(), &self.layer, &selection)?;
        if let Some(missing) = selection.ids.iter().flatten().find(|id| selected.table.row_of(id).is_none()) {
            return Err(Fault::bad(
                "no_such_item",
                format!("{} 中没有 {missing}，未导出", self.layer),
                format!("{} has no item {missing}; nothing was exported", self.layer),
            ));
        }
        let options = FileOptions {
            format,
            precision: self.precision,
            crs: self.crs.as_deref(),
            encoding: self.encoding.as_deref(),
            lang: output.lang,
            properties: None,
        };
        let count = selected.rows.len();
        let mut exported = Exported::default();
        if parts {
            Target::shapefile(&self.out.out, self.out.force)?.write_shapefile(|folder, stem| {
                let (parts, done) = exports::export_shapefile(&city, &selected, &options, folder, stem)?;
                exported = done;
                Ok(parts)
            })?;
        } else {
            self.out.write(|path| exports::export_file(&city, &selected, &options, path).map(|done| exported = done))?;
        }
        output.notice(format!("已导出 {count} 个要素"), format!("exported {count} features"));
        if selected.table.layer().is_spatial()
            && let Some(doubt) = self.crs.as_deref().map(|crs| exports::doubt(&city, crs)).transpose()?.flatten()
        {
            output.notice(doubt.0, doubt.1);
        }
        for (zh, en) in exported.notices() {
            output.notice(zh, en);
        }
        if self.out.out.as_os_str() != "-" {
            let mut told = serde_json::to_value(&exported).map_err(|error| Fault::internal("json", error))?;
            told["out"] = json!(self.out.out);
            told["layer"] = json!(self.layer);
            output.result(&told, || format!("{count}  {}", self.out.out.display()));
        }
        Ok(())
    }
}

/// A box in degrees.
#[derive(Clone, Copy)]
struct Bounds([f64; 4]);

/// `west,south,east,north`.
fn bounds(text: &str) -> Result<Bounds, String> {
    let numbers = text.split(',').map(|number| finite(number.trim())).collect::<Result<Vec<f64>, String>>()?;
    let bounds =
        <[f64; 4]>::try_from(numbers).map_err(|numbers| format!("four numbers are needed (west,south,east,north), not {}", numbers.len()))?;
    if bounds[1] > bounds[3] { Err("south lies north of north".to_owned()) } else { Ok(Bounds(bounds)) }
}
