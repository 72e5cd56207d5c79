//! Where a cmdlet is sent (CONTRACT C0).

mod hand_off;
mod invoke_command;

use std::fmt::Debug;

use async_trait::async_trait;
use offboard_core::ports::{Answer, Call};

pub use hand_off::HandOff;
pub use invoke_command::InvokeCommand;

use crate::cmdlet::Cmdlet;
use crate::reply::Reply;

/// A door to Exchange Online.
///
/// # Contract
/// * A reply holds all pages. A cmdlet that changes something is carried out at most once where its
///   [`Repeat`](crate::cmdlet::Repeat) says so.
/// * A reply means that the service claims to have done it; a cmdlet that it answered with a question, or with
///   errors beside data, is an error.
/// * An object that does not exist is [`Kind::NotFound`](offboard_core::failure::Kind::NotFound) with the code
///   [`status::NOT_FOUND`](crate::status::NOT_FOUND), and nothing else is.
#[async_trait]
pub trait Channel: Debug + Send + Sync + 'static {
    /// Carries out `cmdlet`.
    async fn run(&self, call: &Call, cmdlet: &Cmdlet) -> Answer<Reply>;
}
