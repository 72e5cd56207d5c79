//! Holds: what forbids that mail is lost (CONTRACT C4, G7).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::mailbox::Mailbox;
use super::organization::OrganizationConfig;
use crate::time::Period;

/// How old a Litigation Hold is before it counts. It may take up to 240 minutes (CONTRACT C4, f.5; the cmdlet itself speaks of
/// 60), and an hour more because its date says when it was asked for and not when it reached the mailbox.
pub const CONFIRMED_AFTER: Period = Period::minutes(300);

/// What a hold is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// Litigation Hold.
    Litigation,
    /// An eDiscovery case (`UniH`).
    EDiscovery,
    /// The retired In-Place Hold (no prefix, or `cld`).
    InPlace,
    /// A retention policy that names this mailbox.
    Retention,
    /// A retention policy for the whole organisation.
    OrganizationRetention,
    /// A retaining label on an item.
    Label,
    /// Thirty days after a hold was removed; it does not end while the account is disabled.
    Delay,
    /// An entry that nobody here can read: it counts as a hold.
    Strange,
}

/// One hold on one mailbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// What it is.
    pub kind: HoldKind,
    /// The service's entry, or the property that shows it. A waiver names exactly this.
    pub id: String,
}

/// Every hold on `mailbox`: its own, and those of the organisation that do not exclude it.
pub fn holds_on(mailbox: &Mailbox, organization: &OrganizationConfig) -> Vec<Hold> {
    let mut holds = Vec::new();
    let mut push = |kind, id: &str| holds.push(Hold { kind, id: id.to_owned() });
    if mailbox.litigation_hold_enabled {
        push(HoldKind::Litigation, "LitigationHoldEnabled");
    }
    if mailbox.compliance_tag_hold_applied {
        push(HoldKind::Label, "ComplianceTagHoldApplied");
    }
    if mailbox.delay_hold_applied {
        push(HoldKind::Delay, "DelayHoldApplied");
    }
    if mailbox.delay_release_hold_applied {
        push(HoldKind::Delay, "DelayReleaseHoldApplied");
    }
    for entry in &mailbox.in_place_holds {
        if let Some(kind) = read_entry(entry, HoldKind::Retention) {
            push(kind, entry);
        }
    }
    for entry in &organization.in_place_holds {
        let excluded = mailbox
            .in_place_holds
            .iter()
            .filter_map(|own| own.strip_prefix('-'))
            .any(|own| policy_of(own) == policy_of(entry));
        // `grp` entries are about groups and channels, never about a person's mailbox.
        if !excluded
            && !entry.starts_with("grp")
            && let Some(kind) = read_entry(entry, HoldKind::OrganizationRetention)
        {
            push(kind, entry);
        }
    }
    holds.sort();
    holds
}

/// The policy an entry names, without what it does.
fn policy_of(entry: &str) -> &str {
    entry.split(':').next().unwrap_or(entry)
}

/// What an entry of `InPlaceHolds` means, or nothing where it holds nothing (CONTRACT C4).
fn read_entry(entry: &str, retention: HoldKind) -> Option<HoldKind> {
    if entry.starts_with('-') {
        return None;
    }
    if entry.starts_with("UniH") {
        return Some(HoldKind::EDiscovery);
    }
    if entry.starts_with("mbx") || entry.starts_with("skp") {
        return match entry.rsplit_once(':').map(|(_, action)| action) {
            Some("1") => None,
            Some("2" | "3") => Some(retention),
            _ => Some(HoldKind::Strange),
        };
    }
    let id = entry.strip_prefix("cld").unwrap_or(entry);
    let guid = id.len() >= 32 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    Some(if guid { HoldKind::InPlace } else { HoldKind::Strange })
}
