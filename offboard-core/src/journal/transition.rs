//! What may follow what: one total table, used live and on replay. An illegal sequence is an error, never a panic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::EventKind;
use crate::operation::Repeat;

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nobody has looked at it.
    Pending,
    /// Nothing was sent; a date, a fact or a limit is waited for.
    Deferred,
    /// The state before is durable; for all that is known nothing was sent.
    Captured,
    /// Long work is on its way.
    Progressed,
    /// The service accepted it.
    Applied,
    /// Accepted and not seen yet.
    Waiting,
    /// The service refused it.
    Failed,
    /// Findings stop it.
    Blocked,
    /// The answer was lost.
    Indeterminate,
    /// Read back until nobody could wait longer.
    Unverified,
    /// A person or another system does it.
    HandedOff,
    /// Seen.
    Verified,
    /// Seen as far as this way reaches, which is not all of it.
    Partial,
    /// Accepted, and nothing would show it.
    Sent,
    /// Nothing to do.
    Skipped,
    /// A person vouched for the hand-off.
    Acknowledged,
    /// A person decided what could not be read.
    Settled,
    /// Its deadline passed.
    Lapsed,
    /// A person ended it.
    Cancelled,
    /// Another run took its place.
    Superseded,
}

impl Status {
    /// Every status, for tests that must not forget one.
    pub const ALL: [Self; 20] = [
        Self::Pending,
        Self::Deferred,
        Self::Captured,
        Self::Progressed,
        Self::Applied,
        Self::Waiting,
        Self::Failed,
        Self::Blocked,
        Self::Indeterminate,
        Self::Unverified,
        Self::HandedOff,
        Self::Verified,
        Self::Partial,
        Self::Sent,
        Self::Skipped,
        Self::Acknowledged,
        Self::Settled,
        Self::Lapsed,
        Self::Cancelled,
        Self::Superseded,
    ];

    /// Nothing more will happen to it, but for a directory sync that reverts what was seen.
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Verified
                | Self::Sent
                | Self::Skipped
                | Self::Acknowledged
                | Self::Settled
                | Self::Lapsed
                | Self::Cancelled
                | Self::Superseded
        )
    }

    /// It was tried, one way or another: enough for an edge of containment.
    pub fn is_sent(self) -> bool {
        !matches!(self, Self::Pending | Self::Captured | Self::Progressed)
    }
}

/// A transition of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// From.
    pub from: Status,
    /// To.
    pub to: Status,
}

/// The status that an event leads to; nothing for an event that belongs to no step.
pub fn status_of(event: &EventKind) -> Option<Status> {
    Some(match event {
        EventKind::Captured { .. } => Status::Captured,
        EventKind::Progressed { .. } => Status::Progressed,
        EventKind::Applied { .. } => Status::Applied,
        EventKind::Failed { .. } => Status::Failed,
        EventKind::Indeterminate { .. } => Status::Indeterminate,
        EventKind::Deferred { .. } => Status::Deferred,
        EventKind::Blocked { .. } => Status::Blocked,
        EventKind::Skipped { .. } => Status::Skipped,
        EventKind::HandedOff { .. } => Status::HandedOff,
        EventKind::Verified { .. } => Status::Verified,
        EventKind::Partial { .. } => Status::Partial,
        EventKind::Waiting { .. } => Status::Waiting,
        EventKind::Sent {} => Status::Sent,
        EventKind::Unverified { .. } => Status::Unverified,
        EventKind::Lapsed { .. } => Status::Lapsed,
        EventKind::Acknowledged { .. } => Status::Acknowledged,
        EventKind::Settled { .. } => Status::Settled,
        EventKind::Cancelled { .. } => Status::Cancelled,
        EventKind::Superseded { .. } => Status::Superseded,
        EventKind::Observed { .. } | EventKind::Closed {} => return None,
    })
}

/// Whether `to` may follow `from`, for an operation that repeats like this.
pub fn is_legal(from: Status, to: Status, repeat: Repeat) -> bool {
    use Status::{
        Acknowledged, Applied, Blocked, Cancelled, Captured, Deferred, Failed, HandedOff, Indeterminate,
        Lapsed, Partial, Pending, Progressed, Sent, Settled, Skipped, Superseded, Unverified, Verified,
        Waiting,
    };
    let safe = repeat == Repeat::Safe;
    // Long work goes on from its cursor, and says in between how far it is.
    let resumes = repeat == Repeat::Resume;
    let again = safe || resumes;
    // A person, or another run, can end whatever is not over; a captured step may have been sent and is settled.
    if matches!(to, Settled | Cancelled | Superseded) {
        return !from.is_over();
    }
    match from {
        Pending => matches!(to, Captured | Deferred | Blocked | Skipped | HandedOff),
        Deferred => matches!(to, Captured | Blocked | Skipped | HandedOff | Deferred),
        Captured => {
            matches!(
                to,
                Progressed | Applied | Failed | Indeterminate | HandedOff | Deferred | Verified | Partial
            ) || (to == Waiting && resumes)
        }
        Progressed => {
            matches!(to, Progressed | Applied | Failed | Indeterminate | Deferred)
                || (to == Waiting && resumes)
        }
        Applied => matches!(to, Verified | Partial | Sent | Waiting | Unverified | Lapsed),
        Waiting => {
            matches!(to, Waiting | Verified | Partial | Unverified | Lapsed) || (to == Captured && again)
        }
        Failed | Blocked => matches!(to, Captured | Verified | HandedOff | Deferred | Skipped | Blocked),
        Indeterminate => {
            matches!(to, Verified | Partial | Waiting | Unverified | HandedOff | Deferred)
                || (to == Captured && again)
        }
        Unverified => matches!(to, Verified | Partial),
        // Somebody wants it looked at once more: it is counted again, and what others took away since is not so any more. It
        // is not sent again: whoever took it away may have meant it.
        Partial => matches!(to, Verified | Partial | Unverified),
        HandedOff => matches!(to, Acknowledged | Verified | Partial),
        Verified => to == Captured && safe,
        // What loses data without it is not content with a word.
        Acknowledged => matches!(to, Verified | Partial | Waiting | Unverified),
        Sent | Skipped | Settled | Lapsed | Cancelled | Superseded => false,
    }
}
