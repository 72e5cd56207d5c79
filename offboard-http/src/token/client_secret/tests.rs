use http::Method;
use http::header::CONTENT_TYPE;
use offboard_core::failure::{Kind, Retry};
use offboard_core::time::Period;
use url::form_urlencoded;

use super::*;
use crate::testing::{Script, TestClock, lost, reply, reply_with};
use crate::token::Audience;
use crate::transport::Reached;

const GOOD: &str =
    r#"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"canary-token"}"#;

fn wanted(claims: Option<&str>) -> TokenRequest {
    let audience = Audience::of(&Url::parse("https://graph.microsoft.com").unwrap()).unwrap();
    TokenRequest { audience, claims: claims.map(str::to_owned) }
}

fn source(script: &Arc<Script>) -> ClientSecret {
    let authority = Url::parse("https://login.microsoftonline.com").unwrap();
    let secret = Secret::new("client secret", "canary+secret&=");
    ClientSecret::new(script.clone(), &authority, "contoso.example", "app-id", secret).unwrap()
}

#[tokio::test]
async fn it_asks_as_the_service_wants_to_be_asked() {
    let (script, clock) = (Script::new([reply(200, GOOD)]), TestClock::new());
    let token = source(&script).token(&wanted(Some(r#"{"a":1}"#)), clock.as_ref()).await.unwrap();
    assert_eq!(token.expires_at().since(clock.now()), Period::seconds(3599));
    let request = &script.seen()[0];
    assert_eq!(request.method(), Method::POST);
    assert_eq!(request.uri(), "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token");
    assert_eq!(request.headers()[CONTENT_TYPE], "application/x-www-form-urlencoded");
    let form: Vec<(String, String)> = form_urlencoded::parse(request.body()).into_owned().collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(
        form,
        [
            ("grant_type", "client_credentials"),
            ("client_id", "app-id"),
            ("client_secret", "canary+secret&="),
            ("scope", "https://graph.microsoft.com/.default"),
            ("claims", r#"{"a":1,"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
        ]
    );
}

#[tokio::test]
async fn what_only_a_person_can_mend_is_said_clearly_and_not_asked_again() {
    for (number, words) in [
        (7_000_222, "expired"),
        (7_000_215, "wrong"),
        (90_002, "tenant is unknown"),
        (700_016, "application is unknown"),
    ] {
        for body in [
            format!(
                r#"{{"error":"invalid_client","error_codes":[{number}],"error_description":"AADSTS1: app-id"}}"#
            ),
            format!(r#"{{"error":"invalid_client","error_description":"AADSTS{number}: 'app-id' canary"}}"#),
        ] {
            let script = Script::new([reply_with(401, &[("x-ms-request-id", "r-1")], &body)]);
            let clock = TestClock::new();
            let error = source(&script).token(&wanted(None), clock.as_ref()).await.unwrap_err();
            let failure = *error.failure;
            assert_eq!(failure.kind, Kind::Unauthenticated);
            assert_eq!(failure.code, Some(format!("AADSTS{number}")));
            assert!(failure.message.contains(words), "{failure}");
            assert!(failure.hint.is_some());
            assert_eq!(failure.request_id.as_deref(), Some("r-1"));
            assert_eq!(script.count(), 1);
        }
    }
}

#[tokio::test]
async fn a_stumbling_sign_in_service_is_asked_again() {
    let script = Script::new([lost(Reached::MaybeSent), reply(503, "<html>"), reply(200, GOOD)]);
    let clock = TestClock::new();
    source(&script).token(&wanted(None), clock.as_ref()).await.unwrap();
    assert_eq!(script.count(), 3);
    assert_eq!(clock.passed(), Period::seconds(4));
}

#[tokio::test]
async fn it_waits_as_told_but_not_for_ever() {
    let clock = TestClock::new();
    let script = Script::new([reply_with(429, &[("retry-after", "2.5")], ""), reply(200, GOOD)]);
    source(&script).token(&wanted(None), clock.as_ref()).await.unwrap();
    assert_eq!(clock.passed(), Period::millis(2_500));

    let script = Script::new([reply_with(429, &[("retry-after", "600")], "")]);
    let error = source(&script).token(&wanted(None), clock.as_ref()).await.unwrap_err();
    assert_eq!((error.kind(), error.failure.retry), (Kind::Throttled, Retry::After(600_000)));
}

#[tokio::test]
async fn an_unreachable_service_is_named() {
    let script = Script::new([lost(Reached::NotSent), lost(Reached::NotSent), lost(Reached::NotSent)]);
    let error = source(&script).token(&wanted(None), TestClock::new().as_ref()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable);
    assert!(error.failure.message.contains("login.microsoftonline.com"), "{error}");
}

#[tokio::test]
async fn an_answer_without_a_token_is_not_taken_for_one() {
    for body in [
        "",
        "{}",
        "[]",
        "<html>",
        r#"{"token_type":"Bearer","expires_in":3599}"#,
        r#"{"token_type":"Bearer","expires_in":3599,"access_token":""}"#,
        r#"{"token_type":"pop","expires_in":3599,"access_token":"x"}"#,
        r#"{"token_type":"Bearer","access_token":"x"}"#,
    ] {
        let script = Script::new([reply(200, body)]);
        let error = source(&script).token(&wanted(None), TestClock::new().as_ref()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Protocol, "{body}");
    }
}

#[test]
fn neither_secret_nor_plain_http() {
    let script = Script::new([]);
    let shown = format!("{:?}", source(&script));
    assert!(!shown.contains("canary"), "{shown}");
    let authority = Url::parse("http://login.example").unwrap();
    assert!(ClientSecret::new(script, &authority, "t", "c", Secret::new("s", "s")).is_err());
}

#[test]
fn a_tenant_cannot_lead_to_another_path() {
    let authority = Url::parse("https://login.microsoftonline.com").unwrap();
    let source =
        ClientSecret::new(Script::new([]), &authority, "a/../b?c#d", "app", Secret::new("s", "s")).unwrap();
    assert_eq!(source.endpoint.url().path(), "/a%2F..%2Fb%3Fc%23d/oauth2/v2.0/token");
}
