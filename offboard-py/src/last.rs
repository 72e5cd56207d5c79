//! The policy that an engine read last: most programs have one, for many leavers, and name it in each call.

use std::sync::{Arc, Mutex, PoisonError};

use offboard::{Catalog, Error, Policy};

use crate::errors::Told;

/// Nothing before the first.
#[derive(Default)]
pub(crate) struct LastPolicy(Mutex<Option<Arc<Policy>>>);

impl LastPolicy {
    /// Reads a policy, unless it is the last one, byte for byte. `catalog` is the same in every call.
    pub(crate) fn read(&self, bytes: &[u8], source: &str, catalog: &Catalog) -> Result<Arc<Policy>, Told> {
        let last = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last().as_ref().filter(|known| known.bytes() == bytes) {
            return Ok(Arc::clone(known));
        }
        // Steps of Python's are asked while it is read, and may come here again: nothing is locked meanwhile.
        let read = Arc::new(Policy::parse(bytes, source, catalog).map_err(Error::from)?);
        *last() = Some(Arc::clone(&read));
        Ok(read)
    }
}
