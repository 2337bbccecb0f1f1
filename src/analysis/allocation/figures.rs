//! What of firms' data the fits rest on, so that what may not be told outside is withheld (exact reading P2).

use super::evidence::{Evidence, FirmRecord};
use crate::analysis::disclosure::{Figure, Quantity};

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
            whole: figure(Quantity::Output, with_output.iter().map(|firm| firm.code.as_str())),
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
    /// Each firm is looked at once.
    fn of(quantity: Quantity, clusters: &[String], districts: &[String], firms: &[&FirmRecord]) -> Table {
        let mut pairs = vec![Vec::new(); clusters.len() * districts.len()];
        let (mut of_clusters, mut of_districts) = (vec![Vec::new(); clusters.len()], vec![Vec::new(); districts.len()]);
        for firm in firms {
            let cluster = firm.cluster.as_ref().and_then(|id| clusters.binary_search(id).ok());
            let district = firm.district.as_ref().and_then(|id| districts.binary_search(id).ok());
            let code = firm.code.as_str();
            cluster.iter().for_each(|cluster| of_clusters[*cluster].push(code));
            district.iter().for_each(|district| of_districts[*district].push(code));
            if let (Some(cluster), Some(district)) = (cluster, district) {
                pairs[cluster * districts.len() + district].push(code);
            }
        }
        let figures = |lists: Vec<Vec<&str>>| lists.into_iter().map(|codes| figure(quantity, codes)).collect();
        Table { pairs: figures(pairs), clusters: figures(of_clusters), districts: figures(of_districts) }
    }
}

/// A firm is one tenant, however many places it has.
fn figure<'a>(quantity: Quantity, codes: impl IntoIterator<Item = &'a str>) -> Figure {
    Figure::over(quantity, codes.into_iter().map(|code| (code, code)))
}
