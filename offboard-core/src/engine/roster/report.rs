//! What has become of a roster, by the journal alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::host::Engine;
use crate::error::Error;
use crate::id::{RosterId, RunId, UserId};
use crate::report::RosterReport;
use crate::report::roster::Line;

impl Engine {
    /// What has become of everybody in a roster. `trouble` says why somebody was not begun with, as applying it just
    /// said; without it, what the documents tell is said.
    ///
    /// # Errors
    /// There is no such roster, or a journal in it was tampered with.
    pub async fn roster_report(
        &self,
        roster: &RosterId,
        trouble: &BTreeMap<UserId, Error>,
    ) -> Result<RosterReport, Error> {
        let record = self.roster_record(roster).await?;
        let kept = record.reopen()?;
        let begun: BTreeSet<RunId> = self.runs().await?.into_iter().map(|run| run.run).collect();
        let mut lines = Vec::with_capacity(kept.roster.members.len());
        for member in &kept.roster.members {
            let (run, error) = (kept.run_of(member), trouble.get(&member.leaver.id));
            lines.push(if begun.contains(&run) {
                let line = Line::of_run(member, &self.report(&run).await?);
                // What kept him from being carried on now is no part of what was recorded.
                Line { hint: error.map(|error| format!("not carried on: {error}")), ..line }
            } else {
                Line::refused(&kept, member, error)
            });
        }
        Ok(RosterReport::new(&kept, record.opened_at, lines, self.now()))
    }
}
