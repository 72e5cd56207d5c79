//! A roster for people: everybody in it, what stops whom, and the rows that were refused.

use std::fmt::Write as _;

use offboard::core::operation::Severity;
use offboard::core::plan::roster::{BadRow, Member};
use offboard::{Approval, ApprovedRoster, Roster};

use super::findings;
use super::style::Style;
use super::text::{clean, counted, fold, quoted};

/// Everybody in it.
pub fn render(roster: &Roster, style: &Style) -> String {
    let stopped = roster.members.iter().filter(|member| !member.stopped_by.is_empty()).count();
    let mut out = format!(
        "{}\nmade {} by {}\n",
        style.bold(&format!("Roster of \u{201c}{}\u{201d}", clean(&roster.policy))),
        roster.made_at.to_seconds(),
        clean(&roster.made_by)
    );
    for member in &roster.members {
        one(&mut out, member, style);
    }
    refused(&mut out, &roster.refused, style);
    let _ = writeln!(
        out,
        "{} planned, {} stopped, {} refused.",
        counted(roster.members.len(), "leaver"),
        counted(stopped, "plan"),
        counted(roster.refused.len(), "row")
    );
    out
}

fn one(out: &mut String, member: &Member, style: &Style) {
    let word = match (member.is_hopeless(), member.stopped_by.is_empty()) {
        (true, _) => style.red("never"),
        (_, false) => style.yellow("stopped"),
        _ => style.green("planned"),
    };
    let for_good = member.irreversible.len();
    let for_good = if for_good == 0 { String::new() } else { format!(", {for_good} for good") };
    let _ = writeln!(
        out,
        "  line {:<4} {word}  {}  {}{for_good}, leaves {}",
        member.line,
        clean(&member.leaver.name()),
        counted(member.steps, "step"),
        member.leaves_at.to_seconds()
    );
    for finding in &member.stopped_by {
        let text = format!("{} {}", findings::code(finding), finding.message);
        fold(out, "            ", &text, 12, style.width());
        if finding.severity == Severity::Block {
            let name = format!("{}/{}", member.leaver.user_principal_name, findings::waiver_name(finding));
            let _ = writeln!(out, "            or accept it: --waive {} --reason WHY", quoted(&clean(&name)));
        } else {
            fold(out, "            do: ", &finding.hint, 16, style.width());
        }
    }
}

fn refused(out: &mut String, rows: &[BadRow], style: &Style) {
    for row in rows {
        let column = row.column.as_ref().map_or_else(String::new, |column| format!(", {}", clean(column)));
        let text = format!("{}{}{}", row.who, if row.who.is_empty() { "" } else { ": " }, row.why);
        let first = format!("  line {:<4} {}{column}  ", row.line, style.red("refused"));
        fold(out, &first, &text, 12, style.width());
        fold(out, "            do: ", &row.hint, 16, style.width());
    }
}

/// What somebody accepts, and whom it leaves out.
pub fn approved(approved: &ApprovedRoster, approval: &Approval, style: &Style) -> String {
    let mut out = String::new();
    for left in &approved.left_out {
        let text = format!("{}: {}", left.member.leaver.name(), left.error);
        fold(&mut out, &format!("  {} ", style.red("left out")), &text, 11, style.width());
    }
    for waiver in &approval.waivers {
        let member = waiver.plan.as_ref().and_then(|plan| approved.roster().member(plan));
        let who = member.map_or("", |member| member.leaver.user_principal_name.as_str());
        let step = waiver.step.as_ref().map_or("plan", |step| step.as_str());
        let text = format!("{who}/{step}:{}:{}, because {}", waiver.code, waiver.key, waiver.reason);
        fold(&mut out, "  accepted ", &text, 11, style.width());
    }
    let _ = writeln!(
        out,
        "{} approved {} of {}, until {}.",
        clean(&approval.by),
        counted(approved.plans.len(), "plan"),
        counted(approved.roster().members.len(), "leaver"),
        approval.expires_at.to_seconds()
    );
    out
}
