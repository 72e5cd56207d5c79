use std::sync::Arc;

use offboard_core::failure::{Kind, Retry};
use offboard_core::model::organization::OrganizationConfig;
use offboard_core::ports::{Call, Delegates, Mailboxes, Replies, Rules};
use offboard_exchange::{Exchange, HandOff, InvokeCommand};
use offboard_http::transport::{Reached, Transport};
use serde_json::json;

use crate::bench::{
    Asked, Bench, CALL, Script, TENANT, answer, call, done, id, lost, missing, objects, other, raw, refused,
    tenant, wire,
};

const SENTENCE: &str =
    "You have reached the maximum number of concurrent requests per tenant. Please wait and try again";

#[tokio::test]
async fn a_request_is_what_the_door_expects() {
    let settings = json!({ "InPlaceHolds": ["mbx1:2", "grp2:3"], "DelayedDelicensingEnabled": true });
    let bench = Bench::new([objects(&[settings])]);
    let found = bench.exchange.organization_config(&call()).await.unwrap();
    let wanted = OrganizationConfig {
        in_place_holds: vec!["mbx1:2".into(), "grp2:3".into()],
        delayed_delicensing_enabled: true,
    };
    assert_eq!(found, Some(wanted));
    let asked = bench.asked_once();
    assert_eq!(
        asked.url,
        format!(
            "https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand?$select=DelayedDelicensingEnabled,InPlaceHolds"
        )
    );
    assert_eq!(
        asked.body,
        json!({ "CmdletInput": { "CmdletName": "Get-OrganizationConfig", "Parameters": {} } })
    );
    for (name, value) in [
        ("authorization", "Bearer canary"),
        ("accept", "application/json"),
        ("content-type", "application/json; charset=utf-8"),
        ("prefer", "odata.maxpagesize=1000"),
        ("x-cmdletname", "Get-OrganizationConfig"),
        ("x-responseformat", "json"),
        ("client-request-id", CALL),
    ] {
        assert_eq!(asked.header(name), Some(value), "{name}");
    }
    let anchor = format!("APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}");
    assert_eq!(asked.header("x-anchormailbox"), Some(anchor.as_str()));
}

#[tokio::test]
async fn pages_are_asked_for_with_the_same_body() {
    let next = format!("https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=abc");
    let row = |user: &str| json!({ "Identity": "x", "User": user, "AccessRights": [], "Deny": false, "IsInherited": false });
    let first = json!({ "value": [row("a")], "@odata.nextLink": next });
    let bench = Bench::new([answer(200, &first), objects(&[row("b")])]);
    let rights = bench.exchange.rights(&call(), id()).await.unwrap().unwrap();
    assert_eq!(rights.iter().map(|right| right.user.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let asked = bench.asked();
    assert_eq!(asked[1].url, next);
    assert_eq!(asked[1].body, asked[0].body);
    assert_eq!(asked[1].header("x-anchormailbox"), asked[0].header("x-anchormailbox"));
}

#[tokio::test]
async fn a_page_elsewhere_is_not_asked_for() {
    let again = format!(
        "https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand?$select=AccessRights,Deny,Identity,IsInherited,User"
    );
    for link in [
        "https://outlook.office365.com.evil.example/adminapi/beta/x/InvokeCommand",
        "http://outlook.office365.com/adminapi/beta/x/InvokeCommand",
        "https://outlook.office365.com/ews/x",
        "/adminapi/beta/x/InvokeCommand",
        again.as_str(),
    ] {
        let bench = Bench::new([answer(200, &json!({ "value": [], "@odata.nextLink": link }))]);
        let error = bench.exchange.rights(&call(), id()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Protocol, "{link}");
        bench.asked_once();
    }
}

#[tokio::test]
async fn a_list_that_is_not_read_to_its_end_is_unknown() {
    let next = format!("https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=abc");
    let first = json!({ "value": [], "@odata.nextLink": next });
    let expired =
        "Ex1|A.B.BadPageException|Expired or Invalid pagination request. Default Expiry time is 00:30:00";
    let bench = Bench::new([answer(200, &first), refused(400, expired)]);
    let error = bench.exchange.rights(&call(), id()).await.unwrap_err();
    assert_eq!((error.kind(), error.failure.retry), (Kind::Unavailable, Retry::Later));
}

#[tokio::test]
async fn a_write_never_asks_for_a_next_page() {
    let next = format!("https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand?$skiptoken=abc");
    let bench = Bench::new([answer(200, &json!({ "value": [], "@odata.nextLink": next }))]);
    bench.exchange.set_shared(&call(), id(), true).await.unwrap();
    bench.asked_once();
}

#[tokio::test]
async fn a_question_is_not_a_success() {
    let question =
        json!({ "@adminapi.confirmationmessage": "Are you sure you want to do this?", "value": [] });
    let bench = Bench::new([answer(200, &question)]);
    let error = bench.exchange.set_shared(&call(), id(), true).await.unwrap_err();
    assert_eq!((error.kind(), error.failure.code.as_deref()), (Kind::Refused, Some("not_confirmed")));
    assert_eq!(error.failure.request_id.as_deref(), Some("request-1"));
}

#[tokio::test]
async fn throttling_in_prose_is_waited_for() {
    for status in [200, 400, 500] {
        let bench = Bench::new([raw(status, SENTENCE), refused(400, SENTENCE), done(&[])]);
        bench.exchange.set_shared(&call(), id(), true).await.unwrap();
        assert_eq!(bench.asked().len(), 3, "{status}");
    }
    let bench = Bench::new((0..5).map(|_| raw(400, SENTENCE)));
    let error = bench.exchange.set_shared(&call(), id(), true).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Throttled);
    assert!(matches!(error.failure.retry, Retry::After(_)), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_read_is_no_success() {
    for body in [&b"<html>sign in</html>"[..], b"", b"[]", b"{}", b"\x1f\x8b\0\0"] {
        let bench = Bench::new([raw(200, body)]);
        let error = bench.exchange.size(&call(), id()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Protocol, "{body:?}");
    }
    for body in [&b"<html>sign in</html>"[..], b"[]"] {
        let bench = Bench::new([raw(200, body)]);
        let error = bench.exchange.set_shared(&call(), id(), true).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Indeterminate, "{body:?}");
    }
    let bench = Bench::new([answer(200, &json!({ "error": { "code": "x", "message": "y" } }))]);
    assert_eq!(bench.exchange.size(&call(), id()).await.unwrap_err().kind(), Kind::Protocol);
}

#[tokio::test]
async fn garbage_with_403_is_a_missing_role() {
    let bench = Bench::new([raw(403, &b"\x1f\x8b\0\0\xff"[..])]);
    let error = bench.exchange.size(&call(), id()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::PermissionDenied);
    assert!(error.failure.hint.unwrap().contains("View-Only Recipients"));
}

#[tokio::test]
async fn a_lost_answer_to_a_write_is_not_known_and_is_sent_again() {
    let bench = Bench::new([lost(Reached::MaybeSent), done(&[])]);
    bench.exchange.set_account_disabled(&call(), id(), true).await.unwrap();
    assert_eq!(bench.asked().len(), 2);
    let bench = Bench::new((0..5).map(|_| lost(Reached::MaybeSent)));
    let error = bench.exchange.set_account_disabled(&call(), id(), true).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Indeterminate);
}

#[tokio::test]
async fn nothing_leaves_after_the_run_was_stopped() {
    let bench = Bench::new([]);
    let call = Call::new(CALL);
    call.stop.stop();
    let error = bench.exchange.set_shared(&call, id(), true).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(bench.asked().is_empty());
}

#[tokio::test]
async fn a_missing_door_is_not_a_missing_mailbox() {
    for reply in
        [raw(404, "<html>not found</html>"), answer(404, &json!({ "error": { "code": "NotFound" } }))]
    {
        let bench = Bench::new([reply]);
        let error = bench.exchange.recipient(&call(), id()).await.unwrap_err();
        assert_eq!((error.kind(), error.failure.code.as_deref()), (Kind::NotFound, Some("no_such_door")));
    }
}

#[tokio::test]
async fn without_a_door_everything_is_for_a_person() {
    let exchange = Exchange::new(HandOff);
    let call = call();
    let kinds = [
        exchange.recipient(&call, id()).await.unwrap_err().kind(),
        exchange.size(&call, id()).await.unwrap_err().kind(),
        exchange.inbox_rules(&call, id()).await.unwrap_err().kind(),
        exchange.rights(&call, id()).await.unwrap_err().kind(),
        exchange.automatic_replies(&call, id()).await.unwrap_err().kind(),
        exchange.organization_config(&call).await.unwrap_err().kind(),
        exchange.set_shared(&call, id(), true).await.unwrap_err().kind(),
        exchange.grant_full_access(&call, id(), other(), true).await.unwrap_err().kind(),
    ];
    assert_eq!(kinds, [Kind::Unsupported; 8]);
}

#[test]
fn the_host_is_a_url_of_a_service() {
    let new = |host: &str| {
        let transport: Arc<dyn Transport> = Arc::new(Script::default());
        InvokeCommand::new(wire(transport), host, tenant())
    };
    for good in
        ["https://outlook.office365.com", "https://partner.outlook.cn/", "http://127.0.0.1:8080/exchange"]
    {
        assert!(new(good).is_ok(), "{good}");
    }
    for bad in ["", "outlook.office365.com", "http://outlook.office365.com", "https://x.example/?a=b"] {
        assert_eq!(new(bad).unwrap_err().kind(), Kind::InvalidRequest, "{bad}");
    }
}

#[tokio::test]
async fn writes_to_one_mailbox_follow_each_other() {
    let bench = Bench::new([done(&[]), missing(), done(&[])]);
    let (call, exchange) = (call(), &bench.exchange);
    let (first, second, third) = tokio::join!(
        exchange.set_account_disabled(&call, id(), true),
        exchange.set_shared(&call, id(), true),
        exchange.grant_full_access(&call, id(), other(), true),
    );
    first.unwrap();
    assert_eq!(second.unwrap_err().kind(), Kind::NotFound, "a failure does not hold up the next one");
    third.unwrap();
    let asked = bench.asked();
    let cmdlets: Vec<_> = asked.iter().map(Asked::cmdlet).collect();
    assert_eq!(cmdlets, ["Set-Mailbox", "Set-Mailbox", "Add-MailboxPermission"]);
    assert_eq!(bench.busiest(), 1);
}

#[tokio::test]
async fn writes_to_several_mailboxes_and_readings_do_not_wait_for_each_other() {
    let bench = Bench::new([done(&[]), done(&[]), missing(), missing()]);
    let (call, exchange) = (call(), &bench.exchange);
    let (first, second, third, fourth) = tokio::join!(
        exchange.set_account_disabled(&call, id(), true),
        exchange.set_account_disabled(&call, other(), true),
        exchange.size(&call, id()),
        exchange.size(&call, id()),
    );
    first.unwrap();
    second.unwrap();
    assert_eq!((third.unwrap(), fourth.unwrap()), (None, None));
    assert_eq!(bench.asked().len(), 4);
    assert_eq!(bench.busiest(), 3, "the pool of Exchange holds three");
}
