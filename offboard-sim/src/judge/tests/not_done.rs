//! Claims that nothing was brought about.

use offboard_core::time::Period;
use serde_json::json;

use super::{Claim, Run};
use crate::faults::{Fault, Matcher};

const NOTHING: [&str; 6] = ["failed", "cancelled", "blocked", "skipped", "handed_off", "not_started"];

#[test]
fn a_lost_answer_is_no_failure() {
    let run = Run::new();
    // Carried out, answered with an empty 200: the program cannot know.
    run.desk.tenant.faults().once(Matcher::cmdlet("Set-Mailbox"), Fault::EmptyOk);
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    for outcome in NOTHING {
        let told = run.against("block_exchange_account", outcome, json!({}));
        assert!(told.unwrap().contains("this run brought it about"), "{outcome}");
    }
    assert_eq!(run.against("block_exchange_account", "unknown", json!({})), None);
}

#[test]
fn what_happens_later_because_of_us_is_no_failure() {
    let run = Run::new();
    run.desk.tenant.faults().once(Matcher::cmdlet("Set-Mailbox"), Fault::Later(Period::minutes(20)));
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    assert_eq!(run.against("block_exchange_account", "failed", json!({})), None);
    run.desk.advance(Period::minutes(20));
    assert!(run.against("block_exchange_account", "failed", json!({})).is_some());
}

#[test]
fn what_others_did_is_not_ours() {
    let run = Run::new();
    run.desk.change("alex", |mailbox| mailbox.account_disabled = true);
    run.desk.advance(Period::seconds(1));
    for outcome in NOTHING {
        assert_eq!(run.against("block_exchange_account", outcome, json!({})), None, "{outcome}");
    }
    // Nor is it when we had tried in vain before.
    let run = Run::new();
    run.desk.tenant.faults().once(Matcher::cmdlet("Set-Mailbox"), Fault::NothingHappens);
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    run.desk.change("alex", |mailbox| mailbox.account_disabled = true);
    run.desk.advance(Period::seconds(1));
    assert_eq!(run.against("block_exchange_account", "failed", json!({})), None);
}

#[test]
fn an_earlier_run_is_not_this_run() {
    let mut run = Run::new();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    run.again();
    for outcome in NOTHING {
        assert_eq!(run.against("block_exchange_account", outcome, json!({})), None, "{outcome}");
    }
    assert!(run.against("block_exchange_account", "sent", json!({})).is_some());
}

#[test]
fn failed_may_be_said_of_what_was_reverted_and_not_started_may_not() {
    let run = Run::new();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    run.desk.change("alex", |mailbox| mailbox.account_disabled = false);
    run.desk.advance(Period::seconds(1));
    assert_eq!(run.against("block_exchange_account", "failed", json!({})), None);
    assert!(run.against("block_exchange_account", "not_started", json!({})).is_some());
}

#[test]
fn another_operation_on_the_same_object_is_not_this_one() {
    let run = Run::new();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    run.desk.change("alex", |mailbox| mailbox.forwarding_smtp_address = None);
    assert_eq!(run.against("convert_to_shared", "not_started", json!({})), None);
    assert!(run.against("convert_to_shared", "sent", json!({})).is_some());
    // Somebody else's mailbox is not his.
    let blake = run.desk.id("blake").to_string();
    run.desk.run("Set-Mailbox", json!({ "Identity": blake, "Type": "Shared" }));
    run.desk.advance(Period::minutes(1));
    assert!(run.against("convert_to_shared", "sent", json!({})).is_some());
}

#[test]
fn writes_through_graph_and_its_batches_are_ours_too() {
    let run = Run::new();
    let alex = run.alex();
    let part = json!({
        "id": "1", "method": "PATCH", "url": format!("/users/{alex}"),
        "headers": { "Content-Type": "application/json" }, "body": { "accountEnabled": false },
    });
    let answer = run.desk.graph(&http::Method::POST, "/$batch", &json!({ "requests": [part] }));
    assert!(answer.status.is_success(), "{}", answer.body);
    let reply = json!({ "automaticRepliesSetting": { "status": "alwaysEnabled", "externalAudience": "all",
        "internalReplyMessage": "in", "externalReplyMessage": "out" } });
    let path = format!("/users/{alex}/mailboxSettings");
    assert!(run.desk.graph(&http::Method::PATCH, &path, &reply).status.is_success());
    run.desk.advance(Period::seconds(10));
    let params = json!({ "internal": "in", "external": "out", "audience": "all" });
    for (operation, params) in [("block_sign_in", json!({})), ("set_automatic_replies", params)] {
        assert_eq!(run.against(operation, "done", params.clone()), None);
        assert!(run.against(operation, "failed", params.clone()).is_some(), "{operation}");
        assert!(run.against(operation, "not_started", params).is_some(), "{operation}");
    }
}

#[test]
fn what_an_earlier_run_set_going_is_not_this_runs_doing() {
    let mut run = Run::new();
    run.desk.tenant.faults().once(Matcher::cmdlet("Set-Mailbox"), Fault::Later(Period::minutes(20)));
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    run.again();
    run.desk.advance(Period::minutes(20));
    for outcome in NOTHING.into_iter().chain(["already"]) {
        assert_eq!(run.against("block_exchange_account", outcome, json!({})), None, "{outcome}");
    }
}

#[test]
fn what_another_step_of_the_run_did_before_was_so_already() {
    let run = Run::new();
    run.exchange("Set-Mailbox", json!({ "AccountDisabled": true }));
    let claim = run.claim("block_exchange_account", "already", json!({}));
    assert!(run.against_claim(&claim).unwrap().contains("this run brought it about"));
    let twin = Claim { twin: true, ..claim };
    assert_eq!(run.against_claim(&twin), None);
    // That it was so is true or not, whoever did it.
    run.foreign(|world| world.mailbox_of_mut(&twin.leaver).unwrap().account_disabled = false);
    assert!(run.against_claim(&Claim { seen_at: Some(run.now()), ..twin }).is_some());
}
