//! The doors to the tenant: one small trait a file, named by what it is about.
//!
//! # Contract of every port
//! * Reads never change anything. A read of something that is not there is `Ok(None)` or an empty list, never an error.
//! * "Not supported in this cloud" is [`crate::failure::Kind::Unsupported`].
//! * Writes address object ids. They return when the service has accepted; accepted is not seen.
//! * A write whose answer was lost fails with [`crate::failure::Kind::Indeterminate`].
//! * [`Call::not_after`](call::Call::not_after) and [`Call::stop`](call::Call::stop) are checked last before the bytes leave.

pub mod calendars;
pub mod call;
pub mod caller;
pub mod client_access;
pub mod custom;
pub mod delegates;
pub mod deletions;
pub mod directory;
pub mod distribution_groups;
pub mod drive_files;
pub mod drive_permissions;
pub mod groups;
pub mod licenses;
pub mod mailboxes;
pub mod mobile_devices;
pub mod on_premises;
pub mod organization;
pub mod replies;
pub mod roles;
pub mod rules;
pub mod sites;
pub mod telephony;
pub mod workloads;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use calendars::Calendars;
pub use call::{Call, Holder, Mandate, Priority, Receipt, Stop};
pub use caller::CallerPort;
pub use client_access::ClientAccessPort;
pub use custom::CustomFacet;
pub use delegates::Delegates;
pub use deletions::Deletions;
pub use directory::{Directory, Selector};
pub use distribution_groups::DistributionGroups;
pub use drive_files::DriveFiles;
pub use drive_permissions::DrivePermissions;
pub use groups::Groups;
pub use licenses::LicensePort;
pub use mailboxes::{ForwardingState, LitigationHoldState, Mailboxes};
pub use mobile_devices::MobileDevices;
pub use on_premises::{ByHand, OnPremises};
pub use organization::Organization;
pub use replies::Replies;
pub use roles::Roles;
pub use rules::Rules;
pub use sites::Sites;
pub use telephony::Telephony;
pub use workloads::Workloads;

use crate::failure::ProviderError;

/// What a port answers.
pub type Answer<T> = Result<T, ProviderError>;

/// The set of doors to one tenant.
#[derive(Debug, Clone)]
pub struct Providers {
    /// Users.
    pub directory: Arc<dyn Directory>,
    /// Deleting users and bringing them back.
    pub deletions: Arc<dyn Deletions>,
    /// Groups and directory roles: who may act on whom.
    pub roles: Arc<dyn Roles>,
    /// Who is in a group.
    pub groups: Arc<dyn Groups>,
    /// Licenses.
    pub licenses: Arc<dyn LicensePort>,
    /// Settings of the organisation.
    pub organization: Arc<dyn Organization>,
    /// offboard itself.
    pub caller: Arc<dyn CallerPort>,
    /// OneDrive, telephony, calendar: what is only read so far.
    pub workloads: Arc<dyn Workloads>,
    /// Files in OneDrives.
    pub drive_files: Arc<dyn DriveFiles>,
    /// Who may open a OneDrive.
    pub drive_permissions: Arc<dyn DrivePermissions>,
    /// Who may do everything in a site.
    pub sites: Arc<dyn Sites>,
    /// Mailboxes.
    pub mailboxes: Arc<dyn Mailboxes>,
    /// Inbox rules.
    pub rules: Arc<dyn Rules>,
    /// Automatic replies.
    pub replies: Arc<dyn Replies>,
    /// Calendars, to change them.
    pub calendars: Arc<dyn Calendars>,
    /// Ways into mailboxes.
    pub client_access: Arc<dyn ClientAccessPort>,
    /// Phones and tablets.
    pub mobile_devices: Arc<dyn MobileDevices>,
    /// Rights on mailboxes.
    pub delegates: Arc<dyn Delegates>,
    /// Whose a telephone number is.
    pub telephony: Arc<dyn Telephony>,
    /// Who is in a group of Exchange.
    pub distribution_groups: Arc<dyn DistributionGroups>,
    /// Active Directory.
    pub on_premises: Arc<dyn OnPremises>,
    /// Facets of other people's steps.
    pub custom: BTreeMap<String, Arc<dyn CustomFacet>>,
}
