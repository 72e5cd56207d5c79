//! Whether access is cut, in one sentence: the question that is asked first of every run.

use super::Report;
use super::outcome::{Outcome, StepReport};
use crate::operation::Class;
use crate::operation::guard::Direction;

/// What a run has come to with the leaver's access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Every step that cuts access (or gives it back) was seen, or a person vouched for it.
    pub reached: bool,
    /// The same in a word or three: `Access is cut`, `NOT cut`.
    pub word: &'static str,
    /// In one sentence.
    pub text: String,
}

/// The sentence; nothing where no step of the run is about access. Pure.
pub(super) fn verdict(report: &Report) -> Option<Verdict> {
    let about_access = || report.steps.iter().filter(|step| step.class == Class::Containment);
    // What is cut now and once more at a later date is cut: the date says nothing of today.
    let once_more = |step: &StepReport| {
        let earlier =
            |other: &StepReport| other.operation == step.operation && other.not_before < step.not_before;
        step.outcome == Outcome::NotStarted && about_access().any(earlier)
    };
    let steps: Vec<&StepReport> =
        about_access().filter(|step| step.outcome != Outcome::Skipped && !once_more(step)).collect();
    if steps.is_empty() {
        return None;
    }
    let (yes, no) = match report.direction {
        Direction::Forward => ("Access is cut", "NOT cut"),
        Direction::Undo => ("Access is given back", "NOT given back"),
    };
    let count = |outcomes: &[Outcome]| steps.iter().filter(|step| outcomes.contains(&step.outcome)).count();
    let all = steps.len();
    let (seen, vouched) = (count(&[Outcome::Done, Outcome::Already]), count(&[Outcome::Vouched]));
    if seen + vouched == all {
        let by_word =
            if vouched == 0 { String::new() } else { format!(", {vouched} by the word of a person") };
        return Some(Verdict {
            reached: true,
            word: yes,
            text: format!("{yes}: {seen} of {all} seen{by_word}."),
        });
    }
    let named = |outcomes: &[Outcome], what: &str| {
        let titles: Vec<&str> = steps
            .iter()
            .filter(|step| outcomes.contains(&step.outcome))
            .map(|step| step.title.as_str())
            .collect();
        (!titles.is_empty()).then(|| format!("{what}: {}", titles.join(", ")))
    };
    let parts = [
        for_people(&steps),
        named(&[Outcome::Blocked], "stopped"),
        named(&[Outcome::Failed], "refused by the service"),
        named(&[Outcome::Unknown, Outcome::Lapsed, Outcome::Sent], "never seen"),
        named(&[Outcome::Partial], "only in part"),
        named(&[Outcome::Cancelled], "ended before it was sent or seen"),
        named(&[Outcome::Waiting], "waiting to be sent or seen"),
        named(&[Outcome::NotStarted], "not begun"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let text = format!("{no}: {seen} of {all} seen; {}.", parts.join("; "));
    Some(Verdict { reached: false, word: no, text })
}

/// What is handed to people, and to which.
fn for_people(steps: &[&StepReport]) -> Option<String> {
    let asked: Vec<String> = steps
        .iter()
        .filter(|step| step.outcome == Outcome::HandedOff)
        .map(|step| match &step.instructions {
            Some(instructions) => format!("{} ({})", step.title, instructions.role),
            None => step.title.clone(),
        })
        .collect();
    (!asked.is_empty()).then(|| format!("for a person: {}", asked.join(", ")))
}
