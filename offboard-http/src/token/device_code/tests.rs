use std::collections::BTreeMap;
use std::sync::Mutex as StdMutex;

use url::form_urlencoded;

use super::*;
use crate::testing::{Script, TestClock, lost, reply};
use crate::token::Audience;
use crate::transport::Reached;

const CODE: &str = r#"{"user_code":"ABCD-1234","device_code":"canary-device","verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":5,"message":"m"}"#;
const TOKEN: &str = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"canary-token","refresh_token":"canary-refresh"}"#;

fn refusal(word: &str) -> String {
    format!(r#"{{"error":"{word}","error_description":"AADSTS1: x","error_codes":[1]}}"#)
}

fn wanted(service: &str) -> TokenRequest {
    TokenRequest { audience: Audience::of(&Url::parse(service).unwrap()).unwrap(), claims: None }
}

struct Bench {
    source: DeviceCode,
    script: Arc<Script>,
    clock: Arc<TestClock>,
    prompts: Arc<StdMutex<Vec<DevicePrompt>>>,
}

fn bench(
    replies: impl IntoIterator<Item = Result<http::Response<bytes::Bytes>, crate::transport::TransportError>>,
) -> Bench {
    let (script, clock) = (Script::new(replies), TestClock::new());
    let prompts = Arc::new(StdMutex::new(Vec::new()));
    let seen = prompts.clone();
    let authority = Url::parse("https://login.microsoftonline.com").unwrap();
    let prompt = move |prompt: &DevicePrompt| seen.lock().unwrap().push(prompt.clone());
    let source = DeviceCode::new(script.clone(), &authority, "contoso", "app-id", prompt).unwrap();
    Bench { source, script, clock, prompts }
}

impl Bench {
    async fn graph(&self) -> Result<Token, ProviderError> {
        self.source.token(&wanted("https://graph.microsoft.com"), self.clock.as_ref()).await
    }

    fn form(&self, place: usize) -> BTreeMap<String, String> {
        form_urlencoded::parse(self.script.seen()[place].body()).into_owned().collect()
    }
}

#[tokio::test]
async fn a_person_is_shown_the_code_and_waited_for() {
    let bench = bench([reply(200, CODE), reply(400, &refusal("authorization_pending")), reply(200, TOKEN)]);
    bench.graph().await.unwrap();
    assert_eq!(bench.clock.passed(), Period::seconds(10));
    let prompts = bench.prompts.lock().unwrap();
    assert_eq!(prompts[0].user_code, "ABCD-1234");
    assert_eq!(prompts[0].verification_uri, "https://microsoft.com/devicelogin");
    assert!(!format!("{prompts:?}").contains("ABCD"), "{prompts:?}");
    let begun = bench.form(0);
    assert_eq!(begun["scope"], "https://graph.microsoft.com/.default offline_access");
    assert!(bench.script.seen()[0].uri().path().ends_with("/contoso/oauth2/v2.0/devicecode"));
    let asked = bench.form(2);
    assert_eq!(asked["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!(asked["device_code"], "canary-device");
}

#[tokio::test]
async fn it_slows_down_when_told_and_survives_a_lost_answer() {
    let bench = bench([
        reply(200, CODE),
        reply(400, &refusal("slow_down")),
        lost(Reached::MaybeSent),
        lost(Reached::MaybeSent),
        lost(Reached::MaybeSent),
        reply(200, TOKEN),
    ]);
    bench.graph().await.unwrap();
    // 5 for the first, 10 for each of the others, and the pauses of 1 and 3 between the lost ones.
    assert_eq!(bench.clock.passed(), Period::seconds(5 + 10 + 4 + 10));
}

#[tokio::test]
async fn declined_expired_and_refused_are_told_apart() {
    for (word, code) in [
        ("authorization_declined", "authorization_declined"),
        ("access_denied", "authorization_declined"),
        ("expired_token", "device_code_expired"),
        ("bad_verification_code", "AADSTS1"),
    ] {
        let bench = bench([reply(200, CODE), reply(400, &refusal(word))]);
        let error = bench.graph().await.unwrap_err();
        assert_eq!(error.failure.code.as_deref(), Some(code), "{word}");
        assert_eq!(error.kind(), Kind::Unauthenticated);
        assert!(error.failure.hint.is_some());
    }
    let short = CODE.replace("900", "12");
    let pending = || reply(400, &refusal("authorization_pending"));
    let bench = bench([reply(200, &short), pending(), pending()]);
    let error = bench.graph().await.unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("device_code_expired"), "the end is ours to see too");
}

#[tokio::test]
async fn one_sign_in_serves_both_services_and_is_renewed() {
    let renewed = TOKEN.replace("canary-refresh", "canary-second");
    let bench = bench([reply(200, CODE), reply(200, TOKEN), reply(200, &renewed), reply(200, TOKEN)]);
    bench.graph().await.unwrap();
    let exchange = wanted("https://outlook.office365.com");
    let token = bench.source.token(&exchange, bench.clock.as_ref()).await.unwrap();
    assert_eq!(token.origin().host(), "outlook.office365.com");
    bench.graph().await.unwrap();
    assert_eq!(bench.prompts.lock().unwrap().len(), 1);
    assert_eq!(bench.form(2)["grant_type"], "refresh_token");
    assert_eq!(bench.form(2)["refresh_token"], "canary-refresh");
    assert_eq!(bench.form(2)["scope"], "https://outlook.office365.com/.default offline_access");
    assert_eq!(bench.form(3)["refresh_token"], "canary-second");
}

#[tokio::test]
async fn a_sign_in_that_was_revoked_asks_the_person_again() {
    let bench = bench([
        reply(200, CODE),
        reply(200, TOKEN),
        reply(400, &refusal("invalid_grant")),
        reply(200, CODE),
        reply(200, TOKEN),
    ]);
    bench.graph().await.unwrap();
    bench.graph().await.unwrap();
    assert_eq!(bench.prompts.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn what_a_terminal_would_obey_is_not_shown() {
    for bad in ["AB\\u001b[2J", "", "A B"] {
        let bench = bench([reply(200, &CODE.replace("ABCD-1234", bad))]);
        assert_eq!(bench.graph().await.unwrap_err().kind(), Kind::Protocol, "{bad}");
        assert!(bench.prompts.lock().unwrap().is_empty());
    }
}

#[test]
fn it_shows_no_secret() {
    let shown = format!("{:?}", bench([]).source);
    assert_eq!(shown, "DeviceCode(app-id at https://login.microsoftonline.com/contoso/oauth2/v2.0/token)");
}
