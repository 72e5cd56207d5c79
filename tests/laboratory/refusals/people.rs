//! Who runs it, and whom it means.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, header::CONTENT_TYPE};
use offboard::core::engine::prepare::Planned;
use offboard::core::error::ErrorKind;
use offboard::core::operation::Severity;
use offboard::{
    Clock, Connect, Engine, Error, Host, MemoryJournal, Outcome, Period, Report, Request, Secret, Selector,
    Until, connect,
};
use offboard_core::model::cloud::Cloud;
use offboard_http::token::{Callback, Token, TokenRequest};
use offboard_sim::Tenant;
use offboard_sim::contoso::PASSWORD;
use offboard_sim::world::World;

use super::lines;
use super::stage::{carried, findings, holds, lab, nothing_was_written, went_through, without};
use crate::common::{Lab, policy};

/// An engine for somebody who signed in with his password.
fn signed_in(tenant: &Tenant, upn: &'static str) -> Engine {
    let (app, transport, clock) = (tenant.app(), tenant.transport(), tenant.clock());
    let endpoint = format!("https://login.microsoftonline.com/{}/oauth2/v2.0/token", app.tenant_id);
    let client = app.client_id.clone();
    let fetch = move |wanted: TokenRequest| {
        let (transport, clock) = (transport.clone(), clock.clone());
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "password")
            .append_pair("client_id", &client)
            .append_pair("scope", wanted.audience.scope())
            .append_pair("username", upn)
            .append_pair("password", PASSWORD);
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(&endpoint)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(form.finish()))
            .unwrap();
        async move {
            let answer = transport.send(request).await.unwrap();
            let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap();
            let text = body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
            let ends = clock.now() + Period::seconds(body["expires_in"].as_i64().unwrap());
            Ok(Token::new(Secret::new("access token", text), ends, &wanted.audience))
        }
    };
    let host = Host { clock: tenant.clock(), entropy: tenant.entropy() };
    let id = app.tenant_id.to_string().parse().unwrap();
    let tokens = Arc::new(Callback::new(fetch));
    let with =
        Connect::with_tokens(id, Cloud::Worldwide, tenant.transport(), &app.client_id, tokens, host.clone());
    let journal = Arc::new(MemoryJournal::new());
    Engine::new(id, Cloud::Worldwide, connect(with).unwrap().providers, journal, host, "test")
}

/// One of the two global administrators is contained by whoever has signed in.
fn nestor_contained_by(upn: &'static str, guard: bool) -> (Lab, Result<Report, Error>) {
    let mut lab = lab(&[]);
    lab.engine = signed_in(&lab.tenant, upn);
    if !guard {
        lab.engine = without(&lab.engine, "G23");
    }
    let report = lab.block_on(carried(&lab, "containment", "nestor@contoso.com"));
    (lab, report)
}

#[test]
fn nobody_off_boards_himself() {
    let (lab, refused) = nestor_contained_by("nestor@contoso.com", true);
    let found = findings(refused, "G23", "himself");
    assert!(found.iter().all(|f| f.severity == Severity::Never && f.requirement == "R87"), "{found:#?}");
    assert!(found.iter().all(|f| f.message.contains("himself") && f.hint.contains("another administrator")));
    nothing_was_written(&lab, "himself");

    let (lab, report) = nestor_contained_by("isaiah@contoso.com", true);
    let report = report.unwrap();
    went_through(&lab, &report, "by the other administrator");
    holds(&report, "block_sign_in", &[Outcome::Done, Outcome::Waiting], "by the other administrator");

    let (lab, report) = nestor_contained_by("nestor@contoso.com", false);
    report.unwrap();
    assert!(!lab.tenant.recorder().mutating().is_empty(), "without G23 he blocks himself");
}

async fn emily(lab: &Lab, leaver: Selector) -> Result<Planned, Error> {
    let request = Request { leaver, successor: None, leaves_at: None, made_by: "ada@contoso.com".to_owned() };
    lab.engine.plan(&policy("containment"), &request).await
}

#[test]
fn two_people_of_one_name_are_not_guessed_between() {
    let by_name = || Selector::Text("Emily Braun".to_owned());
    let lab_of_two = lab(&[]);
    let refused = lab_of_two.block_on(emily(&lab_of_two, by_name())).map(|_| ()).unwrap_err();
    assert!(matches!(refused.kind(), ErrorKind::Ambiguous(_)), "{refused}");
    assert_eq!(refused.rule(), Some(("G28", "P2")), "{refused}");
    let text = refused.to_string();
    assert!(text.contains("<emily@contoso.com>") && text.contains("<emily.braun@contoso.com>"), "{text}");
    assert!(refused.hint().is_some_and(|hint| hint.contains("object id")));
    nothing_was_written(&lab_of_two, "two of one name");

    let other_name: fn(&mut World) = |world| {
        "Emily Brown".clone_into(&mut lines::user(world, "emily.braun@contoso.com").display_name);
    };
    let by_upn = Selector::UserPrincipalName("emily@contoso.com".to_owned());
    for (what, changes, leaver) in
        [("another name", &[other_name][..], by_name()), ("her own address", &[], by_upn)]
    {
        let lab = lab(changes);
        let report = lab.block_on(async {
            let plan = emily(&lab, leaver).await.unwrap().plan;
            assert_eq!(plan.leaver.user_principal_name, "emily@contoso.com", "{what}");
            let (run, _) = lab.apply(&plan, &policy("containment"), Until::Sent).await.unwrap();
            lab.report(&run).await.unwrap()
        });
        went_through(&lab, &report, what);
    }
}
