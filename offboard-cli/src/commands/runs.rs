//! `offboard runs`: what the journal holds.

use std::fmt::Write as _;

use clap::Args;
use offboard::core::journal::RunStatus;
use serde_json::json;

use super::journal;
use crate::fault::{Code, Fault};
use crate::show::text::clean;
use crate::{Answer, Shell};

/// Lists the runs of the journal, newest first
#[derive(Debug, Clone, Args)]
pub struct Runs {
    /// Only those in which a step may still write
    #[arg(long)]
    pub open: bool,
}

pub(super) async fn run(shell: &Shell, args: Runs) -> Result<Answer, Fault> {
    let mut runs = journal::runs(shell).await?;
    runs.retain(|run| !args.open || run.status == RunStatus::Open);
    let now = shell.host.clock.now();
    let style = shell.terminal.style();
    let mut text = String::new();
    for run in &runs {
        let state = match (&run.status, run.wake_at) {
            (RunStatus::Closed, _) => style.dim("over"),
            (RunStatus::Open, Some(at)) if at <= now => style.yellow("due now"),
            (RunStatus::Open, Some(at)) => style.yellow(&format!("open, due {}", at.date())),
            (RunStatus::Open, None) => style.yellow("open"),
        };
        let opened = run.opened_at.to_string();
        let opened = opened.get(..16).unwrap_or(&opened);
        let _ = writeln!(text, "{}  {opened}  {}  {state}", run.run, clean(&run.leaver_name));
    }
    if runs.is_empty() {
        let path = shell.settings.journal()?;
        text = format!("No runs in {}\n", path.path().display());
    }
    Ok(Answer { code: Code::Done, text, json: json!({ "runs": runs }) })
}
