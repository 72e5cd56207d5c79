//! What holds for all facts: no guard panics or reads in secret, no guard asks in vain, and a reading that fails
//! never lets a destructive step through that the reading would have stopped.

mod changes;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::all;
use super::testing::{ALL_STEPS, Trial, blank, judge};
use crate::facts::{Facet, Fact};
use crate::operation::Guard;
use crate::operation::guard::Direction;
use changes::Change;

/// A step with a few changes to its world. Few changes shrink to the ones that matter.
fn trials(names: &'static [&'static str]) -> impl Strategy<Value = Trial> {
    let changes = prop::collection::vec(changes::any(), 0..10);
    (prop::sample::select(names), changes, any::<bool>(), 0..changes::REMOVED.len()).prop_map(
        |(name, changes, forward, removed)| {
            let mut trial = Trial::of(name);
            if name == "remove_licenses" {
                trial.params["skus"] = json!(changes::REMOVED[removed]);
            }
            if !forward {
                trial.direction = Direction::Undo;
            }
            changes.iter().fold(trial, |trial, change| change.to(trial))
        },
    )
}

/// Everything that the guards of the step read.
fn read(trial: &Trial) -> BTreeSet<Facet> {
    trial.with_step(|step| {
        all().iter().filter(|guard| guard.applies(step)).flat_map(|guard| guard.reads(step)).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// `Trial::findings` asserts that each finding is complete and that only listed facets had a part in it.
    #[test]
    fn no_guard_panics_or_reads_in_secret(trial in trials(&ALL_STEPS)) {
        for guard in all() {
            trial.findings(guard.as_ref());
        }
    }

    #[test]
    fn a_failed_reading_never_lets_a_destructive_step_through(
        trial in trials(&[
            "remove_licenses",
            "convert_to_shared",
            "leave_group",
            "leave_licensing_group",
            "delete_user",
        ])
    ) {
        let guards = all();
        prop_assume!(trial.direction == Direction::Forward && trial.stopped(&guards, &trial.facts));
        for facet in read(&trial) {
            let mut unread = trial.facts.clone();
            blank(&mut unread, &facet);
            prop_assert!(trial.stopped(&guards, &unread), "{facet:?} unread lets it through");
        }
        let mut hidden = trial.facts.clone();
        let leaver = &mut hidden.leaver;
        for rows in [&mut leaver.memberships, &mut leaver.direct_groups] {
            rows.known_mut().into_iter().flatten().for_each(|row| row.group = Fact::default());
        }
        prop_assert!(trial.stopped(&guards, &hidden), "hidden groups let it through");
    }
}

/// Each facet that a guard reads changes what it finds, in some world: a guard that asks in vain makes every run
/// slower.
#[test]
fn no_guard_asks_in_vain() {
    let mut runner = TestRunner::deterministic();
    let any_few = prop::collection::vec(changes::any(), 1..5);
    let worlds: Vec<Vec<Change>> =
        (0..12000).map(|_| any_few.new_tree(&mut runner).unwrap().current()).collect();
    let guards = all();
    for name in ALL_STEPS {
        let mut in_vain: Vec<(&dyn Guard, Facet)> = Trial::of(name).with_step(|step| {
            let applying = guards.iter().filter(|guard| guard.applies(step));
            applying
                .flat_map(|guard| guard.reads(step).into_iter().map(|facet| (guard.as_ref(), facet)))
                .collect()
        });
        for changes in &worlds {
            if in_vain.is_empty() {
                break;
            }
            let trial = changes.iter().fold(Trial::of(name), |trial, change| change.to(trial));
            trial.with_step(|step| {
                in_vain.retain(|(guard, facet)| {
                    let mut unread = trial.facts.clone();
                    blank(&mut unread, facet);
                    judge(*guard, step, &unread, &trial.intent)
                        == judge(*guard, step, &trial.facts, &trial.intent)
                });
            });
        }
        let in_vain: Vec<_> = in_vain.into_iter().map(|(guard, facet)| (guard.code(), facet)).collect();
        assert!(in_vain.is_empty(), "{name}: {in_vain:?}");
    }
}
