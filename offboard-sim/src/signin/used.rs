//! Which assertions were used.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use offboard_core::time::Timestamp;

/// The ids of assertions that were used and have not ended.
#[derive(Debug, Default)]
pub(crate) struct Used(Mutex<BTreeMap<(String, String), Timestamp>>);

impl Used {
    /// Notes a use; false if there was one before.
    pub(super) fn first_use(&self, app: &str, id: &str, now: Timestamp, until: Timestamp) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, until| *until > now);
        used.insert((app.to_owned(), id.to_owned()), until).is_none()
    }

    pub(crate) fn fork(&self) -> Self {
        Self(Mutex::new(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()))
    }
}
