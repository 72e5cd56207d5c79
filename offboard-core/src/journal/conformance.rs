//! What every journal must do, as functions that any implementation can run against itself.
//!
//! A journal that passes [`all`] keeps the contract of [`Journal`], as far as it can be seen through the port.
//! What only its author can provoke (a full disk, a crash, a foreign hand) he tests himself.
//!
//! Every function uses an organisation of its own, so that one journal can serve them all, once.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "this is a test suite: it fails by panicking"
)]

pub mod sample;

mod entries;
mod leases;
mod rosters;
mod runs;

pub use entries::*;
pub use leases::*;
pub use rosters::*;
pub use runs::*;

use super::{Journal, Lease};
use crate::id::{RunId, TenantId};
use crate::time::{Period, Timestamp};
use sample::morning;

/// How long a lease of the suite lasts, unless it says otherwise.
const TTL: Period = Period::seconds(60);

/// Everything, one after the other, against one empty journal.
pub async fn all(journal: &dyn Journal) {
    opening_twice_is_going_on(journal).await;
    what_open_stored_never_changes(journal).await;
    a_second_open_run_of_one_leaver_is_refused(journal).await;
    a_run_may_take_the_place_of_another(journal).await;
    runs_are_listed_newest_first(journal).await;
    people_count_once_and_containment_never(journal).await;
    nothing_is_known_of_a_run_that_is_not_there(journal).await;

    a_roster_opens_whom_it_can(journal).await;
    rosters_are_listed_newest_first(journal).await;

    a_lease_keeps_others_out_until_it_ends(journal).await;
    only_the_newest_lease_writes(journal).await;
    an_ended_lease_writes_nothing(journal).await;
    a_lease_can_be_renewed_while_it_lasts(journal).await;
    a_lease_that_was_given_back_is_free(journal).await;
    force_takes_over(journal).await;

    entries_are_numbered_chained_and_whole(journal).await;
    what_is_written_is_what_is_read(journal).await;
    reading_goes_on_after_a_number(journal).await;
    a_refused_append_leaves_nothing(journal).await;
    a_changed_journal_is_noticed(journal).await;
    a_cut_tail_is_noticed_by_a_checkpoint(journal).await;
}

/// An organisation of its own for every function of the suite.
fn tenant(n: u128) -> TenantId {
    TenantId::from_u128(0x0ff_b0a2d << 64 | n)
}

async fn claim(journal: &dyn Journal, run: &RunId, now: Timestamp) -> Lease {
    journal.claim(run, "engine", now, TTL, false).await.expect("a free lease is given")
}

/// Opens the run `run` of `tenant` and takes its lease at [`sample::morning`].
async fn opened(journal: &dyn Journal, run: &str, tenant: TenantId) -> Lease {
    let record = sample::record(run, tenant, 1, morning());
    journal.open(&record, false).await.expect("a new run opens");
    claim(journal, &record.run, morning()).await
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use crate::journal::MemoryJournal;

    #[test]
    fn the_journal_in_memory_conforms() {
        let journal = MemoryJournal::new();
        super::all(&journal).now_or_never().expect("a journal in memory never waits");
    }
}
