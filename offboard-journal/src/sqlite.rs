//! What is SQLite's own: how the file is made and opened, its tables, and what its error codes mean. Everything
//! else speaks words that PostgreSQL knows too.

use std::path::Path;
use std::time::Duration;

use offboard_core::journal::JournalError;
use sqlx::ConnectOptions as _;
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};

use crate::fault::{Cause, opening, storage};

pub(crate) type Connection = SqliteConnection;
pub(crate) type Options = SqliteConnectOptions;
pub(crate) type Row = SqliteRow;

/// Begins a transaction that may write: nobody else writes until it ends.
pub(crate) const BEGIN: &str = "BEGIN IMMEDIATE";

/// `ofbd`: tells our files from those of other programs.
const APPLICATION: i64 = 0x6f66_6264;
/// Raised with every change of the tables.
const VERSION: i64 = 1;
/// How long a call waits for another process. As text in [`Cause::Locked`].
const PATIENCE: Duration = Duration::from_secs(30);

const TABLES: &str = "
CREATE TABLE runs (
    run         TEXT   NOT NULL PRIMARY KEY,
    tenant      TEXT   NOT NULL,
    leaver      TEXT   NOT NULL,
    leaver_name TEXT   NOT NULL,
    opened_at   BIGINT NOT NULL,
    counts      BIGINT NOT NULL,
    status      TEXT   NOT NULL,
    wake_at     BIGINT,
    token       BIGINT NOT NULL,
    owner       TEXT,
    held_until  BIGINT
);
CREATE INDEX runs_by_leaver ON runs (tenant, leaver);
CREATE TABLE documents (
    run      TEXT NOT NULL PRIMARY KEY REFERENCES runs (run),
    plan     BLOB NOT NULL,
    approval BLOB NOT NULL,
    policy   BLOB NOT NULL,
    profile  BLOB NOT NULL
);
CREATE TABLE entries (
    run      TEXT   NOT NULL REFERENCES runs (run),
    seq      BIGINT NOT NULL,
    event    TEXT   NOT NULL,
    previous TEXT   NOT NULL,
    hash     TEXT   NOT NULL,
    PRIMARY KEY (run, seq)
);
";

/// Came after the first journals; where it is not there yet, whoever writes makes it.
const ROSTERS: &str = "
CREATE TABLE IF NOT EXISTS rosters (
    roster    TEXT   NOT NULL PRIMARY KEY,
    tenant    TEXT   NOT NULL,
    opened_at BIGINT NOT NULL,
    document  BLOB   NOT NULL,
    approval  BLOB   NOT NULL
)";

/// How the file at `path` is connected to. Statements are not logged: they would drown the log, and say nothing.
pub(crate) fn options(path: &Path) -> Options {
    Options::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(PATIENCE)
        .pragma("synchronous", "FULL")
        .disable_statement_logging()
}

/// The same, without ever writing.
pub(crate) fn reading(path: &Path) -> Options {
    options(path).read_only(true)
}

/// Connects to write, and sees that it can: SQLite opens what it cannot write for reading, and says so only when
/// something is written.
pub(crate) async fn connect(options: &Options) -> Result<Connection, JournalError> {
    let mut connection = options.connect().await.map_err(opening)?;
    use_log(&mut connection).await?;
    for statement in [BEGIN, "UPDATE runs SET run = run WHERE 1 = 0", ROSTERS, "COMMIT"] {
        sqlx::query(statement).execute(&mut connection).await.map_err(opening)?;
    }
    Ok(connection)
}

/// Connects to read, and sees that it can.
pub(crate) async fn look(options: &Options) -> Result<Connection, sqlx::Error> {
    let mut connection = options.connect().await?;
    sqlx::query("SELECT 1 FROM runs WHERE 1 = 0").execute(&mut connection).await?;
    Ok(connection)
}

/// Whether there can be rosters: a journal that nobody has written to since they came has no table for them.
pub(crate) async fn has_rosters(connection: &mut Connection) -> Result<bool, sqlx::Error> {
    let table: Option<(i64,)> =
        sqlx::query_as("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'rosters'")
            .fetch_optional(connection)
            .await?;
    Ok(table.is_some())
}

/// Makes a new journal at `path`, unless there is a file by then. It is built beside it and then given its name, so
/// that a half-made journal is never seen, and two processes make only one.
pub(crate) async fn create(path: &Path) -> Result<(), JournalError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let files = |error: std::io::Error| storage("opened", Cause::of_io(&error).say(&error));
    // The file is open to its owner only (0600); SQLite gives its log the same mode.
    let new = tempfile::Builder::new()
        .prefix(".offboard-")
        .suffix(".new")
        .tempfile_in(folder)
        .map_err(files)?
        .into_temp_path();
    let mut connection = options(&new).connect().await.map_err(opening)?;
    let statements = format!(
        "{BEGIN}; {TABLES} {ROSTERS}; PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(&mut connection).await.map_err(opening)?;
    use_log(&mut connection).await?;
    connection.close().await.map_err(opening)?;
    match new.persist_noclobber(path) {
        Ok(()) => {}
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(files(error.error)),
    }
    // Its content is on the disk since the connection closed; the name must be, too.
    #[cfg(unix)]
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(files)?;
    Ok(())
}

/// Refuses a file that is not a journal of this version. Nothing in it is changed, and nothing is left beside it:
/// where no log tells that somebody has it open, SQLite is told that nobody writes, so that it makes no log either.
pub(crate) async fn check(path: &Path) -> Result<(), JournalError> {
    let mut connection = reading(path).immutable(!has_log(path)).connect().await.map_err(opening)?;
    let (application, version): (i64, i64) =
        sqlx::query_as("SELECT application_id, user_version FROM pragma_application_id, pragma_user_version")
            .fetch_one(&mut connection)
            .await
            .map_err(opening)?;
    connection.close().await.map_err(opening)?;
    let why = if application == 0 {
        "the file is empty, cut off, or a database of another program".to_owned()
    } else if application != APPLICATION {
        format!("the file is a database of another program (application id {application:#010x})")
    } else if version > VERSION {
        format!(
            "it was made by a newer version of offboard (journal version {version}; this one knows {VERSION})"
        )
    } else if version < VERSION {
        format!("its journal version is {version}; this version of offboard knows {VERSION}")
    } else {
        return Ok(());
    };
    Err(JournalError::Foreign { why })
}

/// Switches the write-ahead log on, without which readers and the writer would wait for each other.
async fn use_log(connection: &mut Connection) -> Result<(), JournalError> {
    let mode: String =
        sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_one(connection).await.map_err(opening)?;
    if mode == "wal" {
        Ok(())
    } else {
        Err(storage("opened", format!("the file system allows no write-ahead log (journal mode `{mode}`)")))
    }
}

/// Whether a log lies beside the file: somebody has it open, or died with it open.
pub(crate) fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(Path::new(&log)).is_ok_and(|log| log.len() > 0)
}

/// What a result code of SQLite means. The code is the extended one; its lowest byte is the kind.
pub(crate) fn cause(code: i64) -> Cause {
    match code & 0xff {
        5 | 6 => Cause::Locked,
        8 => Cause::ReadOnly,
        10 => Cause::Device,
        11 => Cause::Damaged,
        13 => Cause::Full,
        14 => Cause::Unreachable,
        26 => Cause::NoDatabase,
        _ => Cause::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(connection: &mut Connection, what: &'static str) -> String {
        sqlx::query_scalar(what).fetch_one(connection).await.unwrap()
    }

    /// What no crash of a process shows, but a loss of power would.
    #[tokio::test]
    async fn every_connection_waits_for_the_disk_and_for_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        create(&path).await.unwrap();
        let options = options(&path);
        for mut connection in [connect(&options).await.unwrap(), look(&reading(&path)).await.unwrap()] {
            let synchronous = "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous";
            assert_eq!(ask(&mut connection, synchronous).await, "2", "FULL");
            let timeout = "SELECT CAST(timeout AS TEXT) FROM pragma_busy_timeout";
            assert_eq!(ask(&mut connection, timeout).await, "30000");
            assert_eq!(ask(&mut connection, "SELECT journal_mode FROM pragma_journal_mode").await, "wal");
        }
    }
}
