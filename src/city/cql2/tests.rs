//! Our own examples: each production in text and in JSON, and what must be refused, where and by which number.

use super::operation::{Arithmetic, ArrayRelation, Comparison, SpatialRelation, TemporalRelation};
use super::*;
use crate::domain::Fault;

mod random;

/// Pairs of one meaning.
const TWINS: &[(&str, &str)] = &[
    ("NOT FALSE", r#"{"op":"not","args":[false]}"#),
    ("vacant", r#"{"property":"vacant"}"#),
    ("not vacant", r#"{"op":"not","args":[{"property":"vacant"}]}"#),
    ("NOT NOT vacant", r#"{"op":"not","args":[{"op":"not","args":[{"property":"vacant"}]}]}"#),
    ("code = '0012'", r#"{"op":"=","args":[{"property":"code"},"0012"]}"#),
    ("\"code\"<>'A''1'", r#"{"args":[{"property":"code"},"A'1"],"op":"<>"}"#),
    (r"code = 'A\'1'", r#"{"op":"=","args":[{"property":"code"},"A'1"]}"#),
    (r"code = 'C:\\'", r#"{"op":"=","args":[{"property":"code"},"C:\\"]}"#),
    ("容积率 >= .5", r#"{"op":">=","args":[{"property":"容积率"},0.50]}"#),
    ("\"层 数\" < -5.", r#"{"op":"<","args":[{"property":"层 数"},-5]}"#),
    ("a <= 1.5e3", r#"{"op":"<=","args":[{"property":"a"},1500]}"#),
    ("5 > a", r#"{"op":">","args":[5,{"property":"a"}]}"#),
    ("a = TRUE", r#"{"op":"=","args":[{"property":"a"},true]}"#),
    ("(a = 1) <> false", r#"{"op":"<>","args":[{"op":"=","args":[{"property":"a"},1]},false]}"#),
    (
        "a=1 AnD b=2 and c=3",
        r#"{"op":"and","args":[{"op":"=","args":[{"property":"a"},1]},{"op":"=","args":[{"property":"b"},2]},{"op":"=","args":[{"property":"c"},3]}]}"#,
    ),
    ("p OR q AND NOT r", r#"{"op":"or","args":[{"property":"p"},{"op":"and","args":[{"property":"q"},{"op":"not","args":[{"property":"r"}]}]}]}"#),
    ("(p or q) and r", r#"{"op":"and","args":[{"op":"or","args":[{"property":"p"},{"property":"q"}]},{"property":"r"}]}"#),
    ("p and (q and r)", r#"{"op":"and","args":[{"property":"p"},{"op":"and","args":[{"property":"q"},{"property":"r"}]}]}"#),
    ("name LIKE '新_桥%'", r#"{"op":"like","args":[{"property":"name"},"新_桥%"]}"#),
    ("name not like '%'", r#"{"op":"not","args":[{"op":"like","args":[{"property":"name"},"%"]}]}"#),
    (
        "CASEI(name) LIKE casei(accenti('É%'))",
        r#"{"op":"like","args":[{"op":"casei","args":[{"property":"name"}]},{"op":"casei","args":[{"op":"accenti","args":["É%"]}]}]}"#,
    ),
    (
        "a BETWEEN 1 AND b + 1 AND c = 1",
        r#"{"op":"and","args":[{"op":"between","args":[{"property":"a"},1,{"op":"+","args":[{"property":"b"},1]}]},{"op":"=","args":[{"property":"c"},1]}]}"#,
    ),
    ("a not between -1 and 1", r#"{"op":"not","args":[{"op":"between","args":[{"property":"a"},-1,1]}]}"#),
    ("code IN ('a')", r#"{"op":"in","args":[{"property":"code"},["a"]]}"#),
    ("a not in (1, 2.0, -3)", r#"{"op":"not","args":[{"op":"in","args":[{"property":"a"},[1,2,-3]]}]}"#),
    (
        "ACCENTI(n) IN (accenti('é'), n)",
        r#"{"op":"in","args":[{"op":"accenti","args":[{"property":"n"}]},[{"op":"accenti","args":["é"]},{"property":"n"}]]}"#,
    ),
    ("a is null", r#"{"op":"isNull","args":[{"property":"a"}]}"#),
    ("a + 1 IS NOT NULL", r#"{"op":"not","args":[{"op":"isNull","args":[{"op":"+","args":[{"property":"a"},1]}]}]}"#),
    ("a = 1 IS NULL", r#"{"op":"isNull","args":[{"op":"=","args":[{"property":"a"},1]}]}"#),
    ("x = a - b - 1", r#"{"op":"=","args":[{"property":"x"},{"op":"-","args":[{"op":"-","args":[{"property":"a"},{"property":"b"}]},1]}]}"#),
    ("x = a - (b - 1)", r#"{"op":"=","args":[{"property":"x"},{"op":"-","args":[{"property":"a"},{"op":"-","args":[{"property":"b"},1]}]}]}"#),
    (
        "x = a+2*b^2^c",
        r#"{"op":"=","args":[{"property":"x"},{"op":"+","args":[{"property":"a"},{"op":"*","args":[2,{"op":"^","args":[{"property":"b"},{"op":"^","args":[2,{"property":"c"}]}]}]}]}]}"#,
    ),
    (
        "x = -a % 2 DIV 3 / 4",
        r#"{"op":"=","args":[{"property":"x"},{"op":"/","args":[{"op":"div","args":[{"op":"%","args":[{"op":"*","args":[-1,{"property":"a"}]},2]},3]},4]}]}"#,
    ),
    ("x = 2 - -3", r#"{"op":"=","args":[{"property":"x"},{"op":"-","args":[2,-3]}]}"#),
    ("d = DATE('2026-09-01')", r#"{"op":"=","args":[{"property":"d"},{"date":"2026-09-01"}]}"#),
    ("d > timestamp('2026-09-01T08:30:00.50Z')", r#"{"op":">","args":[{"property":"d"},{"timestamp":"2026-09-01T08:30:00.5Z"}]}"#),
    ("T_AFTER(d, DATE('2026-09-01'))", r#"{"op":"t_after","args":[{"property":"d"},{"date":"2026-09-01"}]}"#),
    (
        "t_finishedby(INTERVAL(a, f(b)), INTERVAL('..', '2026-09-01'))",
        r#"{"op":"t_finishedBy","args":[{"interval":[{"property":"a"},{"op":"f","args":[{"property":"b"}]}]},{"interval":["..","2026-09-01"]}]}"#,
    ),
    (
        "T_DURING(d, INTERVAL('2026-09-01T00:00:00Z','..'))",
        r#"{"op":"t_during","args":[{"property":"d"},{"interval":["2026-09-01T00:00:00Z",".."]}]}"#,
    ),
    ("A_CONTAINS(l, ('a'))", r#"{"op":"a_contains","args":[{"property":"l"},["a"]]}"#),
    (
        "a_containedby(l, ('a', 1, TRUE, DATE('2026-09-01'), (1, 2)))",
        r#"{"op":"a_containedBy","args":[{"property":"l"},["a",1,true,{"date":"2026-09-01"},[1,2]]]}"#,
    ),
    ("A_EQUALS((), l)", r#"{"op":"a_equals","args":[[],{"property":"l"}]}"#),
    ("A_OVERLAPS(l, ['a', [1]])", r#"{"op":"a_overlaps","args":[{"property":"l"},["a",[1]]]}"#),
    (
        "near(geom, POINT(1 2), 10, 'm') = true",
        r#"{"op":"=","args":[{"op":"near","args":[{"property":"geom"},{"type":"Point","coordinates":[1,2]},10,"m"]},true]}"#,
    ),
    ("now() > d", r#"{"op":">","args":[{"op":"now","args":[]},{"property":"d"}]}"#),
    (
        "S_INTERSECTS(geom, POINT Z (113.9 22.5 3))",
        r#"{"op":"s_intersects","args":[{"property":"geom"},{"type":"Point","coordinates":[113.9,22.5]}]}"#,
    ),
    (
        "s_crosses(geom, LineString(0 0, 1 1e0, -2 -.5))",
        r#"{"op":"s_crosses","args":[{"property":"geom"},{"coordinates":[[0,0],[1,1],[-2,-0.5]],"type":"LineString"}]}"#,
    ),
    (
        "S_WITHIN(geom, POLYGON((0 0,4 0,4 4,0 0),(1 .5,2 .5,2 1,1 .5)))",
        r#"{"op":"s_within","args":[{"property":"geom"},{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,0]],[[1,0.5],[2,0.5],[2,1],[1,0.5]]]}]}"#,
    ),
    ("S_EQUALS(MULTIPOINT(1 2, (3 4)), geom)", r#"{"op":"s_equals","args":[{"type":"MultiPoint","coordinates":[[1,2],[3,4]]},{"property":"geom"}]}"#),
    (
        "S_TOUCHES(geom, MULTILINESTRING((0 0,1 1),(2 2,3 3)))",
        r#"{"op":"s_touches","args":[{"property":"geom"},{"type":"MultiLineString","coordinates":[[[0,0],[1,1]],[[2,2],[3,3]]]}]}"#,
    ),
    (
        "S_DISJOINT(geom, MULTIPOLYGON(((0 0,1 0,1 1,0 0)),((5 5,6 5,6 6,5 5))))",
        r#"{"op":"s_disjoint","args":[{"property":"geom"},{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[5,5],[6,5],[6,6],[5,5]]]]}]}"#,
    ),
    (
        "S_CONTAINS(geom, GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(0 0,1 1)))",
        r#"{"op":"s_contains","args":[{"property":"geom"},{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[0,0],[1,1]]}]}]}"#,
    ),
    ("S_OVERLAPS(geom, BBOX(113.8, 22.4, 114, 22.6))", r#"{"op":"s_overlaps","args":[{"property":"geom"},{"bbox":[113.8,22.4,114,22.6]}]}"#),
    ("S_INTERSECTS(geom, ENVELOPE(170, -1, 0, -170, 1, 9))", r#"{"op":"s_intersects","args":[{"property":"geom"},{"bbox":[170,-1,0,-170,1,9]}]}"#),
    (
        "date = '2026-09-01' AND point = 1 AND \"and\" = 2 AND \"a\"\"(\" = 3",
        r#"{"op":"and","args":[{"op":"=","args":[{"property":"date"},"2026-09-01"]},{"op":"=","args":[{"property":"point"},1]},{"op":"=","args":[{"property":"and"},2]},{"op":"=","args":[{"property":"a\"("},3]}]}"#,
    ),
];

fn fault(text: &str) -> Fault {
    match parse(text) {
        Ok(expression) => panic!("{text} was read as {expression}"),
        Err(fault) => fault,
    }
}

/// The number of the character that the refusal names.
fn place(text: &str) -> usize {
    let place = fault(text).place.unwrap();
    place.strip_prefix("filter:").unwrap().parse().unwrap()
}

#[test]
fn text_and_json_say_the_same_and_what_is_written_reads_back() {
    for (text, json) in TWINS {
        let [from_text, from_json] = [text, json].map(|text| parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}")));
        assert_eq!(from_text, from_json, "{text}");
        let written = from_text.to_string();
        assert_eq!(parse(&written).unwrap_or_else(|fault| panic!("{written}: {fault}")), from_text, "{text} was written as {written}");
    }
}

#[test]
fn every_operator_is_read_in_any_case() {
    let args = |args: &str, names: Vec<&'static str>| names.into_iter().map(|name| format!("{}({args})", name.to_uppercase())).collect::<Vec<_>>();
    let calls = [
        args("geom, POINT(1 2)", SpatialRelation::ALL.iter().map(|relation| relation.name()).collect()),
        args("d, DATE('2026-09-01')", TemporalRelation::ALL.iter().map(|relation| relation.name()).collect()),
        args("l, (1, 2)", ArrayRelation::ALL.iter().map(|relation| relation.name()).collect()),
        Comparison::ALL.iter().map(|comparison| format!("a {} 1", comparison.name())).collect(),
        Arithmetic::ALL.iter().map(|operator| format!("a {} 2 = 1", operator.name().to_uppercase())).collect(),
    ];
    for call in calls.concat() {
        let expression = parse(&call).unwrap_or_else(|fault| panic!("{call}: {fault}"));
        assert!(!matches!(expression, Expression::Function(..)), "{call}");
        assert_eq!(parse(&expression.to_string()).unwrap(), expression, "{call}");
    }
}

#[test]
fn a_refusal_names_the_character_and_what_was_expected_there() {
    for (text, at, en) in [
        ("", 1, "but the filter ends here"),
        ("a =", 4, "but the filter ends here"),
        ("a = 1 b = 2", 7, "expected AND, OR, an operator or the end, found b"),
        ("a = 12AB", 7, "found AB"),
        ("容积率 ＝ 1", 5, "＝ is a full-width character: write ="),
        ("a = ‘x’", 5, "write '"),
        ("面积 = 'x", 6, "the quote that opens here is never closed"),
        ("\"a = 1", 1, "never closed"),
        ("a != 1", 3, "unequal is written <>"),
        ("a = NULL", 5, "IS NULL"),
        ("a NOT = 1", 7, "expected LIKE, BETWEEN or IN, found ="),
        ("a LIKE 1", 8, "a pattern in single quotes"),
        ("a BETWEEN 1 OR 2", 13, "expected AND and the greatest value"),
        ("a IN ()", 7, "a property, a value or a bracket"),
        ("a IN 1", 6, "( and a list"),
        ("a IS 1", 6, "NULL or NOT NULL"),
        ("a + 'x' = 1", 5, "expected a number"),
        ("'x' AND a = 1", 1, "a condition such as a = 1"),
        ("NOT 1", 5, "a condition"),
        ("5", 1, "a condition"),
        ("(a = 1", 7, "an operator or )"),
        ("a = 1)", 6, "found )"),
        ("a = (1, 2)", 5, "a property, number, text, date or truth value"),
        ("d = DATE('2026-02-30')", 10, "a date such as"),
        ("d = DATE(5)", 10, "a date such as"),
        ("d = TIMESTAMP('2026-09-01')", 15, "a moment such as"),
        ("T_AFTER(d, INTERVAL('x', '..'))", 21, "a date, a moment, '..'"),
        ("T_AFTER(d, 'x')", 12, "DATE('…')"),
        ("S_INTERSECTS(geom)", 1, "takes 2 arguments, here are 1"),
        ("S_INTERSECTS(geom, 1)", 20, "a geometry"),
        ("S_INTERSECTS(geom, POINT(1))", 26, "2 or 3 coordinates"),
        ("S_INTERSECTS(geom, POINT(1-2))", 27, "a blank between coordinates"),
        ("S_INTERSECTS(geom, POINT(1 2, 3 4))", 25, "one position"),
        ("S_INTERSECTS(geom, LINESTRING(1 2))", 30, "2 positions or more"),
        ("S_INTERSECTS(geom, POLYGON((0 0, 1 1)))", 28, "a ring has 4 positions"),
        ("S_INTERSECTS(geom, BBOX(1, 2, 3))", 20, "4 or 6 numbers"),
        ("A_EQUALS(l, 'a')", 13, "a list such as"),
        ("a = 1e999", 5, "the number is too large"),
        ("a = 1 # b", 7, "found #"),
        (r#"{"op":"=","args":[{"property":"a"},01]}"#, 36, "a JSON number"),
        (r#"{"op":"=","args":[{"property":"a"},null]}"#, 36, "use isNull"),
        (r#"{"op":"=","args":[{"property":"a"}]}"#, 1, "takes 2 arguments, here are 1"),
        (r#"{"op":"=","args":[{"property":"a"},1],"crs":"x"}"#, 39, "unknown member crs"),
        (r#"{"op":"=","op":"=","args":[]}"#, 11, "one too many"),
        (r#"{"property":"a","date":"2026-09-01"}"#, 17, "one too many"),
        (r#"{"args":[1,2]}"#, 1, "no CQL2 expression"),
        (r#"{"op":"not","args":[{"property":"\ud800"}]}"#, 33, "an escape"),
        (r#"{"op":"and","args":[true]}"#, 1, "takes 2+ arguments"),
        (r#"{"op":"in","args":[{"property":"a"},[]]}"#, 37, "a list with items"),
        (r#"{"op":"s_within","args":[{"property":"geom"},{"type":"Polygon","coordinates":[[1,2],[3,4]]}]}"#, 79, "coordinates that fit the type"),
        (r#"{"op":"s_within","args":[{"property":"geom"},{"type":"Circle","coordinates":[1,2]}]}"#, 77, "unknown type of geometry Circle"),
        (r#"{"property":"a"} x"#, 18, "the end"),
        ("{", 2, "but the filter ends here"),
    ] {
        let fault = fault(text);
        assert_eq!((fault.code, place(text)), ("filter_syntax", at), "{text}: {}", fault.en);
        assert!(fault.en.contains(en), "{text}: {}", fault.en);
        assert!(fault.zh.starts_with(&format!("条件第 {at} 个字符")) && fault.help_zh.is_some() && fault.help_en.is_some(), "{text}: {}", fault.zh);
    }
}

fn refused_by(text: &str, limit: usize) {
    let fault = fault(text);
    let head: String = text.chars().take(40).collect();
    assert_eq!(fault.code, "filter_too_large", "{head}: {}", fault.en);
    assert!(fault.en.contains(&limit.to_string()) && fault.zh.contains(&limit.to_string()) && fault.help_en.is_some(), "{head}: {}", fault.en);
}

#[test]
fn each_bound_is_named_and_no_nesting_reaches_the_stack() {
    let many = |text: &str| text.repeat(100_000);
    for open in ["(", "[", "NOT ", "not(", "- ", "f(", "((a = 1) AND ", "2 ^ ", "CASEI(", "a IN (", "GEOMETRYCOLLECTION(", "A_EQUALS(("] {
        let text = many(open);
        refused_by(&text[..text.len().min(MAX_LENGTH - 1)], MAX_DEPTH);
    }
    for open in [r#"{"op":"not","args":["#, r#"{"args":[["#, r#"{"geometries":["#, r#"{"interval":["#] {
        refused_by(&open.repeat(1_000), MAX_DEPTH);
    }
    for open in [r#"{"args":"#, r#"{"coordinates":"#] {
        refused_by(&format!("{open}{}", many("[")), MAX_DEPTH);
    }
    refused_by(&format!("\"'\"=1 AND {}TRUE{}", "(".repeat(1_000), ")".repeat(1_000)), MAX_DEPTH);
    refused_by(&format!("{}park='a'{}", "(".repeat(1_000), " = TRUE)".repeat(1_000)), MAX_DEPTH);
    refused_by(&many("a=1 and ")[..MAX_LENGTH - 300_000], MAX_NODES);
    refused_by(&format!("x = a{}", many(" + 1")), MAX_NODES);
    refused_by(&format!("a IN (1{})", many(", 1")), MAX_ITEMS);
    refused_by(&format!("S_INTERSECTS(geom, LINESTRING(1 1{}))", many(", 1 1")), MAX_VERTICES);
    refused_by(&format!(r#"{{"type":"LineString","coordinates":[[1,1]{}]}}"#, many(",[1,1]")), MAX_VERTICES);
    refused_by(&format!(r#"{{"type":"LineString","coordinates":[[]{}]}}"#, many(",[]")), MAX_VERTICES);
    refused_by(&"a".repeat(MAX_LENGTH + 1), MAX_LENGTH);
}

#[test]
fn up_to_the_bounds_everything_is_read_on_a_small_stack() {
    let work = || {
        let nest = |open: &str, inner: &str, close: &str, depth: usize| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
        let deep = [
            nest("(", "a = 1", ")", MAX_DEPTH),
            nest("(", "p", " = TRUE)", MAX_DEPTH),
            nest("NOT ", "a", "", MAX_DEPTH),
            nest("(p OR q AND NOT ", "a", ")", MAX_DEPTH / 2),
            format!("1 = {}", nest("(1 + 2 * 3 ^ ", "4", ")", MAX_DEPTH / 2)),
            nest(r#"{"op":"not","args":["#, "true", "]}", MAX_DEPTH),
        ];
        for text in &deep {
            let expression = parse(text).unwrap_or_else(|fault| panic!("{text}: {fault}"));
            assert!(!expression.to_string().is_empty() && expression == expression.clone());
        }
        let long = vec!["a = 1"; MAX_NODES / 3 - 1].join(" and ");
        assert!(matches!(parse(&long).unwrap(), Expression::And(parts) if parts.len() == MAX_NODES / 3 - 1));
        let sum = format!("1 = a{}", " + 1 - b".repeat(MAX_NODES / 4 - 1));
        assert!(parse(&parse(&sum).unwrap().to_string()).is_ok());
        let list = format!("code IN ({})", vec!["'0012'"; MAX_ITEMS].join(","));
        assert!(matches!(parse(&list).unwrap(), Expression::In(_, items) if items.len() == MAX_ITEMS));
    };
    std::thread::Builder::new().stack_size(1 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn twice_the_text_takes_twice_the_steps() {
    let repeated: [fn(usize) -> String; 8] = [
        |n| vec!["(a = 1 OR NOT b LIKE 'x%')"; n].join(" AND "),
        |n| format!("1 = a{}", " + 2 * (b - 1)".repeat(n)),
        |n| format!("a IN ('x'{})", ", 'x'".repeat(n)),
        |n| format!("S_INTERSECTS(geom, LINESTRING(1 1{}))", ", 1 1".repeat(n)),
        |n| format!("f(a{}) = TRUE", ", ('x', (1, 2))".repeat(n)),
        |n| format!("a = '{}'", r"\''\\".repeat(n)),
        |n| format!(r#"{{"op":"or","args":[{}]}}"#, vec![r#"{"op":"=","args":[{"property":"a"},1]}"#; n].join(",")),
        |n| format!(r#"{{"op":"s_within","args":[{{"property":"geom"}},{{"type":"LineString","coordinates":[[1,1]{}]}}]}}"#, ",[1,1]".repeat(n)),
    ];
    for make in repeated {
        let steps: Vec<u64> = [250, 500, 1_000, 2_000].map(|n| read(&make(n)).1).to_vec();
        for pair in steps.windows(2) {
            assert!(pair[1] < pair[0] * 3 && pair[0] > 0, "{steps:?} for {}", make(2));
        }
    }
    // Brackets around a comparison used to double the time each.
    let nested = |depth: usize| read(&format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth))).1;
    assert_eq!(nested(60) - nested(40), nested(40) - nested(20));
}

#[test]
fn every_text_can_be_written_as_a_literal() {
    for text in ["", "'", "''", r"\", r"\\", r"\'", r"a\\'b\", "宗地（一）/?#% blank,'+..", "\"", "\n\t\0", "🏗️"] {
        let literal = text_literal(text);
        assert_eq!(parse(&format!("code = {literal} AND b = 'x'")).unwrap(), parse(&format!("code = {literal} and b='x'")).unwrap());
        let Expression::Compare(_, sides) = parse(&format!("code = {literal}")).unwrap() else { panic!("{literal}") };
        assert_eq!(sides[1], Expression::Text(text.to_owned()), "{literal}");
    }
}
