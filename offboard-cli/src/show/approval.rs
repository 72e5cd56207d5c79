//! What somebody is about to accept, in a few lines: whom it is about, what is done, when, and against what findings.

use std::fmt::Write as _;

use offboard::core::operation::Reversal;
use offboard::core::plan::Action;
use offboard::{Approval, Plan};

use super::style::Style;
use super::text::{clean, counted, fold, quoted, to_the_second};
use super::{findings, plan as shown, steps};

/// The plan that `approval` accepts.
pub fn render(plan: &Plan, approval: &Approval, style: &Style) -> String {
    let mut out = format!("{}\n", style.bold("To be approved"));
    let mut row =
        |name: &str, value: &str| fold(&mut out, &format!("  {name:<10}"), value, 12, style.width());
    let leaver = &plan.leaver;
    let name = &leaver.display_name;
    row("who", &format!("{name}, {}, object id {}", leaver.user_principal_name, leaver.id));
    let policy = &plan.source;
    row(
        "what",
        &format!(
            "{}; policy \u{201c}{}\u{201d}, digest {}",
            shown::counts(plan),
            policy.policy,
            policy.policy_digest
        ),
    );
    row("when", &when(plan));
    row("made", &to_the_second(&format!("{} by {}", plan.made_at, plan.made_by)));
    for step in &plan.steps {
        if let (Action::Change {}, Reversal::Impossible { why }) = (&step.action, &step.reversal) {
            row("for good", &format!("{}: {why}", steps::title(step)));
        }
    }
    let notes = plan.findings.iter().filter(|finding| !findings::stops(finding)).count();
    if notes > 0 {
        row("findings", &format!("{}, said by `offboard show`", counted(notes, "note")));
    }
    for waiver in &approval.waivers {
        let step = waiver.step.as_ref().map_or("plan", |step| step.as_str());
        row("accepted", &format!("{step}:{}:{}, because {}", waiver.code, waiver.key, waiver.reason));
    }
    if let Some(standing) = &approval.standing {
        row("under", &format!("a standing approval of this policy, digest {}", standing.digest()));
    }
    if let Some(ticket) = &approval.ticket {
        row("ticket", ticket);
    }
    out
}

/// When it would begin, and what has a date of its own.
fn when(plan: &Plan) -> String {
    let mut dates: Vec<_> = plan.steps.iter().filter_map(|step| step.not_before).collect();
    dates.retain(|at| *at > plan.made_at);
    dates.sort_unstable();
    let leaves = format!("leaves {}; as soon as it is applied", plan.intent.leaves_at.to_seconds());
    match (dates.first(), dates.last()) {
        (Some(first), Some(last)) if first.date() == last.date() => {
            format!("{leaves}, and {} on {}", counted(dates.len(), "step"), first.date())
        }
        (Some(first), Some(last)) => {
            format!("{leaves}, and {} from {} to {}", counted(dates.len(), "step"), first.date(), last.date())
        }
        _ => leaves,
    }
}

/// Who approved it, until when, and how it goes on.
pub fn next(plan: &Plan, approval: &Approval, plan_file: &str, approval_file: &str) -> String {
    let mut out = String::new();
    let waivers = approval.waivers.len();
    let accepted =
        if waivers == 0 { String::new() } else { format!(" and accepted {}", counted(waivers, "finding")) };
    let _ = writeln!(
        out,
        "{} approved the plan for {}{accepted}, until {}.",
        clean(&approval.by),
        clean(&plan.leaver.name()),
        to_the_second(&approval.expires_at.to_string()),
    );
    let (plan, approval) = (quoted(plan_file), quoted(approval_file));
    let _ = writeln!(out, "Written to {approval}. Next: offboard apply {plan} {approval}");
    out
}
