mod programs;

use azure_core::credentials::TokenRequestOptions;
use azure_core::error::{Error, ErrorKind};
use azure_core::time::OffsetDateTime;
use offboard_core::failure::Retry;
use offboard_core::time::Period;
use url::form_urlencoded;

use super::*;
use crate::testing::{Script, TestClock, lost, reply, reply_with, start};
use crate::token::{Audience, Tokens};
use crate::transport::{OnThisLink, Reached};

const TENANT: &str = "11111111-2222-4333-8444-555555555555";
const GOOD: &str =
    r#"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"canary-token"}"#;

fn tenant() -> TenantId {
    TENANT.parse().unwrap()
}

fn authority() -> Url {
    Url::parse("https://login.microsoftonline.us").unwrap()
}

fn audience() -> Audience {
    Audience::of(&Url::parse("https://graph.microsoft.us").unwrap()).unwrap()
}

fn wanted(claims: Option<&str>) -> TokenRequest {
    TokenRequest { audience: audience(), claims: claims.map(str::to_owned) }
}

fn asserted(script: &Arc<Script>) -> AzureIdentity {
    let fetch = || async { Ok(Secret::new("assertion", "canary.assertion+/=")) };
    AzureIdentity::assertion(script.clone(), &authority(), tenant(), "app-id", fetch).unwrap()
}

fn managed(script: &Arc<Script>, identity: ManagedIdentity) -> AzureIdentity {
    AzureIdentity::managed(script.clone(), identity)
}

async fn refused(source: &AzureIdentity) -> Failure {
    *source.token(&wanted(None), TestClock::new().as_ref()).await.unwrap_err().failure
}

#[tokio::test]
async fn an_assertion_is_sent_with_the_claims_that_the_library_leaves_out() {
    let (script, clock) = (Script::new([reply(200, GOOD)]), TestClock::new());
    let token = asserted(&script).token(&wanted(Some(r#"{"a":1}"#)), clock.as_ref()).await.unwrap();
    assert_eq!(token.expires_at().since(clock.now()), Period::seconds(3_599));
    let request = &script.seen()[0];
    let url = format!("https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token");
    assert_eq!(request.uri().to_string(), url);
    assert!(request.extensions().get::<OnThisLink>().is_none());
    let form: Vec<(String, String)> = form_urlencoded::parse(request.body()).into_owned().collect();
    let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    for pair in [
        ("grant_type", "client_credentials"),
        ("client_id", "app-id"),
        ("client_assertion", "canary.assertion+/="),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("scope", "https://graph.microsoft.us/.default"),
        ("claims", r#"{"a":1,"access_token":{"xms_cc":{"values":["cp1"]}}}"#),
    ] {
        assert!(form.contains(&pair), "{pair:?} in {form:?}");
    }
}

#[tokio::test]
async fn a_workload_reads_its_file_anew_for_each_token() {
    let file = std::env::temp_dir().join(format!("offboard-federated-{}", std::process::id()));
    std::fs::write(&file, "first").unwrap();
    let (script, clock) = (Script::new([reply(200, GOOD), reply(200, GOOD)]), TestClock::new());
    let source = AzureIdentity::workload(script.clone(), &authority(), tenant(), "app-id", &file).unwrap();
    source.token(&wanted(None), clock.as_ref()).await.unwrap();
    std::fs::write(&file, "second").unwrap();
    source.token(&wanted(None), clock.as_ref()).await.unwrap();
    std::fs::remove_file(&file).unwrap();
    let sent: Vec<bool> = ["first", "second"]
        .iter()
        .zip(script.seen())
        .map(|(text, request)| String::from_utf8_lossy(request.body()).contains(&format!("assertion={text}")))
        .collect();
    assert_eq!(sent, [true, true]);
    let failure = refused(&source).await;
    assert_eq!(failure.code.as_deref(), Some("credential_unusable"));
    assert!(failure.message.contains("offboard-federated"), "{failure}");
    assert!(failure.hint.unwrap().contains("service account"));
}

#[tokio::test]
async fn asking_again_is_ours_and_short() {
    // An untrusted certificate is a request that never left.
    let script = Script::new([lost(Reached::NotSent), lost(Reached::NotSent), lost(Reached::NotSent)]);
    let clock = TestClock::new();
    let error = asserted(&script).token(&wanted(None), clock.as_ref()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.failure.code.as_deref()),
        (Kind::Unavailable, Some("sign_in_unreachable"))
    );
    assert!(error.failure.message.contains("login.microsoftonline.us"), "{error}");
    assert_eq!((script.count(), clock.passed()), (3, Period::seconds(4)));

    let script =
        Script::new([reply_with(429, &[("retry-after", "2.5")], ""), reply(503, "x"), reply(200, GOOD)]);
    let clock = TestClock::new();
    asserted(&script).token(&wanted(None), clock.as_ref()).await.unwrap();
    assert_eq!((script.count(), clock.passed()), (3, Period::micros(5_500_000)));

    let script = Script::new([reply_with(429, &[("retry-after", "600")], "")]);
    let failure = refused(&asserted(&script)).await;
    assert_eq!((failure.kind, failure.retry), (Kind::Throttled, Retry::After(600_000)));
}

#[tokio::test]
async fn a_refusal_is_said_in_our_words() {
    for (number, words) in
        [(700_213, "federated credential"), (700_024, "outside its time"), (90_002, "tenant")]
    {
        let body = format!(
            r#"{{"error":"invalid_client","error_codes":[{number}],"error_description":"AADSTS{number}: canary app-id"}}"#
        );
        let script = Script::new([reply_with(401, &[("x-ms-request-id", "r-1")], &body)]);
        let failure = refused(&asserted(&script)).await;
        assert_eq!((failure.kind, failure.code), (Kind::Unauthenticated, Some(format!("AADSTS{number}"))));
        assert!(
            failure.message.contains(words) && !failure.message.contains("canary"),
            "{}",
            failure.message
        );
        assert!(failure.hint.is_some());
        assert_eq!((failure.request_id.as_deref(), script.count()), (Some("r-1"), 1));
    }
}

#[tokio::test]
async fn an_answer_without_a_token_is_not_taken_for_one() {
    for body in [
        r#"{"token_type":"Bearer","expires_in":3599}"#,
        r#"{"token_type":"pop","expires_in":3599,"access_token":"canary"}"#,
        r#"{"token_type":"Bearer","access_token":"canary"}"#,
        r#"{"expires_in":3599,"access_token":"canary"}"#,
        r#"{"token_type":"Bearer","expires_in":true,"access_token":"canary"}"#,
    ] {
        let script = Script::new([reply(200, body)]);
        let failure = refused(&asserted(&script)).await;
        assert_eq!(failure.kind, Kind::Protocol, "{body}");
        assert!(!failure.to_string().contains("canary"), "{failure}");
    }
    for body in ["", "{}", "[]", "<html>", r#"{"token_type":"Bearer","expires_in":3599,"access_token":""}"#] {
        let script = Script::new([reply(200, body)]);
        assert_eq!(refused(&asserted(&script)).await.kind, Kind::Protocol, "{body}");
        let script = Script::new([reply(200, body)]);
        assert_eq!(refused(&managed(&script, ManagedIdentity::System)).await.kind, Kind::Protocol, "{body}");
    }
}

#[tokio::test]
async fn a_life_that_no_calendar_holds_is_not_believed() {
    for life in ["9223372036854775807", "\"9223372036854775807\"", "99999999999", "315360001"] {
        let body = GOOD.replacen("3599", life, 1);
        let (script, clock) = (Script::new([reply(200, &body)]), TestClock::new());
        let token = asserted(&script).token(&wanted(None), clock.as_ref()).await.unwrap();
        assert_eq!(token.expires_at().since(clock.now()), LONGEST, "{life}");
    }
}

#[tokio::test]
async fn what_brings_no_assertion_is_told_as_it_was() {
    let script = Script::new([]);
    let fetch =
        || async { Err(ProviderError::new("vault", Failure::new(Kind::Unavailable, "the vault is sealed"))) };
    let source = AzureIdentity::assertion(script.clone(), &authority(), tenant(), "app-id", fetch).unwrap();
    let error = source.token(&wanted(None), TestClock::new().as_ref()).await.unwrap_err();
    assert_eq!(error.failure.message, "the vault is sealed");
}

#[tokio::test]
async fn the_machine_is_asked_for_its_identity_on_its_link() {
    let ends = (start() + Period::hours(24)).as_secs();
    let body = format!(
        r#"{{"access_token":"canary","expires_on":"{ends}","resource":"https://graph.microsoft.us","token_type":"Bearer"}}"#
    );
    for (identity, said) in [
        (ManagedIdentity::System, None),
        (ManagedIdentity::Client("c-1".to_owned()), Some("client_id=c-1")),
        (ManagedIdentity::Object("o-1".to_owned()), Some("object_id=o-1")),
        (ManagedIdentity::Resource("/r-1".to_owned()), Some("msi_res_id=%2Fr-1")),
    ] {
        let script = Script::new([reply(200, &body)]);
        let token = managed(&script, identity).token(&wanted(None), TestClock::new().as_ref()).await.unwrap();
        assert_eq!(token.expires_at(), start() + Period::hours(24));
        let request = &script.seen()[0];
        let uri = request.uri().to_string();
        assert!(
            uri.starts_with("http://169.254.169.254/metadata/identity/oauth2/token?api-version="),
            "{uri}"
        );
        assert!(uri.contains("resource=https%3A%2F%2Fgraph.microsoft.us"), "{uri}");
        assert!(said.is_none_or(|said| uri.contains(said)), "{uri}");
        assert_eq!(request.headers()["metadata"], "true");
        assert!(request.extensions().get::<OnThisLink>().is_some());
    }
}

#[test]
fn what_proves_the_asker_is_shown_to_nobody() {
    let url = Url::parse("http://127.0.0.1:42356/msi/token").unwrap();
    let mut request = azure_core::http::Request::new(url, azure_core::http::Method::Get);
    request.insert_header("x-identity-header", "canary");
    request.insert_header("metadata", "true");
    let message = line::message(&request, None).unwrap();
    assert!(message.headers()["x-identity-header"].is_sensitive());
    assert_eq!(message.headers()["metadata"], "true");
    assert!(!format!("{message:?}").contains("canary"));
}

#[tokio::test]
async fn what_the_machine_answers_is_understood() {
    let unknown = r#"{"error":"invalid_request","error_description":"Identity not found"}"#;
    let told = r#"{"error":"unauthorized_client","error_description":"AADSTS700016: canary is not found"}"#;
    for (status, body, kind, code, asked) in [
        (400, unknown, Kind::Unauthenticated, Some("identity_not_found"), 1),
        (400, r#"{"error":"invalid_resource"}"#, Kind::Unauthenticated, Some("AADSTS500011"), 1),
        (400, told, Kind::Unauthenticated, Some("AADSTS700016"), 1),
        (401, "", Kind::Unauthenticated, Some("identity_refused"), 1),
        (404, "", Kind::Unavailable, None, 3),
        (410, "", Kind::Unavailable, None, 3),
        (429, "", Kind::Throttled, None, 3),
        (500, "canary", Kind::Unavailable, None, 3),
    ] {
        let script = Script::new((0..asked).map(|_| reply(status, body)));
        let failure = refused(&managed(&script, ManagedIdentity::System)).await;
        assert_eq!((failure.kind, failure.code.as_deref()), (kind, code), "{status}");
        assert!(failure.hint.is_some() && !failure.message.contains("canary"), "{failure}");
        assert_eq!(script.count(), asked, "{status}");
    }
    let (script, clock) = (Script::new([lost(Reached::NotSent)]), TestClock::new());
    let source = managed(&script, ManagedIdentity::System);
    let error = source.token(&wanted(None), clock.as_ref()).await.unwrap_err();
    assert_eq!((error.kind(), script.count(), clock.passed()), (Kind::Unavailable, 1, Period::ZERO));
    assert!(error.failure.hint.unwrap().contains("only Azure"));
}

#[tokio::test]
async fn a_challenge_that_cannot_be_passed_on_is_said() {
    let script = Script::new([]);
    let error = managed(&script, ManagedIdentity::System)
        .token(&wanted(Some(r#"{"a":1}"#)), TestClock::new().as_ref())
        .await
        .unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("claims_challenge"));
    assert!(error.failure.hint.is_some());
}

/// A credential of somebody else's.
#[derive(Debug)]
struct Theirs(Option<ErrorKind>);

#[async_trait]
impl TokenCredential for Theirs {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        assert_eq!(scopes, ["https://graph.microsoft.us/.default"]);
        match self.0.clone() {
            None => {
                let ends = OffsetDateTime::from_unix_timestamp(start().as_secs() + 3_600).unwrap();
                Ok(AccessToken::new("canary", ends))
            }
            Some(kind) => {
                let inner = Error::with_message(kind, "canary inside");
                Err(Error::with_error(ErrorKind::Credential, inner, "canary outside"))
            }
        }
    }
}

#[tokio::test]
async fn any_credential_of_the_library_serves() {
    let clock = TestClock::new();
    let tokens = Tokens::new(Arc::new(AzureIdentity::credential(Arc::new(Theirs(None)))), clock.clone());
    assert_eq!(tokens.get(&audience()).await.unwrap().expires_at(), start() + Period::hours(1));
    for (kind, wanted) in [
        (ErrorKind::Credential, Kind::Unauthenticated),
        (ErrorKind::Io, Kind::Unavailable),
        (ErrorKind::DataConversion, Kind::Protocol),
    ] {
        let failure = refused(&AzureIdentity::credential(Arc::new(Theirs(Some(kind))))).await;
        assert_eq!(failure.kind, wanted);
        assert!(!failure.to_string().contains("canary"), "{failure}");
    }
}

#[test]
fn neither_secrets_nor_plain_http() {
    let script = Script::new([]);
    let plain = Url::parse("http://127.0.0.1:8080/login").unwrap();
    assert_eq!(
        AzureIdentity::workload(script.clone(), &plain, tenant(), "app", "/f").unwrap_err(),
        OriginError::Plain
    );
    for source in [asserted(&script), managed(&script, ManagedIdentity::System)] {
        assert!(!format!("{source:?}").contains("canary"));
    }
}
