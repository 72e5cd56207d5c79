//! A disk that is full, or that refuses to take more: what is refused is not there, what was acknowledged is, and it
//! goes on when there is space again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![cfg(target_os = "linux")]

mod common;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use common::{StillClock, child, given, open, start, whole};
use offboard_core::journal::conformance::sample::{self, morning};
use offboard_core::journal::{Entry, Journal, JournalError, Lease};
use offboard_journal::SqliteJournal;
use serde_json::json;

const RUN: &str = "full";

/// Three entries of about a page each.
async fn append(journal: &dyn Journal, lease: &Lease) -> Result<Vec<Entry>, JournalError> {
    let page = "x".repeat(4_000);
    let events = (0..3).map(|n| sample::captured("block_sign_in", morning(), json!([n, page]))).collect();
    journal.append(lease, morning(), events).await
}

fn is_storage(error: &JournalError, doing: &str, said: &[&str]) -> bool {
    matches!(error, JournalError::Storage { doing: did, why }
        if *did == doing && said.iter().any(|said| why.contains(said)) && !why.contains('\n'))
}

/// Appends until it is refused, and looks at what is there then.
async fn fill(journal: &SqliteJournal, lease: &Lease, said: &[&str]) -> Vec<Entry> {
    let mut kept = Vec::new();
    let error = loop {
        match append(journal, lease).await {
            Ok(added) => kept.extend(added),
            Err(error) => break error,
        }
        assert!(kept.len() < 100_000, "it never was full");
    };
    assert!(is_storage(&error, "written", said), "{error}");
    assert!(whole(journal, RUN).await == kept, "what was refused is there, or what was acknowledged is not");
    kept
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A file system of its own, so small that it is soon full. Where a test may make none, the pages of the file are
/// limited instead (a test of the crate's own), and this one says that it did nothing.
#[test]
fn a_full_disk_loses_nothing_and_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().to_str().unwrap();
    let mount = format!("mount -t tmpfs -o size=400k none '{place}' && exec \"$0\" \"$@\"");
    let small = ["unshare", "--mount", "--map-root-user", "sh", "-c", &mount];
    let possible = Command::new(small[0]).args(&small[1..]).arg("true").output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!("no file system can be mounted here: nothing was tested");
        return;
    }
    let output = child(&small, "fill_a_small_disk", folder.path()).output().unwrap();
    let said = said(&output);
    assert!(output.status.success() && said.contains("1 passed") && said.contains("filled"), "{said}");
}

#[ignore = "run by the test above, in a process of its own"]
#[tokio::test]
async fn fill_a_small_disk() {
    let Some(folder) = given() else { return };
    let (path, ballast) = (folder.join("journal.sqlite"), folder.join("ballast"));
    let journal = open(&path).await;
    let lease = start(&journal, RUN).await;
    fs::write(&ballast, vec![1; 100_000]).unwrap();
    let mut kept = fill(&journal, &lease, &["the disk is full"]).await;
    println!("filled with {} entries", kept.len());
    assert!(kept.len() > 3);
    for _ in 0..3 {
        let error = append(&journal, &lease).await.unwrap_err();
        assert!(is_storage(&error, "written", &["full", "disk"]), "{error}");
    }
    // Nothing new can be opened there either, and what cannot be made leaves nothing behind.
    let before = fs::read_dir(&folder).unwrap().count();
    let error = SqliteJournal::open(folder.join("second.sqlite"), StillClock::new()).await.unwrap_err();
    assert!(is_storage(&error, "opened", &["full", "disk"]), "{error}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), before);

    fs::remove_file(&ballast).unwrap();
    kept.extend(append(&journal, &lease).await.expect("there is space again"));
    assert!(whole(&journal, RUN).await == kept);
    drop(journal);
    assert!(whole(&open(&path).await, RUN).await == kept, "and for the next who opens it");
}

/// The system refuses to let a file grow, at many sizes: an error of the device, wherever it hits.
#[tokio::test]
async fn a_disk_that_refuses_to_write_loses_nothing() {
    let (mut unopened, mut refused) = (0, 0);
    for blocks in (8..120).step_by(8).chain((120..800).step_by(85)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        // Blocks are of 512 bytes; the signal that would end the process is ignored, so the write fails.
        let limit = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        let output = child(&["sh", "-c", &limit], "write_until_refused", &path).output().unwrap();
        let said = said(&output);
        assert!(output.status.success() && said.contains("1 passed"), "{blocks} blocks: {said}");
        if said.contains("not opened") {
            unopened += 1;
            look_at_unopened(&path).await;
            continue;
        }
        refused += 1;
        let kept: usize = said
            .lines()
            .find_map(|line| line.strip_prefix("kept "))
            .unwrap_or_else(|| panic!("{blocks} blocks: {said}"))
            .parse()
            .unwrap();
        let journal = open(&path).await;
        assert_eq!(whole(&journal, RUN).await.len(), kept, "{blocks} blocks");
    }
    assert!(unopened > 2 && refused > 5, "{unopened} not opened, {refused} refused");
}

/// There is no journal, or a whole one.
async fn look_at_unopened(path: &Path) {
    let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
    if path.exists() {
        let journal = open(path).await;
        let runs = journal.runs(None).await.unwrap();
        assert!(runs.is_empty() || whole(&journal, RUN).await.is_empty());
    } else {
        assert_eq!(left, 0, "what could not be made was left behind");
    }
}

#[ignore = "run by the test above, in a process of its own"]
#[tokio::test]
async fn write_until_refused() {
    let Some(path) = given() else { return };
    let disk = ["the disk reports an error", "the disk is full"];
    let opened = async {
        let journal = SqliteJournal::open(&path, StillClock::new()).await?;
        let record = sample::record(RUN, common::TENANT, 1, morning());
        journal.open(&record, true).await?;
        let lease = journal.claim(&record.run, "test", morning(), common::TTL, false).await?;
        Ok::<_, JournalError>((journal, lease))
    };
    let mut out = std::io::stdout();
    match opened.await {
        Ok((journal, lease)) => {
            let kept = fill(&journal, &lease, &disk).await;
            writeln!(out, "\nkept {}", kept.len()).unwrap();
        }
        Err(error) => {
            assert!(is_storage(&error, "opened", &disk) || is_storage(&error, "written", &disk), "{error}");
            writeln!(out, "\nnot opened: {error}").unwrap();
        }
    }
}
