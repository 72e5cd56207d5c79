//! One port a file.

mod calendars;
mod client_access;
mod delegates;
mod distribution_groups;
mod mailboxes;
mod mobile_devices;
mod organization;
mod replies;
mod rules;
