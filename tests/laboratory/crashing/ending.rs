//! What a run came to, and whether a run that was cut off came to the same.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, LazyLock, Mutex};

use futures_util::FutureExt as _;
use offboard::core::engine::next::next;
use offboard::core::journal::chain::{self, Checkpoint};
use offboard::core::journal::{Entry, RunState, Status, StepState};
use offboard::core::operation::Judged;
use offboard::core::report::StepReport;
use offboard::core::time::{Clock as _, Period};
use offboard::{Journal, Outcome, Report, StepId};
use offboard_sim::judge::diff;
use offboard_sim::{Exchanged, Tenant, World};
use serde_json::Value;

use super::Scene;
use crate::common::{contradictions, wire};

/// Everything that the journal of the scene's run holds; nothing, if it was never opened.
pub fn entries(scene: &Scene) -> Vec<Entry> {
    scene.journal.read(&scene.run(), 0).now_or_never().unwrap().unwrap_or_default()
}

/// Counts the entries, and fails where their chain is broken or is not a continuation of `checkpoint`.
pub fn chained(scene: &Scene, checkpoint: Option<&Checkpoint>) -> Option<Checkpoint> {
    let record = scene.journal.record(&scene.run()).now_or_never().unwrap().ok()?;
    Some(chain::verify(&record, &entries(scene), checkpoint).unwrap())
}

fn state(scene: &Scene) -> RunState {
    let opened = scene.tenant.world(|world| world.now);
    RunState::fold(scene.run(), scene.approved.plan(), opened, &entries(scene)).unwrap()
}

/// Where each step stands.
pub fn statuses(scene: &Scene) -> BTreeMap<StepId, Status> {
    state(scene).steps.into_iter().map(|(id, step)| (id, step.status)).collect()
}

impl Scene {
    /// Whether something of the run can be done now, or was on its way.
    pub fn has_work_now(&self) -> bool {
        let (now, state) = (self.tenant.clock().now(), state(self));
        let on_its_way = |step: &StepState| matches!(step.status, Status::Captured | Status::Progressed);
        state.steps.values().any(on_its_way)
            || !next(self.approved.plan(), &state, &BTreeSet::new(), now).ready.is_empty()
    }
}

/// The truth, and what the report says.
#[derive(Debug)]
pub struct Ending {
    pub world: World,
    pub report: Report,
}

impl Ending {
    /// Of a scene that was carried to the end. Fails where the report contradicts the truth, or where the wire did not
    /// keep to Microsoft's descriptions.
    pub fn of(scene: &Scene, what: &str) -> Self {
        let report = scene.report();
        report_is_true(&scene.tenant, &report, what);
        hold_wire(&scene.tenant, what);
        // Whatever happens by itself has happened by then: directory sync has passed once more.
        scene.tenant.clock().advance(Period::minutes(31));
        Self { world: scene.tenant.world(|world| world.clone()), report }
    }
}

/// Fails where a report contradicts the truth.
pub fn report_is_true(tenant: &Tenant, report: &Report, what: &str) {
    let false_claims = contradictions(tenant, report);
    assert!(false_claims.is_empty(), "{what}: {false_claims:#?}\n{}", report.to_text());
}

/// What differs between two truths, but for random values and what a clock stamped in both of them.
pub fn differences(one: &World, other: &World) -> Vec<String> {
    let mut differences = diff(one, other);
    differences.retain(|line| {
        let stamped = line.contains("unlicensed_since:") || line.contains("/created:");
        !stamped || line.contains("null")
    });
    differences
}

/// Fails unless a run that was cut off where `crashed` says and then carried on came to the same as `undisturbed`:
/// the same truth, the same outcome of every step, the same state to go back to, the same exit code.
///
/// One thing may be said otherwise: a step that was so `already` and whose process died between recording that and
/// reading it again is `done`, because nobody can know any more that nothing was sent.
pub fn same(undisturbed: &Ending, ending: &Ending, crashed: &BTreeMap<StepId, Status>, what: &str) {
    let differences = differences(&undisturbed.world, &ending.world);
    assert!(
        differences.is_empty(),
        "{what}: the truth differs: {differences:#?}\n{}",
        ending.report.to_text()
    );
    for (wanted, step) in undisturbed.report.steps.iter().zip(&ending.report.steps) {
        assert_eq!(wanted.id, step.id, "{what}");
        let unknowable = wanted.outcome == Outcome::Already
            && step.outcome == Outcome::Done
            && matches!(crashed.get(&step.id), Some(Status::Captured | Status::Indeterminate));
        assert!(
            wanted.outcome == step.outcome || unknowable,
            "{what}: {} is {:?}, undisturbed {:?}: {}\n{}",
            step.id,
            step.outcome,
            wanted.outcome,
            step.detail,
            ending.report.to_text()
        );
        assert_eq!(before(wanted), before(step), "{what}: {} would be taken back to something else", step.id);
    }
    assert_eq!(undisturbed.report.exit, ending.report.exit, "{what}");
    assert_eq!(undisturbed.report.open, ending.report.open, "{what}");
}

/// What an undo would go back to, without what the service stamps by its clock.
fn before(step: &StepReport) -> Option<Value> {
    const CLOCKS: [&str; 2] = ["last_password_change_date_time", "sign_in_sessions_valid_from_date_time"];
    let Some(Judged::Is(Value::Object(mut state))) = step.before.clone() else { return None };
    state.retain(|name, _| !CLOCKS.contains(&name.as_str()));
    Some(Value::Object(state))
}

/// Exchanges that were held against Microsoft's descriptions before: forks of one tenant share most of theirs.
static HELD: LazyLock<Mutex<HashSet<u64>>> = LazyLock::new(Mutex::default);

/// Fails where anything that went over the wire is not as Microsoft describes it. Each exchange is looked at once.
pub fn hold_wire(tenant: &Tenant, what: &str) {
    let mut held = HELD.lock().unwrap();
    let fresh: Vec<Arc<Exchanged>> =
        tenant.recorder().all().into_iter().filter(|row| held.insert(print(row))).collect();
    drop(held);
    if fresh.is_empty() {
        return;
    }
    let found = wire::check_rows(&fresh, &wire::names(tenant));
    assert!(found.is_empty(), "{what}: the wire, {} violations:\n{}", found.len(), found.join("\n"));
}

fn print(row: &Exchanged) -> u64 {
    let mut hasher = DefaultHasher::new();
    (row.method.as_str(), &row.url, &row.body, row.status, &row.answer, &row.faults).hash(&mut hasher);
    (row.part_of.is_some()).hash(&mut hasher);
    hasher.finish()
}
