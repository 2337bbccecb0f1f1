//! A staged file as it is found, before anything is settled.

use super::settings::ImportSettings;
use super::staged::locked;
use crate::domain::fault::Outcome;
use crate::domain::{Column, Fault, FaultKind, LayerId};
use crate::formats::Progress;
use crate::intake::{Inspection, inspect};
use crate::service::Viewer;
use crate::service::edits::PLANNERS_LAYERS;
use crate::service::import::{context, layer_named};
use crate::service::imports::Intake;
use serde::Serialize;
use utoipa::ToSchema;

/// What a staged file is, by the settings so far.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportPreview {
    /// The revision of the city that it was held against.
    pub revision: i64,
    /// Layers of a file that has several; one of them is chosen by `source_layer`.
    pub layers: Vec<String>,
    /// Columns of our layer that a file can fill.
    pub columns: Vec<ImportColumn>,
    /// None where a layer must be chosen first.
    #[schema(required)]
    pub inspection: Option<Inspection>,
}

/// A column that a file can fill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportColumn {
    pub name: String,
    pub zh: String,
    pub en: String,
    #[schema(required)]
    pub unit: Option<String>,
    /// A row without it is not taken.
    pub required: bool,
    /// It names the row.
    pub key: bool,
}

fn columns(layer: LayerId) -> Vec<ImportColumn> {
    let layer = layer.layer();
    let told = |column: &Column| ImportColumn {
        name: column.name.clone(),
        zh: column.zh.clone(),
        en: column.en.clone(),
        unit: column.unit.clone(),
        required: column.required || column.name == layer.key,
        key: column.name == layer.key,
    };
    layer.columns.iter().filter(|column| !column.computed).map(told).collect()
}

/// Looks at a staged file.
///
/// # Errors
/// 401, 403, 404 for another's; 400 for a file that cannot be read.
pub fn preview(intake: &Intake, viewer: &Viewer, id: &str, settings: &ImportSettings, progress: Progress<'_>) -> Outcome<ImportPreview> {
    viewer.planner()?;
    let staged = intake.uploads.find(viewer, id)?;
    let (city, layer) = (intake.planner.city(), planners_layer(&settings.layer)?);
    let found = inspect(&staged.main, &settings.options(), &context(&city, layer), progress);
    let choices = found.as_ref().err().filter(|fault| fault.code == "several_layers").map(|fault| {
        fault.fields.iter().filter(|(pointer, _, _)| pointer == "/source_layer").map(|(_, choice, _)| choice.clone()).collect::<Vec<_>>()
    });
    if let Some(choices) = choices {
        locked(&staged.state).layers.clone_from(&choices);
        return Ok(ImportPreview { revision: city.revision, layers: choices, columns: columns(layer), inspection: None });
    }
    let layers = locked(&staged.state).layers.clone();
    Ok(ImportPreview { revision: city.revision, layers, columns: columns(layer), inspection: Some(found?) })
}

/// A layer that is brought by this way; others are refused before the file is looked at: what is held against them must not be told here.
pub(super) fn planners_layer(name: &str) -> Outcome<LayerId> {
    let layer = layer_named(name)?;
    if PLANNERS_LAYERS.contains(&layer) {
        return Ok(layer);
    }
    let known: Vec<&str> = PLANNERS_LAYERS.into_iter().map(LayerId::name).collect();
    Err(Fault::new(
        FaultKind::Forbidden,
        "layer_not_imported_here",
        format!("{} 不从这里导入", layer.layer().zh),
        format!("{} are not imported here", layer.layer().en),
    )
    .at("/layer")
    .help(format!("可导入：{}", known.join("、")), format!("these are: {}", known.join(", "))))
}
