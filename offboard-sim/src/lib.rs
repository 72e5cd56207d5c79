//! A simulated Microsoft 365 tenant: strict, honest, with faults on demand.
//!
//! Behind the same HTTP as the real one it answers Microsoft Graph v1.0, Exchange's InvokeCommand, a little of
//! SharePoint's REST and the sign-in endpoints, in-process ([`Tenant::transport`]) or on loopback ([`Tenant::serve`]). Its truth is a
//! [`world::World`] that tests set up and inspect; what goes over the wire may lag behind it, flap, be lost or
//! be reverted, as it is with the service, and as [`faults`] ask for. Time is virtual ([`SimClock`]), chance
//! comes from a seed: the same seed and the same program give the same course, byte for byte.
//!
//! It is written from Microsoft's documentation and shares no wire type with offboard's adapters: two
//! independent readings of the contract meet on the wire. Where the service's behaviour is not documented it
//! chooses, and the place says so.

mod carry;
mod clock;
mod context;
mod core;
mod entropy;
pub mod exchange;
pub mod faults;
mod graph;
pub mod judge;
mod quota;
pub mod recorder;
mod seed;
mod serve;
mod share_point;
mod signin;
mod tenant;
mod tls;
mod wire;
pub mod world;

pub use clock::SimClock;
pub use entropy::SimEntropy;
pub use faults::{Fault, Faults, Matcher};
pub use recorder::{Exchanged, Recorder};
pub use seed::contoso;
pub use serve::Server;
pub use tenant::{App, Tenant};
pub use wire::Door;
pub use world::World;
