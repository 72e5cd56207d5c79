//! The simulated tenant, in-process.

pub(crate) mod faults;
pub(crate) mod server;
pub(crate) mod tenant;

use offboard::Period;

use crate::errors::Told;

/// An ISO 8601 duration.
pub(crate) fn period(text: &str) -> Result<Period, Told> {
    text.parse().map_err(|error: offboard::core::time::TimeError| Told::usage(error.to_string()))
}
