//! Bad credentials, dead hosts, full hands and Ctrl-C: clear errors with the documented codes, and nothing lost.

use std::process::Command;

use crate::common::Desk;
use offboard::{Clock as _, Period, SystemClock, Timestamp};
use offboard_sim::{Fault, Matcher};

fn with(desk: &Desk, args: &[&str], variables: &[(&str, &str)]) -> crate::common::Said {
    let mut command = desk.command(args);
    command.envs(variables.iter().copied());
    desk.said(command.output().unwrap())
}

#[test]
fn credentials_and_hosts_that_do_not_work_end_with_1() {
    let desk = Desk::contoso(1);
    let contain = ["contain", "alex@contoso.com"];
    with(&desk, &contain, &[("OFFBOARD_CLIENT_SECRET", "wrong-canary")]).ends_with(1).complains("do:");
    let said = with(&desk, &contain, &[("OFFBOARD_CLIENT_SECRET", "wrong-canary"), ("NO_COLOR", "1")]);
    assert!(!said.err.contains("wrong-canary") && !said.out.contains("wrong-canary"));
    // Nobody listens there.
    with(&desk, &contain, &[("OFFBOARD_SIM", "http://127.0.0.1:9")]).ends_with(1).complains("connect");
    let other = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";
    let said = with(&desk, &contain, &[("OFFBOARD_TENANT", other)]);
    assert!([1, 2].contains(&said.code), "{said:?}");
    with(&desk, &contain, &[("OFFBOARD_CLIENT_ID", other)]).ends_with(1);
    desk.tenant.world(|world| {
        let now = world.now;
        for id in world.service_principals.keys() {
            for secret in &mut world.service_principals.get_mut(&id).unwrap().secrets {
                secret.expires = now;
            }
        }
    });
    desk.run(&contain).ends_with(1).complains("expired");
    assert_eq!(desk.writes(), 0);
}

/// Of a run that stands still, everything that its journal says.
fn recorded(desk: &Desk, run: &str) -> serde_json::Value {
    let report = desk.run(&["report", run, "--json"]).ends_with(0).json();
    serde_json::json!([report["journal"], report["steps"]])
}

#[test]
fn a_run_goes_on_only_where_the_tenant_can_be_asked() {
    let desk = Desk::contoso(9);
    desk.approved("alex@contoso.com", "shared");
    let apply = ["apply", "plan.json", "approval.json", "-q"];
    let wrong: [&[(&str, &str)]; 2] =
        [&[("OFFBOARD_CLIENT_SECRET", "wrong-canary")], &[("OFFBOARD_SIM", "http://127.0.0.1:9")]];
    // Who cannot sign in does not begin. Where only the way is closed a run that cuts access may begin, and goes on later.
    with(&desk, &apply, wrong[0]).ends_with(1).complains("secret");
    desk.run(&["runs"]).ends_with(0).says("No runs");
    desk.run(&[&apply[..], &["--until", "contained"]].concat()).ends_with(6);
    let run = desk.run(&["runs", "--json"]).json()["runs"][0]["run"].as_str().unwrap().to_owned();
    let (before, writes) = (recorded(&desk, &run), desk.writes());
    for (variables, words) in wrong.into_iter().zip(["secret", "connect"]) {
        let said = with(&desk, &["resume", &run], variables).ends_with(1).complains(words).complains("do:");
        assert!(!said.err.contains("G28") && !said.err.contains("canary"), "{}", said.err);
        let due = with(&desk, &["resume", "--due", "--json"], variables);
        assert!([0, 1].contains(&due.code), "{due:?}");
        assert_eq!(recorded(&desk, &run), before);
    }
    assert_eq!(desk.writes(), writes);
    let said = desk.run(&["resume", &run, "-q"]);
    assert_eq!(said.code, 6, "{said:?}");
}

#[test]
fn a_journal_that_cannot_be_used_stops_everything_before_the_first_write() {
    let desk = Desk::contoso(2);
    desk.approved("alex@contoso.com", "containment");
    let apply = ["apply", "plan.json", "approval.json"];
    let foreign =
        desk.file("foreign.db", "this is a text, and long enough to be one: nobody takes it for a database");
    with(&desk, &apply, &[("OFFBOARD_JOURNAL", foreign.to_str().unwrap())])
        .ends_with(1)
        .complains("not a journal");
    let absent = desk.path("absent/journal.db");
    with(&desk, &apply, &[("OFFBOARD_JOURNAL", absent.to_str().unwrap())]).ends_with(1).complains("folder");
    assert_eq!(desk.writes(), 0);
    assert_eq!(std::fs::read(&foreign).unwrap().len(), 73);
    // The same plan goes through where the journal can be used.
    let said = desk.run(&apply);
    assert!([0, 6].contains(&said.code), "{said:?}");
    assert!(!desk.is_enabled("alex@contoso.com"));
}

#[test]
fn documents_that_do_not_belong_together_are_refused() {
    let desk = Desk::contoso(3);
    desk.approved("alex@contoso.com", "containment");
    std::fs::rename(desk.path("approval.json"), desk.path("other.json")).unwrap();
    desk.run(&["plan", "megan@contoso.com", "--policy", "containment", "-o", "plan.json", "--force"])
        .ends_with(0);
    desk.run(&["apply", "plan.json", "other.json"]).ends_with(3).complains("is for the plan");
    desk.run(&["apply", "other.json", "plan.json"]).ends_with(2).complains("format");
    let plan = std::fs::read_to_string(desk.path("plan.json")).unwrap();
    desk.file("cut.json", &plan[..plan.len() / 2]);
    desk.run(&["apply", "cut.json", "other.json"]).ends_with(2).complains("cut off");
    desk.run(&["approve", "plan.json", "-o", "approval.json"]).ends_with(0);
    let policy = desk.file("policy.toml", "name = \"x\"\n");
    let args = ["apply", "plan.json", "approval.json", "--policy", policy.to_str().unwrap()];
    desk.run(&args).ends_with(2).complains("not the policy");
    assert_eq!(desk.writes(), 0);
}

#[test]
fn a_second_run_on_the_same_leaver_is_refused_unless_it_supersedes() {
    let desk = Desk::contoso(4);
    desk.approved("alex@contoso.com", "shared");
    desk.run(&["apply", "plan.json", "approval.json", "--until", "contained", "-q"]).ends_with(6);
    desk.approved("alex@contoso.com", "shared");
    let before = desk.writes();
    desk.run(&["apply", "plan.json", "approval.json"]).ends_with(3).complains("already has an open run");
    assert_eq!(desk.writes(), before);
    desk.run(&["apply", "plan.json", "approval.json", "--supersede", "-q"]).ends_with(6);
}

/// Sends what Ctrl-C sends.
#[cfg(unix)]
fn interrupt(child: &std::process::Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

#[cfg(unix)]
fn now() -> Timestamp {
    SystemClock.now()
}

#[cfg(unix)]
fn until(what: &str, mut is: impl FnMut() -> bool) {
    let began = now();
    while !is() {
        assert!(now().since(began) < Period::minutes(1), "{what} did not come");
        std::thread::yield_now();
    }
}

#[cfg(unix)]
#[test]
fn the_first_ctrl_c_records_and_leaves_and_resume_goes_on() {
    let desk = Desk::contoso(5);
    desk.approved("alex@contoso.com", "shared");
    // The conversion is not seen for an hour, so that the run waits.
    desk.tenant.world(|world| world.timing.conversion = Period::hours(1));
    let child = desk.start(&["apply", "plan.json", "approval.json", "--until", "done"]);
    let converting = || {
        desk.tenant.recorder().mutating().iter().any(|sent| {
            sent.cmdlet.as_deref() == Some("Set-Mailbox")
                && String::from_utf8_lossy(&sent.body).contains("Shared")
        })
    };
    until("the conversion", converting);
    interrupt(&child);
    let began = now();
    let said = desk.said(child.wait_with_output().unwrap()).ends_with(130).complains("stopping");
    assert!(now().since(began) < Period::seconds(20), "it waited for the conversion");
    assert!(said.out.contains("Go on    offboard resume"), "{}", said.out);
    let conversions = |desk: &Desk| {
        desk.tenant
            .recorder()
            .mutating()
            .iter()
            .filter(|sent| String::from_utf8_lossy(&sent.body).contains("Shared"))
            .count()
    };
    let sent = conversions(&desk);
    desk.tenant.world(|world| {
        let owner = world.user_by_upn("alex@contoso.com").unwrap().id;
        world.mailbox_of_mut(&owner).unwrap().recipient_type =
            offboard_sim::world::RecipientType::SharedMailbox;
    });
    desk.run(&["resume", "-q"]).ends_with(6).says("Convert the mailbox to shared  seen");
    assert_eq!(conversions(&desk), sent, "what was sent is read, and not sent again");
}

#[cfg(unix)]
#[test]
fn an_interrupt_while_planning_leaves_at_once() {
    let desk = Desk::contoso(6);
    desk.tenant.faults().always(Matcher::reads(), Fault::Slow(Period::minutes(5)));
    let child = desk.start(&["plan", "alex@contoso.com", "--policy", "shared"]);
    until("the first reading", || !desk.tenant.recorder().is_empty());
    interrupt(&child);
    let said = desk.said(child.wait_with_output().unwrap()).ends_with(130);
    assert_eq!(said.out, "");
    assert!(said.err.contains("interrupted") && !said.err.contains("panicked"), "{}", said.err);
}

#[test]
fn clocks_that_are_apart_are_said_by_every_command_that_asks_the_tenant() {
    let desk = Desk::ahead(8, Period::minutes(9));
    let said = desk.run(&["doctor", "alex@contoso.com"]).ends_with(5).says("do: set it right");
    assert!(said.out.contains("behind the services' clocks"), "{}", said.out);
    desk.run(&["plan", "alex@contoso.com", "--policy", "containment", "-o", "plan.json"])
        .ends_with(0)
        .complains("behind the services' clocks");
    // Within what an approval allows nobody is bothered.
    let desk = Desk::ahead(8, Period::minutes(4));
    let said =
        desk.run(&["plan", "alex@contoso.com", "--policy", "containment", "-o", "plan.json"]).ends_with(0);
    assert!(!said.err.contains("clock"), "{}", said.err);
    desk.run(&["doctor", "alex@contoso.com"]).ends_with(0).says("goes with those of the services");
}

#[test]
fn the_doctor_names_each_right_that_is_missing() {
    let desk = Desk::contoso(8);
    desk.run(&["doctor", "alex@contoso.com"]).ends_with(0).says("tried on Alex Wilber");
    let app = desk.tenant.app().object_id;
    desk.tenant.world(|world| {
        let granted = &mut world.service_principals.get_mut(&app).unwrap().granted;
        granted.retain(|role| role.value != "User.RevokeSessions.All");
        let roles: Vec<_> = world.role_assignments.iter().map(|(id, _)| id.clone()).collect();
        for id in roles {
            if world.role_assignments.get(&id).unwrap().principal == offboard_sim::world::Principal::App(app)
            {
                world.role_assignments.remove(&id);
            }
        }
    });
    let said = desk.run(&["doctor", "alex@contoso.com"]).ends_with(5);
    for words in [
        "revoke_sign_in_sessions lacks",
        "User.RevokeSessions.All",
        "reset_password lacks",
        "User Administrator",
    ] {
        assert!(said.out.contains(words), "{words} is not in\n{}", said.out);
    }
    // A person may do with the application's permissions only what his own roles allow.
    let said = desk.run_as("irvin@contoso.com", &["doctor", "alex@contoso.com"]).ends_with(5);
    for words in [
        "block_sign_in lacks the directory role",
        "remove_licenses lacks the directory role License Administrator",
        "revoke_sign_in_sessions lacks the directory role",
        "convert_to_shared lacks the directory role Exchange Administrator",
        "a person on his own account",
    ] {
        let flat = said.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words} is not in\n{}", said.out);
    }
    let said = desk.run(&["doctor", "alex@contoso.com"]).ends_with(5);
    let readings = said.out.lines().filter(|line| line.contains("readings")).collect::<Vec<_>>();
    assert!(readings.iter().any(|line| line.contains("leaver.recipient")), "{}", said.out);
    assert_eq!(desk.writes(), 0);
}
