//! One connection that callers take turns with. It comes back only when its turn ended well: after an error, or when
//! a call was dropped in the middle, it is closed (which takes back what was not committed) and the next turn makes
//! a new one. So no turn begins in the middle of somebody else's transaction.

use sqlx::ConnectOptions as _;
use tokio::sync::{Mutex, MutexGuard};

use crate::sqlite::{BEGIN, Connection, Options};

pub(crate) struct Slot {
    options: Options,
    idle: Mutex<Option<Connection>>,
}

impl Slot {
    pub(crate) fn new(options: Options, connection: Connection) -> Self {
        Self { options, idle: Mutex::new(Some(connection)) }
    }

    /// Waits for its turn.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, sqlx::Error> {
        let mut idle = self.idle.lock().await;
        let connection = match idle.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Turn { idle, connection })
    }

    /// Waits for its turn, and for every other process that writes.
    pub(crate) async fn begin(&self) -> Result<Turn<'_>, sqlx::Error> {
        let mut turn = self.turn().await?;
        sqlx::query(BEGIN).execute(&mut turn.connection).await?;
        Ok(turn)
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
    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        sqlx::query("COMMIT").execute(&mut self.connection).await?;
        self.done();
        Ok(())
    }

    /// Ends a turn that only read.
    pub(crate) fn done(self) {
        let Self { mut idle, connection } = self;
        *idle = Some(connection);
    }
}
