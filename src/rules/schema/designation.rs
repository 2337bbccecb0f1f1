//! What only designation packs can get wrong: weights, quotas and scales that cannot be meant.

use super::length;
use crate::rules::designation::{DesignationPack, IndicatorRule, ScoreRule};
use crate::rules::figure::FigureValue;
use crate::rules::indicators::{Indicator, declared};
use crate::rules::pack::Pack;
use crate::rules::problem::Problem;

/// The value from which on a location quotient scores no better (I4).
const LQ_END: f64 = 3.0;

pub(super) fn problems(pack: &Pack) -> Vec<Problem> {
    if pack.header.kind != "designation" {
        return Vec::new();
    }
    let mut found = facility_problems(pack);
    found.extend(quota_problems(pack));
    // What cannot be read has its problem already.
    let Ok(read) = DesignationPack::read(pack) else { return found };
    let classes: Vec<String> = read.facilities.iter().map(|rule| rule.class.clone()).collect();
    for (id, rule) in &read.indicators {
        if let Some(indicator) = declared(id, &classes) {
            found.extend(unit_problems(pack, id, indicator));
            // Steps of two lengths are told of already, and say nothing yet.
            let paired = ["at", "points"].map(|key| length(pack, &format!("indicator.{id}.{key}")));
            if paired[0] == 0 || paired[0] == paired[1] {
                found.extend(rule_problems(id, indicator, rule));
            }
        }
    }
    found.extend(weight_problems(pack, &read));
    found
}

fn number(pack: &Pack, path: &str) -> Option<f64> {
    match pack.figure(path)?.value {
        FigureValue::Number(value) => Some(value),
        _ => None,
    }
}

/// Each class that is listed has its radius, and no radius is of a class that is not.
fn facility_problems(pack: &Pack) -> Vec<Problem> {
    let Some(FigureValue::Texts(classes)) = pack.figure("facility.classes").map(|figure| &figure.value) else { return Vec::new() };
    let lacking = classes.iter().map(|class| format!("facility.{class}.radius")).filter(|path| pack.figure(path).is_none());
    let mut found: Vec<Problem> =
        lacking.map(|path| Problem::new("figure_missing", path, "所列设施类别缺少半径", "a listed class of facility has no radius")).collect();
    let strays = pack.members("facility").into_iter().filter(|class| *class != "classes" && !classes.iter().any(|known| known == class));
    found.extend(strays.map(|class| {
        Problem::new(
            "facility_unlisted",
            format!("facility.{class}"),
            format!("{class} 不在 facility.classes 中，不会被计算"),
            format!("{class} is not in facility.classes, so it would never be computed"),
        )
    }));
    found
}

fn quota_problems(pack: &Pack) -> Vec<Problem> {
    let mut found = Vec::new();
    let shares = ["grade.a_share", "grade.b_share", "grade.d_share"].map(|path| number(pack, path).unwrap_or(0.0));
    let sum: f64 = shares.iter().sum();
    if sum > 1.0 + 1e-9 {
        found.push(Problem::new(
            "quota_sum",
            "grade",
            format!("A、B、D 三档比例合计 {sum}，超过全部园区"),
            format!("the shares of A, B and D add to {sum}, more than all parks"),
        ));
    }
    if let (Some(term), Some(recheck)) = (number(pack, "life.term_years"), number(pack, "life.recheck_months"))
        && recheck > 12.0 * term
    {
        found.push(Problem::new(
            "recheck_after_term",
            "life.recheck_months",
            format!("复核（{recheck} 个月后）晚于有效期（{term} 年）届满"),
            format!("the re-check after {recheck} months comes when the term of {term} years is over"),
        ));
    }
    found
}

/// Thresholds and scales are in the indicator's own unit.
fn unit_problems(pack: &Pack, id: &str, indicator: &Indicator) -> Vec<Problem> {
    let stated = ["must", "threshold", "at", "low", "high"].map(|key| format!("indicator.{id}.{key}"));
    let wrong = stated.into_iter().filter(|path| pack.figure(path).is_some_and(|figure| figure.unit != indicator.unit));
    wrong
        .map(|path| {
            let unit = indicator.unit;
            Problem::new("unit", format!("{path}.unit"), format!("{id} 的单位是 {unit}"), format!("the unit of {id} is {unit}"))
        })
        .collect()
}

fn rule_problems(id: &str, indicator: &Indicator, rule: &IndicatorRule) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut tell = |code: &'static str, key: &str, zh: &str, en: &str| {
        found.push(Problem::new(code, format!("indicator.{id}{key}"), zh, en));
    };
    match (&rule.weight, &rule.score) {
        (Some(_), None) => tell("weight_without_scale", ".weight", "有权重而无计分档", "it is weighed, and no scale gives its points"),
        (None, Some(_)) => tell("scale_without_weight", "", "有计分档而无权重，不会计分", "its scale is never used: it has no weight"),
        _ => {}
    }
    if rule.weight.as_ref().is_some_and(|weight| weight.value <= 0.0) {
        tell("weight_positive", ".weight", "权重须大于 0", "a weight is above 0");
    }
    if rule.must.is_some() && rule.threshold.is_some() {
        tell("threshold_twice", ".threshold", "must 与 threshold 只留其一", "it has a must and a threshold: keep one");
    }
    if rule.op.is_some_and(|op| op.wants_more() != indicator.op.wants_more()) {
        tell("op_direction", ".op", "比较方向与指标相反", "the comparison goes against what is better for this indicator");
    }
    if rule.op.is_some() && rule.must.is_none() && rule.threshold.is_none() {
        tell("op_of_nothing", ".op", "没有门槛可比较", "there is no threshold to compare with");
    }
    let limits = rule.must.iter().chain(&rule.threshold).map(|limit| limit.value);
    let beyond = |value: f64| indicator.share && !(0.0..=1.0).contains(&value);
    if limits.clone().any(beyond) {
        tell("threshold_range", "", "比例的门槛应在 0 与 1 之间", "the threshold of a share lies between 0 and 1");
    }
    match &rule.score {
        Some(ScoreRule::Linear { low, high }) if low == high => tell("scale_flat", ".high", "low 与 high 相同", "low and high are the same"),
        Some(ScoreRule::Linear { low, high }) if (high > low) != indicator.op.wants_more() => {
            tell("scale_direction", ".high", "计分方向与指标相反", "the scale gives more for what is worse");
        }
        Some(ScoreRule::Steps(steps)) => {
            if steps.windows(2).any(|pair| pair[0].0 >= pair[1].0) {
                tell("steps_equal", ".at", "分档须严格递增", "each step begins above the one before");
            }
            let falls = |pair: &[(f64, f64)]| if indicator.op.wants_more() { pair[0].1 > pair[1].1 } else { pair[0].1 < pair[1].1 };
            if steps.windows(2).any(falls) {
                tell("scale_direction", ".points", "计分方向与指标相反", "the scale gives more for what is worse");
            }
            if steps.iter().all(|(_, points)| *points <= 0.0) {
                tell("scale_empty", ".points", "没有任何一档得分", "no step gives a point");
            }
            if id == "lq" && steps.last().is_some_and(|(at, _)| *at != LQ_END) {
                tell("lq_end", ".at", "区位商分档止于 3", "the steps of a location quotient end at 3");
            }
        }
        _ => {}
    }
    found
}

fn weight_problems(pack: &Pack, read: &DesignationPack) -> Vec<Problem> {
    let mut found = Vec::new();
    let sum: f64 = read.indicators.values().filter_map(|rule| rule.weight.as_ref()).map(|weight| weight.value).sum();
    if let Some(stated) = number(pack, "grade.weight_sum")
        && (sum - stated).abs() > 1e-9 * stated.max(1.0)
    {
        found.push(Problem::new(
            "weight_sum",
            "grade.weight_sum",
            format!("权重合计为 {sum}，不是 {stated}"),
            format!("the weights add to {sum}, not to {stated}"),
        ));
    }
    if !read.weighs() && (read.a_share.value > 0.0 || read.b_share.value > 0.0 || read.min_score.value > 0.0) {
        found.push(Problem::new("grades_of_nothing", "grade", "没有权重，不能按得分定等级", "nothing is weighed, so no score can be graded"));
    }
    // A quotient made from one or two firms says little: it goes with a must on their number.
    let counted = |id: &str| read.indicators.get(id).is_some_and(|rule| rule.must.is_some());
    if read.indicators.get("lq").is_some_and(|rule| rule.weight.is_some() || rule.must.is_some()) && !counted("lead_firm_count") {
        found.push(Problem::new(
            "lq_alone",
            "indicator.lq",
            "区位商须与主导产业企业数（lead_firm_count.must）同用",
            "a location quotient goes with a must on the number of lead firms (lead_firm_count.must)",
        ));
    }
    if read.indicators.contains_key("rent_to_cap") && read.rent_cap.value.is_none() {
        found.push(Problem::new("cap_missing", "general.rent_cap", "检验租金与上限之比须有上限", "rent against the cap needs a cap"));
    }
    if read.indicators.contains_key("leaders") && read.leader_output.is_none() {
        found.push(Problem::new(
            "figure_missing",
            "general.leader_output",
            "龙头企业数须有产值下限",
            "leading firms need an output from which they count",
        ));
    }
    if read.facilities.is_empty() && read.indicators.contains_key("facility_mean") {
        found.push(Problem::new("facility_none", "facility.classes", "没有列出设施类别", "no class of facility is listed"));
    }
    found
}

#[cfg(test)]
mod tests {
    use crate::rules::check;

    const SHIPPED: &str = include_str!("../../../geodata/rules/designation-featured-park.toml");
    const MODEL: &str = include_str!("../../../geodata/rules/designation-sichuan.toml");

    #[test]
    fn weights_quotas_and_scales_that_cannot_be_meant_are_found_and_nothing_else() {
        for (from, to, code) in [
            ("lead_output.weight = { value = 10,", "lead_output.weight = { value = 12,", "weight_sum"),
            ("lq.weight = {", "# lq.weight = {", "scale_without_weight"),
            ("above_scale.at = {", "# above_scale.at = {", "weight_without_scale"),
            ("let_rate.low = { value = 0.5,", "let_rate.low = { value = 0.99,", "scale_direction"),
            ("rent_to_cap.low = { value = 1.1,", "rent_to_cap.low = { value = 0.6,", "scale_direction"),
            ("lq.points = { value = [2, 5, 8, 10]", "lq.points = { value = [2, 8, 5, 10]", "scale_direction"),
            ("lq.points = { value = [2, 5, 8, 10]", "lq.points = { value = [0, 0, 0, 0]", "scale_empty"),
            ("lq.at = { value = [1, 1.5, 2, 3]", "lq.at = { value = [1, 1.5, 2, 4]", "lq_end"),
            ("high_tech.at = { value = [5, 10, 20, 30]", "high_tech.at = { value = [5, 5, 20, 30]", "steps_equal"),
            ("jobs_per_ha.high = { value = 400,", "jobs_per_ha.high = { value = 50,", "scale_flat"),
            ("lead_output.must = { value = 0.5,", "lead_output.must = { value = 50,", "threshold_range"),
            ("lead_output.op = { value = \">\"", "lead_output.op = { value = \"<\"", "op_direction"),
            ("lead_firm_count.must = {", "# lead_firm_count.must = {", "lq_alone"),
            ("lead_output.must = { value = 0.5, unit = \"1\"", "lead_output.must = { value = 0.5, unit = \"家\"", "unit"),
            ("a_share = { value = 0.2,", "a_share = { value = 0.7,", "quota_sum"),
            ("recheck_months = { value = 30,", "recheck_months = { value = 40,", "recheck_after_term"),
            ("metro.radius = {", "# metro.radius = {", "figure_missing"),
            ("\"metro\", \"bus\"", "\"metro\"", "facility_unlisted"),
            ("rent_cap = { value = 35,", "rent_cap = { null = true,", "cap_missing"),
            (
                "lead_output.must = {",
                "leaders.must = { value = 2, unit = \"家\", clause = \"c\", source = \"s\", status = \"sourced\" }\nlead_output.must = {",
                "figure_missing",
            ),
        ] {
            let text = SHIPPED.replacen(from, to, 1);
            assert_ne!(text, SHIPPED, "{from}");
            let found = check(&text);
            // A weight that is gone is also missed in their sum.
            assert!(found.iter().any(|problem| problem.code == code), "{to}: {found:?}");
            assert!(found.iter().all(|problem| problem.code == code || (from == "lq.weight = {" && problem.code == "weight_sum")), "{to}: {found:?}");
        }
    }

    #[test]
    fn a_scheme_without_weights_cannot_grade() {
        let text = MODEL.replace("a_share = { value = 0,", "a_share = { value = 0.2,");
        assert_eq!(check(&text).iter().map(|problem| problem.code).collect::<Vec<_>>(), ["grades_of_nothing"]);
        let text = MODEL.replace("role = \"model\"", "role = \"law\"");
        assert_eq!(check(&text).iter().map(|problem| problem.code).collect::<Vec<_>>(), ["role"]);
    }
}
