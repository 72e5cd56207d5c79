//! `offboard status`: how a run stands, in a few lines and by the exit code.

use std::fmt::Write as _;

use clap::Args;
use offboard::{Ended, Outcome};
use serde_json::json;

use super::{carry, journal, roster};
use crate::fault::Fault;
use crate::show::steps;
use crate::show::text::{clean, fold};
use crate::{Answer, Shell};

/// Says how a run stands, by its exit code too
///
/// It is the code that its `apply` would end with now.
#[derive(Debug, Clone, Args)]
pub struct Status {
    /// The run, or the roster
    #[arg(value_name = "RUN")]
    pub run: String,
}

pub(super) async fn run(shell: &Shell, args: Status) -> Result<Answer, Fault> {
    if let Some(roster) = journal::roster(shell, &args.run).await? {
        return roster::look::status(shell, &roster).await;
    }
    let (record, plan, report) = journal::report(shell, &args.run).await?;
    let style = shell.terminal.style();
    let mut text = format!("{}  {}\n", style.bold(record.run.as_str()), clean(&record.leaver_name));
    let mut counts = Vec::new();
    for outcome in Outcome::ALL {
        let n = report.counts.get(outcome);
        if n > 0 {
            counts.push(format!("{n} {}", outcome.name().replace('_', " ")));
        }
    }
    let _ = writeln!(text, "{}", counts.join(", "));
    let rest = report.steps.iter().filter(|step| {
        !matches!(
            step.outcome,
            Outcome::Done | Outcome::Vouched | Outcome::Already | Outcome::Skipped | Outcome::Cancelled
        )
    });
    for step in rest {
        let word = step.outcome.name().replace('_', " ");
        let line = format!("{} ({}): {}", step.title, step.id, steps::detail(&report, &plan, step));
        fold(&mut text, &format!("  {word:<12} "), &line, 15, style.width());
    }
    for line in carry::next(&report, Ended::Rested) {
        text.push_str(&line);
        text.push('\n');
    }
    let steps: Vec<_> = report
        .steps
        .iter()
        .map(|step| json!({ "id": step.id, "outcome": step.outcome, "detail": step.detail }))
        .collect();
    let json = json!({
        "run": record.run,
        "leaver": report.leaver,
        "open": report.open,
        "wake_at": report.wake_at,
        "counts": report.counts,
        "steps": steps,
    });
    Ok(Answer { code: report.exit().into(), text, json })
}
