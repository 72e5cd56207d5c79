//! The policies that come with offboard.

/// A policy that comes with offboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// By which it is asked for: `containment`.
    pub name: &'static str,
    /// Its TOML.
    pub text: &'static str,
}

/// All of them.
pub fn shipped() -> &'static [Shipped] {
    &[CONTAINMENT, FORWARD, SHARED, LEAVE, ARCHIVE, STANDARD, GUEST]
}

/// Cuts access and decides nothing else.
const CONTAINMENT: Shipped =
    Shipped { name: "containment", text: include_str!("../../../policies/containment.toml") };

/// Cuts access and forwards new mail for a time.
const FORWARD: Shipped = Shipped { name: "forward", text: include_str!("../../../policies/forward.toml") };

/// Cuts access, hands the mailbox over as a shared one, and frees the licenses.
const SHARED: Shipped = Shipped { name: "shared", text: include_str!("../../../policies/shared.toml") };

/// As `shared`, and lets go of what the leaver held.
const LEAVE: Shipped = Shipped { name: "leave", text: include_str!("../../../policies/leave.toml") };

/// Cuts access, holds the mail, and deletes the account, which makes the mailbox inactive.
const ARCHIVE: Shipped = Shipped { name: "archive", text: include_str!("../../../policies/archive.toml") };

/// The whole way, up to the deletion of the account.
const STANDARD: Shipped = Shipped { name: "standard", text: include_str!("../../../policies/standard.toml") };

/// For somebody who was invited from elsewhere.
const GUEST: Shipped = Shipped { name: "guest", text: include_str!("../../../policies/guest.toml") };
