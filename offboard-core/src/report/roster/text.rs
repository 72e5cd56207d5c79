//! The report of a roster for a terminal.

use std::fmt::Write as _;

use super::{Line, RosterReport};
use crate::report::outcome::Outcome;
use crate::report::plain::clean;

pub(super) fn render(report: &RosterReport) -> String {
    let mut out = String::new();
    let o = &mut out;
    let _ = writeln!(o, "Roster {} of \u{201c}{}\u{201d}", report.roster, clean(&report.policy));
    let _ = writeln!(o, "began {}", report.opened_at.to_seconds());
    let ticket =
        report.ticket.as_ref().map_or_else(String::new, |ticket| format!(", ticket {}", clean(ticket)));
    let _ = writeln!(
        o,
        "planned by {}, approved by {} {} (as they call themselves){ticket}",
        clean(&report.made_by),
        clean(&report.approved_by),
        report.approved_at.to_seconds(),
    );
    let _ = writeln!(o, "{}\n", report.summary());
    for line in &report.leavers {
        one(o, line);
    }
    if !report.refused.is_empty() {
        let _ = writeln!(o, "\nRows from which no plan was made");
    }
    for row in &report.refused {
        let column = row.column.as_ref().map_or_else(String::new, |column| format!(", {}", clean(column)));
        let _ = writeln!(o, "  line {}{column}  {}  {}", row.line, clean(&row.who), clean(&row.why));
        let _ = writeln!(o, "         {}", clean(&row.hint));
    }
    out
}

fn one(o: &mut String, line: &Line) {
    let run = line.run.as_ref().map_or("no run          ", |run| run.as_str());
    let _ = writeln!(o, "  {run}  {}  {}", clean(&line.leaver.name()), clean(&line.verdict));
    if let Some(hint) = &line.hint {
        let _ = writeln!(o, "                    {}", clean(hint));
    }
    let counts = counted(line);
    if !counts.is_empty() {
        let wake = line.wake_at.filter(|_| line.open);
        let wake =
            wake.map_or_else(String::new, |at| format!("; to be looked at again at {}", at.to_seconds()));
        let _ = writeln!(o, "                    {counts}{wake}");
    }
    for left in &line.left {
        let _ = writeln!(
            o,
            "                    {}: {} ({}) {}",
            left.outcome.name().replace('_', " "),
            clean(&left.title),
            left.step,
            clean(&left.detail)
        );
    }
}

/// How many of his steps came to what.
pub(super) fn counted(line: &Line) -> String {
    let counts =
        Outcome::ALL.into_iter().map(|outcome| (line.counts.get(outcome), outcome)).filter(|(n, _)| *n > 0);
    counts
        .map(|(n, outcome)| format!("{n} {}", outcome.name().replace('_', " ")))
        .collect::<Vec<_>>()
        .join(", ")
}
