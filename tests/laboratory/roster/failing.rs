//! A journal whose list of runs cannot be read for a while: what was sent stays somebody's, and nobody is stopped by it.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use offboard::core::engine::RosterDrive;
use offboard::core::id::TenantId;
use offboard::core::journal::{Entry, Event, JournalError, Lease, RunSummary};
use offboard::core::time::Timestamp;
use offboard::{Catalog, Journal as _, MemoryJournal, Until};
use offboard_sim::Tenant;

use super::crowd::{conversion, everybody_first, file, profile, rows, worker};
use crate::crashing::around::{Around, Habit};
use crate::crashing::engine;

/// What fails once something was written to the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fails {
    /// The list of the runs.
    Runs,
    /// Everything that a run needs.
    Appends,
}

#[derive(Debug)]
struct Failing {
    tenant: Tenant,
    fails: Fails,
}

impl Failing {
    fn check(&self, what: Fails) -> Result<(), JournalError> {
        if self.fails != what || self.tenant.recorder().mutating().is_empty() {
            return Ok(());
        }
        Err(JournalError::Storage { doing: "read", why: "the disk is gone".to_owned() })
    }
}

#[async_trait]
impl Habit for Failing {
    async fn append(
        &self,
        inner: &MemoryJournal,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError> {
        self.check(Fails::Appends)?;
        inner.append(lease, now, events).await
    }

    async fn runs(
        &self,
        inner: &MemoryJournal,
        tenant: Option<TenantId>,
    ) -> Result<Vec<RunSummary>, JournalError> {
        self.check(Fails::Runs)?;
        inner.runs(tenant).await
    }
}

#[test]
fn after_the_first_write_a_roster_is_told_with_everybodys_trouble() {
    let (policy, all) = (conversion(), (1..=2).map(worker).collect::<Vec<_>>());
    for fails in [Fails::Runs, Fails::Appends] {
        let tenant = Tenant::contoso_and(3, 2);
        let people: BTreeSet<_> = all.iter().map(|upn| tenant.user_id(upn).unwrap()).collect();
        let habit = Failing { tenant: tenant.clone(), fails };
        let journal = Around { inner: MemoryJournal::new(), habit };
        let engine = engine(&tenant, Arc::new(journal), Catalog::builtin(), "a process");
        let engine = engine.with_profile(profile(9, 9));
        let clock = tenant.clock();
        let carried = clock.block_on(async {
            let planned =
                engine.plan_roster(&policy, &rows(&file(&all)), None, "ada", &|_| ()).await.unwrap();
            let bytes = planned.roster.to_bytes();
            let (_, approved) =
                engine.approve_roster(&bytes, planned.plans, "grace", None, vec![], true).unwrap();
            engine.apply_roster(approved, policy.bytes(), &RosterDrive::until(Until::Sent)).await
        });
        assert!(!tenant.recorder().mutating().is_empty(), "something was sent");
        let trouble = carried.expect("what was sent is told").trouble;
        match fails {
            Fails::Runs => {
                assert!(trouble.is_empty(), "{trouble:?}");
                assert!(everybody_first(&tenant, &people) > 0, "it went on");
            }
            Fails::Appends => assert_eq!(trouble.keys().copied().collect::<BTreeSet<_>>(), people),
        }
    }
}
