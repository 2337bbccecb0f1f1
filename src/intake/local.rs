//! Local coordinates: the transformation that a person states, checked and told.

use super::report::{ControlPoint, LocalReport, Notice};
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LocalFrame, provenance};
use crate::formats::Crs;
use crate::spatial::similarity::Similarity;
use geo_types::Coord;
use serde_json::json;

/// A scale beyond this from 1 is told: city systems keep lengths to some parts in a hundred thousand.
const UNUSUAL_SCALE: f64 = 1e-3;

/// A local system, ready to be used.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub similarity: Similarity,
    pub to: Crs,
    pub told: LocalReport,
}

/// Reads what was stated.
///
/// # Errors
/// What is missing, stated twice or cannot be.
pub(crate) fn settle(frame: &LocalFrame) -> Outcome<Local> {
    if frame.to.trim().is_empty() {
        return Err(bad("没有说明地方坐标转换到哪个坐标系（to）", "the CRS that the local coordinates lead to (to) is not given"));
    }
    let to = Crs::parse(&frame.to)?;
    if to.is_geographic() {
        return Err(bad("四参数转换的目标应为投影坐标系（米），不能是经纬度", "four parameters lead to a projected CRS in metres, not to degrees"));
    }
    let stated = [frame.dx, frame.dy, frame.scale, frame.ppm, frame.rotation];
    if stated.iter().flatten().chain(frame.points.iter().flatten()).any(|number| !number.is_finite()) {
        return Err(bad("参数和控制点须为有限数", "parameters and control points are finite numbers"));
    }
    let fitted = if frame.points.is_empty() { None } else { Some(fit(frame)?) };
    let (similarity, points, deviation_m) = match fitted {
        Some((similarity, points, deviation_m)) => (similarity, points, Some(deviation_m)),
        None => (by_parameters(frame)?, Vec::new(), None),
    };
    if !(0.5..2.0).contains(&similarity.scale()) {
        let scale = similarity.scale();
        return Err(bad(
            format!("比例为 {scale:.6}，不像同一单位（米）的两套坐标：请核对参数、单位或控制点的对应"),
            format!("the scale is {scale:.6}: both systems are to be in metres; check the parameters, the unit, or which point is which"),
        ));
    }
    let told = LocalReport {
        to: to.label().to_owned(),
        dx: similarity.dx,
        dy: similarity.dy,
        scale: similarity.scale(),
        rotation_deg: similarity.rotation_deg(),
        points,
        deviation_m,
    };
    Ok(Local { similarity, to, told })
}

fn by_parameters(frame: &LocalFrame) -> Outcome<Similarity> {
    let (Some(dx), Some(dy)) = (frame.dx, frame.dy) else {
        return Err(bad("四参数缺少 dx 或 dy", "dx or dy of the four parameters is missing"));
    };
    let scale = match (frame.scale, frame.ppm) {
        (Some(_), Some(_)) => return Err(bad("scale 与 ppm 只能给一个", "give scale or ppm, not both")),
        (Some(scale), None) => scale,
        (None, ppm) => 1.0 + ppm.unwrap_or(0.0) * 1e-6,
    };
    if scale <= 0.0 {
        return Err(bad("比例须大于 0", "the scale is above 0"));
    }
    Ok(Similarity::new(dx, dy, scale, frame.rotation.unwrap_or(0.0)))
}

fn fit(frame: &LocalFrame) -> Outcome<(Similarity, Vec<ControlPoint>, f64)> {
    if [frame.dx, frame.dy, frame.scale, frame.ppm, frame.rotation].iter().any(Option::is_some) {
        return Err(bad("参数与控制点只能给一种", "give parameters or control points, not both"));
    }
    let pairs = |swap: bool| -> Vec<(Coord<f64>, Coord<f64>)> {
        let pair = |p: &[f64; 4]| (if swap { Coord { x: p[1], y: p[0] } } else { Coord { x: p[0], y: p[1] } }, Coord { x: p[2], y: p[3] });
        frame.points.iter().map(pair).collect()
    };
    let fitted = Similarity::fit(&pairs(false))
        .ok_or_else(|| bad("至少需要两个位置不同的控制点", "at least two control points at different places are needed"))?;
    // A similarity cannot mirror: local systems that write the northing first show by residuals that swapping takes away.
    let swapped = Similarity::fit(&pairs(true)).filter(|_| frame.points.len() > 2);
    if swapped.is_some_and(|swapped| fitted.deviation_m > 1.0 && swapped.deviation_m < fitted.deviation_m / 100.0) {
        return Err(bad(
            format!("控制点残差达 {:.1} 米，而把地方坐标的两轴对调后吻合：请按 x（东）、y（北）书写", fitted.deviation_m),
            format!("the control points are {:.1} m off, and fit with the local axes swapped: write x (east), then y (north)", fitted.deviation_m),
        ));
    }
    let point =
        |(given, off): (&[f64; 4], &Coord<f64>)| ControlPoint { local: [given[0], given[1]], to: [given[2], given[3]], off_m: [off.x, off.y] };
    let points = frame.points.iter().zip(&fitted.residuals).map(point).collect();
    Ok((fitted.similarity, points, fitted.deviation_m))
}

fn bad(zh: impl Into<String>, en: impl Into<String>) -> Fault {
    Fault::bad("local_frame", zh, en).at("--local").help(
        "写作 --local to=EPSG:4547,dx=…,dy=…,scale=…,rotation=…（x 向东、y 向北，rotation 为逆时针度数），或配置文件 [local.名称] 的名称，或 --control 控制点.csv（每行：地方 x,地方 y,X,Y）",
        "write --local to=EPSG:4547,dx=…,dy=…,scale=…,rotation=… (x east, y north, rotation in degrees counter-clockwise), or the name of a [local.NAME] of the configuration, or --control POINTS.csv (a line each: local x,local y,X,Y)",
    )
}

/// The refusal of `--crs local` without a system.
pub(crate) fn undefined() -> Fault {
    bad("--crs local 需要说明地方坐标系的参数", "--crs local needs to be told the local system's parameters")
}

impl LocalReport {
    /// What the rows' source says of it.
    pub(crate) fn mark(&self) -> String {
        let LocalReport { to, dx, dy, scale, rotation_deg, .. } = self;
        format!("{}{to} dx={dx:.4} dy={dy:.4} scale={scale:.9} rotation={rotation_deg:.9}]", provenance::LOCAL)
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        let LocalReport { to, dx, dy, scale, rotation_deg, .. } = self;
        let parameters = format!("dx {dx:.4} m, dy {dy:.4} m, k {scale:.9}, θ {rotation_deg:.9}°");
        let (fit_zh, fit_en) = match (self.deviation_m, self.points.len()) {
            (None, _) => (String::new(), String::new()),
            (Some(_), 2) => (
                "；由 2 个控制点求得，没有多余观测，精度无从检验".to_owned(),
                "; from 2 control points, which leave nothing to check it by".to_owned(),
            ),
            (Some(deviation), count) => {
                let most = self.points.iter().map(|point| point.off_m[0].hypot(point.off_m[1])).fold(0.0, f64::max);
                (
                    format!("；由 {count} 个控制点平差求得，单位权中误差 {deviation:.3} 米，最大残差 {most:.3} 米"),
                    format!("; from {count} control points by least squares: standard deviation {deviation:.3} m, largest residual {most:.3} m"),
                )
            }
        };
        let items = self.points.iter().map(|point| json!({ "local": point.local, "to": point.to, "off_m": point.off_m })).collect();
        let mut told = vec![
            Notice::new(
                "crs_local",
                format!("地方坐标按四参数转换到 {to}：{parameters}{fit_zh}"),
                format!("local coordinates were brought to {to} by four parameters: {parameters}{fit_en}"),
            )
            .with(items),
        ];
        if (scale - 1.0).abs() > UNUSUAL_SCALE {
            told.push(Notice::new(
                "local_scale",
                format!("四参数的比例 {scale:.6} 与 1 相差较大，面积随之改变 {:.2} %，请核对", (scale * scale - 1.0) * 100.0),
                format!("the scale {scale:.6} is far from 1 and changes areas by {:.2} %: check it", (scale * scale - 1.0) * 100.0),
            ));
        }
        told
    }
}
