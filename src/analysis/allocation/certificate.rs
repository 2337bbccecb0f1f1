//! Why no allocation keeps all bounds (A4): one inequality that anybody can add up.
//!
//! # Source
//! Hoffman's circulation theorem (1960) for bounds on the rows and columns of a 0–1 matrix: they clash exactly when, for some set of one side,
//! its least counts ask for more than the other side takes.

use super::audit::Side;
use super::board::Board;
use crate::domain::Lang;
use serde::Serialize;
use utoipa::ToSchema;

/// The least counts of one side's members exceed what there is room for on the other.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AllocationCertificate)]
pub struct Certificate {
    /// Whose least counts clash; the other side gives the room.
    pub kind: Side,
    /// The clusters of the inequality, and its districts. None of the side of `kind` can be dropped.
    pub clusters: Vec<String>,
    pub districts: Vec<String>,
    /// Σ of the least counts of the side of `kind`.
    pub need: usize,
    /// Σ of the most of the other side's members.
    pub most: usize,
    /// Allowed pairs of the side of `kind` with the rest of the other side.
    pub other_pairs: usize,
    /// `most` + `other_pairs`; less than `need`.
    pub room: usize,
    /// When all bounds are equal and every pair is allowed, so that any members clash.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub equal: Option<EqualBounds>,
    /// The inequality in words.
    pub zh: String,
    pub en: String,
}

/// All members of a side together, and the least number of any of them that clashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AllocationEqualBounds)]
pub struct EqualBounds {
    pub count: usize,
    pub least: usize,
    /// `count` · `least`.
    pub need: usize,
    pub other_count: usize,
    pub most: usize,
    /// What there is room for.
    pub room: usize,
    /// Any so many clash already.
    pub any: usize,
    pub any_need: usize,
    pub any_room: usize,
}

/// One side against the other: least counts of the `own`, most of the `other`, and the pairs that are allowed.
struct Question {
    least: Vec<usize>,
    most: Vec<usize>,
    /// By own · others + other.
    allowed: Vec<bool>,
}

impl Certificate {
    /// `None` exactly when some allocation keeps all bounds.
    pub fn of(board: &Board) -> Option<Certificate> {
        let clusters: Vec<usize> = (0..board.clusters.len()).filter(|cluster| !board.exempt[*cluster]).collect();
        let districts: Vec<usize> = (0..board.districts.len()).collect();
        let (of_cluster, of_district) = (|c: &usize| &board.of_cluster[*c], |d: &usize| &board.of_district[*d]);
        let rows = Question {
            least: clusters.iter().map(|c| of_cluster(c).0.value).collect(),
            most: districts.iter().map(|d| of_district(d).1.value).collect(),
            allowed: clusters.iter().flat_map(|c| districts.iter().map(|d| board.allowed[board.at(*c, *d)])).collect(),
        };
        let columns = Question {
            least: districts.iter().map(|d| of_district(d).0.value).collect(),
            most: clusters.iter().map(|c| of_cluster(c).1.value).collect(),
            allowed: districts.iter().flat_map(|d| clusters.iter().map(|c| board.allowed[board.at(*c, *d)])).collect(),
        };
        let names = |list: &[usize], names: &[String]| list.iter().map(|at| names[*at].clone()).collect::<Vec<_>>();
        let (clusters, districts) = (names(&clusters, &board.clusters), names(&districts, &board.districts));
        rows.clash()
            .map(|own| rows.told(Side::Cluster, &own, &clusters, &districts))
            .or_else(|| columns.clash().map(|own| columns.told(Side::District, &own, &districts, &clusters)))
    }

    /// The inequality in words.
    pub fn text(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }
}

impl Question {
    fn pairs(&self, own: &[usize], other: usize) -> usize {
        own.iter().filter(|own| self.allowed[**own * self.most.len() + other]).count()
    }

    fn need(&self, own: &[usize]) -> usize {
        own.iter().map(|own| self.least[*own]).sum()
    }

    /// Others that are full before every allowed pair with these is placed.
    fn full(&self, own: &[usize]) -> Vec<usize> {
        (0..self.most.len()).filter(|other| self.most[*other] < self.pairs(own, *other)).collect()
    }

    fn room(&self, own: &[usize]) -> usize {
        (0..self.most.len()).map(|other| self.most[other].min(self.pairs(own, other))).sum()
    }

    fn clashes(&self, own: &[usize]) -> bool {
        self.need(own) > self.room(own)
    }

    /// The least set that clashes; `None` when every least count can be met.
    fn clash(&self) -> Option<Vec<usize>> {
        let mut own = self.unmet()?;
        // Taking one away may let another go that could not go before.
        while let Some(at) = (0..own.len()).rev().find(|at| self.clashes(&without(&own, *at))) {
            own.remove(at);
        }
        Some(own)
    }

    /// Places what each own needs; where one cannot be served, all that its places could move to are full, and those who hold them clash with it.
    fn unmet(&self) -> Option<Vec<usize>> {
        let others = self.most.len();
        let (mut placed, mut load) = (vec![false; self.allowed.len()], vec![0; others]);
        for own in 0..self.least.len() {
            for _ in 0..self.least[own] {
                let (mut seen_own, mut seen_other) = (vec![false; self.least.len()], vec![false; others]);
                if !self.place(own, &mut placed, &mut load, &mut seen_own, &mut seen_other) {
                    return Some((0..self.least.len()).filter(|own| seen_own[*own]).collect());
                }
            }
        }
        None
    }

    /// One more place for `own`, moving others' places where that makes room.
    fn place(&self, own: usize, placed: &mut [bool], load: &mut [usize], seen_own: &mut [bool], seen_other: &mut [bool]) -> bool {
        let others = self.most.len();
        seen_own[own] = true;
        for other in 0..others {
            let at = own * others + other;
            if !self.allowed[at] || placed[at] || seen_other[other] {
                continue;
            }
            seen_other[other] = true;
            if load[other] < self.most[other] {
                load[other] += 1;
                placed[at] = true;
                return true;
            }
            for holder in 0..self.least.len() {
                if placed[holder * others + other] && !seen_own[holder] && self.place(holder, placed, load, seen_own, seen_other) {
                    placed[holder * others + other] = false;
                    placed[at] = true;
                    return true;
                }
            }
        }
        false
    }

    fn told(&self, kind: Side, own: &[usize], own_names: &[String], other_names: &[String]) -> Certificate {
        let full = self.full(own);
        let most: usize = full.iter().map(|other| self.most[*other]).sum();
        let rest = (0..self.most.len()).filter(|other| !full.contains(other));
        let other_pairs = rest.map(|other| self.pairs(own, other)).sum();
        let pick = |list: &[usize], names: &[String]| list.iter().map(|at| names[*at].clone()).collect::<Vec<_>>();
        let (owns, others) = (pick(own, own_names), pick(&full, other_names));
        let (clusters, districts) = if kind == Side::Cluster { (owns, others) } else { (others, owns) };
        let mut certificate = Certificate {
            kind,
            clusters,
            districts,
            need: self.need(own),
            most,
            other_pairs,
            room: most + other_pairs,
            equal: self.equal(),
            zh: String::new(),
            en: String::new(),
        };
        (certificate.zh, certificate.en) = words(&certificate);
        certificate
    }

    fn equal(&self) -> Option<EqualBounds> {
        let (least, most) = (*self.least.first()?, *self.most.first()?);
        let is_equal = self.least.iter().all(|own| *own == least) && self.most.iter().all(|other| *other == most);
        if !is_equal || self.allowed.iter().any(|is_allowed| !is_allowed) {
            return None;
        }
        let (count, other_count) = (self.least.len(), self.most.len());
        let room = |count: usize| other_count * most.min(count);
        let any = (1..=count).find(|any| any * least > room(*any))?;
        Some(EqualBounds { count, least, need: count * least, other_count, most, room: room(count), any, any_need: any * least, any_room: room(any) })
    }
}

fn without(list: &[usize], at: usize) -> Vec<usize> {
    [&list[..at], &list[at + 1..]].concat()
}

fn words(certificate: &Certificate) -> (String, String) {
    let (own_zh, own_en, other_zh, other_en) = match certificate.kind {
        Side::Cluster => ("集群", "clusters", "区", "districts"),
        Side::District => ("区", "districts", "集群", "clusters"),
    };
    if let Some(EqualBounds { count, least, need, other_count, most, room, any, any_need, any_room }) = certificate.equal {
        // No member takes more than there are.
        let most = most.min(count);
        let mut zh = format!("{count} 个{own_zh} × 至少 {least} = {need} > {other_count} 个{other_zh} × 至多 {most} = {room}");
        let mut en = format!("{count} {own_en} × at least {least} = {need} > {other_count} {other_en} × at most {most} = {room}");
        if any < count {
            zh += &format!("；任取 {any} 个{own_zh}即已冲突：{any_need} > {any_room}");
            en += &format!("; any {any} {own_en} clash already: {any_need} > {any_room}");
        }
        return (zh, en);
    }
    let Certificate { clusters, districts, need, most, other_pairs, room, .. } = certificate;
    let (own, other) = if certificate.kind == Side::Cluster { (clusters.len(), districts.len()) } else { (districts.len(), clusters.len()) };
    (
        format!(
            "这 {own} 个{own_zh}合计至少需要 {need} 处；{other} 个{other_zh}至多容纳 {most} 处，其余可布局 {other_pairs} 处，合计 {room}：{need} > {room}"
        ),
        format!(
            "these {own} {own_en} need {need} placements at least; {other} {other_en} take {most} at most and {other_pairs} more pairs are allowed, {room} in all: {need} > {room}"
        ),
    )
}
