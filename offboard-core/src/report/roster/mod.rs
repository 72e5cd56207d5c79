//! The report of a roster: one line for each leaver, and what all of them come to.

mod html;
mod text;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::outcome::{Counts, Exit, Outcome};
use super::{Report, text::summary};
use crate::error::Error;
use crate::id::{Digest, RosterId, RunId, StepId, TenantId};
use crate::operation::{Finding, Severity};
use crate::plan::Identity;
use crate::plan::roster::approved::KeptRoster;
use crate::plan::roster::{BadRow, Member};
use crate::time::Timestamp;

/// What has become of everybody in a roster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterReport {
    /// [`RosterReport::FORMAT`].
    pub format: String,
    /// This application of the roster.
    pub roster: RosterId,
    /// The organisation.
    pub tenant: TenantId,
    /// The policy's own name.
    pub policy: String,
    /// The roster's digest.
    pub digest: Digest,
    /// Who made it, as he calls himself.
    pub made_by: String,
    /// Who approved it, as he calls himself.
    pub approved_by: String,
    /// When he did.
    pub approved_at: Timestamp,
    /// His ticket.
    pub ticket: Option<String>,
    /// When it was applied first.
    pub opened_at: Timestamp,
    /// When this report was made. It says what was recorded until then, and nothing newer.
    pub as_of: Timestamp,
    /// How many of them came to what.
    pub totals: Totals,
    /// The exit code of the command line.
    pub exit: u8,
    /// Everybody who has a plan, in the order of the file.
    pub leavers: Vec<Line>,
    /// The rows of the file from which no plan was made.
    pub refused: Vec<BadRow>,
}

/// How many leavers came to what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// Rows of the file.
    pub rows: usize,
    /// Leavers who were begun with.
    pub begun: usize,
    /// Rows and plans that were refused.
    pub refused: usize,
    /// Leavers whose access is cut: every step of that was seen, or a person vouched for it.
    pub access_cut: usize,
    /// Leavers with whom everything is done and seen.
    pub done: usize,
    /// Leavers with whom something waits, and nothing else is left.
    pub waiting: usize,
    /// Leavers with whom a person must look.
    pub need_a_person: usize,
}

/// One leaver.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The line of the file, counted from 1.
    pub line: u64,
    /// Who.
    pub leaver: Identity,
    /// His run; nothing where none was begun.
    pub run: Option<RunId>,
    /// Whether his access is cut; nothing where no step is about it, or no run was begun.
    pub access_cut: Option<bool>,
    /// In one sentence.
    pub verdict: String,
    /// What to do, where he was refused and something can be done; why he was not carried on now, where that is so.
    pub hint: Option<String>,
    /// How many of his steps came to what.
    pub counts: Counts,
    /// A step may still write.
    pub open: bool,
    /// When his run next wants to be looked at.
    pub wake_at: Option<Timestamp>,
    /// The exit code of his run.
    pub exit: u8,
    /// What is neither done nor waiting.
    pub left: Vec<Left>,
}

/// A step that somebody must look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Left {
    /// Its name in the plan.
    pub step: StepId,
    /// For people.
    pub title: String,
    /// What has become of it.
    pub outcome: Outcome,
    /// In one line.
    pub detail: String,
}

impl Line {
    /// Of a run, by its report.
    pub fn of_run(member: &Member, report: &Report) -> Self {
        let verdict = report.verdict();
        let needs_somebody = |outcome| {
            matches!(
                outcome,
                Outcome::Partial
                    | Outcome::HandedOff
                    | Outcome::Blocked
                    | Outcome::Failed
                    | Outcome::Unknown
                    | Outcome::Lapsed
            )
        };
        let left = report.steps.iter().filter(|step| needs_somebody(step.outcome)).map(|step| Left {
            step: step.id.clone(),
            title: step.title.clone(),
            outcome: step.outcome,
            detail: step.detail.clone(),
        });
        Self {
            line: member.line,
            leaver: member.leaver.clone(),
            run: Some(report.run.clone()),
            access_cut: verdict.as_ref().map(|verdict| verdict.reached),
            verdict: verdict.map_or_else(|| summary(report), |verdict| verdict.text),
            hint: None,
            counts: report.counts.clone(),
            open: report.open,
            wake_at: report.wake_at,
            exit: report.exit,
            left: left.collect(),
        }
    }

    /// Of somebody with whom nobody has begun.
    pub fn refused(kept: &KeptRoster, member: &Member, error: Option<&Error>) -> Self {
        let (verdict, hint) = match error {
            Some(error) => (error.to_string(), error.hint().map(str::to_owned)),
            None => why_not(kept, member),
        };
        Self {
            line: member.line,
            leaver: member.leaver.clone(),
            run: None,
            access_cut: None,
            verdict: format!("refused: {verdict}"),
            hint,
            counts: Counts::default(),
            open: false,
            wake_at: None,
            exit: Exit::Refused.code(),
            left: Vec::new(),
        }
    }
}

/// Why nobody has begun with him, by the two documents.
fn why_not(kept: &KeptRoster, member: &Member) -> (String, Option<String>) {
    let part = kept.part(&member.plan);
    let standing: Vec<&Finding> = member.stopped_by.iter().filter(|f| part.leaves_standing(f)).collect();
    let worst = standing.iter().find(|f| f.severity == Severity::Never).or(standing.first());
    if let Some(finding) = worst {
        return (
            format!("{} ({}): {}", finding.code, finding.requirement, finding.message),
            Some(finding.hint.clone()),
        );
    }
    if let (Some(step), false) = (member.irreversible.first(), part.irreversible) {
        let hint = "approve with --irreversible if that is meant".to_owned();
        return (format!("`{step}` cannot be taken back"), Some(hint));
    }
    let hint =
        "look for another open run of his by `offboard runs`, and apply the roster again when it is over"
            .to_owned();
    ("no run was begun, most likely because another one of his was open".to_owned(), Some(hint))
}

impl RosterReport {
    /// The format this version writes.
    pub const FORMAT: &'static str = "offboard.roster-report/1";

    /// From a roster as it was applied at `opened_at`, and what has become of everybody in it.
    pub fn new(kept: &KeptRoster, opened_at: Timestamp, leavers: Vec<Line>, now: Timestamp) -> Self {
        let KeptRoster { roster, digest, approval, id } = kept;
        let count = |is: &dyn Fn(&&Line) -> bool| leavers.iter().filter(|line| is(line)).count();
        let begun = |line: &&Line| line.run.is_some();
        let ends =
            |exits: &[Exit]| count(&|line| begun(line) && exits.iter().any(|exit| exit.code() == line.exit));
        let totals = Totals {
            rows: leavers.len() + roster.refused.len(),
            begun: count(&begun),
            refused: count(&|line| line.run.is_none()) + roster.refused.len(),
            access_cut: count(&|line| line.access_cut == Some(true)),
            done: ends(&[Exit::Done]),
            waiting: ends(&[Exit::Waiting]),
            need_a_person: ends(&[Exit::Person, Exit::Drift, Exit::Refused, Exit::Partly]),
        };
        let refused = (!roster.refused.is_empty()).then_some(Exit::Refused);
        let exits = leavers.iter().filter_map(|line| Exit::with_code(line.exit)).chain(refused);
        Self {
            format: Self::FORMAT.to_owned(),
            roster: id.clone(),
            tenant: roster.tenant,
            policy: roster.policy.clone(),
            digest: digest.clone(),
            made_by: roster.made_by.clone(),
            approved_by: approval.by.clone(),
            approved_at: approval.at,
            ticket: approval.ticket.clone(),
            opened_at,
            as_of: now,
            totals,
            exit: Exit::first(exits).code(),
            refused: roster.refused.clone(),
            leavers,
        }
    }

    /// How the command line ends.
    pub fn exit(&self) -> Exit {
        Exit::with_code(self.exit).unwrap_or(Exit::Person)
    }

    /// The report as a document.
    pub fn to_json(&self) -> Vec<u8> {
        crate::document::to_bytes(self)
    }

    /// For a terminal: plain lines, nothing that a name could smuggle in.
    pub fn to_text(&self) -> String {
        text::render(self)
    }

    /// One file for a browser: no script, nothing fetched.
    pub fn to_html(&self) -> String {
        html::render(self)
    }

    /// What everybody comes to, in one sentence.
    pub fn summary(&self) -> String {
        let Totals { rows, begun, refused, access_cut, done, waiting, need_a_person } = &self.totals;
        let mut text =
            format!("{rows} rows, {begun} leavers begun; access is cut for {access_cut} of {begun}");
        for (n, what) in [
            (done, "done"),
            (waiting, "waiting"),
            (need_a_person, "for a person to look at"),
            (refused, "refused"),
        ] {
            if *n > 0 {
                let _ = write!(text, "; {n} {what}");
            }
        }
        text
    }

    /// Everybody's counts together.
    pub fn counts(&self) -> BTreeMap<Outcome, u32> {
        let mut all = BTreeMap::new();
        for (line, outcome) in
            self.leavers.iter().flat_map(|line| Outcome::ALL.map(|outcome| (line, outcome)))
        {
            let n = line.counts.get(outcome);
            if n > 0 {
                *all.entry(outcome).or_default() += n;
            }
        }
        all
    }
}
