//! Reading the leaves of a CQL2 expression, and what bounds the reading.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use cql2::Expr;
use geo_types::{Coord, Geometry, Rect};

/// Bounds on what a filter may cost.
pub(super) const MAX_LENGTH: usize = 1 << 20;
pub(super) const MAX_NODES: usize = 20_000;
pub(super) const MAX_DEPTH: usize = 64;
/// The parser recurses along chains of operators too, so their number is bounded before it sees them; long lists go into `IN`.
const MAX_OPERATORS: usize = 400;

/// SQL's LIKE: `%` any run, `_` any one character, `\` escapes. Linear in the text for each `%`, so no pattern can stall it.
pub(super) fn like(pattern: &[char], text: &[char]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        let escaped = pattern.get(p) == Some(&'\\') && p + 1 < pattern.len();
        let here = if escaped { pattern.get(p + 1) } else { pattern.get(p) };
        if !escaped && here == Some(&'%') {
            retry = Some((p + 1, t));
            p += 1;
        } else if here.is_some_and(|wanted| (!escaped && *wanted == '_') || *wanted == text[t]) {
            p += if escaped { 2 } else { 1 };
            t += 1;
        } else if let Some((after, from)) = retry {
            retry = Some((after, from + 1));
            (p, t) = (after, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '%')
}

pub(super) fn number(expression: &Expr) -> Outcome<f64> {
    match expression {
        Expr::Float(number) => Ok(*number),
        Expr::Operation { op, args } if args.len() == 2 => {
            let (a, b) = (number(&args[0])?, number(&args[1])?);
            match op.as_str() {
                "+" => Ok(a + b),
                "-" => Ok(a - b),
                "*" => Ok(a * b),
                "/" => Ok(a / b),
                _ => Err(unsupported(expression)),
            }
        }
        other => Err(Fault::bad("filter_number", format!("此处应为数字：{other:?}"), format!("a number is wanted here: {other:?}"))),
    }
}

pub(super) fn text(expression: &Expr) -> Outcome<String> {
    match expression {
        Expr::Literal(text) => Ok(text.clone()),
        Expr::Date { date } => text(date),
        Expr::Timestamp { timestamp } => text(timestamp).map(|text| text.chars().take(10).collect()),
        // A code such as 1001 written without quotes means the text.
        Expr::Float(number) => Ok(number.to_string()),
        other => Err(Fault::bad("filter_text", format!("此处应为文本：{other:?}"), format!("a text is wanted here: {other:?}"))
            .help("文本写在单引号内", "put texts in single quotes")),
    }
}

pub(super) fn geometry(expression: &Expr) -> Outcome<Geometry<f64>> {
    let bad = || {
        Fault::bad("filter_geometry", "条件里的几何读不懂", "the geometry of the filter cannot be read")
            .help("用 WKT，坐标为经度 纬度", "use WKT with lon lat coordinates")
    };
    match expression {
        Expr::BBox { bbox } => {
            let bounds: Vec<f64> = bbox.iter().map(|bound| number(bound)).collect::<Result<_, _>>()?;
            let (min, max) = match bounds.as_slice() {
                [west, south, east, north] => (Coord { x: *west, y: *south }, Coord { x: *east, y: *north }),
                [west, south, _, east, north, _] => (Coord { x: *west, y: *south }, Coord { x: *east, y: *north }),
                _ => return Err(bad()),
            };
            Ok(Geometry::Polygon(Rect::new(min, max).to_polygon()))
        }
        Expr::Geometry(_) => {
            let json = serde_json::to_value(expression).map_err(|_| bad())?;
            let parsed: geojson::Geometry = serde_json::from_value(json).map_err(|_| bad())?;
            Geometry::try_from(parsed).map_err(|_| bad())
        }
        _ => Err(bad()),
    }
}

/// Refuses deep nesting and long chains before the recursive parser sees them.
pub(super) fn bound_nesting(text: &str) -> Outcome<()> {
    let (mut depth, mut operators, mut quoted) = (0usize, 0usize, false);
    let bytes = text.as_bytes();
    let mut word = String::new();
    for (at, byte) in bytes.iter().copied().enumerate() {
        if byte == b'\'' {
            quoted = !quoted;
        }
        if quoted {
            continue;
        }
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            // A sign before a digit belongs to a coordinate.
            b'+' | b'-' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => {}
            b'+' | b'-' | b'*' | b'/' | b'^' | b'%' => operators += 1,
            _ => {}
        }
        if byte.is_ascii_alphabetic() {
            word.push(char::from(byte.to_ascii_lowercase()));
        } else {
            operators += usize::from(matches!(word.as_str(), "and" | "or" | "not" | "div" | "casei" | "accenti"));
            word.clear();
        }
        if depth > MAX_DEPTH || operators > MAX_OPERATORS {
            return Err(too_large(&format!("{MAX_DEPTH} / {MAX_OPERATORS}")));
        }
    }
    Ok(())
}

pub(super) fn syntax(error: &dyn std::fmt::Display) -> Fault {
    Fault::bad("filter_syntax", format!("条件语法有误：{error}"), format!("the filter does not parse: {error}"))
        .help("示例：land_use = '1001' AND far_present <= 1.7", "example: land_use = '1001' AND far_present <= 1.7")
}

pub(super) fn unsupported(expression: &Expr) -> Fault {
    let text = expression.to_text().unwrap_or_else(|_| format!("{expression:?}"));
    Fault::bad("filter_unsupported", format!("不支持的条件：{text}"), format!("this part of the filter is not supported: {text}"))
}

pub(super) fn too_large(limit: &str) -> Fault {
    Fault::bad(
        "filter_too_large",
        format!("条件过长或嵌套过深（上限 {limit}）"),
        format!("the filter is too long or too deeply nested (limit {limit})"),
    )
}

#[cfg(test)]
mod tests {
    use super::bound_nesting;

    #[test]
    fn chains_and_nests_are_bounded_and_texts_and_coordinates_are_not_counted() {
        assert!(bound_nesting(&vec!["a = 1"; 300].join(" OR ")).is_ok());
        assert!(bound_nesting(&vec!["a = 1"; 900].join(" OR ")).is_err());
        assert!(bound_nesting(&"NOT ".repeat(900)).is_err());
        assert!(bound_nesting(&format!("a = '{}'", "(and or not - ".repeat(900))).is_ok());
        assert!(bound_nesting(&format!("S_INTERSECTS(geom, POLYGON(({})))", "-71.1 42.3,".repeat(5000))).is_ok());
    }

    #[test]
    fn like_knows_runs_single_characters_and_escapes() {
        let like = |pattern: &str, text: &str| super::like(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>());
        assert!(like("%新桥%", "宝安新桥东") && like("440306-_12-%", "440306-412-0087") && like(r"100\%", "100%"));
        assert!(!like("新桥", "新桥东") && !like(r"100\%", "1000") && like("%a%b%c", "xxaxxbxxc") && !like("%a%b%c", "xxaxxbxx"));
    }
}
