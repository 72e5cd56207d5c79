//! An application that proves itself with the token of a cluster that it trusts.

use offboard_core::time::Period;
use offboard_sim::Tenant;

use crate::desk::{Desk, token};

fn send(tenant: &Tenant, assertion: &str) -> Result<String, i64> {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &*tenant.app().client_id),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", assertion),
        ("scope", "https://graph.microsoft.com/.default"),
    ];
    token(tenant, &form).map_err(|body| body["error_codes"][0].as_i64().unwrap())
}

#[test]
fn the_token_of_a_trusted_cluster_brings_one_that_works_more_than_once() {
    let tenant = Tenant::contoso(1);
    let assertion = tenant.federated_token(Period::hours(1)).unwrap();
    assert!(send(&tenant, &assertion).is_ok());
    let mut desk = Desk::as_is(tenant.clone());
    desk.token = send(&tenant, &assertion).unwrap();
    assert_eq!(desk.get("/organization").status, 200);
}

#[test]
fn whom_the_application_does_not_trust_is_refused_by_number() {
    type Change = fn(&mut offboard_sim::world::FederatedCredential);
    let wrong: [(i64, Change); 3] = [
        (700_211, |trusted| trusted.issuer.push('/')),
        (700_212, |trusted| trusted.audience = "api://AzureADTokenExchangeChina".to_owned()),
        (700_213, |trusted| trusted.subject.push('2')),
    ];
    for (number, change) in wrong {
        let tenant = Tenant::contoso(1);
        let assertion = tenant.federated_token(Period::hours(1)).unwrap();
        let id = tenant.app().object_id;
        tenant.world(|world| change(&mut world.service_principals.get_mut(&id).unwrap().federated[0]));
        assert_eq!(send(&tenant, &assertion), Err(number));
    }
}

#[test]
fn a_token_that_was_changed_or_has_ended_is_refused() {
    let tenant = Tenant::contoso(1);
    let assertion = tenant.federated_token(Period::minutes(10)).unwrap();
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let other = tenant.federated_token(Period::minutes(20)).unwrap();
    let (_, foreign) = other.rsplit_once('.').unwrap();
    assert_ne!(signature, foreign);
    assert_eq!(send(&tenant, &format!("{signed}.{foreign}")), Err(50_013));
    tenant.clock().advance(Period::minutes(16));
    assert_eq!(send(&tenant, &assertion), Err(700_024));
    assert!(send(&tenant, &other).is_ok());
}
