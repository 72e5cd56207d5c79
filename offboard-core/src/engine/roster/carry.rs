//! Applying a roster, and going on with it: everybody's access is cut before anything else is sent.
//!
//! Running is resuming here too. When a roster is applied its runs are opened, all or none; from then on it is the sum of its
//! runs, each with a journal, a lease and a report of its own. They are carried as futures of one task: no leaver costs a
//! thread, and one who fails stops nobody else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::stream::{self, StreamExt as _};

use crate::document;
use crate::engine::driver::{Drive, Ended, Pass, Until};
use crate::engine::host::Engine;
use crate::engine::reach;
use crate::error::Error;
use crate::id::{RosterId, RunId, UserId};
use crate::journal::{Event, EventKind, JournalError, RosterRecord, RunStatus, RunSummary};
use crate::plan::roster::LeftOut;
use crate::plan::roster::approved::KeptRoster;
use crate::plan::{Approval, ApprovedPlan, ApprovedRoster, Step, Waiver};
use crate::ports::Stop;

/// Sees each event of each run after it is durable. It must not block.
pub type RosterWatch = Arc<dyn Fn(&RunId, &Event) + Send + Sync>;

/// How to carry a roster.
#[derive(Clone)]
pub struct RosterDrive {
    /// How far.
    pub until: Until,
    /// Raised to stop everybody after what is in flight has been recorded.
    pub stop: Stop,
    /// Sees each event.
    pub watch: Option<RosterWatch>,
}

impl RosterDrive {
    /// As far as `until`.
    pub fn until(until: Until) -> Self {
        Self { until, stop: Stop::default(), watch: None }
    }
}

impl std::fmt::Debug for RosterDrive {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RosterDrive").field("until", &self.until).finish_non_exhaustive()
    }
}

/// How carrying a roster ended.
#[derive(Debug)]
pub struct CarriedRoster {
    /// Which.
    pub roster: RosterId,
    /// Whether it was stopped.
    pub ended: Ended,
    /// Who was not begun with, or could not be carried on, and why.
    pub trouble: BTreeMap<UserId, Error>,
}

/// The passes in which many are carried, and how many leavers at once in each. Signing in waits for no mailbox; mailboxes
/// are few at a time, because Exchange is; and a write that waits longer than its lease for its turn is in vain.
const PASSES: [(Pass, Until, usize); 2] =
    [(Pass::Directory, Until::Contained, 200), (Pass::Containment, Until::Contained, 32)];
/// How many leavers at once when everybody is contained.
const AT_ONCE: usize = 32;

type Trouble = BTreeMap<RunId, Error>;

/// Whether a roster was just applied.
#[derive(Clone, Copy)]
enum Going<'a> {
    /// It was.
    Begins,
    /// It goes on: once access was tried to be cut, with these runs, or with all.
    On(Option<&'a BTreeSet<RunId>>),
}

/// As `how`, and notes in `begun` that somebody was begun with: the state before is recorded before every write.
fn noting(how: &RosterDrive, begun: &Arc<AtomicBool>) -> RosterDrive {
    let (watch, begun) = (how.watch.clone(), begun.clone());
    let noting = move |run: &RunId, event: &Event| {
        if matches!(event.kind, EventKind::Captured { .. }) {
            begun.store(true, Ordering::SeqCst);
        }
        if let Some(watch) = &watch {
            watch(run, event);
        }
    };
    RosterDrive { watch: Some(Arc::new(noting)), ..how.clone() }
}

impl Engine {
    /// Somebody accepts a roster, and the findings that `waivers` name, each with the digest of its plan.
    ///
    /// # Errors
    /// As [`Engine::approved_roster`]: what would be refused later is refused while whoever can mend it is here.
    pub fn approve_roster(
        &self,
        roster: &[u8],
        plans: impl IntoIterator<Item = Vec<u8>>,
        by: &str,
        ticket: Option<String>,
        waivers: Vec<Waiver>,
        irreversible: bool,
    ) -> Result<(Approval, ApprovedRoster), Error> {
        let approval = Approval::of(document::digest(roster), by, self.now(), ticket, waivers, irreversible);
        let approved = self.approved_roster(roster, &approval.to_bytes(), plans)?;
        Ok((approval, approved))
    }

    /// Puts a roster, its approval and its plans together.
    ///
    /// # Errors
    /// As [`ApprovedRoster::new`]; or it is for another organisation, or for more people than the tenant profile allows.
    pub fn approved_roster(
        &self,
        roster: &[u8],
        approval: &[u8],
        plans: impl IntoIterator<Item = Vec<u8>>,
    ) -> Result<ApprovedRoster, Error> {
        let approved = ApprovedRoster::new(roster, approval, plans, self.now())?;
        self.fits(&approved)?;
        Ok(approved)
    }

    /// It is for this organisation, of operations that are what they say, and for no more people than are allowed.
    fn fits(&self, approved: &ApprovedRoster) -> Result<(), Error> {
        for plan in &approved.plans {
            self.same_tenant(plan.plan())?;
            plan.plan().check_against(&self.catalog)?;
        }
        self.within_the_roster_cap(approved.roster().members.len())
    }

    /// Applies an approved roster. Applying the same roster with the same approval again goes on with the same runs.
    ///
    /// Whoever cannot be begun with is refused alone, before anything is sent.
    ///
    /// # Errors
    /// It is for another organisation, a cap is reached, the tenant is out of reach, the journal fails, or nobody could be
    /// begun with. Nothing was sent: whatever goes wrong after the first write is the trouble of somebody.
    pub async fn apply_roster(
        &self,
        approved: ApprovedRoster,
        policy: &[u8],
        how: &RosterDrive,
    ) -> Result<CarriedRoster, Error> {
        self.fits(&approved)?;
        self.within_the_cap(&approved.plans).await?;
        if let Some(first) = approved.plans.first() {
            self.within_reach(first.plan(), false, Drive::until(how.until)).await?;
        }
        let roster = RosterRecord {
            roster: approved.id().clone(),
            tenant: self.tenant,
            opened_at: self.now(),
            document: approved.bytes.0.clone(),
            approval: approved.bytes.1.clone(),
        };
        let records: Vec<_> = approved.plans.iter().map(|plan| self.new_record(plan, policy)).collect();
        let opened = {
            let _hold = self.host.clock.hold();
            self.journal.open_roster(&roster, &records).await?
        };
        let left_out = |LeftOut { member, error }| (member.leaver.id, error);
        let mut trouble: BTreeMap<UserId, Error> = approved.left_out.into_iter().map(left_out).collect();
        let mut runs = Vec::new();
        for (record, opened) in records.into_iter().zip(opened) {
            match opened {
                Ok(_) => runs.push((record.leaver, record.run)),
                Err(error) => _ = trouble.insert(record.leaver, error.into()),
            }
        }
        // From here on everything that a run needs comes from its journal.
        drop(approved.plans);
        self.carry_all(roster.roster, runs, trouble, how, Going::Begins).await
    }

    /// Goes on with a roster; where `only` is said, with these runs of it. What stands still is looked at once more.
    ///
    /// As long as cutting access was not even tried of somebody else in the roster, it is tried of everybody first: whoever was
    /// never begun with waits for no time, and would be forgotten. Of the others nothing else is sent.
    ///
    /// # Errors
    /// There is no such roster, the journal fails, or nobody could be carried and nothing was sent.
    pub async fn resume_roster(
        &self,
        roster: &RosterId,
        only: Option<&BTreeSet<RunId>>,
        how: &RosterDrive,
    ) -> Result<CarriedRoster, Error> {
        let kept = self.kept_roster(roster).await?;
        let in_hand = |run: &RunId| only.is_none_or(|only| only.contains(run));
        let first = only.is_some() && self.others_can_sign_in(&kept, in_hand).await?;
        let begun: BTreeSet<RunId> = self.runs().await?.into_iter().map(|run| run.run).collect();
        let wanted = |run: &RunId| begun.contains(run) && (first || in_hand(run));
        let members = kept.roster.members.iter().map(|member| (member.leaver.id, kept.run_of(member)));
        let runs: Vec<_> = members.filter(|(_, run)| wanted(run)).collect();
        self.carry_all(roster.clone(), runs, BTreeMap::new(), how, Going::On(only)).await
    }

    /// Ends every open run of a roster: nothing of it is sent any more.
    ///
    /// # Errors
    /// There is no such roster; or a run could not be ended, when the others have been.
    pub async fn cancel_roster(&self, roster: &RosterId, by: &str) -> Result<usize, Error> {
        let kept = self.kept_roster(roster).await?;
        let open = self.open_runs().await?;
        let (mut ended, mut failure) = (0, None);
        for run in
            kept.roster.members.iter().map(|member| kept.run_of(member)).filter(|run| open.contains(run))
        {
            match Box::pin(self.cancel(&run, by)).await {
                Ok(()) => ended += 1,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(ended), Err)
    }

    /// A roster as it was applied.
    ///
    /// # Errors
    /// There is no such roster, or it was tampered with.
    pub async fn kept_roster(&self, roster: &RosterId) -> Result<KeptRoster, Error> {
        self.roster_record(roster).await?.reopen()
    }

    pub(super) async fn roster_record(&self, roster: &RosterId) -> Result<RosterRecord, JournalError> {
        let _hold = self.host.clock.hold();
        self.journal.roster(roster).await
    }

    async fn carry_all(
        &self,
        roster: RosterId,
        runs: Vec<(UserId, RunId)>,
        mut trouble: BTreeMap<UserId, Error>,
        how: &RosterDrive,
        going: Going<'_>,
    ) -> Result<CarriedRoster, Error> {
        let reconsider = matches!(going, Going::On(_));
        let ids: Vec<RunId> = runs.iter().map(|(_, run)| run.clone()).collect();
        let mut failed = Trouble::new();
        let mut known = self.runs().await?;
        let begun = Arc::new(AtomicBool::new(false));
        let how = &noting(how, &begun);
        let mut nobody = false;
        for (pass, until, at_once) in PASSES {
            if pass != Pass::Directory {
                self.look_again(&mut known).await;
            }
            // What stands still is looked at once, when everybody's turn has come for all of it.
            let again = reconsider && pass == Pass::Containment;
            let drive = Drive { pass, reconsider: again, ..Drive::until(until) };
            self.pass(&ids, &known, at_once, drive, how, &mut failed).await;
            nobody |= pass == Pass::Directory && failed.len() == ids.len() && !begun.load(Ordering::SeqCst);
        }
        if how.until != Until::Contained {
            self.look_again(&mut known).await;
            let drive = Drive { reconsider, ..Drive::until(how.until) };
            let on = |run: &&RunId| !matches!(going, Going::On(Some(only)) if !only.contains(*run));
            let ids: Vec<RunId> = ids.iter().filter(on).cloned().collect();
            self.pass(&ids, &known, AT_ONCE, drive, how, &mut failed).await;
        }
        for (leaver, run) in runs {
            if let Some(error) = failed.remove(&run) {
                if nobody {
                    // What is wrong with everybody from the first is wrong with nobody in particular.
                    return Err(error);
                }
                trouble.insert(leaver, error);
            }
        }
        let ended = if how.stop.is_stopped() { Ended::Stopped } else { Ended::Rested };
        Ok(CarriedRoster { roster, ended, trouble })
    }

    /// Meanwhile another run may have taken one's place. That one was ended in its own journal then, which is read in each pass:
    /// where the list cannot be read just now, what was known before is good enough, and nobody is stopped.
    async fn look_again(&self, known: &mut Vec<RunSummary>) {
        if let Ok(now) = self.runs().await {
            *known = now;
        }
    }

    /// Carries everybody as far as `drive` says, but whoever has failed; `known` are the runs of the tenant.
    async fn pass(
        &self,
        runs: &[RunId],
        known: &[RunSummary],
        at_once: usize,
        drive: Drive,
        how: &RosterDrive,
        failed: &mut Trouble,
    ) {
        let goes_on: Vec<RunId> = runs.iter().filter(|run| !failed.contains_key(*run)).cloned().collect();
        let drive = &drive;
        // Each owns what it is about: what is borrowed here by a closure could not be carried on by another thread.
        let carried: Vec<_> = stream::iter(goes_on)
            .map(|run| async move {
                if how.stop.is_stopped() {
                    return (run, None);
                }
                let watch = how.watch.clone().map(|watch| {
                    let run = run.clone();
                    Arc::new(move |event: &Event| watch(&run, event)) as crate::engine::driver::Watch
                });
                // What stops one of them leaves the others alone.
                let drive = Drive { stop: how.stop.below(), watch, ..drive.clone() };
                let error = Box::pin(self.carry_on(&run, known, drive)).await.err();
                (run, error)
            })
            .buffer_unordered(at_once)
            .collect()
            .await;
        failed.extend(carried.into_iter().filter_map(|(run, error)| Some((run, error?))));
    }

    /// The roster by which a run is held back now: others of it can still sign in, so that nothing but cutting access is sent
    /// of this run. [`Engine::resume_roster`] with that roster cuts everybody off; then each may go on alone.
    ///
    /// # Errors
    /// There is no such run, or the journal fails.
    pub async fn held_back_by(&self, run: &RunId) -> Result<Option<RosterId>, Error> {
        let record = self.record(run).await?;
        Box::pin(self.comes_first(&record.reopen()?)).await
    }

    /// The roster whose other people come first, if they do.
    pub(in crate::engine) async fn comes_first(
        &self,
        approved: &ApprovedPlan,
    ) -> Result<Option<RosterId>, Error> {
        let Some(roster) = &approved.approval().roster else { return Ok(None) };
        let kept = match self.kept_roster(roster).await {
            Err(error)
                if matches!(
                    error.kind(),
                    crate::error::ErrorKind::Journal(JournalError::NoRoster { .. })
                ) =>
            {
                return Ok(None);
            }
            kept => kept?,
        };
        let first = self.others_can_sign_in(&kept, |run| *run == approved.run_id()).await?;
        Ok(first.then(|| roster.clone()))
    }

    /// Whether of somebody in the roster, but of those `in_hand`, cutting access was not even tried.
    async fn others_can_sign_in(
        &self,
        kept: &KeptRoster,
        in_hand: impl Fn(&RunId) -> bool,
    ) -> Result<bool, Error> {
        let open = self.open_runs().await?;
        for run in kept.roster.members.iter().map(|member| kept.run_of(member)) {
            if !open.contains(&run) || in_hand(&run) {
                continue;
            }
            // One whose journal cannot be read holds up nobody, as when all of them are carried.
            let Ok(other) = self.kept(&run).await else { continue };
            // What this host does not know it will never try.
            let counts = |step: &Step| {
                Pass::Containment.may_begin(step) && self.catalog.spec(&step.operation).is_some()
            };
            if !reach::has_contained(other.approved.plan(), &other.state, self.now(), counts) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn open_runs(&self) -> Result<BTreeSet<RunId>, Error> {
        let open = |run: &RunSummary| run.status == RunStatus::Open;
        Ok(self.runs().await?.into_iter().filter(open).map(|run| run.run).collect())
    }
}
