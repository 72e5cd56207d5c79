//! An executor for one future on the current thread, which makes virtual time pass.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use super::SimClock;
use super::wall::Deadline;

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
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(output) = self.run(future.as_mut(), None) {
                return output;
            }
        }
    }

    /// Runs a future as [`SimClock::block_on`] does, but no longer than `at_most` by the machine's clock. One that is
    /// pending then has lost nothing: whoever polls it next goes on with it, on whatever thread.
    pub fn block_on_for<F: Future + Unpin>(&self, at_most: Duration, future: &mut F) -> Poll<F::Output> {
        self.run(Pin::new(future), Some(Deadline::after(at_most)))
    }

    fn run<F: Future>(&self, mut future: Pin<&mut F>, deadline: Option<Deadline>) -> Poll<F::Output> {
        let alarm = Arc::new(Alarm { woken: AtomicBool::new(true), thread: thread::current() });
        let waker = Waker::from(Arc::clone(&alarm));
        self.state().runner = Some(waker.clone());
        let came = loop {
            let left = deadline.as_ref().map(Deadline::left);
            if left.is_some_and(|left| left.is_zero()) {
                break Poll::Pending;
            }
            if alarm.woken.swap(false, Ordering::SeqCst) {
                let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
                if polled.is_ready() {
                    break polled;
                }
                continue;
            }
            let next = {
                let state = self.state();
                let sleeper = state.sleepers.first_key_value().map(|((until, _), _)| *until);
                sleeper.filter(|_| state.holds == 0 && !self.is_wall())
            };
            match (next, left) {
                (Some(until), _) => self.jump_to(until),
                (None, Some(left)) => thread::park_timeout(left),
                (None, None) => thread::park(),
            }
        };
        self.state().runner = None;
        came
    }
}

#[cfg(test)]
mod tests {
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
    fn what_was_not_done_in_time_goes_on_on_another_thread() {
        let clock = Arc::new(clock());
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let sleeper = Arc::clone(&clock);
        let mut future = Box::pin(async move {
            sleeper.sleep_until(Timestamp::from_micros(0) + Period::hours(1)).await;
            receiver.await.unwrap();
            sleeper.sleep_until(Timestamp::from_micros(0) + Period::hours(2)).await;
        });
        // How much is done in so short a time is the machine's affair.
        while clock.now().as_secs() == 0 {
            assert!(clock.block_on_for(Duration::from_millis(5), &mut future).is_pending());
        }
        // Nobody sends, and nobody sleeps: the thread parks, and not for ever.
        assert!(clock.block_on_for(Duration::from_millis(5), &mut future).is_pending());
        assert_eq!(clock.now().as_secs(), 3_600, "and it came as far as it could");
        let other = Arc::clone(&clock);
        let worker = thread::spawn(move || other.block_on(future));
        sender.send(()).unwrap();
        worker.join().unwrap();
        assert_eq!(clock.now().as_secs(), 7_200);
    }

    #[test]
    fn a_clock_that_jumps_and_jumps_is_left_in_time() {
        let clock = Arc::new(clock());
        let sleeper = Arc::clone(&clock);
        let mut endless = Box::pin(async move {
            loop {
                sleeper.sleep_until(sleeper.now() + Period::seconds(1)).await;
            }
        });
        while clock.now().as_secs() == 0 {
            assert!(clock.block_on_for(Duration::from_millis(5), &mut endless).is_pending());
        }
        drop(endless);
        assert!(clock.state().sleepers.is_empty(), "and nothing was left behind");
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
