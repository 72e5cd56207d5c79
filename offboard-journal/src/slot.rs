//! One connection that callers take turns with. It comes back only when its turn ended well: after an error, or when
//! a call was dropped in the middle, it is closed (which takes back what was not committed) and the next turn makes
//! a new one. So no turn begins in the middle of somebody else's transaction.

use offboard_core::journal::JournalError;
use sqlx::ConnectOptions as _;
use tokio::sync::{Mutex, MutexGuard};

use crate::fault::{reading, writing};
use crate::place::Place;
use crate::sqlite::{BEGIN, Connection, Options};

pub(crate) struct Slot {
    place: Place,
    options: Options,
    idle: Mutex<Option<Connection>>,
}

impl Slot {
    pub(crate) fn new(place: Place, options: Options, connection: Connection) -> Self {
        Self { place, options, idle: Mutex::new(Some(connection)) }
    }

    /// Waits for its turn to read.
    pub(crate) async fn look(&self) -> Result<Turn<'_>, JournalError> {
        self.turn("read", reading).await
    }

    /// Waits for its turn to write, and for every other process that writes.
    pub(crate) async fn begin(&self) -> Result<Turn<'_>, JournalError> {
        let mut turn = self.turn("written", writing).await?;
        sqlx::query(BEGIN).execute(&mut turn.connection).await.map_err(writing)?;
        self.place.check("written")?;
        Ok(turn)
    }

    async fn turn(
        &self,
        doing: &'static str,
        fault: fn(sqlx::Error) -> JournalError,
    ) -> Result<Turn<'_>, JournalError> {
        let mut idle = self.idle.lock().await;
        let connection = if let Some(connection) = idle.take() {
            connection
        } else {
            // Another file under this name must not even be opened: SQLite would take our log for its.
            self.place.check(doing)?;
            self.options.connect().await.map_err(fault)?
        };
        Ok(Turn { idle, connection })
    }

    /// The connection, if there is one, to be closed.
    pub(crate) fn into_connection(self) -> Option<Connection> {
        self.idle.into_inner()
    }
}

pub(crate) struct Turn<'a> {
    idle: MutexGuard<'a, Option<Connection>>,
    pub(crate) connection: Connection,
}

impl Turn<'_> {
    /// Makes durable what was written since [`Slot::begin`].
    pub(crate) async fn commit(mut self) -> Result<(), JournalError> {
        sqlx::query("COMMIT").execute(&mut self.connection).await.map_err(writing)?;
        self.done();
        Ok(())
    }

    /// Ends a turn that only read.
    pub(crate) fn done(self) {
        let Self { mut idle, connection } = self;
        *idle = Some(connection);
    }
}
