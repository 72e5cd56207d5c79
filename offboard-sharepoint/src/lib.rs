//! What only SharePoint's own REST can do, as a port of offboard: who may do everything in the site of a OneDrive.
//!
//! Graph has no call for site-collection administrators (CONTRACT B11). Microsoft's OpenAPI does not describe this REST, so no
//! more of it is used than its documentation shows (Users, groups, and roles REST API reference): `web/siteusers`,
//! `web/ensureuser`, and `MERGE` on `web/getuserbyid`. SharePoint takes an application's token only where the application
//! signed in with a certificate, and it has a host, and so tokens, of its own.

mod site;
mod sites;
mod status;
mod wire;

pub use sites::SharePoint;

/// The name of this adapter in failures.
pub const PROVIDER: &str = "share_point";
