//! The report for a terminal.

use std::fmt::Write as _;

use super::outcome::{Outcome, StepReport};
use super::{Report, brief};
use crate::operation::{Judged, Severity};

/// Control characters of any kind are shown, never obeyed: a display name must not move a cursor.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            // Controls, and the marks that turn the direction of a line around.
            c if c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                '\u{fffd}'
            }
            c => c,
        })
        .collect()
}

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
    let _ = writeln!(o, "began {}, as of {}", report.opened_at.to_seconds(), report.as_of.to_seconds());
    let _ = writeln!(
        o,
        "planned by {}, approved by {}{}",
        clean(&report.made_by),
        clean(&report.approved_by),
        report.ticket.as_ref().map_or_else(String::new, |t| format!(", ticket {}", clean(t)))
    );
    let _ = writeln!(o, "{}\n", summary(report));
    for step in &report.steps {
        one(o, step);
    }
    people(o, report);
    if !report.deadlines.is_empty() {
        let _ = writeln!(o, "\nDates");
        for deadline in &report.deadlines {
            let _ =
                writeln!(o, "  {}  {} ({})", deadline.at.date(), clean(&deadline.what), deadline.requirement);
        }
    }
    if !report.residual_risks.is_empty() {
        let _ = writeln!(o, "\nWhat no step can mend");
        for risk in &report.residual_risks {
            let _ = writeln!(o, "  - {} ({})", clean(&risk.what), risk.requirement);
        }
    }
    if !report.not_judged.is_empty() {
        let _ = writeln!(o, "\nNot judged by this version");
        for rule in &report.not_judged {
            let _ = writeln!(o, "  - {}: {}", rule.code, clean(&rule.about));
        }
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
        (true, Some(at)) => format!("; open, to be looked at again at {at}"),
        (true, None) => "; open".to_owned(),
        (false, _) => String::new(),
    };
    format!("{}{state}", parts.join(", "))
}

fn one(o: &mut String, step: &StepReport) {
    let _ = writeln!(
        o,
        "  {:<12} {:<40} {}",
        step.outcome.name().replace('_', " "),
        clean(&step.title),
        clean(&step.detail)
    );
    if let (Some(Judged::Is(before)), Some(Judged::Is(after))) = (&step.before, &step.after)
        && before != after
    {
        for (name, was, is) in changes(before, after) {
            let _ = writeln!(o, "               {name}: {} -> {}", clean(&was), clean(&is));
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

/// The fields of two states that differ.
pub(super) fn changes(
    before: &serde_json::Value,
    after: &serde_json::Value,
) -> Vec<(String, String, String)> {
    let (Some(was), Some(is)) = (before.as_object(), after.as_object()) else {
        return vec![(String::new(), brief(before), brief(after))];
    };
    is.iter()
        .filter(|(name, value)| was.get(*name) != Some(value))
        .map(|(name, value)| {
            (name.clone(), was.get(name).map_or_else(|| "none".to_owned(), brief), brief(value))
        })
        .collect()
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
