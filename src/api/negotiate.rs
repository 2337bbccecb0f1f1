//! Which form and which language an answer has: `f=` wins over `Accept`; both headers with their q-values (RFC 9110 §12.5).

use crate::domain::fault::Outcome;
use crate::domain::{Fault, FaultKind, Lang};
use axum::http::{HeaderMap, HeaderName, header};

/// A form of an answer, named as `f=` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    GeoJson,
    Html,
    Csv,
    FlatGeobuf,
    GeoPackage,
    Shapefile,
    Kml,
    Tile,
    Xlsx,
    GeoJsonSeq,
    Dxf,
}

impl Form {
    pub(super) const ALL: [Form; 12] = [
        Form::Json,
        Form::GeoJson,
        Form::Html,
        Form::Csv,
        Form::FlatGeobuf,
        Form::GeoPackage,
        Form::Shapefile,
        Form::Kml,
        Form::Tile,
        Form::Xlsx,
        Form::GeoJsonSeq,
        Form::Dxf,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::GeoJson => "geojson",
            Form::Html => "html",
            Form::Csv => "csv",
            Form::FlatGeobuf => "fgb",
            Form::GeoPackage => "gpkg",
            Form::Shapefile => "shp",
            Form::Kml => "kml",
            Form::Tile => "mvt",
            Form::Xlsx => "xlsx",
            Form::GeoJsonSeq => "geojsonseq",
            Form::Dxf => "dxf",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Media types by which it may be asked for, its own first.
    fn media_types(self) -> &'static [&'static str] {
        match self {
            Form::Json => &["application/json", "application/schema+json", "application/vnd.oai.openapi+json"],
            Form::GeoJson => &["application/geo+json", "application/json", "application/vnd.geo+json"],
            Form::Html => &["text/html", "application/xhtml+xml"],
            Form::Csv => &["text/csv"],
            Form::FlatGeobuf => &["application/flatgeobuf", "application/vnd.flatgeobuf"],
            Form::GeoPackage => &["application/geopackage+sqlite3"],
            Form::Shapefile => &["application/zip"],
            Form::Kml => &["application/vnd.google-earth.kml+xml"],
            Form::Tile => &["application/vnd.mapbox-vector-tile", "application/x-protobuf"],
            Form::Xlsx => &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
            Form::GeoJsonSeq => &["application/geo+json-seq"],
            Form::Dxf => &["image/vnd.dxf", "application/dxf"],
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Form::Html => "text/html; charset=utf-8",
            Form::Csv => "text/csv; charset=utf-8",
            other => other.media_types()[0],
        }
    }
}

/// The form of an answer among those that a route offers, the one it likes best first.
///
/// # Errors
/// 400 for a name that the route does not offer, 406 where `Accept` allows none of them.
pub(super) fn form(offers: &[Form], wanted: Option<&str>, headers: &HeaderMap) -> Outcome<Form> {
    let names = || offers.iter().map(|form| form.name()).collect::<Vec<_>>();
    if let Some(name) = wanted {
        return offers.iter().copied().find(|form| form.name() == name).ok_or_else(|| {
            Fault::bad("format", format!("此处没有格式 {name}"), format!("there is no format {name} here"))
                .at("f")
                .help(format!("可用：{}", names().join("、")), format!("known: {}", names().join(", ")))
        });
    }
    let ranges = ranges(headers, header::ACCEPT);
    if ranges.is_empty() {
        return offers.first().copied().ok_or_else(|| Fault::internal("negotiation", "a route without a form"));
    }
    // Best by quality, then by how exactly it was named; the route's own order decides what is left.
    let mut best: Option<(Form, (u16, u8))> = None;
    for form in offers {
        let (own, others) = form.media_types().split_first().unzip();
        // A form's other names count where they are named; `*/*` speaks of its own.
        let named = others.into_iter().flatten().filter_map(|media| quality(&ranges, media)).filter(|(_, exact)| *exact == EXACT);
        let grade = own.and_then(|media| quality(&ranges, media)).into_iter().chain(named).max().filter(|(quality, _)| *quality > 0);
        if let Some(grade) = grade
            && best.is_none_or(|(_, known)| grade > known)
        {
            best = Some((*form, grade));
        }
    }
    best.map(|(form, _)| form).ok_or_else(|| {
        let media: Vec<&str> = offers.iter().map(|form| form.media_types()[0]).collect();
        Fault::new(FaultKind::NotAcceptable, "not_acceptable", "没有 Accept 所要的格式", "there is nothing of the kind that Accept asks for")
            .at("Accept")
            .help(format!("可用：{}", media.join("、")), format!("known: {}", media.join(", ")))
    })
}

/// zh unless the request prefers English.
pub(super) fn language(headers: &HeaderMap) -> Lang {
    let ranges = ranges(headers, header::ACCEPT_LANGUAGE);
    let wish = |tag: &str| {
        let own = ranges.iter().filter(|(range, _)| range.split('-').next() == Some(tag)).map(|(_, quality)| *quality).max();
        own.or_else(|| ranges.iter().find(|(range, _)| range == "*").map(|(_, quality)| *quality))
    };
    let (zh, en) = (wish("zh"), wish("en"));
    // Chinese is refused and English is not, though it is not named either.
    let only_english = zh == Some(0) && en != Some(0);
    let (zh, en) = (zh.unwrap_or(0), en.unwrap_or(0));
    if en > zh || only_english {
        return Lang::En;
    }
    // Both as welcome: the one that stands first.
    let first = ranges.iter().find(|(range, quality)| *quality > 0 && matches!(range.split('-').next(), Some("zh" | "en")));
    if en == zh && first.is_some_and(|(range, _)| range.starts_with("en")) { Lang::En } else { Lang::Zh }
}

/// A list of ranges with their qualities in thousandths; what is not well formed is left out.
fn ranges(headers: &HeaderMap, name: HeaderName) -> Vec<(String, u16)> {
    let texts = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let range = |text: &str| {
        let mut parts = text.split(';').map(str::trim);
        let range = parts.next().filter(|range| !range.is_empty())?.to_ascii_lowercase();
        let mut quality = 1000;
        for part in parts {
            if let Some(number) = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")) {
                let number: f64 = number.trim().parse().ok().filter(|number| (0.0..=1.0).contains(number))?;
                quality = (number * 1000.0).round() as u16;
            }
        }
        Some((range, quality))
    };
    texts.flat_map(|text| text.split(',')).filter_map(range).collect()
}

/// How exactly a range names a media type, when it is that type.
const EXACT: u8 = 2;

/// Quality of a media type and how exactly the range names it; the most exact range decides.
fn quality(ranges: &[(String, u16)], media: &str) -> Option<(u16, u8)> {
    let kind = media.split('/').next().unwrap_or_default();
    let exactness = |range: &str| match range {
        "*/*" => Some(0),
        _ if range.strip_suffix("/*") == Some(kind) => Some(1),
        _ => (range == media).then_some(EXACT),
    };
    let fitting = ranges.iter().filter_map(|(range, quality)| exactness(range).map(|exact| (*quality, exact)));
    fitting.max_by_key(|(_, exact)| *exact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(offers: &[Form], f: Option<&str>, accept: &str) -> Result<Form, FaultKind> {
        let mut headers = HeaderMap::new();
        if !accept.is_empty() {
            headers.insert(header::ACCEPT, accept.parse().unwrap());
        }
        form(offers, f, &headers).map_err(|fault| fault.kind)
    }

    #[test]
    fn the_name_wins_then_the_qualities_then_the_order() {
        use Form::{Csv, GeoJson, Html, Json};
        let page = [Json, Html];
        for (f, accept, form) in [
            (None, "", Ok(Json)),
            (None, "*/*", Ok(Json)),
            (None, "text/html,*/*", Ok(Html)),
            (None, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Ok(Html)),
            (None, "application/json;q=1, text/html;q=0.2", Ok(Json)),
            (None, "application/json;q=0.2, text/html", Ok(Html)),
            (None, "application/schema+json", Ok(Json)),
            (None, "text/*", Ok(Html)),
            (None, "text/*, text/html;q=0", Err(FaultKind::NotAcceptable)),
            (None, "image/png", Err(FaultKind::NotAcceptable)),
            (None, "*/*;q=0", Err(FaultKind::NotAcceptable)),
            (Some("html"), "application/json", Ok(Html)),
            (Some("json"), "image/png", Ok(Json)),
            (Some("xml"), "", Err(FaultKind::BadInput)),
            (Some("csv"), "", Err(FaultKind::BadInput)),
        ] {
            assert_eq!(chosen(&page, f, accept), form, "{f:?} {accept}");
        }
        let items = [GeoJson, Json, Html, Csv];
        assert_eq!(chosen(&items, None, "text/csv, application/geo+json;q=0.5"), Ok(Csv));
        assert_eq!(chosen(&items, None, "application/json, application/geo+json, application/problem+json"), Ok(GeoJson));
    }

    #[test]
    fn the_language_goes_by_quality() {
        for (header, lang) in [
            ("", Lang::Zh),
            ("en-GB,en;q=0.9", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en;q=0.1, zh;q=0.9", Lang::Zh),
            ("zh;q=0.3, en;q=0.4", Lang::En),
            ("fr, en;q=0.5", Lang::En),
            ("en;q=0", Lang::Zh),
            ("zh;q=0", Lang::En),
            ("zh;q=0, fr", Lang::En),
            ("zh;q=0, en;q=0", Lang::Zh),
            ("*;q=0", Lang::Zh),
            ("zh;q=0, *", Lang::En),
            ("zh-CN;q=0, zh-TW", Lang::Zh),
            ("en, zh", Lang::En),
            ("*", Lang::Zh),
            ("fr", Lang::Zh),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, header.parse().unwrap())]);
            assert_eq!(language(&headers), lang, "{header}");
        }
    }
}
