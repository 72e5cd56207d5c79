//! Signing in: tokens, who they are for, and the endpoints that issue them.

mod endpoint;
mod token;

pub(crate) use endpoint::answer;
pub(crate) use token::{Caller, Known, Refused, authenticate, bearer};
