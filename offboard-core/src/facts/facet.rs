//! The keys of what can be known, and how sure a reading of each is.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{GroupId, MailboxId, UserId};
use crate::time::Period;

/// One thing that can be read. The loader reads a set of them at once.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Facet {
    /// A person's directory object, and whether it lies among the deleted ones.
    User(UserId),
    /// Whether the authority over a synced person was moved to the cloud.
    SyncBehavior(UserId),
    /// A person among the deleted users.
    DeletedUser(UserId),
    /// What others have taken of a deleted user's names and addresses.
    RestoreConflicts(UserId),
    /// A person's manager.
    Manager(UserId),
    /// Who answers for a guest.
    Sponsors(UserId),
    /// A person's licenses.
    Licenses(UserId),
    /// A person's groups, through other groups too.
    Memberships(UserId),
    /// The groups that a person is in himself.
    DirectGroups(UserId),
    /// Who owns a group.
    Owners(GroupId),
    /// A person's directory roles.
    Roles(UserId),
    /// What stands behind a person's address.
    Recipient(UserId),
    /// What became of this mailbox of a person after his account.
    EndedMailbox(UserId, MailboxId),
    /// The size of a person's mailbox.
    MailboxSize(UserId),
    /// A mailbox's inbox rules.
    InboxRules(UserId),
    /// A mailbox's automatic replies.
    AutomaticReplies(UserId),
    /// Who else may open a mailbox.
    MailboxRights(UserId),
    /// By which ways a mailbox is reached.
    ClientAccess(UserId),
    /// Phones and tablets that synchronise a mailbox.
    MobileDevices(UserId),
    /// Future meetings somebody organised.
    Meetings(UserId),
    /// A person's OneDrive.
    Drive(UserId),
    /// Who may do everything in a person's OneDrive.
    DriveAdministrators(UserId),
    /// The permissions of the root folder of a person's OneDrive.
    DrivePermissions(UserId),
    /// What in a person's OneDrive has permissions of its own.
    DriveApart(UserId),
    /// What lies in a person's OneDrive.
    DriveItems(UserId),
    /// What lies in a folder of this name at the top of a person's OneDrive.
    DriveFolder(UserId, String),
    /// A person's telephone numbers.
    PhoneNumbers(UserId),
    /// How the leaver's domain signs in.
    LeaverDomain,
    /// What the organisation bought.
    Skus,
    /// Exchange's settings.
    Organization,
    /// The global administrators.
    GlobalAdministrators,
    /// Days a deleted person's OneDrive is kept.
    OneDriveRetention,
    /// offboard itself.
    Caller,
    /// A facet of somebody else's step, by its name.
    Custom(String),
}

/// A service that an organisation may not use at all; its tenant profile says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Exchange Online.
    Exchange,
    /// OneDrive and SharePoint.
    OneDrive,
    /// Teams telephony.
    Phone,
}

impl Service {
    /// As it is spelled in the tenant profile.
    pub fn name(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::OneDrive => "one_drive",
            Self::Phone => "phone",
        }
    }
}

impl FromStr for Service {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Exchange, Self::OneDrive, Self::Phone].into_iter().find(|s| s.name() == text).ok_or(())
    }
}

/// How many readings in a row must say the same before it counts as seen, and how far apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Agreement {
    /// How many.
    pub reads: u32,
    /// How far apart at least, each on a fresh connection.
    pub apart: Period,
}

impl Facet {
    /// The service this belongs to, where an organisation may not use it.
    pub fn service(&self) -> Option<Service> {
        match self {
            Self::Recipient(_)
            | Self::EndedMailbox(..)
            | Self::MailboxSize(_)
            | Self::InboxRules(_)
            | Self::AutomaticReplies(_)
            | Self::MailboxRights(_)
            | Self::ClientAccess(_)
            | Self::MobileDevices(_)
            | Self::Meetings(_)
            | Self::Organization => Some(Service::Exchange),
            Self::Drive(_)
            | Self::DriveAdministrators(_)
            | Self::DrivePermissions(_)
            | Self::DriveApart(_)
            | Self::DriveItems(_)
            | Self::DriveFolder(..)
            | Self::OneDriveRetention => Some(Service::OneDrive),
            Self::PhoneNumbers(_) => Some(Service::Phone),
            _ => None,
        }
    }

    /// How sure one reading is. The directory has replicas that disagree for minutes, Exchange is asked at the
    /// mailbox itself.
    pub fn agreement(&self) -> Agreement {
        match self.service() {
            Some(Service::Exchange) => Agreement { reads: 1, apart: Period::ZERO },
            _ => Agreement { reads: 3, apart: Period::seconds(2) },
        }
    }
}

impl fmt::Display for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User(_) => "the directory object",
            Self::SyncBehavior(_) => "the source of authority",
            Self::DeletedUser(_) => "the deleted user",
            Self::RestoreConflicts(_) => "who has the deleted user's addresses",
            Self::Manager(_) => "the manager",
            Self::Sponsors(_) => "the sponsors",
            Self::Licenses(_) => "the licenses",
            Self::Memberships(_) => "the groups",
            Self::DirectGroups(_) => "the groups of his own",
            Self::Owners(_) => "the owners of the group",
            Self::Roles(_) => "the directory roles",
            Self::Recipient(_) => "the mailbox",
            Self::EndedMailbox(..) => "the mailbox after its account",
            Self::MailboxSize(_) => "the mailbox's size",
            Self::InboxRules(_) => "the inbox rules",
            Self::AutomaticReplies(_) => "the automatic replies",
            Self::MailboxRights(_) => "the rights on the mailbox",
            Self::ClientAccess(_) => "the ways into the mailbox",
            Self::MobileDevices(_) => "the mobile devices",
            Self::Meetings(_) => "the organised meetings",
            Self::Drive(_) => "the OneDrive",
            Self::DriveAdministrators(_) => "the administrators of the OneDrive",
            Self::DrivePermissions(_) => "the permissions of the OneDrive",
            Self::DriveApart(_) => "what has permissions of its own in the OneDrive",
            Self::DriveItems(_) => "the files in the OneDrive",
            Self::DriveFolder(..) => "the folder in the OneDrive",
            Self::PhoneNumbers(_) => "the telephone numbers",
            Self::LeaverDomain => "the leaver's domain",
            Self::Skus => "the bought products",
            Self::Organization => "Exchange's settings",
            Self::GlobalAdministrators => "the global administrators",
            Self::OneDriveRetention => "the OneDrive retention",
            Self::Caller => "the caller's own rights",
            Self::Custom(name) => name,
        })
    }
}
