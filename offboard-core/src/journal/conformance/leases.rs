//! The right to write: one at a time, the newest only, and only while it lasts.

use super::sample::{self, morning};
use super::{TTL, claim, opened, tenant};
use crate::journal::{Journal, JournalError, Lease, RunStatus};
use crate::time::{Period, Timestamp};

fn lost(lease: &Lease) -> JournalError {
    JournalError::LeaseLost { run: lease.run.clone() }
}

/// Nobody else gets it before its last moment is over; whoever holds it may ask again.
pub async fn a_lease_keeps_others_out_until_it_ends(journal: &dyn Journal) {
    let lease = opened(journal, "lease-held", tenant(20)).await;
    let until = morning() + TTL;
    assert_eq!((lease.token, lease.until), (1, until));
    let other = async |now: Timestamp| journal.claim(&lease.run, "another engine", now, TTL, false).await;

    let leased = JournalError::Leased { run: lease.run.clone(), owner: "engine".to_owned(), until };
    assert_eq!(other(morning()).await, Err(leased.clone()));
    assert_eq!(other(until - Period::micros(1)).await, Err(leased));
    journal
        .append(&lease, morning(), sample::observations(1, 1))
        .await
        .expect("a refused claim takes nothing");

    let again = claim(journal, &lease.run, morning() + Period::seconds(1)).await;
    assert!(again.token > lease.token, "every claim has a token of its own");
    let taken = other(again.until).await.expect("it has ended");
    assert!(taken.token > again.token);
    assert_eq!(taken.until, again.until + TTL);
}

/// The fence: an engine that was asleep while another took over writes nothing, even if it thinks it is in time.
pub async fn only_the_newest_lease_writes(journal: &dyn Journal) {
    let old = opened(journal, "lease-fence", tenant(21)).await;
    journal.append(&old, morning(), sample::observations(1, 1)).await.expect("appended");
    let later = morning() + Period::minutes(5);
    let new = journal.claim(&old.run, "another engine", later, TTL, false).await.expect("it has ended");

    // The clock of the old engine stands still: by its own time the lease has not ended.
    for now in [morning(), later] {
        assert_eq!(journal.append(&old, now, sample::observations(2, 1)).await, Err(lost(&old)));
        assert_eq!(journal.append(&old, now, vec![]).await, Err(lost(&old)), "not even nothing");
        assert_eq!(journal.renew(&old, now, TTL).await, Err(lost(&old)));
    }
    assert_eq!(journal.mark(&old, RunStatus::Closed, None).await, Err(lost(&old)));
    journal.release(&old).await.expect("giving back what is gone changes nothing");

    journal.append(&new, later, sample::observations(2, 1)).await.expect("the new one still holds it");
    let made_up = Lease { token: new.token + 1, ..new.clone() };
    assert_eq!(journal.append(&made_up, later, sample::observations(3, 1)).await, Err(lost(&new)));
    assert_eq!(journal.read(&new.run, 0).await.expect("read").len(), 2);
}

/// At the moment it ends it has ended, though nobody else took it.
pub async fn an_ended_lease_writes_nothing(journal: &dyn Journal) {
    let lease = opened(journal, "lease-ended", tenant(22)).await;
    let last = lease.until - Period::micros(1);
    journal.append(&lease, last, sample::observations(1, 1)).await.expect("the last moment counts");
    for now in [lease.until, lease.until + Period::days(1)] {
        assert_eq!(journal.append(&lease, now, sample::observations(2, 1)).await, Err(lost(&lease)));
        assert_eq!(journal.renew(&lease, now, TTL).await, Err(lost(&lease)));
    }
    assert_eq!(journal.read(&lease.run, 0).await.expect("read").len(), 1);
}

/// Renewing counts from now, keeps the token, and is what the journal goes by.
pub async fn a_lease_can_be_renewed_while_it_lasts(journal: &dyn Journal) {
    let lease = opened(journal, "lease-renewed", tenant(23)).await;
    let now = morning() + Period::seconds(45);
    let longer = journal.renew(&lease, now, TTL).await.expect("it lasts");
    assert_eq!(longer, Lease { until: now + TTL, ..lease.clone() });

    let after_first = lease.until + Period::seconds(1);
    journal.append(&longer, after_first, sample::observations(1, 1)).await.expect("it lasts longer");
    let refused = journal.claim(&lease.run, "another engine", after_first, TTL, false).await;
    assert!(
        matches!(refused, Err(JournalError::Leased { until, .. }) if until == longer.until),
        "{refused:?}"
    );
    assert_eq!(
        journal.append(&longer, longer.until, sample::observations(2, 1)).await,
        Err(lost(&lease)),
        "and ends in its turn"
    );
}

/// Given back it is free at once, and writes no more.
pub async fn a_lease_that_was_given_back_is_free(journal: &dyn Journal) {
    let lease = opened(journal, "lease-released", tenant(24)).await;
    journal.release(&lease).await.expect("released");
    journal.release(&lease).await.expect("twice is once");
    assert_eq!(journal.append(&lease, morning(), sample::observations(1, 1)).await, Err(lost(&lease)));
    let next = journal.claim(&lease.run, "another engine", morning(), TTL, false).await.expect("free");
    assert!(next.token > lease.token, "tokens never come back");
}

/// Whoever supersedes a run takes its lease, however long it would have lasted.
pub async fn force_takes_over(journal: &dyn Journal) {
    let old = opened(journal, "lease-force", tenant(25)).await;
    let new = journal.claim(&old.run, "another engine", morning(), TTL, true).await.expect("forced");
    assert!(new.token > old.token);
    assert_eq!(journal.append(&old, morning(), sample::observations(1, 1)).await, Err(lost(&old)));
    journal.append(&new, morning(), sample::observations(1, 1)).await.expect("appended");
    let back = journal.claim(&old.run, "engine", morning(), TTL, false).await;
    assert!(
        matches!(&back, Err(JournalError::Leased { owner, .. }) if owner == "another engine"),
        "the one who was thrown out waits like everybody: {back:?}"
    );
}
