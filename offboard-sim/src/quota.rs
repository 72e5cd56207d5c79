//! Throttling by the published quotas (CONTRACT D2), where the tenant's timing asks for it.

use std::collections::VecDeque;
use std::sync::PoisonError;

use http::{Method, StatusCode};
use offboard_core::time::{Period, Timestamp};

use crate::context::Context;
use crate::graph;
use crate::wire::{Door, Reply, Request};

/// What was spent lately.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quota {
    units: VecDeque<(Timestamp, u32)>,
    writes: VecDeque<(Timestamp, u32)>,
}

const UNITS: (u32, Period) = (3_500, Period::seconds(10));
const WRITES: (u32, Period) = (3_000, Period::seconds(150));

/// The answer to a request that is over the quota, if it is.
pub(crate) fn refused(cx: &Context<'_>, request: &Request) -> Option<Reply> {
    if !cx.world.timing.quotas || request.door != Door::Graph || request.path.ends_with("/$batch") {
        return None;
    }
    let now = cx.now();
    let mut quota = cx.core.quota.lock().unwrap_or_else(PoisonError::into_inner);
    let (units, write) = cost(request);
    let wait = spend(&mut quota.units, now, units, UNITS).or_else(|| match write {
        0 => None,
        write => spend(&mut quota.writes, now, write, WRITES),
    })?;
    let reply = graph::usual_error(cx, request, StatusCode::TOO_MANY_REQUESTS);
    Some(
        reply
            .with("retry-after", &(wait.as_secs() + 1).to_string())
            .with("x-ms-throttle-limit-percentage", "1.0"),
    )
}

/// Resource units and writes that a request costs.
pub(crate) fn cost(request: &Request) -> (u32, u32) {
    if request.method != Method::GET {
        return (1, 1);
    }
    let path = graph::canonical_path(&request.path);
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let base: u32 = match segments.as_slice() {
        ["users"]
        | ["users", _, "memberOf" | "transitiveMemberOf" | "ownedObjects" | "licenseDetails", ..] => 2,
        ["groups", _, "members"] | ["subscribedSkus"] => 3,
        ["groups", _, "transitiveMembers"] => 5,
        _ => 1,
    };
    let names = |option: &str| request.query.contains(option);
    let cost = base + u32::from(names("expand=")) - u32::from(names("select="));
    (cost.max(1), 0)
}

/// Spends, or says how long to wait.
fn spend(
    spent: &mut VecDeque<(Timestamp, u32)>,
    now: Timestamp,
    cost: u32,
    (most, window): (u32, Period),
) -> Option<Period> {
    while spent.front().is_some_and(|(at, _)| now.since(*at) >= window) {
        spent.pop_front();
    }
    let sum: u32 = spent.iter().map(|(_, cost)| cost).sum();
    if sum + cost > most {
        let oldest = spent.front().map_or(now, |(at, _)| *at);
        return Some((oldest + window).since(now));
    }
    spent.push_back((now, cost));
    None
}
