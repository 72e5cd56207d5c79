//! Everybody at Contoso under every shipped policy: planned, refused or carried out, and never misreported.

use std::collections::BTreeSet;

use crate::common::single::{stopping, waivers};
use crate::common::{Lab, policy};
use offboard::core::engine::control::Word;
use offboard::core::error::ErrorKind;
use offboard::core::operation::Severity;
use offboard::core::report::StepReport;
use offboard::core::time::{Clock as _, Period};
use offboard::{Outcome, Plan, Report, Until};
use offboard_sim::contoso::{PEOPLE, Person};

/// What became of one person.
#[derive(Debug, PartialEq, Eq)]
enum Course {
    /// There is not even a plan.
    Unplanned,
    /// Findings stop it that nobody may waive.
    Refused,
    /// It was refused, and carried out when every finding had been waived.
    Waived,
    /// Nothing spoke against it.
    Applied,
}

fn successor(person: &Person) -> &'static str {
    if person.upn == "megan@contoso.com" { "adele@contoso.com" } else { "megan@contoso.com" }
}

/// Each planned step has exactly one outcome, in the report's list and in its counts.
fn each_step_has_one_outcome(plan: &Plan, report: &Report, who: &str) {
    let planned: Vec<_> = plan.steps.iter().map(|step| &step.id).collect();
    let reported: Vec<_> = report.steps.iter().map(|step| &step.id).collect();
    assert_eq!(planned, reported, "{who}");
    assert_eq!(reported.iter().collect::<BTreeSet<_>>().len(), planned.len(), "{who}: a name stands twice");
    let counted: u32 = Outcome::ALL.iter().map(|outcome| report.counts.get(*outcome)).sum();
    assert_eq!(counted as usize, planned.len(), "{who}");
}

fn course(policy_name: &str, person: &Person, unsettled_steps: &mut Vec<String>) -> Course {
    let lab = Lab::contoso(7);
    let policy = policy(policy_name);
    let who = format!("{policy_name} for {}", person.upn);
    lab.block_on(async {
        let planned = lab.plan(&policy, person.upn, Some(successor(person))).await;
        let plan = match planned {
            Ok(planned) => planned.plan,
            Err(error) => {
                assert!(
                    matches!(error.kind(), ErrorKind::Leaver(_) | ErrorKind::Policy(_)),
                    "{who}: {error}"
                );
                return Course::Unplanned;
            }
        };
        lab.check(&plan).await.unwrap();
        let stopped = !stopping(&plan).is_empty();
        if stopped {
            let refused = lab.apply(&plan, &policy, Until::Done).await;
            assert!(
                matches!(refused.map_err(|e| matches!(e.kind(), ErrorKind::Approval(_))), Err(true)),
                "{who}"
            );
            assert!(lab.tenant.recorder().mutating().is_empty(), "{who}: refused, and something was written");
        }
        if stopping(&plan).iter().any(|finding| finding.severity == Severity::Never) {
            return Course::Refused;
        }
        let how = offboard::Drive::until(Until::Done);
        let (run, _) = lab.apply_with(&plan, &policy, waivers(&plan), how).await.unwrap();
        let mut report = lab.report(&run).await.unwrap();
        judged(&lab, &plan, &report, person, &who, unsettled_steps);
        // Every date of its calendar, where that has an end. Three months of a sync every half hour would only cost time.
        let to_the_end = ["archive", "standard", "guest"].contains(&policy_name);
        lab.tenant.world(|world| world.timing.directory_sync = Period::days(1));
        for _ in 0..6 {
            let Some(date) = report.wake_at.filter(|_| report.open && to_the_end) else { break };
            // Whoever looks after rules and Active Directory says that the groups are left.
            for step in report.steps.iter().filter(|step| step.outcome == Outcome::HandedOff) {
                if step.operation == "leave_group" {
                    lab.engine.say(&run, &step.id, &Word::Acknowledge, "ada@contoso.com").await.unwrap();
                }
            }
            lab.tenant.clock().sleep_until(date).await;
            lab.engine.resume(&run, offboard::Drive::until(Until::Done)).await.unwrap();
            report = lab.report(&run).await.unwrap();
            judged(&lab, &plan, &report, person, &who, unsettled_steps);
        }
        if stopped { Course::Waived } else { Course::Applied }
    })
}

/// What is said on one day.
fn judged(
    lab: &Lab,
    plan: &Plan,
    report: &Report,
    person: &Person,
    who: &str,
    unsettled_steps: &mut Vec<String>,
) {
    each_step_has_one_outcome(plan, report, who);
    assert_eq!(lab.contradictions(report), Vec::<String>::new(), "{who}\n{}", report.to_text());
    unsettled_steps.extend(unsettled(plan, report, person));
}

/// Carried to the end, and no fault was injected: nothing is failed, unknown or waiting, but for what the directory sync of a
/// synced leaver takes back as long as nobody has done his part on-premises, for a room that Exchange does not convert, for a
/// hold without the license that carries it, which Exchange refuses though its finding was waived, and for phones whose owner
/// is locked out and that never come (G41).
fn unsettled(plan: &Plan, report: &Report, person: &Person) -> Vec<String> {
    let unlicensed = |step: &StepReport| plan.findings_of(&step.id).any(|finding| finding.code == "G11");
    let synced = person.special.contains("synced");
    let taken_back = |operation: &str| synced && ["block_sign_in", "convert_to_shared"].contains(&operation);
    let steps = report.steps.iter().filter(|step| match step.outcome {
        Outcome::Unknown => !taken_back(&step.operation),
        Outcome::Failed if unlicensed(step) => false,
        Outcome::Lapsed => step.operation != "wipe_mobile_device",
        Outcome::Failed if person.special == "a room" => step.operation != "convert_to_shared",
        Outcome::Failed | Outcome::Waiting | Outcome::Sent | Outcome::Cancelled => true,
        _ => false,
    });
    let shown =
        steps.map(|step| format!("{} of {}: {:?}: {}", step.id, person.upn, step.outcome, step.detail));
    shown.collect()
}

/// How many were carried out at once, how many after waivers, and who could not be.
fn courses(policy_name: &str) -> (usize, usize, Vec<&'static str>) {
    let mut unsettled = Vec::new();
    let courses: Vec<(&str, Course)> =
        PEOPLE.iter().map(|person| (person.upn, course(policy_name, person, &mut unsettled))).collect();
    assert_eq!(unsettled, Vec::<String>::new());
    let count = |wanted: &Course| courses.iter().filter(|(_, course)| course == wanted).count();
    let (applied, waived) = (count(&Course::Applied), count(&Course::Waived));
    let others =
        courses.into_iter().filter(|(_, course)| !matches!(course, Course::Applied | Course::Waived));
    (applied, waived, others.map(|(upn, _)| upn).collect())
}

#[test]
fn everybody_can_be_contained() {
    let (applied, waived, others) = courses("containment");
    assert!(applied >= 30 && waived >= 1, "{applied} applied, {waived} after waivers");
    assert_eq!(others, Vec::<&str>::new());
}

#[test]
fn everybody_but_the_guest_can_become_a_shared_mailbox() {
    let (applied, waived, others) = courses("shared");
    assert!(applied >= 20 && waived >= 10, "{applied} applied, {waived} after waivers");
    assert_eq!(others, ["chris_fabrikam.com#EXT#@contoso.onmicrosoft.com"]);
}

#[test]
fn everybody_but_the_guest_can_let_go_of_everything() {
    let (applied, waived, others) = courses("leave");
    assert!(applied >= 15 && waived >= 10, "{applied} applied, {waived} after waivers");
    assert_eq!(others, ["chris_fabrikam.com#EXT#@contoso.onmicrosoft.com"]);
}

#[test]
fn mail_of_everybody_but_the_guest_can_be_forwarded() {
    let (applied, waived, others) = courses("forward");
    assert!(applied >= 20 && waived >= 1, "{applied} applied, {waived} after waivers");
    assert_eq!(others, ["chris_fabrikam.com#EXT#@contoso.onmicrosoft.com"]);
}

#[test]
fn everybody_but_the_guest_can_be_archived() {
    let (applied, waived, others) = courses("archive");
    assert!(applied >= 1 && waived >= 1, "{applied} applied, {waived} after waivers");
    assert_eq!(others, ["chris_fabrikam.com#EXT#@contoso.onmicrosoft.com"]);
}

#[test]
fn everybody_but_the_guest_can_go_the_whole_way() {
    let (applied, waived, others) = courses("standard");
    assert!(applied >= 1 && waived >= 10, "{applied} applied, {waived} after waivers");
    assert_eq!(others, ["chris_fabrikam.com#EXT#@contoso.onmicrosoft.com"]);
}

#[test]
fn the_guest_can_go_and_nobody_else_is_taken_for_one() {
    let (applied, waived, others) = courses("guest");
    assert_eq!((applied, waived, others.len()), (1, 0, PEOPLE.len() - 1));
}
