//! An executor for one future on the current thread, which makes virtual time pass.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use super::SimClock;

/// Remembers that something was woken, and unparks the thread that runs.
struct Alarm {
    woken: AtomicBool,
    thread: Thread,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

impl SimClock {
    /// Runs a future to its end. Whenever it waits and nothing was woken: with no hold alive, the clock jumps
    /// to the earliest sleeper; otherwise, and when nobody sleeps, the thread parks until something is woken.
    ///
    /// The same future over the same tenant takes the same course every time, as long as it does nothing but
    /// compute, sleep on this clock and send to the tenant in-process.
    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        let alarm = Arc::new(Alarm { woken: AtomicBool::new(true), thread: thread::current() });
        let waker = Waker::from(Arc::clone(&alarm));
        self.state().runner = Some(waker.clone());
        let mut future = pin!(future);
        loop {
            if alarm.woken.swap(false, Ordering::SeqCst) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                    self.state().runner = None;
                    return output;
                }
                continue;
            }
            let next = {
                let state = self.state();
                let sleeper = state.sleepers.first_key_value().map(|((until, _), _)| *until);
                sleeper.filter(|_| state.holds == 0 && !self.is_wall())
            };
            match next {
                Some(until) => self.jump_to(until),
                None => thread::park(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::future::join_all;
    use offboard_core::time::{Clock, Period, Timestamp};

    use super::*;

    fn clock() -> SimClock {
        SimClock::starting_at(Timestamp::from_micros(0))
    }

    #[test]
    fn sleeping_costs_nothing_and_wakes_in_order() {
        let clock = clock();
        let order = std::sync::Mutex::new(Vec::new());
        clock.block_on(async {
            join_all([3, 1, 2].map(|days| {
                let (clock, order) = (&clock, &order);
                async move {
                    clock.sleep_until(Timestamp::from_micros(0) + Period::days(days)).await;
                    order.lock().unwrap().push(days);
                }
            }))
            .await;
        });
        assert_eq!(*order.lock().unwrap(), [1, 2, 3]);
        assert_eq!(clock.now().as_secs(), 3 * 86_400);
    }

    #[test]
    fn a_hold_keeps_the_clock_from_jumping() {
        let clock = Arc::new(clock());
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let hold = clock.hold();
        let other = Arc::clone(&clock);
        let worker = thread::spawn(move || {
            thread::sleep(Duration::from_millis(30));
            let seen = other.now();
            sender.send(()).unwrap();
            drop(hold);
            seen
        });
        clock.block_on(async {
            let sleep = clock.sleep_until(Timestamp::from_micros(0) + Period::hours(1));
            let ((), news) = futures_util::future::join(sleep, receiver).await;
            news.unwrap();
        });
        assert_eq!(worker.join().unwrap(), Timestamp::from_micros(0), "no jump while the work was under way");
        assert_eq!(clock.now().as_secs(), 3_600);
    }

    #[test]
    fn a_dropped_sleep_leaves_nothing_behind() {
        let clock = clock();
        clock.block_on(async {
            let long = clock.sleep_until(Timestamp::from_micros(0) + Period::days(9));
            let short = clock.sleep_until(Timestamp::from_micros(0) + Period::seconds(1));
            futures_util::future::select(long, short).await;
        });
        assert!(clock.state().sleepers.is_empty());
        assert_eq!(clock.now().as_secs(), 1);
    }
}
