//! Carrying a run with progress, and the answer that it ends with.

use offboard::core::engine::driver::Watch;
use offboard::{Drive, Ended, Engine, Plan, Report, RunId};
use serde_json::json;

use crate::fault::{Code, Fault};
use crate::show::progress;
use crate::{Answer, Shell};

/// How to carry a run of `plan` from this shell: with progress, and stopped by Ctrl-C.
pub(super) fn how(shell: &Shell, plan: &Plan, until: offboard::Until) -> Drive {
    let watch: Watch = progress::watch(plan, &shell.terminal);
    Drive { stop: shell.interrupt.carry(), watch: Some(watch), ..Drive::until(until) }
}

/// The code that a run ends with.
pub(super) fn code(ended: Ended, report: &Report) -> Code {
    match ended {
        Ended::Stopped => Code::Interrupted,
        Ended::Rested => report.exit().into(),
    }
}

/// The report of a run as an answer, with what to do next.
pub(super) async fn answer(
    engine: &Engine,
    run: &RunId,
    ended: Ended,
    journal: &std::path::Path,
) -> Result<Answer, Fault> {
    let report = engine.report(run).await?;
    let code = code(ended, &report);
    let mut text = report.to_text();
    text.push_str(&format!("\nJournal  {}\n", journal.display()));
    for line in next(&report, ended) {
        text.push_str(&line);
        text.push('\n');
    }
    let json = json!({ "run": run, "journal": journal, "report": report });
    Ok(Answer { code, text, json })
}

/// What a person may do with a run that came to this.
pub(super) fn next(report: &Report, ended: Ended) -> Vec<String> {
    let run = &report.run;
    let mut lines = Vec::new();
    if ended == Ended::Stopped {
        lines.push(format!("Go on    offboard resume {run}"));
    } else if let (true, Some(at)) = (report.open, report.wake_at) {
        lines.push(format!(
            "Go on    offboard resume {run}, from {at} on (or `offboard resume --due` regularly)"
        ));
    } else if report.open {
        lines.push(format!("Go on    offboard resume {run}"));
    }
    lines.push(format!("Look     offboard report {run} --html report.html"));
    if report.direction == offboard::core::operation::guard::Direction::Forward
        && report.steps.iter().any(|step| step.attempts > 0)
    {
        lines.push(format!("Undo     offboard undo {run}"));
    }
    lines
}
