//! What the command line refuses: exit code 3, with the rule, what was seen and what to do, and nothing written. Each line has a
//! twin that differs in the one fact and goes through. That the guard is what refuses is shown on the library, where one can be
//! left out.
use crate::common::{Desk, Said};
use crate::lines::{LINES, Line};
use offboard::core::operation::guard::Direction;
use offboard::core::policy::shipped;
use offboard::{Outcome, Period, Report};
use offboard_sim::judge::{Claim, judge};
use offboard_sim::world::{LitigationHold, World};
use offboard_sim::{Fault, Matcher};
use serde_json::Value;

const REFUSED: i32 = 3;

/// A tenant whose copies agree at once, so that no test waits for them, changed like this.
fn desk(changes: &[fn(&mut World)]) -> Desk {
    let desk = Desk::contoso(8);
    desk.tenant.world(|world| {
        world.timing.read_lag = vec![Period::ZERO];
        world.timing.conversion = Period::seconds(1);
        for change in changes {
            change(world);
        }
    });
    desk
}

/// Text as it reads, however it was folded to fit a terminal.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// It was refused by this rule, and says why and what to do.
#[track_caller]
fn refused(desk: &Desk, said: Said, rule: &str, seen: &str, hint: &str) {
    let said = said.ends_with(REFUSED);
    let text = flat(&[said.out, said.err].concat());
    for wanted in [rule, seen, hint] {
        assert!(text.contains(wanted), "{wanted:?} is not in\n{text}");
    }
    assert_eq!(desk.writes(), 0, "refused, and something was written");
}

/// Plans into a file of this name.
fn plan(desk: &Desk, who: &str, policy: &str, file: &str) -> Said {
    desk.run(&["plan", who, "--policy", policy, "--successor", "megan@contoso.com", "-o", file])
}

/// Somebody else approves it.
fn approve(desk: &Desk, plan: &str, approval: &str) -> Said {
    desk.run(&["approve", plan, "--by", "grace", "-o", approval])
}

fn apply(desk: &Desk, plan: &str, approval: &str) -> Said {
    desk.run(&["apply", plan, approval, "--until", "done", "--quiet", "--json"])
}

/// Plans, approves and carries out; the first that refuses ends it.
fn carry(desk: &Desk, who: &str, policy: &str) -> Said {
    if policy == "containment" {
        return desk.run(&["contain", who, "--quiet", "--json"]);
    }
    let planned = plan(desk, who, policy, "plan.json");
    if planned.code != 0 {
        return planned;
    }
    let approved = approve(desk, "plan.json", "approval.json");
    if approved.code != 0 { approved } else { apply(desk, "plan.json", "approval.json") }
}

/// The report in an answer.
#[track_caller]
fn report(said: &Said) -> Report {
    let report: Value = said.json()["report"].clone();
    serde_json::from_value(report).unwrap_or_else(|error| panic!("{error}\n{}\n{}", said.out, said.err))
}

/// Whatever a report claims is so.
#[track_caller]
fn is_true(desk: &Desk, report: &Report) {
    for step in &report.steps {
        let claim = Claim {
            operation: step.operation.clone(),
            params: step.params.clone(),
            undo: report.direction == Direction::Undo,
            before: None,
            outcome: step.outcome.name().to_owned(),
            leaver: report.leaver.id,
            since: report.opened_at,
            seen_at: step.seen_at,
            twin: report.has_twin(step),
        };
        judge(&desk.tenant, &claim).unwrap_or_else(|contradiction| panic!("{}: {contradiction}", step.id));
    }
}

/// It went through: nothing was stopped or went wrong, at most a date or a person is waited for.
#[track_caller]
fn went_through(desk: &Desk, said: &Said) -> Report {
    assert!([0, 5, 6].contains(&said.code), "{}\n{}\n{}", said.code, said.out, said.err);
    let report = report(said);
    for step in &report.steps {
        use Outcome::{Blocked, Cancelled, Failed, Lapsed, Unknown};
        let stopped = [Blocked, Cancelled, Failed, Lapsed, Unknown].contains(&step.outcome);
        assert!(!stopped, "{}: {:?}: {}", step.id, step.outcome, step.detail);
    }
    assert!(desk.writes() > 0, "nothing was written");
    is_true(desk, &report);
    report
}

/// Every line at once: each waits for its own tenant.
fn at_once(check: fn(&Line)) {
    std::thread::scope(|scope| {
        for line in LINES {
            std::thread::Builder::new()
                .name(line.name.to_owned())
                .spawn_scoped(scope, move || check(line))
                .unwrap();
        }
    });
}

#[test]
fn facts_that_stop_a_plan_do_so_before_anything_is_written() {
    at_once(|line| {
        let desk = desk(&[line.fact]);
        let rule = format!("{} ({})", line.code, line.requirement);
        if line.policy == "containment" {
            let said = desk.run(&["contain", line.upn]);
            return refused(&desk, said, &rule, line.seen, line.hint);
        }
        // The plan is shown and kept, and nobody can approve it as it is.
        refused(&desk, plan(&desk, line.upn, line.policy, "plan.json"), &rule, line.seen, line.hint);
        refused(&desk, approve(&desk, "plan.json", "approval.json"), &rule, line.seen, line.hint);
        assert!(!desk.path("approval.json").exists());
    });
}

#[test]
fn the_twin_without_the_fact_goes_through() {
    at_once(|line| {
        let desk = desk(&[line.fact, line.twin]);
        went_through(&desk, &carry(&desk, line.upn, line.policy));
    });
}

#[test]
fn a_shared_mailbox_and_no_account_are_refused_before_what_is_missing() {
    let desk = desk(&[]);
    let text = shipped().iter().find(|policy| policy.name == "shared").unwrap().text;
    desk.file("mine.toml", &crate::lines::shared_and_deleted(text));
    let both: [&[&str]; 2] =
        [&["policy", "check", "mine.toml"], &["plan", "alex@contoso.com", "--policy", "mine.toml"]];
    for args in both {
        refused(&desk, desk.run(args), "G2 (R30)", "anchors the shared mailbox", "keep the account");
    }
    desk.file("mine.toml", text);
    desk.run(&["policy", "check", "mine.toml"]).ends_with(0);
    went_through(&desk, &carry(&desk, "alex@contoso.com", "mine.toml"));
}

/// Contains `who` as somebody who has signed in.
fn contain_as(desk: &Desk, upn: &str, who: &str) -> Said {
    desk.run_as(upn, &["contain", who, "--quiet", "--json"])
}

#[test]
fn nobody_off_boards_himself() {
    let desk = desk(&[]);
    let said = contain_as(&desk, "nestor@contoso.com", "nestor@contoso.com");
    refused(&desk, said, "G23 (R87)", "belongs to the leaver himself", "another administrator");
    went_through(&desk, &contain_as(&desk, "isaiah@contoso.com", "nestor@contoso.com"));
}

#[test]
fn two_people_of_one_name_are_not_guessed_between() {
    let of_two = desk(&[]);
    let said = of_two.run(&["contain", "Emily Braun"]);
    refused(&of_two, said, "G28 (P2)", "<emily.braun@contoso.com>", "object id");
    went_through(&of_two, &carry(&of_two, "emily@contoso.com", "containment"));
    let of_one = desk(&[|world| {
        "Emily Brown".clone_into(&mut crate::lines::user(world, "emily.braun@contoso.com").display_name);
    }]);
    let report = went_through(&of_one, &carry(&of_one, "Emily Braun", "containment"));
    assert_eq!(report.leaver.user_principal_name, "emily@contoso.com");
}

#[test]
fn somebody_who_was_deleted_and_made_anew_is_not_the_same() {
    let desk = desk(&[]);
    plan(&desk, "alex@contoso.com", "shared", "plan.json").ends_with(0);
    approve(&desk, "plan.json", "approval.json").ends_with(0);
    desk.tenant.world(|world| crate::lines::recreate(world, "alex@contoso.com"));
    refused(&desk, desk.run(&["check", "plan.json", "approval.json"]), "G28 (R70)", "is gone", "new plan");
    let said = apply(&desk, "plan.json", "approval.json");
    is_true(&desk, &report(&said));
    refused(&desk, said, "G28", "is gone", "new plan");
    // The new account has a plan of its own, which is for it.
    let anew = plan(&desk, "alex@contoso.com", "containment", "anew.json").ends_with(0);
    assert!(anew.out.contains("77770000"), "{}", anew.out);
    went_through(&desk, &carry(&desk, "alex@contoso.com", "containment"));
}

#[test]
fn an_approval_is_for_one_plan() {
    let desk = desk(&[]);
    plan(&desk, "alex@contoso.com", "containment", "alex.json").ends_with(0);
    plan(&desk, "johanna@contoso.com", "containment", "johanna.json").ends_with(0);
    approve(&desk, "johanna.json", "approval.json").ends_with(0);
    for command in ["apply", "check"] {
        let said = desk.run(&[command, "alex.json", "approval.json"]);
        refused(&desk, said, "APPROVAL (P29)", "this approval is for the plan", "approve exactly the plan");
    }
    went_through(&desk, &apply(&desk, "johanna.json", "approval.json"));
}

fn held(world: &mut World) {
    let since = world.now;
    crate::lines::mailbox(world, "alex@contoso.com").litigation_hold = Some(LitigationHold {
        since,
        duration_days: None,
        owner: "legal@contoso.com".to_owned(),
        in_effect: true,
    });
}

/// How often a license was taken away.
fn licenses_removed(desk: &Desk) -> usize {
    desk.tenant.recorder().mutating().iter().filter(|sent| sent.path.ends_with("/assignLicense")).count()
}

#[test]
fn what_nobody_had_seen_when_he_approved_stops_its_step() {
    let on_hold = desk(&[]);
    plan(&on_hold, "alex@contoso.com", "shared", "plan.json").ends_with(0);
    approve(&on_hold, "plan.json", "approval.json").ends_with(0);
    on_hold.tenant.world(held);
    let said = on_hold.run(&["check", "plan.json", "approval.json"]);
    refused(&on_hold, said, "G7 (N7)", "Litigation Hold", "owner of the hold");
    let said = apply(&on_hold, "plan.json", "approval.json").ends_with(REFUSED);
    let report = report(&said);
    let step = report.steps.iter().find(|step| step.operation == "remove_licenses").unwrap();
    assert_eq!(step.outcome, Outcome::Blocked, "{}", step.detail);
    assert!(step.detail.contains("G7") && step.detail.contains("Litigation Hold"), "{}", step.detail);
    assert_eq!(licenses_removed(&on_hold), 0);
    is_true(&on_hold, &report);
    // People read the same.
    let shown = flat(&on_hold.run(&["report", report.run.as_str()]).ends_with(0).out);
    assert!(
        shown.contains("G7 (N7)") && shown.contains("Litigation Hold") && shown.contains("owner of the hold"),
        "{shown}"
    );

    on_hold.run(&["status", report.run.as_str()]).ends_with(REFUSED);

    let free = desk(&[]);
    went_through(&free, &carry(&free, "alex@contoso.com", "shared"));
    assert_eq!(licenses_removed(&free), 1);
}

#[test]
fn what_could_not_be_read_is_not_none() {
    let unreadable = desk(&[]);
    let reads = Matcher::graph(&http::Method::GET, "/users/*/drive");
    unreadable.tenant.faults().always(reads, Fault::status(403));
    let said = plan(&unreadable, "johanna@contoso.com", "shared", "plan.json");
    refused(&unreadable, said, "G56 (R35)", "the OneDrive could not be read", "do:");
    let said = approve(&unreadable, "plan.json", "approval.json");
    refused(&unreadable, said, "G56 (R35)", "the OneDrive could not be read", "do:");
    let readable = desk(&[]);
    went_through(&readable, &carry(&readable, "johanna@contoso.com", "shared"));
}

#[test]
fn nobody_has_two_open_runs() {
    let desk = desk(&[]);
    let first = went_through(&desk, &carry(&desk, "alex@contoso.com", "shared"));
    assert!(first.open, "somebody's access is still to end");
    let written = desk.writes();
    plan(&desk, "alex@contoso.com", "containment", "second.json").ends_with(0);
    approve(&desk, "second.json", "second-approval.json").ends_with(0);
    let said = desk.run(&["apply", "second.json", "second-approval.json"]).ends_with(REFUSED);
    let text = flat(&said.err);
    for wanted in ["RUN (P8)", "already has an open run", first.run.as_str(), "offboard resume"] {
        assert!(text.contains(wanted), "{wanted:?} is not in\n{text}");
    }
    assert_eq!(desk.writes(), written, "refused, and something was written");
    desk.run(&["cancel", first.run.as_str(), "--quiet"]);
    went_through(&desk, &apply(&desk, "second.json", "second-approval.json"));
}
