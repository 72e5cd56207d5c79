//! Microsoft Graph v1.0, as CONTRACT (b) and Microsoft's OpenAPI describe it.
//!
//! The table of operations is in [`routes`]; each file beside it answers for one kind of thing. Reads are
//! answered from one of the directory's replicas, writes go to the truth.

mod answer;
mod batch;
mod calendar;
mod deleted;
mod delta;
mod drive;
mod error;
mod filter;
mod groups;
mod items;
mod licenses;
mod mail;
mod members;
mod names;
mod organization;
mod page;
mod parse;
mod path;
mod permissions;
mod phone;
mod privilege;
mod query;
mod render;
mod roles;
mod routes;
mod rules;
mod users;
mod write;

pub(crate) use answer::{answer, claims_challenge, usual_error};
pub(crate) use path::canonical as canonical_path;
