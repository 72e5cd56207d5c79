//! One port a file.

mod calendars;
mod client_access;
mod delegates;
mod mailboxes;
mod organization;
mod replies;
mod rules;
