//! The demo: what it shows is true.

use crate::common::alone;

fn demo(args: &[&str]) -> crate::common::Said {
    let folder = tempfile::tempdir().unwrap();
    let keep = folder.path().join("kept");
    let keep = keep.to_str().unwrap().to_owned();
    alone(folder.path(), &[&["demo", "--keep", &keep], args].concat())
}

#[test]
fn the_demo_ends_with_a_report_that_the_judge_does_not_contradict() {
    let said =
        demo(&[]).ends_with(0).says("the judge contradicts nothing").says("Adatum bids").says("Calendar");
    let said = said.complains("sent          Block sign-in").complains("seen          Remove licenses");
    // Every step of the plan has one line in the report.
    let plan = said.out.split("\n1. The plan").nth(1).unwrap().split("\n4. The report").next().unwrap();
    let report = said.out.split("\n4. The report").nth(1).unwrap();
    for title in ["Block sign-in", "Reset the password", "Convert the mailbox to shared", "Remove licenses"] {
        assert!(plan.contains(title), "{title}");
        assert_eq!(report.lines().filter(|line| line.contains(title)).count(), 1, "{title}");
    }
}

#[test]
fn the_same_seed_gives_the_same_people_and_outcomes() {
    let outcomes = |seed: &str| {
        let json = demo(&["--json", "--seed", seed]).ends_with(0).json();
        let steps = json["report"]["steps"].as_array().unwrap().iter();
        let steps: Vec<_> = steps.map(|step| (step["id"].clone(), step["outcome"].clone())).collect();
        (json["report"]["leaver"]["id"].clone(), steps)
    };
    let (one, again, other) = (outcomes("1"), outcomes("1"), outcomes("2"));
    assert_eq!(one, again);
    assert_ne!(one.0, other.0);
    assert_eq!(one.1, other.1);
}

fn one_by_both(upn: &str) {
    for policy in ["containment", "shared"] {
        let said = demo(&["--json", "-q", "--leaver", upn, "--policy", policy]);
        let json = said.json();
        match said.code {
            0 => assert_eq!(json["contradictions"], serde_json::json!([]), "{upn} {policy}"),
            3 => assert_eq!(json["writes"], 0, "{upn} {policy}"),
            code => panic!("{upn} {policy} ended with {code}: {}{}", said.out, said.err),
        }
    }
}

#[test]
fn everybody_and_both_policies() {
    let people: Vec<&str> = offboard_sim::contoso::PEOPLE.iter().map(|person| person.upn).collect();
    std::thread::scope(|scope| {
        for half in people.chunks(people.len().div_ceil(2)) {
            scope.spawn(move || half.iter().for_each(|upn| one_by_both(upn)));
        }
    });
}

#[test]
fn what_waits_for_a_date_is_carried_out_when_it_comes() {
    let said = demo(&["--to-the-end", "--json"]).ends_with(0);
    let json = said.json();
    let steps = json["report"]["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["outcome"] == "done" || step["outcome"] == "already"),
        "{}",
        said.out
    );
    assert_eq!(json["report"]["open"], false);
}

#[test]
fn a_plan_that_is_stopped_writes_nothing_and_says_why() {
    demo(&["--leaver", "ben@contoso.com"])
        .ends_with(3)
        .says("stop G6 (R27)")
        .says("--waive remove_licenses:G6:size:53687091200")
        .says("nothing was written (0 requests");
}
