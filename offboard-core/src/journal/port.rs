//! Where journals are kept: a port with one contract, whatever stands behind it.

use std::fmt::Debug;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::{Entry, Event};
use crate::error::{Error, ErrorKind};
use crate::id::{RosterId, RunId, TenantId, UserId};
use crate::plan::roster::approved::KeptRoster;
use crate::plan::{ApprovalError, ApprovedPlan};
use crate::time::{Period, Timestamp};

/// What is stored when a run is opened, so that another machine can go on with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRecord {
    /// The run.
    pub run: RunId,
    /// Of which organisation.
    pub tenant: TenantId,
    /// Of which leaver.
    pub leaver: UserId,
    /// For people: whom the run is about.
    pub leaver_name: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The bytes of the plan.
    pub plan: Vec<u8>,
    /// The bytes of the approval.
    pub approval: Vec<u8>,
    /// The bytes of the policy.
    pub policy: Vec<u8>,
    /// The bytes of the tenant profile.
    pub profile: Vec<u8>,
}

/// What is stored when a roster is applied: with it, every run of it is found again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterRecord {
    /// This application of the roster.
    pub roster: RosterId,
    /// Of which organisation.
    pub tenant: TenantId,
    /// When it was applied first.
    pub opened_at: Timestamp,
    /// The bytes of the roster.
    pub document: Vec<u8>,
    /// The bytes of its approval.
    pub approval: Vec<u8>,
}

impl RunRecord {
    /// The plan and its approval, as they were when the run was opened.
    ///
    /// # Errors
    /// They are not those that the run is named by, or cannot be read.
    pub fn reopen(&self) -> Result<ApprovedPlan, Error> {
        let broken = || {
            let why = "its plan and its approval are not those that it was opened with".to_owned();
            Error::from(JournalError::Broken { run: self.run.clone(), seq: 0, why })
        };
        match ApprovedPlan::reopen(&self.plan, &self.approval) {
            Ok(approved) if approved.run_id() == self.run => Ok(approved),
            Err(error) if !matches!(error.kind(), ErrorKind::Approval(ApprovalError::OtherPlan { .. })) => {
                Err(error)
            }
            _ => Err(broken()),
        }
    }
}

impl RosterRecord {
    /// The roster and its approval, as they were when it was applied.
    ///
    /// # Errors
    /// They are not those of this roster, or cannot be read any more: what was applied could be.
    pub fn reopen(&self) -> Result<KeptRoster, Error> {
        let kept = KeptRoster::reopen(&self.document, &self.approval).ok();
        kept.filter(|kept| kept.id == self.roster && kept.roster.tenant == self.tenant)
            .ok_or_else(|| JournalError::BrokenRoster { roster: self.roster.to_string() }.into())
    }
}

/// Whether a run is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// A step may still write.
    Open,
    /// No step will write any more.
    Closed,
}

impl RunStatus {
    /// Of a run of which a step may still write, or none.
    pub(crate) fn of(open: bool) -> Self {
        if open { Self::Open } else { Self::Closed }
    }
}

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunSummary {
    /// The run.
    pub run: RunId,
    /// Of which organisation.
    pub tenant: TenantId,
    /// Of which leaver.
    pub leaver: UserId,
    /// For people.
    pub leaver_name: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whether it is over.
    pub status: RunStatus,
    /// How many entries its journal has.
    pub entries: u64,
    /// When it next wants to be looked at; nothing where nobody waits for a time.
    pub wake_at: Option<Timestamp>,
}

/// What became of an attempt to open a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// It is new.
    Opened,
    /// It was there: going on with it is the same as starting it.
    Existing,
}

/// The right to write into one run's journal, and by it to the tenant. Only the newest token counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The run.
    pub run: RunId,
    /// Counts up with every claim; an older token can write no more.
    pub token: u64,
    /// Until when, unless it is renewed.
    pub until: Timestamp,
}

/// A journal that does not take or give what it must.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Another run of the same leaver is open.
    #[error("{leaver_name} already has an open run ({run})")]
    AlreadyOpen {
        /// That run.
        run: RunId,
        /// For people.
        leaver_name: String,
    },
    /// Another engine holds the run.
    #[error("the run {run} is being carried out by another process ({owner}) until {until}")]
    Leased {
        /// The run.
        run: RunId,
        /// Who.
        owner: String,
        /// Until when.
        until: Timestamp,
    },
    /// Our lease ended, and somebody else may have taken over.
    #[error("the lease on the run {run} has ended; nothing more is written")]
    LeaseLost {
        /// The run.
        run: RunId,
    },
    /// There is no such run.
    #[error("there is no run `{run}` in this journal")]
    NoRun {
        /// What was asked for.
        run: String,
    },
    /// There is no such roster.
    #[error("there is no roster `{roster}` in this journal")]
    NoRoster {
        /// What was asked for.
        roster: String,
    },
    /// A roster's documents are not those that it was applied with.
    #[error("the roster {roster} was tampered with: its documents are not those that it was applied with")]
    BrokenRoster {
        /// The roster.
        roster: String,
    },
    /// Entries were changed, or the end was cut off.
    #[error("the journal of the run {run} was tampered with at entry {seq}: {why}")]
    Broken {
        /// The run.
        run: RunId,
        /// Where.
        seq: u64,
        /// How.
        why: String,
    },
    /// An entry that may not follow the one before; a bug or a foreign hand.
    #[error("illegal entry in the run {run}: {why}")]
    Illegal {
        /// The run.
        run: RunId,
        /// What.
        why: String,
    },
    /// This is not a journal of offboard, or one of another version.
    #[error("this is not a journal that this version can use: {why}")]
    Foreign {
        /// What was seen.
        why: String,
    },
    /// The disk or the database does not do its part.
    #[error("the journal cannot be {doing}: {why}")]
    Storage {
        /// read, written, opened.
        doing: &'static str,
        /// What was seen.
        why: String,
    },
}

impl JournalError {
    /// What to do next.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::AlreadyOpen { .. } => {
                "go on with that run (`offboard resume`), or cancel it (`offboard cancel`) first"
            }
            Self::Leased { .. } => "wait until it ends; a crashed process's lease runs out by itself",
            Self::LeaseLost { .. } => {
                "look by `offboard runs` who carries it now: another process, which goes on, or another run that took \
                 its place; what was sent is recorded"
            }
            Self::NoRun { .. } | Self::NoRoster { .. } => {
                "`offboard runs` lists the rosters and runs of this journal"
            }
            Self::Broken { .. } | Self::BrokenRoster { .. } | Self::Illegal { .. } => {
                "keep the file as evidence, and go on with a backup"
            }
            Self::Foreign { .. } => "name another file with --journal",
            Self::Storage { .. } => {
                "free space, or make the file writable; nothing was sent that is not recorded"
            }
        })
    }
}

/// Keeps the history of runs.
///
/// # Contract
/// * `append` is atomic and durable before it returns; after an error nothing of it is there.
/// * `append` refuses a lease that is not the newest claim, or that has ended by `now`.
/// * Two open runs of one leaver in one tenant do not exist.
/// * What `open` stored never changes.
#[async_trait]
pub trait Journal: Debug + Send + Sync {
    /// Opens a run. With `supersede` the leaver's other open runs are closed by the caller's events afterwards;
    /// without it an open run of the same leaver is an error.
    async fn open(&self, record: &RunRecord, supersede: bool) -> Result<Opening, JournalError>;

    /// Opens the runs of a roster and keeps the roster, all or none. A leaver who has another open run is refused alone:
    /// what becomes of each is said in the order of `runs`. A roster that is there stays as it is.
    async fn open_roster(
        &self,
        roster: &RosterRecord,
        runs: &[RunRecord],
    ) -> Result<Vec<Result<Opening, JournalError>>, JournalError>;

    /// What was stored when the roster was applied first.
    async fn roster(&self, roster: &RosterId) -> Result<RosterRecord, JournalError>;

    /// The rosters of a tenant (of every tenant without one), newest first.
    async fn rosters(&self, tenant: Option<TenantId>) -> Result<Vec<RosterRecord>, JournalError>;

    /// Takes the right to write. The lease of an owner that is known to be dead is free; with `force` any lease is
    /// (taking over from a run that is superseded).
    async fn claim(
        &self,
        run: &RunId,
        owner: &str,
        now: Timestamp,
        ttl: Period,
        force: bool,
    ) -> Result<Lease, JournalError>;

    /// Makes the right last longer.
    async fn renew(&self, lease: &Lease, now: Timestamp, ttl: Period) -> Result<Lease, JournalError>;

    /// Gives the right back.
    async fn release(&self, lease: &Lease) -> Result<(), JournalError>;

    /// Makes events durable, in this order, all or none. With no events it only says whether the lease still holds.
    async fn append(
        &self,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError>;

    /// Says whether the run is over and when it next wants to be looked at. Only an index: the entries decide.
    async fn mark(
        &self,
        lease: &Lease,
        status: RunStatus,
        wake_at: Option<Timestamp>,
    ) -> Result<(), JournalError>;

    /// The entries after number `after`, in their order.
    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError>;

    /// What was stored when the run was opened.
    async fn record(&self, run: &RunId) -> Result<RunRecord, JournalError>;

    /// The runs of a tenant (of every tenant without one), newest first.
    async fn runs(&self, tenant: Option<TenantId>) -> Result<Vec<RunSummary>, JournalError>;

    /// How many different people had a run with more than containment in it opened since then; for the caps.
    async fn started_since(&self, tenant: TenantId, since: Timestamp) -> Result<u32, JournalError>;
}
