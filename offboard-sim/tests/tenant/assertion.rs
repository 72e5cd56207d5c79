//! An application that proves itself with a certificate.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use offboard_core::time::Clock;
use offboard_sim::Tenant;
use offboard_sim::world::AppCertificate;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair};
use serde_json::{Value, json};

use crate::desk::{Desk, token};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What an application sends, before a test changes it.
struct Case {
    tenant: Tenant,
    header: Value,
    claims: Value,
    padding: &'static dyn RsaEncoding,
    kind: &'static str,
}

impl Case {
    fn new(id: &str) -> Self {
        Self::of(Tenant::contoso(1), id)
    }

    fn of(tenant: Tenant, id: &str) -> Self {
        let app = tenant.app();
        let certificate = AppCertificate::from_pem(&app.certificate).unwrap();
        let now = tenant.clock().now().as_secs();
        let audience = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", app.tenant_id);
        Self {
            header: json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": certificate.thumbprint }),
            claims: json!({
                "aud": audience, "iss": app.client_id, "sub": app.client_id,
                "jti": id, "nbf": now, "exp": now + 300,
            }),
            padding: &RSA_PSS_SHA256,
            kind: JWT_BEARER,
            tenant,
        }
    }

    fn send(&self) -> Result<String, i64> {
        let app = self.tenant.app();
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = sign(&app.certificate, self.padding, &signed);
        let assertion = format!("{signed}.{signature}");
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &*app.client_id),
            ("client_assertion_type", self.kind),
            ("client_assertion", &*assertion),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        token(&self.tenant, &form).map_err(|body| {
            assert!(body["error_description"].as_str().unwrap().starts_with("AADSTS"), "{body}");
            body["error_codes"][0].as_i64().unwrap()
        })
    }
}

fn sign(pem: &str, padding: &'static dyn RsaEncoding, text: &str) -> String {
    let body = pem.split("-----BEGIN PRIVATE KEY-----").nth(1).unwrap().split("-----").next().unwrap();
    let der = STANDARD.decode(body.split_whitespace().collect::<String>()).unwrap();
    let key = RsaKeyPair::from_pkcs8(&der).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(padding, &SystemRandom::new(), text.as_bytes(), &mut signature).unwrap();
    URL_SAFE_NO_PAD.encode(signature)
}

#[test]
fn a_signed_assertion_brings_a_token_that_works() {
    let case = Case::new("1");
    let mut desk = Desk::as_is(case.tenant.clone());
    desk.token = case.send().unwrap();
    assert_eq!(desk.get("/organization").status, 200);
}

#[test]
fn the_older_names_and_padding_are_taken_too() {
    let mut case = Case::new("1");
    let certificate = AppCertificate::from_pem(&case.tenant.app().certificate).unwrap();
    case.header = json!({ "alg": "RS256", "typ": "JWT", "x5t": certificate.older_thumbprint });
    case.padding = &RSA_PKCS1_SHA256;
    case.claims["aud"] = json!("https://login.microsoftonline.com/contoso.com/v2.0");
    assert!(case.send().is_ok());
}

#[test]
fn every_wrong_assertion_is_refused_by_its_number() {
    type Change = fn(&mut Case);
    let wrong: [(i64, Change); 11] = [
        (700_027, |case| case.header["x5t#S256"] = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
        (700_027, |case| case.padding = &RSA_PKCS1_SHA256),
        (5_002_723, |case| case.header = json!({ "alg": "PS256", "typ": "JWT" })),
        (50_027, |case| case.header["alg"] = json!("none")),
        (50_027, |case| case.claims["exp"] = json!("soon")),
        (50_027, |case| drop(case.claims.as_object_mut().unwrap().remove("jti"))),
        (700_021, |case| case.claims["sub"] = json!("00000000-0000-4000-8000-000000000000")),
        (700_023, |case| case.claims["aud"] = json!("https://login.microsoftonline.com/fabrikam.com/v2.0")),
        (700_023, |case| case.claims["aud"] = json!("https://evil.example/contoso.com/v2.0")),
        (700_024, |case| case.claims["exp"] = json!(case.tenant.clock().now().as_secs() - 301)),
        (9_002_313, |case| case.kind = "urn:ietf:params:oauth:grant-type:jwt-bearer"),
    ];
    for (number, change) in wrong {
        let mut case = Case::new("1");
        change(&mut case);
        assert_eq!(case.send(), Err(number), "{} {}", case.header, case.claims);
    }
}

#[test]
fn an_assertion_is_good_once() {
    let case = Case::new("once");
    assert!(case.send().is_ok());
    assert_eq!(case.send(), Err(50_013));
    assert!(Case::of(case.tenant.clone(), "twice").send().is_ok());
    assert_eq!(Case::of(case.tenant.fork(), "once").send(), Err(50_013), "a fork remembers");
}

#[test]
fn a_certificate_ends_and_can_be_taken_away() {
    let case = Case::new("1");
    let id = case.tenant.app().object_id;
    let change = |change: fn(&mut Vec<AppCertificate>)| {
        case.tenant.world(|world| {
            let mut app = world.service_principals.get(&id).unwrap().clone();
            change(&mut app.certificates);
            world.service_principals.insert(id, app);
        });
    };
    change(|certificates| certificates[0].expires = "2026-11-30T08:00:00Z".parse().unwrap());
    assert_eq!(case.send(), Err(700_027));
    change(Vec::clear);
    assert_eq!(case.send(), Err(700_027));
}
