//! What an allocation must be, whatever computes it.

mod cases;
mod plan;
mod twin;

use super::*;
use crate::rules::{Cite, Cited};
use std::collections::BTreeSet;

/// A figure that nobody published.
fn cited(value: usize) -> Cited<usize> {
    Cited { value, cite: Cite::entered() }
}

/// Clusters C00, C01 … and districts D00, D01 …, each with its least and most.
fn board(of_cluster: &[(usize, usize)], of_district: &[(usize, usize)]) -> Board {
    let bounds = |list: &[(usize, usize)]| list.iter().map(|(least, most)| (cited(*least), cited(*most))).collect::<Vec<_>>();
    let names = |letter: char, count: usize| (0..count).map(|at| format!("{letter}{at:02}")).collect::<Vec<_>>();
    Board {
        clusters: names('C', of_cluster.len()),
        districts: names('D', of_district.len()),
        exempt: vec![false; of_cluster.len()],
        of_cluster: bounds(of_cluster),
        of_district: bounds(of_district),
        allowed: vec![true; of_cluster.len() * of_district.len()],
    }
}

/// A fit table with these totals.
fn fits(totals: &[f64]) -> FitTable {
    FitTable { pairs: totals.iter().map(|total| Fit { total: *total, ..Fit::default() }).collect(), unknown: Vec::new() }
}

fn placed(best: &Best) -> Vec<String> {
    best.pairs.iter().map(|pair| format!("{}{}", pair.cluster, pair.district)).collect()
}

fn firm(code: &str, district: Option<&str>, cluster: Option<&str>, output_wan: Option<f64>) -> FirmRecord {
    FirmRecord { code: code.to_owned(), district: district.map(str::to_owned), cluster: cluster.map(str::to_owned), output_wan, is_key: None }
}

fn park(code: &str, clusters: &[&str], land: &[(&str, f64)]) -> ParkSite {
    ParkSite {
        code: code.to_owned(),
        is_virtual: false,
        lead_clusters: clusters.iter().map(|cluster| (*cluster).to_owned()).collect(),
        land: land.iter().map(|(district, area)| ((*district).to_owned(), *area)).collect(),
    }
}

fn districts(count: usize) -> BTreeSet<String> {
    (0..count).map(|at| format!("D{at:02}")).collect()
}
