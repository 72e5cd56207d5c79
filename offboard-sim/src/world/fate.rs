//! Changes that come later, or do not last: what faults ask for.

use std::sync::Arc;

use offboard_core::time::{Period, Timestamp};

use super::World;

impl World {
    /// Carries out later what was carried out on `copy`, a copy of this world, together with whatever followed
    /// from it there by itself.
    pub(crate) fn carry_out_later(&mut self, delay: Period, what: &str, copy: &Self) {
        let (before, after) = (self.clone(), copy.clone());
        let now = self.now;
        // Looked up before this agenda grows: the copy numbers its effects on from the same one.
        let follows = copy.agenda.beyond(&self.agenda);
        self.later(delay, what, move |world| world.take_back(&after, &before));
        for (at, what, effect) in follows {
            self.agenda.add(now + delay + at.since(now), &what, effect);
        }
    }

    /// Lets the next directory sync take back what was changed since `before`, whatever follows from it by
    /// itself until then included; what others change stays.
    pub(crate) fn revert_at_next_sync(&mut self, what: &str, before: Self) {
        let at = self.next_sync();
        let mut after = self.clone();
        for (due, _, effect) in self.agenda.beyond(&before.agenda) {
            if due <= at {
                after.now = due;
                effect(&mut after);
            }
        }
        let what = format!("directory sync reverts {what}");
        let effect = move |world: &mut Self| world.take_back(&before, &after);
        self.agenda.add(at, &what, Arc::new(effect));
    }

    /// When directory sync runs next: on whole multiples of its interval.
    pub fn next_sync(&self) -> Timestamp {
        let interval = self.timing.directory_sync.as_micros().max(1);
        let now = self.now.as_micros();
        Timestamp::from_micros(now - now.rem_euclid(interval) + interval)
    }
}
