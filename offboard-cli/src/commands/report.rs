//! `offboard report`: what has become of a run, from its journal alone.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::journal;
use crate::args::Force;
use crate::fault::{Code, Fault};
use crate::show::{self, text::quoted};
use crate::{Answer, Shell};

/// Shows what has become of a run: every planned step with its one outcome
///
/// With --json it is the report's own document. Ends with 0 where the report could be made; `offboard status` ends as the run stands.
#[derive(Debug, Clone, Args)]
pub struct MakeReport {
    /// The run, or the roster: one line for each leaver
    #[arg(value_name = "RUN")]
    pub run: String,
    /// Write it as one HTML file, without script
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Over what is there, or not
    #[command(flatten)]
    pub force: Force,
}

pub(super) async fn run(shell: &Shell, args: MakeReport) -> Result<Answer, Fault> {
    let output = match &args.html {
        Some(path) => Some(shell.output(path, args.force.force, &[])?),
        None => None,
    };
    let (mut text, html, json) = if let Some(roster) = journal::roster(shell, &args.run).await? {
        let report = journal::roster_report(shell, &roster).await?;
        (report.to_text(), report.to_html(), document(&report)?)
    } else {
        let (_, plan, report) = journal::report(shell, &args.run).await?;
        let text = show::report::render(&report, &plan, shell.terminal.style());
        (text, report.to_html(), document(&report)?)
    };
    if let Some(output) = &output {
        output.write(html.as_bytes())?;
        text = format!("Written to {}\n", quoted(&output.path().display().to_string()));
    }
    Ok(Answer { code: Code::Done, text, json })
}

/// A report as its own JSON document.
fn document(report: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(report)
        .map_err(|error| Fault::internal(format!("the report cannot be written: {error}")))
}
