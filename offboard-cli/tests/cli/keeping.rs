//! What is kept, and what is never written over: the journal in one file, plans and approvals, and an answer that did not
//! reach whoever asked.

use std::path::Path;
use std::process::Stdio;

use crate::common::{Desk, alone};
use offboard_sim::{Fault, Matcher};

/// How many runs a copy of the journal file alone holds.
fn in_a_copy(desk: &Desk) -> usize {
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.db");
    std::fs::copy(desk.path("journal.db"), &copy).unwrap();
    let runs = desk.run(&["runs", "--json", "--journal", copy.to_str().unwrap()]).ends_with(0).json();
    runs["runs"].as_array().unwrap().len()
}

fn has_log(desk: &Desk) -> bool {
    std::fs::metadata(desk.path("journal.db-wal")).is_ok_and(|log| log.len() > 0)
}

#[test]
fn the_journal_is_one_file_whenever_no_command_runs() {
    let desk = Desk::contoso(1);
    let said = desk.run(&["contain", "alex@contoso.com", "--until", "contained", "-q", "--json"]);
    let run = said.json()["run"].as_str().unwrap().to_owned();
    assert!(!has_log(&desk));
    assert_eq!(in_a_copy(&desk), 1);
    // Commands that look at it while they write it, and that end badly.
    desk.run(&["ack", &run, "block_sign_in"]).ends_with(2);
    assert!(!has_log(&desk));
    desk.run(&["cancel", &run]).ends_with(0);
    assert!(!has_log(&desk));
    desk.approved("irvin@contoso.com", "shared");
    desk.tenant.faults().always(Matcher::reads(), Fault::status(401));
    let said = desk.run(&["apply", "plan.json", "approval.json", "--until", "contained", "-q"]);
    assert_ne!(said.code, 0);
    assert!(!has_log(&desk));
    assert!(in_a_copy(&desk) >= 1);
}

#[test]
fn the_journal_and_what_a_command_reads_are_never_written_over() {
    let desk = Desk::contoso(2);
    desk.approved("alex@contoso.com", "containment");
    desk.run(&["apply", "plan.json", "approval.json", "--until", "contained", "-q"]);
    let run = desk.run(&["runs", "--json"]).json()["runs"][0]["run"].as_str().unwrap().to_owned();
    std::os::unix::fs::symlink(desk.path("journal.db"), desk.path("link")).unwrap();
    let before = std::fs::read(desk.path("journal.db")).unwrap();
    let plan = std::fs::read(desk.path("plan.json")).unwrap();
    for place in ["journal.db", "link", "journal.db-wal"] {
        for args in [
            &["report", &run, "--html", place, "--force"][..],
            &["plan", "megan@contoso.com", "--policy", "shared", "-o", place, "--force"],
            &["approve", "plan.json", "-o", place, "--force"],
            &["undo", &run, "-o", place, "--force"],
        ] {
            desk.run(args).ends_with(2).complains("is the journal");
        }
    }
    desk.run(&["approve", "plan.json", "-o", "plan.json", "--force"]).ends_with(2).complains("is the plan");
    desk.run(&["approve", "plan.json", "-o", "approval.json"]).ends_with(2).complains("--force");
    let policy = desk.run(&["policy", "show", "shared"]).ends_with(0).out;
    desk.file("own.toml", &policy);
    let propose = ["standing", "propose", "own.toml", "--per-day", "1", "-o"];
    desk.run(&[&propose[..], &["own.toml", "--force"]].concat()).ends_with(2).complains("is the policy");
    desk.run(&[&propose[..], &["standing.json"]].concat()).ends_with(0);
    desk.run(&["approve", "plan.json", "--standing", "standing.json", "-o", "standing.json", "--force"])
        .ends_with(2)
        .complains("is the standing approval");
    desk.run(&["plan", "--roster", "who.csv", "--policy", "containment", "-o", "all"]).ends_with(2);
    desk.file("who.csv", "upn\nmegan@contoso.com\n");
    desk.run(&["plan", "--roster", "who.csv", "--policy", "containment", "-o", "all"]).ends_with(0);
    let named = |entry: std::fs::DirEntry| format!("all/{}", entry.file_name().display());
    for file in std::fs::read_dir(desk.path("all")).unwrap().map(|entry| named(entry.unwrap())) {
        desk.run(&["approve", "all", "-o", &file, "--force"]).ends_with(2).complains("roster");
    }
    assert_eq!(std::fs::read(desk.path("journal.db")).unwrap(), before);
    assert_eq!(std::fs::read(desk.path("plan.json")).unwrap(), plan);
    desk.run(&["report", &run, "--html", "/dev/null"]).ends_with(0);
}

/// What the binary says where its answer goes to `out`.
fn to(folder: &Path, args: &[&str], out: Stdio) -> (i32, String) {
    let output = crate::common::bare(folder).args(args).stdout(out).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_was_lost_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let full = || Stdio::from(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    for args in [
        &["schema", "plan"][..],
        &["runs", "--json"],
        &["policy", "list"],
        &["demo", "-q"],
        &["demo", "-q", "--json"],
    ] {
        let (code, err) = to(folder.path(), args, full());
        assert_eq!(code, 1, "{args:?}: {err}");
        assert!(err.contains("the answer cannot be written"), "{args:?}: {err}");
    }
    assert_eq!(to(folder.path(), &["--help"], full()).0, 1);
    // A reader that has gone wanted no more.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let (code, err) = to(folder.path(), &["schema", "plan"], Stdio::from(writer));
    assert!(code == 0 && err.is_empty(), "{code} {err}");
}

#[test]
fn the_demo_keeps_out_of_folders_that_hold_something() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("journal.db"), "runs").unwrap();
    let keep = folder.path().to_str().unwrap();
    alone(folder.path(), &["demo", "--keep", keep]).ends_with(2).complains("is there already");
}

#[test]
fn a_plan_is_read_from_a_pipe() {
    use std::io::Write as _;
    let desk = Desk::contoso(2);
    desk.run(&["plan", "alex@contoso.com", "--policy", "containment", "-o", "plan.json"]).ends_with(0);
    let mut child = desk
        .command(&["show", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&std::fs::read(desk.path("plan.json")).unwrap()).unwrap();
    desk.said(child.wait_with_output().unwrap()).ends_with(0).says("Alex Wilber");
}
