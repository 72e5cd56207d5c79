//! Who may call which cmdlet (PEERS C8, CONTRACT C1).

use std::collections::BTreeSet;

use offboard_core::time::Timestamp;

use crate::signin::{Caller, Refused};
use crate::world::World;

/// The permission of applications that this door honours. One that is for version 2 of the API is not.
const APP_PERMISSION: &str = "Exchange.ManageAsApp";
/// Those of signed-in users.
const USER_PERMISSIONS: [&str; 2] = ["AdminApi.AccessAsUser.All", "Exchange.Manage"];

const VIEW_RECIPIENTS: &str = "View-Only Recipients";
const VIEW_CONFIGURATION: &str = "View-Only Configuration";
const MAIL_RECIPIENTS: &str = "Mail Recipients";
const DISTRIBUTION_GROUPS: &str = "Distribution Groups";
const LEGAL_HOLD: &str = "Legal Hold";

/// Directory roles that open Exchange, by template id, with the management roles they carry; none is all.
const DIRECTORY_ROLES: [(&str, &[&str]); 8] = [
    // Global Administrator
    ("62e90394-69f5-4237-9190-012177145e10", &[]),
    // Exchange Administrator
    ("29232cdf-9323-42fd-ade2-1d097af3e4de", &[]),
    // Exchange Recipient Administrator
    (
        "31392ffb-586c-42d1-9346-e59415a2cc4e",
        &[VIEW_RECIPIENTS, VIEW_CONFIGURATION, MAIL_RECIPIENTS, DISTRIBUTION_GROUPS],
    ),
    // Compliance Administrator
    ("17315797-102d-40b4-93e0-432062caca18", &[VIEW_RECIPIENTS, VIEW_CONFIGURATION, LEGAL_HOLD]),
    // Security Administrator
    ("194ae4cb-b126-40b2-bd5b-6091b380977d", &[VIEW_RECIPIENTS, VIEW_CONFIGURATION]),
    // Security Reader
    ("5d6b6bb7-de71-4623-b4af-96380a352509", &[VIEW_RECIPIENTS, VIEW_CONFIGURATION]),
    // Global Reader
    ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", &[VIEW_RECIPIENTS, VIEW_CONFIGURATION]),
    // Helpdesk Administrator
    ("729827e3-9c14-49f7-bb1b-9608f156bbb8", &[VIEW_RECIPIENTS]),
];

/// Parameters of `Set-Mailbox` that belong to Legal Hold: without that role they do not exist.
const HOLD_PARAMETERS: [&str; 5] = [
    "LitigationHoldEnabled",
    "LitigationHoldDuration",
    "LitigationHoldOwner",
    "RemoveDelayHoldApplied",
    "RemoveDelayReleaseHoldApplied",
];

/// What a caller may do in Exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rights {
    /// Everything.
    All,
    /// What these management roles show.
    Roles(BTreeSet<String>),
}

impl Rights {
    /// What the directory and Exchange's own role groups give `caller`.
    pub(super) fn of(world: &World, caller: &Caller) -> Self {
        let mut roles = BTreeSet::new();
        for (held, scope) in world.roles_of(caller.principal(), false) {
            let id = held.to_string();
            let known = DIRECTORY_ROLES.iter().find(|(role, _)| *role == id);
            // A role for an administrative unit carries nothing in Exchange.
            match known.filter(|_| scope == "/") {
                Some((_, [])) => return Self::All,
                Some((_, carried)) => roles.extend(carried.iter().map(|role| (*role).to_owned())),
                None => {}
            }
        }
        if caller.user.is_none() {
            let groups = world.settings.exchange.role_groups.get(&caller.app);
            roles.extend(groups.into_iter().flatten().cloned());
        }
        Self::Roles(roles)
    }

    /// Whether one of `roles` is held.
    pub(super) fn show(&self, roles: &[&str]) -> bool {
        match self {
            Self::All => true,
            Self::Roles(held) => roles.iter().any(|role| held.contains(*role)),
        }
    }

    /// Whether the parameter exists for this caller.
    pub(super) fn show_parameter(&self, name: &str) -> bool {
        !HOLD_PARAMETERS.contains(&name) || self.show(&[LEGAL_HOLD])
    }
}

/// Whether the token is good for this door; `Err` is why not, and since when where access was revoked.
pub(super) fn admitted(caller: Result<Caller, Refused>) -> Result<Caller, (&'static str, Option<Timestamp>)> {
    let caller = caller.map_err(|refused| match refused {
        Refused::Revoked(at) => ("Access was revoked after the token was issued.", Some(at)),
        refused => (why(refused), None),
    })?;
    let has = |permission: &str| caller.permissions.contains(permission);
    let admitted = match caller.user {
        None => has(APP_PERMISSION),
        Some(_) => USER_PERMISSIONS.into_iter().any(has),
    };
    if admitted { Ok(caller) } else { Err(("The token lacks the required permission.", None)) }
}

fn why(refused: Refused) -> &'static str {
    match refused {
        Refused::Missing => "No token was sent.",
        Refused::Malformed | Refused::Signature => "The token is invalid.",
        Refused::Expired => "The token has expired.",
        Refused::Audience => "The token is for another audience.",
        Refused::Principal => "The caller is not known in this organization.",
        Refused::Revoked(_) => "Access was revoked after the token was issued.",
    }
}
