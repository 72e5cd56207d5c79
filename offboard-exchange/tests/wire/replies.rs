use offboard_core::failure::Kind;
use offboard_core::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience};
use offboard_core::ports::Replies;
use serde_json::{Value, json};

use crate::bench::{Bench, ID, call, done, id, missing, objects};

fn printed(state: &str) -> Value {
    json!({
        "AutoReplyState": state,
        "InternalMessage": "<p>inside</p>",
        "ExternalMessage": null,
        "ExternalAudience": "Known",
        "StartTime": "2026-11-30T16:00:00.0000000Z",
        "EndTime": "2026-12-31T16:00:00",
    })
}

#[allow(clippy::unwrap_used, reason = "both are moments")]
fn replies(state: AutoReplyState) -> AutomaticReplies {
    let times = state == AutoReplyState::Scheduled;
    AutomaticReplies {
        state,
        internal_message: "<p>inside</p>".into(),
        external_message: String::new(),
        external_audience: ExternalAudience::Known,
        start_time: times.then(|| "2026-11-30T16:00:00Z".parse().unwrap()),
        end_time: times.then(|| "2026-12-31T16:00:00Z".parse().unwrap()),
    }
}

#[tokio::test]
async fn replies_are_read() {
    for (text, state) in [
        ("Disabled", AutoReplyState::Disabled),
        ("Enabled", AutoReplyState::Enabled),
        ("Scheduled", AutoReplyState::Scheduled),
    ] {
        let bench = Bench::new([objects(&[printed(text)])]);
        let found = bench.exchange.automatic_replies(&call(), id()).await.unwrap();
        assert_eq!(found, Some(replies(state)), "{text}");
        assert_eq!(bench.asked_once().cmdlet(), "Get-MailboxAutoReplyConfiguration");
    }
    let bench = Bench::new([missing()]);
    assert_eq!(bench.exchange.automatic_replies(&call(), id()).await.unwrap(), None);
}

#[tokio::test]
async fn words_that_nobody_knows_are_not_taken_for_others() {
    for (property, value) in [
        ("AutoReplyState", json!("Paused")),
        ("AutoReplyState", json!(1)),
        ("ExternalAudience", json!("Some")),
    ] {
        let mut row = printed("Enabled");
        row[property] = value;
        let bench = Bench::new([objects(&[row])]);
        let error = bench.exchange.automatic_replies(&call(), id()).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Protocol, "{property}");
    }
}

#[tokio::test]
async fn replies_are_set_whole_and_times_only_with_a_schedule() {
    for state in [AutoReplyState::Disabled, AutoReplyState::Enabled, AutoReplyState::Scheduled] {
        let bench = Bench::new([done(&[])]);
        bench.exchange.set_automatic_replies(&call(), id(), &replies(state)).await.unwrap();
        let asked = bench.asked_once();
        let mut wanted = json!({
            "Identity": ID,
            "AutoReplyState": format!("{state:?}"),
            "InternalMessage": "<p>inside</p>",
            "ExternalMessage": "",
            "ExternalAudience": "Known",
            "Confirm": false,
        });
        if state == AutoReplyState::Scheduled {
            wanted["StartTime"] = json!("2026-11-30T16:00:00.0000000Z");
            wanted["EndTime"] = json!("2026-12-31T16:00:00.0000000Z");
        }
        assert_eq!((asked.cmdlet(), asked.parameters()), ("Set-MailboxAutoReplyConfiguration", &wanted));
    }
}
