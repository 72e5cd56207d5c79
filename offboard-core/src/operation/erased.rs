//! The object-safe twin of an operation, over JSON values.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Context, Findings, Instructions, Judged, Operation, Permission, Reached, Route, Seen, Spec};
use crate::facts::{Facet, Facts};
use crate::failure::{Failure, Kind};
use crate::id::ObjectKey;
use crate::time::Timestamp;

/// An operation with its parameters, whatever its type. See [`Operation`] for the meaning of each function.
#[async_trait]
#[expect(missing_docs, reason = "each function is its namesake of `Operation`")]
pub trait AnyOperation: Debug + Send + Sync {
    fn spec(&self) -> &Spec;
    fn params(&self) -> Value;
    fn reads(&self) -> Vec<Facet>;
    fn touches(&self) -> Vec<ObjectKey>;
    fn permissions(&self, facts: &Facts) -> Vec<Permission>;
    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions;
    fn route(&self, facts: &Facts) -> Route;
    fn check(&self, facts: &Facts, findings: &mut Findings);
    fn state(&self, facts: &Facts) -> Judged<Value>;
    fn effect(&self, facts: &mut Facts);
    fn put_back(&self, facts: &mut Facts, before: &Value) -> Result<(), Failure>;
    fn reached(&self, seen: &Seen<Value>) -> Result<Reached, Failure>;
    fn missing(&self, _now: &Value) -> Option<String> {
        None
    }
    async fn apply(&self, cx: &Context<'_>, before: &Judged<Value>) -> Result<(), Failure>;
    fn undo_check(&self, facts: &Facts, before: &Value, findings: &mut Findings) -> Result<(), Failure>;
    async fn undo(&self, cx: &Context<'_>, before: &Value, now: &Value) -> Result<(), Failure>;
    fn restored(&self, before: &Value, now: &Value) -> Result<bool, Failure>;
    fn lasts(&self, now: &Value, applied_at: Option<Timestamp>) -> Result<bool, Failure>;
    fn concerns_the_deleted(&self) -> bool;
}

/// An operation behind its twin.
#[derive(Debug)]
pub struct Erased<O> {
    operation: O,
    spec: Spec,
}

impl<O: Operation> Erased<O> {
    /// Wraps `operation`.
    pub fn new(operation: O) -> Self {
        Self { operation, spec: O::spec() }
    }

    fn parse<S: DeserializeOwned>(&self, state: &Value) -> Result<S, Failure> {
        serde_json::from_value(state.clone()).map_err(|error| {
            Failure::new(
                Kind::Protocol,
                format!("the recorded state of `{}` is not understood: {error}", self.spec.name),
            )
            .hint(
                "the journal was written by another version; continue with that version, or make a new plan",
            )
        })
    }

    fn parse_judged<S: DeserializeOwned>(&self, judged: &Judged<Value>) -> Result<Judged<S>, Failure> {
        Ok(match judged {
            Judged::Is(state) => Judged::Is(self.parse(state)?),
            Judged::Nothing(why) => Judged::Nothing(why.clone()),
            Judged::Unknown(failure) => Judged::Unknown(failure.clone()),
        })
    }
}

/// A value as JSON. What we define always converts; what somebody else defines and does not is `null`.
fn json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

#[async_trait]
impl<O: Operation> AnyOperation for Erased<O> {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn params(&self) -> Value {
        json(&self.operation)
    }

    fn reads(&self) -> Vec<Facet> {
        self.operation.reads()
    }

    fn touches(&self) -> Vec<ObjectKey> {
        self.operation.touches()
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        self.operation.permissions(facts)
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        self.operation.by_hand(facts, why)
    }

    fn route(&self, facts: &Facts) -> Route {
        self.operation.route(facts)
    }

    fn check(&self, facts: &Facts, findings: &mut Findings) {
        self.operation.check(facts, findings);
    }

    fn state(&self, facts: &Facts) -> Judged<Value> {
        self.operation.state(facts).map(|state| json(&state))
    }

    fn effect(&self, facts: &mut Facts) {
        self.operation.effect(facts);
    }

    fn put_back(&self, facts: &mut Facts, before: &Value) -> Result<(), Failure> {
        self.operation.put_back(facts, &self.parse(before)?);
        Ok(())
    }

    fn reached(&self, seen: &Seen<Value>) -> Result<Reached, Failure> {
        Ok(self.operation.reached(&Seen {
            before: self.parse_judged(&seen.before)?,
            now: self.parse_judged(&seen.now)?,
            applied_at: seen.applied_at,
            at: seen.at,
        }))
    }

    fn missing(&self, now: &Value) -> Option<String> {
        self.operation.missing(&self.parse(now).ok()?)
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<Value>) -> Result<(), Failure> {
        self.operation.apply(cx, &self.parse_judged(before)?).await
    }

    fn undo_check(&self, facts: &Facts, before: &Value, findings: &mut Findings) -> Result<(), Failure> {
        self.operation.undo_check(facts, &self.parse(before)?, findings);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &Value, now: &Value) -> Result<(), Failure> {
        self.operation.undo(cx, &self.parse(before)?, &self.parse(now)?).await
    }

    fn restored(&self, before: &Value, now: &Value) -> Result<bool, Failure> {
        Ok(self.operation.restored(&self.parse(before)?, &self.parse(now)?))
    }

    fn lasts(&self, now: &Value, applied_at: Option<Timestamp>) -> Result<bool, Failure> {
        Ok(self.operation.lasts(&self.parse(now)?, applied_at))
    }

    fn concerns_the_deleted(&self) -> bool {
        self.operation.concerns_the_deleted()
    }
}
