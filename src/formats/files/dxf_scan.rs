//! What a drawing says of itself before GDAL reads it: its unit, its end, its arcs, and which kind each of its entities is.

use super::curves::{Curves, step};
use super::source::DrawingUnit;
use std::f64::consts::TAU;

#[derive(Debug, Default)]
pub(crate) struct Drawing {
    /// `$INSUNITS`, where it is a unit of length that somebody draws land in.
    pub unit: Option<DrawingUnit>,
    /// The end marker stands where it must.
    pub ends: bool,
    /// Kinds of the entities of the model, in their order (`LWPOLYLINE`, `HATCH`, …).
    pub entities: Vec<String>,
    /// Radii of arcs and circles in drawing units, as drawn; blocks may enlarge them.
    radii: Vec<f64>,
    splines: u64,
    /// Largest factor by which a block is inserted.
    enlarged: f64,
    /// Largest coordinate, in drawing units.
    farthest: f64,
    /// Vertices of an old polyline, which are entities of their own.
    old_polyline: Vec<(f64, f64, f64)>,
}

/// One entity while its groups pass.
#[derive(Default)]
struct Entity {
    kind: String,
    radius: Option<f64>,
    /// Vertices with the bulge of the side that begins there.
    vertices: Vec<(f64, f64, f64)>,
    axis: (f64, f64),
    scale: f64,
    has_arc_edges: bool,
}

impl Drawing {
    pub(crate) fn scan(text: &str) -> Drawing {
        let mut drawing = Drawing { enlarged: 1.0, ..Drawing::default() };
        let mut entity = Entity::default();
        let (mut section, mut variable, mut naming) = (String::new(), String::new(), false);
        let mut lines = text.lines();
        let mut last = (0, "");
        while let (Some(code), Some(value)) = (lines.next(), lines.next()) {
            let Ok(code) = code.trim().parse::<i32>() else { break };
            let value = value.trim();
            last = (code, value);
            match code {
                0 => {
                    drawing.take(std::mem::take(&mut entity), &section);
                    naming = value == "SECTION";
                    value.clone_into(&mut entity.kind);
                }
                2 if naming => {
                    value.clone_into(&mut section);
                    naming = false;
                }
                9 => value.clone_into(&mut variable),
                70 if section == "HEADER" && variable == "$INSUNITS" => drawing.unit = value.parse().ok().and_then(unit),
                _ if section == "ENTITIES" || section == "BLOCKS" => entity.group(code, value),
                _ => {}
            }
        }
        drawing.ends = last == (0, "EOF") && lines.all(|line| line.trim_matches(['\u{1a}', ' ']).is_empty());
        drawing
    }

    fn take(&mut self, entity: Entity, section: &str) {
        self.farthest = entity.vertices.iter().fold(self.farthest, |far, at| far.max(at.0.abs()).max(at.1.abs()));
        let in_model = section == "ENTITIES" && !matches!(entity.kind.as_str(), "SECTION" | "ENDSEC" | "VERTEX" | "SEQEND" | "ATTRIB" | "EOF" | "");
        match entity.kind.as_str() {
            "CIRCLE" | "ARC" => self.radii.extend(entity.radius),
            "ELLIPSE" => self.radii.push(entity.axis.0.hypot(entity.axis.1)),
            "LWPOLYLINE" => self.radii.extend(bulges(&entity.vertices)),
            "POLYLINE" => self.old_polyline.clear(),
            "VERTEX" => self.old_polyline.extend(&entity.vertices),
            "SEQEND" => self.radii.extend(bulges(&std::mem::take(&mut self.old_polyline))),
            "HATCH" if entity.has_arc_edges => self.radii.extend(entity.radius.into_iter().chain(bulges(&entity.vertices))),
            "SPLINE" => self.splines += 1,
            "INSERT" => self.enlarged = self.enlarged.max(entity.scale),
            _ => {}
        }
        if in_model {
            self.entities.push(entity.kind);
        }
    }

    /// The step in degrees with which every arc keeps to the tolerance, and what then is told.
    pub(crate) fn arcs(&self) -> (f64, Curves) {
        // Many a drawing states millimetres and is in metres: grid coordinates in a smaller unit are beyond any grid in metres.
        let stated = self.unit.map_or(1.0, |unit| unit.metres);
        let metres = if self.farthest < BEYOND_GRIDS { stated.max(1.0) } else { stated };
        let mut curves = Curves { free: self.splines, ..Curves::default() };
        let largest = self.radii.iter().copied().filter(|radius| radius.is_finite()).fold(0.0, f64::max) * self.enlarged;
        let angle = step(largest * metres).min(MOST_STEP);
        self.radii.iter().filter(|radius| radius.is_finite()).for_each(|radius| curves.count(radius * self.enlarged, angle, metres));
        (angle.to_degrees(), curves)
    }
}

/// No coordinate of a grid in metres is as large, with the zone's number before it or without.
const BEYOND_GRIDS: f64 = 1e8;
/// GDAL's own step: an arc is never coarser than it would be without us.
const MOST_STEP: f64 = TAU / 90.0;

impl Entity {
    fn group(&mut self, code: i32, value: &str) {
        let Ok(number) = value.parse::<f64>() else { return };
        match code {
            10 => self.vertices.push((number, 0.0, 0.0)),
            20 => {
                if let Some(vertex) = self.vertices.last_mut() {
                    vertex.1 = number;
                }
            }
            40 => self.radius = Some(self.radius.unwrap_or_default().max(number)),
            11 => self.axis.0 = number,
            21 => self.axis.1 = number,
            41..=43 if self.kind == "INSERT" => self.scale = self.scale.max(number.abs()),
            42 => {
                self.has_arc_edges |= number != 0.0;
                if let Some(vertex) = self.vertices.last_mut() {
                    vertex.2 = number;
                }
            }
            // Edges of a hatch: 2 is an arc of a circle, 3 one of an ellipse.
            72 if self.kind == "HATCH" => self.has_arc_edges |= number == 2.0 || number == 3.0,
            _ => {}
        }
    }
}

/// Radii of the bulging sides of a polyline: the bulge is the tangent of a quarter of the swept angle.
fn bulges(vertices: &[(f64, f64, f64)]) -> Vec<f64> {
    let next = vertices.iter().cycle().skip(1);
    let bulging = vertices.iter().zip(next).filter(|(vertex, _)| vertex.2 != 0.0);
    let radius = |from: &(f64, f64, f64), to: &(f64, f64, f64)| (to.0 - from.0).hypot(to.1 - from.1) * (1.0 + from.2 * from.2) / (4.0 * from.2.abs());
    bulging.map(|(from, to)| radius(from, to)).collect()
}

/// A unit by its English name.
pub(super) fn unit_named(name: &str) -> Option<DrawingUnit> {
    (0..=21).filter_map(unit).find(|unit| unit.en == name)
}

fn unit(code: i32) -> Option<DrawingUnit> {
    let (zh, en, metres) = match code {
        1 => ("英寸", "inches", 0.0254),
        2 => ("英尺", "feet", 0.3048),
        4 => ("毫米", "millimetres", 0.001),
        5 => ("厘米", "centimetres", 0.01),
        6 => ("米", "metres", 1.0),
        7 => ("公里", "kilometres", 1000.0),
        14 => ("分米", "decimetres", 0.1),
        15 => ("十米", "decametres", 10.0),
        16 => ("百米", "hectometres", 100.0),
        21 => ("美国测量英尺", "US survey feet", 1200.0 / 3937.0),
        _ => return None,
    };
    Some(DrawingUnit { zh, en, metres })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(header: &str, entities: &str) -> String {
        format!("0\nSECTION\n2\nHEADER\n{header}0\nENDSEC\n0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n")
    }

    #[test]
    fn units_ends_and_kinds_are_seen() {
        let text = drawing("9\n$INSUNITS\n70\n4\n", "0\nCIRCLE\n8\n0\n10\n1\n20\n2\n40\n100\n0\nHATCH\n8\n0\n");
        let scanned = Drawing::scan(&text);
        assert_eq!(scanned.unit.map(|unit| unit.metres), Some(0.001));
        assert!(scanned.ends);
        assert_eq!(scanned.entities, ["CIRCLE", "HATCH"]);
        assert!(Drawing::scan(&format!("{text}\u{1a}\r\n\r\n")).ends && Drawing::scan(&text.replace('\n', "\r\n")).ends);
        for cut in [text.len() - 2, text.len() - 5, text.len() / 2, 30] {
            assert!(!Drawing::scan(&text[..cut]).ends, "{cut}");
        }
        assert_eq!(Drawing::scan(&drawing("9\n$INSUNITS\n70\n0\n", "")).unit, None);
    }

    #[test]
    fn the_step_follows_the_largest_radius_also_of_bulges_and_inserted_blocks() {
        let step_of = |entities: &str| Drawing::scan(&drawing("", entities)).arcs();
        let (degrees, curves) = step_of("0\nCIRCLE\n40\n100\n0\nCIRCLE\n40\n500\n");
        assert!((degrees - 0.7247).abs() < 0.001 && curves.arcs == 2 && (curves.sagitta_m - 0.01).abs() < 1e-9, "{degrees} {curves:?}");
        // Millimetres are believed where the coordinates are beyond any grid in metres.
        let in_millimetres = |place: &str, radius: &str| {
            let circle = format!("0\nCIRCLE\n10\n{place}\n20\n0\n40\n{radius}\n");
            Drawing::scan(&drawing("9\n$INSUNITS\n70\n4\n", &circle)).arcs().0
        };
        assert!((in_millimetres("505000000", "500000") - degrees).abs() < 1e-9 && (in_millimetres("505000", "500") - degrees).abs() < 1e-9);
        assert_eq!(step_of("0\nCIRCLE\n40\n5\n0\nINSERT\n41\n-100\n42\n1\n").0, degrees);
        // Half a circle between two points a kilometre apart.
        let (bulge, curves) = step_of("0\nLWPOLYLINE\n90\n2\n10\n0\n20\n0\n42\n1\n10\n1000\n20\n0\n");
        assert!((bulge - degrees).abs() < 1e-9 && curves.arcs == 1);
        let old = "0\nPOLYLINE\n66\n1\n0\nVERTEX\n10\n0\n20\n0\n42\n1\n0\nVERTEX\n10\n1000\n20\n0\n0\nSEQEND\n";
        assert!((step_of(old).0 - degrees).abs() < 1e-9);
        assert_eq!(step_of("0\nLINE\n10\n0\n20\n0\n11\n9\n21\n9\n").1.notice().map(|notice| notice.code), None);
    }
}
