//! What happens in a run, line by line, while it happens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use offboard::core::engine::driver::Watch;
use offboard::core::engine::roster::RosterWatch;
use offboard::core::journal::{Event, EventKind};
use offboard::{Plan, RunId, StepId, Timestamp};

use super::steps::title;
use super::style::Style;
use super::text::clean;
use crate::terminal::Terminal;

/// Writes a line for each event of a run of `plan` that a person wants to see.
pub fn watch(plan: &Plan, terminal: &Terminal) -> Watch {
    let titles: BTreeMap<StepId, String> =
        plan.steps.iter().map(|step| (step.id.clone(), title(step))).collect();
    let terminal = terminal.clone();
    let waiting: Mutex<BTreeSet<StepId>> = Mutex::default();
    Arc::new(move |event: &Event| {
        // That something is not seen yet is said once, however often it is looked at.
        if let Some(step) = &event.step {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if !matches!(event.kind, EventKind::Waiting { .. }) {
                waiting.remove(step);
            } else if !waiting.insert(step.clone()) {
                return;
            }
        }
        let name = event.step.as_ref().and_then(|step| titles.get(step)).map_or("", String::as_str);
        if let Some(line) = line(event, name, terminal.progress_style()) {
            terminal.progress(&line);
        }
    })
}

/// Many runs that are carried together, and how far they are.
#[derive(Debug, Default)]
pub struct Crowd {
    /// Whom each is about, and how many steps it has.
    runs: BTreeMap<RunId, (String, usize)>,
    /// Which are counted: those that were asked for, and every other that turns out to be carried with them.
    counted: BTreeSet<RunId>,
    over: BTreeSet<(RunId, StepId)>,
}

impl Crowd {
    /// One of them; `meant` where it was asked for.
    pub fn add(&mut self, run: RunId, name: String, steps: usize, meant: bool) {
        if meant {
            self.counted.insert(run.clone());
        }
        self.runs.insert(run, (name, steps));
    }

    /// Whom a run is about.
    fn name(&self, run: &RunId) -> &str {
        self.runs.get(run).map_or("", |(name, _)| name)
    }

    /// A step is over: how many are now, and of how many. Nothing where it was over before.
    fn over(&mut self, run: &RunId, step: &StepId) -> Option<(usize, usize)> {
        self.counted.insert(run.clone());
        let steps = self.counted.iter().filter_map(|run| self.runs.get(run)).map(|(_, steps)| steps).sum();
        self.over.insert((run.clone(), step.clone())).then_some((self.over.len(), steps))
    }
}

/// Writes what goes wrong with anybody of many, and every twentieth of the way.
pub fn watch_many(crowd: Crowd, terminal: &Terminal) -> RosterWatch {
    let terminal = terminal.clone();
    let crowd = Mutex::new(crowd);
    Arc::new(move |run: &RunId, event: &Event| {
        let Some(step) = &event.step else { return };
        let mut crowd = crowd.lock().unwrap_or_else(PoisonError::into_inner);
        match &event.kind {
            EventKind::Verified { .. } | EventKind::Skipped { .. } | EventKind::Sent {} => {
                let Some((done, steps)) = crowd.over(run, step) else { return };
                if done.is_multiple_of((steps / 20).max(1)) {
                    terminal.progress(&format!("{}  {done} of {steps} steps over", clock(event.at)));
                }
            }
            EventKind::Failed { .. }
            | EventKind::Blocked { .. }
            | EventKind::HandedOff { .. }
            | EventKind::Partial { .. }
            | EventKind::Indeterminate { .. }
            | EventKind::Unverified { .. }
            | EventKind::Lapsed { .. } => {
                let about = format!("{}: {step}", clean(crowd.name(run)));
                if let Some(line) = line(event, &about, terminal.progress_style()) {
                    terminal.progress(&line);
                }
            }
            _ => {}
        }
    })
}

/// The time of day in UTC.
pub fn clock(at: Timestamp) -> String {
    at.to_string().get(11..19).unwrap_or_default().to_owned()
}

fn line(event: &Event, name: &str, style: &Style) -> Option<String> {
    let (word, more) = match &event.kind {
        // What was there is recorded before every write; that is the rule and no news.
        EventKind::Captured { .. } | EventKind::Observed { .. } | EventKind::Closed {} => return None,
        EventKind::Progressed { .. } => ("under way", String::new()),
        EventKind::Applied { .. } => ("sent", String::new()),
        EventKind::Failed { failure } => ("refused", failure.message.clone()),
        EventKind::Indeterminate { failure, .. } => ("answer lost", failure.message.clone()),
        EventKind::Deferred { until, why } => ("put off", format!("{why}, until {}", until.to_seconds())),
        EventKind::Blocked { findings } => (
            "stopped",
            findings.first().map_or_else(String::new, |first| format!("{}: {}", first.code, first.message)),
        ),
        EventKind::Skipped { why } => ("nothing to do", why.clone()),
        EventKind::HandedOff { instructions } => ("for a person", instructions.system.clone()),
        EventKind::Verified { already: true, .. } => ("already so", String::new()),
        EventKind::Verified { .. } => ("seen", String::new()),
        EventKind::Partial { why, .. } => ("in part", why.clone()),
        EventKind::Waiting { .. } => ("not seen yet", String::new()),
        EventKind::Sent {} => ("sent", "nothing that can be read would show it".to_owned()),
        EventKind::Unverified { why } => ("unknown", why.clone()),
        EventKind::Lapsed { why } => ("lapsed", why.clone()),
        EventKind::Acknowledged { by } => ("acknowledged", format!("by {by}")),
        EventKind::Settled { by, happened } => (
            "settled",
            format!("{} says that it {}", by, if *happened { "happened" } else { "did not happen" }),
        ),
        EventKind::Cancelled { by } => ("cancelled", format!("by {by}")),
        EventKind::Superseded { by } => ("superseded", format!("by the run {by}")),
        other => (other.name(), String::new()),
    };
    let padded = format!("{word:<13}");
    let padded = match &event.kind {
        EventKind::Verified { .. } | EventKind::Skipped { .. } | EventKind::Acknowledged { .. } => {
            style.green(&padded)
        }
        EventKind::Failed { .. } | EventKind::Blocked { .. } | EventKind::Unverified { .. } => {
            style.red(&padded)
        }
        EventKind::Applied { .. } | EventKind::Sent {} => padded,
        _ => style.yellow(&padded),
    };
    let more = if more.is_empty() { more } else { format!("  {}", style.dim(&clean(&more))) };
    Some(format!("{}  {padded} {name}{more}", style.dim(&clock(event.at))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_over_than_there_is_and_everybody_has_a_name() {
        let (meant, other) = (RunId::new("1"), RunId::new("2"));
        let mut crowd = Crowd::default();
        crowd.add(meant.clone(), "Adele".to_owned(), 2, true);
        crowd.add(other.clone(), "Megan".to_owned(), 3, false);
        let (one, two) = (StepId::new("one"), StepId::new("two"));
        assert_eq!(crowd.over(&meant, &one), Some((1, 2)), "only what was asked for is counted");
        assert_eq!(crowd.over(&meant, &two), Some((2, 2)));
        assert_eq!(crowd.over(&meant, &two), None);
        assert_eq!(crowd.over(&other, &one), Some((3, 5)), "she is carried too");
        assert_eq!((crowd.name(&meant), crowd.name(&other)), ("Adele", "Megan"));
    }
}
