//! Cutting access under the worst conditions: how soon the first write leaves, and what is said of the rest.

use std::sync::Arc;

use crate::common::{Lab, policy};
use http::Method;
use offboard::core::operation::Class;
use offboard::core::time::Period;
use offboard::{Drive, Outcome, Report, Until};
use offboard_sim::{Exchanged, Fault, Matcher};

/// One thing that goes wrong.
type Trouble = (&'static str, fn(&Lab));

const TROUBLES: &[Trouble] = &[
    ("the block answers 400", |lab| {
        lab.tenant
            .faults()
            .always(Matcher::graph(&Method::PATCH, "/users/*").about("accountEnabled"), Fault::status(400));
    }),
    ("the password answers 403", |lab| {
        lab.tenant
            .faults()
            .always(Matcher::graph(&Method::PATCH, "/users/*").about("passwordProfile"), Fault::status(403));
    }),
    ("reads are 30 minutes behind", |lab| {
        lab.tenant.faults().always(Matcher::reads(), Fault::Stale(Period::minutes(30)));
    }),
    ("Exchange is down", |lab| {
        for cmdlet in ["Get-Mailbox", "Get-Recipient", "Get-InboxRule", "Set-Mailbox", "Disable-InboxRule"] {
            lab.tenant.faults().always(Matcher::cmdlet(cmdlet), Fault::status(503));
        }
    }),
    ("other pools are throttled", |lab| {
        for path in ["/users/*/drive", "/subscribedSkus", "/admin/*", "/users/*/calendarView"] {
            lab.tenant.faults().always(Matcher::graph(&Method::GET, path), Fault::throttled(Some("120")));
        }
    }),
];

const PEOPLE: &[&str] =
    &["alex@contoso.com", "diego@contoso.com", "henrietta@federated.contoso.com", "lee@contoso.com"];

struct Contained {
    report: Report,
    requests_before_first_write: usize,
    writes: Vec<Arc<Exchanged>>,
    began: offboard::Timestamp,
}

fn contain(upn: &str, troubles: &[Trouble]) -> (Lab, Contained) {
    let lab = Lab::contoso(11);
    for (_, cause) in troubles {
        cause(&lab);
    }
    let containment = policy("containment");
    let began = lab.engine.host().clock.now();
    let report = lab.block_on(async {
        let planned = lab.plan(&containment, upn, None).await.unwrap();
        let how = Drive { seed: Some(planned.reading), ..Drive::until(Until::Sent) };
        let (run, _) = lab.apply_with(&planned.plan, &containment, Vec::new(), how).await.unwrap();
        lab.engine.report(&run).await.unwrap()
    });
    let all = lab.tenant.recorder().all();
    let whole: Vec<&Arc<Exchanged>> =
        all.iter().filter(|e| e.part_of.is_none() && !e.path.contains("/oauth2/")).collect();
    let requests_before_first_write = whole.iter().take_while(|e| !e.is_mutating()).count();
    let writes =
        lab.tenant.recorder().mutating().into_iter().filter(|e| !e.path.ends_with("$batch")).collect();
    (lab, Contained { report, requests_before_first_write, writes, began })
}

/// What went over the wire until the first write, in words.
fn requests(lab: &Lab) -> Vec<String> {
    let all = lab.tenant.recorder().all();
    let written = all.iter().position(|row| row.is_mutating()).unwrap_or(all.len());
    all[..written]
        .iter()
        .map(|e| format!("{} {} {} {:?} part of {:?}", e.at, e.method, e.path, e.cmdlet, e.part_of))
        .collect()
}

fn check(upn: &str, troubles: &[Trouble]) {
    let names: Vec<&str> = troubles.iter().map(|(name, _)| *name).collect();
    let what = format!("{upn}, {names:?}");
    let (lab, seen) = contain(upn, troubles);
    assert!(seen.requests_before_first_write <= 3, "{what}: {:#?}", requests(&lab));
    // What a service that is down does not take is not permitted; everything else is on the wire at once.
    for write in seen.writes.iter().filter(|write| !write.is_faulted()) {
        // A second try is a second try: only the first of each kind counts.
        let first = seen
            .writes
            .iter()
            .find(|w| (&w.path, &w.cmdlet, &w.body) == (&write.path, &write.cmdlet, &write.body));
        let at = first.unwrap().at.since(seen.began);
        assert!(at <= Period::seconds(10), "{what}: {} {:?} left after {at}", write.path, write.cmdlet);
    }
    // Block, password, revoke, in this order, as far as they are ours to write.
    let kind = |e: &Arc<Exchanged>| match () {
        () if e.body.windows(14).any(|w| w == b"accountEnabled") => Some(0),
        () if e.body.windows(15).any(|w| w == b"passwordProfile") => Some(1),
        () if e.path.ends_with("/revokeSignInSessions") => Some(2),
        () => None,
    };
    let mut order: Vec<i32> = seen.writes.iter().filter_map(kind).collect();
    order.dedup();
    let firsts: Vec<i32> =
        order.iter().enumerate().filter(|(i, k)| !order[..*i].contains(k)).map(|(_, k)| *k).collect();
    assert!(firsts.is_sorted() && firsts.contains(&0) && firsts.contains(&2), "{what}: {order:?}");
    // What was not achieved is named, with who must do it.
    for step in seen.report.steps.iter().filter(|step| step.class == Class::Containment) {
        match step.outcome {
            Outcome::HandedOff => {
                let asked =
                    step.instructions.as_ref().unwrap_or_else(|| panic!("{what}: {} asks nobody", step.id));
                assert!(!asked.role.is_empty() && !asked.commands.is_empty(), "{what}: {}", step.id);
            }
            Outcome::Failed | Outcome::Blocked | Outcome::NotStarted => {
                panic!("{what}: {} is {:?}: {}", step.id, step.outcome, step.detail)
            }
            _ => {}
        }
    }
    assert_eq!(lab.contradictions(&seen.report), Vec::<String>::new(), "{what}");
}

#[test]
fn access_is_cut_at_once_whatever_goes_wrong() {
    for upn in PEOPLE {
        check(upn, &[]);
        for trouble in TROUBLES {
            check(upn, &[*trouble]);
        }
        check(upn, TROUBLES);
    }
}

#[test]
fn an_administrator_whom_we_may_not_touch_is_handed_to_a_named_role() {
    let (lab, seen) = contain("nestor@contoso.com", &[]);
    let block = seen.report.steps.iter().find(|step| step.operation == "block_sign_in").unwrap();
    assert_eq!(block.outcome, Outcome::HandedOff, "{}", block.detail);
    assert!(block.instructions.as_ref().unwrap().role.contains("Privileged Authentication Administrator"));
    assert_eq!(lab.contradictions(&seen.report), Vec::<String>::new());
}
