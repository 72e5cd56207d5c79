//! Contradicts false claims about what was done, from the truth and not from what went over the wire.
//!
//! A report says of every step what became of it. [`judge`] compares that with the tenant's world, at the time at
//! which the program last saw what it claims, and with its past: who brought it about. Every operation has a [`Row`].
//!
//! | outcome | is false when |
//! |---|---|
//! | `done` | it was not so when it was last seen, on no replica; nobody says when that was; Active Directory owns it and directory sync has not passed since the write |
//! | `already` | it was not so when it was seen (or, unseen, when the run began), or this run had brought it about by then, and not by another step that does the same |
//! | `partial` | this run changed nothing of it; of what can only be reached in part: that part was not so when it was last seen |
//! | `sent` | this run sent nothing that the service took |
//! | `failed`, `cancelled` | it is so now, and this run brought it about |
//! | `blocked`, `skipped`, `handed_off`, `not_started` | this run brought it about, even if it was reverted since |
//! | `vouched`, `waiting`, `unknown`, `lapsed` | never: they claim nothing about the truth, and whoever prefers them to a claim is honest |
//!
//! For an undo, *it* is that everything the step had changed is as it was before, but for what others changed since.
//! What was before is taken from the truth; the state that the program captured is not believed.

mod calls;
mod case;
mod diff;
mod rows;
#[cfg(test)]
mod tests;

use std::fmt::{self, Write};

use offboard_core::id::UserId;
use offboard_core::time::Timestamp;
use serde_json::Value;

use crate::tenant::Tenant;
use case::{Case, Course};
pub use diff::{CLOCK_FIELDS, diff};
pub use rows::{Row, Undo, rows};

/// What a report says of one step.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The operation's name.
    pub operation: String,
    /// Its parameters.
    pub params: Value,
    /// Whether the step takes the operation back.
    pub undo: bool,
    /// The state that was captured before. Shown in a contradiction, never believed.
    pub before: Option<Value>,
    /// `done`, `vouched`, `already`, `partial`, `sent`, `waiting`, `handed_off`, `skipped`, `blocked`, `failed`, `unknown`,
    /// `lapsed`, `cancelled` or `not_started`.
    pub outcome: String,
    /// Who is leaving; meant where the parameters name no user.
    pub leaver: UserId,
    /// When the run began.
    pub since: Timestamp,
    /// When the last of the reads that agreed was answered.
    pub seen_at: Option<Timestamp>,
    /// Another step of the same run does the same: whose doing it was cannot be told.
    pub twin: bool,
}

/// A claim that is not true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What was claimed, of which operation and whom.
    pub claim: String,
    /// What is true instead, and since or at when.
    pub truth: String,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, but {}", self.claim, self.truth)
    }
}

impl std::error::Error for Contradiction {}

/// Whether the claim stands. `Err` says in one line what was claimed, what is true, and at what times.
pub fn judge(tenant: &Tenant, claim: &Claim) -> Result<(), Contradiction> {
    let contradict = |truth: String| Contradiction { claim: told(tenant, claim), truth };
    let row = rows().iter().find(|row| row.operation == claim.operation);
    let row = row.ok_or_else(|| contradict("the judge has no row for this operation".to_owned()))?;
    let case = Case::new(tenant, row, claim).map_err(contradict)?;
    verdict(&case, claim).map_err(contradict)
}

fn verdict(case: &Case, claim: &Claim) -> Result<(), String> {
    let course = case.course();
    match claim.outcome.as_str() {
        "done" | "already" if case.reaches_a_part() => Err("this way reaches a part of it only".to_owned()),
        "done" => {
            let seen = claim.seen_at.ok_or("nobody says when it was seen")?;
            case.holds_at(seen)?;
            synced(case, &course, seen)
        }
        "already" => {
            let seen = claim.seen_at.unwrap_or(claim.since);
            case.holds_at(seen)?;
            // What another step brings about later is no argument against what was seen before.
            match course.brought_about_until(seen).filter(|_| !claim.twin) {
                Some(at) => Err(format!("this run brought it about at {at}")),
                None => Ok(()),
            }
        }
        "partial" if case.reaches_a_part() => {
            case.holds_at(claim.seen_at.ok_or("nobody says when it was seen")?)
        }
        "partial" if !course.changed_anything() => Err("this run changed nothing of it".to_owned()),
        "sent" if !case.was_taken() => Err("this run sent nothing that the service took".to_owned()),
        "lapsed" if !case.was_carried_out() => Err("this run asked for nothing that could lapse".to_owned()),
        "failed" | "cancelled" | "blocked" | "skipped" | "handed_off" | "not_started" if claim.twin => Ok(()),
        "failed" | "cancelled" => match course.standing() {
            Some(at) => Err(format!("this run brought it about at {at}, and it is so now")),
            None => Ok(()),
        },
        "blocked" | "skipped" | "handed_off" | "not_started" => match course.brought_about() {
            Some(at) => Err(format!("this run brought it about at {at}")),
            None => Ok(()),
        },
        "partial" | "sent" | "vouched" | "waiting" | "unknown" | "lapsed" => Ok(()),
        other => Err(format!("there is no outcome `{other}`")),
    }
}

/// What Active Directory owns is done only once directory sync has passed over it (R86).
fn synced(case: &Case, course: &Course, seen: Timestamp) -> Result<(), String> {
    let Some(written) = course.brought_about_until(seen).filter(|_| case.is_owned_by_active_directory())
    else {
        return Ok(());
    };
    match case.last_sync_at(seen) {
        Some(sync) if sync > written => Ok(()),
        Some(sync) => Err(format!(
            "Active Directory owns it and the last sync was at {sync}, before the write at {written}"
        )),
        None => Err("Active Directory owns it and directory sync has never passed".to_owned()),
    }
}

fn told(tenant: &Tenant, claim: &Claim) -> String {
    let whom = claim
        .params
        .get("user")
        .and_then(Value::as_str)
        .and_then(|id| id.parse().ok())
        .unwrap_or(claim.leaver);
    let name = tenant.world(|world| world.users.get(&whom).map(|user| user.user_principal_name.clone()));
    let undo = if claim.undo { "undo of " } else { "" };
    let mut text = format!(
        "{undo}{} for {} is said to be {}",
        claim.operation,
        name.unwrap_or_else(|| whom.to_string()),
        claim.outcome
    );
    if let Some(seen) = claim.seen_at {
        let _ = write!(text, ", seen at {seen}");
    }
    if let Some(before) = &claim.before {
        let _ = write!(text, ", captured before as {before}");
    }
    text
}
