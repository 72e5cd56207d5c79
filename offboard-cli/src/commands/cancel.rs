//! `offboard cancel`: ends what has not been sent.

use clap::Args;
use serde_json::json;

use super::{journal, roster};
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show;
use crate::{Answer, Shell};

/// Ends whatever of a run has not been sent
///
/// What was sent stays, and is read back by `offboard resume`; `offboard undo` takes it back.
#[derive(Debug, Clone, Args)]
pub struct Cancel {
    /// The run, or the roster
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Who says so [default: the operating system's user]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

pub(super) async fn run(shell: &Shell, args: Cancel) -> Result<Answer, Fault> {
    if let Some(roster) = journal::roster(shell, &args.run).await? {
        let by = args.by.unwrap_or_else(|| shell.settings.operator());
        return Box::pin(roster::look::cancel(shell, &roster, &by)).await;
    }
    let record = journal::record(shell, &args.run).await?;
    let engine = Session::for_words(shell, record.tenant).await?;
    let by = args.by.unwrap_or_else(|| shell.settings.operator());
    engine.cancel(&record.run, &by).await?;
    let report = engine.report(&record.run).await?;
    let (plan, _) = engine.state(&record.run).await?;
    let mut text = show::report::render(&report, &plan, shell.terminal.style());
    text.push_str("\nWhat was sent stays as it is; `offboard undo` takes it back.\n");
    Ok(Answer { code: Code::Done, text, json: json!({ "run": record.run, "report": report }) })
}
