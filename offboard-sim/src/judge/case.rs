//! One claim with the history that speaks to it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use offboard_core::id::UserId;
use offboard_core::time::{Period, Timestamp};
use serde_json::{Map, Value};

use super::calls::Call;
use super::rows::{self, Ask, Row, Undo};
use super::{Claim, Tenant};
use crate::world::{Version, World};

/// A claim, its row, the truth of all times, and what the program did.
pub(super) struct Case {
    row: &'static Row,
    params: Value,
    user: UserId,
    undo: bool,
    since: Timestamp,
    versions: Vec<Version>,
    /// Index of the version that held when the run began.
    start: usize,
    calls: Vec<Call>,
    /// For an undo: what must be so again.
    wanted: Map<String, Value>,
}

impl Case {
    pub(super) fn new(tenant: &Tenant, row: &'static Row, claim: &Claim) -> Result<Self, String> {
        let user = match claim.params.get("user").and_then(Value::as_str) {
            Some(text) => text.parse().map_err(|_| format!("`{text}` is no user id"))?,
            None => claim.leaver,
        };
        // Whatever was due has happened before the past is read.
        tenant.world(|_| ());
        let versions = tenant.versions();
        let start = versions.partition_point(|version| version.at <= claim.since).saturating_sub(1);
        let mut case = Self {
            row,
            params: claim.params.clone(),
            user,
            undo: claim.undo,
            since: claim.since,
            versions,
            start,
            calls: Call::all(tenant),
            wanted: Map::new(),
        };
        if let Some(missing) = row.params.iter().find(|name| claim.params.get(**name).is_none()) {
            return Err(format!("the parameter `{missing}` is missing"));
        }
        case.wanted = case.before();
        Ok(case)
    }

    fn ask<'a>(&'a self, world: &'a World) -> Ask<'a> {
        Ask { world, began: self.world(self.start), user: self.user, params: &self.params }
    }

    fn world(&self, index: usize) -> &World {
        &self.versions[index].world
    }

    fn index_at(&self, at: Timestamp) -> usize {
        self.versions.partition_point(|version| version.at <= at).saturating_sub(1)
    }

    /// Whether what is claimed was so at `at`; `Err` is what was so instead.
    ///
    /// A reading that was answered at `at` shows the world of when it was served, on the slowest replica: what was so then
    /// was rightly seen. A reading that is further behind is no excuse.
    pub(super) fn holds_at(&self, at: Timestamp) -> Result<(), String> {
        let now = self.index_at(at);
        let truth = match self.holds(now) {
            Ok(()) => return Ok(()),
            Err(truth) => truth,
        };
        let timing = &self.world(now).timing;
        let behind = timing.read_lag.iter().copied().max().unwrap_or(Period::ZERO).max(timing.exchange_lag);
        let earliest = self.index_at(at - behind - timing.latency_max);
        let seen = (earliest.max(self.start)..now).any(|index| self.holds(index).is_ok());
        if seen { Ok(()) } else { Err(format!("at {at} {truth}")) }
    }

    fn holds(&self, index: usize) -> Result<(), String> {
        let ask = self.ask(self.world(index));
        match (self.undo, self.row.undo) {
            (false, _) => (self.row.holds)(&ask),
            (true, Undo::Impossible) => Err("it cannot be taken back".to_owned()),
            (true, Undo::NoLonger) => match (self.row.holds)(&ask) {
                Ok(()) => Err("it is still so".to_owned()),
                Err(_) => Ok(()),
            },
            (true, Undo::Return) => rows::account::is_back(&ask),
            (true, Undo::PutBack) => self.restored(&(self.row.part)(&ask)),
        }
    }

    fn restored(&self, now: &Map<String, Value>) -> Result<(), String> {
        let wrong = self.wanted.iter().find(|(key, wanted)| now.get(*key).unwrap_or(&Value::Null) != *wanted);
        match wrong {
            None => Ok(()),
            Some((key, wanted)) => {
                let found = now.get(key).unwrap_or(&Value::Null);
                Err(format!("{key} was {found} and not {wanted} as before"))
            }
        }
    }

    fn part(&self, index: usize) -> Map<String, Value> {
        (self.row.part)(&self.ask(self.world(index)))
    }

    /// What brought a version about: the last call of this operation's kind by then, unless a foreign hand did.
    fn cause(&self, index: usize) -> Option<(&Call, bool)> {
        let version = &self.versions[index];
        let what = version.what.as_ref();
        if what == "set up" || what == "the beginning" || what.starts_with("directory sync") {
            return None;
        }
        // A request that changes something makes a version of its own, named after it; what is named otherwise
        // (a conversion, licensing) follows from an earlier one.
        let by_request = what.contains(" /");
        let ask = self.ask(self.world(self.start));
        let calls = self.calls.iter().rev().filter(|call| call.at <= version.at);
        calls
            .filter_map(|call| {
                let forward = (self.row.forward)(call, &ask);
                (forward || (self.row.back)(call, &ask)).then_some((call, forward))
            })
            .find(|(call, _)| {
                !by_request || what.to_lowercase().starts_with(&format!("{} ", call.method).to_lowercase())
            })
    }

    /// Every key that the step changed before this run, with what it was; a key that others changed afterwards is to
    /// stay as the run found it.
    fn before(&self) -> Map<String, Value> {
        if !self.undo || self.row.undo != Undo::PutBack {
            return Map::new();
        }
        let mut wanted: BTreeMap<String, Value> = BTreeMap::new();
        let mut theirs = BTreeSet::new();
        for index in 1..=self.start {
            let (old, new) = (self.part(index - 1), self.part(index));
            if old == new {
                continue;
            }
            let cause = self.cause(index).map(|(_, forward)| forward);
            for key in old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key)) {
                let was = old.get(key).cloned().unwrap_or(Value::Null);
                match cause {
                    Some(true) => {
                        theirs.remove(key);
                        wanted.entry(key.clone()).or_insert(was);
                    }
                    // Another step of the program may write the same: only what is as it was before is put back.
                    Some(false) => {
                        let is = new.get(key).unwrap_or(&Value::Null);
                        if wanted.get(key) == Some(is) {
                            wanted.remove(key);
                        }
                    }
                    None => {
                        if wanted.remove(key).is_some() {
                            theirs.insert(key.clone());
                        }
                    }
                }
            }
        }
        let now = self.part(self.start);
        let stays = |key: String| {
            let value = now.get(&key).cloned().unwrap_or(Value::Null);
            (key, value)
        };
        let wanted: Map<String, Value> = wanted.into_iter().chain(theirs.into_iter().map(stays)).collect();
        if wanted.is_empty() { now } else { wanted }
    }

    /// The course of the run.
    pub(super) fn course(&self) -> Course {
        let mut course = Course::default();
        let mut held = self.holds(self.start).is_ok();
        for index in self.start + 1..self.versions.len() {
            let at = self.versions[index].at;
            let holds = self.holds(index).is_ok();
            let own = self
                .cause(index)
                .is_some_and(|(call, forward)| call.at >= self.since && forward != self.undo);
            if own && self.part(index) != self.part(index - 1) {
                course.changed = true;
            }
            if holds && !held {
                course.turns.push((at, own));
            }
            held = holds;
        }
        course.holds_now = held;
        course
    }

    /// Whether the whole of it is out of reach of this operation. Taking it back reaches all that it did.
    pub(super) fn reaches_a_part(&self) -> bool {
        self.row.in_part && !self.undo
    }

    /// Whether the service took a call of this operation's kind since the run began.
    pub(super) fn was_taken(&self) -> bool {
        self.called(|call| call.accepted)
    }

    /// Whether such a call was carried out, answered or not.
    pub(super) fn was_carried_out(&self) -> bool {
        self.called(|call| call.accepted || call.unanswered)
    }

    fn called(&self, what: impl Fn(&Call) -> bool) -> bool {
        let ask = self.ask(self.world(self.start));
        let kind = if self.undo { self.row.back } else { self.row.forward };
        self.calls.iter().any(|call| call.at >= self.since && what(call) && kind(call, &ask))
    }

    /// Whether Active Directory owns what the operation changes on this person.
    pub(super) fn is_owned_by_active_directory(&self) -> bool {
        (self.row.owned)(&self.ask(self.world(self.start)))
    }

    /// When directory sync had last passed over the person, as of `at`.
    pub(super) fn last_sync_at(&self, at: Timestamp) -> Option<Timestamp> {
        let world: &Arc<World> = &self.versions[self.index_at(at)].world;
        world.users.get(&self.user)?.on_premises_last_sync_date_time
    }
}

/// What happened to the thing that is claimed since the run began.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// When it became so, and whether this run did it.
    turns: Vec<(Timestamp, bool)>,
    holds_now: bool,
    changed: bool,
}

impl Course {
    /// When this run first brought it about.
    pub(super) fn brought_about(&self) -> Option<Timestamp> {
        self.turns.iter().find(|(_, own)| *own).map(|(at, _)| *at)
    }

    /// When this run last brought it about, not later than `until`.
    pub(super) fn brought_about_until(&self, until: Timestamp) -> Option<Timestamp> {
        self.turns.iter().rev().find(|(at, own)| *own && *at <= until).map(|(at, _)| *at)
    }

    /// When this run brought about what is so now.
    pub(super) fn standing(&self) -> Option<Timestamp> {
        let last = self.turns.last().filter(|(_, own)| *own && self.holds_now);
        last.map(|(at, _)| *at)
    }

    /// Whether this run changed any part of it.
    pub(super) fn changed_anything(&self) -> bool {
        self.changed
    }
}
