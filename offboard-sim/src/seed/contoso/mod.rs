//! Contoso: a tenant of about forty, in which every case that off-boarding must tell apart occurs at least once.

mod build;
mod files;
mod mail;
mod many;
mod people;

pub(crate) use build::build;
pub(crate) use many::move_in;
pub use people::{PEOPLE, Person};

/// Everybody's password at the beginning.
pub const PASSWORD: &str = "Contoso-pass@word-1";

/// Where the hidden rule of Irvin Sayers sends mail.
pub const COMPETITOR: &str = "bids@adatum.com";
