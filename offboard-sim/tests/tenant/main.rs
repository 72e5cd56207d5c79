//! The simulated tenant from outside: what a program sees, and what is so.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test an unexpected value is a failure")]

mod assertion;
mod batch;
mod desk;
mod device;
mod drive_items;
mod everything;
mod faults;
mod federated;
mod lag;
mod licensing;
mod managed;
mod revoked;
mod rights;
mod server;
mod share_point;
mod sharing;
mod sign_in;
mod strict;
mod time;
mod traps;
