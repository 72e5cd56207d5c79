//! Journals of earlier versions open, verify, fold to what they meant, and go on (P19).
//!
//! `tests/fixtures/journal-v<version>.sqlite` is a journal as that version left it, in the middle of a run;
//! `.json` beside it says what it means. Those of released versions never change. That of the version at hand is
//! renewed, until it is released, by `OFFBOARD_RENEW=1 cargo test -p offboard-journal --test history -- --ignored renew`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
mod fixture;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use common::{TTL, open, verified};
use fixture::{RUN, STORY, record};
use offboard_core::id::StepId;
use offboard_core::journal::chain::{self, Checkpoint};
use offboard_core::journal::conformance::sample;
use offboard_core::journal::{Entry, Journal, RunRecord, RunState, Status};
use offboard_core::plan::Plan;
use offboard_core::time::Period;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const VERSION: &str = "0.1";
const RENEW: &str = "OFFBOARD_RENEW=1 cargo test -p offboard-journal --test history -- --ignored renew";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// What a journal means.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Meaning {
    checkpoint: Checkpoint,
    closed: bool,
    observed: BTreeMap<String, Value>,
    steps: BTreeMap<StepId, StepMeaning>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct StepMeaning {
    status: Status,
    since: String,
    attempts: u32,
    receipts: usize,
    details: Vec<String>,
}

fn fold(record: &RunRecord, entries: &[Entry]) -> RunState {
    let (plan, _) = Plan::from_bytes(&record.plan).unwrap_or_else(|error| {
        panic!("the stored plan cannot be read: {error}\nIf no release wrote it: {RENEW}")
    });
    RunState::fold(record.run.clone(), &plan, record.opened_at, entries).unwrap()
}

fn meaning(record: &RunRecord, entries: &[Entry]) -> Meaning {
    let checkpoint = chain::verify(record, entries, None)
        .unwrap_or_else(|error| panic!("{error}\nIf no release wrote it: {RENEW}"));
    let state = fold(record, entries);
    let json = |value: &dyn erased::AsJson| value.as_json();
    let steps = state.steps.iter().map(|(id, step)| {
        let details = [
            step.first_before.as_ref().map(|v| format!("first before: {}", json(v))),
            step.before.as_ref().map(|v| format!("before: {}", json(v))),
            step.after.as_ref().map(|v| format!("after: {}", json(v))),
            step.cursor.as_ref().map(|v| format!("cursor: {}", json(v))),
            step.failure.as_ref().map(|v| format!("failure: {}", json(v))),
            step.instructions.as_ref().map(|v| format!("instructions: {}", json(v))),
            step.applied_at.map(|at| format!("applied at {at}")),
            step.seen_at.map(|at| format!("seen at {at}")),
            step.until.map(|at| format!("until {at}")),
            step.why.clone(),
            step.by.as_ref().map(|by| format!("by {by}")),
            step.happened.map(|happened| format!("happened: {happened}")),
            step.already.then(|| "already".to_owned()),
        ];
        let found = step.findings.iter().map(|finding| format!("finding: {}", json(finding)));
        let drift = step.drift.iter().map(|drift| format!("drift: {drift}"));
        let step = StepMeaning {
            status: step.status,
            since: step.since.to_string(),
            attempts: step.attempts,
            receipts: step.receipts.len(),
            details: details.into_iter().flatten().chain(found).chain(drift).collect(),
        };
        (id.clone(), step)
    });
    Meaning { checkpoint, closed: state.closed, observed: state.observed.clone(), steps: steps.collect() }
}

mod erased {
    //! JSON of values of several types in one list.
    pub(crate) trait AsJson {
        fn as_json(&self) -> String;
    }

    impl<T: serde::Serialize> AsJson for T {
        fn as_json(&self) -> String {
            serde_json::to_string(self).unwrap_or_else(|error| error.to_string())
        }
    }
}

#[tokio::test]
async fn journals_of_every_version_mean_what_they_meant_and_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut seen = Vec::new();
    for file in fs::read_dir(fixtures()).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_none_or(|extension| extension != "sqlite") {
            continue;
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        let expected = fs::read(file.with_extension("json")).unwrap();
        let expected: Meaning = serde_json::from_slice(&expected).unwrap();
        let path = folder.path().join(name);
        fs::copy(&file, &path).unwrap();
        let journal = open(&path).await;
        let (record, entries) = verified(&journal, RUN, Some(&expected.checkpoint))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}\nIf no release wrote it: {RENEW}"));
        assert_eq!(meaning(&record, &entries), expected, "{name}");

        // This version takes the run over where the other one left it.
        let now = entries.last().unwrap().event.at + Period::days(1);
        let lease = journal.claim(&record.run, "this version", now, TTL, false).await.unwrap();
        let event = sample::captured("waits-for-you", now, json!({ "account_enabled": true }));
        let mut state = fold(&record, &entries);
        let added = journal.append(&lease, now, vec![event]).await.unwrap();
        state.add(&added[0]).unwrap();
        let (_, entries) = verified(&journal, RUN, Some(&expected.checkpoint)).await.unwrap();
        assert_eq!(fold(&record, &entries), state, "{name}: live and replayed are the same");
        seen.push(name.to_owned());
    }
    assert!(seen.contains(&format!("journal-v{VERSION}.sqlite")), "{seen:?}");
}

/// The story of the fixture says everything that a journal of this version can say.
#[test]
fn the_story_has_every_event() {
    let told: std::collections::BTreeSet<&str> =
        fixture::events().iter().map(|event| event.kind.name()).collect();
    assert_eq!(told.len(), STORY.len(), "{told:?}");
    assert!(STORY.iter().all(|name| told.contains(name)), "{told:?}");
}

#[ignore = "writes the fixture of the version at hand; never after its release"]
#[tokio::test]
async fn renew() {
    if std::env::var_os("OFFBOARD_RENEW").is_none() {
        println!("nothing was written; it takes: {RENEW}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let journal = open(&path).await;
    let record = record();
    journal.open(&record, false).await.unwrap();
    let lease = journal.claim(&record.run, "version 0.1", record.opened_at, TTL, false).await.unwrap();
    // One by one, as an engine would, so that a story that cannot be is not written.
    let (plan, _) = Plan::from_bytes(&record.plan).unwrap();
    let mut state = RunState::new(record.run.clone(), &plan, record.opened_at);
    for event in fixture::events() {
        let added = journal.append(&lease, record.opened_at, vec![event]).await.unwrap();
        state.add(&added[0]).unwrap();
    }
    journal.release(&lease).await.unwrap();
    let (record, entries) = verified(&journal, RUN, None).await.unwrap();
    let meaning = meaning(&record, &entries);
    journal.close().await.unwrap();

    fs::create_dir_all(fixtures()).unwrap();
    let file = fixtures().join(format!("journal-v{VERSION}.sqlite"));
    fs::copy(&path, &file).unwrap();
    let mut text = serde_json::to_string_pretty(&meaning).unwrap();
    text.push('\n');
    fs::write(file.with_extension("json"), text).unwrap();
    println!("wrote {}", file.display());
}
