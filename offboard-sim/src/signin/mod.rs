//! Signing in: tokens, who they are for, and the endpoints that issue them.

pub(crate) mod challenge;
mod denied;
mod device;
mod discovery;
mod endpoint;
mod federated;
mod form;
mod managed;
mod proof;
mod sessions;
mod token;
mod used;

pub(crate) use endpoint::{answer, is_ours};
pub(crate) use federated::token as federated_token;
pub(crate) use sessions::Sessions;
pub(crate) use token::{Caller, Known, Refused, authenticate, bearer};
pub(crate) use used::Used;
