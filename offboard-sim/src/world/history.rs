//! Every version of the truth, for readers that lag behind and for the judge.

use std::sync::Arc;

use offboard_core::time::Timestamp;

use super::World;

/// The world from a certain instant on.
#[derive(Debug, Clone)]
pub struct Version {
    /// From when it held.
    pub at: Timestamp,
    /// What made it so.
    pub what: Arc<str>,
    /// The whole world.
    pub world: Arc<World>,
}

/// All versions, oldest first; there is always one.
#[derive(Debug, Clone)]
pub(crate) struct History {
    versions: Vec<Version>,
}

impl History {
    pub(crate) fn new(world: &World) -> Self {
        let first = Version { at: world.now, what: "the beginning".into(), world: Arc::new(world.clone()) };
        Self { versions: vec![first] }
    }

    /// Adds a version, unless nothing is different.
    pub(crate) fn record(&mut self, what: &str, world: &World) {
        if self.versions.last().is_none_or(|last| *last.world != *world) {
            self.versions.push(Version { at: world.now, what: what.into(), world: Arc::new(world.clone()) });
        }
    }

    /// The world as it was at `at`; before the beginning, as it was at the beginning.
    pub(crate) fn at(&self, at: Timestamp) -> Arc<World> {
        let next = self.versions.partition_point(|version| version.at <= at);
        Arc::clone(&self.versions[next.saturating_sub(1)].world)
    }

    pub(crate) fn versions(&self) -> &[Version] {
        &self.versions
    }
}
