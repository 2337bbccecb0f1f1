//! What only packs of the upstairs kinds can get wrong.

use super::is_code;
use crate::domain::catalogue;
use crate::rules::figure::FigureValue;
use crate::rules::pack::Pack;
use crate::rules::problem::Problem;

pub(super) fn problems(pack: &Pack) -> Vec<Problem> {
    let mut found = Vec::new();
    if pack.header.kind == "upstairs-fit" {
        found.extend(
            pack.members("demand").into_iter().filter(|id| catalogue().cluster(id).is_none()).map(|id| {
                Problem::new("cluster", format!("demand.{id}"), format!("目录中没有集群 {id}"), format!("the catalogue has no cluster {id}"))
            }),
        );
    }
    if pack.header.kind != "upstairs" {
        return found;
    }
    found.extend(pack.members("setback.road").into_iter().filter(|class| !is_code("road_class", class)).map(|class| {
        Problem::new("vocabulary", format!("setback.road.{class}"), format!("没有道路等级 {class}"), format!("there is no road class {class}"))
    }));
    if let Some(FigureValue::Numbers(ends)) = pack.figure("storey.bands").map(|figure| &figure.value)
        && (ends.windows(2).any(|pair| pair[0] >= pair[1]) || ends.iter().any(|end| end.fract() != 0.0))
    {
        found.push(Problem::new("order", "storey.bands", "应为递增的整数层号", "should be rising whole storey numbers"));
    }
    if let Some(FigureValue::Texts(levers)) = pack.figure("change.levers").map(|figure| &figure.value) {
        let wanted = levers.iter().flat_map(|lever| ["min", "max", "step", "weight"].map(|part| format!("change.{lever}.{part}")));
        found.extend(
            wanted
                .filter(|path| pack.header.inherits.is_none() && pack.figure(path).is_none())
                .map(|path| Problem::new("figure_missing", path, "可调参数缺少上下界、步长或权重", "a lever lacks a bound, its step or its weight")),
        );
    }
    let named = pack.header.cluster.is_some();
    found.extend(
        ["fire", "vibration", "height", "lift", "load", "process"]
            .iter()
            .filter(|key| !named && pack.figure(&format!("demand.{key}")).is_some())
            .map(|key| {
                Problem::new(
                    "demand_of_nobody",
                    format!("demand.{key}"),
                    "没有写明集群的规则包不能写需求",
                    "a pack without a cluster has nobody's needs to tell",
                )
            }),
    );
    found
}
