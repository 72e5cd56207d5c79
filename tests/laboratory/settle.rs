//! What is not safe to repeat is never sent again unread: it is read until nobody can wait longer, and then a person
//! decides.

use crate::crashing::Scene;
use crate::crashing::settled::{catalog, notices, policy, sent};
use http::Method;
use offboard::core::engine::control::Word;
use offboard::core::error::ErrorKind;
use offboard::core::time::Period;
use offboard::{Exit, Outcome, StepId};
use offboard_sim::{Fault, Matcher, Tenant};

const WHO: &str = "alex@contoso.com";

fn scene() -> Scene {
    Scene::of(Tenant::contoso(9), WHO, policy(), catalog)
}

fn outcome(scene: &Scene) -> Outcome {
    let report = scene.report();
    report.steps.iter().find(|step| step.operation == "post_notice").unwrap().outcome
}

/// It was sent at most once, and what is said of it is true.
fn once_and_truly(scene: &Scene, what: &str) -> Outcome {
    // A day of resuming changes nothing about that.
    for _ in 0..6 {
        scene.tenant.clock().advance(Period::hours(4));
        scene.carry_on("the clockwork");
    }
    let (sent, there, outcome) = (sent(&scene.tenant), notices(&scene.tenant, WHO), outcome(scene));
    assert!(sent.len() <= 1, "{what}: sent {} times: {sent:#?}", sent.len());
    assert!(there <= sent.len(), "{what}: {there} notices");
    match outcome {
        Outcome::Done => assert_eq!(there, 1, "{what}"),
        Outcome::Unknown => {}
        other => panic!("{what}: {other:?}\n{}", scene.report().to_text()),
    }
    assert!(there == 0 || outcome == Outcome::Done, "{what}: it can be read, and nobody has read it");
    outcome
}

#[test]
fn a_crash_anywhere_never_sends_it_twice() {
    let scene = scene();
    let (mut done, mut unknown, mut cuts) = (0, 0, 0);
    let mut count = |outcome: Outcome| match outcome {
        Outcome::Done => done += 1,
        _ => unknown += 1,
    };
    while let Some(dead) = scene.dead_after_append(cuts + 1) {
        cuts += 1;
        dead.survive();
        count(once_and_truly(&dead, &format!("dead after append {cuts}")));
    }
    let awaits = scene.awaits();
    for moment in &awaits.moments {
        let what = format!("dropped at await {} of {}", moment.poll, awaits.polls);
        moment.scene.survive();
        count(once_and_truly(&moment.scene, &what));
    }
    println!(
        "{cuts} appends, {} awaits of {}: {done} done, {unknown} unknown",
        awaits.moments.len(),
        awaits.polls
    );
    // Both happen: the process can die before and after the only sending.
    assert!(done > 0 && unknown > 0);
}

#[test]
fn a_lost_answer_is_read_and_not_sent_again() {
    let faults = [
        Fault::DropAnswer,
        Fault::Truncated,
        Fault::Html,
        Fault::EmptyOk,
        Fault::ResetBefore,
        Fault::Slow(Period::minutes(10)),
        Fault::NothingHappens,
        Fault::Later(Period::minutes(20)),
        Fault::MissingPart,
    ];
    for fault in faults {
        let what = fault.name();
        let scene = scene();
        let notice = Matcher::graph(&Method::PATCH, "/users/*/mailboxSettings");
        scene.tenant.faults().once(notice, fault.clone());
        scene.carry_on("the first process");
        let outcome = once_and_truly(&scene, &what);
        println!("{what}: {outcome:?}");
        let never = matches!(fault, Fault::ResetBefore | Fault::NothingHappens);
        assert_eq!(outcome == Outcome::Unknown, never, "{what}");
    }
}

#[test]
fn what_could_not_be_read_a_person_decides() {
    for (happened, then) in [(true, Outcome::Vouched), (false, Outcome::Cancelled)] {
        let scene = scene();
        let notice = || Matcher::graph(&Method::PATCH, "/users/*/mailboxSettings");
        scene.tenant.faults().once(notice(), Fault::DropAnswer);
        scene
            .tenant
            .faults()
            .always(Matcher::graph(&Method::GET, "/users/*/mailboxSettings").from_nth(2), Fault::status(503));
        scene.carry_on("the first process");
        let report = scene.report();
        assert_eq!(outcome(&scene), Outcome::Unknown, "{}", report.to_text());
        assert_eq!(report.exit(), Exit::Person);
        assert_eq!((sent(&scene.tenant).len(), notices(&scene.tenant, WHO)), (1, 1), "it did happen");
        let engine = scene.engine("a person");
        let step = StepId::new("post_notice");
        let nobody =
            scene.tenant.clock().block_on(engine.say(&scene.run(), &step, &Word::Settle { happened }, "  "));
        assert!(
            nobody.is_err_and(|error| error.to_string().contains("the name of whoever vouches is empty"))
        );
        scene
            .tenant
            .clock()
            .block_on(engine.say(&scene.run(), &step, &Word::Settle { happened }, "grace@contoso.com"))
            .unwrap();
        assert_eq!(outcome(&scene), then);
        scene.tenant.faults().clear();
        scene.carry_on("afterwards");
        assert_eq!(outcome(&scene), then, "what was settled stays settled");
        assert_eq!(sent(&scene.tenant).len(), 1);
    }
}

/// Not as if the journal were broken.
#[test]
fn what_was_seen_is_not_for_anybody_to_decide() {
    let scene = scene();
    scene.carry_on("the only process");
    assert_eq!(outcome(&scene), Outcome::Done);
    let (engine, run) = (scene.engine("a person"), scene.run());
    for happened in [true, false] {
        let (step, word) = (StepId::new("post_notice"), Word::Settle { happened });
        let said = engine.say(&run, &step, &word, "grace@contoso.com");
        let refused = scene.tenant.clock().block_on(said).unwrap_err();
        assert!(matches!(refused.kind(), ErrorKind::Usage(_)), "{refused}");
        assert!(refused.to_string().contains("nothing left to decide"), "{refused}");
    }
}
