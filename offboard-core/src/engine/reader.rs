//! Reading facts for a wave: what is fresh enough is not read again.

use std::collections::{BTreeMap, BTreeSet};

use super::backoff::FRESH;
use super::host::Engine;
use crate::facts::load::{Patience, load};
use crate::facts::{Facet, Facts};
use crate::ports::Call;
use crate::time::Timestamp;

/// Facts, and when each facet of them was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The facts.
    pub facts: Facts,
    read_at: BTreeMap<Facet, Timestamp>,
}

impl Reading {
    /// Facts of which nothing counts as read.
    pub fn of(facts: Facts) -> Self {
        Self { facts, read_at: BTreeMap::new() }
    }

    /// Takes over what somebody else has just read.
    pub fn mark_read(&mut self, facets: impl IntoIterator<Item = Facet>, at: Timestamp) {
        self.read_at.extend(facets.into_iter().map(|facet| (facet, at)));
    }

    /// Reads whatever of `wanted` is not fresh: younger than ten seconds, and later than our last write to it.
    pub async fn refresh(
        &mut self,
        engine: &Engine,
        wanted: &BTreeSet<Facet>,
        written: &BTreeMap<Facet, Timestamp>,
        call: &Call,
        patience: Option<&Patience>,
    ) {
        let now = engine.now();
        let stale: BTreeSet<Facet> = wanted
            .iter()
            .filter(|facet| {
                self.read_at.get(facet).is_none_or(|read| {
                    now.since(*read) >= FRESH || written.get(facet).is_some_and(|written| written >= read)
                })
            })
            .cloned()
            .collect();
        if stale.is_empty() {
            return;
        }
        self.facts.as_of = now;
        load(&mut self.facts, &stale, &engine.providers, &engine.profile.unused, call, patience).await;
        self.mark_read(stale, now);
    }
}
