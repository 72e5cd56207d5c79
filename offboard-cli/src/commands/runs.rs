//! `offboard runs`: what the journal holds, and what of it is left to do.

use std::fmt::Write as _;

use clap::Args;
use offboard::core::journal::{RunStatus, RunSummary};
use offboard::{Outcome, Report, Timestamp};
use serde_json::json;

use super::journal;
use crate::fault::{Code, Fault};
use crate::show::style::Style;
use crate::show::text::{clean, counted};
use crate::{Answer, Shell};

/// Lists the runs of the journal, newest first, with what is left to do
///
/// A run is over where nothing of it is left: what is for a person, or was never seen, is said.
#[derive(Debug, Clone, Args)]
pub struct Runs {
    /// Only those in which a step may still write
    #[arg(long)]
    pub open: bool,
}

pub(super) async fn run(shell: &Shell, args: Runs) -> Result<Answer, Fault> {
    let runs = journal::reports(shell, |run| !args.open || run.status == RunStatus::Open).await?;
    let now = shell.host.clock.now();
    let style = shell.terminal.style();
    let mut text = String::new();
    let mut rows = Vec::new();
    for (run, report) in &runs {
        let opened = to_the_minute(run.opened_at);
        let state = state(run, report, now, style);
        let _ = writeln!(text, "{}  {opened}  {}  {state}", run.run, clean(&run.leaver_name));
        let mut row = json!(run);
        if let Some(fields) = row.as_object_mut() {
            let report = report.as_ref().ok();
            fields.insert("counts".to_owned(), json!(report.map(|report| &report.counts)));
            fields.insert(
                "access".to_owned(),
                json!(
                    report
                        .and_then(Report::verdict)
                        .map(|verdict| { json!({ "reached": verdict.reached, "text": verdict.text }) })
                ),
            );
        }
        rows.push(row);
    }
    let mut rosters = Vec::new();
    let known = if args.open { Vec::new() } else { journal::rosters(shell).await? };
    for record in &known {
        let kept = record.reopen();
        let about = match &kept {
            Ok(kept) => format!(
                "roster of \u{201c}{}\u{201d}, {}",
                clean(&kept.roster.policy),
                counted(kept.roster.members.len(), "leaver")
            ),
            // As with runs: one that cannot be read does not hide the others.
            Err(error) => style.red(&format!("roster, cannot be read: {}", clean(&error.to_string()))),
        };
        let _ = writeln!(text, "{}  {}  {about}", record.roster, to_the_minute(record.opened_at));
        let roster = kept.as_ref().ok().map(|kept| &kept.roster);
        rosters.push(json!({
            "roster": record.roster,
            "tenant": record.tenant,
            "opened_at": record.opened_at,
            "policy": roster.map(|roster| &roster.policy),
            "leavers": roster.map(|roster| roster.members.len()),
        }));
    }
    if runs.is_empty() && rosters.is_empty() {
        let path = shell.settings.journal()?;
        text = format!("No runs in {}\n", path.path().display());
    }
    Ok(Answer { code: Code::Done, text, json: json!({ "runs": rows, "rosters": rosters }) })
}

/// A point in time as a list shows it, in UTC.
fn to_the_minute(at: Timestamp) -> String {
    let mut text = at.to_string();
    text.truncate("2026-11-30T17:00".len());
    text
}

/// How a run stands, and what is left of it.
fn state(run: &RunSummary, report: &Result<Report, Fault>, now: Timestamp, style: &Style) -> String {
    let report = match report {
        Ok(report) => report,
        Err(fault) => return style.red(&format!("cannot be read: {}", clean(&fault.message))),
    };
    let left = left(report, run.status == RunStatus::Open);
    let left = if left.is_empty() { left } else { style.yellow(&left) };
    let access = match report.verdict() {
        Some(verdict) if !verdict.reached => style.red(&format!("access {}", verdict.word)),
        _ => String::new(),
    };
    let word = match (&run.status, run.wake_at) {
        (RunStatus::Closed, _) if left.is_empty() && access.is_empty() => style.dim("over"),
        (RunStatus::Closed, _) => "ended".to_owned(),
        (RunStatus::Open, Some(at)) if at <= now => style.yellow("due now"),
        (RunStatus::Open, Some(at)) => style.yellow(&format!("open, due {}", at.date())),
        (RunStatus::Open, None) => style.yellow("open"),
    };
    [word, access, left].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// What nobody has seen yet and what people still have to do, in a few words.
fn left(report: &Report, open: bool) -> String {
    let waiting = if open { "waiting" } else { "never seen" };
    let kinds = [
        (Outcome::Partial, "in part"),
        (Outcome::HandedOff, "for a person"),
        (Outcome::Unknown, "unknown"),
        (Outcome::Waiting, waiting),
        (Outcome::Blocked, "stopped"),
        (Outcome::Failed, "refused"),
        (Outcome::Lapsed, "lapsed"),
    ];
    kinds
        .into_iter()
        .map(|(outcome, word)| (report.counts.get(outcome), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect::<Vec<_>>()
        .join(", ")
}
