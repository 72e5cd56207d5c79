//! Standing approvals: two people accept a policy, and plans without surprise need nobody again. Each refusal has a twin that
//! goes through.

use serde_json::Value;

use crate::common::{Desk, Said};

/// A policy of the organisation's own: access is cut and the mailbox becomes shared.
const POLICY: &str = r#"
policy = "offboard.policy/1"
name = "routine"
applies_to = "member"
[access]
sign_in = "block"
password = "reset"
sessions = "revoke"
exchange_account = "block"
forwarding = "stop"
[mail]
disposition = "shared"
[files]
disposition = "keep"
[licenses]
disposition = "keep"
[account]
disposition = "keep"
[groups]
disposition = "keep"
[voice]
numbers = "keep"
"#;

fn planned(desk: &Desk, who: &str, file: &str) {
    desk.run(&["plan", who, "--policy", "routine.toml", "-o", file, "--force"]).ends_with(0);
}

/// What the plan in this file says against itself, as `standing propose --expect` names it.
fn warnings(desk: &Desk, file: &str) -> Vec<String> {
    let plan: Value = serde_json::from_slice(&std::fs::read(desk.path(file)).unwrap()).unwrap();
    let name = |finding: &Value| {
        assert_eq!(finding["severity"], "warn", "{finding}");
        finding["code"].as_str().unwrap().to_owned()
    };
    plan["findings"].as_array().unwrap().iter().map(name).collect()
}

fn proposed(desk: &Desk, per_day: &str, expected: &[String]) {
    let mut args =
        vec!["standing", "propose", "routine.toml", "--per-day", per_day, "--by", "ada", "--force"];
    args.extend(["-o", "first.json"]);
    for code in expected {
        args.extend(["--expect", code]);
    }
    if !expected.is_empty() {
        args.extend(["--reason", "seen in every plan of this policy"]);
    }
    desk.run(&args).ends_with(0).says("offboard standing second first.json");
    let second = ["standing", "second", "first.json", "--by", "grace", "-o", "standing.json", "--force"];
    desk.run(&second).ends_with(0).says("ada and grace");
}

fn approved(desk: &Desk, plan: &str, approval: &str) -> Said {
    desk.run(&["approve", plan, "--standing", "standing.json", "-o", approval, "--force"])
}

#[test]
fn plans_without_surprise_need_nobody_again_until_the_number_is_used_up() {
    let desk = Desk::contoso(3);
    desk.file("routine.toml", POLICY);
    planned(&desk, "alex@contoso.com", "alex.json");
    planned(&desk, "o'neill@contoso.com", "brian.json");
    let expected = [warnings(&desk, "alex.json"), warnings(&desk, "brian.json")].concat();
    proposed(&desk, "1", &expected);

    approved(&desk, "alex.json", "a.json").ends_with(0).says("ada and grace");
    approved(&desk, "brian.json", "b.json").ends_with(0);
    let run = ["apply", "alex.json", "a.json", "--policy", "routine.toml", "--until", "contained"];
    desk.run(&run).ends_with(6);
    // The same run goes on; one more does not begin.
    desk.run(&run).ends_with(6);
    let writes = desk.writes();
    let second = ["apply", "brian.json", "b.json", "--policy", "routine.toml", "--until", "contained"];
    desk.run(&second).ends_with(3).complains("1 runs were begun under this standing approval");
    assert_eq!(desk.writes(), writes);

    proposed(&desk, "2", &expected);
    approved(&desk, "brian.json", "b.json").ends_with(0);
    desk.run(&second).ends_with(6);
}

#[test]
fn it_takes_two_people() {
    let desk = Desk::contoso(3);
    desk.file("routine.toml", POLICY);
    desk.run(&["standing", "propose", "routine.toml", "--per-day", "1", "--by", "ada", "-o", "first.json"])
        .ends_with(0);
    planned(&desk, "alex@contoso.com", "alex.json");
    desk.run(&["approve", "alex.json", "--standing", "first.json", "-o", "a.json"])
        .ends_with(3)
        .complains("takes two people")
        .complains("offboard standing second");
    desk.run(&["standing", "second", "first.json", "--by", "Ada", "-o", "standing.json"])
        .ends_with(3)
        .complains("takes two people");
    desk.run(&["standing", "second", "first.json", "--by", "grace", "-o", "standing.json"]).ends_with(0);
}

#[test]
fn surprises_need_eyes() {
    let desk = Desk::contoso(3);
    desk.file("routine.toml", POLICY);
    planned(&desk, "alex@contoso.com", "alex.json");
    proposed(&desk, "9", &warnings(&desk, "alex.json"));
    approved(&desk, "alex.json", "a.json").ends_with(0);

    // Another policy, if only by a letter.
    desk.file("routine.toml", &POLICY.replace("routine", "Routine"));
    planned(&desk, "alex@contoso.com", "other.json");
    approved(&desk, "other.json", "b.json").ends_with(3).complains("is for the policy");

    // An administrator.
    desk.file("routine.toml", POLICY);
    let admin = desk.run(&["plan", "lee@contoso.com", "--policy", "routine.toml", "-o", "admin.json"]);
    assert!(admin.code == 0 || admin.code == 3, "{admin:?}");
    approved(&desk, "admin.json", "c.json").ends_with(3).complains("privileged leaver");

    // What cannot be taken back.
    let cancelling = POLICY.replace("[files]", "[mail.meetings]\ndo = \"cancel\"\nfor = \"P365D\"\n[files]");
    desk.file("routine.toml", &cancelling);
    planned(&desk, "allan@contoso.com", "allan.json");
    proposed(&desk, "9", &[]);
    approved(&desk, "allan.json", "d.json")
        .ends_with(3)
        .complains("`cancel_meetings`, which cannot be taken back");
    assert_eq!(desk.writes(), 0);
}
