//! Signing in: tokens, who they are for, and the endpoints that issue them.

mod denied;
mod endpoint;
mod form;
mod proof;
mod token;
mod used;

pub(crate) use endpoint::answer;
pub(crate) use token::{Caller, Known, Refused, authenticate, bearer};
pub(crate) use used::Used;
