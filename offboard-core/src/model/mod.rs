//! Microsoft 365 as offboard sees it: plain data, named and spelled as the service names and spells it.

pub mod caller;
pub mod client_access;
pub mod cloud;
pub mod deletion;
pub mod drive;
pub mod drive_sharing;
pub mod group;
pub mod hold;
pub mod intent;
pub mod license;
pub mod mailbox;
pub mod meeting;
pub mod mobile_device;
pub mod on_premises;
pub mod organization;
pub mod phone;
pub mod role;
pub mod size;
pub mod sponsor;
pub mod trustee;
pub mod user;
