//! The port against the simulated tenant, which reads Microsoft's documentation independently of this crate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "what a test cannot do, it cannot go on without")]

use std::sync::Arc;

use http::Method;
use offboard_core::failure::Kind;
use offboard_core::model::cloud::{Cloud, Hosts};
use offboard_core::ports::{Call, Sites};
use offboard_core::time::{Host, Period};
use offboard_http::client::Wire;
use offboard_http::quota::{Quotas, TenantSize};
use offboard_http::throttle::Throttle;
use offboard_http::token::{Certificate, ClientCertificate, ClientSecret, Secret, TokenSource, Tokens};
use offboard_sharepoint::SharePoint;
use offboard_sim::world::{DriveState, SiteUser};
use offboard_sim::{Door, Exchanged, Fault, Matcher, Tenant};
use serde_json::json;
use url::Url;

const SITE: &str = "https://contoso-my.sharepoint.com/personal/adele_contoso_com";
const MEGAN: &str = "i:0#.f|membership|megan@contoso.com";
const ADELE: &str = "i:0#.f|membership|adele@contoso.com";

struct Bench {
    tenant: Tenant,
    sites: SharePoint,
}

impl Bench {
    fn with_certificate() -> Self {
        Self::at(&Cloud::Worldwide.hosts().unwrap(), |tenant, authority| {
            let app = tenant.app();
            let (transport, name) = (tenant.transport(), app.tenant_id.to_string());
            let certificate = Certificate::from_pem(app.certificate.as_bytes(), None).unwrap();
            let source = ClientCertificate::new(
                transport,
                authority,
                &name,
                &app.client_id,
                certificate,
                tenant.entropy(),
            );
            Arc::new(source.unwrap())
        })
    }

    fn with_secret() -> Self {
        Self::at(&Cloud::Worldwide.hosts().unwrap(), |tenant, authority| {
            let app = tenant.app();
            let (transport, name) = (tenant.transport(), app.tenant_id.to_string());
            let secret = Secret::new("client secret", app.secret);
            Arc::new(ClientSecret::new(transport, authority, &name, &app.client_id, secret).unwrap())
        })
    }

    fn at(hosts: &Hosts, source: impl FnOnce(&Tenant, &Url) -> Arc<dyn TokenSource>) -> Self {
        let tenant = Tenant::contoso(1);
        tenant.world(|world| world.timing.read_lag = vec![Period::ZERO]);
        let authority = Url::parse(&hosts.authority).unwrap();
        let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
        let wire = Wire {
            transport: tenant.transport(),
            tokens: Arc::new(Tokens::new(source(&tenant, &authority), tenant.clock())),
            throttle: Arc::new(Throttle::new(host.clone(), Quotas::published(TenantSize::Small))),
            host,
            observer: None,
            tenant: tenant.app().tenant_id.to_string(),
            app: tenant.app().client_id,
        };
        let sites = SharePoint::new(wire, hosts);
        Self { tenant, sites }
    }

    fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.tenant.clock().block_on(future)
    }

    fn administrators(&self, site: &str) -> Result<Option<Vec<String>>, Kind> {
        self.run(self.sites.administrators(&call(), site)).map_err(|error| {
            assert_eq!(error.provider, "share_point");
            error.kind()
        })
    }

    fn change(&self, change: impl FnOnce(&mut offboard_sim::world::Drive)) {
        let adele = self.tenant.user_id("adele@contoso.com").unwrap();
        self.tenant.world(|world| change(world.drives.get_mut(&adele).unwrap()));
    }

    /// What was sent to SharePoint.
    fn sent(&self) -> Vec<Arc<Exchanged>> {
        let all = self.tenant.recorder().all();
        all.into_iter().filter(|row| row.door == Door::SharePoint).collect()
    }
}

fn call() -> Call {
    Call::new("7c0a3b1e-0000-4000-8000-000000000004")
}

fn header<'a>(row: &'a Exchanged, name: &str) -> &'a str {
    row.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
}

#[test]
fn administrators_are_read_and_nobody_else() {
    let bench = Bench::with_certificate();
    bench.change(|drive| {
        let megan = SiteUser {
            user: None,
            ..SiteUser::member(9, drive.site_users[0].user.unwrap(), "megan@contoso.com")
        };
        drive.site_users.push(megan);
    });
    assert_eq!(bench.administrators(SITE), Ok(Some(vec![ADELE.to_owned()])));
    let row = &bench.sent()[0];
    assert_eq!(row.url, format!("{SITE}/_api/web/siteusers?$filter=IsSiteAdmin%20eq%20true"));
    assert_eq!((&row.method, header(row, "accept")), (&Method::GET, "application/json;odata=nometadata"));
    assert_eq!(header(row, "user-agent").split('|').next(), Some("NONISV"), "SharePoint wants it decorated");
    assert_eq!(bench.administrators(&SITE.replace("adele", "nobody")), Ok(None));
}

#[test]
fn an_administrator_is_added_and_taken_away_and_twice_is_once() {
    let bench = Bench::with_certificate();
    for _ in 0..2 {
        let receipt = bench.run(bench.sites.add_administrator(&call(), SITE, MEGAN)).unwrap();
        assert!(receipt.request_id.is_some() && receipt.date.is_some(), "{receipt:?}");
        assert_eq!(bench.administrators(SITE), Ok(Some(vec![ADELE.to_owned(), MEGAN.to_owned()])));
    }
    let sent = bench.sent();
    assert_eq!(
        (&sent[0].method, sent[0].path.as_str()),
        (&Method::POST, "/personal/adele_contoso_com/_api/web/ensureuser")
    );
    assert_eq!(sent[0].json().unwrap(), json!({ "logonName": MEGAN }));
    assert_eq!(sent[1].method.as_str(), "MERGE");
    assert_eq!(sent[1].path, "/personal/adele_contoso_com/_api/web/getuserbyid(4)");
    assert_eq!(sent[1].json().unwrap(), json!({ "__metadata": { "type": "SP.User" }, "IsSiteAdmin": true }));
    assert_eq!(header(&sent[1], "if-match"), "*");
    assert_eq!(header(&sent[1], "content-type"), "application/json;odata=verbose");
    for _ in 0..2 {
        bench.run(bench.sites.remove_administrator(&call(), SITE, MEGAN)).unwrap();
        assert_eq!(bench.administrators(SITE), Ok(Some(vec![ADELE.to_owned()])));
    }
    let merges = bench.sent().iter().filter(|row| row.method.as_str() == "MERGE").count();
    assert_eq!(merges, 3, "whoever is none already is left alone");
}

#[test]
fn an_application_with_a_secret_asks_sharepoint_nothing() {
    let bench = Bench::with_secret();
    let refused = bench.run(bench.sites.administrators(&call(), SITE)).unwrap_err();
    assert_eq!(
        (refused.kind(), refused.failure.code.as_deref()),
        (Kind::Unsupported, Some("certificate_needed"))
    );
    assert!(refused.failure.hint.as_ref().is_some_and(|hint| hint.contains("certificate")), "{refused:?}");
    assert!(bench.sent().is_empty());
}

#[test]
fn sharepoint_itself_says_so_where_a_token_does_not() {
    let bench = Bench::with_certificate();
    let body = json!({ "error_description": "Unsupported app only token." });
    let told = Fault::Status { status: 401, body: Some(body), retry_after: None };
    bench.tenant.faults().always(Matcher::share_point(&Method::GET, "**/siteusers"), told);
    assert_eq!(bench.administrators(SITE), Err(Kind::Unsupported));
}

#[test]
fn a_refusal_is_read_for_what_it_is() {
    let bench = Bench::with_certificate();
    bench.change(|drive| drive.state = DriveState::Locked);
    assert_eq!(bench.administrators(SITE), Err(Kind::Conflict));
    bench.change(|drive| drive.state = DriveState::Ok);
    let refused =
        bench.run(bench.sites.add_administrator(&call(), SITE, "i:0#.f|membership|nobody@contoso.com"));
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), Kind::InvalidRequest);
    assert!(refused.failure.message.contains("could not be found"), "{refused:?}");
    // A lost answer is not taken for a failure, nor a page of a proxy for success.
    let merge = || Matcher::share_point(&Method::from_bytes(b"MERGE").unwrap(), "**");
    bench.tenant.faults().always(merge(), Fault::DropAnswer);
    let lost = bench.run(bench.sites.add_administrator(&call(), SITE, MEGAN)).unwrap_err();
    assert_eq!(lost.kind(), Kind::Indeterminate);
    bench.tenant.faults().clear();
    bench.tenant.faults().once(Matcher::share_point(&Method::POST, "**/ensureuser"), Fault::Html);
    let html = bench.run(bench.sites.add_administrator(&call(), SITE, MEGAN)).unwrap_err();
    assert_eq!(html.kind(), Kind::Indeterminate);
}

/// Refused is not "not offered": what was given before may still be in effect there.
#[test]
fn whoever_may_not_see_who_administers_a_site_is_told_what_he_lacks() {
    let bench = Bench::with_certificate();
    bench.change(|drive| drive.state = DriveState::Forbidden);
    let refused = bench.run(bench.sites.administrators(&call(), SITE)).unwrap_err();
    assert_eq!(refused.kind(), Kind::PermissionDenied, "{refused}");
    assert!(refused.failure.request_id.is_some() && refused.failure.code.is_some(), "{refused:?}");
    assert!(refused.failure.hint.as_ref().is_some_and(|hint| hint.contains("Sites.FullControl.All")));
    let written = bench.run(bench.sites.add_administrator(&call(), SITE, MEGAN)).unwrap_err();
    assert_eq!(written.kind(), Kind::PermissionDenied, "{written}");

    let bench = Bench::with_certificate();
    bench.tenant.world(|world| {
        let app = world.app_by_client_id(&bench.tenant.app().client_id).unwrap().id;
        let program = world.service_principals.get_mut(&app).unwrap();
        program.granted.retain(|role| role.value != "Sites.FullControl.All");
    });
    assert_eq!(bench.administrators(SITE), Err(Kind::PermissionDenied));
}

#[test]
fn a_site_is_missing_only_where_sharepoint_itself_says_so() {
    let bench = Bench::with_certificate();
    let missing = SITE.replace("adele", "nobody");
    assert_eq!(bench.administrators(&missing), Ok(None));
    let graph = json!({ "error": { "code": "itemNotFound", "message": "The resource could not be found." } });
    for body in [Some(graph), Some(json!("gone"))] {
        let fault = Fault::Status { status: 404, body, retry_after: None };
        bench.tenant.faults().once(Matcher::share_point(&Method::GET, "**/siteusers"), fault);
        assert_eq!(bench.administrators(SITE), Err(Kind::Protocol));
    }
    // Nor is somebody no administrator any more because a gateway says 404.
    let fault = Fault::Status { status: 404, body: Some(json!({})), retry_after: None };
    bench.tenant.faults().once(Matcher::share_point(&Method::GET, "**/siteusers"), fault);
    bench.run(bench.sites.remove_administrator(&call(), SITE, ADELE)).unwrap_err();
    assert_eq!(bench.administrators(SITE), Ok(Some(vec![ADELE.to_owned()])));
}

#[test]
fn what_sharepoint_says_is_one_short_line() {
    let bench = Bench::with_certificate();
    let token = "eyJ0eXAiOiJKV1Qi".repeat(20);
    let said = format!("No,\r\n{token} is not {}", "known ".repeat(200));
    let body = json!({ "odata.error": { "code": said, "message": { "lang": "en-US", "value": said } } });
    let fault = Fault::Status { status: 400, body: Some(body), retry_after: None };
    bench.tenant.faults().once(Matcher::share_point(&Method::POST, "**/ensureuser"), fault);
    let refused = bench.run(bench.sites.add_administrator(&call(), SITE, MEGAN)).unwrap_err();
    let message = &refused.failure.message;
    assert!(message.contains("No, … is not known") && !message.contains(&token), "{message}");
    assert!(message.chars().count() < 400 && !message.contains('\n'), "{message}");
    assert_eq!(refused.failure.code, None, "that is no code");
}

#[test]
fn a_refusal_says_nothing_of_a_write_whose_answer_was_lost() {
    let bench = Bench::with_certificate();
    let merge = || Matcher::share_point(&Method::from_bytes(b"MERGE").unwrap(), "**");
    let told = json!({ "error_description": "Unsupported app only token." });
    bench.tenant.faults().once(merge(), Fault::DropAnswer);
    let refusal = Fault::Status { status: 401, body: Some(told), retry_after: None };
    bench.tenant.faults().always(merge().from_nth(2), refusal);
    let lost = bench.run(bench.sites.add_administrator(&call(), SITE, MEGAN)).unwrap_err();
    assert_eq!(lost.kind(), Kind::Indeterminate, "{lost}");
}

#[test]
fn a_token_is_asked_for_no_host_that_an_answer_names() {
    let bench = Bench::with_certificate();
    for foreign in ["https://evil.example/personal/x", "https://contoso.sharepoint.com/sites/x", "x"] {
        assert_eq!(bench.administrators(foreign), Err(Kind::Protocol), "{foreign}");
    }
    assert!(bench.tenant.recorder().is_empty(), "neither a request nor a token");
    let nowhere = Hosts { one_drives: None, ..Cloud::Worldwide.hosts().unwrap() };
    let bench = Bench::at(&nowhere, |_, _| panic_source());
    assert_eq!(bench.administrators(SITE), Err(Kind::Unsupported));
}

/// A source that nobody asks.
fn panic_source() -> Arc<dyn TokenSource> {
    Arc::new(offboard_http::token::Callback::new(|_| async { panic!("a token was asked for") }))
}

#[test]
fn a_simulated_tenant_is_reached_below_one_address() {
    let hosts = Hosts {
        authority: "https://login.microsoftonline.com".to_owned(),
        ..Hosts::on_loopback("http://127.0.0.1:8080")
    };
    let bench = Bench::at(&hosts, |tenant, authority| {
        let app = tenant.app();
        let certificate = Certificate::from_pem(app.certificate.as_bytes(), None).unwrap();
        let name = app.tenant_id.to_string();
        let source = ClientCertificate::new(
            tenant.transport(),
            authority,
            &name,
            &app.client_id,
            certificate,
            tenant.entropy(),
        );
        Arc::new(source.unwrap())
    });
    let site = "http://127.0.0.1:8080/sharepoint/personal/adele_contoso_com";
    assert_eq!(bench.administrators(site), Ok(Some(vec![ADELE.to_owned()])));
}
