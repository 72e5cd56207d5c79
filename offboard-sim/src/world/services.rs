//! What else the tenant has: products, files, numbers, settings, and the Active Directory it is synced from.

use std::collections::{BTreeMap, BTreeSet};

use offboard_core::id::{CallerId, ServicePlanId, SkuId, TenantId, UserId};
use offboard_core::time::{Period, Timestamp};
use serde::{Deserialize, Serialize};

use super::RecipientType;

/// The organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// Entra tenant id.
    pub id: TenantId,
    /// The name that is shown.
    pub display_name: String,
    /// Two-letter country.
    pub country: String,
    /// When it was made.
    pub created: Timestamp,
    /// Whether directory sync is set up.
    pub on_premises_sync_enabled: bool,
}

/// A product the organisation bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sku {
    /// `skuId`.
    pub id: SkuId,
    /// `skuPartNumber`, `ENTERPRISEPACK`.
    pub part_number: String,
    /// Seats bought.
    pub enabled: u32,
    /// Its service plans.
    pub plans: Vec<ServicePlan>,
}

/// A service inside a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServicePlan {
    /// `servicePlanId`.
    pub id: ServicePlanId,
    /// `servicePlanName`, `EXCHANGE_S_ENTERPRISE`.
    pub name: String,
    /// `User` or `Company`: company plans (such as `EXCHANGE_S_FOUNDATION`) carry nothing for a person.
    pub applies_to: String,
    /// A plan of the same product that this one needs.
    pub depends_on: Option<ServicePlanId>,
}

impl ServicePlan {
    /// Carries a mailbox (G3).
    pub fn is_exchange(&self) -> bool {
        self.applies_to == "User"
            && matches!(
                self.name.as_str(),
                "EXCHANGE_S_ENTERPRISE" | "EXCHANGE_S_STANDARD" | "EXCHANGE_S_DESKLESS"
            )
    }

    /// Carries Exchange Online Plan 2.
    pub fn is_exchange_plan_2(&self) -> bool {
        self.name == "EXCHANGE_S_ENTERPRISE"
    }

    /// Carries archiving for Plan 1.
    pub fn is_exchange_archive(&self) -> bool {
        self.name.starts_with("EXCHANGE_S_ARCHIVE")
    }

    /// Carries a OneDrive.
    pub fn is_one_drive(&self) -> bool {
        self.applies_to == "User" && self.name.starts_with("SHAREPOINT")
    }

    /// Carries telephony.
    pub fn is_voice(&self) -> bool {
        self.name.starts_with("MCOEV") || self.name.starts_with("MCOPSTN")
    }
}

/// A telephone number of Teams.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneNumber {
    /// The number, with or without `+`.
    pub number: String,
    /// `directRouting`, `callingPlan`, `operatorConnect`.
    pub number_type: String,
    /// Who has it.
    pub assigned_to: Option<UserId>,
    /// `primary`, `private`, `alternate`.
    pub category: String,
    /// Where emergency calls are sent from.
    pub location_id: Option<String>,
}

/// Settings of the whole organisation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// `deletedUserPersonalSiteRetentionPeriodInDays`.
    pub one_drive_retention_days: u32,
    /// Whether PIM is licensed; without it the eligibility calls fail.
    pub has_pim: bool,
    /// Exchange's.
    pub exchange: ExchangeSettings,
    /// How long a token lives.
    pub token_lifetime: Period,
    /// The service principal that is the managed identity of the machine offboard runs on.
    pub managed_identity: Option<CallerId>,
}

/// Settings of Exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExchangeSettings {
    /// `InPlaceHolds` of `Get-OrganizationConfig`: organisation-wide retention policies.
    pub in_place_holds: Vec<String>,
    /// `DelayedDelicensingEnabled` (G18).
    pub delayed_delicensing: bool,
    /// Outbound spam policy's `AutoForwardingMode`: `Automatic`, `On`, `Off`.
    pub auto_forwarding_mode: String,
    /// `AutoForwardEnabled` of the default remote domain.
    pub remote_domain_auto_forward: bool,
    /// Exchange role groups that hold a service principal: object id to management roles (`Mail Recipients`).
    pub role_groups: BTreeMap<CallerId, BTreeSet<String>>,
    /// Whether the undocumented InvokeCommand door is open.
    pub invoke_command: bool,
}

/// A user in Active Directory: what directory sync writes over the cloud.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActiveDirectoryUser {
    /// The cloud object that it is synced to.
    pub user: UserId,
    /// Distinguished name.
    pub distinguished_name: String,
    /// Whether the account is enabled there.
    pub enabled: bool,
    /// Attributes that Active Directory owns.
    pub attributes: OwnedAttributes,
    /// Whether it is in the scope of directory sync. Out of scope means soft-deleted in the cloud.
    pub in_scope: bool,
    /// What on-premises Exchange says of the mailbox: sync turns the cloud's type back to this (G53).
    pub mailbox_type: Option<RecipientType>,
}

/// Attributes that Active Directory owns on a synced user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnedAttributes {
    /// `displayName`
    pub display_name: String,
    /// `userPrincipalName`
    pub user_principal_name: String,
    /// `mail`
    pub mail: Option<String>,
    /// `proxyAddresses`
    pub proxy_addresses: Vec<String>,
    /// `department`
    pub department: Option<String>,
    /// `title`
    pub job_title: Option<String>,
    /// `telephoneNumber`
    pub business_phones: Vec<String>,
    /// `mobile`
    pub mobile_phone: Option<String>,
    /// `msExchHideFromAddressLists`
    pub hidden_from_address_lists: bool,
}

/// How fast things are, and how far readers lag behind. Everything is virtual time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// How far each of the replicas that answer directory reads is behind. Requests are spread over them, so
    /// two reads in a row may disagree.
    pub read_lag: Vec<Period>,
    /// How far Exchange's answers are behind.
    pub exchange_lag: Period,
    /// How far Exchange's copy of Entra's people and groups is behind.
    pub exchange_directory_lag: Period,
    /// From a change of a group to its members' licenses.
    pub group_licensing: Period,
    /// From `Set-Mailbox -Type` to the type being changed.
    pub conversion: Period,
    /// From `Set-Mailbox -LitigationHoldEnabled` to the hold keeping anything.
    pub litigation_hold: Period,
    /// From the loss of a mailbox plan to the mailbox being disconnected.
    pub delicensing: Period,
    /// The fastest answer.
    pub latency_min: Period,
    /// The slowest answer.
    pub latency_max: Period,
    /// How often directory sync runs.
    pub directory_sync: Period,
    /// How long a deleted user can be restored.
    pub soft_delete: Period,
    /// Whether published quotas are enforced (CONTRACT D2).
    pub quotas: bool,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            read_lag: vec![Period::ZERO, Period::millis(400), Period::millis(1_500)],
            exchange_lag: Period::ZERO,
            exchange_directory_lag: Period::ZERO,
            group_licensing: Period::minutes(3),
            conversion: Period::seconds(20),
            litigation_hold: Period::minutes(240),
            delicensing: Period::ZERO,
            latency_min: Period::millis(100),
            latency_max: Period::millis(300),
            directory_sync: Period::minutes(30),
            soft_delete: Period::days(30),
            quotas: false,
        }
    }
}
