//! No secret in anything that the engine keeps or says: looked for in every run of every laboratory of the suite.
//!
//! `secrets` looks at one course in depth, with logs, files and every form of a secret. This looks at all the others, for
//! what a careless change would do: put a secret into a record, an entry or a report as it is.

use std::collections::{BTreeMap, BTreeSet};
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
    let app = tenant.app();
    let mut secrets = vec![app.secret, app.identity_header, PASSWORD.to_owned()];
    for row in tenant.recorder().mutating() {
        let body = row.json().unwrap_or_default();
        let set = [&body["newPassword"], &body["passwordProfile"]["password"]];
        secrets.extend(set.into_iter().filter_map(Value::as_str).map(str::to_owned));
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

/// What is looked for, by how it begins: hundreds of people have hundreds of passwords, and are looked for in one go.
struct Wanted {
    needles: BTreeMap<[u8; 4], Vec<String>>,
    /// Tells what was looked for apart from what others looked for.
    name: String,
}

impl Wanted {
    /// These secrets, and every token, which is recognised by how it begins.
    fn of(secrets: Vec<String>) -> Self {
        let name = digest(secrets.join("\n").as_bytes()).to_string();
        let mut needles = BTreeMap::<[u8; 4], Vec<String>>::new();
        for secret in secrets.into_iter().chain(["eyJ0eXAi".to_owned(), "eyJhbGci".to_owned()]) {
            let begins = secret.as_bytes().first_chunk().copied().expect("a secret is longer than this");
            needles.entry(begins).or_default().push(secret);
        }
        Self { needles, name }
    }

    /// The secret that stands in these bytes, if one does.
    fn found(&self, bytes: &[u8]) -> Option<&str> {
        let mut begins = [false; 256];
        self.needles.keys().for_each(|needle| begins[usize::from(needle[0])] = true);
        bytes.iter().enumerate().filter(|(_, byte)| begins[usize::from(**byte)]).find_map(|(at, _)| {
            let rest = &bytes[at..];
            let known = self.needles.get(rest.first_chunk::<4>()?)?;
            known.iter().find(|secret| rest.starts_with(secret.as_bytes())).map(String::as_str)
        })
    }

    fn look(&self, place: &str, bytes: &[u8]) {
        let key = format!("{} {}", self.name, digest(bytes));
        if SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
            assert_eq!(self.found(bytes), None, "a secret in {place}:\n{}", String::from_utf8_lossy(bytes));
        }
    }
}

/// Looks at everything that a journal in memory holds. One on the disk is left to the test that made it.
pub fn hold(tenant: &Tenant, journal: &dyn Journal) {
    if std::thread::panicking() {
        return;
    }
    let secrets = Wanted::of(secrets(tenant));
    let runs = journal.runs(None).now_or_never().and_then(Result::ok).unwrap_or_default();
    for run in runs {
        // What is not there at once lies on a disk, whichever of its readings has to wait first.
        let Some(record) = journal.record(&run.run).now_or_never() else { return };
        let Some(entries) = journal.read(&run.run, 0).now_or_never() else { return };
        let (record, entries) = (record.unwrap(), entries.unwrap());
        for (place, bytes) in [
            ("the plan", &record.plan),
            ("the approval", &record.approval),
            ("the policy", &record.policy),
            ("the profile", &record.profile),
        ] {
            secrets.look(place, bytes);
        }
        for entry in entries {
            secrets.look("an entry", &serde_json::to_vec(&entry).unwrap());
        }
    }
    for roster in journal.rosters(None).now_or_never().and_then(Result::ok).unwrap_or_default() {
        secrets.look("a roster", &roster.document);
        secrets.look("its approval", &roster.approval);
    }
}

/// Looks at a report.
pub fn hold_report(tenant: &Tenant, report: &Report) {
    Wanted::of(secrets(tenant)).look("a report", &report.to_json());
}

#[test]
fn a_secret_would_be_found() {
    let secrets = Wanted::of(vec!["s3cret".to_owned(), "s3crecy".to_owned()]);
    assert_eq!(secrets.found(br#"{"why":"s3cret"}"#), Some("s3cret"));
    assert_eq!(secrets.found(b"s3crecy"), Some("s3crecy"));
    assert_eq!(secrets.found(br#"{"token":"eyJ0eXAiOiJKV1Qi"}"#), Some("eyJ0eXAi"));
    assert_eq!(secrets.found(br#"{"why":"s3cre"}"#), None);
}
