//! What a form offers: the schemes that may be chosen, and what each indicator means.

use crate::domain::fault::Outcome;
use crate::rules::indicators::{Head, INDICATORS};
use crate::rules::{DesignationPack, Pack, RuleSet};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DesignateDefaults)]
pub struct Choice {
    pub packs: Vec<Scheme>,
    pub indicators: Vec<Declared>,
}

/// A rule pack of designation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DesignationScheme)]
pub struct Scheme {
    pub id: String,
    pub version: String,
    pub jurisdiction: String,
    pub zh: String,
    pub en: String,
    pub valid_from: String,
    /// Another place's scheme: in force nowhere here, for comparison.
    pub model: bool,
    /// The one that is taken when none is named.
    pub in_force: bool,
    /// Null for a scheme of conditions only, which grades nobody.
    #[schema(required)]
    pub quotas: Option<GradeQuotas>,
}

/// Shares of the graded parks: at most these for A and B, at least this for D.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct GradeQuotas {
    pub a: f64,
    pub b: f64,
    pub d: f64,
}

/// An indicator as it is declared. The classes of facilities, which the pack lists, are declared by `facility_mean`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DeclaredIndicator)]
pub struct Declared {
    pub id: &'static str,
    pub head: Head,
    pub zh: &'static str,
    pub en: &'static str,
    pub unit: &'static str,
    pub formula_zh: &'static str,
    pub formula_en: &'static str,
    /// Columns as `layer.column`.
    pub needs: &'static [&'static str],
}

impl Choice {
    pub(super) fn of(rules: &RuleSet) -> Outcome<Choice> {
        let usual = rules.pack("designation")?.header;
        let scheme = |pack: &Pack| -> Outcome<Scheme> {
            let (header, read) = (&pack.header, DesignationPack::read(pack)?);
            let quotas = GradeQuotas { a: read.a_share.value, b: read.b_share.value, d: read.d_share.value };
            Ok(Scheme {
                quotas: read.weighs().then_some(quotas),
                id: header.id.clone(),
                version: header.version.clone(),
                jurisdiction: header.jurisdiction.clone(),
                zh: header.document.clone(),
                en: header.document_en.clone().unwrap_or_else(|| header.document.clone()),
                valid_from: header.valid_from.clone(),
                model: header.is_model(),
                in_force: (&header.id, &header.version) == (&usual.id, &usual.version),
            })
        };
        let declared = INDICATORS.iter().map(|indicator| Declared {
            id: indicator.id,
            head: indicator.head,
            zh: indicator.zh,
            en: indicator.en,
            unit: indicator.unit,
            formula_zh: indicator.formula[0],
            formula_en: indicator.formula[1],
            needs: indicator.needs,
        });
        let mut packs: Vec<Scheme> = rules.packs("designation").map(scheme).collect::<Outcome<_>>()?;
        packs.sort_by(|a, b| (!a.in_force, a.model, &a.id).cmp(&(!b.in_force, b.model, &b.id)));
        Ok(Choice { packs, indicators: declared.collect() })
    }
}
