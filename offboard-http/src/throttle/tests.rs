use std::sync::Arc;
use std::task::Poll;

use futures_util::FutureExt;
use offboard_core::time::Clock;

use super::*;
use crate::quota::{EXCHANGE, IDENTITY, OUTLOOK, TenantSize};
use crate::testing::{Dice, TestClock, host, start};

fn throttle(clock: &Arc<TestClock>) -> Throttle {
    Throttle::new(host(clock), Quotas::published(TenantSize::Small))
}

fn charge(pool: &str, units: u32, writes: u32) -> Charge {
    Charge { pool: pool.to_owned(), units, writes }
}

fn scope() -> Scope {
    Scope::new("graph.microsoft.com", "contoso", "app")
}

fn later(clock: &TestClock) -> Timestamp {
    clock.now() + Period::hours(24)
}

/// The server of SPEED's model A: a bucket of 3,000 writes that fills at 20 a second.
#[tokio::test]
async fn twenty_thousand_writes_take_little_longer_than_the_quota_and_none_is_refused() {
    let clock = TestClock::new();
    let throttle = throttle(&clock);
    let (mut level, mut filled, mut refused) = (3_000.0_f64, clock.now(), 0);
    for _ in 0..20_000 {
        throttle.enter(&scope(), &[charge(IDENTITY, 1, 1)], Priority::Normal, later(&clock)).await.unwrap();
        let now = clock.now();
        #[allow(clippy::cast_precision_loss)]
        let passed = now.since(filled).as_micros() as f64 / 1e6;
        level = (level + passed * 20.0).min(3_000.0) - 1.0;
        filled = now;
        refused += u32::from(level < 0.0);
    }
    assert_eq!(refused, 0);
    let seconds = clock.passed().as_secs();
    assert!((850..=850 * 110 / 100).contains(&seconds), "{seconds} s; the quota alone takes 850");
}

#[tokio::test]
async fn containment_does_not_stand_behind_bulk() {
    let clock = TestClock::new();
    let throttle = throttle(&clock);
    let bulk = [charge(IDENTITY, 1, 1)];
    while throttle.enter(&scope(), &bulk, Priority::Normal, clock.now()).await.is_ok() {}
    let before = clock.now();
    for _ in 0..200 {
        throttle.enter(&scope(), &bulk, Priority::Containment, later(&clock)).await.unwrap();
    }
    assert_eq!(clock.now(), before, "the first writes for a hundred people leave at once");
}

#[tokio::test]
async fn pools_of_others_do_not_matter() {
    let clock = TestClock::new();
    let throttle = throttle(&clock);
    let identity = [charge(IDENTITY, 1, 0)];
    throttle.refused(&scope(), &identity, Some(Period::seconds(30)), clock.now());
    let elsewhere = [
        Scope::new("graph.microsoft.us", "contoso", "app"),
        Scope::new("graph.microsoft.com", "fabrikam", "app"),
        Scope::new("graph.microsoft.com", "contoso", "other"),
    ];
    for scope in elsewhere {
        throttle.enter(&scope, &identity, Priority::Normal, clock.now()).await.unwrap();
    }
    throttle.enter(&scope(), &[charge("outlook/a", 1, 0)], Priority::Normal, clock.now()).await.unwrap();
    let late = throttle.enter(&scope(), &identity, Priority::Containment, clock.now()).await.unwrap_err();
    assert_eq!(late, TooLate(Period::seconds(30)));
}

#[tokio::test]
async fn who_gives_up_leaves_the_queue() {
    let clock = TestClock::new();
    let throttle = throttle(&clock);
    let heavy = [charge("reports", 20, 0)];
    throttle.enter(&scope(), &heavy, Priority::Normal, later(&clock)).await.unwrap();
    let TooLate(alone) = throttle.enter(&scope(), &heavy, Priority::Normal, clock.now()).await.unwrap_err();
    let TooLate(again) = throttle.enter(&scope(), &heavy, Priority::Normal, clock.now()).await.unwrap_err();
    assert_eq!(alone, again);
}

#[tokio::test]
async fn a_mailbox_has_four_lanes_and_exchange_three() {
    let clock = TestClock::new();
    let throttle = throttle(&clock);
    for (pool, lanes) in [(format!("{OUTLOOK}/a"), 4), (EXCHANGE.to_owned(), 3)] {
        let mut permits = Vec::new();
        for _ in 0..lanes {
            let permit =
                throttle.enter(&scope(), &[charge(&pool, 1, 0)], Priority::Normal, clock.now()).await;
            permits.push(permit.unwrap());
        }
        let full = throttle.enter(&scope(), &[charge(&pool, 1, 0)], Priority::Normal, clock.now()).await;
        assert!(full.is_err(), "{pool}");
        permits.pop();
        throttle.enter(&scope(), &[charge(&pool, 1, 0)], Priority::Normal, clock.now()).await.unwrap();
    }
}

#[tokio::test]
async fn gates_are_handed_on() {
    let clock = TestClock::new();
    let before = throttle(&clock);
    before.refused(&scope(), &[charge(IDENTITY, 1, 0)], Some(Period::seconds(30)), clock.now());
    let exported = before.export();
    assert_eq!(exported.len(), 1);
    let after = throttle(&clock);
    after.import(exported);
    let late = after.enter(&scope(), &[charge(IDENTITY, 1, 0)], Priority::Normal, clock.now()).await;
    assert_eq!(late.unwrap_err(), TooLate(Period::seconds(30)));
}

#[tokio::test]
async fn pools_that_rest_are_forgotten() {
    let clock = TestClock::new();
    let throttle = throttle(&clock);
    for mailbox in 0..3 * MANY_POOLS {
        let pool = format!("{OUTLOOK}/{mailbox}");
        throttle.enter(&scope(), &[charge(&pool, 1, 0)], Priority::Low, later(&clock)).await.unwrap();
        clock.advance(Period::seconds(1));
    }
    assert!(throttle.state().pools.len() <= MANY_POOLS + 1);
}

#[tokio::test]
async fn after_a_refusal_nobody_goes_on_in_a_burst() {
    let clock = TestClock::new();
    let throttle = throttle(&clock);
    let one = [charge(IDENTITY, 1, 1)];
    throttle.enter(&scope(), &one, Priority::Normal, later(&clock)).await.unwrap();
    throttle.refused(&scope(), &one, Some(Period::seconds(1)), clock.now());
    for _ in 0..115 {
        throttle.enter(&scope(), &one, Priority::Normal, later(&clock)).await.unwrap();
    }
    let millis = clock.passed().as_micros() / 1_000;
    assert!(
        (5_900..=6_200).contains(&millis),
        "a second at the gate, and 115 writes at 19 a second: {millis}"
    );
}

/// A clock that moves only when the test moves it.
#[derive(Debug)]
struct Still(Mutex<Timestamp>);

#[async_trait::async_trait]
impl Clock for Still {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep_until(&self, until: Timestamp) {
        std::future::poll_fn(|_| if self.now() < until { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

#[test]
fn who_stood_in_a_lane_looks_at_the_gate_again() {
    let clock = Arc::new(Still(Mutex::new(start())));
    let host = Host { clock: clock.clone(), entropy: Arc::new(Dice(0)) };
    let throttle = Throttle::new(host, Quotas::published(TenantSize::Small));
    let (one, scope, deadline) = ([charge(EXCHANGE, 1, 0)], scope(), start() + Period::hours(1));
    let enter = || Box::pin(throttle.enter(&scope, &one, Priority::Normal, deadline));
    let permits: Vec<_> = (0..3).map(|_| enter().now_or_never().unwrap().unwrap()).collect();
    let mut fourth = enter();
    assert!((&mut fourth).now_or_never().is_none(), "the lanes are full");
    throttle.refused(&scope, &one, Some(Period::seconds(30)), clock.now());
    drop(permits);
    assert!((&mut fourth).now_or_never().is_none(), "the gate has closed meanwhile");
    *clock.0.lock().unwrap() = start() + Period::seconds(30);
    let permit = fourth.now_or_never().unwrap().unwrap();
    assert_eq!(permit.waited(), Period::seconds(30));
}
