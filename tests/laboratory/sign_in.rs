//! Signing in, as the whole does it: by every way that needs no machine of Microsoft's, and when a token ends or is taken
//! back in the middle of a run.

use std::sync::{Arc, Mutex};

use crate::common::{Lab, policy};
use http::Method;
use offboard::core::model::cloud::Cloud;
use offboard::core::ports::{Call, Providers, Selector};
use offboard::core::time::{Host, Period};
use offboard::http::token::{Certificate, DevicePrompt};
use offboard::{Connect, Kind, Outcome, Until, connect};
use offboard_sim::{Door, Fault, Matcher, Tenant};

fn host(tenant: &Tenant) -> Host {
    Host { clock: tenant.clock(), entropy: tenant.entropy() }
}

fn call() -> Call {
    Call::new("7c0a3b1e-0000-4000-8000-000000000001")
}

/// Asks both services something.
async fn both_answer(providers: &Providers) {
    let alex = Selector::UserPrincipalName("alex@contoso.com".to_owned());
    let found = providers.directory.find(&call(), &alex).await.unwrap();
    providers.mailboxes.recipient(&call(), found[0].id).await.unwrap();
}

/// How often somebody asked for a token, and got one.
fn tokens(tenant: &Tenant) -> usize {
    let rows = tenant.recorder().all();
    let granted = |row: &&Arc<offboard_sim::Exchanged>| {
        row.door == Door::SignIn && row.path.ends_with("/token") && row.status == Some(200)
    };
    rows.iter().filter(granted).count()
}

#[test]
fn by_a_certificate() {
    let tenant = Tenant::contoso(1);
    let app = tenant.app();
    let certificate = Certificate::from_pem(app.certificate.as_bytes(), None).unwrap();
    let id = app.tenant_id.to_string().parse().unwrap();
    let with = Connect::with_certificate(
        id,
        Cloud::Worldwide,
        tenant.transport(),
        &app.client_id,
        certificate,
        host(&tenant),
    );
    let connection = connect(with.unwrap()).unwrap();
    tenant.clock().block_on(both_answer(&connection.providers));
    assert_eq!(tokens(&tenant), 2, "one for each service");
}

/// The doors, for a person who enters each code at once, as this user.
fn by_code(tenant: &Tenant, upn: &'static str) -> (Providers, Arc<Mutex<Vec<DevicePrompt>>>) {
    let (app, prompts) = (tenant.app(), Arc::new(Mutex::new(Vec::new())));
    let (sim, seen) = (tenant.clone(), prompts.clone());
    let prompt = move |prompt: &DevicePrompt| {
        assert!(sim.approve_device(&prompt.user_code, upn));
        seen.lock().unwrap().push(prompt.clone());
    };
    let id = app.tenant_id.to_string().parse().unwrap();
    let with = Connect::with_device_code(
        id,
        Cloud::Worldwide,
        tenant.transport(),
        &app.client_id,
        prompt,
        host(tenant),
    );
    (connect(with.unwrap()).unwrap().providers, prompts)
}

#[test]
fn by_a_code_that_serves_both_services_until_it_is_revoked() {
    let tenant = Tenant::contoso(1);
    let (providers, prompts) = by_code(&tenant, "nestor@contoso.com");
    tenant.clock().block_on(both_answer(&providers));
    tenant.clock().advance(Period::minutes(61));
    tenant.clock().block_on(both_answer(&providers));
    assert_eq!(prompts.lock().unwrap().len(), 1, "the refresh token does the rest");
    tenant.clock().advance(Period::seconds(5));
    let nestor = tenant.user_id("nestor@contoso.com").unwrap();
    tenant.world(|world| world.users.get_mut(&nestor).unwrap().sign_in_sessions_valid_from = world.now);
    tenant.clock().advance(Period::seconds(2));
    tenant.clock().block_on(both_answer(&providers));
    assert_eq!(prompts.lock().unwrap().len(), 2, "the person signs in again");
}

/// Contains Alex, with something that happens to the sign-in between the plan and the run.
fn contained(happens: impl FnOnce(&Tenant)) -> Lab {
    let lab = Lab::contoso(1);
    let containment = policy("containment");
    let planned = lab.block_on(lab.plan(&containment, "alex@contoso.com", None)).unwrap();
    lab.tenant.recorder().clear();
    happens(&lab.tenant);
    let (run, _) = lab.block_on(lab.apply(&planned.plan, &containment, Until::Done)).unwrap();
    let report = lab.block_on(lab.report(&run)).unwrap();
    assert_eq!(report.exit().code(), 0, "{}", report.to_text());
    assert!(report.steps.iter().any(|step| step.outcome == Outcome::Done), "{}", report.to_text());
    lab
}

#[test]
fn a_token_that_ends_is_renewed_once_for_everybody() {
    let lab = contained(|tenant| tenant.clock().advance(Period::minutes(61)));
    assert_eq!(tokens(&lab.tenant), 2, "one for each service");
}

#[test]
fn a_token_that_is_taken_back_is_renewed_with_what_is_demanded() {
    let lab = contained(|tenant| {
        tenant.clock().advance(Period::minutes(2));
        tenant.revoke_app_sessions();
        tenant.clock().advance(Period::seconds(2));
    });
    assert_eq!(tokens(&lab.tenant), 2, "one for each service");
    let refused = lab.tenant.recorder().all().iter().filter(|row| row.status == Some(401)).count();
    assert!(refused > 0);
}

#[test]
fn a_challenge_in_a_batch_is_answered_too() {
    let lab = contained(|tenant| {
        // The first reading is of the leaver alone; the next ones share a batch.
        tenant.faults().once(Matcher::reads().from_nth(3), Fault::ClaimsChallenge);
        for (method, path) in [(Method::PATCH, "/users/*"), (Method::POST, "/users/*/revokeSignInSessions")] {
            tenant.faults().once(Matcher::graph(&method, path), Fault::ClaimsChallenge);
        }
        tenant.faults().once(Matcher::cmdlet("Set-*"), Fault::ClaimsChallenge);
    });
    let rows = lab.tenant.recorder().all();
    assert!(rows.iter().any(|row| row.is_faulted() && row.part_of.is_some()), "none in a batch");
    assert!(rows.iter().any(|row| row.is_faulted() && row.door == Door::Exchange), "none at Exchange");
}

#[test]
fn a_second_challenge_is_said_and_not_followed_for_ever() {
    let lab = Lab::contoso(1);
    lab.tenant.faults().always(Matcher::reads(), Fault::ClaimsChallenge);
    let alex = Selector::UserPrincipalName("alex@contoso.com".to_owned());
    let error = lab.block_on(lab.engine.providers().directory.find(&call(), &alex)).unwrap_err();
    assert_eq!(error.kind(), Kind::Unauthenticated);
    assert_eq!(error.failure.code.as_deref(), Some("claims_challenge"), "{error}");
    assert!(error.failure.hint.is_some());
    assert_eq!(tokens(&lab.tenant), 2, "the first, and one with what was demanded");
}
