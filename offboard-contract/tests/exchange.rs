//! Cmdlet calls and their envelope: what the reference lets through and what it refuses.

use offboard_contract::{Exchange, Violation};
use serde_json::{Value, json};

const ADELE: &str = "6ea91a8d-e32e-41a1-b7bd-d2d185eed0e0";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn call(cmdlet: &str, parameters: &Value) -> Vec<Violation> {
    let Value::Object(parameters) = parameters else { unreachable!("parameters are an object") };
    Exchange::load().check_call(cmdlet, parameters)
}

#[track_caller]
fn passes(found: &[Violation]) {
    assert!(
        found.is_empty(),
        "refused: {}",
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ")
    );
}

#[track_caller]
fn refused(found: &[Violation], says: &str) {
    let lines: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(lines.len() == 1 && lines[0].contains(says), "wanted one finding with {says:?}: {lines:#?}");
}

#[test]
fn the_calls_of_an_off_boarding_pass() {
    passes(&call("Get-Mailbox", &json!({ "Identity": ADELE })));
    passes(&call("Get-MailboxStatistics", &json!({ "Identity": ADELE, "Archive": true })));
    passes(&call(
        "Get-InboxRule",
        &json!({ "Mailbox": ADELE, "IncludeHidden": true, "ResultSize": "Unlimited" }),
    ));
    passes(&call("Get-OrganizationConfig", &json!({})));
    passes(&call("Set-Mailbox", &json!({ "Identity": ADELE, "Type": "Shared" })));
    passes(&call("Set-Mailbox", &json!({ "Identity": ADELE, "AccountDisabled": true })));
    passes(&call(
        "Set-Mailbox",
        &json!({ "Identity": ADELE, "ForwardingAddress": null, "ForwardingSmtpAddress": null }),
    ));
    passes(&call(
        "Set-Mailbox",
        &json!({ "Identity": ADELE, "ForwardingSmtpAddress": "smtp:lee@contoso.com", "Confirm": false }),
    ));
    passes(&call(
        "Set-Mailbox",
        &json!({ "Identity": ADELE, "GrantSendOnBehalfTo": {
        "@odata.type": "#Exchange.GenericHashTable", "add": [TENANT], "remove": ADELE } }),
    ));
    passes(&call(
        "Set-MailboxAutoReplyConfiguration",
        &json!({
        "Identity": ADELE, "AutoReplyState": "Scheduled", "ExternalAudience": "Known", "InternalMessage": "", "StartTime": "2026-11-30T17:00:00.0000000Z" }),
    ));
    passes(&call(
        "Add-MailboxPermission",
        &json!({ "Identity": ADELE, "User": TENANT, "AccessRights": ["FullAccess"], "AutoMapping": false }),
    ));
    passes(&call(
        "Remove-MailboxPermission",
        &json!({ "Identity": ADELE, "User": TENANT, "AccessRights": "FullAccess", "Confirm": false }),
    ));
    passes(&call("Disable-InboxRule", &json!({ "Identity": "1729", "Mailbox": ADELE, "Confirm": false })));
    passes(&call("Enable-InboxRule", &json!({ "Identity": "1729", "Mailbox": ADELE })));
    passes(&call("Expedite-Delicensing", &json!({ "Identity": ADELE })));
    // Disputed on the page: the switch that names the set.
    passes(&call(
        "Remove-MailboxPermission",
        &json!({ "Identity": ADELE, "ResetDefault": true, "Confirm": false }),
    ));
}

#[test]
fn a_misspelt_parameter_or_cmdlet_is_refused() {
    refused(
        &call("Set-Mailbox", &json!({ "Identity": ADELE, "ForwardingSMTPAdress": null })),
        "did you mean \"ForwardingSmtpAddress\"",
    );
    refused(
        &call("Get-Mailbox", &json!({ "identity": ADELE })),
        "-identity is not a parameter; did you mean \"Identity\"",
    );
    refused(&call("Set-MailBox", &json!({ "Identity": ADELE })), "did you mean \"Set-Mailbox\"");
    refused(&call("Remove-Everything", &json!({})), "no such cmdlet");
}

#[test]
fn cmdlets_of_other_products_and_doors_are_refused() {
    refused(&call("Set-RemoteMailbox", &json!({ "Identity": ADELE })), "not a cmdlet of Exchange Online");
    refused(&call("New-ComplianceSearch", &json!({ "Name": "x" })), "not a cmdlet of Exchange Online");
    refused(
        &call("Set-CsUserCallingSettings", &json!({ "Identity": ADELE })),
        "not a cmdlet of Exchange Online",
    );
    refused(&call("Get-EXOMailbox", &json!({ "Identity": ADELE })), "module only");
    refused(&call("Remove-UnifiedGroup", &json!({ "Identity": ADELE })), "refused to an application");
}

#[test]
fn parameters_that_do_not_work_online_are_refused() {
    refused(
        &call("Get-Mailbox", &json!({ "Identity": ADELE, "DomainController": "dc1" })),
        "on premises only",
    );
    refused(&call("Set-CASMailbox", &json!({ "Identity": ADELE, "ECPEnabled": false })), "on premises only");
    // Listed for the cloud, and yet said to work on premises only.
    refused(
        &call("Set-Mailbox", &json!({ "Identity": ADELE, "UseDatabaseRetentionDefaults": true })),
        "on premises only",
    );
    refused(&call("Set-User", &json!({ "Identity": ADELE, "RemotePowerShellEnabled": true })), "deprecated");
}

#[test]
fn parameters_go_together_in_one_set() {
    refused(
        &call("Get-Mailbox", &json!({ "Identity": ADELE, "Anr": "x" })),
        "no parameter set holds all of these",
    );
    refused(&call("Set-Mailbox", &json!({ "Type": "Shared" })), "missing or empty: -Identity");
    refused(
        &call("Add-MailboxPermission", &json!({ "Identity": ADELE, "AccessRights": "FullAccess" })),
        "missing or empty: -User",
    );
    refused(
        &call("Add-MailboxPermission", &json!({ "Identity": ADELE, "User": TENANT, "AccessRights": [] })),
        "-AccessRights",
    );
}

#[test]
fn an_empty_identity_would_be_everybody() {
    for empty in [json!(null), json!(" ")] {
        let found = call("Get-Mailbox", &json!({ "Identity": empty }));
        assert!(
            !found.is_empty() && found.iter().all(|violation| violation.what.contains("Identity")),
            "{found:?}"
        );
    }
    let found = call("Get-InboxRule", &json!({ "Mailbox": null }));
    assert!(found.iter().any(|violation| violation.what.contains("all objects")), "{found:?}");
}

#[test]
fn values_have_the_type_of_their_parameter() {
    let set = |name: &str, value: Value| {
        let mut parameters = json!({ "Identity": ADELE });
        parameters[name] = value;
        call("Set-Mailbox", &parameters)
    };
    passes(&set("LitigationHoldDuration", json!("Unlimited")));
    passes(&set("LitigationHoldDuration", json!(365)));
    passes(&set("RetainDeletedItemsFor", json!("14.00:00:00")));
    passes(&set("RetainDeletedItemsFor", json!("00:30:00")));
    passes(&set("EmailAddresses", json!(["SMTP:a@contoso.com", "smtp:b@contoso.com"])));
    passes(&set(
        "EmailAddresses",
        json!({ "@odata.type": "#Exchange.GenericHashTable", "remove": "smtp:b@contoso.com" }),
    ));
    refused(&set("Type", json!("shared")), "-Type is one of Equipment, Regular");
    refused(&set("LitigationHoldEnabled", json!("true")), "true or false");
    refused(&set("LitigationHoldEnabled", json!(null)), "cannot be null");
    refused(&set("RetainDeletedItemsFor", json!("14 days")), "a time span");
    refused(&set("ForwardingSmtpAddress", json!("lee")), "mail address");
    refused(&set("ForwardingAddress", json!("")), "null clears it");
    refused(&set("EmailAddresses", json!([1])), "strings, or an edit");
    refused(&set("EmailAddresses", json!({ "remove": "smtp:b@contoso.com" })), "#Exchange.GenericHashTable");
    refused(
        &set("EmailAddresses", json!({ "@odata.type": "#Exchange.GenericHashTable", "Remove": "x" })),
        "not \"Remove\"",
    );
    refused(
        &set("EmailAddresses", json!({ "@odata.type": "#Exchange.GenericHashTable" })),
        "adds or removes something",
    );
    let calendar = |days: Value| {
        call(
            "Remove-CalendarEvents",
            &json!({
            "Identity": ADELE, "CancelOrganizedMeetings": true, "QueryWindowInDays": days, "QueryStartDate": "2026-11-30T00:00:00Z", "Confirm": false }),
        )
    };
    passes(&calendar(json!(1825)));
    refused(&calendar(json!("1825")), "a whole number");
    refused(&calendar(json!(1.5)), "a whole number");
    let rights = |rights: Value| {
        call("Add-MailboxPermission", &json!({ "Identity": ADELE, "User": TENANT, "AccessRights": rights }))
    };
    refused(
        &rights(json!({ "@odata.type": "#Exchange.GenericHashTable", "add": "FullAccess" })),
        "cannot be edited",
    );
    refused(&rights(json!(["FullAcess"])), "is one of ");
}

#[test]
fn what_destroys_is_told_not_to_ask() {
    for (cmdlet, parameters) in [
        ("Clear-MobileDevice", json!({ "Identity": ADELE, "AccountOnly": true })),
        ("Remove-InboxRule", json!({ "Identity": "1729", "Mailbox": ADELE })),
        (
            "Add-RecipientPermission",
            json!({ "Identity": ADELE, "Trustee": TENANT, "AccessRights": "SendAs" }),
        ),
    ] {
        refused(&call(cmdlet, &parameters), "-Confirm must be false");
        let with = |confirm: bool| {
            let mut parameters = parameters.clone();
            parameters["Confirm"] = json!(confirm);
            call(cmdlet, &parameters)
        };
        passes(&with(false));
        refused(&with(true), "asks and does not act");
    }
    refused(
        &call("Set-Mailbox", &json!({ "Identity": ADELE, "Type": "Shared", "WhatIf": true })),
        "asks and does not act",
    );
}

fn headers(anchor: &str) -> Vec<(String, String)> {
    [
        ("content-type", "application/json; charset=utf-8"),
        ("X-AnchorMailbox", anchor),
        ("Prefer", "odata.maxpagesize=1000"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

fn invoke(path: &str, headers: &[(String, String)], body: &Value) -> Vec<Violation> {
    Exchange::load().check_http("POST", path, headers, Some(body))
}

fn envelope(cmdlet: &str, parameters: &Value) -> Value {
    json!({ "CmdletInput": { "CmdletName": cmdlet, "Parameters": parameters } })
}

#[test]
fn the_envelope_is_that_of_invoke_command() {
    let path = format!("https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand");
    let mailbox = headers(&format!("MBX:{ADELE}@{TENANT}"));
    let application = headers(&format!("APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}"));
    let body = envelope("Get-Mailbox", &json!({ "Identity": ADELE }));
    passes(&invoke(&path, &mailbox, &body));
    passes(&invoke(
        &format!("/adminapi/beta/{TENANT}/InvokeCommand?%24select=Guid,Name"),
        &application,
        &body,
    ));
    passes(&invoke(&path, &mailbox, &json!({ "CmdletInput": { "CmdletName": "Get-OrganizationConfig" } })));

    refused(&Exchange::load().check_http("GET", &path, &mailbox, Some(&body)), "POST");
    refused(&invoke(&path.replace("beta", "v1.0"), &mailbox, &body), "405");
    refused(&invoke("/adminapi/beta/contoso.com/InvokeCommand", &mailbox, &body), "not a GUID");
    refused(&invoke(&format!("{path}/x"), &mailbox, &body), "the path is not");
    refused(&invoke(&format!("{path}?$top=1"), &mailbox, &body), "unknown query option");
    refused(&invoke(&path, &mailbox[..1], &body), "X-AnchorMailbox is missing");
    refused(&invoke(&path, &mailbox[1..], &body), "Content-Type is missing");
    for named in [
        "UPN:adele@contoso.com",
        "adele@contoso.com",
        "SMTP:adele@contoso.com",
        &format!("MBX:{ADELE}@@{TENANT}"),
    ] {
        refused(&invoke(&path, &headers(named), &body), "neither an object id");
    }
    refused(&invoke(&path, &headers(&format!("MBX:{ADELE}@{ADELE}")), &body), "not the tenant of the path");
    refused(&Exchange::load().check_http("POST", &path, &mailbox, None), "body is missing");
    refused(
        &invoke(
            &path,
            &mailbox,
            &json!({ "CmdletInput": { "CmdletName": "Get-OrganizationConfig" }, "x": 1 }),
        ),
        "/x: not part",
    );
    let mut other = mailbox.clone();
    other.push(("X-CmdletName".to_owned(), "Set-Mailbox".to_owned()));
    refused(&invoke(&path, &other, &body), "names another cmdlet");
    other[2].1 = "odata.maxpagesize=5000".to_owned();
    other.truncate(3);
    refused(&invoke(&path, &other, &body), "maxpagesize");
    refused(
        &invoke(&path, &mailbox, &envelope("Get-Mailbox", &json!({ "Identiti": ADELE }))),
        "-Identiti is not a parameter",
    );
}

#[test]
fn the_admin_api_takes_what_it_lists() {
    let path = |endpoint: &str| format!("/adminapi/v2.0/{TENANT}/{endpoint}");
    let headers = headers(&format!("MBX:{ADELE}@{TENANT}"));
    passes(&invoke(&path("Mailbox"), &headers, &envelope("Get-Mailbox", &json!({ "Identity": ADELE }))));
    let convert = envelope("Set-Mailbox", &json!({ "Identity": ADELE, "Type": "Shared" }));
    refused(&invoke(&path("Mailbox"), &headers, &convert), "does not take -Type");
    refused(
        &invoke(&path("AcceptedDomain"), &headers, &envelope("Get-Mailbox", &json!({}))),
        "does not take Get-Mailbox",
    );
    refused(&invoke(&path("InvokeCommand"), &headers, &convert), "has no InvokeCommand");
}

#[test]
fn the_parts_of_a_batch_are_calls() {
    let url = format!("https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand");
    let part = |id: &str, cmdlet: &str, parameters: Value| {
        json!({ "id": id, "method": "POST", "url": url, "headers": { "X-AnchorMailbox": format!("MBX:{ADELE}@{TENANT}") },
            "body": envelope(cmdlet, &parameters) })
    };
    let json_only = [("Content-Type".to_owned(), "application/json".to_owned())];
    let batch = |parts: Vec<Value>| {
        invoke(&format!("/adminapi/beta/{TENANT}/$batch"), &json_only, &json!({ "requests": parts }))
    };
    let read = |id: usize| part(&id.to_string(), "Get-Mailbox", json!({ "Identity": ADELE }));
    passes(&batch((0..10).map(read).collect()));
    refused(&batch((0..11).map(read).collect()), "at most 10");
    refused(&batch(vec![read(1), read(1)]), "stands twice");
    refused(
        &batch(vec![part("1", "Get-Mailbox", json!({ "Idenity": ADELE }))]),
        "-Idenity is not a parameter",
    );
    refused(&batch(Vec::new()), "empty");
}

#[test]
fn answers_have_their_envelope() {
    let json_type =
        [("Content-Type".to_owned(), "application/json;odata.metadata=minimal;charset=utf-8".to_owned())];
    let answer =
        |status: u16, body: Value| Exchange::load().check_http_answer(status, &json_type, Some(&body));
    let mailbox = json!({ "ExchangeGuid@odata.type": "#Guid", "ExchangeGuid": ADELE });
    passes(&answer(
        200,
        json!({ "value": [mailbox], "@adminapi.warnings": ["x"], "adminapi.warnings@odata.type": "#Collection(String)" }),
    ));
    passes(&answer(200, json!({})));
    passes(&answer(
        200,
        json!({ "value": [], "@odata.nextLink": format!("https://x/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=1") }),
    ));
    refused(&answer(200, json!({ "values": [] })), "/values: not part");
    refused(&answer(200, json!({ "value": ["x"] })), "not a list of objects");
    refused(&answer(200, json!({ "@adminapi.warnings": "x" })), "not a list of strings");
    refused(&answer(200, json!({ "@odata.nextLink": "/next" })), "nextLink");
    refused(&answer(204, json!({})), "200 or with an error");
    refused(&Exchange::load().check_http_answer(200, &json_type, None), "has an object");
    refused(&Exchange::load().check_http_answer(200, &[], Some(&json!({}))), "Content-Type");

    let error = |message: &str| json!({ "error": { "code": "NotFound", "message": "x", "details": [{ "message": message }] } });
    passes(&answer(
        404,
        error("Ex6F9304|Microsoft.Exchange.Tasks.ManagementObjectNotFoundException|It isn't | there."),
    ));
    passes(&answer(404, error("|Microsoft.Exchange.X|y")));
    refused(&answer(404, error("It isn't there.")), "exception type");
    refused(&answer(404, error("a|not a type|text")), "exception type");
    refused(&answer(404, json!({ "error": { "code": 404, "message": "x" } })), "/error/code");
    refused(&answer(404, json!({ "value": [] })), "/error: missing");
    passes(&Exchange::load().check_http_answer(429, &[], Some(&json!("Please wait and try again"))));
    passes(&Exchange::load().check_http_answer(503, &[], None));
}
