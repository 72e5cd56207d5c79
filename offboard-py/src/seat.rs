//! Who makes the time of a simulated tenant pass: one thread at once, so that it jumps only when nobody has anything to do.
//!
//! A thread that waits for its own work sits down and does it itself, as long as there is no other work at this tenant. All
//! else is done by one thread of the tenant's own: what an asyncio loop awaits, what came while the seat was taken, and what
//! was not done soon.

use std::future::poll_fn;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use offboard_sim::SimClock;
use tokio::runtime::Handle;

use crate::errors::Told;
use crate::runner::Task;

/// The seat of one simulated tenant. Its thread ends with it, once all is done.
pub(crate) struct VirtualRunner(Arc<Room>);

struct Room {
    clock: Arc<SimClock>,
    seat: Mutex<Seat>,
    /// Something came, or the seat is free again.
    news: Condvar,
}

#[derive(Default)]
struct Seat {
    /// Who sits there.
    taken_by: Option<ThreadId>,
    /// Wakes him.
    sitting: Option<Waker>,
    /// What the tenant's own thread has not taken up yet.
    came: Vec<Task>,
    has_thread: bool,
    /// Nothing can come any more.
    is_closed: bool,
}

impl VirtualRunner {
    pub(crate) fn new(clock: Arc<SimClock>) -> Self {
        Self(Arc::new(Room { clock, seat: Mutex::default(), news: Condvar::new() }))
    }

    /// Has it done by the tenant's own thread.
    pub(crate) fn send(&self, task: Task, handle: &Handle) -> Result<(), Told> {
        Room::hand_in(&self.0, self.0.seat(), task, handle)
    }

    /// Does it for this thread, which waits: right here, unless `is_apart`, if nothing else is to be done. What is not done
    /// when other work comes, or after `at_most`, is left to the tenant's own thread, together with that.
    pub(crate) fn begin(
        &self,
        mut task: Task,
        is_apart: bool,
        at_most: Duration,
        handle: &Handle,
    ) -> Result<(), Told> {
        let room = &self.0;
        let mut seat = room.seat();
        if seat.taken_by == Some(thread::current().id()) {
            return Err(Told::usage("a run at this simulated tenant would wait for itself")
                .hint("what a run calls between two writes, as it does on_event, calls no engine on the same tenant"));
        }
        if is_apart || seat.taken_by.is_some() || !seat.came.is_empty() {
            return Room::hand_in(room, seat, task, handle);
        }
        seat.taken_by = Some(thread::current().id());
        drop(seat);
        // The clock runs the task; the runtime only lends what the journal needs.
        let _runtime = handle.enter();
        let mut alone = poll_fn(|cx| {
            if room.has_come(cx.waker()) {
                return Poll::Ready(None);
            }
            task.as_mut().poll(cx).map(Some)
        });
        let done = room.clock.block_on_for(at_most, &mut alone);
        let seat = room.stand_up();
        if matches!(done, Poll::Ready(Some(()))) { Ok(()) } else { Room::hand_in(room, seat, task, handle) }
    }
}

impl Drop for VirtualRunner {
    fn drop(&mut self) {
        self.0.seat().is_closed = true;
        self.0.news.notify_all();
    }
}

impl Room {
    fn seat(&self) -> MutexGuard<'_, Seat> {
        self.seat.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a task to the tenant's own thread. Whoever sits alone is told, and stands up.
    fn hand_in(
        this: &Arc<Self>,
        mut seat: MutexGuard<'_, Seat>,
        task: Task,
        handle: &Handle,
    ) -> Result<(), Told> {
        if !seat.has_thread {
            let (room, handle) = (Arc::clone(this), handle.clone());
            let thread = thread::Builder::new().name("offboard-sim".to_owned());
            if let Err(error) = thread.spawn(move || room.carry(&handle)) {
                // The task may own the last runner, whose end wants the seat.
                drop(seat);
                return Err(Told::environment(format!("no thread can be started: {error}")));
            }
            seat.has_thread = true;
        }
        seat.came.push(task);
        if let Some(sitting) = &seat.sitting {
            sitting.wake_by_ref();
        }
        drop(seat);
        this.news.notify_all();
        Ok(())
    }

    /// Whether the tenant's own thread has something to take up; wakes whoever asks when something comes.
    fn has_come(&self, asking: &Waker) -> bool {
        let mut seat = self.seat();
        seat.sitting = Some(asking.clone());
        !seat.came.is_empty()
    }

    /// What came; wakes whoever asks when more comes.
    fn take(&self, asking: &Waker) -> Vec<Task> {
        let mut seat = self.seat();
        seat.sitting = Some(asking.clone());
        std::mem::take(&mut seat.came)
    }

    /// Waits until something has come and the seat is free, and takes it; false where nothing can come any more.
    fn sit_down(&self) -> bool {
        let mut seat = self.seat();
        loop {
            if seat.taken_by.is_none() && !seat.came.is_empty() {
                seat.taken_by = Some(thread::current().id());
                return true;
            }
            if seat.is_closed && seat.came.is_empty() {
                return false;
            }
            seat = self.news.wait(seat).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Gives the seat back. Whoever stood up alone has something to hand in before somebody else sits down.
    fn stand_up(&self) -> MutexGuard<'_, Seat> {
        let mut seat = self.seat();
        (seat.taken_by, seat.sitting) = (None, None);
        if !seat.came.is_empty() {
            self.news.notify_all();
        }
        seat
    }

    /// Does whatever comes, until nothing can come any more and all is done.
    fn carry(&self, handle: &Handle) {
        let _runtime = handle.enter();
        while self.sit_down() {
            let mut tasks = FuturesUnordered::new();
            self.clock.block_on(poll_fn(|cx| {
                tasks.extend(self.take(cx.waker()));
                while let Poll::Ready(Some(())) = tasks.poll_next_unpin(cx) {}
                if tasks.is_empty() { Poll::Ready(()) } else { Poll::Pending }
            }));
            drop(self.stand_up());
        }
    }
}
