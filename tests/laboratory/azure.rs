//! Signing in by Microsoft's own library, as the whole does it: each way runs, renews its tokens in the middle of a run,
//! and is refused in words that say what to do.

use std::path::PathBuf;
use std::sync::Arc;

use crate::common::{Lab, policy};
use async_trait::async_trait;
use azure_core::cloud::CustomConfiguration;
use azure_core::error::{Error, ErrorKind as TheirKind};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, Transport as TheirTransport};
use azure_identity::{ClientSecretCredential, ClientSecretCredentialOptions};
use bytes::Bytes;
use http::Method;
use offboard::core::model::cloud::Cloud;
use offboard::core::time::{Host, Period};
use offboard::http::token::azure::{AzureIdentity, ManagedIdentity};
use offboard::http::transport::{Reached, Transport, TransportError};
use offboard::{
    Connect, Engine, ErrorKind, Failure, Journal, Kind, MemoryJournal, Outcome, Secret, TenantId, Until,
    connect,
};
use offboard_sim::{Door, Fault, Matcher, SimClock, Tenant};
use tempfile::TempDir;

fn host(tenant: &Tenant) -> Host {
    Host { clock: tenant.clock(), entropy: tenant.entropy() }
}

fn id(tenant: &Tenant) -> TenantId {
    tenant.app().tenant_id.to_string().parse().unwrap()
}

/// An engine on the tenant that signs in in this way.
fn lab(tenant: Tenant, with: Connect) -> Lab {
    let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::new());
    let (host, id) = (host(&tenant), id(&tenant));
    let providers = connect(with).unwrap().providers;
    let engine = Engine::new(id, Cloud::Worldwide, providers, journal.clone(), host, "test");
    Lab { tenant, engine, journal }
}

/// A pod, with the file that its platform keeps fresh.
struct Pod {
    folder: TempDir,
}

impl Pod {
    fn new(tenant: &Tenant) -> Self {
        let pod = Self { folder: tempfile::tempdir().unwrap() };
        pod.refresh(tenant);
        pod
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    /// As the platform does before the token ends.
    fn refresh(&self, tenant: &Tenant) {
        std::fs::write(self.file(), tenant.federated_token(Period::hours(1)).unwrap()).unwrap();
    }

    fn lab(&self, tenant: Tenant) -> Lab {
        let with = Connect::with_workload_identity(
            id(&tenant),
            Cloud::Worldwide,
            tenant.transport(),
            &tenant.app().client_id,
            self.file(),
            host(&tenant),
        );
        lab(tenant, with.unwrap())
    }
}

fn machine(tenant: Tenant, identity: ManagedIdentity) -> Lab {
    let with = Connect::with_managed_identity(
        id(&tenant),
        Cloud::Worldwide,
        tenant.transport(),
        identity,
        host(&tenant),
    );
    lab(tenant, with)
}

/// How often somebody asked for a token, and got one.
fn tokens(tenant: &Tenant) -> usize {
    let rows = tenant.recorder().all();
    rows.iter().filter(|row| row.door == Door::SignIn && row.status == Some(200)).count()
}

/// Contains Alex, with something that happens between the plan and the run; nothing is done that was not seen.
#[track_caller]
fn contained(lab: &Lab, happens: impl FnOnce(&Tenant)) {
    let containment = policy("containment");
    let planned = lab.block_on(lab.plan(&containment, "alex@contoso.com", None)).unwrap();
    lab.tenant.recorder().clear();
    happens(&lab.tenant);
    let (run, _) = lab.block_on(lab.apply(&planned.plan, &containment, Until::Done)).unwrap();
    let report = lab.block_on(lab.report(&run)).unwrap();
    assert_eq!(report.exit().code(), 0, "{}", report.to_text());
    assert!(report.steps.iter().any(|step| step.outcome == Outcome::Done), "{}", report.to_text());
    assert_eq!(lab.contradictions(&report), Vec::<String>::new());
}

/// Why nobody is signed in.
#[track_caller]
fn refused(lab: &Lab) -> Failure {
    let error = lab.block_on(lab.plan(&policy("containment"), "alex@contoso.com", None)).unwrap_err();
    match error.kind() {
        ErrorKind::Provider(failure) => failure.clone(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_workload_runs_and_renews_its_tokens() {
    let tenant = Tenant::contoso(1);
    let pod = Pod::new(&tenant);
    let lab = pod.lab(tenant);
    contained(&lab, |tenant| {
        tenant.clock().advance(Period::minutes(61));
        pod.refresh(tenant);
    });
    assert_eq!(tokens(&lab.tenant), 2, "one for each service, though the library counts by another clock");
}

#[test]
fn a_workload_answers_a_claims_challenge() {
    let tenant = Tenant::contoso(1);
    let lab = Pod::new(&tenant).lab(tenant);
    // The file is gone with the pod: the token it held is good for an hour, and so is what it brought.
    let failure = refused(&lab);
    assert_eq!(failure.code.as_deref(), Some("credential_unusable"), "{failure}");

    let tenant = Tenant::contoso(1);
    let pod = Pod::new(&tenant);
    let lab = pod.lab(tenant);
    contained(&lab, |tenant| {
        tenant.clock().advance(Period::minutes(2));
        tenant.revoke_app_sessions();
        tenant.clock().advance(Period::seconds(2));
    });
    assert_eq!(tokens(&lab.tenant), 2, "one for each service");
    assert!(lab.tenant.recorder().all().iter().any(|row| row.status == Some(401)));
}

#[test]
fn a_workload_whose_token_ended_is_told_so() {
    let tenant = Tenant::contoso(1);
    let pod = Pod::new(&tenant);
    tenant.clock().advance(Period::minutes(66));
    let failure = refused(&pod.lab(tenant));
    assert_eq!((failure.kind, failure.code.as_deref()), (Kind::Unauthenticated, Some("AADSTS700024")));
    assert!(failure.hint.is_some(), "{failure}");
}

#[test]
fn a_workload_that_is_not_trusted_is_told_what_to_compare() {
    let tenant = Tenant::contoso(1);
    let pod = Pod::new(&tenant);
    let app = tenant.app().object_id;
    tenant.world(|world| {
        world.service_principals.get_mut(&app).unwrap().federated[0].subject.push('2');
    });
    let failure = refused(&pod.lab(tenant));
    assert_eq!(failure.code.as_deref(), Some("AADSTS700213"));
    assert!(failure.hint.as_deref().unwrap().contains("subject"), "{failure}");
    assert!(!failure.to_string().contains("serviceaccount"), "{failure}");
}

#[test]
fn a_managed_identity_runs_and_renews_its_tokens() {
    let client = Tenant::contoso(1).app().client_id;
    for identity in [ManagedIdentity::System, ManagedIdentity::Client(client)] {
        let lab = machine(Tenant::contoso(1), identity);
        contained(&lab, |tenant| tenant.clock().advance(Period::minutes(61)));
        assert_eq!(tokens(&lab.tenant), 2, "one for each service");
    }
}

#[test]
fn an_identity_that_the_machine_has_not_is_said() {
    let other = ManagedIdentity::Client("9a7b6c5d-0000-4000-8000-000000000009".to_owned());
    let failure = refused(&machine(Tenant::contoso(1), other));
    assert_eq!((failure.kind, failure.code.as_deref()), (Kind::Unauthenticated, Some("identity_not_found")));
    let tenant = Tenant::contoso(1);
    tenant.world(|world| world.settings.managed_identity = None);
    assert_eq!(
        refused(&machine(tenant, ManagedIdentity::System)).code.as_deref(),
        Some("identity_not_found")
    );
}

#[test]
fn a_stumbling_identity_service_is_asked_again() {
    let lab = machine(Tenant::contoso(1), ManagedIdentity::System);
    for status in [410, 429] {
        lab.tenant
            .faults()
            .once(Matcher::graph(&Method::GET, "/metadata/identity/oauth2/token"), Fault::status(status));
    }
    contained(&lab, |_| {});
}

#[test]
fn a_managed_identity_that_is_taken_back_is_said_and_not_asked_for_ever() {
    let lab = machine(Tenant::contoso(1), ManagedIdentity::System);
    lab.tenant.faults().always(Matcher::reads(), Fault::ClaimsChallenge);
    let failure = refused(&lab);
    assert_eq!((failure.kind, failure.code.as_deref()), (Kind::Unauthenticated, Some("claims_challenge")));
}

#[test]
fn an_assertion_of_somebody_elses_runs() {
    let tenant = Tenant::contoso(1);
    let authority = "https://login.microsoftonline.com".parse().unwrap();
    let sim = tenant.clone();
    let fetch = move || {
        let assertion = sim.federated_token(Period::minutes(5)).unwrap();
        async move { Ok(Secret::new("assertion", assertion)) }
    };
    let client = tenant.app().client_id;
    let source =
        AzureIdentity::assertion(tenant.transport(), &authority, id(&tenant), &client, fetch).unwrap();
    let with = Connect::with_tokens(
        id(&tenant),
        Cloud::Worldwide,
        tenant.transport(),
        &client,
        Arc::new(source),
        host(&tenant),
    );
    let lab = lab(tenant, with);
    contained(&lab, |tenant| tenant.clock().advance(Period::minutes(61)));
    assert_eq!(tokens(&lab.tenant), 2, "one for each service");
}

/// The tenant as Microsoft's library reaches it.
#[derive(Debug)]
struct Theirs(Arc<dyn Transport>);

#[async_trait]
impl HttpClient for Theirs {
    async fn execute_request(
        &self,
        request: &azure_core::http::Request,
    ) -> azure_core::Result<AsyncRawResponse> {
        let mut message =
            http::Request::builder().method(request.method().as_ref()).uri(request.url().as_str());
        for (name, value) in request.headers().iter() {
            message = message.header(name.as_str(), value.as_str());
        }
        let body: Bytes = request.body().into();
        let answer = self.0.send(message.body(body).unwrap()).await;
        let answer = answer.map_err(|error| Error::new(TheirKind::Other, error))?;
        let status = answer.status().as_u16().into();
        Ok(AsyncRawResponse::from_bytes(status, Headers::new(), answer.into_body()))
    }
}

fn by_their_secret(tenant: &Tenant, secret: &str) -> Connect {
    let mut cloud = CustomConfiguration::default();
    "https://login.microsoftonline.com".clone_into(&mut cloud.authority_host);
    let client_options = ClientOptions {
        transport: Some(TheirTransport::new(Arc::new(Theirs(tenant.transport())))),
        cloud: Some(Arc::new(cloud.into())),
        ..ClientOptions::default()
    };
    let app = tenant.app();
    let options = ClientSecretCredentialOptions { client_options };
    let credential = ClientSecretCredential::new(
        &app.tenant_id.to_string(),
        app.client_id.clone(),
        secret.to_owned().into(),
        Some(options),
    );
    let source = Arc::new(AzureIdentity::credential(credential.unwrap()));
    Connect::with_tokens(
        id(tenant),
        Cloud::Worldwide,
        tenant.transport(),
        &app.client_id,
        source,
        host(tenant),
    )
}

#[test]
fn a_credential_of_the_library_itself_runs() {
    // It counts by the machine's clock, as somebody else's code does.
    let now = offboard::Clock::now(&offboard::SystemClock);
    let tenant = Tenant::contoso_on(1, SimClock::starting_at(now));
    let with = by_their_secret(&tenant, &tenant.app().secret);
    contained(&lab(tenant, with), |_| {});

    let tenant = Tenant::contoso(1);
    let with = by_their_secret(&tenant, "canary");
    let failure = refused(&lab(tenant, with));
    assert_eq!((failure.kind, failure.code.as_deref()), (Kind::Unauthenticated, Some("credential_refused")));
    assert!(!format!("{failure:?}").contains("canary"));
}

/// A way there on which nobody's certificate is trusted.
#[derive(Debug)]
struct Untrusted;

#[async_trait]
impl Transport for Untrusted {
    async fn send(&self, _: http::Request<Bytes>) -> Result<http::Response<Bytes>, TransportError> {
        Err(TransportError::new(
            Reached::NotSent,
            "could not connect: invalid peer certificate: UnknownIssuer",
        ))
    }
}

#[test]
fn an_untrusted_certificate_is_said_within_seconds() {
    let tenant = Tenant::contoso(1);
    let pod = Pod::new(&tenant);
    let with = Connect::with_workload_identity(
        id(&tenant),
        Cloud::Worldwide,
        Arc::new(Untrusted),
        &tenant.app().client_id,
        pod.file(),
        host(&tenant),
    );
    let tokens = with.unwrap().tokens;
    let clock = tenant.clock();
    let began = offboard::Clock::now(clock.as_ref());
    let audience =
        offboard::http::token::Audience::of(&"https://graph.microsoft.com".parse().unwrap()).unwrap();
    let wanted = offboard::http::token::TokenRequest { audience, claims: None };
    let error = clock.block_on(tokens.token(&wanted, clock.as_ref())).unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some("sign_in_unreachable"));
    assert!(error.failure.message.contains("UnknownIssuer"), "{error}");
    assert_eq!(offboard::Clock::now(clock.as_ref()).since(began), Period::seconds(4));
}
