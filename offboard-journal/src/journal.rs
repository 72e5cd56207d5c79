//! The journal in one file: opening it, and the port.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use offboard_core::id::{RosterId, RunId, TenantId};
use offboard_core::journal::{
    Entry, Event, Journal, JournalError, Lease, Opening, RosterRecord, RunRecord, RunStatus, RunSummary,
};
use offboard_core::time::{Clock, Period, Timestamp};
use sqlx::ConnectOptions as _;
use sqlx::Connection as _;

use crate::fault::{Cause, opening, storage, writing};
use crate::place::Place;
use crate::slot::{Slot, Turn};
use crate::{entries, leases, rosters, runs, sqlite};

#[cfg(test)]
mod full;

/// The journal in one SQLite file. See the crate's page for what it promises.
///
/// Every call holds the clock while it is under way, so that a simulated one does not jump.
pub struct SqliteJournal {
    place: Place,
    clock: Arc<dyn Clock>,
    /// Nothing where the journal was opened for reading only.
    writer: Option<Slot>,
    /// Apart from the writer, so that a long list does not hold up an engine.
    reader: Slot,
}

impl fmt::Debug for SqliteJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteJournal")
            .field("path", &self.path())
            .field("read_only", &self.writer.is_none())
            .finish_non_exhaustive()
    }
}

impl SqliteJournal {
    /// Opens the journal at `path`; makes it (mode 0600) where there is no file. Its folder must exist.
    ///
    /// # Errors
    /// [`JournalError::Foreign`] where the file is something else or of another version, which leaves it unchanged;
    /// [`JournalError::Storage`] where it cannot be written.
    pub async fn open(path: impl AsRef<Path>, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let _hold = clock.hold();
        if !path.try_exists().map_err(|error| opening(error.into()))? {
            sqlite::create(&path).await?;
        }
        sqlite::check(&path).await?;
        let place = Place::new(path).map_err(|error| opening(error.into()))?;
        let options = sqlite::options(place.path());
        let writer = Slot::new(place.clone(), options.clone(), sqlite::connect(&options).await?);
        let options = sqlite::reading(place.path());
        let connection = options.connect().await.map_err(opening)?;
        let reader = Slot::new(place.clone(), options, connection);
        Ok(Self { place, clock, writer: Some(writer), reader })
    }

    /// Opens the journal at `path` to look at it, while an engine writes it or not. It never makes a file; whatever
    /// would write is refused.
    ///
    /// # Errors
    /// As [`SqliteJournal::open`]; [`JournalError::Storage`] too where there is no file.
    pub async fn open_read_only(path: impl AsRef<Path>, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        let path = path.as_ref().to_owned();
        let _hold = clock.hold();
        if !path.try_exists().map_err(|error| opening(error.into()))? {
            return Err(storage("opened", format!("there is no file `{}`", path.display())));
        }
        sqlite::check(&path).await?;
        let place = Place::new(path).map_err(|error| opening(error.into()))?;
        let mut options = sqlite::reading(place.path());
        let connection = match sqlite::look(&options).await {
            // Evidence on a medium that nobody can write has no log, and SQLite cannot make one there.
            Err(error) if Cause::of(&error).is_about_writing() && !sqlite::has_log(place.path()) => {
                options = options.immutable(true);
                sqlite::look(&options).await
            }
            looked => looked,
        };
        let reader = Slot::new(place.clone(), options, connection.map_err(opening)?);
        Ok(Self { place, clock, writer: None, reader })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Closes it and leaves one file without a log beside it, if nobody else has it open. Dropping it is as safe,
    /// only later.
    ///
    /// # Errors
    /// The disk does not do its part. What was appended is durable all the same.
    pub async fn close(self) -> Result<(), JournalError> {
        let _hold = self.clock.hold();
        // The writer last: the last to leave folds the log into the file.
        for slot in [Some(self.reader), self.writer].into_iter().flatten() {
            if let Some(connection) = slot.into_connection() {
                connection.close().await.map_err(writing)?;
            }
        }
        Ok(())
    }

    /// Begins a transaction that writes.
    async fn begin(&self) -> Result<Turn<'_>, JournalError> {
        match &self.writer {
            Some(writer) => writer.begin().await,
            None => Err(storage("written", "it was opened for reading only".to_owned())),
        }
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn open(&self, record: &RunRecord, supersede: bool) -> Result<Opening, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.begin().await?;
        let opened = runs::open(&mut turn.connection, record, supersede).await?;
        turn.commit().await?;
        Ok(opened)
    }

    async fn open_roster(
        &self,
        roster: &RosterRecord,
        runs: &[RunRecord],
    ) -> Result<Vec<Result<Opening, JournalError>>, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.begin().await?;
        let opened = rosters::open(&mut turn.connection, roster, runs).await?;
        turn.commit().await?;
        Ok(opened)
    }

    async fn roster(&self, roster: &RosterId) -> Result<RosterRecord, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.reader.look().await?;
        let record = rosters::record(&mut turn.connection, roster).await?;
        turn.done();
        Ok(record)
    }

    async fn rosters(&self, tenant: Option<TenantId>) -> Result<Vec<RosterRecord>, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.reader.look().await?;
        let list = rosters::list(&mut turn.connection, tenant).await?;
        turn.done();
        Ok(list)
    }

    async fn claim(
        &self,
        run: &RunId,
        owner: &str,
        now: Timestamp,
        ttl: Period,
        force: bool,
    ) -> Result<Lease, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.begin().await?;
        let lease = leases::claim(&mut turn.connection, run, owner, now, ttl, force).await?;
        turn.commit().await?;
        Ok(lease)
    }

    async fn renew(&self, lease: &Lease, now: Timestamp, ttl: Period) -> Result<Lease, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.begin().await?;
        let renewed = leases::renew(&mut turn.connection, lease, now, ttl).await?;
        turn.commit().await?;
        Ok(renewed)
    }

    async fn release(&self, lease: &Lease) -> Result<(), JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.begin().await?;
        leases::release(&mut turn.connection, lease).await?;
        turn.commit().await
    }

    async fn append(
        &self,
        lease: &Lease,
        now: Timestamp,
        events: Vec<Event>,
    ) -> Result<Vec<Entry>, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.begin().await?;
        let added = entries::append(&mut turn.connection, lease, now, events).await?;
        turn.commit().await?;
        Ok(added)
    }

    async fn mark(
        &self,
        lease: &Lease,
        status: RunStatus,
        wake_at: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.begin().await?;
        runs::mark(&mut turn.connection, lease, &status, wake_at).await?;
        turn.commit().await
    }

    async fn read(&self, run: &RunId, after: u64) -> Result<Vec<Entry>, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.reader.look().await?;
        let read = entries::read(&mut turn.connection, run, after).await?;
        turn.done();
        Ok(read)
    }

    async fn record(&self, run: &RunId) -> Result<RunRecord, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.reader.look().await?;
        let record = runs::record(&mut turn.connection, run).await?;
        turn.done();
        Ok(record)
    }

    async fn runs(&self, tenant: Option<TenantId>) -> Result<Vec<RunSummary>, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.reader.look().await?;
        let list = runs::list(&mut turn.connection, tenant).await?;
        turn.done();
        Ok(list)
    }

    async fn started_since(&self, tenant: TenantId, since: Timestamp) -> Result<u32, JournalError> {
        let _hold = self.clock.hold();
        let mut turn = self.reader.look().await?;
        let count = runs::started_since(&mut turn.connection, tenant, since).await?;
        turn.done();
        Ok(count)
    }
}
