//! The text of JSON files as people write them, made readable for a strict reader without losing a digit.

/// Digits of a whole number from which on it may lie beyond what number types keep.
const LONG_WHOLE: usize = 19;

/// What JSON's reader would refuse or round, outside of texts: `NaN` and `Infinity` become `null`, so that one bad coordinate costs its row and
/// not the file; whole numbers of more digits than any number type keeps become texts; record separators become blanks.
pub(super) fn readable(text: String) -> (String, usize) {
    let bytes = text.as_bytes();
    let mut out: Option<Vec<u8>> = None;
    let (mut copied, mut at, mut in_text, mut replaced) = (0, 0, false, 0);
    while at < bytes.len() {
        let byte = bytes[at];
        if in_text {
            at += if byte == b'\\' { 2 } else { 1 };
            in_text = byte != b'"';
            continue;
        }
        let token = match byte {
            b'"' => {
                in_text = true;
                0
            }
            0x1E => 1,
            b'N' | b'n' | b'I' | b'i' | b'-' => [&b"NaN"[..], b"nan", b"-NaN", b"-nan", b"Infinity", b"-Infinity", b"inf", b"-inf"]
                .iter()
                .rev()
                .find(|word| bytes[at..].starts_with(word))
                .map_or(0, |word| word.len()),
            b'0'..=b'9' => {
                let number = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count();
                let begin = at - usize::from(at > 0 && bytes[at - 1] == b'-');
                let token = &bytes[begin..at + number];
                if number >= LONG_WHOLE && token.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-') {
                    let out = out.get_or_insert_with(Vec::new);
                    out.extend_from_slice(&bytes[copied..begin]);
                    out.push(b'"');
                    out.extend_from_slice(token);
                    out.push(b'"');
                    copied = at + number;
                }
                at += number;
                continue;
            }
            _ => 0,
        };
        if token == 0 {
            at += 1;
            continue;
        }
        let out = out.get_or_insert_with(Vec::new);
        out.extend_from_slice(&bytes[copied..at]);
        out.extend_from_slice(if byte == 0x1E { b" " } else { b"null" });
        replaced += usize::from(byte != 0x1E);
        at += token;
        copied = at;
    }
    let Some(mut out) = out else { return (text, 0) };
    out.extend_from_slice(&bytes[copied..]);
    (String::from_utf8_lossy(&out).into_owned(), replaced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_a_number_outside_of_texts_becomes_null_and_texts_stay() {
        let (text, count) = readable(r#"{"a":"NaN \" Infinity","b":[NaN,-Infinity,-1]}"#.to_owned());
        assert_eq!((text.as_str(), count), (r#"{"a":"NaN \" Infinity","b":[null,null,-1]}"#, 2));
    }

    #[test]
    fn whole_numbers_keep_their_own_digits_and_others_stay_numbers() {
        let text = r#"{"a":44030500101000123451,"b":-44030500101000123451,"c":4403050010100012345,"d":[114.05199999999999999999,1e30],"e":"12345678901234567890"}"#;
        let expected = r#"{"a":"44030500101000123451","b":"-44030500101000123451","c":"4403050010100012345","d":[114.05199999999999999999,1e30],"e":"12345678901234567890"}"#;
        assert_eq!(readable(text.to_owned()), (expected.to_owned(), 0));
    }
}
