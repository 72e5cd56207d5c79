//! From the plan to the undo, by the binary alone: what it says, how it ends, and what is true in the tenant.

use crate::common::Desk;
use offboard_sim::world::RecipientType;
use serde_json::{Value, json};

fn mailbox_is(desk: &Desk, upn: &str, kind: RecipientType) -> bool {
    desk.tenant.world(|world| {
        let owner = world.user_by_upn(upn).unwrap().id;
        world.mailbox_of(&owner).unwrap().recipient_type == kind
    })
}

fn only_run(desk: &Desk) -> String {
    let runs = desk.run(&["runs", "--json"]).ends_with(0).json();
    runs["runs"][0]["run"].as_str().unwrap().to_owned()
}

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_leaver_is_planned_approved_handed_over_and_taken_back() {
    let desk = Desk::contoso(1);
    let alex = "alex@contoso.com";

    desk.run(&["plan", alex, "--policy", "shared", "--successor", "megan@contoso.com", "-o", "plan.json"])
        .ends_with(0)
        .says("~ account_enabled: yes -> no")
        .says("- direct: POWER_BI_STANDARD")
        .says("(to Megan Bowen <megan@contoso.com>)")
        .says("Calendar")
        .says("offboard approve plan.json");
    let shown = desk.run(&["show", "plan.json"]).ends_with(0).says("~ account_enabled: yes -> no");
    assert!(shown.out.contains("Not judged by this version") && shown.out.contains("Plan digest"));
    assert_eq!(desk.run(&["show", "plan.json", "--json"]).json()["plan"]["format"], "offboard.plan/1");
    desk.run(&["check", "plan.json"]).ends_with(0).says("Nothing stops this plan now");
    desk.run(&["doctor"]).ends_with(0).says("[tenant]");
    assert_eq!(desk.writes(), 0, "planning, checking and looking change nothing");

    desk.run(&["approve", "plan.json", "-o", "approval.json"]).ends_with(3).complains("--by");
    assert!(!desk.path("approval.json").exists());
    let said = desk.run(&[
        "approve",
        "plan.json",
        "--by",
        "grace",
        "--ticket",
        "T-1",
        "-o",
        "approval.json",
        "--json",
    ]);
    let approved = said.ends_with(0).json();
    #[cfg(unix)]
    for file in ["plan.json", "approval.json"] {
        assert_eq!(mode(&desk.path(file)), 0o600, "{file}");
    }

    let again = ["approve", "plan.json", "--by", "grace", "--ticket", "T-1", "-o", "again.json"];
    desk.run(&again).ends_with(0).says("To be approved").says("Alex Wilber").says("T-1").says("for good");
    let applied = desk
        .run(&["apply", "plan.json", "approval.json"])
        .ends_with(6)
        .says("9 done, 1 already, 2 not started");
    let applied = applied.complains("seen          Remove licenses").complains("journal.db");
    let run = approved["run"].as_str().unwrap();
    assert!(applied.out.contains(run) && only_run(&desk) == run);
    assert!(!desk.is_enabled(alex) && mailbox_is(&desk, alex, RecipientType::SharedMailbox));

    let writes = desk.writes();
    desk.run(&["apply", "plan.json", "approval.json", "-q"]).ends_with(6);
    assert_eq!(desk.writes(), writes, "the same two files are the same run");
    desk.run(&["status", &run[..6]]).ends_with(6).says("not before");
    desk.run(&["resume", "--due"]).ends_with(0).says("No run's time has come");

    let report = desk.run(&["report", run, "--json"]).ends_with(0).json();
    assert_eq!(report["format"], "offboard.report/1");
    assert_eq!(report["steps"].as_array().unwrap().len(), 12);
    desk.run(&["report", run, "--html", "report.html"]).ends_with(0).says("report.html");
    let html = std::fs::read_to_string(desk.path("report.html")).unwrap();
    assert!(html.contains("Alex Wilber") && !html.contains("<script"));
    for words in
        ["to Megan Bowen", "Access is cut: 5 of 5 seen.", "as he calls himself", "T-1", "removed: direct: "]
    {
        assert!(html.contains(words), "{words} is not in {html}");
    }
    let runs = desk.run(&["runs"]).ends_with(0);
    assert!(!runs.out.contains("NOT cut") && !runs.out.contains("over"), "{}", runs.out);
    desk.run(&["plan", alex, "--policy", "shared"])
        .says("this journal has an open run of this person")
        .says("Configuration:");

    desk.run(&["undo", run]).ends_with(3).says("Taking back Alex Wilber").complains("--by");
    desk.run(&["undo", run, "--by", "grace"]).ends_with(2).complains("--yes");
    desk.run(&["undo", run, "--yes"]).ends_with(3).complains("--by");
    assert_eq!(desk.writes(), writes, "nothing was taken back without a second person");
    let undone = desk.run(&["undo", run, "--yes", "--by", "grace"]).says("account_enabled: no -> yes");
    let undone = undone.says("Ended with the run that this one takes the place of").says("End full access");
    assert!([0, 6].contains(&undone.code), "{}\n{}", undone.out, undone.err);
    assert!(desk.is_enabled(alex) && mailbox_is(&desk, alex, RecipientType::UserMailbox));
}

#[test]
fn access_is_cut_by_one_person_and_given_back_after_five_minutes() {
    let desk = Desk::contoso(2);
    let irvin = "irvin@contoso.com";
    // The five minutes are none here: nothing has been read back when the mistake is noticed.
    desk.run(&["contain", irvin, "--until", "contained"])
        .ends_with(6)
        .says("Not within reach")
        .complains("sent          Block sign-in");
    assert!(!desk.is_enabled(irvin));
    let run = only_run(&desk);
    let undone = desk.run(&["undo", &run, "--yes"]);
    assert!(desk.is_enabled(irvin), "{}\n{}", undone.out, undone.err);
    let undone = undone.ends_with(0);
    assert!(undone.out.contains("account_disabled: yes -> no"), "{}", undone.out);
    assert!(
        !undone.out.contains("nobody does it now"),
        "what was sent is taken back, not lost: {}",
        undone.out
    );
    let rules = desk.tenant.world(|world| {
        let owner = world.user_by_upn(irvin).unwrap().id;
        world.mailbox_of(&owner).unwrap().rules.iter().map(|rule| rule.enabled).collect::<Vec<_>>()
    });
    assert_eq!(rules, [true, true], "the rules are as they were");
}

#[test]
fn what_active_directory_owns_is_for_a_person_who_says_when_it_is_done() {
    let desk = Desk::contoso(3);
    let said = desk
        .run(&["contain", "diego@contoso.com", "--until", "contained"])
        .says("Disable-ADAccount -Identity 'diego'");
    assert_eq!(said.code, 5, "{}\n{}", said.out, said.err);
    let run = only_run(&desk);
    let step = "on_premises_task:disable_account";
    assert!(said.out.contains(&format!("offboard ack {run} {step}")), "{}", said.out);
    assert!(
        said.out.contains("NOT cut: ") && said.out.contains("for a person: Do in Active Directory: "),
        "{}",
        said.out
    );
    desk.run(&["runs"]).ends_with(0).says("access NOT cut").says("for a person");
    desk.run(&["ack", &run, "block_sign_in"]).ends_with(2).complains("only a hand-off");
    desk.run(&["ack", &run, "no_such_step"]).ends_with(2).complains(step);
    let json = desk.run(&["ack", &run, step, "--by", "grace", "--json"]).ends_with(0).json();
    assert_eq!(json["outcome"], "vouched");
    desk.run(&["ack", &run, "no_such_step", "--by", " "]).ends_with(2);
    desk.run(&["report", &run]).ends_with(0).says("acknowledged, not seen by offboard; grace says so");
    desk.run(&["settle", &run, step, "--happened"]).ends_with(2);
}

#[test]
fn a_run_is_cancelled_and_says_so() {
    let desk = Desk::contoso(4);
    desk.approved("alex@contoso.com", "shared");
    desk.run(&["apply", "plan.json", "approval.json", "--until", "contained", "-q"]).ends_with(6);
    let run = only_run(&desk);
    desk.run(&["contain", "alex@contoso.com", "--json"]).ends_with(0);
    let runs = desk.run(&["runs", "--json"]).ends_with(0).json();
    assert_eq!(runs["runs"].as_array().unwrap().len(), 2);
    desk.run(&["status", &run]).ends_with(4).says("cancelled");

    let desk = Desk::contoso(5);
    desk.approved("alex@contoso.com", "shared");
    desk.run(&["apply", "plan.json", "approval.json", "-q"]).ends_with(6);
    let run = only_run(&desk);
    desk.run(&["cancel", &run, "--by", "grace"]).ends_with(0).says("cancelled");
    desk.run(&["status", &run]).ends_with(4).says("2 cancelled");
    desk.run(&["runs", "--open"]).ends_with(0).says("No runs");
}

#[test]
fn a_finding_is_accepted_by_its_name_and_for_a_reason() {
    let desk = Desk::contoso(6);
    let said = desk
        .run(&["plan", "ben@contoso.com", "--policy", "shared", "-o", "plan.json", "--json"])
        .ends_with(3);
    assert_eq!(said.json()["stopped"], true);
    let approve = |more: &[&str]| {
        desk.run(&[&["approve", "plan.json", "--by", "grace", "-o", "approval.json"], more].concat())
    };
    approve(&[]).ends_with(3).complains("G6 (R27)").complains("62.00 GiB").complains("do: keep the license");
    approve(&["--waive", "remove_licenses:G6:other", "--reason", "x"])
        .ends_with(2)
        .complains("remove_licenses:G6:size:53687091200");
    approve(&["--waive", "remove_licenses:G6:size:53687091200", "--reason", " "]).ends_with(2);
    assert!(!desk.path("approval.json").exists());
    let reason = "archived elsewhere";
    approve(&["--waive", "remove_licenses:G6:size:53687091200", "--reason", reason]).ends_with(0);
    let approval: Value =
        serde_json::from_slice(&std::fs::read(desk.path("approval.json")).unwrap()).unwrap();
    assert_eq!(approval["waivers"][0]["reason"], reason);
    desk.run(&["check", "plan.json"]).ends_with(3).says("As when the plan was made");
    desk.run(&["check", "plan.json", "approval.json"]).ends_with(0).says("1 finding accepted");
    assert_eq!(desk.writes(), 0);
}

#[test]
fn who_signs_in_himself_does_not_cut_his_own_access() {
    let desk = Desk::contoso(7);
    let said = desk.run_as("nestor@contoso.com", &["contain", "nestor@contoso.com"]).ends_with(3);
    assert!(said.err.contains("G23"), "{}", said.err);
    assert!(desk.is_enabled("nestor@contoso.com") && desk.writes() == 0);
    let said = desk.run_as("nestor@contoso.com", &["doctor", "--json"]);
    assert_eq!(said.json()["caller"]["kind"], json!("person"), "{}", said.err);
}

#[test]
fn the_new_password_is_in_no_file_and_no_answer() {
    let desk = Desk::contoso(8);
    let said = desk.run(&["contain", "alex@contoso.com", "--json"]).ends_with(0);
    let sent = desk.tenant.recorder().mutating();
    let passwords: Vec<String> = sent
        .iter()
        .filter_map(|request| request.json()?["passwordProfile"]["password"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(passwords.len(), 1, "one password was sent");
    for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        for secret in passwords.iter().map(String::as_str).chain(["eyJ0eXAi", "Bearer "]) {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
            assert!(!said.out.contains(secret) && !said.err.contains(secret));
        }
    }
}

#[test]
fn an_application_signs_in_with_its_certificate() {
    let desk = Desk::contoso(1);
    let pem = desk.tenant.app().certificate;
    let key: Vec<&str> = pem.lines().skip_while(|line| !line.contains("PRIVATE KEY")).skip(1).collect();
    let outside = tempfile::tempdir().unwrap();
    let path = outside.path().join("app.pem");
    std::fs::write(&path, &pem).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let run = |args: &[&str]| {
        let mut command = desk.command(args);
        command.env_remove("OFFBOARD_CLIENT_SECRET").env("OFFBOARD_CLIENT_CERTIFICATE", &path);
        let said = desk.said(command.output().unwrap());
        assert!(!key.iter().any(|line| said.out.contains(line) || said.err.contains(line)));
        said
    };
    run(&["doctor"]).ends_with(0).says("(client_certificate)").says("2099-01-01T00:00:00Z");
    run(&["contain", "alex@contoso.com"]);
    assert!(!desk.is_enabled("alex@contoso.com"));
    let app = desk.tenant.app().object_id;
    desk.tenant.world(|world| {
        let mut changed = world.service_principals.get(&app).unwrap().clone();
        changed.certificates.clear();
        world.service_principals.insert(app, changed);
    });
    run(&["doctor"]).ends_with(1).complains("upload the certificate");
}

#[test]
fn over_https_the_authority_must_be_trusted() {
    let desk = Desk::https(1);
    let run = |authority: bool| {
        let mut command = desk.command(&["doctor"]);
        if authority {
            command.env("OFFBOARD_CA_FILE", desk.path("authority.pem"));
        }
        desk.said(command.output().unwrap())
    };
    run(true).ends_with(0).says("(client_secret)");
    assert_ne!(run(false).code, 0);
}

#[test]
fn a_person_signs_in_by_a_code_on_another_device() {
    let desk = Desk::contoso(1);
    let mut command = desk.command(&["doctor"]);
    command.env_remove("OFFBOARD_CLIENT_SECRET").env("OFFBOARD_AUTH", "device_code");
    let child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let code = (0..2_400).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        desk.tenant.device_codes().pop()
    });
    let code = code.unwrap_or_else(|| panic!("nobody was asked to sign in"));
    assert!(desk.tenant.approve_device(&code, "nestor@contoso.com"));
    let said = desk.said(child.wait_with_output().unwrap());
    said.says("as a person").says("(device_code)").complains(&format!("enter the code {code}"));
    assert_eq!(desk.tenant.device_codes(), Vec::<String>::new());
}
