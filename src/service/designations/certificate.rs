//! The certificate of a title in force: one page.

use super::history::HistoryEntry;
use super::register::{cluster, state_name};
use super::{conflict, view};
use crate::city::City;
use crate::domain::fault::Outcome;
use crate::domain::{Designation, Lang};
use crate::formats::{CertificateSheet, FontFile, draw_certificate};
use crate::rules::Pack;
use chrono::NaiveDate;
use std::path::Path;

/// The page as PDF. `last` is the entry of the log with which the title was given.
pub fn certificate(city: &City, known: &Designation, last: Option<&HistoryEntry>, day: NaiveDate, font: Option<&Path>) -> Outcome<Vec<u8>> {
    let state = known.state_on(day);
    if !state.is_title() {
        let (code, zh, en) = (&known.code, state_name(state, Lang::Zh), state_name(state, Lang::En));
        return Err(conflict(
            "no_title",
            format!("{code} {zh}，没有有效的牌"),
            format!("{code} is {}: there is no title in force", en.to_lowercase()),
        )
        .at(code.clone())
        .help("授牌或续牌之后再出证书", "a certificate is made of a title in force"));
    }
    draw_certificate(&sheet(city, known, last, day), &FontFile::find(font)?)
}

fn sheet(city: &City, known: &Designation, last: Option<&HistoryEntry>, day: NaiveDate) -> CertificateSheet {
    let seen = view::as_seen(city, known, day);
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "—".to_owned());
    let lead = known.lead_cluster.as_deref();
    let both = |zh: String, en: String| if zh == en { zh } else { format!("{zh} · {en}") };
    let lead = lead.map_or_else(|| "—".to_owned(), |id| both(cluster(id, Lang::Zh), cluster(id, Lang::En)));
    let mut lines = vec![
        ("园区代码 Park".to_owned(), known.park.clone()),
        ("主导集群 Lead cluster".to_owned(), lead),
        ("等级 Grade".to_owned(), known.grade.clone().filter(|grade| grade.len() == 1).unwrap_or_else(|| "未定级 ungraded".to_owned())),
        ("授牌日 Designated on".to_owned(), text(&seen.date)),
        ("有效期至 Valid through".to_owned(), text(&seen.valid_through)),
        ("复核自 Re-check from".to_owned(), text(&seen.recheck_from)),
        ("依据 By".to_owned(), by(known)),
        ("规则包指纹 Pack".to_owned(), known.pack_sha256.clone()),
        ("证据指纹 Evidence".to_owned(), text(&known.evidence_sha256)),
    ];
    if let Some(last) = last {
        lines.push(("修改记录 Log entry".to_owned(), format!("#{} {}", last.seq, last.hash)));
    }
    CertificateSheet {
        title: "特色产业园区授牌证书".to_owned(),
        subtitle: "Certificate of designation as a featured industrial park".to_owned(),
        number: format!("编号 No. {}", known.code),
        holder: seen.park_name.clone().unwrap_or_else(|| known.park.clone()),
        words: "经评审，上列园区达到特色产业园区授牌条件，予以授牌。".to_owned(),
        lines,
        notes: vec![
            "证据与规则包均以 SHA-256 存档；以 parkplan audit verify 核对修改记录，以 parkplan designation show 核对证据。".to_owned(),
            "Evidence and rule pack are kept with their SHA-256; parkplan audit verify and designation show compare them.".to_owned(),
        ],
        warning: city.info().sample.then(|| "样例数据，不具效力 · sample data, of no force".to_owned()),
    }
}

/// The pack's document with the clauses of its line and its term.
fn by(known: &Designation) -> String {
    let texts: Vec<String> = known.pack_text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let named = format!("{}@{}", known.pack, known.pack_version);
    let Ok(pack) = Pack::of_layers(texts.iter().map(String::as_str)) else { return named };
    let clause = |path: &str| pack.figure(path).map(|figure| figure.cite.clause.clone());
    let clauses: Vec<String> = ["grade.min_score", "life.term_years"].into_iter().filter_map(clause).collect();
    format!("{}（{named}）；{}", pack.header.document, clauses.join("；"))
}
