//! A kind of change: what it reads, when it may be done, what will be so afterwards, how it is done and undone.

pub mod catalog;
pub mod context;
pub mod erased;
pub mod finding;
pub mod guard;
pub mod judged;
pub mod spec;

use std::fmt::Debug;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use catalog::{Catalog, StepFactory};
pub use context::{Context, Later};
pub use erased::AnyOperation;
pub use finding::{Finding, Findings, Severity};
pub use guard::{Guard, Subject};
pub use judged::{Instructions, Judged, Permission, Reached, Route, Seen};
pub use spec::{Class, Door, Phase, Repeat, Reversal, Spec};

use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::ObjectKey;
use crate::time::Timestamp;

/// A kind of change. Its fields are its parameters, as they stand in a plan.
///
/// # Laws
/// Checked for every operation of the catalog, without being asked:
/// * after `apply` the facts read equal `effect(facts before)`, clock fields apart;
/// * applying twice is reached, and costs what [`Repeat`] says;
/// * `undo` restores the state before, unless [`Reversal`] says what is missing;
/// * parameters and state survive JSON.
#[async_trait]
pub trait Operation: Serialize + DeserializeOwned + JsonSchema + Debug + Send + Sync + 'static {
    /// The part of the facts this operation changes: captured before, compared after, restored on undo.
    type State: Serialize + DeserializeOwned + JsonSchema + PartialEq + Debug + Clone + Send + Sync + 'static;

    /// What is the same for each use.
    fn spec() -> Spec;

    /// Parameters for the documentation, the schema and the laws.
    fn example() -> Self;

    /// What must be read to judge it.
    fn reads(&self) -> Vec<Facet>;

    /// What it writes to.
    fn touches(&self) -> Vec<ObjectKey>;

    /// The rights it needs for this leaver.
    fn permissions(&self, facts: &Facts) -> Vec<Permission>;

    /// How a person would do it: for whoever may where offboard may not, and where a door is closed.
    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions;

    /// Who carries it out for this leaver.
    fn route(&self, _facts: &Facts) -> Route {
        Route::Change
    }

    /// What only this operation knows to speak against it; shared rules are guards.
    fn check(&self, _facts: &Facts, _findings: &mut Findings) {}

    /// The state now.
    fn state(&self, facts: &Facts) -> Judged<Self::State>;

    /// Changes the facts to what will be so afterwards.
    fn effect(&self, facts: &mut Facts);

    /// Changes the facts to what will be so after undo.
    fn put_back(&self, facts: &mut Facts, before: &Self::State);

    /// Whether what was wanted is so.
    fn reached(&self, seen: &Seen<Self::State>) -> Reached;

    /// What is missing as long as it is not reached, in words; nothing where the state does not tell. Names are for people.
    fn missing(&self, _now: &Self::State) -> Option<String> {
        None
    }

    /// Writes. `before` is the captured state; only containment may see it unknown.
    async fn apply(&self, cx: &Context<'_>, before: &Judged<Self::State>) -> Result<(), Failure>;

    /// What only this operation knows to speak against taking it back.
    fn undo_check(&self, _facts: &Facts, _before: &Self::State, _findings: &mut Findings) {}

    /// Writes the state before.
    async fn undo(&self, cx: &Context<'_>, before: &Self::State, now: &Self::State) -> Result<(), Failure>;

    /// Whether the state before is there again.
    fn restored(&self, before: &Self::State, now: &Self::State) -> bool {
        before == now
    }

    /// Whether what is read now is what stays. Where another system is the master (Active Directory of a synced leaver), it is
    /// so once that has passed over the write of `applied_at`.
    fn lasts(&self, _now: &Self::State, _applied_at: Option<Timestamp>) -> bool {
        true
    }

    /// Whether it is about somebody who may lie among the deleted users. Every other step ends where the account is gone.
    fn concerns_the_deleted(&self) -> bool {
        false
    }
}
