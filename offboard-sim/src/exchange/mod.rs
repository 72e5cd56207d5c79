//! Exchange Online's admin door: `InvokeCommand`, which runs cmdlets over HTTP (PEERS (c), CONTRACT (c)).
//!
//! It is undocumented for third parties. Where neither Microsoft's reference nor anybody's capture says how the
//! service behaves, this simulation chooses, and [`CHOICES`] says what it chose.

mod access;
mod batch;
mod bind;
mod choices;
mod cmdlets;
mod door;
mod lookup;
mod page;
mod quantity;
mod refusal;
mod reply;
mod run;
mod table;
#[cfg(test)]
pub(crate) mod tests;

pub use choices::{CHOICES, Choice, may_open};
pub(crate) use door::answer;
pub(crate) use refusal::{bare, claims_challenge};
