//! Which bytes are which characters: labels, the language byte of a DBF, and a guess between UTF-8 and GB18030.

use crate::domain::Fault;
use crate::domain::fault::Outcome;
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8};
use serde::Serialize;
use utoipa::ToSchema;

/// How an encoding was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EncodingFoundBy)]
pub enum FoundBy {
    #[serde(rename = "option")]
    Option,
    #[serde(rename = "cpg")]
    Cpg,
    #[serde(rename = "ldid")]
    Ldid,
    #[serde(rename = "guess")]
    Guess,
    /// The XML declaration says so.
    #[serde(rename = "declaration")]
    Declared,
    /// A byte-order mark says so.
    #[serde(rename = "bom")]
    Mark,
    /// The format says UTF-8, or the text is plain ASCII.
    #[serde(rename = "utf-8")]
    Utf8,
}

/// The encoding that a file's text was read with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EncodingUsed {
    pub name: String,
    pub found_by: FoundBy,
}

impl EncodingUsed {
    pub(crate) fn utf8() -> Self {
        EncodingUsed { name: "UTF-8".to_owned(), found_by: FoundBy::Utf8 }
    }

    pub(crate) fn of(encoding: &'static Encoding, found_by: FoundBy) -> Self {
        EncodingUsed { name: name(encoding).to_owned(), found_by }
    }
}

/// GBK and GB18030 decode alike; people know the standard's name.
pub(crate) fn name(encoding: &'static Encoding) -> &'static str {
    if is_gb(encoding) { "GB18030" } else { encoding.name() }
}

fn is_gb(encoding: &'static Encoding) -> bool {
    encoding.name() == "GBK" || encoding == GB18030
}

/// An encoding by what people and `.cpg` files call it: `UTF-8`, `65001`, `936`, `CP936`, `GBK`, `ANSI 936`, `ISO-8859-1`…
pub fn by_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches('"').to_ascii_lowercase();
    let bare = label.trim_start_matches("ansi").trim_start_matches("oem").trim_start_matches("cp").trim_start_matches([' ', '-', '_']);
    match bare {
        "65001" | "utf8" | "utf-8" => Some(UTF_8),
        "936" | "54936" | "gb2312" | "gbk" | "gb18030" | "gb_2312-80" => Some(GB18030),
        "950" | "big5" => Some(BIG5),
        "932" => Some(encoding_rs::SHIFT_JIS),
        "949" => Some(encoding_rs::EUC_KR),
        "1252" | "88591" | "8859_1" => Some(encoding_rs::WINDOWS_1252),
        _ => Encoding::for_label(label.as_bytes()).or_else(|| Encoding::for_label(format!("windows-{bare}").as_bytes())),
    }
}

/// What a text would look like had its bytes been read in another encoding; none where they cannot be.
pub fn reread(text: &str, used: &str, other: &str) -> Option<String> {
    let (used, other) = (by_label(used)?, by_label(other)?);
    let (bytes, _, lost) = used.encode(text);
    if lost {
        return None;
    }
    match decode(other, &bytes) {
        Decoded::Whole(text) | Decoded::Cut(text) => Some(text),
        Decoded::Bad(_) => None,
    }
}

/// The encoding that the person named, or a fault.
pub(crate) fn given(label: &str) -> Outcome<&'static Encoding> {
    by_label(label).ok_or_else(|| {
        Fault::bad("encoding_unknown", format!("不认识编码“{label}”"), format!("unknown encoding “{label}”"))
            .help("常用：UTF-8、GB18030（GBK）", "common ones: UTF-8, GB18030 (GBK)")
    })
}

/// The language byte of a DBF (offset 29). Only the East Asian bytes are believed: 0x03 and 0x57 are written
/// by programs that store UTF-8 or GBK all the same.
pub(crate) fn by_language_byte(byte: u8) -> Option<&'static Encoding> {
    match byte {
        0x4D | 0x7A => Some(GB18030),
        0x4F | 0x78 => Some(BIG5),
        _ => None,
    }
}

/// UTF-8 or GB18030 by the bytes of a text; plain ASCII is UTF-8. `None` when neither reads it.
pub(crate) fn guess<'a>(texts: impl Iterator<Item = &'a [u8]> + Clone) -> Option<(&'static Encoding, FoundBy)> {
    if texts.clone().all(<[u8]>::is_ascii) {
        return Some((UTF_8, FoundBy::Utf8));
    }
    if texts.clone().all(|text| std::str::from_utf8(text).is_ok() || !matches!(decode(UTF_8, text), Decoded::Bad(_))) {
        return Some((UTF_8, FoundBy::Guess));
    }
    if texts.clone().all(|text| !matches!(decode(GB18030, text), Decoded::Bad(_))) {
        return Some((GB18030, FoundBy::Guess));
    }
    None
}

/// What `chardetng` would have said, for the notice beside a guess.
pub(crate) fn second_opinion<'a>(texts: impl Iterator<Item = &'a [u8]>) -> &'static str {
    let mut detector = chardetng::EncodingDetector::new();
    texts.for_each(|text| {
        detector.feed(text, false);
    });
    detector.feed(b"", true);
    name(detector.guess(None, true))
}

/// UTF-16 without a mark: every other byte of the beginning is nought.
pub(crate) fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(64)];
    let noughts = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count() * 4;
    let (even, odd) = (noughts(0), noughts(1));
    let pairs = head.len() / 2;
    match (head.len() >= 4 && bytes.len().is_multiple_of(2), even, odd) {
        (true, 0, odd) if odd >= pairs => Some(encoding_rs::UTF_16LE),
        (true, even, 0) if even >= pairs => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// That bytes may be in another encoding than the one that they were read with, in both languages.
#[derive(Debug)]
pub(crate) struct Doubt {
    pub zh: String,
    pub en: String,
}

/// Share of common hanzi among the two-byte characters above which bytes are Chinese text in GB18030.
const COMMON: f64 = 0.7;

/// A label that reads any bytes at all proves nothing. Where the bytes are as well UTF-8, or GB18030 with mostly common hanzi, this says so.
pub(crate) fn doubt<'a>(used: &'static Encoding, texts: impl Iterator<Item = &'a [u8]> + Clone) -> Option<Doubt> {
    if used == UTF_8 || !used.is_ascii_compatible() {
        return None;
    }
    let other = guess(texts.clone()).filter(|(_, by)| *by == FoundBy::Guess)?.0;
    if is_gb(used) && is_gb(other) {
        return None;
    }
    let weak = is_gb(other) && {
        let (common, all) = texts.clone().fold((0, 0), |sum, text| {
            let (common, all) = hanzi(text);
            (sum.0 + common, sum.1 + all)
        });
        // Big5's own common characters seldom fall on common ones of GB18030.
        all == 0 || (common as f64) < COMMON * all as f64
    };
    if weak {
        return None;
    }
    let shown = |encoding: &'static Encoding| {
        let text = texts.clone().find(|text| !text.is_ascii()).unwrap_or_default();
        let line = text.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_ascii()).unwrap_or_default();
        encoding.decode_without_bom_handling(line).0.chars().take(30).collect::<String>()
    };
    let (by_label, by_guess, label, guessed) = (shown(used), shown(other), name(used), name(other));
    Some(Doubt {
        zh: format!("按 {label} 读作“{by_label}”，但文字也是合法的 {guessed}：“{by_guess}”。如后者正确，请用 --encoding {guessed}"),
        en: format!(
            "read as {label}: “{by_label}”, but the text is valid {guessed} as well: “{by_guess}”. If that is right, pass --encoding {guessed}"
        ),
    })
}

/// Two-byte characters of GB18030 that are common hanzi (first level of GB 2312), and all of them.
fn hanzi(text: &[u8]) -> (usize, usize) {
    let (mut common, mut all, mut at) = (0, 0, 0);
    while at + 1 < text.len() {
        if text[at] < 0x81 {
            at += 1;
            continue;
        }
        all += 1;
        common += usize::from((0xB0..=0xD7).contains(&text[at]) && text[at + 1] >= 0xA1);
        at += 2;
    }
    (common, all)
}

/// A decoded text.
pub(crate) enum Decoded {
    Whole(String),
    /// The text ends inside a character, as a full DBF field does: the stump was left out.
    Cut(String),
    /// The offset of the first byte that does not decode.
    Bad(usize),
}

/// Decodes without ever putting a replacement character.
pub(crate) fn decode(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    if encoding.is_ascii_compatible() && bytes.is_ascii() {
        return Decoded::Whole(String::from_utf8_lossy(bytes).into_owned());
    }
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Decoded::Whole(text.into_owned());
    }
    // A stump at the end is at most three bytes long in UTF-8 and GB18030.
    let stump = (1..=3.min(bytes.len())).find_map(|short| {
        let head = &bytes[..bytes.len() - short];
        let starts_character = bytes[bytes.len() - short] >= 0x80;
        encoding.decode_without_bom_handling_and_without_replacement(head).filter(|_| starts_character)
    });
    match stump {
        Some(text) => Decoded::Cut(text.into_owned()),
        None => Decoded::Bad(first_bad(encoding, bytes)),
    }
}

/// The same of a text that is ours: UTF-8, which large files are in, is not copied. Beside a text that is not whole stand its bytes.
pub(crate) fn decode_all(encoding: &'static Encoding, bytes: Vec<u8>) -> (Decoded, Vec<u8>) {
    if encoding == UTF_8 {
        return match String::from_utf8(bytes) {
            Ok(text) => (Decoded::Whole(text), Vec::new()),
            Err(error) => {
                let bytes = error.into_bytes();
                (decode(encoding, &bytes), bytes)
            }
        };
    }
    (decode(encoding, &bytes), bytes)
}

fn first_bad(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let reads = |end: usize| encoding.decode_without_bom_handling_and_without_replacement(&bytes[..end]).is_some();
    let mut last = 0;
    for end in 0..=bytes.len() {
        if reads(end) {
            last = end;
        } else if end - last > 4 {
            break;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_shapefiles_carry_are_known() {
        for (label, expected) in [
            ("UTF-8", "UTF-8"),
            ("65001", "UTF-8"),
            ("ANSI 936", "GB18030"),
            ("CP936", "GB18030"),
            ("gb2312", "GB18030"),
            ("ISO-8859-1", "windows-1252"),
            ("950", "Big5"),
        ] {
            assert_eq!(by_label(label).map(name), Some(expected), "{label}");
        }
        assert!(by_label("klingon").is_none());
    }

    #[test]
    fn gbk_bytes_are_told_from_utf8_and_ascii() {
        let gbk: &[u8] = &[0xC9, 0xEE, 0xDB, 0xDA];
        let found = |bytes: &[u8]| guess([bytes].into_iter()).map(|(encoding, by)| (name(encoding), by));
        assert_eq!(found(gbk), Some(("GB18030", FoundBy::Guess)));
        assert_eq!(found("深圳".as_bytes()), Some(("UTF-8", FoundBy::Guess)));
        assert_eq!(found(b"Shenzhen"), Some(("UTF-8", FoundBy::Utf8)));
    }

    #[test]
    fn a_label_that_reads_anything_is_doubted_where_the_bytes_say_otherwise() {
        let gbk = GB18030.encode("深圳市宝安区工业园区").0.into_owned();
        let doubted = |label: &str, bytes: &[u8]| doubt(by_label(label).expect("label"), [bytes].into_iter()).map(|notice| notice.en);
        for label in ["ISO-8859-1", "1252", "windows-1251", "big5"] {
            let told = doubted(label, &gbk).unwrap_or_else(|| panic!("{label}"));
            assert!(told.contains("--encoding GB18030") && told.contains("深圳"), "{told}");
        }
        assert!(doubted("gbk", "深圳市".as_bytes()).is_some_and(|told| told.contains("--encoding UTF-8")));
        assert_eq!(doubted("gbk", &gbk), None);
        assert_eq!(doubted("1252", &encoding_rs::WINDOWS_1252.encode("Müller, São Paulo, Größe").0), None);
        assert_eq!(doubted("big5", &BIG5.encode("深圳市寶安區工業園區的土地").0), None);
        assert_eq!(doubted("1252", b"plain"), None);
    }

    #[test]
    fn a_text_is_shown_as_the_other_encodings_would_read_its_bytes() {
        assert_eq!(reread("深圳", "GB18030", "UTF-8"), None);
        assert_eq!(reread("深圳", "UTF-8", "GB18030").as_deref(), Some("娣卞湷"));
        assert_eq!(reread("娣卞湷", "GB18030", "UTF-8").as_deref(), Some("深圳"));
        assert_eq!(reread("Shenzhen", "UTF-8", "Big5").as_deref(), Some("Shenzhen"));
        assert_eq!(reread("深圳", "windows-1252", "UTF-8"), None, "these letters never were such bytes");
    }

    #[test]
    fn utf_16_without_a_mark_is_seen_by_its_noughts() {
        let little: Vec<u8> = "code,name\nA1,深\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "code,name\nA1,深\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!((wide(&little), wide(&big)), (Some(encoding_rs::UTF_16LE), Some(encoding_rs::UTF_16BE)));
        assert_eq!((wide(b"code,name\n"), wide("深圳".as_bytes())), (None, None));
    }

    #[test]
    fn a_character_cut_by_the_field_is_left_out() {
        assert!(matches!(decode(UTF_8, &"深圳".as_bytes()[..5]), Decoded::Cut(text) if text == "深"));
        assert!(matches!(decode(UTF_8, &[b'a', 0xC9, 0xEE, b'b', b'c', b'd']), Decoded::Bad(1)));
    }
}
