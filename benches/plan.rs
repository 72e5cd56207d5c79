//! How long a plan takes, once the facts are read: `cargo bench -p offboard --bench plan`.
//!
//! Everybody at Contoso is read once, over the simulated tenant. Then, for each of them and each shipped policy, the policy is
//! derived and the plan is made and written as a document, a hundred times. The target is less than a millisecond a leaver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::large_futures,
    reason = "a benchmark that cannot go on fails, and says what it saw"
)]

#[allow(dead_code, unreachable_pub, reason = "a benchmark uses its own part of this")]
#[path = "../tests/laboratory/common/mod.rs"]
mod common;

use std::collections::BTreeSet;
use std::hint::black_box;

use common::{Lab, policy};
use offboard::core::facts::{Facet, Facts};
use offboard::core::guards;
use offboard::core::model::cloud::Cloud;
use offboard::core::operation::Subject;
use offboard::core::operation::guard::Direction;
use offboard::core::plan::document::Source;
use offboard::core::plan::judge::reads;
use offboard::core::plan::planner::{Wanted, plan};
use offboard::core::policy::Request;
use offboard::core::time::Clock as _;
use offboard::{Policy, StepId, SystemClock, UserId};
use offboard_sim::contoso::PEOPLE;

/// How often each plan is made.
const TIMES: u32 = 100;

/// A person's facts as planning reads them: what the policy wants to know, and then what its steps and their guards do.
async fn facts(lab: &Lab, policy: &Policy, leaver: UserId, successor: UserId) -> (Facts, Request) {
    let engine = &lab.engine;
    let mut facts = Facts::new(engine.tenant(), Cloud::Worldwide, leaver, engine.host().clock.now());
    let asked = Request { leaves_at: facts.as_of, successor: Some(successor) };
    let mut wanted = policy.reads(leaver);
    wanted.extend([Facet::Caller, Facet::GlobalAdministrators]);
    lab.read(&mut facts, &wanted).await;
    let people = policy.people(&facts, asked.successor);
    let wanted: BTreeSet<Facet> = people.into_iter().flat_map(|id| policy.person_reads(id)).collect();
    lab.read(&mut facts, &wanted).await;
    let derived = policy.derive(&facts, engine.profile(), &asked, engine.catalog());
    let mut wanted = BTreeSet::new();
    for draft in &derived.drafts {
        let operation = engine.catalog().make(&draft.operation, &draft.params).unwrap();
        let id = StepId::new(draft.operation.clone());
        let (params, at) = (&draft.params, facts.as_of);
        let subject = Subject {
            id: &id,
            operation: operation.as_ref(),
            params,
            direction: Direction::Forward,
            leaver,
            at,
        };
        wanted.extend(reads(&subject, &guards::all()));
    }
    lab.read(&mut facts, &wanted).await;
    (facts, asked)
}

fn main() {
    let lab = Lab::contoso(1);
    let guards = guards::all();
    let clock = SystemClock;
    for name in ["containment", "shared"] {
        let policy = policy(name);
        let known: Vec<(Facts, Request)> = lab.block_on(async {
            let mut known = Vec::new();
            for person in PEOPLE {
                let id = |upn: &str| lab.tenant.user_id(upn).unwrap();
                known.push(facts(&lab, &policy, id(person.upn), id("megan@contoso.com")).await);
            }
            known
        });
        let make = |facts: &Facts, asked: &Request| {
            let derived = policy.derive(facts, lab.engine.profile(), asked, lab.engine.catalog());
            let source = Source {
                policy: policy.name().to_owned(),
                policy_digest: policy.digest().clone(),
                profile_digest: lab.engine.profile().digest.clone(),
                undoes: None,
            };
            let wanted = Wanted { derived, source, made_at: facts.as_of, made_by: "bench".to_owned() };
            plan(facts, wanted, lab.engine.catalog(), &guards).unwrap().to_bytes()
        };
        let mut slowest = (0, "");
        let began = clock.now();
        for ((facts, asked), person) in known.iter().zip(PEOPLE) {
            let since = clock.now();
            for _ in 0..TIMES {
                black_box(make(black_box(facts), asked));
            }
            slowest = slowest.max((clock.now().since(since).as_micros() / i64::from(TIMES), person.upn));
        }
        let plans = i64::from(TIMES) * i64::try_from(known.len()).unwrap();
        let each = clock.now().since(began).as_micros() / plans;
        let verdict = if each < 1_000 { "under" } else { "OVER" };
        println!(
            "{name}: {each} µs a leaver over {} people ({verdict} 1 ms); the slowest, {}, {} µs",
            known.len(),
            slowest.1,
            slowest.0
        );
    }
}
