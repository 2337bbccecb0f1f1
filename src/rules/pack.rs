//! A pack as read from TOML, and typed access to its figures.

use super::RulesFault;
use super::figure::{Cite, Cited, Figure, FigureValue};
use crate::domain::run::sha256_hex;
use crate::domain::{PackUse, catalogue};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the pack is and where it holds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Header {
    pub id: String,
    /// `upstairs`, `upstairs-fit`, `floor-loads`, `consolidation`, `designation`, `progress`, `allocation` or `matching`.
    pub kind: String,
    pub jurisdiction: String,
    pub document: String,
    /// The document's name in English.
    pub document_en: Option<String>,
    pub version: String,
    /// ISO date from which the pack is in force.
    pub valid_from: String,
    pub district: Option<String>,
    pub cluster: Option<String>,
    pub inherits: Option<String>,
    /// `model`: another place's scheme, in force nowhere here and used only where a person chooses it.
    pub role: Option<String>,
}

/// The one role that a pack may have besides being in force.
pub const MODEL: &str = "model";

impl Header {
    pub fn is_model(&self) -> bool {
        self.role.as_deref() == Some(MODEL)
    }
}

/// One pack, or several laid over one another (city, district, cluster).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pack {
    #[serde(flatten)]
    pub header: Header,
    /// SHA-256 of the text; of a resolved pack, of its layers' hashes joined by line feeds.
    pub hash: String,
    /// Ids of the layers, city first.
    pub layers: Vec<String>,
    /// The layers' texts, in the same order.
    #[serde(skip)]
    pub uses: Vec<PackUse>,
    /// The layers' very texts: what is decided by them is kept with them.
    #[serde(skip)]
    pub texts: Vec<Arc<str>>,
    pub figures: BTreeMap<String, Figure>,
}

impl Pack {
    pub(super) fn from_parts(header: Header, figures: BTreeMap<String, Figure>, text: &str) -> Pack {
        let hash = sha256_hex(text.as_bytes());
        let uses = vec![PackUse { id: header.id.clone(), version: header.version.clone(), hash: hash.clone() }];
        Pack { layers: vec![header.id.clone()], uses, texts: vec![text.into()], header, hash, figures }
    }

    /// The pack that kept texts of layers make, city first: the same as it was, and with the same hash.
    pub fn of_layers<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Pack, RulesFault> {
        let mut layers = texts.into_iter().map(Pack::parse);
        let none = || RulesFault::Unreadable { pack: String::new(), detail: "no text".to_owned() };
        let base = layers.next().ok_or_else(none)??;
        layers.try_fold(base, |below, above| Ok(below.overlaid(&above?)))
    }

    /// This pack with `above` laid over it: a figure of `above` replaces ours and keeps its own cite.
    pub(super) fn overlaid(mut self, above: &Pack) -> Pack {
        self.hash = sha256_hex(format!("{}\n{}", self.hash, above.hash).as_bytes());
        self.layers.extend(above.layers.iter().cloned());
        self.uses.extend(above.uses.iter().cloned());
        self.texts.extend(above.texts.iter().cloned());
        self.figures.extend(above.figures.iter().map(|(path, figure)| (path.clone(), figure.clone())));
        self.header = above.header.clone();
        self
    }

    pub fn figure(&self, path: &str) -> Option<&Figure> {
        self.figures.get(path)
    }

    fn wanted(&self, path: &str) -> Result<&Figure, RulesFault> {
        self.figure(path).ok_or_else(|| RulesFault::Missing { pack: self.header.id.clone(), path: path.to_owned() })
    }

    fn wrong(&self, path: &str, wanted: &'static str) -> RulesFault {
        RulesFault::Type { pack: self.header.id.clone(), path: path.to_owned(), wanted }
    }

    /// A number that must be there.
    pub fn number(&self, path: &str) -> Result<Cited<f64>, RulesFault> {
        let figure = self.wanted(path)?;
        match figure.value {
            FigureValue::Number(value) => Ok(cited(value, figure)),
            _ => Err(self.wrong(path, "a number")),
        }
    }

    /// A number or "no limit"; the figure itself must be there.
    pub fn limit(&self, path: &str) -> Result<Cited<Option<f64>>, RulesFault> {
        let figure = self.wanted(path)?;
        match figure.value {
            FigureValue::Number(value) => Ok(cited(Some(value), figure)),
            FigureValue::Null => Ok(cited(None, figure)),
            _ => Err(self.wrong(path, "a number or null")),
        }
    }

    /// A whole number that must be there.
    pub fn count(&self, path: &str) -> Result<Cited<usize>, RulesFault> {
        let number = self.number(path)?;
        if number.value < 0.0 || number.value.fract() != 0.0 {
            return Err(self.wrong(path, "a whole number"));
        }
        Ok(number.map(|value| value as usize))
    }

    pub fn text(&self, path: &str) -> Result<Cited<String>, RulesFault> {
        let figure = self.wanted(path)?;
        match &figure.value {
            FigureValue::Text(value) => Ok(cited(value.clone(), figure)),
            _ => Err(self.wrong(path, "a text")),
        }
    }

    /// `yes` or `no`.
    pub fn flag(&self, path: &str) -> Result<Cited<bool>, RulesFault> {
        let text = self.text(path)?;
        match text.value.as_str() {
            "yes" | "no" => Ok(text.map(|value| value == "yes")),
            _ => Err(self.wrong(path, "yes or no")),
        }
    }

    pub fn numbers(&self, path: &str) -> Result<Cited<Vec<f64>>, RulesFault> {
        let figure = self.wanted(path)?;
        match &figure.value {
            FigureValue::Numbers(value) => Ok(cited(value.clone(), figure)),
            FigureValue::Texts(value) if value.is_empty() => Ok(cited(Vec::new(), figure)),
            _ => Err(self.wrong(path, "a list of numbers")),
        }
    }

    pub fn texts(&self, path: &str) -> Result<Cited<Vec<String>>, RulesFault> {
        let figure = self.wanted(path)?;
        match &figure.value {
            FigureValue::Texts(value) => Ok(cited(value.clone(), figure)),
            _ => Err(self.wrong(path, "a list of texts")),
        }
    }

    /// The members of a group, each of which must be known: what a figure says of one thing is never taken for another.
    pub fn known_members(&self, group: &str, is_known: impl Fn(&str) -> bool, known: impl Fn() -> Vec<String>) -> Result<Vec<&str>, RulesFault> {
        let members = self.members(group);
        match members.iter().find(|name| !is_known(name)) {
            None => Ok(members),
            Some(name) => Err(RulesFault::Unknown {
                pack: self.header.id.clone(),
                path: format!("{group}.{name}"),
                name: (*name).to_owned(),
                known: known().join(", "),
            }),
        }
    }

    /// The members of a group that are codes of a list of the catalogue, or one of `more`.
    pub fn code_members(&self, group: &str, list: &str, more: &[&str]) -> Result<Vec<&str>, RulesFault> {
        let codes = || catalogue().codes(list).into_iter().flatten().map(|code| code.code.as_str()).chain(more.iter().copied());
        self.known_members(group, |name| codes().any(|code| code == name), || codes().map(str::to_owned).collect())
    }

    /// The last path segments under `group.` (for `indicator.lead_output.must` and group `indicator`: `lead_output`), sorted, once each.
    pub fn members(&self, group: &str) -> Vec<&str> {
        let prefix = format!("{group}.");
        let mut names: Vec<&str> =
            self.figures.keys().filter_map(|path| path.strip_prefix(&prefix)).filter_map(|rest| rest.split('.').next()).collect();
        names.dedup();
        names
    }
}

fn cited<T>(value: T, figure: &Figure) -> Cited<T> {
    Cited { value, cite: Arc::clone(&figure.cite) }
}

/// A cite of the pack as a whole, for a verdict that rests on no single figure.
pub fn cite_pack(pack: &Pack) -> Arc<Cite> {
    Arc::new(Cite {
        pack: pack.header.id.clone(),
        version: pack.header.version.clone(),
        clause: pack.header.document.clone(),
        source: pack.header.document.clone(),
        status: super::Status::Unconfirmed,
    })
}
