//! Everything that is known of one person.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fact::Fact;
use crate::id::{GroupId, UserId};
use crate::model::client_access::ClientAccess;
use crate::model::deletion::{DeletedUser, RestoreConflict};
use crate::model::drive::{Drive, DriveAdministrator, DriveEntry, DriveFolder};
use crate::model::drive_sharing::{DrivePermission, OwnPermissions};
use crate::model::group::{Group, Membership, Tie};
use crate::model::license::Licenses;
use crate::model::mailbox::{
    AutomaticReplies, EndedMailbox, InboxRule, Mailbox, MailboxRight, MailboxSize, Recipient,
};
use crate::model::meeting::Meetings;
use crate::model::mobile_device::MobileDevice;
use crate::model::phone::PhoneNumber;
use crate::model::role::{Privilege, RoleAssignment};
use crate::model::sponsor::Sponsor;
use crate::model::user::User;

/// One person, facet by facet. What was not asked for is unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Object id.
    pub id: UserId,
    /// The directory object; absent once it is deleted.
    pub user: Fact<User>,
    /// The object lies among the deleted ones (G34).
    pub deleted: Fact<bool>,
    /// The object as it lies among the deleted ones; absent where it does not.
    #[serde(default)]
    pub deleted_user: Fact<DeletedUser>,
    /// What others have taken since; empty where he can come back as he was.
    #[serde(default)]
    pub restore_conflicts: Fact<Vec<RestoreConflict>>,
    /// `onPremisesSyncBehavior.isCloudManaged`: the authority was moved to the cloud.
    pub cloud_managed: Fact<bool>,
    /// The manager's object id.
    pub manager: Fact<UserId>,
    /// Who answers for a guest; empty where nobody does.
    #[serde(default)]
    pub sponsors: Fact<Vec<Sponsor>>,
    /// Products.
    pub licenses: Fact<Licenses>,
    /// Groups he is in or owns, through other groups too.
    pub memberships: Fact<Vec<Membership>>,
    /// Groups he is in himself, not through another group: the ones he can leave.
    #[serde(default)]
    pub direct_groups: Fact<Vec<Membership>>,
    /// Directory roles held and eligible, not those through groups.
    pub roles: Fact<Vec<RoleAssignment>>,
    /// What stands behind his address; absent where there is nothing.
    pub recipient: Fact<Recipient>,
    /// What became of his mailbox after his account; absent as long as it is neither inactive nor soft-deleted.
    #[serde(default)]
    pub ended_mailbox: Fact<EndedMailbox>,
    /// How big the mailbox is.
    pub mailbox_size: Fact<MailboxSize>,
    /// Inbox rules, hidden ones too.
    pub inbox_rules: Fact<Vec<InboxRule>>,
    /// Automatic replies.
    pub automatic_replies: Fact<AutomaticReplies>,
    /// Who else may open the mailbox.
    pub mailbox_rights: Fact<Vec<MailboxRight>>,
    /// By which ways the mailbox is reached.
    pub client_access: Fact<ClientAccess>,
    /// Phones and tablets that synchronise the mailbox.
    pub mobile_devices: Fact<Vec<MobileDevice>>,
    /// Future meetings that he organised.
    pub meetings: Fact<Meetings>,
    /// His OneDrive.
    pub drive: Fact<Drive>,
    /// Who may do everything in his OneDrive.
    #[serde(default)]
    pub drive_administrators: Fact<Vec<DriveAdministrator>>,
    /// The permissions of the root folder of his OneDrive.
    #[serde(default)]
    pub drive_permissions: Fact<Vec<DrivePermission>>,
    /// What in his OneDrive has permissions of its own.
    #[serde(default)]
    pub drive_apart: Fact<OwnPermissions>,
    /// What lies at the top of his OneDrive, everything below it counted.
    #[serde(default)]
    pub drive_items: Fact<Vec<DriveEntry>>,
    /// Folders at the top of his OneDrive that were asked for, by name; absent where there is none of this name.
    #[serde(default)]
    pub drive_folders: BTreeMap<String, Fact<DriveFolder>>,
    /// His telephone numbers.
    pub phone_numbers: Fact<Vec<PhoneNumber>>,
}

impl Person {
    /// Somebody of whom nothing is known.
    pub fn new(id: UserId) -> Self {
        Self {
            id,
            user: Fact::default(),
            deleted: Fact::default(),
            deleted_user: Fact::default(),
            restore_conflicts: Fact::default(),
            cloud_managed: Fact::default(),
            manager: Fact::default(),
            sponsors: Fact::default(),
            licenses: Fact::default(),
            memberships: Fact::default(),
            direct_groups: Fact::default(),
            roles: Fact::default(),
            recipient: Fact::default(),
            ended_mailbox: Fact::default(),
            mailbox_size: Fact::default(),
            inbox_rules: Fact::default(),
            automatic_replies: Fact::default(),
            mailbox_rights: Fact::default(),
            client_access: Fact::default(),
            mobile_devices: Fact::default(),
            meetings: Fact::default(),
            drive: Fact::default(),
            drive_administrators: Fact::default(),
            drive_permissions: Fact::default(),
            drive_apart: Fact::default(),
            drive_items: Fact::default(),
            drive_folders: BTreeMap::new(),
            phone_numbers: Fact::default(),
        }
    }

    /// The mailbox in Exchange Online; absent where it lies elsewhere or nowhere.
    pub fn mailbox(&self) -> Fact<&Mailbox> {
        self.recipient.as_ref().and_then(|recipient| match recipient {
            Recipient::Cloud(mailbox) => Fact::Known(&**mailbox),
            Recipient::OnPremises { .. } => Fact::Absent,
        })
    }

    /// The mailbox in Exchange Online, to change.
    pub fn mailbox_mut(&mut self) -> Option<&mut Mailbox> {
        match self.recipient.known_mut() {
            Some(Recipient::Cloud(mailbox)) => Some(mailbox),
            _ => None,
        }
    }

    /// Whether Active Directory is the master (G4): synced, and the authority not known to be in the cloud.
    pub fn ad_is_master(&self) -> Fact<bool> {
        self.user.as_ref().map(|user| user.is_synced() && self.cloud_managed.known() != Some(&true))
    }

    /// Whether the account lies in a domain's group of ordinary users, or why it does not (G24). An unknown row
    /// makes the answer unknown.
    pub fn privileges(&self) -> Fact<Vec<Privilege>> {
        let mut privileges = Vec::new();
        match &self.roles {
            Fact::Known(roles) => privileges.extend(roles.iter().map(|held| Privilege::Role(held.role))),
            Fact::Absent | Fact::NotOffered(_) => {}
            Fact::Unknown(failure) => return Fact::Unknown(failure.clone()),
        }
        match &self.memberships {
            Fact::Known(rows) => {
                for row in rows {
                    match &row.group {
                        Fact::Known(group) if group.is_assignable_to_role => {
                            privileges.push(Privilege::RoleAssignableGroup(group.id));
                        }
                        Fact::Unknown(failure) => return Fact::Unknown(failure.clone()),
                        _ => {}
                    }
                }
            }
            Fact::Absent | Fact::NotOffered(_) => {}
            Fact::Unknown(failure) => return Fact::Unknown(failure.clone()),
        }
        Fact::Known(privileges)
    }

    /// The group with this id, where he is in it himself; absent where he is not.
    pub fn direct_group(&self, id: GroupId) -> Fact<&Group> {
        self.direct_groups.as_ref().and_then(|rows| {
            rows.iter().find(|row| row.id == id).map_or(Fact::Absent, |row| row.group.as_ref())
        })
    }

    /// The groups he owns.
    pub fn owned_groups(&self) -> impl Iterator<Item = &Membership> {
        self.memberships.known().into_iter().flatten().filter(|row| row.tie == Tie::Owner)
    }

    pub(super) fn stabilise(&mut self) {
        self.user.stabilise();
        self.deleted.stabilise();
        self.deleted_user.stabilise();
        self.restore_conflicts.stabilise();
        self.cloud_managed.stabilise();
        self.manager.stabilise();
        self.sponsors.sort();
        self.sponsors.stabilise();
        self.licenses.stabilise();
        for groups in [&mut self.memberships, &mut self.direct_groups] {
            groups.stabilise();
            for row in groups.known_mut().into_iter().flatten() {
                row.group.stabilise();
            }
            if let Some(rows) = groups.known_mut() {
                rows.sort_by_key(|row| (row.id, row.tie));
            }
        }
        // The order in which the service lists things says nothing.
        self.restore_conflicts.sort();
        self.roles.sort();
        self.inbox_rules.sort();
        self.mailbox_rights.sort();
        self.phone_numbers.sort();
        self.mobile_devices.sort();
        if let Some(licenses) = self.licenses.known_mut() {
            licenses.assignments.sort();
        }
        self.roles.stabilise();
        self.recipient.stabilise();
        self.ended_mailbox.stabilise();
        self.mailbox_size.stabilise();
        self.inbox_rules.stabilise();
        self.automatic_replies.stabilise();
        self.mailbox_rights.stabilise();
        if let Some(access) = self.client_access.known_mut() {
            access.active_sync_blocked_device_ids.sort();
        }
        self.client_access.stabilise();
        self.mobile_devices.stabilise();
        if let Some(meetings) = self.meetings.known_mut() {
            meetings.organized.sort();
        }
        self.meetings.stabilise();
        self.drive.stabilise();
        self.drive_administrators.sort();
        self.drive_administrators.stabilise();
        self.drive_permissions.sort();
        self.drive_permissions.stabilise();
        self.drive_apart.stabilise();
        self.drive_items.sort();
        self.drive_items.stabilise();
        for folder in self.drive_folders.values_mut() {
            if let Some(folder) = folder.known_mut() {
                folder.entries.sort();
            }
            folder.stabilise();
        }
        self.phone_numbers.stabilise();
    }

    /// For people: display name and UPN, or the id where neither was read.
    pub fn name(&self) -> String {
        self.user.known().map_or_else(
            || self.id.to_string(),
            |user| format!("{} <{}>", user.display_name, user.user_principal_name),
        )
    }
}
