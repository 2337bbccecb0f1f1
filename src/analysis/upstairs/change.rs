//! The smallest change that mends a scheme or reaches a wanted GFA (exact reading U18).

use super::case::{Overrides, ParcelCase};
use super::result::{Change, UpstairsResult};
use crate::rules::UpstairsPack;

pub(super) fn smallest_change(_case: &ParcelCase, _pack: &UpstairsPack, _overrides: &Overrides, _base: &UpstairsResult) -> Vec<Change> {
    Vec::new()
}
