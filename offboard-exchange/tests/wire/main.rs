//! The ports over a scripted service: exactly what is asked, and what is made of each answer.
//!
//! Every request that any of these tests causes is held against Microsoft's cmdlet reference and against the rule
//! that nothing is addressed by a name.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod calendars;
mod channel;
#[cfg(test)]
mod client_access;
mod delegates;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod mailboxes;
#[cfg(test)]
mod mobile_devices;
mod replies;
#[cfg(test)]
mod rules;
