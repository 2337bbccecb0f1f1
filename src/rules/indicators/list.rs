//! The declarations, head by head.

use super::Head::{self, Facilities, Industry, Operation};
use super::{Indicator, Op};

const fn one(
    id: &'static str,
    head: Head,
    names: [&'static str; 2],
    unit: &'static str,
    formula: [&'static str; 2],
    needs: &'static [&'static str],
) -> Indicator {
    let [zh, en] = names;
    Indicator { id, head, zh, en, unit, op: Op::AtLeast, formula, needs, metric: None, land: false, share: false }
}

impl Indicator {
    /// A fraction 0…1.
    const fn share(mut self) -> Indicator {
        self.share = true;
        self
    }

    /// Less is better.
    const fn lower(mut self) -> Indicator {
        self.op = Op::AtMost;
        self
    }

    /// Floor area enters.
    const fn floors(mut self) -> Indicator {
        self.metric = Some("gfa_m2");
        self
    }

    /// Land enters; the pack may name another metric.
    const fn land(mut self) -> Indicator {
        self.metric = Some("registered_area_m2");
        self.land = true;
        self
    }
}

const LAND_NEEDS: [&str; 4] = ["parcel.registered_area_m2", "parcel.land_use", "parcel.tenure", "parcel.owner"];
const OUTPUT_ON_LAND: &[&str] = &["firm.output_wan", "firm.year", LAND_NEEDS[0], LAND_NEEDS[1], LAND_NEEDS[2], LAND_NEEDS[3]];
const TAX_ON_LAND: &[&str] = &["firm.tax_wan", "firm.year", LAND_NEEDS[0], LAND_NEEDS[1], LAND_NEEDS[2], LAND_NEEDS[3]];
const JOBS_ON_LAND: &[&str] = &["firm.jobs", "firm.year", LAND_NEEDS[0], LAND_NEEDS[1], LAND_NEEDS[2], LAND_NEEDS[3]];
const LETTING: &[&str] = &["unit.state", "unit.area_m2", "unit.use", "unit.tenant", "unit.as_of"];
const RENT: &[&str] = &["unit.rent_yuan_m2_month", "unit.area_m2", "unit.use", "unit.state", "unit.tenant", "unit.as_of"];
const RETURNS: &[&str] = &["report.received", "report.period", "report.period_end"];

/// Every indicator except the classes of facilities, which the pack lists.
pub const INDICATORS: &[Indicator] = &[
    one(
        "lead_output",
        Industry,
        ["主导产业产值占比", "Lead cluster's share of output"],
        "1",
        ["主导集群企业产值之和 ÷ 全部企业产值之和", "Σ output of lead firms ÷ Σ output of all firms"],
        &["firm.output_wan", "firm.year", "firm.cluster"],
    )
    .share(),
    one(
        "lead_firms",
        Industry,
        ["主导产业企业数占比", "Lead cluster's share of firms"],
        "1",
        ["主导集群企业数 ÷ 企业数", "lead firms ÷ firms"],
        &["firm.cluster"],
    )
    .share(),
    one(
        "lead_floor",
        Industry,
        ["主导产业建筑面积占比", "Lead cluster's share of floor area"],
        "1",
        ["主导集群在用单元面积 ÷ 在用单元面积", "Σ area of lead units in use ÷ Σ area in use"],
        &["unit.area_m2", "unit.cluster", "unit.state", "unit.use", "unit.tenant", "unit.as_of"],
    )
    .share()
    .floors(),
    one(
        "declared_share",
        Industry,
        ["申报集群产值占比", "All declared clusters' share of output"],
        "1",
        ["所申报各集群企业产值之和 ÷ 全部企业产值之和", "Σ output of firms in any declared cluster ÷ Σ output"],
        &["firm.output_wan", "firm.year", "firm.cluster"],
    )
    .share(),
    one(
        "lq",
        Industry,
        ["区位商", "Location quotient"],
        "1",
        ["（园区主导集群占比）÷（全市该集群占比），口径见规则包", "(x_pc ÷ x_p) ÷ (X_c ÷ X), in the pack's basis"],
        &["firm.output_wan", "firm.year", "firm.cluster", "firm.jobs"],
    ),
    one(
        "lead_firm_count",
        Industry,
        ["主导产业企业数", "Firms of the lead cluster"],
        "家",
        ["主导集群企业家数（按信用代码去重）", "distinct lead firms by code"],
        &["firm.cluster"],
    ),
    one(
        "leaders",
        Industry,
        ["主导产业龙头企业数", "Leading firms of the lead cluster"],
        "家",
        ["主导集群中产值不低于规则包所定数额的企业家数", "lead firms whose output reaches the pack's figure"],
        &["firm.output_wan", "firm.year", "firm.cluster"],
    ),
    one(
        "above_scale",
        Industry,
        ["规上企业数", "Firms above scale"],
        "家",
        ["规上企业家数（按信用代码去重）", "distinct 规上 firms by code"],
        &["firm.above_scale", "firm.year"],
    ),
    one(
        "high_tech",
        Industry,
        ["国高企业数", "National high-tech firms"],
        "家",
        ["证书在有效期内的国高企业家数（按信用代码去重）", "distinct firms with a certificate in force"],
        &["firm.high_tech_until"],
    ),
    one(
        "high_tech_output",
        Industry,
        ["国高企业产值占比", "High-tech firms' share of output"],
        "1",
        ["国高企业产值之和 ÷ 全部企业产值之和", "Σ output of high-tech firms ÷ Σ output"],
        &["firm.output_wan", "firm.year", "firm.high_tech_until"],
    )
    .share(),
    one("output_total", Industry, ["总产值", "Output"], "万元", ["全部企业产值之和", "Σ output of all firms"], &["firm.output_wan", "firm.year"]),
    one(
        "rd_share",
        Industry,
        ["研发投入强度", "R&D to output"],
        "1",
        ["研发投入之和 ÷ 产值之和", "Σ R&D spending ÷ Σ output"],
        &["firm.rd_wan", "firm.output_wan", "firm.year"],
    )
    .share(),
    one(
        "platforms",
        Industry,
        ["省级以上创新平台", "Innovation platforms"],
        "个",
        ["省级以上创新平台个数", "platforms of provincial rank and above"],
        &["park.platforms"],
    ),
    one(
        "placement_match",
        Industry,
        ["与所在区布局相符", "In line with the district's placement"],
        "1",
        ["主导集群列入所在区布局为 1，否则为 0", "1 when the lead cluster is placed in the park's district, else 0"],
        &["park.lead_clusters", "park.district"],
    )
    .share(),
    FACILITY,
    one(
        "boundary_pieces",
        Facilities,
        ["园区范围块数", "Pieces of the boundary"],
        "块",
        ["园区范围互不相连的块数", "separate pieces of the park's boundary"],
        &["park.planar_area_m2"],
    )
    .lower(),
    one("gfa_total", Facilities, ["总建筑面积", "Floor area"], "m²", ["各建筑面积之和", "Σ GFA of the buildings"], &["building.gfa_m2"]).floors(),
    one("let_rate", Operation, ["出租率", "Let rate"], "1", ["已租 ÷（已租 + 空置）", "let ÷ (let + vacant)"], LETTING).share().floors(),
    one(
        "move_in_rate",
        Operation,
        ["入驻率", "Move-in rate"],
        "1",
        ["（自用 + 已租）÷（全部 − 停用）", "(own use + let) ÷ (all − out of service)"],
        LETTING,
    )
    .share()
    .floors(),
    one("vacancy", Operation, ["空置率", "Vacancy"], "1", ["1 − 出租率", "1 − let rate"], LETTING).share().floors().lower(),
    one("mean_rent", Operation, ["平均租金", "Mean rent"], "元/m²·月", ["Σ 租金 × 面积 ÷ Σ 面积", "Σ rent·area ÷ Σ area"], RENT).floors().lower(),
    one("rent_to_cap", Operation, ["平均租金与上限之比", "Mean rent to the cap"], "1", ["平均租金 ÷ 规则包上限", "mean rent ÷ the pack's cap"], RENT)
        .floors()
        .lower(),
    one(
        "output_mu",
        Operation,
        ["亩均产出", "Output per mu"],
        "万元/亩",
        ["产值之和 ÷ 工业用地亩数", "Σ output ÷ 亩 of industrial land"],
        OUTPUT_ON_LAND,
    )
    .land(),
    one("tax_mu", Operation, ["亩均税收", "Tax per mu"], "万元/亩", ["税收之和 ÷ 工业用地亩数", "Σ tax ÷ 亩 of industrial land"], TAX_ON_LAND).land(),
    one(
        "output_per_mu",
        Operation,
        ["亩均产出与全市均值之比", "Output per mu to the city's mean"],
        "1",
        ["亩均产出 ÷ 全市同类园区亩均产出", "output per 亩 ÷ mean of the park's type"],
        OUTPUT_ON_LAND,
    )
    .land(),
    one(
        "tax_per_mu",
        Operation,
        ["亩均税收与全市均值之比", "Tax per mu to the city's mean"],
        "1",
        ["亩均税收 ÷ 全市同类园区亩均税收", "tax per 亩 ÷ mean of the park's type"],
        TAX_ON_LAND,
    )
    .land(),
    one(
        "output_growth",
        Operation,
        ["亩均产出年增长", "Yearly growth of output per mu"],
        "1",
        ["产值之和 ÷ 上年产值之和 − 1（用地相同）", "Σ output ÷ Σ output of the year before − 1, on the same land"],
        &["firm.output_wan", "firm.output_before_wan", "firm.year"],
    ),
    one(
        "jobs_per_ha",
        Operation,
        ["每公顷从业人员", "Jobs per hectare"],
        "人/ha",
        ["从业人员之和 ÷ 工业用地公顷数", "Σ jobs ÷ ha of industrial land"],
        JOBS_ON_LAND,
    )
    .land(),
    one("report_due", Operation, ["应报次数", "Reports due"], "次", ["截止日已过的期数", "periods whose due date has passed"], RETURNS),
    one("report_made", Operation, ["已报次数", "Reports made"], "次", ["应报各期中已收到的期数", "due periods received"], RETURNS),
    one("report_late", Operation, ["迟报次数", "Reports late"], "次", ["首次收到晚于截止日的期数", "first received after the due date"], RETURNS)
        .lower(),
    one("report_missed", Operation, ["漏报次数", "Reports missed"], "次", ["应报 − 已报", "due − made"], RETURNS).lower(),
    one("report_on_time", Operation, ["按时填报率", "Reports on time"], "1", ["（已报 − 迟报）÷ 应报", "(made − late) ÷ due"], RETURNS).share(),
];

/// The mean over the classes; a class of facility is judged the same way.
pub const FACILITY: Indicator = one(
    "facility_mean",
    Facilities,
    ["配套覆盖均值", "Mean facility coverage"],
    "1",
    ["各类设施覆盖建筑面积占比的平均", "mean over the classes of the covered share of floor area"],
    &["facility.class", "building.gfa_m2", "building.connected"],
)
.share()
.floors();
