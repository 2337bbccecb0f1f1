//! What of firms' data the fits rest on, so that what may not be told outside is withheld (exact reading P2).

use super::evidence::{Evidence, FirmRecord};
use crate::analysis::disclosure::{Figure, Quantity};
use std::collections::BTreeSet;

/// Figures of every cluster in every district and of the sums they are divided by, in the order of a board with the same clusters and districts.
#[derive(Clone, Debug)]
pub struct FirmFigures {
    districts: usize,
    output: Table,
    firms: Table,
    /// Output of all firms.
    whole: Figure,
}

#[derive(Clone, Debug)]
struct Table {
    pairs: Vec<Figure>,
    clusters: Vec<Figure>,
    districts: Vec<Figure>,
}

impl FirmFigures {
    /// Ids ascending.
    pub fn of(clusters: &[String], districts: &[String], evidence: &Evidence) -> FirmFigures {
        let firms: Vec<&FirmRecord> = evidence.firms.iter().flatten().collect();
        let with_output: Vec<&FirmRecord> = firms.iter().copied().filter(|firm| firm.cluster.is_some() && firm.output_wan.is_some()).collect();
        let in_districts: Vec<&FirmRecord> =
            firms.iter().copied().filter(|firm| firm.district.as_ref().is_some_and(|id| districts.binary_search(id).is_ok())).collect();
        FirmFigures {
            districts: districts.len(),
            whole: figure(Quantity::Output, &with_output, |_| true),
            output: Table::of(Quantity::Output, clusters, districts, &with_output),
            firms: Table::of(Quantity::Firms, clusters, districts, &in_districts),
        }
    }

    /// What the location quotient of a pair of the board rests on.
    pub fn of_quotient(&self, at: usize) -> [&Figure; 4] {
        let (cluster, district) = (at / self.districts, at % self.districts);
        [&self.output.pairs[at], &self.output.districts[district], &self.output.clusters[cluster], &self.whole]
    }

    /// What the share of present firms of a pair rests on.
    pub fn of_firms(&self, at: usize) -> [&Figure; 2] {
        [&self.firms.pairs[at], &self.firms.clusters[at / self.districts]]
    }

    pub fn all(self) -> impl Iterator<Item = Figure> {
        let tables = [self.output, self.firms].into_iter().flat_map(|table| [table.pairs, table.clusters, table.districts]);
        tables.flatten().chain([self.whole])
    }
}

impl Table {
    fn of(quantity: Quantity, clusters: &[String], districts: &[String], firms: &[&FirmRecord]) -> Table {
        let is_of = |firm: &FirmRecord, cluster: &String| firm.cluster.as_ref() == Some(cluster);
        let is_in = |firm: &FirmRecord, district: &String| firm.district.as_ref() == Some(district);
        let pairs = clusters.iter().flat_map(|cluster| districts.iter().map(move |district| (cluster, district)));
        Table {
            pairs: pairs.map(|(cluster, district)| figure(quantity, firms, |firm| is_of(firm, cluster) && is_in(firm, district))).collect(),
            clusters: clusters.iter().map(|cluster| figure(quantity, firms, |firm| is_of(firm, cluster))).collect(),
            districts: districts.iter().map(|district| figure(quantity, firms, |firm| is_in(firm, district))).collect(),
        }
    }
}

/// A firm is one tenant in each of its places.
fn figure(quantity: Quantity, firms: &[&FirmRecord], picks: impl Fn(&FirmRecord) -> bool) -> Figure {
    let codes: BTreeSet<&str> = firms.iter().filter(|firm| picks(firm)).map(|firm| firm.code.as_str()).collect();
    Figure::over(quantity, codes.into_iter().map(|code| (code, code)))
}
