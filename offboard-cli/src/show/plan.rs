//! A plan for people: every step as a difference, what speaks against it, and the dates that follow.

use std::fmt::Write as _;

use offboard::core::facts::Fact;
use offboard::core::operation::guard::Direction;
use offboard::core::operation::{Class, Finding};
use offboard::core::plan::step::ResidualRisk;
use offboard::core::plan::{Action, Need, NotJudged, Step};
use offboard::{Plan, Timestamp};

use super::names::Names;
use super::style::Style;
use super::text::{clean, counted, fold, to_the_second};
use super::{diff, findings, steps};

/// The plan in a terminal.
pub fn render(plan: &Plan, style: &Style) -> String {
    let names = Names::of(&plan.facts);
    let mut out = String::with_capacity(8 * 1024);
    head(&mut out, plan, style);
    for (index, step) in plan.steps.iter().enumerate() {
        one(&mut out, plan, index, step, &names, style);
    }
    let whole: Vec<Finding> =
        plan.findings.iter().filter(|finding| finding.step.is_none()).cloned().collect();
    if !whole.is_empty() {
        heading(&mut out, "About the whole plan", style);
        out.push_str(&findings::list(&whole, style, 2));
    }
    calendar(&mut out, plan, style);
    match plan.direction {
        Direction::Forward => remarks(&mut out, &plan.residual_risks, &plan.not_judged, style),
        // What no step can mend was said when the run was planned.
        Direction::Undo => in_short(&mut out, &plan.residual_risks, &plan.not_judged, "--json"),
    }
    let _ = writeln!(out, "\n{}", summary(plan, style));
    out
}

fn heading(out: &mut String, text: &str, style: &Style) {
    let _ = writeln!(out, "\n{}", style.bold(text));
}

fn head(out: &mut String, plan: &Plan, style: &Style) {
    let leaver = &plan.leaver;
    let (verb, undoes) = match (&plan.direction, &plan.source.undoes) {
        (Direction::Undo, Some(undone)) => ("Taking back", format!(" (run {})", undone.run)),
        (Direction::Undo, None) => ("Restoring", String::new()),
        (Direction::Forward, _) => ("Off-boarding", String::new()),
    };
    let title = format!("{verb} {}{undoes}", clean(&leaver.display_name));
    let _ = writeln!(out, "{}", style.bold(&title));
    let mut row = |name: &str, value: String| {
        fold(out, &format!("  {name:<9}"), &value, 11, style.width());
    };
    row("who", format!("{}, object id {}", leaver.user_principal_name, leaver.id));
    let mut known = Vec::new();
    if let Some(created) = leaver.created_date_time {
        known.push(format!("created {}", created.date()));
    }
    if let Some(number) = &leaver.employee_id {
        known.push(format!("employee id {number}"));
    }
    match plan.facts.leaver.ad_is_master() {
        Fact::Known(true) => known.push("Active Directory is the master".to_owned()),
        Fact::Known(false) => known.push("mastered in the cloud".to_owned()),
        _ => known.push("whether Active Directory is the master is unknown".to_owned()),
    }
    row("account", known.join(", "));
    row("policy", format!("\u{201c}{}\u{201d}, digest {}", plan.source.policy, plan.source.policy_digest));
    row("profile", format!("digest {}", plan.source.profile_digest));
    row("tenant", plan.tenant.to_string());
    row("leaves", to_the_second(&plan.intent.leaves_at.to_string()));
    row("made", to_the_second(&format!("{} by {}", plan.made_at, plan.made_by)));
    out.push('\n');
}

fn one(out: &mut String, plan: &Plan, index: usize, step: &Step, names: &Names, style: &Style) {
    let found: Vec<&Finding> = plan.findings_of(&step.id).collect();
    let stopped = found.iter().any(|finding| findings::stops(finding));
    let action = if stopped { "stopped" } else { steps::action(step) };
    let padded = format!("{action:<13}");
    let shown = match (&step.action, stopped) {
        (_, true) => style.red(&padded),
        (Action::HandOff { .. }, _) => style.yellow(&padded),
        (Action::NoOp {} | Action::Skip { .. }, _) => style.dim(&padded),
        _ => style.green(&padded),
    };
    let title = steps::title(step);
    let about = steps::about(step, &plan.leaver.id.to_string(), names)
        .map_or_else(String::new, |about| format!(" ({about})"));
    let when = step.not_before.map_or_else(String::new, |at| format!(", not before {}", at.date()));
    let _ = writeln!(out, "{:>3}  {shown} {}{about}{when}", index + 1, style.bold(&title));
    let indent = 19;
    let mut remark = |text: &str| fold(out, &" ".repeat(indent), text, indent, style.width());
    match &step.action {
        Action::Skip { why } => remark(why),
        Action::HandOff { instructions } => {
            remark(&format!("{}, by {}: {}", instructions.system, instructions.role, instructions.why));
            for command in &instructions.commands {
                // Never folded: it is there to be copied.
                let _ = writeln!(out, "{:indent$}{}", "", clean(command));
            }
        }
        Action::Change {} => diff::of_plan(out, step, names, style, indent),
        Action::NoOp {} | Action::Observe {} => {}
    }
    let mut remark = |text: &str| fold(out, &" ".repeat(indent), text, indent, style.width());
    if matches!(step.action, Action::Change {}) {
        if let Some(reversal) = steps::reversal(step).filter(|_| step.direction == Direction::Forward) {
            remark(&reversal);
        }
        if let Some(caller) = plan.facts.caller.known() {
            for right in step.permissions.iter().filter_map(|right| steps::lacking(right, caller)) {
                remark(&format!("offboard lacks {right}"));
            }
        }
    }
    let mut seen: Vec<usize> = step
        .needs
        .iter()
        .filter(|(_, need)| **need >= Need::Verified)
        .filter_map(|(id, _)| plan.steps.iter().position(|other| other.id == *id))
        .collect();
    seen.sort_unstable();
    let seen: Vec<String> = seen.into_iter().map(|position| (position + 1).to_string()).collect();
    if !seen.is_empty() && !matches!(step.action, Action::Skip { .. }) {
        remark(&format!(
            "only after {} {} seen",
            seen.join(", "),
            if seen.len() == 1 { "was" } else { "were" }
        ));
    }
    for finding in found {
        // What was said of an earlier step is not said at length again.
        match first_said(plan, index, finding) {
            Some(earlier) => findings::again(out, finding, earlier + 1, style, indent),
            None => findings::write(out, finding, style, indent, false),
        }
    }
}

/// The first earlier step of which the same was said.
fn first_said(plan: &Plan, index: usize, finding: &Finding) -> Option<usize> {
    plan.steps.iter().take(index).position(|step| {
        plan.findings_of(&step.id).any(|other| {
            other.code == finding.code
                && other.severity == finding.severity
                && other.message == finding.message
        })
    })
}

/// Steps with a date and dates that follow, in the order in which they come.
fn calendar(out: &mut String, plan: &Plan, style: &Style) {
    let names = Names::of(&plan.facts);
    let leaver = plan.leaver.id.to_string();
    let mut dates: Vec<(Timestamp, String)> = plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| !matches!(step.action, Action::Skip { .. }))
        .filter_map(|(index, step)| {
            let about =
                steps::about(step, &leaver, &names).map_or_else(String::new, |about| format!(" ({about})"));
            let at = step.not_before.filter(|at| *at > plan.made_at)?;
            Some((at, format!("step {}: {}{about}", index + 1, steps::title(step))))
        })
        .collect();
    dates.extend(
        plan.deadlines
            .iter()
            .map(|deadline| (deadline.at, format!("{} ({})", deadline.what, deadline.requirement))),
    );
    if dates.is_empty() {
        return;
    }
    dates.sort_by_key(|(at, _)| *at);
    heading(out, "Calendar", style);
    for (at, what) in dates {
        fold(out, &format!("  {}  ", at.date()), &what, 14, style.width());
    }
}

/// What no step can mend, and what nobody judged: said each time rather than left out.
pub(super) fn remarks(out: &mut String, risks: &[ResidualRisk], not_judged: &[NotJudged], style: &Style) {
    if !risks.is_empty() {
        heading(out, "What no step can mend", style);
        for risk in risks {
            fold(out, "  - ", &format!("{} ({})", risk.what, risk.requirement), 4, style.width());
        }
    }
    if !not_judged.is_empty() {
        heading(out, "Not judged by this version", style);
        for rule in not_judged {
            fold(out, "  - ", &format!("{}: {}", rule.code, rule.about), 4, style.width());
        }
    }
}

/// How many there are, in one line, and where each is said.
pub(super) fn in_short(out: &mut String, risks: &[ResidualRisk], not_judged: &[NotJudged], place: &str) {
    let said = [
        (risks.len(), "risk that no step can mend", "risks that no step can mend"),
        (not_judged.len(), "rule not judged by this version", "rules not judged by this version"),
    ];
    let said: Vec<String> = said
        .into_iter()
        .filter(|(n, ..)| *n > 0)
        .map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }))
        .collect();
    if !said.is_empty() {
        let _ = writeln!(out, "\n{} (in full: {place})", said.join(", "));
    }
}

/// How many steps there are of each kind, in one line.
pub(super) fn counts(plan: &Plan) -> String {
    let count = |is: fn(&Action) -> bool| plan.steps.iter().filter(|step| is(&step.action)).count();
    let parts = [
        (count(|action| matches!(action, Action::Change {})), "to change"),
        (count(|action| matches!(action, Action::HandOff { .. })), "for a person"),
        (count(|action| matches!(action, Action::NoOp {})), "already so"),
        (count(|action| matches!(action, Action::Observe {})), "to watch"),
        (count(|action| matches!(action, Action::Skip { .. })), "with nothing to do"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    match plan.steps.len() {
        0 => "no steps".to_owned(),
        n => format!("{}: {}", counted(n, "step"), parts.join(", ")),
    }
}

/// What there is to do, in one line, and whether it may be.
fn summary(plan: &Plan, style: &Style) -> String {
    let stops = plan.findings.iter().filter(|finding| findings::stops_all(plan, finding)).count();
    let notes = plan.findings.iter().filter(|finding| !findings::stops(finding)).count();
    let stay = plan.findings.len() - stops - notes;
    let mut line = counts(plan);
    if notes > 0 {
        let _ = write!(line, "; {}", counted(notes, "note"));
    }
    if stay > 0 {
        let _ = write!(line, "; {} stays as others left it", counted(stay, "change"));
    }
    let verdict = match stops {
        0 if plan.steps.iter().all(|step| step.class == Class::Containment) => {
            "Nothing stops it. It only cuts access (or gives it back): whoever made it may approve it."
                .to_owned()
        }
        0 => "Nothing stops it. Somebody else than who made it has to approve it.".to_owned(),
        1 => "1 finding stops it.".to_owned(),
        n => format!("{n} findings stop it."),
    };
    let verdict = if stops == 0 { style.green(&verdict) } else { style.red(&verdict) };
    format!("{line}\n{verdict}")
}
