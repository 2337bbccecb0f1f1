//! Firms of the parks and of the rest of the city. Codes and names are plainly invented.

use super::dice::Dice;
use super::rows::{SOURCE, days_before};
use super::setting::Setting;
use crate::domain::{Layer, Row, Value, catalogue};
use chrono::{Datelike, Days, NaiveDate};

/// What a tenant of a park is known by.
pub(super) struct Firm {
    pub(super) cluster: &'static str,
    /// Whether the cluster is one of the park's lead clusters.
    pub(super) leading: bool,
}

/// Firms outside the parks.
const ELSEWHERE: usize = 240;
/// Numbers kept for one park.
const PARK_NUMBERS: usize = 1000;

/// The firms of a park (40 to 150); units let to tenant n of the park are let to firm n.
pub(super) fn of_park(setting: &Setting, park: usize, seed: u64) -> Vec<Firm> {
    let mut dice = Dice::new(seed, 60, park as u64);
    let leads = &setting.parks[park].lead_clusters;
    let clusters = &catalogue().clusters;
    let lead_share = dice.between(0.55, 0.92);
    (0..dice.whole(40, 150))
        .map(|_| {
            // The first of the listed clusters leads; the others share the rest.
            let wanted = if dice.chance(lead_share) {
                if dice.chance(0.78) { leads[0].as_str() } else { dice.pick(leads).as_str() }
            } else {
                dice.pick(clusters).id.as_str()
            };
            let cluster = catalogue().cluster(wanted).unwrap_or(&clusters[0]).id.as_str();
            Firm { cluster, leading: leads.iter().any(|lead| lead == cluster) }
        })
        .collect()
}

/// Name of a firm, by which units call their tenant.
pub(super) fn tenant(park: usize, number: usize) -> String {
    name(number_of(park, number))
}

/// Code of a firm.
pub(super) fn code(park: usize, number: usize) -> String {
    code_of(number_of(park, number))
}

fn number_of(park: usize, number: usize) -> usize {
    (park + 1) * PARK_NUMBERS + number + 1
}

fn name(number: usize) -> String {
    format!("{SOURCE}企业 T-{number:05}")
}

fn code_of(number: usize) -> String {
    format!("9144SAMPLE{number:08}")
}

pub(super) fn rows(layer: &'static Layer, setting: &Setting, seed: u64, date: NaiveDate) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, park) in setting.parks.iter().enumerate() {
        let mut dice = Dice::new(seed, 61, index as u64);
        let mut leaders = 0;
        for (number, firm) in of_park(setting, index, seed).iter().enumerate() {
            let lead = firm.leading && leaders < 3 && dice.chance(0.15);
            leaders += usize::from(lead);
            rows.push(row(layer, number_of(index, number), park.code.as_str().into(), firm.cluster, lead, date, &mut dice));
        }
    }
    let mut dice = Dice::new(seed, 62, 0);
    for number in 1..=ELSEWHERE {
        let cluster = dice.pick(&catalogue().clusters).id.as_str();
        rows.push(row(layer, 900 * PARK_NUMBERS + number, Value::Null, cluster, false, date, &mut dice));
    }
    rows
}

fn row(layer: &'static Layer, number: usize, park: Value, cluster: &str, lead: bool, date: NaiveDate, dice: &mut Dice) -> Row {
    // Skewed: many small firms, a few large ones. 2,000 万元 is the statistical threshold of 规上.
    let output_wan = ((dice.normal() * 1.15).exp() * 4500.0 * if lead { 14.0 } else { 1.0 }).round();
    let known = !dice.chance(0.05);
    let until = dice.whole(-240, 1000);
    let mut row = Row::empty(layer);
    row.set(layer, "code", code_of(number))
        .set(layer, "name", name(number))
        .set(layer, "park", park)
        .set(layer, "cluster", cluster)
        .set(layer, "output_wan", known.then_some(output_wan))
        .set(layer, "tax_wan", known.then(|| (output_wan * dice.between(0.02, 0.07)).round()))
        .set(layer, "jobs", (output_wan / dice.between(55.0, 160.0)).ceil() as i64 + 4)
        .set(layer, "year", i64::from(date.year()) - 1)
        .set(layer, "above_scale", output_wan >= 2000.0)
        .set(layer, "lead", lead);
    if dice.chance(0.36) {
        let day = if until < 0 { days_before(date, -until) } else { days_after(date, until) };
        row.set(layer, "high_tech_until", day);
    }
    row
}

/// The ISO date `days` after `date`.
pub(super) fn days_after(date: NaiveDate, days: i64) -> String {
    date.checked_add_days(Days::new(days.max(0) as u64)).unwrap_or(date).to_string()
}
