//! The check of one parcel, step by step.

use super::binding::binding;
use super::case::{Overrides, ParcelCase};
use super::change::smallest_change;
use super::edges::{SiteLine, Surroundings, site_line};
use super::existing::check_existing;
use super::findings::{Drawn, findings, requirements};
use super::fit::fit_matrix;
use super::land::{Land, land};
use super::limits::{Limits, Tower, limits};
use super::offset::inset;
use super::result::{Bar, PlateResult, StoreyResult, UpstairsResult, YardResult};
use super::search::{Lifted, Regime, Scheme, best, draw, most_cells_of_one, regimes};
use super::shape::{Point, area, normalised, without};
use crate::domain::catalogue;
use crate::rules::upstairs::BAND_NAMES;
use crate::rules::{UpstairsPack, Verdict};
use geo::BooleanOps;
use geo_types::{Coord, LineString, MultiPolygon, Polygon};

/// How much of the answer is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// The building alone: areas, plates and storeys, nothing judged.
    Scheme,
    /// Figures, plates and findings: what a roll-up over many parcels needs.
    Figures,
    /// And which limits bind.
    Binding,
    /// All of it: binding limits, smallest change and cluster fit as well.
    Full,
}

/// Everything about one parcel.
pub fn check(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides) -> UpstairsResult {
    check_to(case, pack, overrides, Depth::Full)
}

/// The check to a depth.
pub fn check_to(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides, depth: Depth) -> UpstairsResult {
    check_from(case, pack, overrides, depth, &[])
}

/// The check of a question that is looser than one already answered: the search knows that one's plates, so that it never does worse (U22).
pub fn check_from(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides, depth: Depth, known: &[PlateResult]) -> UpstairsResult {
    let mut prepared = Prepared::new(case, pack, overrides);
    prepared.seed(known);
    if depth == Depth::Scheme {
        let (regime, building) = best(&mut prepared.regimes, prepared.land.site_area, &prepared.limits, pack, Lifted::default());
        let scheme = draw(&prepared.regimes, regime, building, &prepared.limits.grid);
        return prepared.result(case, pack, &scheme, regime);
    }
    let Evaluated { mut result, scheme, regime } = evaluate(&mut prepared, case, pack, overrides, depth < Depth::Full);
    if depth >= Depth::Binding {
        result.binding = binding(&mut prepared, pack, result.gfa_m2);
    }
    if depth == Depth::Full {
        result.existing = case.existing.iter().map(|building| check_existing(building, case, pack)).collect();
        result.site = prepared.world(&prepared.land.site);
        result.setback_line = prepared.world(&inset(&prepared.land.site, &prepared.line.pieces, pack.setback.mitre_limit));
        result.frontage = prepared.frontage();
        result.fit = fit_matrix(pack, &prepared.limits.heights);
        result.unusable = prepared.unusable(regime, &scheme);
        result.smallest_change = smallest_change(case, pack, overrides, &result, prepared);
    }
    result
}

/// The answer without its what-ifs, and what was drawn.
pub(super) struct Evaluated {
    pub result: UpstairsResult,
    pub scheme: Scheme,
    pub regime: usize,
}

/// Best scheme and findings on prepared ground; with `decide` no more is measured than the verdicts need.
pub(super) fn evaluate(prepared: &mut Prepared, case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides, decide: bool) -> Evaluated {
    let (regime, building) = best(&mut prepared.regimes, prepared.land.site_area, &prepared.limits, pack, Lifted::default());
    let scheme = draw(&prepared.regimes, regime, building, &prepared.limits.grid);
    let mut result = prepared.result(case, pack, &scheme, regime);
    let drawn = Drawn { case, pack, overrides, prepared, scheme: &scheme, result: &result, decide };
    let ((found, circle), required) = (findings(&drawn), requirements(&drawn));
    result.yard = circle.map(|circle| YardResult { centre: circle.centre + prepared.land.origin, radius_m: circle.radius });
    result.overall = Verdict::overall(found.iter().map(|finding| finding.verdict));
    result.unknown.extend(found.iter().filter(|finding| finding.verdict == Verdict::Unknown).map(|finding| finding.rule.to_owned()));
    result.findings = found;
    result.requirements = required;
    Evaluated { result, scheme, regime }
}

/// The parcel ready for the search: land, site line, outline by height regime, limits.
pub(super) struct Prepared {
    pub land: Land,
    pub line: SiteLine,
    pub outline: MultiPolygon<f64>,
    pub limits: Limits,
    pub regimes: Vec<Regime>,
}

impl Prepared {
    pub(super) fn new(case: &ParcelCase, pack: &UpstairsPack, overrides: &Overrides) -> Prepared {
        let joined = match (&case.adjoining, overrides.neighbour) {
            (Some(adjoining), true) => Some(joined(&case.outline, adjoining)),
            _ => None,
        };
        let land = land(case, joined.as_ref().unwrap_or(&case.outline), &pack.land);
        let around = Surroundings { roads: case.roads.as_deref(), neighbours: &case.neighbours, origin: land.origin };
        let line = site_line(&land.site, &around, &pack.setback, overrides);
        let outline = buildable(&land, &line, pack.setback.mitre_limit);
        let limits = limits(case, pack, overrides);
        let regimes = regimes(&land, outline.clone(), limits.height.value);
        Prepared { land, line, outline, limits, regimes }
    }

    /// Makes a layout that is already known (in the working CRS) known to the search, wherever it still fits.
    pub(super) fn seed(&mut self, known: &[PlateResult]) {
        let local = |point: &Point| *point - self.land.origin;
        let corners: Vec<[Point; 3]> = known
            .iter()
            .filter_map(|plate| {
                let ring = &plate.polygon.exterior().0;
                (ring.len() == 5).then(|| [local(&ring[0]), local(&ring[1]), local(&ring[3])])
            })
            .collect();
        for regime in &mut self.regimes {
            regime.space.seed(&regime.outline, &corners, &self.limits.grid);
        }
    }

    /// The pieces of the site line that face a road, in the working CRS; pieces that follow one another are one line.
    fn frontage(&self) -> Vec<LineString<f64>> {
        let mut lines: Vec<LineString<f64>> = Vec::new();
        for piece in self.line.pieces.iter().filter(|piece| piece.faces_road) {
            let (a, b) = (piece.a + self.land.origin, piece.b + self.land.origin);
            match lines.last_mut().filter(|line| line.0.last() == Some(&a)) {
                Some(line) => line.0.push(b),
                None => lines.push(LineString(vec![a, b])),
            }
        }
        lines
    }

    fn result(&self, case: &ParcelCase, pack: &UpstairsPack, scheme: &Scheme, regime: usize) -> UpstairsResult {
        let tower = Tower::new(&self.limits, pack, scheme.height_limit, Some(self.limits.storeys.value));
        let building = &scheme.building;
        let built = building.storeys + usize::from(building.partial > 0.0);
        let storeys: Vec<StoreyResult> = tower
            .heights
            .iter()
            .take(built)
            .enumerate()
            .map(|(index, height)| {
                let band = pack.band(index + 1);
                let area_m2 = if index < building.storeys { building.plate_area } else { building.partial };
                StoreyResult { n: index + 1, band: BAND_NAMES[band], height_m: *height, area_m2, load_kn_m2: pack.load[band].value }
            })
            .collect();
        let counted = storeys.iter().zip(&tower.weights).map(|(storey, weight)| storey.area_m2 * weight).sum();
        let site = self.land.site_area;
        let ratio = |part: f64| (site > 0.0).then(|| part / site);
        let outline_area = area(&self.outline);
        UpstairsResult {
            parcel: case.code.clone(),
            cluster: pack.cluster.clone(),
            pack: pack.id.clone(),
            pack_version: pack.version.clone(),
            pack_hash: pack.hash.clone(),
            waterfall: self.waterfall(),
            site_area_m2: site,
            outline_area_m2: outline_area,
            outline: self.world(&self.outline),
            unusable: Vec::new(),
            plates: scheme
                .plates
                .iter()
                .map(|plate| PlateResult {
                    width_m: plate.width,
                    length_m: plate.length,
                    area_m2: plate.area(),
                    angle_deg: long_side_angle(&plate.corners),
                    polygon: self.world_polygon(&plate.polygon()),
                })
                .collect(),
            height_limit_m: scheme.height_limit,
            site: MultiPolygon(Vec::new()),
            setback_line: MultiPolygon(Vec::new()),
            frontage: Vec::new(),
            yard: None,
            height_m: storeys.iter().map(|storey| storey.height_m).sum::<f64>() + if storeys.is_empty() { 0.0 } else { self.limits.roof_allowance },
            storeys,
            gfa_m2: building.gfa,
            counted_gfa_m2: counted,
            far: ratio(counted),
            coverage: ratio(building.plate_area),
            bound_m2: self.limits.coverage.value.map_or(outline_area, |coverage| outline_area.min(coverage * site)),
            allowed_gfa_m2: self.limits.far.value.map(|far| far * site),
            built_gfa_m2: case.built_gfa_m2,
            directions_deg: self.regimes.get(regime).map(|regime| regime.space.angles.clone()).unwrap_or_default(),
            binding: Vec::new(),
            findings: Vec::new(),
            requirements: Vec::new(),
            overall: Verdict::Unknown,
            smallest_change: Vec::new(),
            fit: Vec::new(),
            existing: Vec::new(),
            unknown: self.land.bars.iter().filter(|bar| bar.removed.is_none()).map(|bar| bar.kind.clone()).collect(),
        }
    }

    fn waterfall(&self) -> Vec<Bar> {
        let plain = |id: &str, zh: &str, en: &str, area: f64| Bar {
            id: id.to_owned(),
            zh: zh.to_owned(),
            en: en.to_owned(),
            area_m2: Some(area),
            full_area_m2: Some(area),
            computed: true,
            dedicated: false,
        };
        let mut bars = vec![plain("parcel", "宗地", "Parcel", self.land.parcel_area)];
        bars.extend(self.land.bars.iter().map(|bar| {
            let (zh, en) = kind_names(&bar.kind);
            Bar {
                id: bar.kind.clone(),
                zh,
                en,
                area_m2: bar.removed,
                full_area_m2: bar.full,
                computed: bar.removed.is_some(),
                dedicated: bar.dedicated,
            }
        }));
        let (open, outline) = (area(&self.land.open), area(&self.outline));
        bars.push(plain("site", "建设用地", "Site", self.land.site_area));
        bars.push(plain("setback", "退线", "Setbacks", open - outline));
        bars.push(plain("outline", "可建轮廓", "Buildable outline", outline));
        bars
    }

    /// Parts of the outline on which no plate stands and none could.
    fn unusable(&self, regime: usize, scheme: &Scheme) -> Vec<Polygon<f64>> {
        let Some(regime) = self.regimes.get(regime) else { return Vec::new() };
        let used = |part: &Polygon<f64>| {
            scheme.plates.iter().any(|plate| {
                let [a, _, c, _] = plate.corners;
                super::shape::contains(&MultiPolygon(vec![part.clone()]), (a + c) * 0.5)
            })
        };
        let fits = |part: &Polygon<f64>| most_cells_of_one(&MultiPolygon(vec![part.clone()]), &regime.space.angles, &self.limits.grid) > 0;
        self.outline.0.iter().filter(|part| !used(part) && !fits(part)).map(|part| self.world_polygon(part)).collect()
    }

    fn world(&self, shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
        MultiPolygon(shape.0.iter().map(|polygon| self.world_polygon(polygon)).collect())
    }

    fn world_polygon(&self, polygon: &Polygon<f64>) -> Polygon<f64> {
        let ring = |ring: &LineString<f64>| LineString(ring.0.iter().map(|point| *point + self.land.origin).collect());
        Polygon::new(ring(polygon.exterior()), polygon.interiors().iter().map(ring).collect())
    }
}

/// Site minus setbacks and minus the restrictions that only bar building (U4).
pub(super) fn buildable(land: &Land, line: &SiteLine, mitre_limit: f64) -> MultiPolygon<f64> {
    let inner = inset(&land.site, &line.pieces, mitre_limit);
    without(&inner, land.obstacles.iter().flat_map(|obstacle| obstacle.shape.0.iter().cloned()).collect())
}

/// Two parcels as one; what lies between them stays outside unless they share an edge.
fn joined(parcel: &MultiPolygon<f64>, adjoining: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let origin = super::shape::bounds(parcel).map_or(Coord { x: 0.0, y: 0.0 }, geo_types::Rect::min);
    let one = normalised(parcel, origin).union(&normalised(adjoining, origin));
    normalised(&one, origin * -1.0)
}

fn long_side_angle(corners: &[Point; 4]) -> f64 {
    let (first, second) = (corners[1] - corners[0], corners[2] - corners[1]);
    let long = if super::shape::length(first) >= super::shape::length(second) { first } else { second };
    let angle = long.y.atan2(long.x).to_degrees().rem_euclid(180.0);
    if angle > 180.0 - 1e-9 { 0.0 } else { angle }
}

fn kind_names(kind: &str) -> (String, String) {
    let code = catalogue().codes("control_kind").and_then(|codes| codes.iter().find(|code| code.code == kind));
    code.map_or_else(|| (kind.to_owned(), kind.to_owned()), |code| (code.zh.clone(), code.en.clone()))
}
