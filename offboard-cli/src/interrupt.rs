//! Ctrl-C and the polite end of a process: the first asks the run to stop after what is in flight has been recorded,
//! the second leaves at once. Leaving at once loses nothing either: whatever is durable is what happened.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use offboard::core::ports::Stop;

use crate::terminal::Terminal;

/// The interrupt of one process.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    stop: Stop,
    /// A run is being carried: the first interrupt is for it.
    carrying: Arc<AtomicBool>,
}

impl Interrupt {
    /// The flag for a run that is about to be carried. From now on the first Ctrl-C raises it.
    pub fn carry(&self) -> Stop {
        self.carrying.store(true, Ordering::SeqCst);
        self.stop.clone()
    }

    /// Returns when the process shall be left.
    pub(crate) async fn left(&self, terminal: &Terminal) {
        signal().await;
        if self.carrying.load(Ordering::SeqCst) {
            self.stop.stop();
            terminal.note("stopping: what was sent is being recorded; Ctrl-C again leaves at once");
            signal().await;
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}
