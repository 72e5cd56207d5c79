//! This machine's clock beside those of the services.
//!
//! Dates of plans, approvals and waiting steps are judged by this machine's clock, and a date that comes early is access that
//! is lost early. So every answer's `Date` is looked at, and who runs the command is told where the two are apart.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use offboard::Period;
use offboard::http::observe::{Attempt, Observer};

use crate::terminal::Terminal;

/// How far the clocks may be apart, as with approvals.
const APART: Period = offboard::Approval::CLOCKS_APART;

/// What the answers of a command have shown of the services' clocks.
#[derive(Debug)]
pub struct Skew {
    terminal: Terminal,
    seen: Mutex<Option<Period>>,
    said: AtomicBool,
}

impl Skew {
    /// Nothing was seen yet.
    pub fn new(terminal: Terminal) -> Self {
        Self { terminal, seen: Mutex::default(), said: AtomicBool::new(false) }
    }

    /// How far this machine's clock was ahead at the last answer (behind, if it is negative), as far as can be said: an
    /// answer names its second, and was made somewhere between sending and arriving.
    pub fn seen(&self) -> Option<Period> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The sentence that says so, where the clocks are too far apart.
    pub fn warning(&self) -> Option<String> {
        let apart = self.seen()?;
        let (size, way) = match apart.as_micros() {
            micros if micros < 0 => (Period::micros(-micros), "behind"),
            _ => (apart, "ahead of"),
        };
        let seconds = Period::seconds(size.as_secs());
        (size > APART).then(|| format!("this machine's clock is {seconds} {way} the services' clocks"))
    }
}

/// By how much the clock here was ahead for certain: zero where sending and arriving leave room for none.
fn apart(attempt: &Attempt) -> Option<Period> {
    let date = attempt.server_date?;
    // The answer was made no earlier than `date`, and less than a second after it.
    let least = attempt.sent_at.as_micros() - date.as_micros() - 1_000_000;
    let most = attempt.sent_at.as_micros() + attempt.took.as_micros() - date.as_micros();
    Some(Period::micros(if least > 0 { least } else { most.min(0) }))
}

impl Observer for Skew {
    fn attempt(&self, attempt: &Attempt) {
        let Some(apart) = apart(attempt) else { return };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(apart);
        if let Some(warning) = self.warning()
            && !self.said.swap(true, Ordering::Relaxed)
        {
            self.terminal.note(&format!(
                "offboard: {warning}\n  do: set it right; until then dates of plans and approvals come too early or too late"
            ));
        }
    }
}
