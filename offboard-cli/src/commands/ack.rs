//! `offboard ack`: a person has done what a step asked for.

use std::fmt::Write as _;

use clap::Args;
use offboard::StepId;
use offboard::core::engine::control::Word;
use serde_json::json;

use super::journal;
use crate::fault::{Code, Fault};
use crate::session::Session;
use crate::{Answer, Shell};

/// Says that a person has done what a step asked for
///
/// The report says that it was vouched for, and not seen.
#[derive(Debug, Clone, Args)]
pub struct Ack {
    /// The run
    #[arg(value_name = "RUN")]
    pub run: String,
    /// The step
    #[arg(value_name = "STEP")]
    pub step: String,
    /// Who says so [default: the operating system's user]
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

pub(super) async fn run(shell: &Shell, args: Ack) -> Result<Answer, Fault> {
    say(shell, &args.run, &args.step, &Word::Acknowledge, args.by).await
}

/// Records what a person says of a step.
pub(super) async fn say(
    shell: &Shell,
    run: &str,
    step: &str,
    word: &Word,
    by: Option<String>,
) -> Result<Answer, Fault> {
    let record = journal::record(shell, run).await?;
    let engine = Session::for_words(shell, record.tenant).await?;
    let by = by.unwrap_or_else(|| shell.settings.operator());
    Box::pin(engine.say(&record.run, &StepId::new(step), word, &by)).await?;
    let report = engine.report(&record.run).await?;
    let mut text = format!("Recorded, by {}.\n", crate::show::text::clean(&by));
    if report.open {
        let _ = writeln!(text, "What waited for it goes on by: offboard resume {}", record.run);
    }
    let outcome = report.steps.iter().find(|of| of.id.as_str() == step).map(|of| of.outcome);
    let json = json!({ "run": record.run, "step": step, "by": by, "outcome": outcome, "open": report.open });
    Ok(Answer { code: Code::Done, text, json })
}
