//! What each kind of pack may and must say. Declared once; the linter reads it, and so can help and docs.

use super::figure::{Figure, FigureValue, Status};
use super::indicators::declared;
use super::order::{FIRE_CLASSES, VIBRATION_CLASSES};
use super::pack::{MODEL, Pack};
use super::problem::Problem;
use crate::domain::catalogue;

mod designation;
mod kinds;
mod upstairs;
pub use kinds::{KINDS, specs};

/// The form a figure's value takes.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Within the bounds, both included.
    Number(f64, f64),
    /// A whole number within the bounds.
    Count(f64, f64),
    /// One of the texts; any when the list is empty.
    Text(&'static [&'static str]),
    /// `yes` or `no`.
    Flag,
    /// Numbers within the bounds; the length when it is fixed.
    Numbers(f64, f64, Option<usize>),
    /// Numbers that never fall from one to the next.
    Rising(f64, f64),
    /// Texts out of the vocabulary; any when it is empty.
    Texts(&'static [&'static str]),
    /// Codes of a list of the catalogue.
    Codes(&'static str),
    /// Fire classes, one per floor band or one for all.
    Fire,
    /// Vibration classes, likewise.
    Vibration,
    /// One number for all bands, or one per band.
    Bands(f64, f64),
    /// Processes of the floor-loads pack, one for all bands or one per band.
    Processes,
}

/// What one figure may be. A `*` in `path` stands for one segment.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub path: &'static str,
    pub shape: Shape,
    pub units: &'static [&'static str],
    pub required: bool,
    pub nullable: bool,
}

impl Spec {
    pub const fn must(path: &'static str, shape: Shape, units: &'static [&'static str]) -> Spec {
        Spec { path, shape, units, required: true, nullable: false }
    }

    pub const fn may(path: &'static str, shape: Shape, units: &'static [&'static str]) -> Spec {
        Spec { path, shape, units, required: false, nullable: false }
    }

    pub const fn or_null(mut self) -> Spec {
        self.nullable = true;
        self
    }

    fn matches(&self, path: &str) -> bool {
        let (mut pattern, mut given) = (self.path.split('.'), path.split('.'));
        loop {
            match (pattern.next(), given.next()) {
                (None, None) => return true,
                (Some(want), Some(have)) if want == "*" || want == have => {}
                _ => return false,
            }
        }
    }
}

/// Number of floor bands (U20): ground, lower, middle, upper.
pub const BANDS: usize = 4;

/// What is wrong with a pack's values.
pub(super) fn problems(pack: &Pack) -> Vec<Problem> {
    let mut found = header_problems(pack);
    let Some(specs) = specs(&pack.header.kind) else {
        found.push(Problem::new("kind", "pack.kind", "未知的规则包类别", format!("kind is one of {}", KINDS.join(", "))));
        return found;
    };
    for (path, figure) in &pack.figures {
        match specs.iter().find(|spec| spec.matches(path)) {
            Some(spec) => {
                found.extend(figure_problem(spec, path, figure));
                found.extend(name_problem(pack, path));
            }
            None => found.push(Problem::new(
                "figure_unknown",
                path,
                "此类规则包没有该参数（是否拼写错误？）",
                "this kind of pack has no such figure (a typing error?)",
            )),
        }
    }
    let complete = pack.header.inherits.is_none() && pack.header.cluster.is_none() && pack.header.district.is_none();
    for spec in specs.iter().filter(|spec| complete && spec.required && !spec.path.contains('*')) {
        if !pack.figures.contains_key(spec.path) {
            found.push(Problem::new("figure_missing", spec.path, "缺少必需参数", "a required figure is missing"));
        }
    }
    found.extend(pair_problems(pack));
    found
}

/// What a `*` of the paths under a group may be: codes of a list of the catalogue, and a word besides.
const NAMES: [(&str, &str, &str); 5] = [
    ("setback.road.", "road_class", ""),
    ("price.land.", "tenure", ""),
    ("price.demolition.", "structure", "unknown"),
    ("readiness.", "stage", ""),
    ("facility.", "facility_class", "classes"),
];

/// A figure about something that does not exist would never be read.
fn name_problem(pack: &Pack, path: &str) -> Option<Problem> {
    let stray = |name: &str| Problem::new("vocabulary", path, format!("不认识的名称 {name}"), format!("{name} is not known"));
    let first = |rest: &str| rest.split('.').next().unwrap_or_default().to_owned();
    if let Some((rest, list, more)) = NAMES.iter().find_map(|(group, list, more)| Some((path.strip_prefix(group)?, list, more))) {
        let name = first(rest);
        return (!is_code(list, &name) && name != *more).then(|| stray(&name));
    }
    if let Some(rest) = path.strip_prefix("indicator.") {
        let classes = match pack.figure("facility.classes").map(|figure| &figure.value) {
            Some(FigureValue::Texts(classes)) => classes.clone(),
            // A pack that inherits its classes is judged where it is read.
            _ => return None,
        };
        let name = first(rest);
        return declared(&name, &classes).is_none().then(|| stray(&name));
    }
    let group = match pack.header.kind.as_str() {
        "upstairs-fit" => "demand.",
        "allocation" => "more.",
        _ => return None,
    };
    let cluster = first(path.strip_prefix(group)?);
    catalogue().cluster(&cluster).is_none().then(|| stray(&cluster))
}

fn header_problems(pack: &Pack) -> Vec<Problem> {
    let header = &pack.header;
    let mut found = Vec::new();
    if !header.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        found.push(Problem::new("id", "pack.id", "id 只能用小写字母、数字和连字符", "id holds lower-case letters, digits and hyphens only"));
    }
    if chrono::NaiveDate::parse_from_str(&header.valid_from, "%Y-%m-%d").is_err() {
        found.push(Problem::new("date", "pack.valid_from", "日期应为 YYYY-MM-DD", "a date is written YYYY-MM-DD"));
    }
    if let Some(cluster) = header.cluster.as_deref().filter(|id| catalogue().cluster(id).is_none()) {
        found.push(Problem::new("cluster", "pack.cluster", format!("目录中没有集群 {cluster}"), format!("the catalogue has no cluster {cluster}")));
    }
    if header.role.as_deref().is_some_and(|role| role != MODEL) {
        found.push(Problem::new(
            "role",
            "pack.role",
            "role 只能是 model（他处方案，只供选用）",
            "role is model (another place's scheme, for choice only)",
        ));
    }
    if header.inherits.as_deref() == Some(header.id.as_str()) {
        found.push(Problem::new("inherits", "pack.inherits", "不能继承自身", "a pack cannot inherit from itself"));
    }
    found
}

fn figure_problem(spec: &Spec, path: &str, figure: &Figure) -> Option<Problem> {
    if !spec.units.contains(&figure.unit.as_str()) {
        let units = spec.units.join(" | ");
        return Some(Problem::new("unit", format!("{path}.unit"), format!("单位应为：{units}"), format!("the unit should be {units}")));
    }
    if figure.value == FigureValue::Null {
        return (!spec.nullable).then(|| Problem::new("null", path, "该参数不能为空值", "this figure cannot be null"));
    }
    let fault = shape_fault(spec.shape, &figure.value)?;
    Some(Problem::new(fault.0, path, fault.1, fault.2))
}

type ShapeFault = (&'static str, String, String);

fn shape_fault(shape: Shape, value: &FigureValue) -> Option<ShapeFault> {
    let wrong = |zh: &str, en: &str| Some(("value_type", format!("应为{zh}"), format!("should be {en}")));
    let outside = |low: f64, high: f64| Some(("range", format!("应在 {low} 与 {high} 之间"), format!("should lie between {low} and {high}")));
    let stray = |word: &str| Some(("vocabulary", format!("不认识的取值 {word}"), format!("{word} is not a word of this list")));
    match (shape, value) {
        (Shape::Number(low, high) | Shape::Bands(low, high), FigureValue::Number(value)) if *value < low || *value > high => outside(low, high),
        (Shape::Number(..) | Shape::Bands(..), FigureValue::Number(_)) => None,
        (Shape::Count(low, high), FigureValue::Number(value)) if *value < low || *value > high => outside(low, high),
        (Shape::Count(..), FigureValue::Number(value)) if value.fract() == 0.0 => None,
        (Shape::Count(..), _) => wrong("整数", "a whole number"),
        (Shape::Flag, FigureValue::Text(text)) if text == "yes" || text == "no" => None,
        (Shape::Flag, _) => wrong(" yes 或 no", "yes or no"),
        (Shape::Text(words), FigureValue::Text(text)) if words.is_empty() || words.contains(&text.as_str()) => None,
        (Shape::Text(_), FigureValue::Text(text)) => stray(text),
        (Shape::Bands(low, high), FigureValue::Numbers(list)) => {
            shape_fault(Shape::Numbers(low, high, Some(BANDS)), &FigureValue::Numbers(list.clone()))
        }
        (Shape::Numbers(_, _, Some(length)), FigureValue::Numbers(list)) if list.len() != length => {
            wrong(&format!(" {length} 个数值"), &format!("{length} numbers"))
        }
        (Shape::Numbers(low, high, _) | Shape::Rising(low, high), FigureValue::Numbers(list)) => {
            if list.iter().any(|value| *value < low || *value > high) {
                return outside(low, high);
            }
            let falls = matches!(shape, Shape::Rising(..)) && list.windows(2).any(|pair| pair[0] > pair[1]);
            falls.then(|| ("order", "列表应由小到大".to_owned(), "the list should not fall".to_owned()))
        }
        (Shape::Numbers(_, _, None) | Shape::Rising(..), FigureValue::Texts(list)) if list.is_empty() => None,
        (Shape::Texts(words), FigureValue::Texts(list)) => {
            list.iter().find(|word| !words.is_empty() && !words.contains(&word.as_str())).and_then(|word| stray(word))
        }
        (Shape::Codes(codes), FigureValue::Texts(list)) => list.iter().find(|word| !is_code(codes, word)).and_then(|word| stray(word)),
        (Shape::Processes, FigureValue::Text(_)) => None,
        (Shape::Processes, FigureValue::Texts(list)) if list.len() == BANDS => None,
        (Shape::Processes, _) => wrong("一个工艺，或每区一个", "a process, or one per band"),
        (Shape::Fire, _) => words_fault(&[FIRE_CLASSES.as_slice(), &["丙"]].concat(), value),
        (Shape::Vibration, _) => words_fault(&VIBRATION_CLASSES, value),
        (Shape::Number(..) | Shape::Bands(..), _) => wrong("数值", "a number"),
        (Shape::Text(_), _) => wrong("文本", "a text"),
        (Shape::Numbers(..) | Shape::Rising(..), _) => wrong("数值列表", "a list of numbers"),
        (Shape::Texts(_) | Shape::Codes(_), _) => wrong("文本列表", "a list of texts"),
    }
}

fn is_code(list: &str, word: &str) -> bool {
    catalogue().codes(list).is_some_and(|codes| codes.iter().any(|code| code.code == word))
}

/// One word for all bands or one per band, all out of the vocabulary.
fn words_fault(words: &[&str], value: &FigureValue) -> Option<ShapeFault> {
    let given: Vec<&str> = match value {
        FigureValue::Text(text) => vec![text],
        FigureValue::Texts(list) if list.len() == BANDS => list.iter().map(String::as_str).collect(),
        _ => return Some(("value_type", format!("应为一个等级或 {BANDS} 个等级"), format!("should be one class or {BANDS} of them"))),
    };
    let stray = given.into_iter().find(|word| !words.contains(word))?;
    Some(("vocabulary", format!("不认识的等级 {stray}"), format!("{stray} is not a class")))
}

/// Figures that only make sense together: a smallest value not above its largest, lists of one length, and the honesty of `sourced`.
fn pair_problems(pack: &Pack) -> Vec<Problem> {
    let mut found = Vec::new();
    let number = |path: &str| match pack.figure(path).map(|figure| &figure.value) {
        Some(FigureValue::Number(value)) => Some(*value),
        _ => None,
    };
    for (path, figure) in &pack.figures {
        if let Some(low) = path.strip_suffix("_min").or_else(|| path.strip_suffix(".min")) {
            let high = format!("{low}{}max", &path[low.len()..=low.len()]);
            if let (Some(least), Some(most)) = (number(path), number(&high))
                && least > most
            {
                found.push(Problem::new(
                    "min_above_max",
                    path,
                    format!("下限 {least} 大于上限 {most}"),
                    format!("the minimum {least} is above the maximum {most}"),
                ));
            }
        }
        if figure.cite.status == Status::Sourced && JUDGEMENTS.iter().any(|word| figure.cite.source.contains(word)) {
            found.push(Problem::new(
                "sourced_judgement",
                format!("{path}.status"),
                "来源是判断或约定，不能标为 sourced",
                "a judgement or a convention is not `sourced`",
            ));
        }
        if figure.cite.status == Status::Sourced && figure.cite.clause.trim().is_empty() {
            found.push(Problem::new(
                "clause_empty",
                format!("{path}.clause"),
                "有来源的参数必须写明条款或出处",
                "a sourced figure names its clause or place",
            ));
        }
        if path == "land.barring"
            && let (FigureValue::Texts(barring), Some(FigureValue::Texts(order))) =
                (&figure.value, pack.figure("land.order").map(|figure| &figure.value))
        {
            found.extend(barring.iter().filter(|kind| !order.contains(kind)).map(|kind| {
                Problem::new(
                    "not_in_order",
                    path,
                    format!("{kind} 不在净地计算顺序中，瀑布图将无法平衡"),
                    format!("{kind} is not in land.order, so the waterfall would not add up"),
                )
            }));
        }
        for (from, to) in STEPS {
            // A pack that inherits may replace one of the two; side by side they are checked where both stand.
            if let Some(group) = path.strip_suffix(&format!(".{from}"))
                && (pack.header.inherits.is_none() || pack.figure(&format!("{group}.{to}")).is_some())
                && length(pack, path) != length(pack, &format!("{group}.{to}"))
            {
                found.push(Problem::new("steps", group, format!("{from} 与 {to} 的个数不同"), format!("{from} and {to} differ in length")));
            }
        }
        if let Some(group) = path.strip_suffix(".process")
            && pack.figure(&format!("{group}.load")).is_some()
        {
            found.push(Problem::new(
                "load_twice",
                path,
                "荷载需求写了两次：load 与 process 只留其一",
                "the load is told twice: keep load or process",
            ));
        }
    }
    found.extend(upstairs::problems(pack));
    found.extend(designation::problems(pack));
    found
}

/// Words of a source that is nobody's publication.
const JUDGEMENTS: [&str; 3] = ["专业判断", "读法约定", "judgement"];

/// Lists that go together step by step.
const STEPS: [(&str, &str); 2] = [("at", "points"), ("above", "weight")];

fn length(pack: &Pack, path: &str) -> usize {
    match pack.figure(path).map(|figure| &figure.value) {
        Some(FigureValue::Numbers(list)) => list.len(),
        _ => 0,
    }
}
