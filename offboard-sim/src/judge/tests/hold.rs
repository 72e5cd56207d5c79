//! Holds, and mailboxes that outlive their accounts.

use offboard_core::time::Period;
use serde_json::{Value, json};

use super::{Claim, Run};

const HOLD: &str = "place_litigation_hold";

#[test]
fn a_hold_is_done_when_it_is_in_effect() {
    let mut run = Run::new();
    run.exchange("Set-Mailbox", json!({ "LitigationHoldEnabled": true }));
    assert!(run.against(HOLD, "done", json!({})).unwrap().contains("not in effect yet"));
    assert_eq!(run.against(HOLD, "waiting", json!({})), None);
    assert_eq!(run.against(HOLD, "sent", json!({})), None);
    run.desk.advance(Period::hours(4));
    run.desk.sign_in_again();
    assert_eq!(run.against(HOLD, "done", json!({})), None);
    assert!(run.against(HOLD, "failed", json!({})).is_some());
    run.again();
    assert_eq!(run.against(HOLD, "already", json!({})), None);
    assert!(run.against_undo(HOLD, "done", json!({})).unwrap().contains("LitigationHoldEnabled"));
    run.exchange("Set-Mailbox", json!({ "LitigationHoldEnabled": false }));
    assert_eq!(run.against_undo(HOLD, "done", json!({})), None);
}

#[test]
fn a_hold_lasts_as_long_as_was_wanted_unless_it_stood_before() {
    let mut run = Run::new();
    run.exchange("Set-Mailbox", json!({ "LitigationHoldEnabled": true, "LitigationHoldDuration": "30" }));
    run.desk.advance(Period::hours(4));
    run.desk.sign_in_again();
    assert_eq!(run.against(HOLD, "done", json!({ "days": 30 })), None);
    for other in [json!({ "days": 31 }), json!({})] {
        assert!(
            run.against(HOLD, "done", other.clone()).unwrap().contains("Duration was Some(30)"),
            "{other}"
        );
    }
    run.again();
    assert_eq!(run.against(HOLD, "already", json!({ "days": 31 })), None, "it stays as it is");
}

#[test]
fn a_mailbox_that_was_to_be_kept_must_be() {
    let mut run = Run::new();
    let id = run.alex();
    let guid = run.desk.mailbox("alex").guid;
    let deleted = |run: &mut Run, more: Value| {
        let claim = run.claim("delete_user", "done", more);
        run.foreign(|world| {
            world.delete_user(&id);
        });
        let told = run.against_claim(&Claim { seen_at: Some(run.now()), ..claim });
        run.foreign(|world| {
            world.restore_user(&id);
        });
        told
    };
    assert_eq!(deleted(&mut run, json!({})), None, "nobody says that a mailbox is kept");
    assert!(deleted(&mut run, json!({ "mailbox": guid })).unwrap().contains("not inactive"));
    run.exchange("Set-Mailbox", json!({ "LitigationHoldEnabled": true }));
    assert!(deleted(&mut run, json!({ "mailbox": guid })).unwrap().contains("not inactive"));
    run.desk.advance(Period::hours(4));
    run.again();
    assert_eq!(deleted(&mut run, json!({ "mailbox": guid })), None);
}
