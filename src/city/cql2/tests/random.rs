//! Random texts and random expressions: nothing breaks the readers, and what is written is read again.

use super::*;
use proptest::prelude::*;

fn soup() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "a",
        "b",
        "\"c d\"",
        "'x'",
        "'it''s'",
        "1",
        "2.5",
        "-3",
        "(",
        ")",
        "(",
        ")",
        "[",
        "]",
        ",",
        "=",
        "<>",
        "<",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "^",
        "%",
        "AND",
        "OR",
        "NOT",
        "LIKE",
        "BETWEEN",
        "IN",
        "IS",
        "NULL",
        "TRUE",
        "DIV",
        "CASEI(",
        "f(",
        "DATE('2026-09-01')",
        "INTERVAL('..', a)",
        "A_EQUALS(",
        "S_WITHIN(",
        "BBOX(1,2,3,4)",
        "POINT(1 2)",
        "T_AFTER(",
        "宗地",
        "'",
        "\"",
        "{",
        "}",
        ":",
        "\\",
    ];
    prop::collection::vec(prop::sample::select(WORDS), 0..40).prop_map(|words| words.join(" "))
}

fn json_soup() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "{\"op\":",
        "\"=\"",
        "\"not\"",
        ",\"args\":[",
        "]}",
        "]",
        "}",
        ",",
        "{\"property\":\"a\"}",
        "1",
        "-2.5e3",
        "\"x\"",
        "true",
        "null",
        "[",
        "{",
        "\"type\":\"Point\"",
        ",\"coordinates\":",
        "[1,2]",
        "{\"bbox\":[1,2,3,4]}",
        "{\"date\":\"2026-09-01\"}",
        "{\"interval\":[\"..\",\"..\"]}",
        ":",
        "\"",
        "\\u00",
        "\"\\n\"",
    ];
    prop::collection::vec(prop::sample::select(WORDS), 0..40).prop_map(|words| format!("{{{}", words.concat()))
}

/// Expressions that the text can say.
fn expressions() -> impl Strategy<Value = Expression> {
    let boxed = |value| Box::new(value);
    let number = (any::<i32>(), 0u32..1_000).prop_map(|(whole, part)| Expression::Number(Number::literal(format!("{whole}.{part}"), 0).unwrap()));
    let scalar = prop_oneof![number.clone(), ".*".prop_map(Expression::Text), "[^\0]*".prop_map(Expression::Property)];
    let numeric = prop_oneof![number, "[a-z容]+".prop_map(Expression::Property)].prop_recursive(4, 24, 3, |inner| {
        let operators = prop::sample::select(
            &[Arithmetic::Plus, Arithmetic::Minus, Arithmetic::Times, Arithmetic::Over, Arithmetic::Modulo, Arithmetic::Div, Arithmetic::Power][..],
        );
        (operators, inner.clone(), inner).prop_map(|(operator, left, right)| {
            let operand = |value| kind::Operand { at: 0, value };
            operation::arithmetic(operator, operand(left), operand(right)).unwrap()
        })
    });
    let value = prop_oneof![scalar, numeric];
    let comparison = prop::sample::select(Comparison::ALL);
    let leaf = prop_oneof![
        any::<bool>().prop_map(Expression::Boolean),
        (comparison, value.clone(), value.clone()).prop_map(|(comparison, left, right)| Expression::Compare(comparison, Box::new([left, right]))),
        (value.clone(), prop::collection::vec(value.clone(), 1..4)).prop_map(move |(value, items)| Expression::In(boxed(value), items)),
        (value.clone(), value.clone(), value.clone()).prop_map(|(value, low, high)| Expression::Between(Box::new([value, low, high]))),
        (".*", ".*").prop_map(|(name, pattern)| Expression::Like(Box::new([
            Expression::Casei(Box::new(Expression::Property(name))),
            Expression::Text(pattern)
        ]))),
        value.prop_map(|value| Expression::IsNull(Box::new(value))),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.clone().prop_map(|part| Expression::Not(Box::new(part))),
            inner.prop_map(|part| Expression::IsNull(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_that_is_sent_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), noise in ".{0,80}", text in soup(), json in json_soup()) {
        for text in [String::from_utf8_lossy(&bytes).into_owned(), noise.clone(), format!("{{{noise}"), json, text] {
            let (outcome, steps) = read(&text);
            prop_assert!(steps <= 8 * text.len() as u64 + 8);
            match outcome {
                Ok(expression) => prop_assert_eq!(parse(&expression.to_string()).map_err(|fault| fault.en), Ok(expression)),
                Err(fault) => prop_assert!(fault.code.starts_with("filter_") && !fault.zh.is_empty()),
            }
        }
    }

    #[test]
    fn what_is_written_is_read_as_it_was_meant(expression in expressions()) {
        let text = expression.to_string();
        prop_assert_eq!(parse(&text).map_err(|fault| format!("{text}: {fault}")), Ok(expression));
    }
}
