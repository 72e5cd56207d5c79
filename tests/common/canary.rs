//! No secret in anything that the engine keeps or says: looked for in every run of every laboratory of the suite.
//!
//! `tests/secrets` looks at one course in depth, with logs, files and every form of a secret. This looks at all the others, for
//! what a careless change would do: put a secret into a record, an entry or a report as it is.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt as _;
use offboard::core::document::digest;
use offboard::{Journal, Report};
use offboard_sim::Tenant;
use offboard_sim::contoso::PASSWORD;
use serde_json::Value;

/// What has been looked at, by secrets and bytes: a sweep keeps the same entries thousands of times.
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The secrets of this tenant: what the application signs in with, everybody's password, and those that were set.
fn secrets(tenant: &Tenant) -> Vec<String> {
    let mut secrets = vec![tenant.app().secret, PASSWORD.to_owned()];
    for row in tenant.recorder().mutating() {
        let body = row.json().unwrap_or_default();
        let set = [&body["newPassword"], &body["passwordProfile"]["password"]];
        secrets.extend(set.into_iter().filter_map(Value::as_str).map(str::to_owned));
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

/// The secret that stands in these bytes, if one does. A token is recognised by how it begins.
fn found<'a>(secrets: &'a [String], bytes: &[u8]) -> Option<&'a str> {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    secrets.iter().map(String::as_str).chain(["eyJ0eXAi", "eyJhbGci"]).find(|secret| has(secret.as_bytes()))
}

fn look(secrets: &[String], place: &str, bytes: &[u8]) {
    let key = format!("{} {}", digest(secrets.join("\n").as_bytes()), digest(bytes));
    if SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
        assert_eq!(found(secrets, bytes), None, "a secret in {place}:\n{}", String::from_utf8_lossy(bytes));
    }
}

/// Looks at everything that a journal in memory holds. One on the disk is left to the test that made it.
pub fn hold(tenant: &Tenant, journal: &dyn Journal) {
    if std::thread::panicking() {
        return;
    }
    let secrets = secrets(tenant);
    let runs = journal.runs(None).now_or_never().and_then(Result::ok).unwrap_or_default();
    for run in runs {
        let record = journal.record(&run.run).now_or_never().unwrap().unwrap();
        for (place, bytes) in
            [("the plan", &record.plan), ("the approval", &record.approval), ("the policy", &record.policy)]
        {
            look(&secrets, place, bytes);
        }
        for entry in journal.read(&run.run, 0).now_or_never().unwrap().unwrap() {
            look(&secrets, "an entry", &serde_json::to_vec(&entry).unwrap());
        }
    }
}

/// Looks at a report.
pub fn hold_report(tenant: &Tenant, report: &Report) {
    look(&secrets(tenant), "a report", &report.to_json());
}

#[test]
fn a_secret_would_be_found() {
    let secrets = ["s3cret".to_owned()];
    assert_eq!(found(&secrets, br#"{"why":"s3cret"}"#), Some("s3cret"));
    assert_eq!(found(&secrets, br#"{"token":"eyJ0eXAiOiJKV1Qi"}"#), Some("eyJ0eXAi"));
    assert_eq!(found(&secrets, br#"{"why":"nothing"}"#), None);
}
