//! One port a file.

mod delegates;
mod mailboxes;
mod organization;
mod replies;
mod rules;
