//! Everything that can be read, of everybody; the desk holds each answer against Microsoft's description.

use offboard_sim::contoso::PEOPLE;

use crate::desk::Desk;

#[test]
fn everything_about_everybody_can_be_read() {
    let desk = Desk::new();
    assert!(PEOPLE.len() >= 30);
    for person in PEOPLE {
        let id = desk.id(person.upn);
        let user = desk.get(&format!("/users/{id}"));
        assert_eq!(user.body["displayName"], person.name);
        let precondition = "id,userPrincipalName,displayName,mail,mailNickname,proxyAddresses,otherMails,userType,\
            accountEnabled,onPremisesSyncEnabled,onPremisesImmutableId,onPremisesLastSyncDateTime,\
            onPremisesDomainName,onPremisesSamAccountName,assignedLicenses,licenseAssignmentStates,assignedPlans,\
            usageLocation,employeeType,employeeId,signInSessionsValidFromDateTime,lastPasswordChangeDateTime,\
            passwordPolicies,isManagementRestricted,isResourceAccount,externalUserState,creationType,identities,\
            identityParentId,businessPhones,mobilePhone,createdDateTime,securityIdentifier,\
            serviceProvisioningErrors,provisionedPlans";
        let precondition = precondition.replace(' ', "");
        assert_eq!(desk.get(&format!("/users/{id}?$select={precondition}")).status, 200);
        for path in [
            "licenseDetails",
            "memberOf",
            "memberOf/microsoft.graph.group",
            "memberOf/microsoft.graph.directoryRole",
            "transitiveMemberOf",
            "transitiveMemberOf/microsoft.graph.group?$select=id,isAssignableToRole",
            "ownedObjects",
            "ownedObjects/microsoft.graph.group",
            "onPremisesSyncBehavior",
            "directReports?$select=id",
            "sponsors",
        ] {
            let seen = desk.get(&format!("/users/{id}/{path}"));
            assert_eq!(seen.status, 200, "{} {path}: {}", person.upn, seen.body);
        }
        let manager = desk.get(&format!("/users/{id}/manager?$select=id,displayName"));
        assert_eq!(manager.status, if person.manager.is_empty() { 404 } else { 200 });
        let drive = desk.get(&format!("/users/{id}/drive?$select=id,webUrl,driveType,quota,owner"));
        assert_eq!(drive.status, if person.files.is_some() { 200 } else { 404 }, "{}", person.upn);
        let has_mailbox = person.mail > 0.0;
        let range = "startDateTime=2026-11-30T09:00:00Z&endDateTime=2028-11-30T09:00:00Z";
        for path in [
            "mailboxSettings".to_owned(),
            "mailboxSettings/userPurpose".to_owned(),
            "mailFolders/inbox/messageRules".to_owned(),
            "events".to_owned(),
            format!("calendarView?{range}&$select=id,isOrganizer,attendees,start"),
        ] {
            let seen = desk.get(&format!("/users/{id}/{path}"));
            assert_eq!(
                seen.status,
                if has_mailbox { 200 } else { 404 },
                "{} {path}: {}",
                person.upn,
                seen.body
            );
        }
    }
}

#[test]
fn the_organisation_can_be_read() {
    let desk = Desk::new();
    let app = desk.tenant.app();
    let group = desk.tenant.world(|world| world.groups.keys()[0]);
    for path in [
        "/organization".to_owned(),
        format!("/organization/{}", app.tenant_id),
        "/domains".to_owned(),
        "/domains/federated.contoso.com".to_owned(),
        "/subscribedSkus".to_owned(),
        "/groups?$select=id,displayName,groupTypes".to_owned(),
        format!("/groups/{group}"),
        format!("/groups/{group}/members"),
        format!("/groups/{group}/owners"),
        format!("/groups/{group}/transitiveMembers"),
        "/roleManagement/directory/roleAssignments".to_owned(),
        "/roleManagement/directory/roleAssignments?$filter=roleDefinitionId%20eq%20'62e90394-69f5-4237-9190-012177145e10'".to_owned(),
        "/roleManagement/directory/roleEligibilityScheduleInstances".to_owned(),
        "/roleManagement/directory/roleDefinitions".to_owned(),
        "/directory/deletedItems/microsoft.graph.user".to_owned(),
        "/admin/sharepoint/settings?$select=deletedUserPersonalSiteRetentionPeriodInDays".to_owned(),
        "/admin/teams/telephoneNumberManagement/numberAssignments".to_owned(),
        format!("/servicePrincipals?$filter=appId%20eq%20'{}'", app.client_id),
        format!("/servicePrincipals/{}", app.object_id),
        format!("/servicePrincipals(appId='{}')", app.client_id),
        format!("/servicePrincipals/{}/memberOf", app.object_id),
        "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/appRoleAssignedTo".to_owned(),
    ] {
        let seen = desk.get(&path);
        assert_eq!(seen.status, 200, "{path}: {}", seen.body);
        assert!(seen.body.get("value").is_none_or(|rows| path.contains("deletedItems") || rows.as_array().is_some()));
    }
    let admins = desk.get("/roleManagement/directory/roleAssignments?$filter=roleDefinitionId%20eq%20'62e90394-69f5-4237-9190-012177145e10'");
    assert_eq!(admins.rows().len(), 2, "two global administrators");
}

#[test]
fn hidden_rules_stay_hidden_and_replies_can_be_written() {
    let desk = Desk::new();
    let irvin = desk.id("irvin@contoso.com");
    let rules = desk.get(&format!("/users/{irvin}/mailFolders/inbox/messageRules"));
    assert_eq!(rules.rows().len(), 1);
    let rule = rules.rows()[0]["id"].as_str().unwrap();
    let path = format!("/users/{irvin}/mailFolders/inbox/messageRules/{rule}");
    let off = desk.patch(&path, serde_json::json!({ "isEnabled": false }));
    assert_eq!((off.status, &off.body["isEnabled"]), (200, &serde_json::json!(false)));
    assert_eq!(
        desk.tenant.world(|world| world
            .mailbox_of(&irvin)
            .unwrap()
            .rules
            .iter()
            .filter(|rule| rule.enabled)
            .count()),
        1
    );
    let settings = format!("/users/{irvin}/mailboxSettings");
    let body = serde_json::json!({ "automaticRepliesSetting": {
        "status": "alwaysEnabled", "externalAudience": "all",
        "internalReplyMessage": "<p>in</p>", "externalReplyMessage": "<p>out</p>",
    }});
    assert_eq!(desk.patch(&settings, body).status, 200);
    let seen = desk.get(&settings);
    assert_eq!(seen.body["automaticRepliesSetting"]["externalReplyMessage"], "<p>out</p>");
    let organised = desk.get(&format!("/users/{}/calendarView?startDateTime=2026-11-30T09:00:00Z&endDateTime=2027-11-30T09:00:00Z&$filter=isOrganizer%20eq%20true", desk.id("allan@contoso.com")));
    assert_eq!(organised.rows().len(), 3);
}
