//! Keeping within the services' limits: pace before we are told, gates when we were, lanes where requests in
//! flight are counted (SPEED 3.4).
//!
//! A pool is a cloud's host, a tenant, an application and a pool name. All clients of one process share one
//! [`Throttle`].

mod bucket;
mod gate;
mod lanes;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::{Either, select};
use offboard_core::ports::call::Priority;
use offboard_core::time::{Host, Period, Timestamp, random_unit};

use self::bucket::{Bucket, Ticket};
use self::gate::Gates;
use self::lanes::{Lanes, Place};
use crate::quota::{Quota, Quotas};
use crate::request::Charge;

/// So many pools may be remembered before the idle ones are forgotten.
const MANY_POOLS: usize = 4_096;

/// Shared by everything that talks to the same services.
#[derive(Debug)]
pub struct Throttle {
    host: Host,
    quotas: Quotas,
    state: Mutex<State>,
    lanes: Lanes,
}

#[derive(Debug, Default)]
struct State {
    gates: Gates,
    pools: HashMap<String, Pool>,
    next: u64,
}

#[derive(Debug)]
struct Pool {
    units: Option<Bucket>,
    writes: Option<Bucket>,
}

impl Pool {
    fn new(quota: Quota, now: Timestamp) -> Self {
        let bucket = |rate| Bucket::new(rate, now);
        Self { units: quota.units.map(bucket), writes: quota.writes.map(bucket) }
    }

    fn buckets(&mut self) -> impl Iterator<Item = &mut Bucket> {
        self.units.iter_mut().chain(&mut self.writes)
    }
}

/// Permission to send one request. What is in flight is counted until it is dropped.
#[derive(Debug)]
pub struct Permit {
    _places: Vec<Place>,
    waited: Period,
}

impl Permit {
    /// How long it was waited for.
    pub fn waited(&self) -> Period {
        self.waited
    }
}

/// The turn would come later than the caller can wait: so much later than now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLate(pub Period);

/// Which of the service's pools a set of charges means.
#[derive(Debug, Clone)]
pub struct Scope {
    prefix: String,
}

impl Scope {
    /// The pools of application `app` in `tenant` at `host`.
    pub fn new(host: &str, tenant: impl std::fmt::Display, app: &str) -> Self {
        Self { prefix: format!("{host} {tenant} {app} ") }
    }

    fn key(&self, pool: &str) -> String {
        format!("{}{pool}", self.prefix)
    }
}

impl Throttle {
    /// Nobody has asked for anything yet.
    pub fn new(host: Host, quotas: Quotas) -> Self {
        Self { host, quotas, state: Mutex::default(), lanes: Lanes::default() }
    }

    /// Waits until a request with these `charges` may be sent, but not beyond `deadline`.
    pub async fn enter(
        &self,
        scope: &Scope,
        charges: &[Charge],
        priority: Priority,
        deadline: Timestamp,
    ) -> Result<Permit, TooLate> {
        let since = self.host.clock.now();
        let mut queued = self.queue(scope, charges, priority);
        while let Some(turn) = queued.turn() {
            self.wait(turn, deadline).await?;
        }
        let mut places = Vec::new();
        for (pool, charge) in queued.keys.iter().zip(charges) {
            let Some(at_most) = self.quotas.of(&charge.pool).at_most else { continue };
            let enter = self.lanes.enter(pool, at_most, queued.ticket);
            let late = self.host.clock.sleep_until(deadline);
            match select(std::pin::pin!(enter), late).await {
                Either::Left((place, _)) => places.push(place),
                Either::Right(_) => return Err(TooLate(Period::seconds(1))),
            }
        }
        // While it stood in the lane, the service may have told somebody else to wait.
        while let Some(until) = queued.gate() {
            self.wait(until, deadline).await?;
        }
        Ok(Permit { _places: places, waited: self.host.clock.now().since(since) })
    }

    async fn wait(&self, until: Timestamp, deadline: Timestamp) -> Result<(), TooLate> {
        let now = self.host.clock.now();
        if until > deadline {
            return Err(TooLate(until.since(now)));
        }
        self.host.clock.sleep_until(until).await;
        Ok(())
    }

    /// The service said "later" to a request that left at `sent_at`: its pools are closed for `wait`, or for a
    /// guess that grows. Returns for how long.
    pub fn refused(
        &self,
        scope: &Scope,
        charges: &[Charge],
        wait: Option<Period>,
        sent_at: Timestamp,
    ) -> Period {
        let (now, chance) = (self.host.clock.now(), random_unit(self.host.entropy.as_ref()));
        let mut state = self.state();
        let mut longest = Period::ZERO;
        for charge in charges {
            let key = scope.key(&charge.pool);
            longest = longest.max(state.gates.close(&key, wait, sent_at, now, chance));
            if let Some(pool) = state.pools.get_mut(&key) {
                pool.buckets().for_each(|bucket| bucket.refused(now));
            }
        }
        longest
    }

    /// The service answered a request that left at `sent_at`. `units` is what it says the request cost, `used`
    /// the part of its limit that it has counted so far.
    pub fn answered(
        &self,
        scope: &Scope,
        charges: &[Charge],
        sent_at: Timestamp,
        units: Option<f64>,
        used: Option<f64>,
    ) {
        let now = self.host.clock.now();
        let mut state = self.state();
        for charge in charges {
            let key = scope.key(&charge.pool);
            state.gates.passed(&key, sent_at);
            let Some(pool) = state.pools.get_mut(&key) else { continue };
            // What a request cost is known for the request, not for each of several pools.
            if let (Some(bucket), Some(units), [_]) = (&mut pool.units, units, charges) {
                bucket.correct(units - f64::from(charge.units));
            }
            if let (Some(used), [_]) = (used.filter(|used| *used > 0.9), charges) {
                pool.buckets().for_each(|bucket| bucket.used(used, now));
            }
        }
    }

    /// The closed gates and when they open, for the journal: a restart must not run into them again.
    pub fn export(&self) -> BTreeMap<String, Timestamp> {
        self.state().gates.export(self.host.clock.now())
    }

    /// Closes the gates that an earlier process [exported](Self::export).
    pub fn import(&self, gates: impl IntoIterator<Item = (String, Timestamp)>) {
        let now = self.host.clock.now();
        let mut state = self.state();
        for (pool, until) in gates {
            state.gates.import(pool, until, now);
        }
    }

    fn queue(&self, scope: &Scope, charges: &[Charge], priority: Priority) -> Queued<'_> {
        let now = self.host.clock.now();
        let keys: Vec<String> = charges.iter().map(|charge| scope.key(&charge.pool)).collect();
        let mut state = self.state();
        state.next += 1;
        let ticket = (priority, state.next);
        if state.pools.len() > MANY_POOLS {
            state.pools.retain(|_, pool| !pool.buckets().all(|bucket| bucket.is_idle(now)));
        }
        for (key, charge) in keys.iter().zip(charges) {
            if !state.pools.contains_key(key) {
                state.pools.insert(key.clone(), Pool::new(self.quotas.of(&charge.pool), now));
            }
        }
        drop(state);
        Queued { throttle: self, keys, charges: charges.to_vec(), ticket }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in the queues of several pools; given up when dropped.
struct Queued<'a> {
    throttle: &'a Throttle,
    keys: Vec<String>,
    charges: Vec<Charge>,
    ticket: Ticket,
}

impl Queued<'_> {
    /// When to look again; `None` if everything was taken just now.
    fn turn(&mut self) -> Option<Timestamp> {
        let now = self.throttle.host.clock.now();
        let mut state = self.throttle.state();
        let State { gates, pools, .. } = &mut *state;
        let mut turn = self.keys.iter().filter_map(|key| gates.until(key, now)).max();
        for (key, charge) in self.keys.iter().zip(&self.charges) {
            let Some(pool) = pools.get_mut(key) else { continue };
            for (bucket, cost) in [(&mut pool.units, charge.units), (&mut pool.writes, charge.writes)] {
                if let Some(bucket) = bucket.as_mut().filter(|_| cost > 0) {
                    turn = turn.max(bucket.turn(self.ticket, cost, now));
                }
            }
        }
        if turn.is_none() {
            for key in &self.keys {
                if let Some(pool) = pools.get_mut(key) {
                    pool.buckets().for_each(|bucket| bucket.take(self.ticket));
                }
            }
        }
        turn
    }

    /// Until when a gate is closed, if one is.
    fn gate(&self) -> Option<Timestamp> {
        let now = self.throttle.host.clock.now();
        let state = self.throttle.state();
        self.keys.iter().filter_map(|key| state.gates.until(key, now)).max()
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let mut state = self.throttle.state();
        for key in &self.keys {
            if let Some(pool) = state.pools.get_mut(key) {
                pool.buckets().for_each(|bucket| bucket.leave(self.ticket));
            }
        }
    }
}

#[cfg(test)]
mod tests;
