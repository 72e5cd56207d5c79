//! The report for a terminal.

use std::fmt::Write as _;

use super::Report;
use super::diff::{Change, changes};
use super::outcome::{Outcome, StepReport};
use super::plain::clean;
use crate::operation::{Judged, Severity};

pub(super) fn render(report: &Report) -> String {
    let mut out = String::new();
    let o = &mut out;
    let _ = writeln!(
        o,
        "Run {} of \u{201c}{}\u{201d} for {}",
        report.run,
        clean(&report.policy),
        clean(&report.leaver.name())
    );
    let _ = writeln!(
        o,
        "began {}, last recorded {}",
        report.opened_at.to_seconds(),
        report.recorded_at.to_seconds()
    );
    let _ = writeln!(
        o,
        "planned by {}, approved by {} {} (as they call themselves){}",
        clean(&report.made_by),
        clean(&report.approved_by),
        report.approved_at.to_seconds(),
        report.ticket.as_ref().map_or_else(String::new, |t| format!(", ticket {}", clean(t)))
    );
    let _ = writeln!(o, "{}\n", summary(report));
    for step in &report.steps {
        one(o, report, step);
    }
    people(o, report);
    if !report.deadlines.is_empty() {
        let _ = writeln!(o, "\nDates");
        for deadline in &report.deadlines {
            let _ =
                writeln!(o, "  {}  {} ({})", deadline.at.date(), clean(&deadline.what), deadline.requirement);
        }
    }
    if let Some(remarks) = report.remarks() {
        let _ = writeln!(o, "\n{remarks}: the HTML report says each");
    }
    if let Some(verdict) = report.verdict() {
        let _ = writeln!(o, "\n{}", clean(&verdict.text));
    }
    let _ = writeln!(o, "\nJournal: {} entries, {}", report.journal.count, report.journal.head);
    out
}

/// How many steps came to what, in one line.
pub(super) fn summary(report: &Report) -> String {
    let parts: Vec<String> = Outcome::ALL
        .into_iter()
        .filter(|outcome| report.counts.get(*outcome) > 0)
        .map(|outcome| format!("{} {}", report.counts.get(outcome), outcome.name().replace('_', " ")))
        .collect();
    let state = match (report.open, report.wake_at) {
        (true, Some(at)) => format!("; open, to be looked at again at {}", at.to_seconds()),
        (true, None) => "; open".to_owned(),
        (false, _) => String::new(),
    };
    format!("{}{state}", parts.join(", "))
}

fn one(o: &mut String, report: &Report, step: &StepReport) {
    let _ = writeln!(
        o,
        "  {:<12} {:<40} {}",
        step.outcome.name().replace('_', " "),
        clean(&step.title),
        clean(&step.detail)
    );
    if let Some(about) = report.about(step) {
        let _ = writeln!(o, "               {}", clean(&about));
    }
    if let (Some(Judged::Is(before)), Some(Judged::Is(after))) = (&step.before, &step.after) {
        for change in changes(before, after, &|id: &str| report.name(id)) {
            let _ = match change {
                Change::Was { field, was, is } => writeln!(o, "               {field}: {was} -> {is}"),
                Change::Added { what } => writeln!(o, "               + {what}"),
                Change::Removed { what } => writeln!(o, "               - {what}"),
            };
        }
    }
    for finding in
        step.findings.iter().filter(|f| f.severity != Severity::Warn || step.outcome == Outcome::Blocked)
    {
        let _ = writeln!(
            o,
            "               {} {} ({}): {}",
            severity(finding.severity),
            finding.code,
            finding.requirement,
            clean(&finding.message)
        );
        let _ = writeln!(o, "                 {}", clean(&finding.hint));
    }
    for finding in
        step.findings.iter().filter(|f| f.severity == Severity::Warn && step.outcome != Outcome::Blocked)
    {
        let _ = writeln!(o, "               note {}: {}", finding.code, clean(&finding.message));
    }
    for drift in &step.drift {
        let _ = writeln!(o, "               since the plan: {}", clean(drift));
    }
}

pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Warn => "note",
        Severity::Block => "stopped by",
        Severity::Never => "never:",
    }
}

fn people(o: &mut String, report: &Report) {
    let asked: Vec<&StepReport> = report
        .steps
        .iter()
        .filter(|step| step.outcome == Outcome::HandedOff && step.instructions.is_some())
        .collect();
    if asked.is_empty() {
        return;
    }
    let _ = writeln!(o, "\nTo be done by people");
    for step in asked {
        let Some(instructions) = &step.instructions else { continue };
        let _ = writeln!(
            o,
            "  {} ({}): {}",
            clean(&instructions.system),
            clean(&instructions.role),
            clean(&instructions.why)
        );
        for command in &instructions.commands {
            let _ = writeln!(o, "      {}", clean(command));
        }
        let _ = writeln!(o, "      seen when: {}", clean(&instructions.shown_by));
        let _ = writeln!(o, "      then: offboard ack {} {}", report.run, step.id);
    }
}
