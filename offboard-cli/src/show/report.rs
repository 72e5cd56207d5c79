//! A report in a terminal: one outcome for each planned step, with names in place of ids and lines that fit.

use std::fmt::Write as _;

use offboard::core::operation::Judged;
use offboard::core::operation::guard::Direction;
use offboard::core::report::StepReport;
use offboard::{Outcome, Plan, Report};

use super::names::Names;
use super::style::Style;
use super::text::{clean, fold, to_the_second};
use super::{diff, findings, steps};

/// How far the text of a step is indented.
const INDENT: usize = 17;

/// The report of a run of `plan`.
pub fn render(report: &Report, plan: &Plan, style: &Style) -> String {
    let names = Names::of(&plan.facts);
    let mut out = String::with_capacity(8 * 1024);
    head(&mut out, report, style);
    for step in &report.steps {
        one(&mut out, report, plan, step, &names, style);
    }
    people(&mut out, report, style);
    let whole = findings::list(&report.findings, style, 2);
    if !whole.is_empty() {
        let _ = write!(out, "\n{}\n{whole}", style.bold("About the whole plan"));
    }
    if !report.deadlines.is_empty() {
        heading(&mut out, "Dates", style);
        for deadline in &report.deadlines {
            let what = format!("{} ({})", deadline.what, deadline.requirement);
            fold(&mut out, &format!("  {}  ", deadline.at.date()), &what, 14, style.width());
        }
    }
    let place = format!("offboard report {} --html FILE", report.run);
    super::plan::in_short(&mut out, &report.residual_risks, &report.not_judged, &place);
    out.push_str(&verdict(report, style));
    let _ = writeln!(out, "\n{}", summary(report, style));
    out
}

fn heading(out: &mut String, text: &str, style: &Style) {
    let _ = writeln!(out, "\n{}", style.bold(text));
}

fn head(out: &mut String, report: &Report, style: &Style) {
    let verb = match report.direction {
        Direction::Forward => "Off-boarding of",
        Direction::Undo => "Taking back, for",
    };
    let _ = writeln!(out, "{}", style.bold(&format!("{verb} {}", clean(&report.leaver.display_name))));
    let mut row = |name: &str, value: String| {
        fold(out, &format!("  {name:<9}"), &value, 11, style.width());
    };
    row("who", format!("{}, object id {}", report.leaver.user_principal_name, report.leaver.id));
    row("run", format!("{}, policy \u{201c}{}\u{201d}", report.run, report.policy));
    row("time", to_the_second(&format!("began {}, last recorded {}", report.opened_at, report.recorded_at)));
    let ticket = report.ticket.as_ref().map_or_else(String::new, |ticket| format!(", ticket {ticket}"));
    let approved = to_the_second(&report.approved_at.to_string());
    row(
        "by",
        format!(
            "planned by {}, approved by {} on {approved}{ticket} (names are self-declared)",
            report.made_by, report.approved_by
        ),
    );
    for waiver in &report.waivers {
        let step = waiver.step.as_ref().map_or("plan", |step| step.as_str());
        row("accepted", format!("{step}:{}:{}, because: {}", waiver.code, waiver.key, waiver.reason));
    }
    out.push('\n');
}

fn one(out: &mut String, report: &Report, plan: &Plan, step: &StepReport, names: &Names, style: &Style) {
    let word = format!("{:<13}", step.outcome.name().replace('_', " "));
    let word = coloured(step.outcome, &word, style);
    let planned = plan.step(&step.id);
    let title = planned.map_or_else(|| clean(&step.title), steps::title);
    let about = planned
        .and_then(|planned| steps::about(planned, &report.leaver.id.to_string(), names))
        .map_or_else(String::new, |about| format!(" ({about})"));
    let detail = steps::detail(report, plan, step);
    let seen = step.outcome == Outcome::Done;
    let behind = if seen { format!("  {}", style.dim(&detail)) } else { String::new() };
    let _ = writeln!(out, "  {word}  {}{about}{behind}", style.bold(&title));
    let mut remark = |text: &str| fold(out, &" ".repeat(INDENT), text, INDENT, style.width());
    let obvious = matches!(step.outcome, Outcome::Done | Outcome::Already | Outcome::HandedOff);
    match &step.vouched_by {
        Some(by) => remark(&format!("{detail}; {by} says so")),
        None if !obvious && !detail.is_empty() => remark(&detail),
        None => {}
    }
    if let (Some(Judged::Is(_)), Some(Judged::Is(_))) = (&step.before, &step.after) {
        diff::of_step(out, step, names, style, INDENT);
    }
    if let (Some(failure), Outcome::Failed | Outcome::Unknown) = (&step.failure, step.outcome)
        && let Some(hint) = &failure.hint
    {
        fold(out, &format!("{:INDENT$}{} ", "", style.bold("do:")), hint, INDENT + 4, style.width());
    }
    for drift in &step.drift {
        fold(out, &" ".repeat(INDENT), &format!("since the plan: {drift}"), INDENT, style.width());
    }
    for finding in &step.findings {
        let waived = report.waivers.iter().any(|waiver| waiver.covers(finding));
        if findings::stops(finding) && !waived {
            findings::write(out, finding, style, INDENT, false);
        } else {
            let word = if waived { "accepted" } else { "note" };
            let text = format!("{} {}", findings::code(finding), finding.message);
            let first = format!("{:INDENT$}{} ", "", style.yellow(word));
            fold(out, &first, &text, INDENT + word.len() + 1, style.width());
        }
    }
}

fn coloured(outcome: Outcome, word: &str, style: &Style) -> String {
    match outcome {
        Outcome::Done | Outcome::Already => style.green(word),
        Outcome::Skipped | Outcome::NotStarted | Outcome::Cancelled => style.dim(word),
        Outcome::Vouched
        | Outcome::Partial
        | Outcome::Sent
        | Outcome::Waiting
        | Outcome::HandedOff
        | Outcome::Lapsed => style.yellow(word),
        Outcome::Blocked | Outcome::Failed | Outcome::Unknown => style.red(word),
    }
}

/// What is handed to people, with the commands.
pub fn people(out: &mut String, report: &Report, style: &Style) {
    let asked = report.steps.iter().filter(|step| step.outcome == Outcome::HandedOff);
    let asked: Vec<_> = asked.filter_map(|step| Some((step, step.instructions.as_ref()?))).collect();
    if asked.is_empty() {
        return;
    }
    heading(out, "To be done by people", style);
    for (step, instructions) in asked {
        let text = format!("{} ({}): {}", instructions.system, instructions.role, instructions.why);
        fold(out, "  - ", &text, 4, style.width());
        for command in &instructions.commands {
            // Never folded: it is there to be copied.
            let _ = writeln!(out, "      {}", clean(command));
        }
        fold(out, "    seen when: ", &instructions.shown_by, 15, style.width());
        let _ =
            writeln!(out, "    then: offboard ack {} {}", report.run, super::text::quoted(step.id.as_str()));
    }
}

/// Whether access is cut, as a line of its own; nothing where no step is about it.
pub fn verdict(report: &Report, style: &Style) -> String {
    report.verdict().map_or_else(String::new, |verdict| {
        let text = clean(&verdict.text);
        let mut out = String::new();
        let colour = if verdict.reached { Style::green } else { Style::red };
        // Coloured as a whole: the lines are folded before.
        fold(&mut out, "", &text, 0, style.width());
        let lines: Vec<String> = out.lines().map(|line| style.bold(&colour(style, line))).collect();
        format!("\n{}\n", lines.join("\n"))
    })
}

/// How many steps came to what, in one line.
pub fn summary(report: &Report, style: &Style) -> String {
    let parts: Vec<String> = Outcome::ALL
        .into_iter()
        .filter(|outcome| report.counts.get(*outcome) > 0)
        .map(|outcome| {
            let text = format!("{} {}", report.counts.get(outcome), outcome.name().replace('_', " "));
            coloured(outcome, &text, style)
        })
        .collect();
    if report.steps.is_empty() {
        return format!("no steps; journal of {} entries, {}", report.journal.count, report.journal.head);
    }
    format!(
        "{} of {}; journal of {} entries, {}",
        parts.join(", "),
        super::text::counted(report.steps.len(), "step"),
        report.journal.count,
        report.journal.head
    )
}
