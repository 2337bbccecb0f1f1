//! A log–log line plot as SVG, for the pages that show how a cost grows.

/// A named line; points are (x, y), both above 0.
pub(super) struct Line {
    pub name: String,
    pub colour: &'static str,
    pub points: Vec<(f64, f64)>,
}

impl Line {
    pub(super) fn new(name: &str, colour: &'static str) -> Self {
        Line { name: name.to_owned(), colour, points: Vec::new() }
    }
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
/// Left, top, right, bottom.
const MARGIN: [f64; 4] = [72.0, 20.0, 170.0, 52.0];

/// The plot with decades as grid lines, the value at each line's end, and labels of both axes.
pub(super) fn log_log(x_label: &str, y_label: &str, lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| line.points.iter());
    let decades = |of: fn(&(f64, f64)) -> f64| {
        let (low, high) = all().map(of).fold((f64::INFINITY, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
        // A value just beyond a decade needs no decade of its own.
        ((low.log10() + 0.02).floor() as i32, (high.log10() - 0.02).ceil() as i32)
    };
    let ((x0, x1), (y0, y1)) = (decades(|p| p.0), decades(|p| p.1));
    let [left, top, right, bottom] = MARGIN;
    let x = |value: f64| left + (value.log10() - f64::from(x0)) / f64::from((x1 - x0).max(1)) * (WIDTH - left - right);
    let y = |value: f64| HEIGHT - bottom - (value.log10() - f64::from(y0)) / f64::from((y1 - y0).max(1)) * (HEIGHT - top - bottom);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#FFFFFF\"/>\n"
    );
    for decade in x0..=x1 {
        let at = x(10f64.powi(decade));
        svg.push_str(&format!("<line x1=\"{at:.1}\" y1=\"{top}\" x2=\"{at:.1}\" y2=\"{:.1}\" stroke=\"#E1E6EB\"/>\n", HEIGHT - bottom));
        svg.push_str(&format!(
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#43505D\">{}</text>\n",
            HEIGHT - bottom + 18.0,
            power(decade)
        ));
    }
    for decade in y0..=y1 {
        let at = y(10f64.powi(decade));
        svg.push_str(&format!("<line x1=\"{left}\" y1=\"{at:.1}\" x2=\"{:.1}\" y2=\"{at:.1}\" stroke=\"#E1E6EB\"/>\n", WIDTH - right));
        svg.push_str(&format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#43505D\">{}</text>\n", left - 8.0, at + 4.0, power(decade)));
    }
    svg.push_str(&format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#14202C\">{x_label}</text>\n",
        (left + WIDTH - right) / 2.0,
        HEIGHT - 12.0
    ));
    svg.push_str(&format!(
        "<text x=\"16\" y=\"{0:.1}\" text-anchor=\"middle\" fill=\"#14202C\" transform=\"rotate(-90 16 {0:.1})\">{y_label}</text>\n",
        (top + HEIGHT - bottom) / 2.0
    ));
    // Labels at the lines' ends, moved apart where ends lie close.
    let mut labels: Vec<(f64, &Line)> = lines.iter().filter_map(|line| line.points.last().map(|last| (y(last.1), line))).collect();
    labels.sort_by(|a, b| a.0.total_cmp(&b.0));
    for index in 1..labels.len() {
        labels[index].0 = labels[index].0.max(labels[index - 1].0 + 16.0);
    }
    for line in lines {
        let path: Vec<String> = line.points.iter().map(|(n, s)| format!("{:.1},{:.1}", x(*n), y(*s))).collect();
        svg.push_str(&format!("<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", path.join(" "), line.colour));
        for point in path {
            let (cx, cy) = point.split_once(',').unwrap_or_default();
            svg.push_str(&format!("<circle cx=\"{cx}\" cy=\"{cy}\" r=\"3\" fill=\"{}\"/>\n", line.colour));
        }
    }
    for (at, line) in labels {
        let end = line.points.last().map_or(0.0, |last| last.1);
        svg.push_str(&format!(
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{}\">{} {end:.2} s</text>\n",
            WIDTH - right + 8.0,
            at + 4.0,
            line.colour,
            line.name
        ));
    }
    svg.push_str("</svg>\n");
    svg
}

fn power(decade: i32) -> String {
    match decade {
        -6..=-1 => format!("{:.*}", (-decade) as usize, 10f64.powi(decade)),
        0..=2 => format!("{}", 10i64.pow(decade as u32)),
        3..=5 => format!("{},000", 10i64.pow(decade as u32 - 3)),
        6 => "1,000,000".to_owned(),
        _ => format!("1e{decade}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plot_holds_every_point_inside_its_frame() {
        let mut line = Line::new("work", "#2257C5");
        line.points = vec![(1_000.0, 0.002), (1_000_000.0, 3.5)];
        let svg = log_log("n", "s", &[line]);
        let centres = svg.split("<circle cx=\"").skip(1).map(|rest| rest.split('"').next().and_then(|text| text.parse::<f64>().ok()));
        let centres: Vec<f64> = centres.flatten().collect();
        assert_eq!(centres.len(), 2);
        assert!(centres.iter().all(|x| (MARGIN[0]..=WIDTH - MARGIN[2]).contains(x)) && svg.contains("work 3.50 s"));
    }
}
