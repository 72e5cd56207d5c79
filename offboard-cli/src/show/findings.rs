//! What speaks against a plan: each with its code, the requirement behind it, what was seen and what to do.

use std::fmt::Write as _;

use offboard::Plan;
use offboard::core::operation::guard::Direction;
use offboard::core::operation::{Finding, Severity};
use offboard::core::plan::judge::DRIFT;

use super::style::Style;
use super::text::{clean, fold, quoted};

/// By which a finding is accepted: `STEP:CODE:KEY`; `plan` in place of the step where it is about the whole.
pub fn waiver_name(finding: &Finding) -> String {
    let step = finding.step.as_ref().map_or("plan", |step| step.as_str());
    format!("{step}:{}:{}", finding.code, finding.key)
}

/// Whether it stops what it is about.
pub fn stops(finding: &Finding) -> bool {
    finding.severity != Severity::Warn
}

/// Whether it stops the whole plan. What others changed since a run stays when the run is taken back, and holds up
/// nothing else.
pub fn stops_all(plan: &Plan, finding: &Finding) -> bool {
    let stays = plan.direction == Direction::Undo
        && finding.severity == Severity::Block
        && finding.code == DRIFT
        && finding.step.is_some();
    stops(finding) && !stays
}

/// How much it weighs, in a word.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Warn => "note",
        Severity::Block => "stop",
        Severity::Never => "never",
    }
}

/// Its code and the requirement behind it: `G6 (R31)`.
pub fn code(finding: &Finding) -> String {
    if finding.requirement.is_empty() {
        clean(&finding.code)
    } else {
        format!("{} ({})", clean(&finding.code), clean(&finding.requirement))
    }
}

/// One finding, indented by `indent`; with its step's name where `named`.
pub fn write(out: &mut String, finding: &Finding, style: &Style, indent: usize, named: bool) {
    let pad = " ".repeat(indent);
    let word = word(finding.severity);
    let shown = if stops(finding) { style.red(word) } else { style.yellow(word) };
    let step = finding.step.as_ref().filter(|_| named).map_or_else(String::new, |step| format!("{step}: "));
    let text = format!("{} {step}{}", code(finding), finding.message);
    fold(out, &format!("{pad}{shown} "), &text, indent + word.len() + 1, style.width());
    if !finding.hint.is_empty() {
        fold(out, &format!("{pad}  {} ", style.bold("do:")), &finding.hint, indent + 6, style.width());
    }
    waiver(out, finding, style, indent);
}

/// The same finding as for an earlier step.
pub fn again(out: &mut String, finding: &Finding, earlier: usize, style: &Style, indent: usize) {
    let word = word(finding.severity);
    let shown = if stops(finding) { style.red(word) } else { style.yellow(word) };
    let _ = writeln!(out, "{:indent$}{shown} {} as for step {earlier}", "", code(finding));
    waiver(out, finding, style, indent);
}

/// How it is accepted, where it can be. Never folded: it is there to be copied.
fn waiver(out: &mut String, finding: &Finding, style: &Style, indent: usize) {
    if finding.severity == Severity::Block {
        let name = quoted(&clean(&waiver_name(finding)));
        let line = style.dim(&format!("or accept it: --waive {name} --reason WHY"));
        let _ = writeln!(out, "{:indent$}  {line}", "");
    }
}

/// Several of them.
pub fn list(findings: &[Finding], style: &Style, indent: usize) -> String {
    let mut out = String::new();
    for finding in findings {
        write(&mut out, finding, style, indent, true);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_code_requirement_what_was_seen_and_what_to_do() {
        let finding = Finding {
            code: "G6".to_owned(),
            severity: Severity::Block,
            key: "50 GiB".to_owned(),
            requirement: "R31".to_owned(),
            message: "the mailbox has 62 GB".to_owned(),
            hint: "keep a license".to_owned(),
            step: Some(offboard::StepId::new("remove_licenses")),
        };
        let shown = list(&[finding], &Style::plain(), 2);
        assert_eq!(
            shown,
            "  stop G6 (R31) remove_licenses: the mailbox has 62 GB\n    do: keep a license\n    or accept it: \
             --waive 'remove_licenses:G6:50 GiB' --reason WHY\n"
        );
    }
}
