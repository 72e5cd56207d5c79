//! What a door has at hand while it answers one request.

use std::sync::Arc;

use offboard_core::time::{Period, Timestamp};

use crate::core::Core;
use crate::signin::{self, Caller, Refused};
use crate::wire::{Reply, Request};
use crate::world::{History, Resource, World};

/// One request being answered. Writes go to [`Context::world`], the truth; reads go to a view, which may lag.
pub(crate) struct Context<'a> {
    pub(crate) core: &'a Core,
    /// The truth, with its time set.
    pub(crate) world: &'a mut World,
    pub(crate) history: &'a mut History,
    /// The request's number in the recorder.
    pub(crate) number: usize,
    /// A fault: reads lag by this much.
    pub(crate) stale: Option<Period>,
    /// The world is a copy that will be thrown away.
    pub(crate) scratch: bool,
}

impl Context<'_> {
    /// The time now. Views carry the time of their version.
    pub(crate) fn now(&self) -> Timestamp {
        self.world.now
    }

    /// The world as one of the directory's replicas sees it; which one is chance.
    pub(crate) fn directory_view(&self) -> Arc<World> {
        let lags = &self.world.timing.read_lag;
        let which = self.core.chance.below(lags.len() as u64);
        let lag = usize::try_from(which).ok().and_then(|which| lags.get(which).copied());
        self.view(lag.unwrap_or(Period::ZERO))
    }

    /// The world as Exchange sees it.
    pub(crate) fn exchange_view(&self) -> Arc<World> {
        self.view(self.world.timing.exchange_lag)
    }

    fn view(&self, lag: Period) -> Arc<World> {
        let lag = lag.max(self.stale.unwrap_or(Period::ZERO));
        self.history.at(self.now() - lag)
    }

    /// Who calls, by the request's token.
    pub(crate) fn caller(&self, request: &Request, resource: Resource) -> Result<Caller, Refused> {
        signin::authenticate(
            &self.core.tokens,
            &self.core.key,
            self.world,
            &request.headers,
            resource,
            self.now(),
        )
    }

    /// A fresh GUID as text, for request ids.
    pub(crate) fn guid(&self) -> String {
        uuid::Uuid::from_u128(self.core.chance.guid()).to_string()
    }

    /// Answers one part of a batch: recorded and met by faults like any request. `None` when a fault swallows
    /// its answer.
    pub(crate) fn part(&mut self, request: &Request, id: &str) -> Option<Reply> {
        crate::carry::part(self, request, id)
    }
}
