//! Rosters: kept with the run of everybody who has no other one open, going on when they are opened again, and listed.

use super::sample::{self, morning};
use super::tenant;
use crate::id::{RosterId, TenantId};
use crate::journal::{Journal, JournalError, Opening, RosterRecord};
use crate::time::Period;

fn roster(name: &str, tenant: TenantId, hours: i64) -> RosterRecord {
    RosterRecord {
        roster: RosterId::new(name),
        tenant,
        opened_at: morning() + Period::hours(hours),
        document: vec![0, 255, 254, 13, 10],
        approval: Vec::new(),
    }
}

/// One leaver with an open run is refused alone; the roster and everybody else are there.
pub async fn a_roster_opens_whom_it_can(journal: &dyn Journal) {
    let here = tenant(60);
    let busy = sample::record("roster-busy", here, 1, morning());
    journal.open(&busy, false).await.expect("opened");
    let kept = roster("r-one", here, 0);
    let runs = [
        sample::record("roster-1", here, 1, morning()),
        sample::record("roster-2", here, 2, morning()),
        sample::record("roster-3", here, 3, morning()),
    ];
    let already = JournalError::AlreadyOpen { run: busy.run.clone(), leaver_name: busy.leaver_name.clone() };
    let opened = journal.open_roster(&kept, &runs).await.expect("the roster opens");
    assert_eq!(opened, [Err(already.clone()), Ok(Opening::Opened), Ok(Opening::Opened)]);
    assert!(journal.record(&runs[0].run).await.is_err(), "a refused opening leaves nothing");
    assert_eq!(journal.record(&runs[1].run).await.as_ref(), Ok(&runs[1]));

    // Again is going on, and what was stored first stays.
    let again = RosterRecord { opened_at: morning() + Period::days(1), ..kept.clone() };
    let opened = journal.open_roster(&again, &runs).await.expect("the roster opens again");
    assert_eq!(opened, [Err(already), Ok(Opening::Existing), Ok(Opening::Existing)]);
    assert_eq!(journal.roster(&kept.roster).await.as_ref(), Ok(&kept));
}

/// Newest first, and each organisation sees its own.
pub async fn rosters_are_listed_newest_first(journal: &dyn Journal) {
    let (here, there) = (tenant(61), tenant(62));
    for (name, tenant, hours) in [("r-2", here, 2), ("r-1", here, 1), ("r-3", there, 3)] {
        journal.open_roster(&roster(name, tenant, hours), &[]).await.expect("a roster without a run is kept");
    }
    let listed = async |tenant| {
        let list = journal.rosters(tenant).await.expect("listed");
        list.into_iter().map(|kept| kept.roster.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(listed(Some(here)).await, ["r-2", "r-1"]);
    let all = listed(None).await;
    assert!(["r-1", "r-2", "r-3"].iter().all(|name| all.iter().any(|known| known == name)), "{all:?}");
    let none = JournalError::NoRoster { roster: "r-none".to_owned() };
    assert_eq!(journal.roster(&RosterId::new("r-none")).await, Err(none));
}
