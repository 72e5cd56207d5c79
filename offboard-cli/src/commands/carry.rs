//! Carrying a run with progress, and the answer that it ends with.

use std::fmt::Write as _;
use std::sync::Arc;

use offboard::core::engine::driver::Watch;
use offboard::core::journal::{Event, RunStatus, Status};
use offboard::{Drive, Ended, Engine, Outcome, Plan, Report, RunId, StepId, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::fault::{Code, Fault};
use crate::show::style::Style;
use crate::show::{self, progress, steps};
use crate::{Answer, Shell};

/// How to carry a run of `plan` from this shell: with progress, and stopped by Ctrl-C.
pub(super) fn how(shell: &Shell, plan: &Plan, until: offboard::Until) -> Drive {
    let watch: Watch = progress::watch(plan, &shell.terminal);
    Drive { stop: shell.interrupt.carry(), watch: Some(watch), ..Drive::until(until) }
}

/// Says `line` before the first event: then the run is recorded, and not refused.
pub(super) fn announced(shell: &Shell, how: Drive, line: String) -> Drive {
    let (terminal, rest, once) = (shell.terminal.clone(), how.watch, std::sync::Once::new());
    let watch: Watch = Arc::new(move |event: &Event| {
        once.call_once(|| terminal.progress(&line));
        if let Some(rest) = &rest {
            rest(event);
        }
    });
    Drive { watch: Some(watch), ..how }
}

/// The code that a run ends with.
pub(super) fn code(ended: Ended, report: &Report) -> Code {
    match ended {
        Ended::Stopped => Code::Interrupted,
        Ended::Rested => report.exit().into(),
    }
}

/// What another run of the same person still had to do, and never will once it is superseded.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Superseded {
    run: RunId,
    step: StepId,
    title: String,
    /// It was put off until then: access that would have ended, for example.
    not_before: Option<Timestamp>,
}

/// What the other open runs of the leaver still have to do.
pub(super) async fn superseded(engine: &Engine, plan: &Plan, by: &RunId) -> Result<Vec<Superseded>, Fault> {
    let mut ended = Vec::new();
    for other in engine.journal().runs(Some(engine.tenant())).await? {
        if other.status != RunStatus::Open || other.leaver != plan.leaver.id || other.run == *by {
            continue;
        }
        let (plan, state) = engine.state(&other.run).await?;
        // What is in the air is read back, or taken back; what was not sent is what gets lost.
        let unsent = |status: Status| {
            matches!(
                status,
                Status::Pending | Status::Deferred | Status::Blocked | Status::Failed | Status::HandedOff
            )
        };
        let open =
            plan.steps.iter().filter(|step| state.step(&step.id).is_some_and(|step| unsent(step.status)));
        ended.extend(open.map(|step| Superseded {
            run: other.run.clone(),
            step: step.id.clone(),
            title: steps::title(step),
            not_before: step.not_before,
        }));
    }
    Ok(ended)
}

/// The same for people: nobody else will do it.
pub(super) fn said(superseded: &[Superseded], style: &Style) -> String {
    let mut out = String::new();
    if superseded.is_empty() {
        return out;
    }
    let _ = writeln!(
        out,
        "\n{}",
        style.bold("Ended with the run that this one takes the place of; nobody does it now")
    );
    for step in superseded {
        let due = step.not_before.map_or_else(String::new, |at| format!(", was due {}", at.date()));
        let _ = writeln!(out, "  - {} ({} of the run {}{due})", step.title, step.step, step.run);
    }
    out
}

/// The report of a run as an answer, with what to do next.
pub(super) async fn answer(
    shell: &Shell,
    engine: &Engine,
    run: &RunId,
    ended: Ended,
    journal: &std::path::Path,
    superseded: &[Superseded],
) -> Result<Answer, Fault> {
    let report = engine.report(run).await?;
    let (plan, _) = engine.state(run).await?;
    let code = code(ended, &report);
    let mut text = show::report::render(&report, &plan, shell.terminal.style());
    text.push_str(&said(superseded, shell.terminal.style()));
    let _ = writeln!(text, "\nJournal  {}", journal.display());
    for line in next(&report, ended) {
        text.push_str(&line);
        text.push('\n');
    }
    let json = json!({ "run": run, "journal": journal, "superseded": superseded, "report": report });
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
            "Go on    offboard resume {run}, from {} on (or `offboard resume --due` regularly)",
            at.to_seconds()
        ));
    } else if report.open {
        lines.push(format!("Go on    offboard resume {run}"));
    }
    lines.push(format!("Look     offboard report {run} --html report.html"));
    // What nobody could see, and what its way does not reach, a person decides.
    for step in report.steps.iter().filter(|s| matches!(s.outcome, Outcome::Unknown | Outcome::Partial)) {
        let (words, why) = match step.outcome {
            Outcome::Partial => ("--happened", "partial; once the rest is handed over"),
            _ => ("--happened | --did-not-happen", "unknown; look first"),
        };
        lines.push(format!("Decide   offboard settle {run} {} {words}   ({why})", step.id));
    }
    if report.direction == offboard::core::operation::guard::Direction::Forward
        && report.steps.iter().any(|step| step.attempts > 0)
    {
        lines.push(format!("Undo     offboard undo {run}"));
    }
    lines
}
