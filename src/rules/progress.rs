//! Typed reading of the progress pack: lights, roll-up, freshness, suppression (exact readings P1–P6).

use super::RulesFault;
use super::figure::Cited;
use super::pack::Pack;

#[derive(Clone, Debug)]
pub struct ProgressPack {
    pub id: String,
    pub version: String,
    /// Percentage points behind the plan from which a light is yellow.
    pub yellow_from: Cited<f64>,
    /// Percentage points behind the plan above which it is red.
    pub red_above: Cited<f64>,
    /// Computed yellows in a row that show red.
    pub yellows_to_red: Cited<usize>,
    /// Share of tasks that must be known for a completion to be told.
    pub min_known: Cited<f64>,
    /// Days after which a figure is stale; the day itself is fresh.
    pub stale_days: Cited<usize>,
    /// Sums over fewer distinct tenants are withheld outside their park.
    pub min_tenants: Cited<usize>,
}

impl ProgressPack {
    pub fn read(pack: &Pack) -> Result<Self, RulesFault> {
        Ok(ProgressPack {
            id: pack.header.id.clone(),
            version: pack.header.version.clone(),
            yellow_from: pack.number("light.yellow_from")?,
            red_above: pack.number("light.red_above")?,
            yellows_to_red: pack.count("light.yellows_to_red")?,
            min_known: pack.number("rollup.min_known")?,
            stale_days: pack.count("stale.days")?,
            min_tenants: pack.count("suppress.min_tenants")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Packs;

    #[test]
    fn the_shipped_pack_reads() {
        let pack = ProgressPack::read(&Packs::embedded().resolve("progress", None).expect("pack")).expect("read");
        assert_eq!((pack.stale_days.value, pack.yellows_to_red.value), (30, 2));
    }
}
