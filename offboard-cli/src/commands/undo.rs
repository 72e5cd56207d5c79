//! `offboard undo`: takes a run back, by a plan of its own.

use clap::Args;
use serde_json::json;

use super::back::{self, Back, Words};
use super::journal;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::{Answer, Shell, show};

/// Takes a run back: shows the plan that does it, and carries it out with --yes
///
/// Whoever undoes a run that only cut access needs nobody else. For everything else a second person approves the plan
/// that -o writes, or names himself by --by.
#[derive(Debug, Clone, Args)]
pub struct Undo {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: String,
    /// How
    #[command(flatten)]
    pub back: Back,
}

pub(super) async fn run(shell: &Shell, args: Undo) -> Result<Answer, Fault> {
    let output = args.back.place(shell)?;
    let record = journal::record(shell, &args.run).await?;
    let session = Session::open(shell).await?;
    let undo = session.engine.undo_plan(&record.run, &shell.settings.operator()).await?;
    let nothing = json!({ "run": record.run, "undo": null });
    if undo.steps.is_empty() {
        let shown = show::plan::render(&undo, shell.terminal.style());
        let text = format!("{shown}There is nothing to take back.\n");
        return Ok(Answer { code: Code::Done, text, json: nothing });
    }
    let words = Words { question: "Take this back now?", instead: "take it back by hand", nothing };
    back::run(shell, &session, &undo, &record.policy, (args.back, output), words).await
}
