//! A city survey's own coordinates as they are stated on the command line.

use crate::config::Config;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, LocalFrame};
use std::path::Path;

/// `to=EPSG:4547,dx=1,dy=2,…`, or the name of one of the configuration's systems.
pub(super) fn stated(text: &str, config: &Config) -> Outcome<LocalFrame> {
    if !text.contains('=') {
        return config.local.get(text).cloned().ok_or_else(|| {
            let names: Vec<&str> = config.local.keys().map(String::as_str).collect();
            let listed = if names.is_empty() { "–".to_owned() } else { names.join(", ") };
            Fault::bad(
                "local_unknown",
                format!("配置文件里没有地方坐标系 [local.{text}]"),
                format!("the configuration has no local system [local.{text}]"),
            )
            .at("--local")
            .help(format!("已有：{listed}"), format!("there are: {listed}"))
        });
    }
    let mut frame = LocalFrame::default();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(|| not_understood(part))?;
        let number = || value.trim().parse::<f64>().map_err(|_| not_understood(part));
        let place = match name.trim() {
            "to" => {
                value.trim().clone_into(&mut frame.to);
                continue;
            }
            "dx" => &mut frame.dx,
            "dy" => &mut frame.dy,
            "scale" => &mut frame.scale,
            "ppm" => &mut frame.ppm,
            "rotation" => &mut frame.rotation,
            _ => return Err(not_understood(part)),
        };
        if place.replace(number()?).is_some() {
            return Err(not_understood(part));
        }
    }
    Ok(frame)
}

fn not_understood(part: &str) -> Fault {
    Fault::bad("local_frame", format!("看不懂地方坐标系参数“{part}”"), format!("“{part}” is no parameter of a local system"))
        .at("--local")
        .help("可写 to、dx、dy、scale（或 ppm）、rotation，各一次", "there are to, dx, dy, scale (or ppm) and rotation, each once")
}

/// The system with control points from a file.
pub(super) fn with_points(frame: Option<LocalFrame>, file: Option<&Path>) -> Outcome<Option<LocalFrame>> {
    let Some(path) = file else { return Ok(frame) };
    let bad = |line: usize, zh: &str, en: &str| Fault::bad("control_points", zh, en).at(format!("{}:{line}", path.display()));
    let bytes =
        std::fs::read(path).map_err(|error| bad(0, &format!("读不了控制点文件：{error}"), &format!("cannot read the control points: {error}")))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut points = Vec::new();
    for (index, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let numbers: Option<Vec<f64>> = line.split([',', ';', '\t']).map(|cell| cell.trim().parse().ok()).collect();
        match numbers.and_then(|numbers| <[f64; 4]>::try_from(numbers).ok()) {
            Some(point) => points.push(point),
            // A first line without numbers is a heading.
            None if index == 0 && line.split([',', ';', '\t']).all(|cell| cell.trim().parse::<f64>().is_err()) => {}
            None => return Err(bad(index + 1, "每行应为四个数：地方 x,地方 y,X,Y", "a line has four numbers: local x,local y,X,Y")),
        }
    }
    Ok(Some(LocalFrame { points, ..frame.unwrap_or_default() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_once_each_and_names_come_from_the_configuration() {
        let mut config = Config::default();
        let frame = stated("to=EPSG:4547, dx=1.5,dy=-2,ppm=3,rotation=0.5", &config).expect("frame");
        assert_eq!((frame.to.as_str(), frame.dx, frame.dy, frame.ppm, frame.rotation), ("EPSG:4547", Some(1.5), Some(-2.0), Some(3.0), Some(0.5)));
        for text in ["to=EPSG:4547,dx=a", "dx=1,dx=2", "turn=3", "dx=1,2"] {
            assert_eq!(stated(text, &config).expect_err(text).code, "local_frame");
        }
        assert_eq!(stated("深圳独立", &config).expect_err("unknown").code, "local_unknown");
        config.local.insert("深圳独立".to_owned(), frame.clone());
        assert_eq!(stated("深圳独立", &config).expect("known"), frame);
    }
}
