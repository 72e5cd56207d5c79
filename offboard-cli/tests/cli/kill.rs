//! `kill -9` on the real binary and its journal on the disk, in every window around a write; `resume` comes to the end
//! that an undisturbed run comes to. Which window it was is proven by the tenant's record and by the journal.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use crate::common::Desk;
use crate::killing::{Window, Wire, signal, step_of};
use offboard::core::journal::chain;
use offboard::{Journal as _, RunId, SqliteJournal, SystemClock};
use offboard_sim::Exchanged;
use offboard_sim::judge::diff;
use serde_json::Value;

const WHO: &str = "patti@contoso.com";
const STEPS: [&str; 5] = [
    "block_sign_in",
    "reset_password",
    "revoke_sign_in_sessions",
    "block_exchange_account",
    "stop_forwarding",
];

/// What a run came to: the lines in which the truth differs from before, and the outcome of each step.
type Ending = (Vec<String>, BTreeMap<String, String>);

fn ending(desk: &Desk, before: &offboard_sim::World, run: &str) -> Ending {
    let report = desk.run(&["report", run, "--json"]).json();
    let report = report.get("report").unwrap_or(&report);
    let steps = report["steps"].as_array().unwrap().iter();
    let text = |step: &Value, name: &str| step[name].as_str().unwrap().to_owned();
    let outcomes = steps.map(|step| (text(step, "id"), text(step, "outcome"))).collect();
    (desk.tenant.world(|world| diff(before, world)), outcomes)
}

/// The names of a step's entries in the journal, in their order. The chain must hold.
fn history(desk: &Desk, run: &RunId, step: &str) -> Vec<&'static str> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let journal =
            SqliteJournal::open_read_only(desk.path("journal.db"), Arc::new(SystemClock)).await.unwrap();
        let (record, entries) = (journal.record(run).await.unwrap(), journal.read(run, 0).await.unwrap());
        chain::verify(&record, &entries, None).unwrap();
        let of_step =
            entries.iter().filter(|entry| entry.event.step.as_ref().is_some_and(|id| id.as_str() == step));
        of_step.map(|entry| entry.event.kind.name()).collect()
    })
}

fn only_run(desk: &Desk) -> RunId {
    let runs = desk.run(&["runs", "--json"]).ends_with(0).json();
    RunId::new(runs["runs"][0]["run"].as_str().unwrap())
}

/// The writes of a step that have reached the tenant.
fn arrived(desk: &Desk, step: &str) -> Vec<Arc<Exchanged>> {
    let is_of = |row: &Arc<Exchanged>| {
        let text = format!("{} {}\r\n\r\n{}", row.method, row.path, String::from_utf8_lossy(&row.body));
        step_of(&text) == Some(step)
    };
    desk.tenant.recorder().mutating().into_iter().filter(is_of).collect()
}

fn undisturbed() -> Ending {
    let desk = Desk::contoso(3);
    let before = desk.tenant.world(|world| world.clone());
    desk.run(&["contain", WHO, "--until", "done"]).ends_with(0);
    ending(&desk, &before, only_run(&desk).as_str())
}

/// Kills a run in one window of one step's write, and resumes it. A line for the table.
fn killed(window: Window, step: &'static str, undisturbed: &Ending) -> String {
    let what = format!("{window:?} of {step}");
    let desk = Desk::contoso(3);
    let before = desk.tenant.world(|world| world.clone());
    let mut command = desk.command(&["contain", WHO, "--until", "done"]);
    let envs: BTreeMap<_, _> =
        command.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
    let origin = envs[std::ffi::OsStr::new("OFFBOARD_SIM")].clone().unwrap().into_string().unwrap();
    let wire = Wire::to(&origin, window, step);
    command.env("OFFBOARD_SIM", &wire.origin).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    wire.belongs_to(process.id());
    let held = wire.wait();
    let run = only_run(&desk);
    if window == Window::RecordVerify {
        // The answer was let through; nothing passes any more. The entry may take a moment.
        let mut patience = 200;
        while history(&desk, &run, step).last() != Some(&"applied") {
            patience -= 1;
            assert!(patience > 0, "{what}: {:?}", history(&desk, &run, step));
            std::thread::sleep(Duration::from_millis(25));
        }
    }
    signal("KILL", process.id());
    process.wait().unwrap();

    let (at_death, on_the_wire) = (history(&desk, &run, step), arrived(&desk, step));
    let carried_out = on_the_wire.iter().filter(|row| row.carried_out.is_some()).count();
    let (entry, writes) = match window {
        Window::CaptureSend => ("captured", 0),
        Window::SendAnswer | Window::AnswerRecord => ("captured", 1),
        Window::RecordVerify => ("applied", 1),
    };
    assert_eq!(at_death.last(), Some(&entry), "{what}: {at_death:?}");
    assert!(!at_death.contains(&"verified"), "{what}");
    assert_eq!((on_the_wire.len(), carried_out), (writes, writes), "{what}: {on_the_wire:#?}");

    // The lease of a dead process of this machine is free at once.
    desk.run(&["resume", run.as_str(), "--until", "done"]).ends_with(0);
    assert_eq!(&ending(&desk, &before, run.as_str()), undisturbed, "{what}");
    format!(
        "{:<13} {step:<24} {:<18} {writes} arrived  ->  {} | {} sent in all | {held}",
        format!("{window:?}"),
        at_death.join(" "),
        history(&desk, &run, step)[at_death.len()..].join(" "),
        arrived(&desk, step).len(),
    )
}

/// All five writes of the leaver's containment, each in a tenant of its own.
fn killed_in(window: Window) {
    let undisturbed = &undisturbed();
    let lines: Vec<String> = std::thread::scope(|scope| {
        let runs = STEPS.map(|step| scope.spawn(move || killed(window, step, undisturbed)));
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    println!("{}", lines.join("\n"));
    assert!(lines.len() >= 5);
}

#[test]
fn between_the_capture_and_the_sending() {
    killed_in(Window::CaptureSend);
}

#[test]
fn between_the_sending_and_the_answer() {
    killed_in(Window::SendAnswer);
}

#[test]
fn between_the_answer_and_its_record() {
    killed_in(Window::AnswerRecord);
}

#[test]
fn between_the_record_and_the_reading_back() {
    killed_in(Window::RecordVerify);
}
