//! OneDrive, telephony, calendar, automatic replies, and settings of the organisation.

use std::sync::Arc;

use offboard_core::failure::Kind;
use offboard_core::model::cloud::Cloud;
use offboard_core::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience};
use offboard_core::model::meeting::{Meeting, Meetings};
use offboard_core::model::organization::{AuthenticationType, OrganizationConfig};
use offboard_core::ports::{Answer, Call, Organization, Replies, Workloads};
use offboard_graph::GraphOrganization;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_drive_is_there_or_not_or_locked_or_unknown() {
    let with = |status: u16, body: Value| Bench::new(move |_, _| ok(status, body.clone()));
    let there = with(
        200,
        json!({ "id": "b!1", "webUrl": "https://contoso-my.sharepoint.com/personal/a", "driveType": "business",
                                  "quota": { "used": 42, "state": "normal" } }),
    );
    let drive = there.graph.drive(&call(), ALEX).await.unwrap().unwrap();
    assert_eq!((drive.id.as_str(), drive.used, drive.locked), ("b!1", Some(42), false));
    assert_eq!(
        there.only().line(),
        format!("GET /users/{ALEX}/drive?$select=id,webUrl,driveType,quota,sharePointIds")
    );
    let none = with(404, error("itemNotFound", "User's mysite not found."));
    assert_eq!(none.graph.drive(&call(), ALEX).await.unwrap(), None);
    let locked = with(423, error("notAllowed", "Access to this site has been blocked."));
    assert!(locked.graph.drive(&call(), ALEX).await.unwrap().unwrap().locked);
    let denied = with(403, error("accessDenied", "no")).graph.drive(&call(), ALEX).await.unwrap_err();
    assert_eq!(denied.kind(), Kind::PermissionDenied);
    assert!(denied.failure.hint.unwrap().contains("`Files.Read.All`"));
}

#[tokio::test]
async fn numbers_are_compared_with_the_person() {
    let bench = Bench::new(|_, _| {
        let number = |number: &str, of| {
            json!({ "telephoneNumber": number, "numberType": "callingPlan",
                                                "assignmentTargetId": of, "assignmentCategory": "primary" })
        };
        ok(200, json!({ "value": [number("12061234567", ALEX), number("+12069999999", MEGAN)] }))
    });
    let numbers = bench.graph.phone_numbers(&call(), ALEX).await.unwrap();
    assert_eq!(numbers.iter().map(|n| n.telephone_number.as_str()).collect::<Vec<_>>(), ["+12061234567"]);
    assert_eq!(
        bench.only().line(),
        format!(
            "GET /admin/teams/telephoneNumberManagement/numberAssignments?$filter=assignmentTargetId eq '{ALEX}'&$top=1000"
        )
    );
}

#[tokio::test]
async fn a_cloud_without_numbers_is_not_asked_for_them() {
    for cloud in [Cloud::China, Cloud::UsGovHigh, Cloud::UsGovDod] {
        let bench = Bench::with(&cloud, application(), |_, _| empty(500));
        let failed = bench.graph.phone_numbers(&call(), ALEX).await.unwrap_err();
        assert_eq!((failed.kind(), bench.seen().len()), (Kind::Unsupported, 0));
    }
}

fn meeting(id: &str) -> Value {
    json!({ "id": id, "isOrganizer": true, "isCancelled": false, "seriesMasterId": null,
            "organizer": { "emailAddress": { "address": "AlexW@contoso.com" } },
            "attendees": [{ "type": "required", "emailAddress": { "address": "MeganB@contoso.com" } }],
            "start": { "dateTime": "2026-12-02T12:00:00.0000000", "timeZone": "UTC" } })
}

#[tokio::test]
async fn meetings_ahead_are_counted() {
    let bench = Bench::new(|seen, _| match seen.query.iter().any(|(key, _)| key == "$skip") {
        false => ok(
            200,
            json!({ "value": [meeting("1")], "@odata.nextLink":
            format!("https://graph.microsoft.com/v1.0/users/{ALEX}/calendarView?$skip=1") }),
        ),
        true => ok(200, json!({ "value": [meeting("2")] })),
    });
    let meetings = bench.graph.meetings(&call(), ALEX, start()).await.unwrap().unwrap();
    assert_eq!(meetings, Meetings { organized: organized(&["1", "2"]), days: 365 });
    assert_eq!(
        bench.lines()[0],
        format!(
            "GET /users/{ALEX}/calendarView?startDateTime=2026-11-30T12:00:00Z&endDateTime=2027-11-30T12:00:00Z\
             &$select=id,isOrganizer,isCancelled,organizer,attendees,seriesMasterId,start&$orderby=start/dateTime&$top=500"
        )
    );
}

/// Meetings of their own, as they are listed.
fn organized(ids: &[&str]) -> Vec<Meeting> {
    let next = "2026-12-02T12:00:00Z".parse().ok();
    ids.iter().map(|id| Meeting { id: (*id).to_owned(), series: false, next }).collect()
}

#[tokio::test]
async fn an_endless_calendar_says_how_far_it_was_read() {
    let bench = Bench::new(|_, number| {
        let next = format!("https://graph.microsoft.com/v1.0/users/{ALEX}/calendarView?$skip={number}");
        ok(200, json!({ "value": [meeting(&number.to_string())], "@odata.nextLink": next }))
    });
    let meetings = bench.graph.meetings(&call(), ALEX, start()).await.unwrap().unwrap();
    assert_eq!((meetings.organized.len(), meetings.days), (20, 2));
    assert_eq!(bench.seen().len(), 20);
}

#[tokio::test]
async fn pages_lead_nowhere_but_on() {
    for next in [
        "https://graph.microsoft.com.evil.example/v1.0/users?$skip=1",
        "https://graph.microsoft.com/beta/users?$skip=1",
        "https://graph.microsoft.com/v1.0evil/users?$skip=1",
        "http://graph.microsoft.com/v1.0/users?$skip=1",
        "/v1.0/users?$skip=1",
    ] {
        let bench = Bench::new(move |_, _| ok(200, json!({ "value": [], "@odata.nextLink": next })));
        let failed = bench.graph.meetings(&call(), ALEX, start()).await.unwrap_err();
        assert_eq!((failed.kind(), bench.seen().len()), (Kind::Protocol, 1), "{next}");
    }
    let circle = "https://graph.microsoft.com/v1.0/users?$skip=1";
    let bench = Bench::new(move |_, _| ok(200, json!({ "value": [], "@odata.nextLink": circle })));
    assert_eq!(bench.graph.meetings(&call(), ALEX, start()).await.unwrap_err().kind(), Kind::Protocol);
    assert_eq!(bench.seen().len(), 2);
}

#[tokio::test]
async fn replies_are_read_and_set_whole() {
    let setting = json!({ "status": "alwaysEnabled", "externalAudience": "all", "internalReplyMessage": "<p>in</p>",
                          "externalReplyMessage": "<p>out</p>",
                          "scheduledStartDateTime": { "dateTime": "2020-01-01T00:00:00.0000000", "timeZone": "UTC" } });
    let answer = json!({ "automaticRepliesSetting": setting });
    let bench = Bench::new(move |_, _| ok(200, answer.clone()));
    let replies = bench.graph.automatic_replies(&call(), ALEX).await.unwrap().unwrap();
    let wanted = AutomaticReplies {
        state: AutoReplyState::Enabled,
        internal_message: "<p>in</p>".into(),
        external_message: "<p>out</p>".into(),
        external_audience: ExternalAudience::All,
        start_time: None,
        end_time: None,
    };
    assert_eq!(replies, wanted);
    bench.graph.set_automatic_replies(&call(), ALEX, &wanted).await.unwrap();
    assert_eq!(
        bench.lines(),
        [
            format!("GET /users/{ALEX}/mailboxSettings?$select=automaticRepliesSetting"),
            format!("PATCH /users/{ALEX}/mailboxSettings")
        ]
    );
    assert_eq!(
        bench.seen()[1].body,
        json!({ "automaticRepliesSetting": { "status": "alwaysEnabled", "externalAudience": "all",
                "internalReplyMessage": "<p>in</p>", "externalReplyMessage": "<p>out</p>" } })
    );
}

#[tokio::test]
async fn without_a_mailbox_there_are_neither_replies_nor_meetings() {
    for code in ["MailboxNotEnabledForRESTAPI", "ErrorItemNotFound", "Request_ResourceNotFound"] {
        let bench = Bench::new(move |_, _| ok(404, error(code, "no mailbox")));
        assert_eq!(bench.graph.automatic_replies(&call(), ALEX).await.unwrap(), None);
        assert_eq!(bench.graph.meetings(&call(), ALEX, start()).await.unwrap(), None);
    }
    let bench = Bench::new(|_, _| ok(403, error("ErrorAccessDenied", "Access is denied.")));
    assert_eq!(
        bench.graph.automatic_replies(&call(), ALEX).await.unwrap_err().kind(),
        Kind::PermissionDenied
    );
}

#[derive(Debug)]
struct Exchange;

#[async_trait::async_trait]
impl Organization for Exchange {
    async fn domain(&self, _: &Call, _: &str) -> Answer<Option<AuthenticationType>> {
        unreachable!("Graph knows the domains")
    }

    async fn one_drive_retention_days(&self, _: &Call) -> Answer<Option<u32>> {
        unreachable!("Graph knows SharePoint's settings")
    }

    async fn organization_config(&self, _: &Call) -> Answer<Option<OrganizationConfig>> {
        Ok(Some(OrganizationConfig { delayed_delicensing_enabled: true, ..OrganizationConfig::default() }))
    }
}

#[tokio::test]
async fn settings_come_from_graph_and_from_exchange() {
    let bench = Bench::new(|seen, _| match seen.path.as_str() {
        "/domains/contoso.com" => ok(200, json!({ "id": "contoso.com", "authenticationType": "Federated" })),
        "/admin/sharepoint/settings" => {
            ok(200, json!({ "deletedUserPersonalSiteRetentionPeriodInDays": 90 }))
        }
        _ => ok(404, error("Request_ResourceNotFound", "no")),
    });
    let settings = GraphOrganization::new(bench.graph.clone(), Some(Arc::new(Exchange)));
    let call = call();
    assert_eq!(settings.domain(&call, "contoso.com").await.unwrap(), Some(AuthenticationType::Federated));
    assert_eq!(settings.domain(&call, "a/../b?c#d").await.unwrap(), None);
    assert_eq!(settings.domain(&call, "..").await.unwrap(), None);
    assert_eq!(settings.one_drive_retention_days(&call).await.unwrap(), Some(90));
    assert!(settings.organization_config(&call).await.unwrap().unwrap().delayed_delicensing_enabled);
    let lines = bench.lines();
    assert_eq!(lines[0], "GET /domains/contoso.com?$select=id,authenticationType");
    assert_eq!(lines[1], "GET /domains/a%2F..%2Fb%3Fc%23d?$select=id,authenticationType");
    assert_eq!(
        lines[2],
        "GET /admin/sharepoint/settings?$select=deletedUserPersonalSiteRetentionPeriodInDays"
    );
    let alone = GraphOrganization::new(bench.graph.clone(), None);
    let failed = alone.organization_config(&call).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::Unavailable, "not `unsupported`: that would say that there are no holds");
}
