//! The properties that each type has, by Microsoft's OpenAPI: a name that is not here is refused in `$select`,
//! in `$filter` and in bodies.

use std::collections::HashSet;
use std::sync::OnceLock;

/// The properties of each type, made when they are first asked for: every name in every request is looked up here.
static KNOWN: [OnceLock<HashSet<&str>>; KINDS] = [const { OnceLock::new() }; KINDS];

/// How many types there are: the number of the last, and one.
const KINDS: usize = Kind::OnPremisesSyncBehavior as usize + 1;

/// A type of Graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    DirectoryRole,
    DirectoryObject,
    SubscribedSku,
    LicenseDetails,
    Organization,
    Domain,
    ServicePrincipal,
    AppRoleAssignment,
    Drive,
    DriveItem,
    Permission,
    SharePointSettings,
    MailboxSettings,
    MessageRule,
    Event,
    RoleAssignment,
    RoleEligibility,
    RoleDefinition,
    NumberAssignment,
    OnPremisesSyncBehavior,
}

impl Kind {
    /// The type's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::DirectoryRole => "directoryRole",
            Self::DirectoryObject => "directoryObject",
            Self::SubscribedSku => "subscribedSku",
            Self::LicenseDetails => "licenseDetails",
            Self::Organization => "organization",
            Self::Domain => "domain",
            Self::ServicePrincipal => "servicePrincipal",
            Self::AppRoleAssignment => "appRoleAssignment",
            Self::Drive => "drive",
            Self::DriveItem => "driveItem",
            Self::Permission => "permission",
            Self::SharePointSettings => "sharepointSettings",
            Self::MailboxSettings => "mailboxSettings",
            Self::MessageRule => "messageRule",
            Self::Event => "event",
            Self::RoleAssignment => "unifiedRoleAssignment",
            Self::RoleEligibility => "unifiedRoleEligibilityScheduleInstance",
            Self::RoleDefinition => "unifiedRoleDefinition",
            Self::NumberAssignment => "teamsAdministration.numberAssignment",
            Self::OnPremisesSyncBehavior => "onPremisesSyncBehavior",
        }
    }

    /// The set that its objects are in, for `@odata.context`.
    pub(super) fn set(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Group => "groups",
            Self::DirectoryRole => "directoryRoles",
            Self::DirectoryObject => "directoryObjects",
            Self::SubscribedSku => "subscribedSkus",
            Self::LicenseDetails => "licenseDetails",
            Self::Organization => "organization",
            Self::Domain => "domains",
            Self::ServicePrincipal => "servicePrincipals",
            Self::AppRoleAssignment => "appRoleAssignedTo",
            Self::Drive => "drives",
            Self::DriveItem => "driveItems",
            Self::Permission => "permissions",
            Self::SharePointSettings => "admin/sharepoint/settings",
            Self::MailboxSettings => "mailboxSettings",
            Self::MessageRule => "messageRules",
            Self::Event => "events",
            Self::RoleAssignment => "roleManagement/directory/roleAssignments",
            Self::RoleEligibility => "roleManagement/directory/roleEligibilityScheduleInstances",
            Self::RoleDefinition => "roleManagement/directory/roleDefinitions",
            Self::NumberAssignment => "admin/teams/telephoneNumberManagement/numberAssignments",
            Self::OnPremisesSyncBehavior => "onPremisesSyncBehavior",
        }
    }

    /// Whether the type has this property. A directory object may be any of several types.
    pub(super) fn has(self, name: &str) -> bool {
        match self {
            Self::DirectoryObject => [Self::User, Self::Group, Self::DirectoryRole, Self::ServicePrincipal]
                .iter()
                .any(|kind| kind.has(name)),
            _ => KNOWN[self as usize]
                .get_or_init(|| self.names().split_ascii_whitespace().collect())
                .contains(name),
        }
    }

    /// What is given without `$select`; empty: everything.
    pub(super) fn usual(self) -> &'static [&'static str] {
        match self {
            Self::User => &[
                "id",
                "businessPhones",
                "displayName",
                "givenName",
                "jobTitle",
                "mail",
                "mobilePhone",
                "officeLocation",
                "preferredLanguage",
                "surname",
                "userPrincipalName",
            ],
            _ => &[],
        }
    }

    /// Whether its lists are answered by the directory, which has a second, lagging index.
    pub(super) fn is_directory_object(self) -> bool {
        matches!(
            self,
            Self::User | Self::Group | Self::DirectoryRole | Self::DirectoryObject | Self::ServicePrincipal
        )
    }

    /// Whether `id` is given even when it was not selected.
    pub(super) fn always_has_id(self) -> bool {
        matches!(self, Self::Event | Self::MessageRule | Self::Drive | Self::DriveItem | Self::Permission)
    }

    fn names(self) -> &'static str {
        match self {
            Self::User => {
                "id deletedDateTime aboutMe accountEnabled ageGroup assignedLicenses assignedPlans \
                 authorizationInfo birthday businessPhones city companyName consentProvidedForMinor country \
                 createdDateTime creationType customSecurityAttributes department displayName employeeHireDate \
                 employeeId employeeLeaveDateTime employeeOrgData employeeType externalUserState \
                 externalUserStateChangeDateTime faxNumber givenName hireDate identities identityParentId \
                 imAddresses interests isManagementRestricted isResourceAccount jobTitle \
                 lastPasswordChangeDateTime legalAgeGroupClassification licenseAssignmentStates mail \
                 mailboxSettings mailNickname mobilePhone mySite officeLocation onPremisesDistinguishedName \
                 onPremisesDomainName onPremisesExtensionAttributes onPremisesImmutableId \
                 onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName \
                 onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails \
                 passwordPolicies passwordProfile pastProjects postalCode preferredDataLocation \
                 preferredLanguage preferredName provisionedPlans proxyAddresses responsibilities schools \
                 securityIdentifier serviceProvisioningErrors showInAddressList signInActivity \
                 signInSessionsValidFromDateTime skills state streetAddress surname usageLocation \
                 userPrincipalName userType"
            }
            Self::Group => {
                "id deletedDateTime accessType allowExternalSenders assignedLabels assignedLicenses \
                 autoSubscribeNewMembers classification createdDateTime description displayName \
                 expirationDateTime groupTypes hasMembersWithLicenseErrors hideFromAddressLists \
                 hideFromOutlookClients infoCatalogs isArchived isAssignableToRole isFavorite \
                 isManagementRestricted isSubscribedByMail licenseProcessingState mail mailEnabled mailNickname \
                 membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesExtensionAttributes \
                 onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesProvisioningErrors \
                 onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled organizationId \
                 preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions \
                 resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors theme \
                 uniqueName unseenConversationsCount unseenCount unseenMessagesCount visibility \
                 welcomeMessageEnabled"
            }
            Self::DirectoryRole => "id deletedDateTime description displayName roleTemplateId",
            Self::DirectoryObject => "id deletedDateTime",
            Self::SubscribedSku => {
                "id accountId accountName appliesTo capabilityStatus consumedUnits prepaidUnits servicePlans \
                 skuId skuPartNumber subscriptionIds"
            }
            Self::LicenseDetails => "id servicePlans skuId skuPartNumber",
            Self::Organization => {
                "id deletedDateTime assignedPlans businessPhones city country countryLetterCode createdDateTime \
                 defaultUsageLocation displayName marketingNotificationEmails mobileDeviceManagementAuthority \
                 onPremisesLastSyncDateTime onPremisesSyncEnabled partnerTenantType postalCode preferredLanguage \
                 privacyProfile provisionedPlans securityComplianceNotificationMails \
                 securityComplianceNotificationPhones state street technicalNotificationMails tenantType \
                 verifiedDomains"
            }
            Self::Domain => {
                "id authenticationType availabilityStatus isAdminManaged isDefault isInitial isRoot isVerified \
                 manufacturer model passwordNotificationWindowInDays passwordValidityPeriodInDays state \
                 supportedServices"
            }
            Self::ServicePrincipal => {
                "id deletedDateTime accountEnabled addIns alternativeNames appDescription appDisplayName appId \
                 applicationTemplateId appOwnerOrganizationId appRoleAssignmentRequired appRoles createdByAppId \
                 customSecurityAttributes description disabledByMicrosoftStatus displayName homepage info \
                 isDisabled keyCredentials loginUrl logoutUrl notes notificationEmailAddresses \
                 oauth2PermissionScopes passwordCredentials preferredSingleSignOnMode \
                 preferredTokenSigningKeyThumbprint replyUrls resourceSpecificApplicationPermissions \
                 samlSingleSignOnSettings servicePrincipalNames servicePrincipalType signInAudience tags \
                 tokenEncryptionKeyId verifiedPublisher"
            }
            Self::AppRoleAssignment => {
                "id deletedDateTime appRoleId createdDateTime principalDisplayName principalId principalType \
                 resourceDisplayName resourceId"
            }
            Self::Drive => {
                "id createdBy createdDateTime description eTag lastModifiedBy lastModifiedDateTime name \
                 parentReference webUrl driveType owner quota sharePointIds system"
            }
            Self::DriveItem => {
                "id createdBy createdDateTime description eTag lastModifiedBy lastModifiedDateTime name \
                 parentReference webUrl cTag deleted file fileSystemInfo folder package remoteItem root shared \
                 sharepointIds size specialFolder webDavUrl"
            }
            Self::Permission => {
                "id expirationDateTime grantedTo grantedToIdentities grantedToIdentitiesV2 grantedToV2 hasPassword \
                 inheritedFrom invitation link roles shareId"
            }
            Self::SharePointSettings => {
                "id allowedDomainGuidsForSyncApp availableManagedPathsForSiteCreation \
                 deletedUserPersonalSiteRetentionPeriodInDays excludedFileExtensionsForSyncApp \
                 idleSessionSignOut imageTaggingOption isCommentingOnSitePagesEnabled \
                 isFileActivityNotificationEnabled isLegacyAuthProtocolsEnabled isLoopEnabled \
                 isMacSyncAppEnabled isRequireAcceptingUserToMatchInvitedUserEnabled \
                 isResharingByExternalUsersEnabled isSharePointMobileNotificationEnabled \
                 isSharePointNewsfeedEnabled isSiteCreationEnabled isSiteCreationUIEnabled \
                 isSitePagesCreationEnabled isSitesStorageLimitAutomatic isSyncButtonHiddenOnPersonalSite \
                 isUnmanagedSyncAppForTenantRestricted personalSiteDefaultStorageLimitInMB \
                 sharingAllowedDomainList sharingBlockedDomainList sharingCapability \
                 sharingDomainRestrictionMode siteCreationDefaultManagedPath siteCreationDefaultStorageLimitInMB \
                 tenantDefaultTimezone"
            }
            Self::MailboxSettings => {
                "archiveFolder automaticRepliesSetting dateFormat delegateMeetingMessageDeliveryOptions language \
                 timeFormat timeZone userPurpose workingHours"
            }
            Self::MessageRule => {
                "id actions conditions displayName exceptions hasError isEnabled isReadOnly sequence"
            }
            Self::Event => {
                "id categories changeKey createdDateTime lastModifiedDateTime allowNewTimeProposals attendees \
                 body bodyPreview cancelledOccurrences end hasAttachments hideAttendees iCalUId importance \
                 isAllDay isCancelled isDraft isOnlineMeeting isOrganizer isReminderOn location locations \
                 onlineMeeting onlineMeetingProvider onlineMeetingUrl organizer originalEndTimeZone \
                 originalStart originalStartTimeZone recurrence reminderMinutesBeforeStart responseRequested \
                 responseStatus sensitivity seriesMasterId showAs start subject transactionId type webLink"
            }
            Self::RoleAssignment => {
                "id appScopeId condition directoryScopeId principalId principalOrganizationId roleDefinitionId"
            }
            Self::RoleEligibility => {
                "id appScopeId directoryScopeId principalId roleDefinitionId endDateTime memberType \
                 roleEligibilityScheduleId startDateTime"
            }
            Self::RoleDefinition => {
                "id description displayName isBuiltIn isEnabled resourceScopes rolePermissions templateId \
                 version"
            }
            Self::NumberAssignment => {
                "id activationState assignmentCategory assignmentStatus assignmentTargetId capabilities city \
                 civicAddressId isoCountryCode locationId networkSiteId numberSource numberType operatorId \
                 portInStatus reverseNumberLookupOptions supportedCustomerActions telephoneNumber"
            }
            Self::OnPremisesSyncBehavior => "id isCloudManaged",
        }
    }
}
