//! A plan that takes something back: shown, approved and carried in one command, or written for somebody else to approve.

use std::path::PathBuf;

use clap::Args;
use offboard::Plan;
use offboard::core::operation::Severity;
use serde_json::Value;

use super::{carry, plan, waive};
use crate::args::{Force, Until, Waive};
use crate::fault::{Code, Fault};
use crate::files::Output;
use crate::session::Session;
use crate::show::{self, findings};
use crate::{Answer, Shell};

/// How it is approved and carried.
#[derive(Debug, Clone, Args)]
pub struct Back {
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

impl Back {
    /// Where the plan is to be written, looked at before anything is read.
    pub(super) fn place(&self, shell: &Shell) -> Result<Option<Output>, Fault> {
        self.output.as_ref().map(|path| shell.output(path, self.force.force, &[])).transpose()
    }
}

/// What is asked where somebody sits at a terminal, and what is answered where nothing was done.
pub(super) struct Words {
    /// `Take this back now?`
    pub(super) question: &'static str,
    /// What a person does instead where a finding cannot be accepted.
    pub(super) instead: &'static str,
    /// The answer where nothing was changed.
    pub(super) nothing: Value,
}

/// Shows the plan, and carries it out as `back` says.
pub(super) async fn run(
    shell: &Shell,
    session: &Session,
    plan: &Plan,
    policy: &[u8],
    (back, output): (Back, Option<Output>),
    words: Words,
) -> Result<Answer, Fault> {
    let bytes = plan.to_bytes();
    let shown = show::plan::render(plan, shell.terminal.style());
    if let Some(output) = &output {
        output.write(&bytes)?;
        let text = format!("{shown}{}", plan::kept(output.path(), plan));
        let json = plan::object(plan, &bytes, Some(output.path()));
        return Ok(Answer { code: plan::code(plan), text, json });
    }
    if !back.yes {
        shell.terminal.say(&shown);
        let standing = plan.findings.iter().filter(|finding| findings::stops_all(plan, finding)).count();
        if standing > back.waive.waive.len() {
            let never = plan.findings.iter().any(|finding| finding.severity == Severity::Never);
            let text = if never {
                format!(
                    "Nobody can accept what says \u{201c}never\u{201d}: {}; nothing was changed.\n",
                    words.instead
                )
            } else {
                format!("Accept them by name, or {}; nothing was changed.\n", words.instead)
            };
            return Ok(Answer { code: Code::Refused, text, json: plan::object(plan, &bytes, None) });
        }
    }
    let by = back.by.unwrap_or_else(|| shell.settings.operator());
    let waivers = waive::waivers(plan, &back.waive)?;
    let approval = session.engine.approve(&bytes, &by, None, waivers, false)?.to_bytes();
    let approved = session.engine.approved(&bytes, &approval)?;
    if !back.yes && !shell.terminal.confirm(words.question, "--yes, or write the plan by -o FILE")? {
        return Ok(Answer {
            code: Code::Done,
            text: "Nothing was changed.\n".to_owned(),
            json: words.nothing,
        });
    }
    let superseded = carry::superseded(&session.engine, approved.plan(), &approved.run_id()).await?;
    let how = carry::how(shell, approved.plan(), back.until.into());
    let (run, ended) = Box::pin(session.engine.apply(approved, policy, true, how)).await?;
    carry::answer(shell, &session.engine, &run, ended, &session.journal, &superseded).await
}
