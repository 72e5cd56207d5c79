//! The laws of `Operation`, for every operation of the catalog without being asked, on the simulated tenant through the
//! real ports.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::common::Lab;
use crate::truth::table::ROWS;
use async_trait::async_trait;
use offboard::core::facts::{Facet, Facts};
use offboard::core::failure::Failure;
use offboard::core::operation::catalog::StepFactory;
use offboard::core::operation::context::ProgressSink;
use offboard::core::operation::{AnyOperation, Context, Judged, Reversal, Route, Seen};
use offboard::core::ports::Call;
use offboard::core::time::{Clock as _, Period};
use offboard::{Catalog, Kind, UserId};
use offboard_sim::judge::diff;
use offboard_sim::{Fault, Matcher, Tenant, World};
use serde_json::{Value, json};

/// An operation on somebody at Contoso.
struct Trial {
    lab: Lab,
    operation: std::sync::Arc<dyn AnyOperation>,
    leaver: UserId,
    /// How it is called in messages.
    name: String,
}

/// How far long work is, as a journal would keep it.
#[derive(Default)]
struct Kept(Mutex<Option<Value>>);

#[async_trait]
impl ProgressSink for Kept {
    async fn progress(&self, cursor: Value) -> Result<(), Failure> {
        *self.0.lock().unwrap() = Some(cursor);
        Ok(())
    }
}

/// Puts people of the tenant into parameters.
type Place = fn(&Tenant, &Value) -> Value;

/// Whom and with what: the rows of the table, or for an operation that has none its example, on Alex and Megan.
fn trials(factory: &dyn StepFactory) -> Vec<(String, Place, Value)> {
    let name = factory.spec().name;
    let rows = ROWS.iter().filter(|row| row.operation == name);
    let rows: Vec<_> = rows
        .map(|row| {
            let params = row.params(&Tenant::contoso(1));
            (row.leaver.to_owned(), (|_: &Tenant, params: &Value| params.clone()) as _, params)
        })
        .collect();
    if rows.is_empty() {
        return vec![("alex@contoso.com".to_owned(), at_contoso, factory.example())];
    }
    rows
}

/// The example's people, replaced by people of Contoso.
fn at_contoso(tenant: &Tenant, example: &Value) -> Value {
    let text = example.to_string();
    let id = |upn: &str| tenant.user_id(upn).unwrap().to_string();
    let leaver = example["user"].as_str().unwrap_or_default().to_owned();
    let text = text.replace(&leaver, &id("alex@contoso.com"));
    let others = leaver.get(..leaver.len().saturating_sub(1)).unwrap_or_default().to_owned() + "2";
    serde_json::from_str(&text.replace(&others, &id("megan@contoso.com"))).unwrap()
}

fn each(mut law: impl FnMut(&Trial)) {
    let mut tried = 0;
    for factory in Catalog::builtin().factories() {
        for (leaver, place, params) in trials(factory.as_ref()) {
            let tenant = Tenant::contoso(1);
            // What a law says is said of the truth, not of replicas that are behind.
            tenant.world(|world| world.timing.read_lag = vec![Period::ZERO]);
            let params = place(&tenant, &params);
            let operation = factory.make(&params).unwrap();
            let name = format!("{} for {leaver}", factory.spec().name);
            let leaver = tenant.user_id(&leaver).unwrap();
            law(&Trial { lab: Lab::on(tenant), operation, leaver, name });
            tried += 1;
        }
    }
    assert!(tried >= Catalog::builtin().factories().count());
}

impl Trial {
    fn params(&self) -> Value {
        self.operation.params()
    }

    /// What is so, once everything that was under way has happened: group-based licensing takes some minutes, and a hold
    /// some hours.
    async fn facts(&self) -> Facts {
        let clock = self.lab.tenant.clock();
        let held = self.operation.spec().name == "place_litigation_hold";
        let under_way = if held { self.operation.spec().latency } else { Period::minutes(5) };
        clock.sleep_until(clock.now() + under_way).await;
        let mut facts = self.lab.facts(self.leaver, self.operation.spec().name, &self.params()).await;
        let more: BTreeSet<Facet> = self.operation.reads().into_iter().collect();
        self.lab.read(&mut facts, &more).await;
        facts
    }

    fn state(&self, facts: &Facts) -> Value {
        match self.operation.state(facts) {
            Judged::Is(state) => state,
            other => panic!("{}: {other:?}", self.name),
        }
    }

    /// The state without what the service stamps by its clock.
    fn timeless(&self, mut state: Value) -> Value {
        forget(&mut state, self.operation.spec().clock_fields);
        state
    }

    /// To its end, however many rounds long work takes.
    async fn apply(&self, facts: &Facts) -> Result<(), Failure> {
        let (kept, mut facts) = (Kept::default(), facts.clone());
        loop {
            let providers = self.lab.engine.providers();
            let call = Call::new("7c0a3b1e-0000-4000-8000-000000000002");
            let cursor = kept.0.lock().unwrap().clone();
            let cx = Context::new(providers, call, self.lab.engine.host(), &facts, cursor, &kept);
            self.operation.apply(&cx, &self.operation.state(&facts)).await?;
            let (_, Some(later)) = cx.finish() else { return Ok(()) };
            self.lab.tenant.clock().sleep_until(later.at).await;
            facts = self.facts().await;
        }
    }

    async fn undo(&self, before: &Value, facts: &Facts) -> Result<(), Failure> {
        let providers = self.lab.engine.providers();
        let call = Call::new("7c0a3b1e-0000-4000-8000-000000000003");
        let kept = Kept::default();
        let cx = Context::new(providers, call, self.lab.engine.host(), facts, None, &kept);
        self.operation.undo(&cx, before, &self.state(facts)).await
    }

    fn world(&self) -> World {
        self.lab.tenant.world(|world| world.clone())
    }

    fn is_for_people(&self, facts: &Facts) -> bool {
        matches!(self.operation.route(facts), Route::HandOff(_))
    }

    /// The same by the operation's own judgement, where the service writes things its own way.
    fn same(&self, wanted: &Value, found: &Value) -> bool {
        let (wanted, found) = (self.timeless(wanted.clone()), self.timeless(found.clone()));
        wanted == found || reworded(&wanted, &found)
    }
}

/// Equal but for the markup that Exchange puts around the texts of automatic replies.
fn reworded(wanted: &Value, found: &Value) -> bool {
    let bare = |text: &str| {
        let text =
            text.replace("<html>", "").replace("</html>", "").replace("<body>", "").replace("</body>", "");
        text.trim().to_owned()
    };
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.len() == found.len()
                && wanted.iter().all(|(key, value)| match (value, found.get(key)) {
                    (Value::String(a), Some(Value::String(b))) if key.ends_with("_message") => {
                        bare(a) == bare(b)
                    }
                    (value, other) => other == Some(value),
                })
        }
        _ => false,
    }
}

fn forget(state: &mut Value, fields: &[&str]) {
    match state {
        Value::Object(members) => {
            members.retain(|name, _| !fields.contains(&name.as_str()));
            members.values_mut().for_each(|value| forget(value, fields));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forget(item, fields)),
        _ => {}
    }
}

#[test]
fn examples_are_valid_and_parameters_survive_json() {
    for factory in Catalog::builtin().factories() {
        let (name, example) = (factory.spec().name, factory.example());
        let operation = factory.make(&example).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(operation.params(), example, "{name}");
        let text = serde_json::to_vec(&operation.params()).unwrap();
        let again = factory.make(&serde_json::from_slice(&text).unwrap()).unwrap();
        assert_eq!(again.params(), example, "{name}");
        let mut stranger = example.clone();
        stranger["no_such_parameter"] = json!(1);
        assert!(factory.make(&stranger).is_err(), "{name} takes parameters that it does not know");
        assert!(!operation.reads().is_empty(), "{name} reads nothing");
        let spec = factory.spec();
        assert!(spec.latency > Period::ZERO && spec.give_up >= spec.latency, "{name}: its times");
    }
}

#[test]
fn states_survive_json_and_are_equal_to_themselves() {
    each(|trial| {
        let state = trial.lab.block_on(async { trial.state(&trial.facts().await) });
        let again: Value = serde_json::from_slice(&serde_json::to_vec(&state).unwrap()).unwrap();
        assert_eq!(again, state, "{}", trial.name);
        assert_eq!(trial.operation.restored(&again, &state), Ok(true), "{}", trial.name);
        for field in trial.operation.spec().clock_fields {
            assert!(state.to_string().contains(&format!("\"{field}\"")), "{}: no field {field}", trial.name);
        }
    });
}

#[test]
fn the_facts_afterwards_are_the_effect() {
    each(|trial| {
        trial.lab.block_on(async {
            let before = trial.facts().await;
            let mut expected = before.clone();
            trial.operation.effect(&mut expected);
            let asked_at = trial.lab.tenant.clock().now();
            if trial.is_for_people(&before) {
                let refused = trial.apply(&before).await.unwrap_err();
                assert_eq!(refused.kind, Kind::Unsupported, "{}", trial.name);
                assert!(trial.lab.tenant.recorder().mutating().is_empty(), "{}", trial.name);
                return;
            }
            trial.apply(&before).await.unwrap();
            let after = trial.facts().await;
            let (wanted, found) = (trial.state(&expected), trial.state(&after));
            assert!(trial.same(&wanted, &found), "{}: wanted {wanted}, found {found}", trial.name);
            assert_ne!(trial.state(&before), found, "{}: it changes nothing", trial.name);
            let seen = Seen {
                before: trial.operation.state(&before),
                now: trial.operation.state(&after),
                applied_at: Some(asked_at),
                at: after.as_of,
            };
            // Where Active Directory is the master it lasts only once its sync has passed.
            let lasts = trial.operation.lasts(&found, Some(asked_at)).unwrap();
            let reached = trial.operation.reached(&seen).unwrap();
            assert_eq!(reached.is_seen(), lasts, "{}: {reached:?}", trial.name);
        });
    });
}

#[test]
fn applying_twice_is_reached_and_changes_no_more() {
    each(|trial| {
        trial.lab.block_on(async {
            let before = trial.facts().await;
            if trial.is_for_people(&before) {
                return;
            }
            trial.apply(&before).await.unwrap();
            let once = trial.facts().await;
            trial.apply(&once).await.unwrap_or_else(|failure| panic!("{}: {failure:?}", trial.name));
            let twice = trial.facts().await;
            assert!(trial.same(&trial.state(&once), &trial.state(&twice)), "{}", trial.name);
        });
    });
}

#[test]
fn undo_restores_or_says_that_it_cannot() {
    each(|trial| {
        trial.lab.block_on(async {
            let before = trial.facts().await;
            let (state, world) = (trial.state(&before), trial.world());
            if trial.is_for_people(&before) {
                assert!(trial.undo(&state, &before).await.is_err(), "{}", trial.name);
                return;
            }
            trial.apply(&before).await.unwrap();
            let after = trial.facts().await;
            let reversal = &trial.operation.spec().reversal;
            if let Reversal::Impossible { .. } = reversal {
                let written = trial.lab.tenant.recorder().mutating().len();
                assert!(trial.undo(&state, &after).await.is_err(), "{}", trial.name);
                assert_eq!(trial.lab.tenant.recorder().mutating().len(), written, "{}", trial.name);
                return;
            }
            let mut expected = after.clone();
            trial.operation.put_back(&mut expected, &state).unwrap();
            trial.undo(&state, &after).await.unwrap();
            let now = trial.facts().await;
            assert_eq!(trial.operation.restored(&state, &trial.state(&now)), Ok(true), "{}", trial.name);
            let (wanted, found) = (trial.state(&expected), trial.state(&now));
            assert!(trial.same(&wanted, &found), "{}: wanted {wanted}, found {found}", trial.name);
            if let Reversal::Exact {} = reversal {
                assert!(trial.same(&state, &found), "{}: was {state}, is {found}", trial.name);
                assert_eq!(diff(&world, &trial.world()), Vec::<String>::new(), "{}", trial.name);
            }
        });
    });
}

#[test]
fn whatever_write_fails_undo_still_restores() {
    let mut failed = 0;
    each(|trial| {
        // How many writes there are is seen on a tenant of their own.
        let writes = {
            let tenant = Tenant::contoso(1);
            let probe = Trial {
                lab: Lab::on(tenant),
                operation: trial.operation.clone(),
                leaver: trial.leaver,
                name: trial.name.clone(),
            };
            probe.lab.block_on(async {
                let before = probe.facts().await;
                let _ = probe.apply(&before).await;
            });
            probe.lab.tenant.recorder().mutating().len()
        };
        if let Reversal::Impossible { .. } = trial.operation.spec().reversal {
            return;
        }
        for nth in 1..=writes {
            let tenant = Tenant::contoso(1);
            tenant.world(|world| world.timing.read_lag = vec![Period::ZERO]);
            let again = Trial {
                lab: Lab::on(tenant),
                operation: trial.operation.clone(),
                leaver: trial.leaver,
                name: format!("{}, write {nth} of {writes} fails", trial.name),
            };
            again.lab.block_on(async {
                let before = again.facts().await;
                let state = again.state(&before);
                again.lab.tenant.faults().once(Matcher::writes().from_nth(nth), Fault::status(400));
                assert!(again.apply(&before).await.is_err(), "{}", again.name);
                failed += 1;
                let after = again.facts().await;
                again.undo(&state, &after).await.unwrap();
                let now = again.facts().await;
                assert_eq!(again.operation.restored(&state, &again.state(&now)), Ok(true), "{}", again.name);
            });
        }
    });
    assert!(failed >= 10, "{failed}");
}
