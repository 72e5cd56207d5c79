//! The way into the interpreter for threads that are not Python's own.
//!
//! A thread that attaches to an interpreter which is shutting down is ended by it, in the middle of whatever it does. So every
//! attaching is counted; when the interpreter is about to leave, the gate is closed, and it waits until nobody is inside.
//! Whatever comes later is forgotten: what is durable is what happened, and `resume` goes on from there.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;

struct Gate {
    state: Mutex<State>,
    left: Condvar,
}

struct State {
    inside: usize,
    closed: bool,
}

static GATE: Gate = Gate { state: Mutex::new(State { inside: 0, closed: false }), left: Condvar::new() };

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts one out, also where what was done inside panics.
struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        GATE.state().inside -= 1;
        GATE.left.notify_all();
    }
}

/// Attaches and calls `f`; nothing where the interpreter is leaving.
pub(crate) fn attach<R>(f: impl FnOnce(Python<'_>) -> R) -> Option<R> {
    {
        let mut state = GATE.state();
        if state.closed {
            return None;
        }
        state.inside += 1;
    }
    let _inside = Inside;
    Some(Python::attach(f))
}

/// Lets nobody in any more and waits, detached, until nobody is inside. For `atexit`.
#[pyfunction]
pub(crate) fn close_gate(py: Python<'_>) {
    py.detach(|| {
        let mut state = GATE.state();
        state.closed = true;
        while state.inside > 0 {
            state = GATE.left.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    });
}
