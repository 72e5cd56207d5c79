//! Entra's directory: people, groups, roles and applications.

use std::collections::{BTreeMap, BTreeSet};

use offboard_core::id::{CallerId, GroupId, RoleId, ServicePlanId, SkuId, UserId};
use offboard_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::AppCertificate;

/// A user object. Fields are named as Graph names them, in snake case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Object id.
    pub id: UserId,
    /// The name to sign in with.
    pub user_principal_name: String,
    /// The name that is shown.
    pub display_name: String,
    /// First name.
    pub given_name: Option<String>,
    /// Last name.
    pub surname: Option<String>,
    /// Primary mail address.
    pub mail: Option<String>,
    /// Alias, the part before the `@` of the first address.
    pub mail_nickname: String,
    /// All addresses, the primary one with an upper-case `SMTP:`. Exchange's `EmailAddresses` are these.
    pub proxy_addresses: Vec<String>,
    /// Addresses outside the organisation.
    pub other_mails: Vec<String>,
    /// `Member` or `Guest`.
    pub user_type: String,
    /// Whether sign-in is allowed.
    pub account_enabled: bool,
    /// `Some(true)`: Active Directory owns the object; `Some(false)`: it did once; `None`: never, or converted.
    pub on_premises_sync_enabled: Option<bool>,
    /// The authority was moved to the cloud (`onPremisesSyncBehavior`).
    pub is_cloud_managed: bool,
    /// The link to Active Directory's object.
    pub on_premises_immutable_id: Option<String>,
    /// When directory sync last touched this object.
    pub on_premises_last_sync_date_time: Option<Timestamp>,
    /// Active Directory's domain.
    pub on_premises_domain_name: Option<String>,
    /// Active Directory's short name.
    pub on_premises_sam_account_name: Option<String>,
    /// Licenses assigned to the user directly.
    pub direct_licenses: BTreeMap<SkuId, DirectLicense>,
    /// Licenses that came through groups, as group processing last left them.
    pub inherited_licenses: Vec<InheritedLicense>,
    /// Two-letter country, needed to add licenses.
    pub usage_location: Option<String>,
    /// `Employee`, `Contractor`, ...
    pub employee_type: Option<String>,
    /// The personnel number.
    pub employee_id: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Job title.
    pub job_title: Option<String>,
    /// Sessions that began before this are over (CONTRACT B2).
    pub sign_in_sessions_valid_from: Timestamp,
    /// When the password was last changed.
    pub last_password_change: Timestamp,
    /// The password, as a fingerprint.
    pub password: Fingerprint,
    /// Whether the password must be changed at the next sign-in.
    pub force_change_password: bool,
    /// `DisablePasswordExpiration` and the like.
    pub password_policies: Option<String>,
    /// Member of a restricted management administrative unit.
    pub is_management_restricted: bool,
    /// A resource account of Teams, not a person.
    pub is_resource_account: bool,
    /// `Accepted` or `PendingAcceptance` for guests.
    pub external_user_state: Option<String>,
    /// `Invitation` for guests.
    pub creation_type: Option<String>,
    /// Work telephone numbers as shown in the address book.
    pub business_phones: Vec<String>,
    /// Mobile telephone number as shown in the address book.
    pub mobile_phone: Option<String>,
    /// When the object was made.
    pub created: Timestamp,
    /// The manager.
    pub manager: Option<UserId>,
    /// Who answers for a guest: people and groups, five at most.
    #[serde(default)]
    pub sponsors: BTreeSet<Principal>,
    /// When the person leaves, as the personnel office says.
    pub employee_leave_date_time: Option<Timestamp>,
    /// Errors of services that could not follow a license change, such as Exchange's about a hold.
    pub service_provisioning_errors: Vec<String>,
}

impl User {
    /// Whether Active Directory owns this object: writes to its attributes are refused in the cloud (G4).
    pub fn is_owned_by_active_directory(&self) -> bool {
        self.on_premises_sync_enabled == Some(true) && !self.is_cloud_managed
    }

    /// The domain of the user principal name, in lower case.
    pub fn domain(&self) -> String {
        self.user_principal_name.rsplit('@').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// Every SKU that is assigned and works, directly or by a group.
    pub fn skus(&self) -> BTreeSet<SkuId> {
        let inherited = self.inherited_licenses.iter().filter(|license| license.error.is_none());
        self.direct_licenses.keys().copied().chain(inherited.map(|license| license.sku)).collect()
    }
}

/// A license assigned directly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DirectLicense {
    /// Service plans that are switched off.
    pub disabled_plans: BTreeSet<ServicePlanId>,
    /// When it was last changed.
    pub updated: Timestamp,
}

/// A license inherited from a group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InheritedLicense {
    /// The product.
    pub sku: SkuId,
    /// The group it comes from.
    pub group: GroupId,
    /// Service plans that are switched off.
    pub disabled_plans: BTreeSet<ServicePlanId>,
    /// When group processing last changed it.
    pub updated: Timestamp,
    /// Why it does not work: `CountViolation`, `DependencyViolation`, ...
    pub error: Option<String>,
}

/// A user in the recycle bin, kept for 30 days with licenses, groups and mailbox.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeletedUser {
    /// The object as it was.
    pub user: User,
    /// When it was deleted.
    pub deleted: Timestamp,
    /// The groups it was a member of, restored with it.
    pub member_of: BTreeSet<GroupId>,
    /// The groups it owned, restored with it.
    pub owner_of: BTreeSet<GroupId>,
}

/// A secret that can be compared and not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a secret.
    pub fn of(secret: &str) -> Self {
        use sha2::{Digest, Sha256};
        let mut text = String::with_capacity(64);
        for byte in Sha256::digest(secret.as_bytes()) {
            use std::fmt::Write;
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}

/// Who or what can be a member of a group or hold a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Principal {
    /// A user.
    User(UserId),
    /// A group.
    Group(GroupId),
    /// A service principal (its object id, not its application id).
    App(CallerId),
}

impl Principal {
    /// The object id as text.
    pub fn id(&self) -> String {
        match self {
            Self::User(id) => id.to_string(),
            Self::Group(id) => id.to_string(),
            Self::App(id) => id.to_string(),
        }
    }
}

/// A group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Object id.
    pub id: GroupId,
    /// The name that is shown.
    pub display_name: String,
    /// Mail address, when mail-enabled.
    pub mail: Option<String>,
    /// Alias.
    pub mail_nickname: String,
    /// `Unified`, `DynamicMembership`.
    pub group_types: Vec<String>,
    /// Has a mail address.
    pub mail_enabled: bool,
    /// Can carry rights.
    pub security_enabled: bool,
    /// Can hold directory roles: its members are privileged (G24).
    pub is_assignable_to_role: bool,
    /// As on a user.
    pub on_premises_sync_enabled: Option<bool>,
    /// The rule of a dynamic group.
    pub membership_rule: Option<String>,
    /// In a restricted management administrative unit.
    pub is_management_restricted: bool,
    /// `Team` for groups behind a team.
    pub resource_provisioning_options: Vec<String>,
    /// Products its members inherit, with the switched-off plans.
    pub licenses: BTreeMap<SkuId, BTreeSet<ServicePlanId>>,
    /// Members.
    pub members: BTreeSet<Principal>,
    /// Owners.
    pub owners: BTreeSet<Principal>,
    /// When it was made.
    pub created: Timestamp,
}

impl Group {
    /// Membership follows a rule and cannot be changed by hand.
    pub fn is_dynamic(&self) -> bool {
        self.group_types.iter().any(|kind| kind == "DynamicMembership")
    }

    /// A Microsoft 365 group.
    pub fn is_unified(&self) -> bool {
        self.group_types.iter().any(|kind| kind == "Unified")
    }
}

/// A directory role, built in or custom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleDefinition {
    /// Template id, which is the definition's id for built-in roles.
    pub id: RoleId,
    /// Its name.
    pub display_name: String,
    /// Made by Microsoft.
    pub is_built_in: bool,
}

/// A role held, or that may be taken (PIM).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoleAssignment {
    /// Its own id.
    pub id: String,
    /// Who holds it.
    pub principal: Principal,
    /// The role.
    pub role: RoleId,
    /// `/` for the whole tenant, or `/administrativeUnits/{id}`.
    pub scope: String,
    /// Only eligible: has to be activated first.
    pub eligible: bool,
    /// From when.
    pub since: Timestamp,
}

/// An application as it is known in this tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServicePrincipal {
    /// Object id.
    pub id: CallerId,
    /// Application id, the `client_id` at sign-in.
    pub app_id: String,
    /// The name that is shown.
    pub display_name: String,
    /// Application permissions granted to it.
    pub granted: BTreeSet<AppRole>,
    /// Delegated permissions consented for everybody (`scp` of tokens for users).
    pub delegated: BTreeSet<AppRole>,
    /// Its secrets.
    pub secrets: Vec<ClientSecret>,
    /// Its certificates.
    pub certificates: Vec<AppCertificate>,
    /// Tokens of others that it trusts.
    #[serde(default)]
    pub federated: Vec<FederatedCredential>,
    /// Public client flows are allowed: people sign in with it by device code.
    pub public_client: bool,
    /// Tokens that were issued to it before are revoked, for clients that understand it.
    pub sessions_valid_from: Option<Timestamp>,
    /// The roles this application itself offers to others: value and id.
    pub app_roles: BTreeMap<String, String>,
}

/// A federated credential: whoever holds a token with this issuer, subject and audience is the application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FederatedCredential {
    /// `issuer`: who signed the token, a Kubernetes cluster for example.
    pub issuer: String,
    /// `subject`: whom it was issued to, `system:serviceaccount:…` in Kubernetes.
    pub subject: String,
    /// `audiences`: `api://AzureADTokenExchange` in the worldwide cloud.
    pub audience: String,
    /// The issuer's RSA public key (PKCS#1), in base64, as its own discovery would show it.
    pub(crate) public_key: String,
}

/// A permission on a resource.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AppRole {
    /// The resource that honours it.
    pub resource: Resource,
    /// Its value, as in a token's `roles`: `User.Read.All`.
    pub value: String,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Microsoft Graph.
    Graph,
    /// Office 365 Exchange Online.
    Exchange,
    /// Office 365 SharePoint Online, at the host of the OneDrives.
    SharePoint,
}

/// A client secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// What it is.
    pub secret: Fingerprint,
    /// When it ends.
    pub expires: Timestamp,
}

/// A domain of the tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Domain {
    /// Its name.
    pub name: String,
    /// Signs in at another identity provider.
    pub is_federated: bool,
    /// The `.onmicrosoft.com` domain.
    pub is_initial: bool,
    /// The domain of new users.
    pub is_default: bool,
}
