//! Many leavers by the binary alone: from a file to a report, refused rows, acceptance by name, and going on after a kill.

use std::sync::Arc;

use offboard::{Clock as _, Journal as _, Period, RunId, SqliteJournal, SystemClock};
use offboard_sim::{Fault, Matcher};

use crate::common::Desk;

const FILE: &str = "upn,leaves,successor\nalex@contoso.com,,megan@contoso.com\njohanna@contoso.com,,megan@contoso.com\n\
    zoe@contoso.com,,alex@contoso.com\nnobody@contoso.com,,\ngrady@contoso.com,2026-11-30,\n";

#[test]
fn a_file_becomes_a_folder_an_approval_and_a_report() {
    let desk = Desk::contoso(21);
    desk.file("leavers.csv", FILE);
    let plan = ["plan", "--roster", "leavers.csv", "--policy", "shared", "-o", "november"];
    let said = desk.run(&plan).ends_with(3).says("line 5    refused  nobody@contoso.com: nobody is called");
    let said =
        said.says("line 6    refused, leaves  grady@contoso.com").says("is leaving too").says("--waive ");
    let said = said.says("3 leavers planned, 1 plan stopped, 2 rows refused.");
    assert!(said.out.contains("offboard approve november --by NAME"), "{}", said.out);
    assert_eq!(std::fs::read_dir(desk.path("november")).unwrap().count(), 4, "three plans and the roster");
    desk.run(&plan).ends_with(2).complains("is not empty");
    desk.run(&["show", "november"]).ends_with(0).says("Roster digest").says("Alex Wilber");
    let shown = desk.run(&["show", "november/roster.json", "--json"]).ends_with(0).json();
    assert_eq!(shown["roster"]["format"], "offboard.roster/1");
    desk.run(&["check", "november"]).ends_with(3).says("1 plan of 3 stopped now.");
    assert_eq!(desk.writes(), 0, "planning, showing and checking change nothing");
    // A plan that lies under the name of another is not judged as the one that the roster names.
    let plans = std::fs::read_dir(desk.path("november")).unwrap().map(|entry| entry.unwrap().path());
    let plans: Vec<_> = plans.filter(|path| !path.ends_with("roster.json")).collect();
    let text = std::fs::read_to_string(&plans[0]).unwrap();
    std::fs::copy(&plans[1], &plans[0]).unwrap();
    desk.run(&["check", "november"]).ends_with(2).complains("what the plan does not say");
    std::fs::write(&plans[0], text).unwrap();

    desk.run(&["approve", "november", "-o", "own.json"]).ends_with(3).complains("cannot approve it");
    let waive = ["approve", "november", "--by", "grace", "-o", "x.json", "--reason", "why", "--waive"];
    desk.run(&[&waive[..], &["convert_to_shared:G6:1"]].concat()).ends_with(2).complains("in whose plan");
    desk.run(&[&waive[..], &["zoe@contoso.com/convert_to_shared:G6:1"]].concat())
        .ends_with(2)
        .complains("no plan");
    assert!(!desk.path("own.json").exists() && !desk.path("x.json").exists());
    let said = desk.run(&["approve", "november", "--by", "grace", "--ticket", "HR-7", "-o", "approval.json"]);
    said.ends_with(0).says("left out Zoe Barnett").says("2 plans of 3 leavers").says("offboard apply");
    desk.run(&["check", "november", "approval.json"]).ends_with(3);
    desk.run(&["approve", "november", "--standing", "any.json", "-o", "x.json"])
        .ends_with(3)
        .complains("no roster");

    desk.run(&["apply", "november", "approval.json", "--supersede"])
        .ends_with(2)
        .complains("one leaver by himself");
    let said = desk.run(&["apply", "november", "approval.json"]).ends_with(3);
    let said = said
        .says("access is cut for 2 of 2")
        .says("refused: ")
        .says("HR-7")
        .says("Rows from which no plan was made");
    assert!(said.err.contains("steps over") && said.err.contains("recorded in"), "{}", said.err);
    let roster = desk.run(&["runs", "--json"]).json()["rosters"][0]["roster"].as_str().unwrap().to_owned();
    assert!(said.out.contains(&roster) && roster.starts_with('r'));
    let enabled =
        ["alex@contoso.com", "johanna@contoso.com", "zoe@contoso.com"].map(|upn| desk.is_enabled(upn));
    assert_eq!(enabled, [false, false, true]);

    let writes = desk.writes();
    desk.run(&["apply", "november", "approval.json", "-q"]).ends_with(3);
    desk.run(&["resume", &roster[..6], "-q"]).ends_with(3);
    assert_eq!(desk.writes(), writes, "the same documents are the same runs");
    desk.run(&["status", &roster]).ends_with(3).says("2 leavers begun");
    desk.run(&["runs"]).ends_with(0).says("roster of \u{201c}shared mailbox\u{201d}, 3 leavers");
    let report = desk.run(&["report", &roster, "--json"]).ends_with(0).json();
    assert_eq!(report["format"], "offboard.roster-report/1");
    assert_eq!(
        (report["totals"]["begun"].as_u64(), report["totals"]["refused"].as_u64()),
        (Some(2), Some(3))
    );
    desk.run(&["report", &roster, "--html", "november.html"]).ends_with(0).says("november.html");
    let html = std::fs::read_to_string(desk.path("november.html")).unwrap();
    assert!(html.contains("Alex Wilber") && html.contains("nobody@contoso.com") && !html.contains("<script"));
    let run = report["leavers"][0]["run"].as_str().unwrap();
    desk.run(&["report", run]).ends_with(0).says("Alex Wilber");
    desk.run(&["cancel", &roster, "--by", "grace"]).ends_with(0).says("2 open runs ended");
    desk.run(&["report", "r000"]).ends_with(2).complains("there is no roster");
}

#[test]
fn a_file_that_cannot_be_meant_is_refused_before_anybody_is_asked_about() {
    let desk = Desk::contoso(22);
    for (text, words) in [
        ("upn,succesor\na@contoso.com,b@contoso.com\n", "leavers.csv:1: `succesor` is no column"),
        ("upn\n", "nobody is in this file"),
        ("who\nAlex\n", "`who` is no column"),
    ] {
        desk.file("leavers.csv", text);
        desk.run(&["plan", "--roster", "leavers.csv", "--policy", "shared", "-o", "out"])
            .ends_with(2)
            .complains(words);
    }
    desk.file("leavers.csv", &format!("upn\n{}", "somebody@contoso.com\n".repeat(26)));
    desk.run(&["plan", "--roster", "leavers.csv", "--policy", "shared", "-o", "out2"])
        .ends_with(3)
        .complains("CAP (P27): 26 people are in this roster, and the tenant profile allows 25")
        .complains("caps.per_roster");
    for args in [
        &["plan", "--roster", "leavers.csv", "--policy", "shared"][..],
        &["plan", "--roster", "leavers.csv", "alex@contoso.com", "--policy", "shared", "-o", "out"],
        &["plan", "--roster", "leavers.csv", "--policy", "shared", "-o", "out", "--force"],
        &["plan", "--roster", "absent.csv", "--policy", "shared", "-o", "out"],
    ] {
        desk.run(args).ends_with(2);
    }
    assert!(desk.tenant.recorder().is_empty(), "nobody was asked about");
}

/// The process died when nobody's access was cut for certain: one leaver by himself is cut off, and no more.
#[test]
fn a_run_that_its_roster_holds_back_says_so_and_names_it() {
    let desk = Desk::contoso(24);
    desk.file(
        "leavers.csv",
        "upn,successor\nalex@contoso.com,megan@contoso.com\njohanna@contoso.com,megan@contoso.com\n",
    );
    desk.run(&["plan", "--roster", "leavers.csv", "--policy", "shared", "-o", "now"]).ends_with(0);
    desk.run(&["approve", "now", "--by", "grace", "-o", "approval.json"]).ends_with(0);
    desk.tenant.faults().always(Matcher::writes(), Fault::Slow(Period::minutes(5)));
    let mut child = desk.start(&["apply", "now", "approval.json"]);
    while desk.writes() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        assert!(child.try_wait().unwrap().is_none(), "it ended before it wrote");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    desk.tenant.faults().clear();
    let runs = desk.run(&["runs", "--json"]).json();
    let roster = runs["rosters"][0]["roster"].as_str().unwrap().to_owned();
    let run = runs["runs"][0]["run"].as_str().unwrap().to_owned();

    let held = desk.run(&["resume", &run]).says(&format!("Held back by the roster {roster}"));
    held.says(&format!("offboard resume {roster}"));
    let converted = |said: crate::common::Said| {
        let steps = said.json()["report"]["steps"].as_array().unwrap().clone();
        let step = steps.into_iter().find(|step| step["operation"] == "convert_to_shared").unwrap();
        step["outcome"].as_str().unwrap() != "not_started"
    };
    let again = desk.run(&["resume", &run, "--json"]);
    assert_eq!(again.json()["held_back_by"], roster.as_str());
    assert!(!converted(again), "the other can still sign in");

    // Another process holds the other: what was due went on, and its row says who can still sign in.
    let other = runs["runs"].as_array().unwrap().iter().map(|row| row["run"].as_str().unwrap());
    let other = RunId::new(other.into_iter().find(|name| **name != run).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let clock = Arc::new(SystemClock);
    let (now, day) = (clock.now(), Period::days(1));
    let open = async || SqliteJournal::open(desk.path("journal.db"), clock.clone()).await.unwrap();
    // Closed before anything else opens the file in this process.
    let lease = runtime.block_on(async {
        let journal = open().await;
        let lease = journal.claim(&other, "another process", now, day, true).await.unwrap();
        journal.close().await.unwrap();
        lease
    });
    let due = || desk.run(&["resume", "--due", "--json"]).json()["runs"].as_array().unwrap().clone();
    let row = std::iter::repeat_with(|| {
        std::thread::sleep(std::time::Duration::from_millis(500));
        due().into_iter().find(|row| row["run"] == run.as_str())
    });
    let row = row.take(60).flatten().next().expect("its time comes");
    assert_eq!(row["held_back_by"], roster.as_str(), "{row}");
    runtime.block_on(async {
        let journal = open().await;
        journal.release(&lease).await.unwrap();
        journal.close().await.unwrap();
    });

    desk.run(&["resume", &roster, "--until", "contained"]).says("access is cut for");
    let free = desk.run(&["resume", &run, "--json"]);
    assert!(free.json().get("held_back_by").is_none() && converted(free));
}

#[test]
fn a_killed_roster_goes_on_where_it_was() {
    let desk = Desk::contoso(23);
    desk.file("leavers.csv", "upn\nalex@contoso.com\njohanna@contoso.com\nadele@contoso.com\n");
    desk.run(&["plan", "--roster", "leavers.csv", "--policy", "containment", "-o", "now"]).ends_with(0);
    desk.run(&["approve", "now", "-o", "approval.json"]).ends_with(0);
    let mut child = desk.start(&["apply", "now", "approval.json"]);
    while desk.writes() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
        assert!(child.try_wait().unwrap().is_none(), "it ended before it wrote");
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let roster = desk.run(&["runs", "--json"]).json()["rosters"][0]["roster"].as_str().unwrap().to_owned();
    desk.run(&["resume", &roster]).ends_with(0).says("access is cut for 3 of 3; 3 done");
    for upn in ["alex@contoso.com", "johanna@contoso.com", "adele@contoso.com"] {
        assert!(!desk.is_enabled(upn), "{upn}");
    }
}
