//! Facts that only Python knows how to read.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use offboard::core::failure::ProviderError;
use offboard::core::ports::{Answer, Call, CustomFacet};
use offboard::core::time::Clock;
use offboard::{Kind, UserId};
use pyo3::prelude::*;
use serde_json::Value;

use crate::calls::call as call_python;
use crate::errors::failure_of;

/// A reader in Python for one facet.
pub(crate) struct PythonFacet {
    name: String,
    reader: Arc<Py<PyAny>>,
    clock: Arc<dyn Clock>,
}

impl PythonFacet {
    pub(crate) fn new(name: &str, reader: Py<PyAny>, clock: Arc<dyn Clock>) -> Self {
        Self { name: name.to_owned(), reader: Arc::new(reader), clock }
    }

    async fn read(&self, leaver: UserId) -> PyResult<Option<Value>> {
        let (reader, leaver) = (Arc::clone(&self.reader), leaver.to_string());
        let value = call_python(move |py| {
            let read = py.import("offboard._bridge")?.getattr("read_facet")?;
            Ok(read.call1((reader.bind(py), leaver))?.unbind())
        })
        .await?;
        let text = crate::gate::attach(|py| -> PyResult<Option<String>> {
            let text = py.import("offboard._bridge")?.getattr("facet_value")?.call1((value,))?;
            text.extract()
        });
        match text {
            Some(Ok(Some(text))) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| pyo3::exceptions::PyValueError::new_err(error.to_string())),
            Some(Ok(None)) => Ok(None),
            Some(Err(error)) => Err(error),
            None => Err(pyo3::exceptions::PyRuntimeError::new_err("the interpreter is shutting down")),
        }
    }
}

impl fmt::Debug for PythonFacet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PythonFacet({})", self.name)
    }
}

#[async_trait]
impl CustomFacet for PythonFacet {
    async fn read(&self, _: &Call, leaver: UserId) -> Answer<Option<Value>> {
        let _hold = self.clock.hold();
        Self::read(self, leaver).await.map_err(|error| {
            let what = format!("reading `{}`", self.name);
            ProviderError::new("python", failure_of(&error, &what, Kind::Unavailable))
        })
    }
}
