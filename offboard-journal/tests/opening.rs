//! What is opened, what is refused, and that a refused file stays as it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{StillClock, TTL, child, given, look, open, start, whole};
use offboard_core::id::RunId;
use offboard_core::journal::conformance::sample::{self, morning};
use offboard_core::journal::{Journal, JournalError, Lease, RunStatus};
use offboard_journal::SqliteJournal;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

/// The refusals of both ways to open.
async fn refusals(path: &Path) -> [JournalError; 2] {
    [
        SqliteJournal::open(path, StillClock::new()).await.expect_err("it must be refused"),
        SqliteJournal::open_read_only(path, StillClock::new()).await.expect_err("it must be refused"),
    ]
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    names.sort();
    names
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let journal = open(&path).await;
    let lease = start(&journal, "secret").await;
    journal.append(&lease, morning(), sample::observations(1, 1)).await.unwrap();
    let files = names(folder.path());
    assert_eq!(files.len(), 3, "the file, its log and the log's index: {files:?}");
    for file in files {
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
}

async fn database(path: &Path, statements: &str) {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut connection = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("text"), "employee,last day\n".repeat(100)).unwrap();
    fs::write(at("short"), "x").unwrap();
    fs::write(at("empty"), "").unwrap();
    let table = "CREATE TABLE people (name TEXT); INSERT INTO people VALUES ('Alex');";
    database(&at("unnamed"), table).await;
    database(&at("named"), &format!("{table} PRAGMA application_id = 1;")).await;
    database(&at("log"), &format!("PRAGMA journal_mode = WAL; {table} PRAGMA application_id = -7;")).await;

    let newer = at("newer");
    open(&newer).await.close().await.unwrap();
    database(&newer, "PRAGMA user_version = 2;").await;
    let older = at("older");
    open(&older).await.close().await.unwrap();
    database(&older, "PRAGMA user_version = 0;").await;

    for (name, said) in [
        ("text", "not a database"),
        ("short", "empty"),
        ("empty", "empty"),
        ("unnamed", "another program"),
        ("named", "another program (application id 0x00000001)"),
        ("log", "another program"),
        ("newer", "newer version of offboard (journal version 2; this one knows 1)"),
        ("older", "journal version is 0"),
    ] {
        let (bytes, before) = (fs::read(at(name)).unwrap(), names(folder.path()));
        for error in refusals(&at(name)).await {
            assert!(matches!(&error, JournalError::Foreign { why } if why.contains(said)), "{name}: {error}");
            assert!(!error.to_string().contains('\n') && error.hint().is_some());
        }
        assert!(fs::read(at(name)).unwrap() == bytes, "{name} was changed");
        assert_eq!(names(folder.path()), before, "something was left beside {name}");
    }
}

#[tokio::test]
async fn a_place_where_no_file_can_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("missing").join("journal.sqlite");
    let error = SqliteJournal::open(&nowhere, StillClock::new()).await.unwrap_err();
    assert!(error.to_string().contains("its folder does not exist"), "{error}");
    for error in [error].into_iter().chain(refusals(folder.path()).await) {
        assert!(matches!(error, JournalError::Storage { doing: "opened", .. }), "{error}");
    }
    fs::write(folder.path().join("file"), "x").unwrap();
    for error in refusals(&folder.path().join("file").join("journal.sqlite")).await {
        assert!(matches!(error, JournalError::Storage { doing: "opened", .. }), "{error}");
    }
    let missing = folder.path().join("missing.sqlite");
    let error = SqliteJournal::open_read_only(&missing, StillClock::new()).await.unwrap_err();
    assert!(
        matches!(&error, JournalError::Storage { why, .. } if why.contains("there is no file")),
        "{error}"
    );
    assert!(!missing.exists(), "looking makes nothing");
}

#[tokio::test]
async fn looking_sees_what_is_written_meanwhile_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a name with 'quotes', ? and %20.sqlite");
    let journal = open(&path).await;
    assert_eq!(journal.path(), path);
    let lease = start(&journal, "watched").await;
    let seen = look(&path).await;
    for n in 1..5 {
        journal.append(&lease, morning(), sample::observations(n, 1)).await.unwrap();
        assert_eq!(whole(&seen, "watched").await, whole(&journal, "watched").await);
        assert_eq!(seen.runs(None).await.unwrap()[0].entries, n);
    }
    let refused = |error: JournalError| {
        assert!(
            matches!(&error, JournalError::Storage { doing: "written", why } if why.contains("reading only"))
        );
    };
    let run = RunId::new("watched");
    let record = sample::record("new", common::TENANT, 2, morning());
    refused(seen.open(&record, false).await.unwrap_err());
    refused(seen.claim(&run, "test", morning(), TTL, true).await.unwrap_err());
    refused(seen.renew(&lease, morning(), TTL).await.unwrap_err());
    refused(seen.release(&lease).await.unwrap_err());
    refused(seen.append(&lease, morning(), sample::observations(9, 1)).await.unwrap_err());
    refused(seen.mark(&lease, RunStatus::Closed, None).await.unwrap_err());
    assert_eq!(whole(&journal, "watched").await.len(), 4);
    assert_eq!(
        journal.append(&lease, morning(), vec![]).await,
        Ok(vec![]),
        "and the lease is held as before"
    );
}

/// Entries in a file without a name are lost: better to stop than to go on writing them.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_removed_or_exchanged_takes_no_more_entries() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let journal = open(&at("journal.sqlite")).await;
    let lease = start(&journal, "moved").await;
    let append = async |lease: &Lease| journal.append(lease, morning(), sample::observations(1, 1)).await;
    append(&lease).await.unwrap();

    fs::rename(at("journal.sqlite"), at("elsewhere.sqlite")).unwrap();
    let error = append(&lease).await.unwrap_err();
    assert!(
        matches!(&error, JournalError::Storage { why, .. } if why.contains("removed or renamed")),
        "{error}"
    );
    open(&at("other.sqlite")).await.close().await.unwrap();
    fs::rename(at("other.sqlite"), at("journal.sqlite")).unwrap();
    let bytes = fs::read(at("journal.sqlite")).unwrap();
    let error = append(&lease).await.unwrap_err();
    assert!(fs::read(at("journal.sqlite")).unwrap() == bytes, "the other file was written");
    assert!(
        matches!(&error, JournalError::Storage { why, .. } if why.contains("taken its place")),
        "{error}"
    );
    fs::rename(at("elsewhere.sqlite"), at("journal.sqlite")).unwrap();
    append(&lease).await.unwrap();
    assert_eq!(whole(&journal, "moved").await.len(), 2, "what was refused is not there");
}

/// Nobody can be kept from writing who is root, so this runs as a process of an ordinary user.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_file_or_folder_is_refused_and_can_be_looked_at() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    use std::os::unix::process::CommandExt as _;

    const NOBODY: u32 = 65_534;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    let mut command = child(&[], "read_only_as_an_ordinary_user", &place);
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        // The program itself may lie where only root can read it.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        chown(&place, Some(NOBODY), Some(NOBODY)).unwrap();
        let program = folder.path().join("program");
        fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
        let line = [program.to_str().unwrap()];
        command = common::child_of(&line, "read_only_as_an_ordinary_user", &place);
        command.uid(NOBODY).gid(NOBODY);
    }
    let output = command.current_dir("/").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}{complained}");
}

#[cfg(target_os = "linux")]
#[ignore = "run by the test above, in a process of its own"]
#[tokio::test]
async fn read_only_as_an_ordinary_user() {
    use std::os::unix::fs::PermissionsExt as _;

    let Some(folder) = given() else { return };
    let path = folder.join("journal.sqlite");
    let allow = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let journal = open(&path).await;
    let lease = start(&journal, "kept").await;
    journal.append(&lease, morning(), sample::observations(1, 3)).await.unwrap();
    journal.close().await.unwrap();
    let bytes = fs::read(&path).unwrap();
    let refused = async |path: &Path, said: &str| {
        let error = SqliteJournal::open(path, StillClock::new()).await.unwrap_err();
        assert!(
            matches!(&error, JournalError::Storage { doing: "opened", why } if why.contains(said)),
            "{error}"
        );
    };

    allow(&path, 0o400);
    refused(&path, "read-only").await;
    assert_eq!(whole(&look(&path).await, "kept").await.len(), 3, "a file that cannot be written");
    allow(&path, 0o000);
    refused(&path, "cannot be opened").await;

    // With and without an empty log that somebody who looked left there.
    for _ in 0..2 {
        allow(&path, 0o600);
        allow(&folder, 0o500);
        refused(&path, "").await;
        refused(&folder.join("new.sqlite"), "does not allow it").await;
        assert_eq!(whole(&look(&path).await, "kept").await.len(), 3, "a folder that cannot be written");
        allow(&path, 0o400);
        assert_eq!(whole(&look(&path).await, "kept").await.len(), 3, "neither can be written");
        allow(&folder, 0o700);
        for file in names(&folder).into_iter().filter(|file| *file != path) {
            assert!(file.to_str().unwrap().starts_with(path.to_str().unwrap()), "{}", file.display());
            fs::remove_file(file).unwrap();
        }
    }
    allow(&path, 0o600);

    assert!(fs::read(&path).unwrap() == bytes, "none of that changed the file");
    let journal = open(&path).await;
    journal.append(&lease, morning(), sample::observations(4, 1)).await.unwrap();
    assert_eq!(whole(&journal, "kept").await.len(), 4, "and it goes on where it can be written again");
}
