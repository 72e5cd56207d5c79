//! Exchange Online as the ports of offboard.
//!
//! A port's method makes a [`Cmdlet`](cmdlet::Cmdlet), a [`Channel`] carries it to the service, and
//! [`reply`] and [`status`] say what came back. Which door the cmdlet goes through is the channel's alone.

pub mod channel;
pub mod cmdlet;
mod exchange;
mod ports;
pub mod quantity;
pub mod reply;
pub mod row;
pub mod status;
mod turn;

pub use channel::{Channel, HandOff, InvokeCommand};
pub use exchange::Exchange;

/// The name of this adapter in failures.
pub const PROVIDER: &str = "exchange";
