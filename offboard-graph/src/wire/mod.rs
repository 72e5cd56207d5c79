//! What goes over the wire and what comes back, as types and without IO: paths, filters, bodies, answers.
//!
//! Nothing outside this module puts a URL together, and nothing in here joins data to a URL but through an encoder.

pub(crate) mod batch;
pub(crate) mod collection;
pub(crate) mod deleted;
pub(crate) mod drive;
pub(crate) mod drive_delta;
pub(crate) mod drive_item;
pub(crate) mod event;
pub(crate) mod fault;
pub(crate) mod filter;
pub(crate) mod group;
pub(crate) mod license;
pub(crate) mod organization;
pub(crate) mod path;
pub(crate) mod permission;
pub(crate) mod phone;
pub(crate) mod query;
pub(crate) mod reference;
pub(crate) mod replies;
pub(crate) mod role;
pub(crate) mod seen;
pub(crate) mod sponsor;
pub(crate) mod user;

/// Data has a shape that Graph does not document: what was expected, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Malformed(pub(crate) String);

impl Malformed {
    /// `what` is not there, or is null.
    pub(crate) fn missing(what: &str) -> Self {
        Self(["the answer has no `", what, "`"].concat())
    }

    /// `what` has a value that nobody here knows.
    pub(crate) fn strange(what: &str) -> Self {
        Self(["the answer has an unknown value in `", what, "`"].concat())
    }
}
