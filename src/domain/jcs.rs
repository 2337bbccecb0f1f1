//! Canonical JSON (RFC 8785): members by the UTF-16 units of their names, numbers as ECMAScript writes them, no blanks. What is hashed in this form
//! can be hashed again by anybody in any language.

use super::run::json_text;
use serde_json::{Number, Value};

/// The canonical text of a value.
///
/// ```
/// let value = serde_json::json!({ "b": 1.0, "a": [1e21, "文"] });
/// assert_eq!(parkplan::domain::jcs::canonical(&value), r#"{"a":[1e+21,"文"],"b":1}"#);
/// ```
///
/// # Source
/// RFC 8785, §3.2
pub fn canonical(value: &Value) -> String {
    sorted(value, &|number| number.as_f64().map_or_else(|| number.to_string(), number_text))
}

/// Members in the order of their names and no blanks; numbers as `number_text` writes them.
pub(super) fn sorted(value: &Value, number_text: &dyn Fn(&Number) -> String) -> String {
    let mut text = String::new();
    write(value, number_text, &mut text);
    text
}

fn write(value: &Value, number_text: &dyn Fn(&Number) -> String, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&json_text(name));
                text.push(':');
                write(value, number_text, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(item, number_text, text);
            }
            text.push(']');
        }
        Value::String(own) => text.push_str(&json_text(own)),
        Value::Number(number) => text.push_str(&number_text(number)),
        Value::Null | Value::Bool(_) => text.push_str(&value.to_string()),
    }
}

/// A finite number as ECMAScript's `Number::toString` writes it.
fn number_text(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    // Rust's shortest digits that read back as the same number, as ECMAScript wants them.
    let shortest = format!("{:e}", number.abs());
    let places = shortest.split_once('e').map_or(0, |(mantissa, _)| mantissa.len().saturating_sub(2));
    // Of two as short and as near, the even one.
    let scientific = format!("{:.places$e}", number.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len() as i32;
    // The number is 0.digits × 10^point.
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let body = match point {
        _ if count <= point && point <= 21 => format!("{digits}{}", "0".repeat((point - count) as usize)),
        _ if 0 < point && point <= 21 => format!("{}.{}", &digits[..point as usize], &digits[point as usize..]),
        _ if -6 < point && point <= 0 => format!("0.{}{digits}", "0".repeat(-point as usize)),
        _ => {
            let fraction = if count > 1 { format!(".{}", &digits[1..]) } else { String::new() };
            format!("{}{fraction}e{}{}", &digits[..1], if point > 0 { '+' } else { '-' }, (point - 1).abs())
        }
    };
    if number < 0.0 { format!("-{body}") } else { body }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8785, appendix B.
    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (bits, text) in [
            (0x0000_0000_0000_0000, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0x41b3_de43_5555_5555, "333333333.3333333"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(number_text(f64::from_bits(bits)), text);
        }
    }

    /// RFC 8785, §3.2.3: order by UTF-16 units, in which a letter beyond the basic plane comes before U+FB33.
    #[test]
    fn members_stand_in_the_order_of_their_utf_16_units() {
        let value = serde_json::json!({ "\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7 });
        assert_eq!(canonical(&value), "{\"\\r\":2,\"1\":4,\"\u{80}\":6,\"\u{f6}\":7,\"\u{20ac}\":1,\"\u{1f600}\":5,\"\u{fb33}\":3}");
    }

    #[test]
    fn what_is_read_back_is_written_the_same() {
        let value = serde_json::json!({ "z": [0.1, -0.0, 1e-7, 100, null, true, "a\"\n\u{1}"], "a": { "b": {} } });
        let text = canonical(&value);
        assert_eq!(text, "{\"a\":{\"b\":{}},\"z\":[0.1,0,1e-7,100,null,true,\"a\\\"\\n\\u0001\"]}");
        assert_eq!(canonical(&serde_json::from_str(&text).expect("JSON")), text);
    }
}
