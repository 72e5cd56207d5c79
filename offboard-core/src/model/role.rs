//! Directory roles and who may act on whom (CONTRACT B3.1, B9).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{GroupId, RoleId, UserId};

/// A directory role that somebody holds or may activate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleAssignment {
    /// `roleDefinitionId`; for a built-in role that is its template id.
    pub role: RoleId,
    /// `directoryScopeId`: `/` for the whole tenant.
    pub scope: String,
    /// Held only after activation (PIM).
    pub eligible: bool,
    /// The group through which the role is held.
    pub through: Option<GroupId>,
}

/// Somebody who is a global administrator, and whether he can sign in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GlobalAdministrator {
    /// The person.
    pub id: UserId,
    /// `accountEnabled`.
    pub account_enabled: bool,
}

/// A built-in role that decides who may act on whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are Microsoft's, and say all there is")]
pub enum BuiltIn {
    GlobalAdministrator,
    PrivilegedAuthenticationAdministrator,
    PrivilegedRoleAdministrator,
    UserAdministrator,
    AuthenticationAdministrator,
    HelpdeskAdministrator,
    PasswordAdministrator,
    GroupsAdministrator,
    DirectoryReaders,
    GuestInviter,
    MessageCenterReader,
    ReportsReader,
    UsageSummaryReportsReader,
    ExchangeAdministrator,
    LicenseAdministrator,
}

/// Every role above with its template id and its name. The ids are the same in every tenant.
pub const BUILT_IN: &[(BuiltIn, RoleId, &str)] = &[
    (
        BuiltIn::GlobalAdministrator,
        RoleId::from_u128(0x62e9_0394_69f5_4237_9190_0121_7714_5e10),
        "Global Administrator",
    ),
    (
        BuiltIn::PrivilegedAuthenticationAdministrator,
        RoleId::from_u128(0x7be4_4c8a_adaf_4e2a_84d6_ab26_49e0_8a13),
        "Privileged Authentication Administrator",
    ),
    (
        BuiltIn::PrivilegedRoleAdministrator,
        RoleId::from_u128(0xe861_1ab8_c189_46e8_94e1_6021_3ab1_f814),
        "Privileged Role Administrator",
    ),
    (
        BuiltIn::UserAdministrator,
        RoleId::from_u128(0xfe93_0be7_5e62_47db_91af_98c3_a49a_38b1),
        "User Administrator",
    ),
    (
        BuiltIn::AuthenticationAdministrator,
        RoleId::from_u128(0xc4e3_9bd9_1100_46d3_8c65_fb16_0da0_071f),
        "Authentication Administrator",
    ),
    (
        BuiltIn::HelpdeskAdministrator,
        RoleId::from_u128(0x729827e3_9c14_49f7_bb1b_9608f156bbb8),
        "Helpdesk Administrator",
    ),
    (
        BuiltIn::PasswordAdministrator,
        RoleId::from_u128(0x966707d0_3269_4727_9be2_8c3a10f19b9d),
        "Password Administrator",
    ),
    (
        BuiltIn::GroupsAdministrator,
        RoleId::from_u128(0xfdd7a751_b60b_444a_984c_02652fe8fa1c),
        "Groups Administrator",
    ),
    (
        BuiltIn::DirectoryReaders,
        RoleId::from_u128(0x88d8e3e3_8f55_4a1e_953a_9b9898b8876b),
        "Directory Readers",
    ),
    (BuiltIn::GuestInviter, RoleId::from_u128(0x95e79109_95c0_4d8e_aee3_d01accf2d47b), "Guest Inviter"),
    (
        BuiltIn::MessageCenterReader,
        RoleId::from_u128(0x790c1fb9_7f7d_4f88_86a1_ef1f95c05c1b),
        "Message Center Reader",
    ),
    (BuiltIn::ReportsReader, RoleId::from_u128(0x4a5d8f65_41da_4de4_8968_e035b65339cf), "Reports Reader"),
    (
        BuiltIn::UsageSummaryReportsReader,
        RoleId::from_u128(0x75934031_6c7e_415a_99d7_48dbd49e875e),
        "Usage Summary Reports Reader",
    ),
    (
        BuiltIn::ExchangeAdministrator,
        RoleId::from_u128(0x29232cdf_9323_42fd_ade2_1d097af3e4de),
        "Exchange Administrator",
    ),
    (
        BuiltIn::LicenseAdministrator,
        RoleId::from_u128(0x4d6ac14f_3453_41d0_bef9_a3e0c569773a),
        "License Administrator",
    ),
];

impl BuiltIn {
    /// The built-in role with this template id.
    pub fn of(role: RoleId) -> Option<Self> {
        BUILT_IN.iter().find(|(_, id, _)| *id == role).map(|(built_in, ..)| *built_in)
    }

    /// Its template id.
    pub fn id(self) -> RoleId {
        BUILT_IN
            .iter()
            .find(|(built_in, ..)| *built_in == self)
            .map_or(RoleId::from_u128(0), |(_, id, _)| *id)
    }

    /// Its name, as the admin center shows it.
    pub fn name(self) -> &'static str {
        BUILT_IN.iter().find(|(built_in, ..)| *built_in == self).map_or("", |(.., name)| name)
    }
}

/// Why somebody is more than an ordinary user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Privilege {
    /// Holds or may activate this role. An id that is not built in is a custom role.
    Role(RoleId),
    /// Member or owner of a role-assignable group.
    RoleAssignableGroup(GroupId),
}

/// A sensitive action of CONTRACT B3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitive {
    /// Disable, enable, delete, restore, change the UPN.
    Account,
    /// Reset the password, or void the refresh tokens.
    Password,
}

/// The roles, any one of which lets a caller do `action` to somebody with `privilege` (B3.1).
pub fn roles_that_may(action: Sensitive, privilege: Option<&Privilege>) -> Vec<BuiltIn> {
    use BuiltIn::{
        AuthenticationAdministrator as AA, DirectoryReaders, GlobalAdministrator as GA, GroupsAdministrator,
        GuestInviter, HelpdeskAdministrator as HD, MessageCenterReader, PasswordAdministrator as PW,
        PrivilegedAuthenticationAdministrator as PAA, ReportsReader, UsageSummaryReportsReader,
        UserAdministrator as UA,
    };
    let held = match privilege {
        None => None,
        Some(Privilege::RoleAssignableGroup(_)) => return vec![PAA, GA],
        Some(Privilege::Role(role)) => match BuiltIn::of(*role) {
            None => return vec![PAA, GA],
            held => held,
        },
    };
    match (action, held) {
        (
            Sensitive::Account,
            None
            | Some(
                DirectoryReaders
                | GuestInviter
                | MessageCenterReader
                | PW
                | ReportsReader
                | UsageSummaryReportsReader,
            ),
        ) => {
            vec![AA, UA, PAA, GA]
        }
        (_, Some(AA)) => vec![AA, PAA, GA],
        (_, Some(GroupsAdministrator | UA)) | (Sensitive::Account, Some(HD)) => vec![UA, PAA, GA],
        (Sensitive::Password, None | Some(DirectoryReaders | GuestInviter | PW)) => {
            vec![PW, HD, AA, UA, PAA, GA]
        }
        (Sensitive::Password, Some(HD)) => vec![HD, UA, PAA, GA],
        (Sensitive::Password, Some(MessageCenterReader | ReportsReader | UsageSummaryReportsReader)) => {
            vec![HD, AA, UA, PAA, GA]
        }
        (_, Some(_)) => vec![PAA, GA],
    }
}

/// The roles, any one of which a person must hold beside the delegated permission `permission`, to act on somebody without
/// privileges; least first. A permission lets an application act, but only lends a person what he may do himself.
/// Nothing where this is not known.
pub fn roles_of_people(permission: &str) -> Option<Vec<BuiltIn>> {
    use BuiltIn::{
        AuthenticationAdministrator, ExchangeAdministrator, GlobalAdministrator, GroupsAdministrator,
        LicenseAdministrator, PrivilegedAuthenticationAdministrator, UserAdministrator,
    };
    Some(match permission {
        "User.EnableDisableAccount.All" | "User.DeleteRestore.All" => {
            roles_that_may(Sensitive::Account, None)
        }
        "User.RevokeSessions.All" | "User-PasswordProfile.ReadWrite.All" => {
            roles_that_may(Sensitive::Password, None)
        }
        "LicenseAssignment.ReadWrite.All" => {
            vec![LicenseAdministrator, UserAdministrator, GlobalAdministrator]
        }
        "GroupMember.ReadWrite.All" | "Group.ReadWrite.All" => {
            vec![GroupsAdministrator, UserAdministrator, GlobalAdministrator]
        }
        "UserAuthenticationMethod.ReadWrite.All" => {
            vec![AuthenticationAdministrator, PrivilegedAuthenticationAdministrator, GlobalAdministrator]
        }
        "Exchange.Manage" | "Exchange.ManageAsApp" | "MailboxSettings.ReadWrite" => {
            vec![ExchangeAdministrator, GlobalAdministrator]
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_role_is_in_the_table_once() {
        for (built_in, id, name) in BUILT_IN {
            assert_eq!(BuiltIn::of(*id), Some(*built_in));
            assert_eq!(built_in.id(), *id);
            assert_eq!(built_in.name(), *name);
        }
    }

    #[test]
    fn only_the_two_highest_may_touch_a_global_administrator_or_a_custom_role() {
        let custom = Privilege::Role(RoleId::from_u128(7));
        let global = Privilege::Role(BuiltIn::GlobalAdministrator.id());
        for privilege in [&custom, &global] {
            for action in [Sensitive::Account, Sensitive::Password] {
                assert_eq!(
                    roles_that_may(action, Some(privilege)),
                    [BuiltIn::PrivilegedAuthenticationAdministrator, BuiltIn::GlobalAdministrator]
                );
            }
        }
        assert!(roles_that_may(Sensitive::Account, None).contains(&BuiltIn::UserAdministrator));
    }
}
