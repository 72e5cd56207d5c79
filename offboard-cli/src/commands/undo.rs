//! `offboard undo`: takes a run back, by a plan of its own.

use std::path::PathBuf;

use clap::Args;
use offboard::core::operation::Severity;
use serde_json::json;

use super::{carry, journal, plan, waive};
use crate::args::{Force, Until, Waive};
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::show::{self, findings};
use crate::{Answer, Shell};

/// Takes a run back: shows the plan that does it, and carries it out with --yes
///
/// Whoever undoes a run that only cut access needs nobody else. For everything else a second person approves the plan
/// that -o writes, or names himself by --by.
#[derive(Debug, Clone, Args)]
pub struct Undo {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Carry it out
    #[arg(long, conflicts_with = "output")]
    pub yes: bool,
    /// Write the plan, to be approved and applied like any other
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Over what is there, or not
    #[command(flatten)]
    pub force: Force,
    /// Who approves [default: the operating system's user]
    #[arg(long, value_name = "NAME", conflicts_with = "output")]
    pub by: Option<String>,
    /// Findings that are accepted
    #[command(flatten)]
    pub waive: Waive,
    /// How far
    #[arg(long, value_enum, default_value_t = Until::Sent)]
    pub until: Until,
}

pub(super) async fn run(shell: &Shell, args: Undo) -> Result<Answer, Fault> {
    let output = match &args.output {
        Some(path) => Some(shell.output(path, args.force.force, &[])?),
        None => None,
    };
    let record = journal::record(shell, &args.run).await?;
    let session = Session::open(shell).await?;
    let operator = shell.settings.operator();
    let undo = session.engine.undo_plan(&record.run, &operator).await?;
    let bytes = undo.to_bytes();
    let shown = show::plan::render(&undo, shell.terminal.style());
    if undo.steps.is_empty() {
        let json = json!({ "run": record.run, "undo": null });
        return Ok(Answer {
            code: Code::Done,
            text: format!("{shown}There is nothing to take back.\n"),
            json,
        });
    }
    if let Some(output) = &output {
        output.write(&bytes)?;
        let text = format!("{shown}{}", plan::kept(output.path(), &undo));
        let json = plan::object(&undo, &bytes, Some(output.path()));
        return Ok(Answer { code: plan::code(&undo), text, json });
    }
    if !args.yes {
        shell.terminal.say(&shown);
        let standing = undo.findings.iter().filter(|finding| findings::stops_all(&undo, finding)).count();
        if standing > args.waive.waive.len() {
            let never = undo.findings.iter().any(|finding| finding.severity == Severity::Never);
            let text = if never {
                "Nobody can accept what says \u{201c}never\u{201d}: take it back by hand; nothing was changed.\n"
            } else {
                "Accept them by name, or take it back by hand; nothing was changed.\n"
            };
            let text = text.to_owned();
            return Ok(Answer { code: Code::Refused, text, json: plan::object(&undo, &bytes, None) });
        }
    }
    let by = args.by.unwrap_or_else(|| operator.clone());
    let waivers = waive::waivers(&undo, &args.waive)?;
    let approval = session.engine.approve(&bytes, &by, None, waivers, false)?.to_bytes();
    let approved = session.engine.approved(&bytes, &approval)?;
    if !args.yes && !shell.terminal.confirm("Take this back now?", "--yes, or write the plan by -o FILE")? {
        let json = json!({ "run": record.run, "undo": null });
        return Ok(Answer { code: Code::Done, text: "Nothing was changed.\n".to_owned(), json });
    }
    let superseded = carry::superseded(&session.engine, approved.plan(), &approved.run_id()).await?;
    let how = carry::how(shell, approved.plan(), args.until.into());
    let (run, ended) = Box::pin(session.engine.apply(approved, &record.policy, true, how)).await?;
    carry::answer(shell, &session.engine, &run, ended, &session.journal, &superseded).await
}
