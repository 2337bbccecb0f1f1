//! Rule packs: every figure that a verdict rests on, read from TOML with its clause, source and status.
//!
//! A pack is data (`geodata/rules/*.toml`). Code never holds a policy number: it asks a typed reading ([`UpstairsPack`], [`DesignationPack`], …) and hands
//! the figure's [`Cite`] on to the finding that used it, so a person can always see who said so and whether it is confirmed.

pub mod allocation;
pub mod check;
pub mod consolidation;
pub mod designation;
pub mod embedded;
pub mod figure;
pub mod indicators;
pub mod levers;
pub mod lock;
pub mod matching;
pub mod order;
pub mod pack;
pub mod packs;
mod problem;
pub mod progress;
pub mod rule_set;
pub mod schema;
pub mod together;
pub mod upstairs;
pub mod upstairs_fit;
pub mod verdict;

pub use allocation::AllocationPack;
pub use check::check;
pub use consolidation::ConsolidationPack;
pub use designation::DesignationPack;
pub use figure::{Cite, Cited, Figure, FigureValue, Status};
pub use levers::lever_bounds;
pub use lock::Lock;
pub use matching::MatchingPack;
pub use pack::{Header, Pack};
pub use packs::Packs;
pub use problem::Problem;
pub use progress::ProgressPack;
pub use rule_set::RuleSet;
pub use together::check_together;
pub use upstairs::UpstairsPack;
pub use verdict::{Op, Verdict};

use crate::domain::{Fault, FaultKind};

/// What can be wrong with a pack when a typed reading asks it for a figure.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RulesFault {
    #[error("{pack}: not a rule pack: {detail}")]
    Unreadable { pack: String, detail: String },
    #[error("no rule pack of kind {kind}{}", on(as_of))]
    NoPack { kind: String, as_of: Option<String> },
    #[error("{pack}: the figure {path} is missing")]
    Missing { pack: String, path: String },
    #[error("{pack}: the figure {path} should be {wanted}")]
    Type { pack: String, path: String, wanted: &'static str },
    #[error("{pack}: the figure {path} is about {name}, which is not known; known: {known}")]
    Unknown { pack: String, path: String, name: String, known: String },
    #[error("{pack}: inherits from {parent}, which does not exist or comes back to it")]
    Inheritance { pack: String, parent: String },
}

fn on(as_of: &Option<String>) -> String {
    as_of.as_ref().map_or_else(String::new, |day| format!(" in force on {day}"))
}

impl From<RulesFault> for Fault {
    fn from(fault: RulesFault) -> Self {
        let (code, zh) = match &fault {
            RulesFault::Unreadable { pack, detail } => ("pack_unreadable", format!("规则包 {pack} 无法读取：{detail}")),
            RulesFault::NoPack { kind, as_of: None } => ("pack_not_found", format!("没有 {kind} 类规则包")),
            RulesFault::NoPack { kind, as_of: Some(day) } => ("pack_not_found", format!("{day} 没有生效的 {kind} 类规则包")),
            RulesFault::Missing { pack, path } => ("figure_missing", format!("规则包 {pack} 缺少参数 {path}")),
            RulesFault::Type { pack, path, wanted } => ("figure_type", format!("规则包 {pack} 的参数 {path} 类型不符，应为 {wanted}")),
            RulesFault::Unknown { pack, path, name, known } => {
                ("figure_unknown", format!("规则包 {pack} 的参数 {path} 所指的 {name} 不存在；可用：{known}"))
            }
            RulesFault::Inheritance { pack, parent } => ("pack_inheritance", format!("规则包 {pack} 继承的 {parent} 不存在或成环")),
        };
        let kind = if matches!(fault, RulesFault::NoPack { .. }) { FaultKind::NotFound } else { FaultKind::Unprocessable };
        Fault::new(kind, code, zh, fault.to_string())
            .help("运行 parkplan rules check 查看全部问题", "run `parkplan rules check` to see every problem")
    }
}
