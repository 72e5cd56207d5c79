//! The simulated tenant as a server on loopback, for the command line and for other programs.

use std::sync::{Mutex, PoisonError};

use offboard_sim as sim;
use pyo3::prelude::*;

/// A server that ends when it is closed.
#[pyclass(frozen, module = "offboard._offboard")]
pub(crate) struct Server {
    origin: String,
    serving: Mutex<Option<sim::Server>>,
}

impl Server {
    pub(super) fn new(serving: sim::Server) -> Self {
        Self { origin: serving.origin(), serving: Mutex::new(Some(serving)) }
    }
}

#[pymethods]
impl Server {
    /// Where it listens.
    #[getter]
    fn origin(&self) -> &str {
        &self.origin
    }

    /// Listens no more.
    fn close(&self) {
        drop(self.serving.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}
