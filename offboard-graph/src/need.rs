//! What a request needs to be allowed, by the names that the admin center shows (CONTRACT (b), least privilege).

/// A permission, and the directory roles that have to come with it where a permission alone is not enough.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The least permission.
    pub(crate) permission: &'static str,
    /// What else is needed, in words; empty where nothing is.
    pub(crate) role: &'static str,
}

const fn only(permission: &'static str) -> Need {
    Need { permission, role: "" }
}

pub(crate) static USERS: Need = only("User.Read.All");
pub(crate) static SYNC_BEHAVIOR: Need = only("User-OnPremisesSyncBehavior.ReadWrite.All");
pub(crate) static MEMBERSHIPS: Need = only("GroupMember.Read.All");
pub(crate) static ROLES: Need = only("RoleManagement.Read.Directory");
pub(crate) static ELIGIBLE_ROLES: Need = only("RoleEligibilitySchedule.Read.Directory");
pub(crate) static APPLICATIONS: Need = only("Application.Read.All");
pub(crate) static LICENSES: Need = only("LicenseAssignment.Read.All");
pub(crate) static DOMAINS: Need = only("Domain.Read.All");
pub(crate) static SHAREPOINT: Need = only("SharePointTenantSettings.Read.All");
pub(crate) static FILES: Need = only("Files.Read.All");
pub(crate) static WRITE_FILES: Need = only("Files.ReadWrite.All");
pub(crate) static NUMBERS: Need = only("TeamsTelephoneNumber.Read.All");
pub(crate) static CHANGE_NUMBERS: Need = only("TeamsTelephoneNumber.ReadWrite.All");
pub(crate) static CALENDARS: Need = only("Calendars.Read");
pub(crate) static MAILBOX_SETTINGS: Need = only("MailboxSettings.Read");

pub(crate) static SET_ACCOUNT_ENABLED: Need = Need {
    permission: "User.EnableDisableAccount.All",
    role: "for somebody with a directory role or in a role-assignable group the caller must hold a higher role itself \
           (User Administrator, Privileged Authentication Administrator or Global Administrator)",
};
pub(crate) static RESET_PASSWORD: Need = Need {
    permission: "User-PasswordProfile.ReadWrite.All",
    role: "the caller must also hold the directory role User Administrator, and for somebody with a directory role or \
           in a role-assignable group Privileged Authentication Administrator or Global Administrator",
};
pub(crate) static REVOKE_SESSIONS: Need = Need {
    permission: "User.RevokeSessions.All",
    role: "for somebody with a directory role or in a role-assignable group the caller must hold a higher role itself \
           (User Administrator, Privileged Authentication Administrator or Global Administrator)",
};
pub(crate) static DELETE_RESTORE: Need = Need {
    permission: "User.DeleteRestore.All",
    role: "for somebody with a directory role or in a role-assignable group the caller must hold a higher role itself \
           (User Administrator, Privileged Authentication Administrator or Global Administrator)",
};
pub(crate) static ASSIGN_LICENSES: Need = only("LicenseAssignment.ReadWrite.All");
pub(crate) static CHANGE_MEMBERS: Need = Need {
    permission: "GroupMember.ReadWrite.All",
    role: "for a role-assignable group `RoleManagement.ReadWrite.Directory` too, and in a restricted management \
           administrative unit a role that is scoped to it",
};
pub(crate) static SET_MAILBOX_SETTINGS: Need = Need {
    permission: "MailboxSettings.ReadWrite",
    role: "an application access policy of Exchange may also keep the application out of this mailbox",
};

impl Need {
    /// What to do about a refusal.
    pub(crate) fn hint(&self) -> String {
        let grant = ["grant the permission `", self.permission, "` and consent to it"];
        if self.role.is_empty() { grant.concat() } else { [&grant.concat(), "; ", self.role].concat() }
    }
}
