//! The figures of each kind of pack.

use super::{Shape::*, Spec};

/// Kinds of packs, as written in `pack.kind`.
pub const KINDS: [&str; 8] = ["upstairs", "upstairs-fit", "floor-loads", "consolidation", "designation", "progress", "allocation", "matching"];

const NO: &[&str] = &[""];
const M: &[&str] = &["m"];
const M2: &[&str] = &["m²"];
const SHARE: &[&str] = &["1"];
const LOAD: &[&str] = &["kN/m²", "t/m²"];
const T: &[&str] = &["t"];
const WAN_M2: &[&str] = &["万元/m²"];
const ANY: &[&str] = &["", "1", "m", "m²", "ha", "万元", "万元/亩", "元/m²·月", "人/ha", "家", "个", "块", "分", "次"];
const BIG: f64 = 1e12;
/// Columns of the load code's table.
const SPANS: &[&str] = &["slab_span_1_2", "slab_span_2_0", "main_beam"];
const LEVERS: &[&str] =
    &["far", "height", "coverage", "storey_ground", "storey_lower", "storey_typical", "setback_road", "setback_side", "lifts", "neighbour"];

/// Area metrics of land (analyses §0).
const LAND_METRICS: &[&str] = &["registered_area_m2", "planar_area_m2", "ellipsoidal_area_m2"];

/// The figures of a kind; `None` for a kind that does not exist.
pub fn specs(kind: &str) -> Option<&'static [Spec]> {
    Some(match kind {
        "upstairs" => UPSTAIRS,
        "upstairs-fit" => FIT,
        "floor-loads" => LOADS,
        "consolidation" => CONSOLIDATION,
        "designation" => DESIGNATION,
        "progress" => PROGRESS,
        "allocation" => ALLOCATION,
        "matching" => MATCHING,
        _ => return None,
    })
}

const UPSTAIRS: &[Spec] = &[
    Spec::must("land.order", Codes("control_kind"), NO),
    Spec::must("land.dedicated", Codes("control_kind"), NO),
    Spec::must("land.barring", Codes("control_kind"), NO),
    Spec::must("setback.road.*", Number(0.0, 200.0), M),
    Spec::must("setback.road.express", Number(0.0, 200.0), M),
    Spec::must("setback.road.arterial", Number(0.0, 200.0), M),
    Spec::must("setback.road.collector", Number(0.0, 200.0), M),
    Spec::must("setback.road.local", Number(0.0, 200.0), M),
    Spec::must("setback.side", Number(0.0, 200.0), M),
    Spec::must("setback.facing_distance", Number(0.0, 500.0), M),
    Spec::must("setback.inside_other", Number(0.0, 50.0), M),
    Spec::must("setback.edge_max", Number(1.0, 1000.0), M),
    Spec::must("setback.edge_piece", Number(1.0, 1000.0), M),
    Spec::must("setback.straight_deg", Number(0.0, 45.0), &["°"]),
    Spec::must("setback.mitre_limit", Number(1.0, 100.0), SHARE),
    Spec::must("far.max", Number(0.0, 50.0), SHARE).or_null(),
    Spec::must("coverage.max", Number(0.0, 1.0), SHARE).or_null(),
    Spec::must("height.max", Number(0.0, 1000.0), M).or_null(),
    Spec::must("height.min", Number(0.0, 1000.0), M).or_null(),
    Spec::must("height.roof_allowance", Number(0.0, 100.0), M),
    Spec::must("storey.ground", Number(2.0, 30.0), M),
    Spec::must("storey.lower", Number(2.0, 30.0), M),
    Spec::must("storey.middle", Number(2.0, 30.0), M),
    Spec::must("storey.upper", Number(2.0, 30.0), M),
    Spec::must("storey.max", Count(1.0, 200.0), &["层"]),
    Spec::must("storey.bands", Numbers(1.0, 200.0, Some(3)), &["层"]),
    Spec::must("storey.partial_top", Flag, NO),
    Spec::must("counted.above", Rising(0.0, 100.0), M),
    Spec::must("counted.weight", Rising(1.0, 10.0), SHARE),
    Spec::must("plate.column", Number(1.0, 50.0), M),
    Spec::must("plate.width_min", Number(1.0, 1000.0), M),
    Spec::must("plate.width_max", Number(1.0, 1000.0), M),
    Spec::must("plate.length_min", Number(1.0, 1000.0), M),
    Spec::must("plate.length_max", Number(1.0, 1000.0), M),
    Spec::must("plate.min_plate", Number(1.0, 1e6), M2),
    Spec::must("plate.count_max", Count(1.0, 12.0), &["个"]),
    Spec::must("plate.fire_distance", Number(0.0, 200.0), M),
    Spec::must("load.ground", Number(0.0, 200.0), LOAD),
    Spec::must("load.lower", Number(0.0, 200.0), LOAD),
    Spec::must("load.middle", Number(0.0, 200.0), LOAD),
    Spec::must("load.upper", Number(0.0, 200.0), LOAD),
    Spec::must("lift.min_per_plate", Count(0.0, 100.0), &["部"]),
    Spec::must("lift.m2_per_lift", Number(1.0, 1e7), M2).or_null(),
    Spec::must("lift.capacity", Numbers(0.0, 100.0, None), T),
    Spec::must("bay.min_per_plate", Count(0.0, 100.0), &["个"]),
    Spec::must("bay.m2_per_bay", Number(1.0, 1e7), M2).or_null(),
    Spec::must("yard.turning_radius", Number(0.0, 100.0), M),
    Spec::must("ancillary.gfa_max", Number(0.0, 1.0), SHARE).or_null(),
    Spec::must("ancillary.land_max", Number(0.0, 1.0), SHARE).or_null(),
    Spec::must("change.levers", Texts(LEVERS), NO),
    Spec::may("change.*.min", Number(0.0, 1e6), ANY),
    Spec::may("change.*.max", Number(0.0, 1e6), ANY),
    Spec::may("change.*.step", Number(1e-6, 1e6), ANY),
    Spec::may("change.*.weight", Number(0.0, 1e6), ANY),
    Spec::must("demand.span", Text(SPANS), NO),
    Spec::may("demand.fire", Fire, NO),
    Spec::may("demand.vibration", Vibration, NO),
    Spec::may("demand.height", Bands(0.0, 100.0), M),
    Spec::may("demand.lift", Bands(0.0, 1000.0), T),
    Spec::may("demand.load", Bands(0.0, 200.0), LOAD),
    Spec::may("demand.process", Processes, NO),
    Spec::must("roll_up.uses", Codes("land_use"), NO),
    Spec::may("programme.gfa_per_year", Number(0.0, BIG), M2),
];

const FIT: &[Spec] = &[
    Spec::must("available.fire", Fire, NO),
    Spec::must("available.vibration", Vibration, NO),
    Spec::must("available.lift", Bands(0.0, 1000.0), T),
    Spec::may("retrofit.fire", Fire, NO),
    Spec::may("retrofit.vibration", Vibration, NO),
    Spec::may("retrofit.height", Bands(0.0, 100.0), M),
    Spec::may("retrofit.lift", Bands(0.0, 1000.0), T),
    Spec::may("retrofit.load", Bands(0.0, 200.0), LOAD),
    Spec::may("demand.*.fire", Fire, NO).or_null(),
    Spec::may("demand.*.vibration", Vibration, NO).or_null(),
    Spec::may("demand.*.height", Bands(0.0, 100.0), M).or_null(),
    Spec::may("demand.*.lift", Bands(0.0, 1000.0), T).or_null(),
    Spec::may("demand.*.load", Bands(0.0, 200.0), LOAD).or_null(),
    Spec::may("demand.*.process", Processes, NO),
];

const LOADS: &[Spec] = &[
    Spec::may("process.*.slab_span_1_2", Number(0.0, 200.0), &["kN/m²"]),
    Spec::may("process.*.slab_span_2_0", Number(0.0, 200.0), &["kN/m²"]),
    Spec::may("process.*.main_beam", Number(0.0, 200.0), &["kN/m²"]),
];

const CONSOLIDATION: &[Spec] = &[
    Spec::must("eligible.inside_share", Number(0.0, 1.0), SHARE),
    Spec::must("eligible.planned_uses", Codes("land_use"), NO),
    Spec::must("eligible.control_share", Number(0.0, 1.0), SHARE),
    Spec::must("eligible.hard_kinds", Codes("control_kind"), NO),
    Spec::must("eligible.road_uses", Codes("land_use"), NO),
    Spec::must("eligible.recent_years", Number(0.0, 100.0), &["年"]).or_null(),
    Spec::must("eligible.dense_far", Number(0.0, 50.0), SHARE).or_null(),
    Spec::must("price.land.*", Number(0.0, 1000.0), WAN_M2).or_null(),
    Spec::must("price.demolition.*", Number(0.0, 1000.0), WAN_M2).or_null(),
    Spec::must("price.demolition.unknown", Number(0.0, 1000.0), WAN_M2).or_null(),
    Spec::must("readiness.*", Number(0.0, 1.0), SHARE),
    Spec::must("weight.area", Number(0.0, 1e6), NO),
    Spec::must("weight.compactness", Number(0.0, 1e6), NO),
    Spec::must("weight.cost", Number(0.0, 1e6), NO),
    Spec::must("weight.owners", Number(0.0, 1e6), NO),
    Spec::must("weight.readiness", Number(0.0, 1e6), NO),
    Spec::must("site.area_min", Number(0.0, 1e9), M2),
    Spec::must("site.area_max", Number(0.0, 1e9), M2),
    Spec::must("site.compactness_min", Number(0.0, 1.0), SHARE),
    Spec::must("site.count_max", Count(1.0, 1000.0), &["个"]),
    Spec::must("site.rectangle_width", Number(0.0, 1e4), M).or_null(),
    Spec::must("site.rectangle_length", Number(0.0, 1e4), M).or_null(),
    Spec::must("adjacency.gap", Number(0.0, 100.0), M),
    Spec::must("adjacency.angle_deg", Number(0.0, 90.0), &["°"]),
    Spec::must("adjacency.length_min", Number(0.0, 1000.0), M),
    Spec::must("adjacency.bridge_width", Number(0.0, 1000.0), M),
    Spec::must("split.min_untitled", Number(0.0, 1e9), M2),
    Spec::must("split.legal_tenures", Codes("tenure"), NO),
    Spec::must("split.shared_tenures", Codes("tenure"), NO),
    Spec::must("split.legal_factor", Number(0.0, 10.0), SHARE),
    Spec::must("split.far_from", Rising(0.0, 50.0), SHARE),
    Spec::must("split.share_base", Numbers(0.0, 1.0, None), SHARE),
    Spec::must("split.share_per_far", Numbers(0.0, 1.0, None), SHARE),
    Spec::must("split.retained_cap", Number(0.0, 1.0), SHARE),
    Spec::must("plan.discount", Number(0.0, 1.0), SHARE),
    Spec::must("plan.shortfall_penalty", Number(0.0, 1e6), NO),
    Spec::must("plan.year_capacity", Number(0.0, 1e10), M2).or_null(),
    Spec::must("plan.year_budget", Number(0.0, 1e9), &["万元"]).or_null(),
    Spec::must("plan.relax_target", Number(1e-6, 1e6), NO),
    Spec::must("plan.relax_budget", Number(1e-6, 1e6), NO),
    Spec::must("plan.relax_capacity", Number(1e-6, 1e6), NO),
    Spec::must("plan.target_years", Rising(1900.0, 2200.0), &["年"]),
    Spec::must("plan.target_area", Rising(0.0, 1e10), M2),
];

const DESIGNATION: &[Spec] = &[
    Spec::must("general.min_known", Number(0.0, 1.0), SHARE),
    Spec::must("general.counted_uses", Codes("unit_use"), NO),
    Spec::must("general.lq_basis", Text(&["output", "jobs", "firms", "floor"]), NO),
    Spec::must("general.industrial_uses", Codes("land_use"), NO),
    Spec::must("general.excluded_tenure", Codes("tenure"), NO),
    Spec::must("general.few_firms", Count(0.0, 1000.0), &["家"]),
    Spec::must("general.min_same_type", Count(1.0, 1000.0), &["个"]),
    Spec::may("general.land_metric", Text(LAND_METRICS), NO),
    Spec::may("general.leader_output", Number(0.0, BIG), &["万元"]),
    Spec::must("general.rent_cap", Number(0.0, 1e5), &["元/m²·月"]).or_null(),
    Spec::must("facility.classes", Codes("facility_class"), NO),
    Spec::must("facility.*.radius", Number(0.0, 1e5), M),
    Spec::may("facility.*.mode", Text(&["distance", "connected"]), NO),
    Spec::must("report.due_days", Count(0.0, 366.0), &["日"]),
    Spec::must("report.quarters", Count(0.0, 4.0), &["次"]),
    Spec::may("report.annual", Count(0.0, 1.0), &["次"]),
    Spec::may("report.annual_due_days", Count(0.0, 366.0), &["日"]),
    Spec::may("indicator.*.must", Number(-BIG, BIG), ANY),
    Spec::may("indicator.*.threshold", Number(-BIG, BIG), ANY),
    Spec::may("indicator.*.op", Text(&[">=", ">", "<=", "<"]), NO),
    Spec::may("indicator.*.weight", Number(0.0, 1e6), NO),
    Spec::may("indicator.*.at", Rising(-BIG, BIG), ANY),
    Spec::may("indicator.*.points", Numbers(0.0, 1e6, None), &["分"]),
    Spec::may("indicator.*.low", Number(-BIG, BIG), ANY),
    Spec::may("indicator.*.high", Number(-BIG, BIG), ANY),
    Spec::must("penalty.missed_quarter", Number(0.0, 100.0), &["分"]),
    Spec::must("penalty.no_annual_is_d", Flag, NO),
    Spec::must("penalty.false_data_is_d", Flag, NO),
    Spec::must("penalty.major_accident_is_d", Flag, NO),
    Spec::must("grade.a_share", Number(0.0, 1.0), SHARE),
    Spec::must("grade.b_share", Number(0.0, 1.0), SHARE),
    Spec::must("grade.d_share", Number(0.0, 1.0), SHARE),
    Spec::may("grade.weight_sum", Number(0.0, 1e6), NO),
    Spec::must("grade.min_ranked", Count(1.0, 1e6), &["个"]),
    Spec::must("grade.rank_within", Text(&["city", "type"]), NO),
    Spec::must("grade.min_score", Number(0.0, 100.0), &["分"]),
    Spec::must("grade.sensitivity", Number(0.0, 1.0), SHARE),
    Spec::must("life.term_years", Count(1.0, 100.0), &["年"]),
    Spec::must("life.recheck_months", Count(1.0, 1200.0), &["月"]),
    Spec::must("life.revoke_after", Count(1.0, 100.0), &["年"]),
];

const PROGRESS: &[Spec] = &[
    Spec::must("light.yellow_from", Number(0.0, 100.0), &["百分点"]),
    Spec::must("light.red_above", Number(0.0, 100.0), &["百分点"]),
    Spec::must("light.yellows_to_red", Count(1.0, 100.0), &["期"]),
    Spec::must("rollup.min_known", Number(0.0, 1.0), SHARE),
    Spec::must("stale.days", Count(0.0, 10_000.0), &["日"]),
    Spec::must("suppress.min_tenants", Count(1.0, 100.0), &["家"]),
];

const ALLOCATION: &[Spec] = &[
    Spec::must("bounds.cluster_min", Count(0.0, 100.0), &["个区"]),
    Spec::must("bounds.cluster_max", Count(0.0, 100.0), &["个区"]),
    Spec::must("bounds.district_min", Count(0.0, 100.0), &["个集群"]),
    Spec::must("bounds.district_max", Count(0.0, 100.0), &["个集群"]),
    Spec::may("more.*.max_districts", Count(0.0, 100.0), &["个区"]),
    Spec::must("exempt.classes", Texts(&["strategic", "leading", "supporting", "improving", "future"]), NO),
    Spec::must("fit.location_quotient", Number(0.0, 1.0), NO),
    Spec::must("fit.quotient_full", Number(1e-6, 1000.0), SHARE),
    Spec::must("fit.suited_area", Number(0.0, 1.0), NO),
    Spec::must("fit.present_firms", Number(0.0, 1.0), NO),
    Spec::must("fit.placement_cost", Number(0.0, 1.0), NO),
    Spec::must("fit.min_known", Number(0.0, 1.0), SHARE),
    Spec::must("count.levers_min", Count(0.0, 100.0), &["个"]),
    Spec::must("count.levers_max", Count(0.0, 100.0), &["个"]),
    Spec::must("count.key_firms_min", Count(0.0, 1e6), &["家"]),
];

const MATCHING: &[Spec] = &[
    Spec::must("candidate.unit_uses", Codes("unit_use"), NO),
    Spec::must("candidate.parcel_uses", Codes("land_use"), NO),
    Spec::must("candidate.min_spare", Number(0.0, BIG), M2),
    Spec::must("candidate.build_months", Count(0.0, 1200.0), &["月"]),
    Spec::must("candidate.divisible", Flag, NO),
    Spec::must("weight.area", Number(0.0, 1e6), NO),
    Spec::must("weight.load", Number(0.0, 1e6), NO),
    Spec::must("weight.height", Number(0.0, 1e6), NO),
    Spec::must("weight.power", Number(0.0, 1e6), NO),
    Spec::must("weight.fire", Number(0.0, 1e6), NO),
    Spec::must("weight.date", Number(0.0, 1e6), NO),
    Spec::must("weight.cluster_retrofit", Number(0.0, 1e6), NO),
    Spec::must("weight.cluster_unfit", Number(0.0, 1e6), NO),
];
