//! Ids, not names: what changes a tenant never carries a name.

use offboard_contract::ids::{Names, check_mutating};
use serde_json::{Value, json};

const ADELE: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn found(method: &str, url: &str, body: Option<&Value>) -> Vec<String> {
    let names = Names::new(["Adele Vance", "adele.vance@contoso.com", "Bo"]);
    check_mutating(&names, method, url, &[], body).iter().map(ToString::to_string).collect()
}

fn cmdlet(cmdlet: &str, parameters: &Value) -> Vec<String> {
    let body = json!({ "CmdletInput": { "CmdletName": cmdlet, "Parameters": parameters } });
    found("POST", &format!("/adminapi/beta/{TENANT}/InvokeCommand"), Some(&body))
}

#[test]
fn object_ids_pass() {
    for url in [
        format!("/v1.0/users/{ADELE}"),
        format!("/v1.0/users('{ADELE}')/revokeSignInSessions"),
        format!("/v1.0/groups/{ADELE}/members/{ADELE}/$ref"),
        format!("/v1.0/users/{ADELE}/mailFolders/inbox/messageRules/AQAAAJ5dZp8="),
        format!("/v1.0/devices(deviceId='{ADELE}')"),
        format!("/v1.0/groups/{ADELE}/team/members/MCMjMCMj"),
        "/v1.0/drives/b!x/items/root/invite".to_owned(),
        "/v1.0/users".to_owned(),
    ] {
        assert_eq!(found("POST", &url, None), Vec::<String>::new(), "{url}");
    }
}

#[test]
fn names_in_a_url_that_changes_something_do_not() {
    for url in [
        "/v1.0/users/adele.vance@contoso.com",
        "/v1.0/users/adele.vance%40contoso.com",
        "/v1.0/users('someone%40else.example')/revokeSignInSessions",
        "/v1.0/groups/Adele%20Vance/members/$ref",
        "/v1.0/drives/b!x/root/children/adele+vance",
        "/v1.0/users/adele",
        "/v1.0/me/sendMail",
    ] {
        for method in ["POST", "PATCH", "PUT", "DELETE"] {
            let lines = found(method, url, None);
            assert_eq!(lines.len(), 1, "{method} {url}: {lines:?}");
            assert!(!lines[0].to_lowercase().contains("adele"), "the name is not repeated: {}", lines[0]);
        }
        assert_eq!(found("GET", url, None), Vec::<String>::new(), "reading by name is allowed: {url}");
    }
    // Reads that are sent by POST, and words that only contain a short name.
    // A word of the service is no name of a person.
    let copy = "/v1.0/drives/b!1/items/01A/copy?@microsoft.graph.conflictBehavior=fail";
    assert!(found("POST", copy, None).is_empty());
    assert_eq!(found("POST", &copy.replace("01A", "adele.vance@contoso.com"), None).len(), 1);
    assert!(found("POST", "/v1.0/users/adele.vance@contoso.com/checkMemberGroups", None).is_empty());
    assert!(found("POST", &format!("/v1.0/users/{ADELE}/bootstrap"), None).is_empty());
}

#[test]
fn the_address_in_a_reference_is_an_id_too() {
    let url = format!("/v1.0/groups/{ADELE}/members/$ref");
    let refer = |to: &str| json!({ "@odata.id": format!("https://graph.microsoft.com/v1.0/{to}") });
    assert!(found("POST", &url, Some(&refer(&format!("directoryObjects/{ADELE}")))).is_empty());
    assert_eq!(found("POST", &url, Some(&refer("users/adele.vance@contoso.com"))).len(), 1);
    assert_eq!(found("POST", &url, Some(&refer("users/adele"))).len(), 1);
}

#[test]
fn cmdlets_name_ids() {
    assert!(
        cmdlet("Set-Mailbox", &json!({ "Identity": ADELE, "ForwardingSmtpAddress": "smtp:lee@contoso.com" }))
            .is_empty()
    );
    assert!(cmdlet("Disable-InboxRule", &json!({ "Identity": "1729", "Mailbox": ADELE })).is_empty());
    assert!(cmdlet("Remove-InboxRule", &json!({ "Identity": format!("{ADELE}\\1729") })).is_empty());
    assert!(
        cmdlet("Set-MailboxFolderPermission", &json!({ "Identity": format!("{ADELE}:\\Calendar") }))
            .is_empty()
    );
    assert!(cmdlet("Get-RemoteDomain", &json!({ "Identity": "Default" })).is_empty());
    for (name, parameters) in [
        ("Set-Mailbox", json!({ "Identity": "adele.vance@contoso.com" })),
        ("Set-Mailbox", json!({ "Identity": "adelev" })),
        ("Set-Mailbox", json!({ "Identity": "1729" })),
        ("Remove-InboxRule", json!({ "Identity": "Adele Vance\\1729", "Mailbox": ADELE })),
        ("Disable-InboxRule", json!({ "Identity": "1729", "Mailbox": "adelev" })),
        ("Get-Mailbox", json!({ "Identity": "adele.vance@contoso.com" })),
        ("Get-MobileDevice", json!({ "Mailbox": "Adele Vance" })),
    ] {
        assert_eq!(cmdlet(name, &parameters).len(), 1, "{name} {parameters}");
    }
}

#[test]
fn the_anchor_is_an_id_or_the_application() {
    let anchored = |value: &str| {
        let headers = [("x-anchormailbox".to_owned(), value.to_owned())];
        check_mutating(&Names::default(), "POST", "/adminapi/beta/x/InvokeCommand", &headers, None).len()
    };
    assert_eq!(anchored(&format!("MBX:{ADELE}@{TENANT}")), 0);
    assert_eq!(anchored(&format!("OID:{ADELE}@{TENANT}")), 0);
    assert_eq!(anchored(&format!("APP:SystemMailbox{{{ADELE}}}@{TENANT}")), 0);
    assert_eq!(anchored("UPN:adele.vance@contoso.com"), 1);
    assert_eq!(anchored(ADELE), 1);
    assert_eq!(anchored(&format!("MBX:{ADELE}@contoso.com")), 1);
}

#[test]
fn batches_are_taken_apart() {
    let part = |id: &str, method: &str, url: &str| json!({ "id": id, "method": method, "url": url });
    let batch = |parts: Value| found("POST", "/v1.0/$batch", Some(&json!({ "requests": parts })));
    assert!(
        batch(json!([
            part("1", "GET", "/users/adele.vance@contoso.com"),
            part("2", "DELETE", &format!("/users/{ADELE}"))
        ]))
        .is_empty()
    );
    let lines =
        batch(json!([part("1", "GET", "/users/x"), part("2", "PATCH", "/users/adele.vance@contoso.com")]));
    assert!(lines.len() == 1 && lines[0].contains("part 2"), "{lines:?}");
}
