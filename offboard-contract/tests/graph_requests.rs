//! Graph requests: what the description lets through and what it refuses.

use offboard_contract::{Graph, Violation};
use serde_json::{Value, json};

const ADELE: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";
const GROUP: &str = "02bd9fd6-8f93-4758-87c3-1fb73740a315";

fn get(url: &str) -> Vec<Violation> {
    Graph::load().check_request("GET", url, None, None)
}

fn send(method: &str, url: &str, body: &Value) -> Vec<Violation> {
    Graph::load().check_request(method, url, Some("application/json; charset=utf-8"), Some(body))
}

#[track_caller]
fn passes(found: &[Violation]) {
    assert!(
        found.is_empty(),
        "refused: {}",
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    );
}

/// Exactly one finding, and it says this.
#[track_caller]
fn refused(found: &[Violation], says: &str) {
    let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(lines.len() == 1 && lines[0].contains(says), "wanted one finding with {says:?}: {lines:#?}");
}

#[test]
fn the_calls_of_a_containment_pass() {
    let user = format!("/v1.0/users/{ADELE}");
    passes(&send("PATCH", &user, &json!({ "accountEnabled": false })));
    passes(&send(
        "PATCH",
        &user,
        &json!({ "passwordProfile": { "password": "x", "forceChangePasswordNextSignIn": true } }),
    ));
    passes(&Graph::load().check_request("POST", &format!("{user}/revokeSignInSessions"), None, None));
    passes(&send(
        "POST",
        &format!("{user}/assignLicense"),
        &json!({ "addLicenses": [], "removeLicenses": [GROUP] }),
    ));
    passes(&send(
        "PATCH",
        &format!("{user}/mailboxSettings"),
        &json!({
            "automaticRepliesSetting": { "status": "alwaysEnabled", "externalAudience": "all", "internalReplyMessage": "Gone" }
        }),
    ));
    passes(&send(
        "PATCH",
        &format!("{user}/mailFolders/inbox/messageRules/AQAA"),
        &json!({ "isEnabled": false }),
    ));
    passes(&Graph::load().check_request(
        "DELETE",
        &format!("/v1.0/groups/{GROUP}/members/{ADELE}/$ref"),
        None,
        None,
    ));
}

#[test]
fn a_misspelt_property_is_refused_and_its_value_never_shown() {
    let found = send("PATCH", &format!("/v1.0/users/{ADELE}"), &json!({ "acountEnabled": "canary" }));
    refused(&found, "'acountEnabled' was unexpected");
    let nested = json!({ "passwordProfile": { "pasword": "canary", "password": 7 } });
    let found = send("PATCH", &format!("/v1.0/users/{ADELE}"), &nested);
    let lines = found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(lines.contains("/passwordProfile") && lines.contains("'pasword'"), "{lines}");
    assert!(lines.contains("/passwordProfile/password"), "the wrong type is found beside it: {lines}");
    assert!(!lines.contains("canary"), "{lines}");
}

#[test]
fn a_missing_ref_is_refused_and_named() {
    let url = format!("/v1.0/groups/{GROUP}/members/{ADELE}");
    refused(&Graph::load().check_request("DELETE", &url, None, None), "/$ref is missing");
    let body = json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{ADELE}") });
    refused(&send("POST", &format!("/v1.0/groups/{GROUP}/members"), &body), "/$ref is missing");
    passes(&send("POST", &format!("/v1.0/groups/{GROUP}/members/$ref"), &body));
    refused(
        &send("POST", &format!("/v1.0/groups/{GROUP}/members/$ref"), &json!({ "@odata.id": ADELE })),
        "not an absolute URL",
    );
}

#[test]
fn unknown_paths_and_methods_are_refused() {
    refused(&get("/v1.0/users/x/shoes"), "no such path");
    refused(&get("/beta/users"), "beta");
    refused(&get("/v1.0/users//manager"), "empty segment");
    refused(&send("PUT", &format!("/v1.0/users/{ADELE}"), &json!({})), "known: DELETE, GET, PATCH");
    // `$count` is no user, and a key in parentheses is never the name of a function.
    refused(&Graph::load().check_request("DELETE", "/v1.0/users/$count", None, None), "known: GET");
    passes(&get("/v1.0/users('delta')"));
    passes(&get("/v1.0/users/delta()"));
    refused(&get("/v1.0/users()"), "no such path");
}

#[test]
fn keys_stand_after_a_slash_in_parentheses_or_under_an_alternate_name() {
    for url in [
        "/v1.0/users('o''neill@contoso.com')/memberOf",
        "/v1.0/users/o'neill@contoso.com/memberOf",
        "/v1.0/users(userPrincipalName='o''neill%40contoso.com')/memberOf",
        "/v1.0/devices(deviceId='8ba1a2f5-6d51-4b6e-b5ed-5a1b55e0e1a5')",
        "/v1.0/servicePrincipals(appId='8ba1a2f5-6d51-4b6e-b5ed-5a1b55e0e1a5')/owners",
        "/v1.0/directoryRoles(roleTemplateId='8ba1a2f5-6d51-4b6e-b5ed-5a1b55e0e1a5')",
        "/v1.0/directory/subscriptions(commerceSubscriptionId='x')",
        "https://graph.microsoft.us/v1.0/users('6ea91a8d')/authentication/methods('x')",
        "/v1.0/drives/b!x/items/root/children",
        "/v1.0/reports/getMailboxUsageDetail(period='D7')",
        "/v1.0/reports/microsoft.graph.getMailboxUsageDetail(period='D7')",
    ] {
        passes(&get(url));
    }
    passes(&Graph::load().check_request(
        "POST",
        "/v1.0/users('x')/microsoft.graph.revokeSignInSessions",
        None,
        None,
    ));
    refused(&get("/v1.0/users('o'neill@contoso.com')"), "written twice");
    refused(&get("/v1.0/devices(displayName='x')"), "no such path");
    refused(&get("/v1.0/reports/getMailboxUsageDetail(period='D8')"), "no such path");
    refused(&get("/v1.0/users/microsoft.graph.shoes/manager/x"), "no such path");
}

#[test]
fn query_options_are_those_that_the_operation_lists() {
    passes(&get("/v1.0/users?$top=999&$count=true&$orderby=displayName%20desc,id"));
    passes(&get("/v1.0/users?$select=id,userPrincipalName&$skiptoken=abc"));
    passes(&get(
        "/v1.0/users/x/calendarView?startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-02-01T00:00:00Z&$top=10",
    ));
    refused(&get("/v1.0/users/x?$top=5"), "does not list the query option \"$top\"");
    refused(&get("/v1.0/users/x?$skiptoken=abc"), "$skiptoken");
    refused(&get("/v1.0/users?$slect=id"), "did you mean \"$select\"");
    refused(&get("/v1.0/users?select=id"), "did you mean \"$select\"");
    refused(&get("/v1.0/users?$top=all"), "not a whole number");
    refused(&get("/v1.0/users?$count=yes"), "not true or false");
    refused(&get("/v1.0/users?$top=1&$top=2"), "stands twice");
    refused(&get("/v1.0/users?$filter=a eq 1"), "percent-encoded");
    refused(&get("/v1.0/users/x/calendarView?startDateTime=2026-01-01T00:00:00Z"), "endDateTime is required");
    refused(&send("PATCH", "/v1.0/users/x?$select=id", &json!({ "accountEnabled": false })), "$select");
}

#[test]
fn select_orderby_and_expand_name_what_the_type_has() {
    passes(&get("/v1.0/users/x?$select=id,signInActivity,mailboxSettings/userPurpose,extension_abc_badge"));
    // A collection of directory objects may be asked for what its members have.
    passes(&get("/v1.0/users/x/memberOf?$select=id,displayName,isAssignableToRole"));
    passes(&get("/v1.0/users/x?$expand=manager($select=id,displayName;$expand=manager),memberOf"));
    passes(&get("/v1.0/users/x/drive?$select=quota"));
    refused(&get("/v1.0/users/x?$select=id,acountEnabled"), "did you mean \"accountEnabled\"");
    refused(&get("/v1.0/users/x?$select=mailboxSettings/userPurposes"), "did you mean \"userPurpose\"");
    refused(&get("/v1.0/users/x/memberOf?$select=shoeSize"), "shoeSize");
    refused(&get("/v1.0/users?$orderby=displayName%20down"), "asc or desc");
    refused(&get("/v1.0/users?$orderby=displayNam"), "did you mean \"displayName\"");
    refused(&get("/v1.0/users/x?$expand=department"), "not a relation");
    refused(&get("/v1.0/users/x?$expand=manager($select=displayNam)"), "displayNam");
    refused(&get("/v1.0/users/x?$expand=manager($selekt=id)"), "$selekt");
}

#[test]
fn filters_are_read_to_the_end() {
    for good in [
        "userPrincipalName eq 'o''neill@contoso.com'",
        "accountEnabled eq false and not(userType eq 'Guest')",
        "startsWith(displayName,'A') or endsWith(mail,'@contoso.com')",
        "assignedLicenses/any(l:l/skuId eq 6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0)",
        "assignedLicenses/$count eq 0",
        "proxyAddresses/any(p:startsWith(p,'smtp:'))",
        "employeeId in ('1', '2') and createdDateTime ge 2026-01-01T00:00:00Z",
        "(onPremisesSyncEnabled eq true or onPremisesSyncEnabled eq null)",
        "tolower(displayName) eq 'a'",
        "accountEnabled",
        "mailboxSettings/any()",
    ] {
        passes(&get(&format!("/v1.0/users?$filter={}", encode(good))));
    }
    for (bad, says) in [
        ("userPrincipalName eq 'o'neill'", "quote is not closed"),
        ("userPrincipalNam eq 'x'", "did you mean \"userPrincipalName\""),
        ("accountEnabled eq 'false'", "another kind"),
        ("displayName eq 7", "another kind"),
        ("id eq 6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0", "another kind"),
        ("createdDateTime ge '2026-01-01T00:00:00Z'", "another kind"),
        ("displayName = 'x'", "comparison is missing"),
        ("displayName eq", "missing"),
        ("(displayName eq 'x'", "not closed"),
        ("displayName eq 'x')", "behind the end"),
        ("beginsWith(displayName,'x')", "not a function"),
        ("assignedLicenses/any(l:l/sku eq 6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0)", "did you mean \"skuId\""),
        ("assignedLicenses/any(skuId eq 1)", "colon"),
        ("displayName", "comparison is missing"),
    ] {
        refused(&get(&format!("/v1.0/users?$filter={}", encode(bad))), says);
    }
}

#[test]
fn bodies_are_there_where_they_belong() {
    let user = format!("/v1.0/users/{ADELE}");
    refused(&Graph::load().check_request("PATCH", &user, Some("application/json"), None), "body is missing");
    let body = json!({ "accountEnabled": false });
    refused(&Graph::load().check_request("PATCH", &user, None, Some(&body)), "Content-Type");
    refused(&Graph::load().check_request("PATCH", &user, Some("text/json"), Some(&body)), "text/json");
    refused(&send("POST", &format!("{user}/revokeSignInSessions"), &json!({})), "takes no body");
    refused(&send("GET", &user, &json!({})), "takes no body");
    refused(&send("PATCH", &user, &json!({})), "changes nothing");
    refused(
        &send("POST", &format!("{user}/assignLicense"), &json!({ "removeLicenses": [GROUP] })),
        "addLicenses",
    );
    // `restore` needs none and takes one.
    let restore = format!("/v1.0/directory/deletedItems/{ADELE}/restore");
    passes(&Graph::load().check_request("POST", &restore, None, None));
    passes(&send("POST", &restore, &json!({ "autoReconcileProxyConflict": true })));
}

#[test]
fn read_only_properties_and_relations_are_not_written() {
    let user = format!("/v1.0/users/{ADELE}");
    refused(&send("PATCH", &user, &json!({ "id": ADELE })), "/id: read-only");
    refused(
        &send("PATCH", &user, &json!({ "onPremisesSyncEnabled": false })),
        "/onPremisesSyncEnabled: read-only",
    );
    refused(&send("PATCH", &user, &json!({ "memberOf": [] })), "/memberOf: a relation");
    let rules = format!("{user}/mailFolders/inbox/messageRules");
    refused(&send("POST", &rules, &json!({ "id": "x", "displayName": "a" })), "/id: read-only");
    // Written all the same, whatever the words say; and phones are read-only for synced users only.
    passes(&send("PATCH", "/v1.0/drives/d/root/permissions/p", &json!({ "roles": ["read"] })));
    passes(&send("PATCH", &user, &json!({ "mobilePhone": null })));
    // An action names objects by their ids.
    let workflow = "/v1.0/identityGovernance/lifecycleWorkflows/workflows/w/activate";
    passes(&send("POST", workflow, &json!({ "subjects": [{ "id": ADELE }] })));
}

fn encode(text: &str) -> String {
    text.replace(' ', "%20").replace('"', "%22")
}
