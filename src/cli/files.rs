//! `new`, `info`, `export`: a city's file, and files out of it.

use super::common::finite;
use super::output::{OutFile, Output, table};
use super::shape_set::ending;
use super::target::Target;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang, dictionary, units};
use crate::formats::VectorDriver;
use crate::service::exports::{Exported, FileOptions, Format};
use crate::service::items::Selection;
use crate::service::{Planner, Viewer, exports, items, plans};
use crate::store::geopackage::GeoPackage;
use clap::Args;
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
        let (mut layers, mut marks) = (Vec::new(), Vec::new());
        for layer in &dictionary().layers {
            let count = city.named(&layer.name).map_or(0, |table| table.len());
            let area = city
                .named(&layer.name)
                .filter(|_| layer.column("planar_area_m2").is_some())
                .map(|table| (0..table.len()).filter_map(|row| table.number(row, "planar_area_m2")).fold(0.0, |sum, area| sum + area));
            let derived = city.named(&layer.name).map(|table| exports::derived(table, 0..table.len())).unwrap_or_default();
            marks.extend(derived.iter().map(|(mark, count)| format!("{}  {count}  {mark}", layer.name)));
            layers.push(json!({ "derived": derived, "layer": layer.name, "zh": layer.zh, "en": layer.en, "rows": count, "planar_area_m2": area }));
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
            let marks: String = marks.iter().map(|mark| format!("\n{mark}")).collect();
            format!(
                "{head}\n{}{marks}",
                table(&["layer", output.say("图层", "name"), output.say("行数", "rows"), output.say("图形面积 公顷", "planar area ha")], &rows)
            )
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
            ids = plans::one(&planner.city(), &Viewer::local(), plan)?.whole.map(|whole| whole.parcel_codes).or(ids);
        }
        let selection =
            Selection { filter: self.filter, ids, bbox: self.bbox.map(|bounds| bounds.0), datetime: self.datetime, ..Selection::default() };
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
