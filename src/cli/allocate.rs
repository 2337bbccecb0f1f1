//! `allocate`: which clusters lie in which districts, against the bounds, and the best allocation.

use super::common::{Common, MaybeOut};
use super::output::{Output, table};
use crate::domain::columns::district;
use crate::domain::fault::Outcome;
use crate::domain::{Fault, Lang, LayerId, catalogue};
use crate::service::processes::{self, Allocation, Breach, DistrictCount, MatrixBasis, Seen};
use crate::service::{Planner, Viewer};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Allocate {
    city: PathBuf,
    /// Clusters that the city places, in place of the rule pack's: ids, classes (strategic, leading, supporting, improving, future) or none
    #[arg(long, value_delimiter = ',')]
    exempt: Option<Vec<String>>,
    /// What districts are compared by
    #[arg(long, value_enum, default_value_t = Basis::Output)]
    basis: Basis,
    /// Other lead clusters for one park: PARK=ID,ID (PARK= for none)
    #[arg(long, value_name = "PARK=CLUSTERS")]
    what_if: Option<String>,
    #[command(flatten)]
    common: Common,
    /// Also fits that rest on too few firms to be told outside
    #[arg(long)]
    withheld: bool,
    #[command(flatten)]
    out: MaybeOut,
}

#[derive(Clone, Copy, ValueEnum)]
enum Basis {
    Output,
    Firms,
    Placements,
}

impl Allocate {
    pub(super) fn run(self, output: &Output) -> Outcome<()> {
        let basis = match self.basis {
            Basis::Output => "output",
            Basis::Firms => "firms",
            Basis::Placements => "placements",
        };
        let what_if = self.what_if.as_deref().map(change).transpose()?;
        let planner = Planner::open_reading(&self.city)?;
        let inputs = json!({ "exempt": self.exempt, "basis": basis, "what_if": what_if });
        let whole = self.common.execute::<processes::Allocate>(output, &planner, inputs)?;
        let answer = if self.withheld { Cow::Borrowed(&whole) } else { whole.seen_by(&Viewer::guest()) };
        self.out.write(&answer)?;
        let table = planner.city().table(LayerId::District).clone();
        let district = |code: &str| table.row_of(code).and_then(|row| table.text(row, district::NAME)).unwrap_or(code).to_owned();
        output.result(&answer, || readable(output, &answer, &district));
        Ok(())
    }
}

fn change(text: &str) -> Outcome<Value> {
    let (park, clusters) = text.split_once('=').ok_or_else(|| {
        Fault::bad("what_if", format!("应写作 园区=集群,集群：{text}"), format!("write PARK=CLUSTER,CLUSTER: {text}")).at("--what-if")
    })?;
    Ok(json!({ "park": park, "lead_clusters": clusters.split(',').filter(|id| !id.is_empty()).collect::<Vec<_>>() }))
}

/// `district` gives a district's name.
fn readable(output: &Output, answer: &Allocation, district: &dyn Fn(&str) -> String) -> String {
    let mut parts = vec![districts(output, answer, district), warnings(output, answer, district)];
    parts.extend(answer.certificate.as_ref().map(|certificate| {
        let verdict = output.say("上下限互相冲突，无可行布局：", "the bounds clash, no allocation keeps them all: ");
        format!("{verdict}{}", certificate.text(output.lang))
    }));
    parts.push(best(output, answer));
    if let Some(what_if) = &answer.what_if {
        let (made, mended) = (what_if.made.len(), what_if.mended.len());
        let after = what_if.audit.warnings.len();
        parts.push(match output.lang {
            Lang::Zh => format!("若 {} 改变主导集群：园区布局提示 {after} 条（新增 {made}，消除 {mended}）", what_if.park),
            Lang::En => format!("if {} changes: {after} warnings of the parks' matrix ({made} made, {mended} mended)", what_if.park),
        });
    }
    parts.join("\n\n")
}

fn districts(output: &Output, answer: &Allocation, district: &dyn Fn(&str) -> String) -> String {
    let best = |district: &str| answer.best.pairs.iter().filter(|pair| pair.district == district && !pair.exempt).count();
    let row = |count: &DistrictCount| {
        let is_outside = answer.warnings.iter().any(|breach| breach.id == count.id);
        let mark = if is_outside { "!" } else { "" };
        vec![district(&count.id), format!("{}{mark}", count.count), count.with_exempt.to_string(), best(&count.id).to_string()]
    };
    let basis = match answer.basis {
        MatrixBasis::Declared => output.say("集群（申报）", "clusters (declared)"),
        MatrixBasis::Parks => output.say("集群（园区）", "clusters (parks)"),
    };
    let names = [output.say("行政区", "district"), basis, output.say("含市级统筹", "with city-placed"), output.say("建议", "best")];
    table(&names, &answer.counts.districts.iter().map(row).collect::<Vec<_>>())
}

fn warnings(output: &Output, answer: &Allocation, district: &dyn Fn(&str) -> String) -> String {
    let name = |id: &str| catalogue().cluster(id).map_or_else(|| district(id), |cluster| output.say(&cluster.zh, &cluster.en).to_owned());
    let row = |breach: &Breach| {
        let sign = if breach.count < breach.limit { "<" } else { ">" };
        vec![name(&breach.id), format!("{} {sign} {}", breach.count, breach.limit), breach.clause.clone()]
    };
    let names = [output.say("提示", "warning"), output.say("数量", "count"), output.say("条款", "clause")];
    let rows: Vec<Vec<String>> = answer.warnings.iter().map(row).collect();
    if rows.is_empty() { output.say("无提示", "no warnings").to_owned() } else { table(&names, &rows) }
}

fn best(output: &Output, answer: &Allocation) -> String {
    let best = &answer.best;
    let (placed, kept, gone) = (best.pairs.iter().filter(|pair| !pair.exempt).count(), best.kept, best.dropped.len());
    let head = if best.feasible {
        output.say("建议布局", "best allocation").to_owned()
    } else {
        format!("{} {}", output.say("违反量最小的布局，合计超出", "allocation with the least violation, in all"), best.violation)
    };
    let fit = best.objective.map_or_else(|| output.say("不公布", "withheld").to_owned(), |objective| format!("{objective:.3}"));
    match output.lang {
        Lang::Zh => format!("{head}：{placed} 处，保留 {kept}，新增 {}，取消 {gone}，匹配度 {fit}", placed - kept),
        Lang::En => format!("{head}: {placed} placements, {kept} kept, {} new, {gone} dropped, fit {fit}", placed - kept),
    }
}
