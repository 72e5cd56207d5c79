use std::collections::BTreeMap;

use offboard_core::time::Timestamp;
use serde_json::Value;
use url::form_urlencoded;

use super::*;
use crate::testing::{Dice, Script, TestClock, lost, reply};
use crate::token::Audience;
use crate::token::certificate::tests::{RSA, certificate_for};
use crate::transport::Reached;

const GOOD: &str = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"canary-token"}"#;

fn source(script: &Arc<Script>, entropy: Arc<dyn Entropy>) -> ClientCertificate {
    let authority = Url::parse("https://login.microsoftonline.com").unwrap();
    let certificate = Certificate::from_pem(certificate_for(RSA).as_bytes(), Some(RSA.as_bytes())).unwrap();
    ClientCertificate::new(script.clone(), &authority, "contoso", "app-id", certificate, entropy).unwrap()
}

fn wanted() -> TokenRequest {
    let audience = Audience::of(&Url::parse("https://graph.microsoft.com").unwrap()).unwrap();
    TokenRequest { audience, claims: None }
}

/// Another number each time.
#[derive(Debug, Default)]
struct Counting(std::sync::atomic::AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    }
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn assertion(request: &http::Request<bytes::Bytes>) -> String {
    let form: BTreeMap<String, String> = form_urlencoded::parse(request.body()).into_owned().collect();
    form["client_assertion"].clone()
}

#[tokio::test]
async fn the_assertion_is_what_microsoft_asks_for() {
    let (script, clock) = (Script::new([reply(200, GOOD)]), TestClock::new());
    let source = source(&script, Arc::new(Dice(7)));
    source.token(&wanted(), clock.as_ref()).await.unwrap();
    let request = &script.seen()[0];
    let form: BTreeMap<String, String> = form_urlencoded::parse(request.body()).into_owned().collect();
    let names: Vec<&str> = form.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["claims", "client_assertion", "client_assertion_type", "client_id", "grant_type", "scope"]
    );
    assert_eq!(form["grant_type"], "client_credentials");
    assert_eq!(form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    let parts: Vec<&str> = form["client_assertion"].split('.').collect();
    assert_eq!(
        decoded(parts[0]),
        json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": source.certificate.thumbprint() })
    );
    let now = clock.now().as_secs();
    assert_eq!(
        decoded(parts[1]),
        json!({
            "aud": "https://login.microsoftonline.com/contoso/oauth2/v2.0/token",
            "iss": "app-id",
            "sub": "app-id",
            "jti": random_guid(&Dice(7)),
            "iat": now, "nbf": now, "exp": now + 300,
        })
    );
}

#[tokio::test]
async fn what_is_asked_again_is_signed_again() {
    let (script, clock) = (Script::new([lost(Reached::MaybeSent), reply(200, GOOD)]), TestClock::new());
    source(&script, Arc::new(Counting::default())).token(&wanted(), clock.as_ref()).await.unwrap();
    let seen = script.seen();
    let ids =
        seen.iter().map(|request| decoded(assertion(request).split('.').nth(1).unwrap())["jti"].clone());
    let ids: Vec<Value> = ids.collect();
    assert_ne!(ids[0], ids[1], "an assertion that may have arrived must not be used again");
}

#[tokio::test]
async fn a_certificate_outside_its_time_is_not_sent() {
    for (at, words) in [("2027-11-01T00:00:00Z", "ended"), ("2026-10-31T00:00:00Z", "begins")] {
        let (script, clock) = (Script::new([]), At(at.parse().unwrap()));
        let error = source(&script, Arc::new(Dice(0))).token(&wanted(), &clock).await.unwrap_err();
        assert!(error.failure.message.contains(words), "{error}");
        assert_eq!(error.failure.code.as_deref(), Some("certificate_not_valid"));
        assert_eq!(error.kind(), Kind::Unauthenticated);
    }
}

#[derive(Debug)]
struct At(Timestamp);

#[async_trait]
impl Clock for At {
    fn now(&self) -> Timestamp {
        self.0
    }

    async fn sleep_until(&self, _: Timestamp) {}
}

#[test]
fn it_shows_neither_key_nor_assertion() {
    let shown = format!("{:?}", source(&Script::new([]), Arc::new(Dice(0))));
    assert!(shown.starts_with("ClientCertificate(app-id at https://login.") && shown.len() < 240, "{shown}");
}
