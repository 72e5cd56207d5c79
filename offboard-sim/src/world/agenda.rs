//! What will happen by itself once its time has come.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use offboard_core::time::Timestamp;

use super::World;

pub(super) type Effect = Arc<dyn Fn(&mut World) + Send + Sync>;

/// Effects in the order of their times. They are carried out when somebody looks at the tenant, each at its
/// own time, so nothing has to wait for them.
#[derive(Clone, Default)]
pub(crate) struct Agenda {
    next: u64,
    due: BTreeMap<(Timestamp, u64), (Arc<str>, Effect)>,
}

impl Agenda {
    pub(super) fn add(&mut self, at: Timestamp, what: &str, effect: Effect) {
        self.next += 1;
        self.due.insert((at, self.next), (what.into(), effect));
    }

    /// What this agenda, a later copy of `older`, holds beyond it, in order of time.
    pub(super) fn beyond(&self, older: &Self) -> Vec<(Timestamp, Arc<str>, Effect)> {
        let new = self.due.iter().filter(|((_, number), _)| *number > older.next);
        new.map(|((at, _), (what, effect))| (*at, Arc::clone(what), Arc::clone(effect))).collect()
    }

    /// Takes out the first effect that is due at `now`.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, Arc<str>, Effect)> {
        let first = self.due.first_entry()?;
        if first.key().0 > now {
            return None;
        }
        let ((at, _), (what, effect)) = first.remove_entry();
        Some((at, what, effect))
    }
}

impl fmt::Debug for Agenda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.due.iter().map(|((at, _), (what, _))| (at, what))).finish()
    }
}
