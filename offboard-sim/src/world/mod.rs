//! The truth of the simulated tenant: what is so, whatever an answer on the wire may say.
//!
//! [`World`] is plain data, cheap to copy. Every change makes a version; reads over HTTP may be answered from
//! an earlier one, the judge reads the one that was true at the time in question.

mod agenda;
mod certificate;
mod copying;
mod deletion;
mod device;
mod directory;
mod drive;
mod fate;
mod history;
mod licensing;
mod lookup;
mod mailbox;
mod mailflow;
mod services;
mod sharing;
mod sync;
mod table;

use std::sync::Arc;

use offboard_core::id::{CallerId, GroupId, MailboxId, RoleId, SkuId, UserId};
use offboard_core::time::{Period, Timestamp};
use serde::Serialize;

pub(crate) use agenda::Agenda;
pub use certificate::AppCertificate;
pub use copying::{CopyJob, CopyState};
pub use device::{DeviceWipe, MobileDevice};
pub use directory::{
    AppRole, ClientSecret, DeletedUser, DirectLicense, Domain, FederatedCredential, Fingerprint, Group,
    InheritedLicense, Principal, Resource, RoleAssignment, RoleDefinition, ServicePrincipal, User,
};
pub use drive::{Drive, DriveItem, DriveState, ItemKind, SiteUser};
pub(crate) use history::History;
pub use history::Version;
pub use licensing::UNLICENSED_LIMIT;
pub use mailbox::{
    Archive, CalendarEvent, LitigationHold, Mailbox, MailboxPermission, MailboxState, Protocols,
    RecipientType,
};
pub use mailflow::{AutoReply, AutoReplyState, ExternalAudience, InboxRule, RuleRecipient};
pub use services::{
    ActiveDirectoryUser, ExchangeSettings, Organization, OwnedAttributes, PhoneNumber, ServicePlan, Settings,
    Sku, Timing,
};
pub use sharing::{Grant, Grantee, ItemRole};
pub use table::Table;

/// Everything that is so in the tenant.
#[derive(Debug, Clone, Serialize)]
pub struct World {
    /// The time; set before every change and every look.
    #[serde(skip)]
    pub now: Timestamp,
    /// The organisation.
    pub organization: Organization,
    /// Its domains, by name in lower case.
    pub domains: Table<String, Domain>,
    /// People, and the accounts behind shared mailboxes and rooms.
    pub users: Table<UserId, User>,
    /// The recycle bin.
    pub deleted_users: Table<UserId, DeletedUser>,
    /// Groups.
    pub groups: Table<GroupId, Group>,
    /// Directory roles.
    pub role_definitions: Table<RoleId, RoleDefinition>,
    /// Who holds which, by the assignment's id.
    pub role_assignments: Table<String, RoleAssignment>,
    /// Applications, by object id.
    pub service_principals: Table<CallerId, ServicePrincipal>,
    /// Products.
    pub skus: Table<SkuId, Sku>,
    /// Mailboxes, whatever became of them.
    pub mailboxes: Table<MailboxId, Mailbox>,
    /// OneDrives, by owner.
    pub drives: Table<UserId, Drive>,
    /// Copies between them, by the id under which they are asked after: what is made is in the drives.
    #[serde(skip)]
    pub copies: Table<String, CopyJob>,
    /// Telephone numbers, by number.
    pub numbers: Table<String, PhoneNumber>,
    /// Active Directory, by the cloud object it is synced to.
    pub active_directory: Table<UserId, ActiveDirectoryUser>,
    /// Settings.
    pub settings: Settings,
    /// Speeds and lags.
    #[serde(skip)]
    pub timing: Timing,
    #[serde(skip)]
    pub(crate) agenda: Agenda,
}

/// Two worlds are equal when the same things are so; the time and what is to come do not count.
impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        self.users == other.users
            && self.mailboxes == other.mailboxes
            && self.groups == other.groups
            && self.deleted_users == other.deleted_users
            && self.role_assignments == other.role_assignments
            && self.role_definitions == other.role_definitions
            && self.service_principals == other.service_principals
            && self.skus == other.skus
            && self.drives == other.drives
            && self.numbers == other.numbers
            && self.active_directory == other.active_directory
            && self.domains == other.domains
            && self.settings == other.settings
            && self.organization == other.organization
            && self.timing == other.timing
    }
}

impl World {
    /// Lets something happen after `delay`, by itself.
    pub fn later(&mut self, delay: Period, what: &str, effect: impl Fn(&mut World) + Send + Sync + 'static) {
        self.agenda.add(self.now + delay, what, Arc::new(effect));
    }

    /// Takes back what happened between two worlds, field by field; what others changed since stays.
    pub(crate) fn take_back(&mut self, before: &Self, after: &Self) {
        self.users.take_back(&before.users, &after.users);
        self.deleted_users.take_back(&before.deleted_users, &after.deleted_users);
        self.groups.take_back(&before.groups, &after.groups);
        self.role_assignments.take_back(&before.role_assignments, &after.role_assignments);
        self.mailboxes.take_back(&before.mailboxes, &after.mailboxes);
        self.drives.take_back(&before.drives, &after.drives);
        self.copies.take_back(&before.copies, &after.copies);
        self.numbers.take_back(&before.numbers, &after.numbers);
    }

    /// This world without the rows that it shares with `other`: what two worlds have in common by descent need not be compared.
    pub(crate) fn apart_from(&self, other: &Self) -> Self {
        Self {
            users: self.users.apart_from(&other.users),
            groups: self.groups.apart_from(&other.groups),
            role_definitions: self.role_definitions.apart_from(&other.role_definitions),
            service_principals: self.service_principals.apart_from(&other.service_principals),
            skus: self.skus.apart_from(&other.skus),
            mailboxes: self.mailboxes.apart_from(&other.mailboxes),
            drives: self.drives.apart_from(&other.drives),
            active_directory: self.active_directory.apart_from(&other.active_directory),
            ..self.clone()
        }
    }
}
