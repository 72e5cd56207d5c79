//! Opening, listing and counting runs.

use super::sample::{self, morning};
use super::{claim, opened, tenant};
use crate::id::{RunId, UserId};
use crate::journal::{Journal, JournalError, Lease, Opening, RunStatus};
use crate::time::Period;

/// Opening a run that is there changes nothing, even when other bytes come with it.
pub async fn opening_twice_is_going_on(journal: &dyn Journal) {
    let record = sample::record("open-twice", tenant(1), 1, morning());
    assert_eq!(journal.open(&record, false).await, Ok(Opening::Opened));
    let lease = claim(journal, &record.run, morning()).await;
    journal.append(&lease, morning(), sample::observations(1, 2)).await.expect("appended");

    let mut again = record.clone();
    again.opened_at = morning() + Period::hours(1);
    again.policy = b"another policy".to_vec();
    assert_eq!(journal.open(&again, false).await, Ok(Opening::Existing));
    assert_eq!(journal.open(&again, true).await, Ok(Opening::Existing));

    assert_eq!(journal.record(&record.run).await.as_ref(), Ok(&record), "the first opening counts");
    assert_eq!(journal.read(&record.run, 0).await.expect("read").len(), 2);
    journal.append(&lease, morning(), vec![]).await.expect("the lease is still held");
}

/// The documents come back byte for byte, after everything that can happen to a run.
pub async fn what_open_stored_never_changes(journal: &dyn Journal) {
    let record = sample::record("stored", tenant(2), 1, morning());
    journal.open(&record, false).await.expect("opened");
    assert_eq!(journal.record(&record.run).await.as_ref(), Ok(&record));

    let lease = claim(journal, &record.run, morning()).await;
    journal.append(&lease, morning(), sample::observations(1, 3)).await.expect("appended");
    journal.mark(&lease, RunStatus::Closed, Some(morning() + Period::days(30))).await.expect("marked");
    journal.release(&lease).await.expect("released");
    assert_eq!(journal.record(&record.run).await.as_ref(), Ok(&record));
}

/// One leaver has one open run; when it is over, the next may begin. Another leaver, and another organisation, do
/// not matter.
pub async fn a_second_open_run_of_one_leaver_is_refused(journal: &dyn Journal) {
    let here = tenant(3);
    let first = sample::record("second-1", here, 1, morning());
    let second = sample::record("second-2", here, 1, morning() + Period::hours(1));
    assert_eq!(journal.open(&first, false).await, Ok(Opening::Opened));
    assert_eq!(
        journal.open(&second, false).await,
        Err(JournalError::AlreadyOpen { run: first.run.clone(), leaver_name: first.leaver_name.clone() })
    );
    assert_eq!(
        journal.record(&second.run).await,
        Err(JournalError::NoRun { run: second.run.to_string() }),
        "a refused opening leaves nothing"
    );
    assert_eq!(
        journal.open(&sample::record("second-3", here, 2, morning()), false).await,
        Ok(Opening::Opened),
        "another leaver"
    );
    assert_eq!(
        journal.open(&sample::record("second-4", tenant(4), 1, morning()), false).await,
        Ok(Opening::Opened),
        "another organisation"
    );

    let lease = claim(journal, &first.run, morning()).await;
    journal.mark(&lease, RunStatus::Closed, None).await.expect("marked");
    assert_eq!(journal.open(&second, false).await, Ok(Opening::Opened), "the first is over");
}

/// With `supersede` the second run opens; closing the first is the caller's work.
pub async fn a_run_may_take_the_place_of_another(journal: &dyn Journal) {
    let here = tenant(5);
    let first = sample::record("supersede-1", here, 1, morning());
    let second = sample::record("supersede-2", here, 1, morning() + Period::hours(1));
    journal.open(&first, false).await.expect("opened");
    let old = claim(journal, &first.run, morning()).await;
    assert_eq!(journal.open(&second, true).await, Ok(Opening::Opened));

    let taken = journal
        .claim(&first.run, "the second run", morning(), Period::seconds(60), true)
        .await
        .expect("force takes the lease over");
    journal.append(&taken, morning(), sample::observations(1, 1)).await.expect("appended");
    journal.mark(&taken, RunStatus::Closed, None).await.expect("marked");
    assert_eq!(
        journal.append(&old, morning(), sample::observations(2, 1)).await,
        Err(JournalError::LeaseLost { run: first.run.clone() })
    );
    let status = |run: &RunId, list: &[crate::journal::RunSummary]| {
        list.iter().find(|summary| summary.run == *run).map(|summary| summary.status.clone())
    };
    let list = journal.runs(Some(here)).await.expect("listed");
    assert_eq!(status(&first.run, &list), Some(RunStatus::Closed));
    assert_eq!(status(&second.run, &list), Some(RunStatus::Open));
}

/// The newest first, by name where two opened at once; each as it is now.
pub async fn runs_are_listed_newest_first(journal: &dyn Journal) {
    let here = tenant(6);
    for (run, leaver, hours) in [("list-b", 1, 2), ("list-d", 2, 1), ("list-c", 3, 3), ("list-a", 4, 2)] {
        let record = sample::record(run, here, leaver, morning() + Period::hours(hours));
        journal.open(&record, false).await.expect("opened");
    }
    let lease = claim(journal, &RunId::new("list-d"), morning()).await;
    journal.append(&lease, morning(), sample::observations(1, 3)).await.expect("appended");
    let wake = morning() + Period::micros(1);
    journal.mark(&lease, RunStatus::Closed, Some(wake)).await.expect("marked");

    let list = journal.runs(Some(here)).await.expect("listed");
    let names: Vec<&str> = list.iter().map(|summary| summary.run.as_str()).collect();
    assert_eq!(names, ["list-c", "list-a", "list-b", "list-d"]);
    let (new, old) = (&list[0], &list[3]);
    assert_eq!((&new.status, new.entries, new.wake_at), (&RunStatus::Open, 0, None));
    assert_eq!((&old.status, old.entries, old.wake_at), (&RunStatus::Closed, 3, Some(wake)));
    let record = journal.record(&old.run).await.expect("there");
    assert_eq!(
        (old.tenant, old.leaver, &old.leaver_name, old.opened_at),
        (record.tenant, record.leaver, &record.leaver_name, record.opened_at)
    );

    journal.mark(&lease, RunStatus::Open, None).await.expect("marked");
    let list = journal.runs(Some(here)).await.expect("listed");
    assert_eq!((&list[3].status, list[3].wake_at), (&RunStatus::Open, None));

    let everywhere = journal.runs(None).await.expect("listed");
    assert_eq!(everywhere.iter().filter(|summary| summary.tenant == here).count(), 4);
    assert!(everywhere.is_sorted_by(|a, b| a.opened_at >= b.opened_at), "across organisations too");
    assert_eq!(journal.runs(Some(tenant(999))).await, Ok(vec![]), "an organisation without runs");
}

/// What the caps count: people and not runs, from that moment on, and nobody whose access was only cut.
pub async fn people_count_once_and_containment_never(journal: &dyn Journal) {
    let here = tenant(7);
    let at = |hours| morning() + Period::hours(hours);
    for (run, leaver, hours) in [("caps-1", 1, 0), ("caps-2", 2, 1), ("caps-3", 1, 2)] {
        let record = sample::record(run, here, leaver, at(hours));
        journal.open(&record, true).await.expect("opened");
    }
    journal.open(&sample::containment("caps-4", here, 3, at(2)), false).await.expect("opened");
    journal.open(&sample::record("caps-5", tenant(8), 4, at(2)), false).await.expect("opened");

    let count = async |since| journal.started_since(here, since).await.expect("counted");
    assert_eq!(count(at(0)).await, 2, "two people in three runs; the moment itself counts");
    assert_eq!(count(at(0) + Period::micros(1)).await, 2, "the first has a later run");
    assert_eq!(count(at(2)).await, 1);
    assert_eq!(count(at(2) + Period::micros(1)).await, 0);
    assert_eq!(journal.started_since(tenant(8), at(0)).await, Ok(1), "each organisation by itself");
}

/// Every function says that there is no such run, and none makes one.
pub async fn nothing_is_known_of_a_run_that_is_not_there(journal: &dyn Journal) {
    let run = RunId::new("nobody-opened-this");
    let none = || JournalError::NoRun { run: run.to_string() };
    let lease = Lease { run: run.clone(), token: 1, until: morning() + Period::hours(1) };
    let ttl = Period::seconds(60);
    assert_eq!(journal.claim(&run, "engine", morning(), ttl, true).await, Err(none()));
    assert_eq!(journal.renew(&lease, morning(), ttl).await, Err(none()));
    assert_eq!(journal.release(&lease).await, Err(none()));
    assert_eq!(journal.append(&lease, morning(), sample::observations(1, 1)).await, Err(none()));
    assert_eq!(journal.mark(&lease, RunStatus::Closed, None).await, Err(none()));
    assert_eq!(journal.read(&run, 0).await, Err(none()));
    assert_eq!(journal.record(&run).await, Err(none()));
    assert!(journal.runs(None).await.expect("listed").iter().all(|summary| summary.run != run));

    // A run whose name looks like another's is another run.
    let lease = opened(journal, "there", tenant(9)).await;
    for near in ["There", "there ", "ther", "there%", ""] {
        let run = RunId::new(near);
        assert_eq!(
            journal.read(&run, 0).await,
            Err(JournalError::NoRun { run: near.to_owned() }),
            "{near:?}"
        );
    }
    assert_eq!(journal.record(&lease.run).await.map(|record| record.leaver), Ok(UserId::from_u128(1)));
}
