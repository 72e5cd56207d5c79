//! What is written, what the world is then, and what is read back.

use offboard_core::failure::{Kind, ProviderError};
use offboard_core::model::mailbox::{
    AutoReplyState, AutomaticReplies, EndedMailbox, ExternalAudience, InboxRule,
};
use offboard_core::ports::{
    Delegates, ForwardingState, LitigationHoldState, Mailboxes, Receipt, Replies, Rules,
};
use offboard_exchange::status;
use offboard_sim::{Fault, Matcher};

use crate::bench::Bench;

#[test]
fn an_account_is_blocked_and_let_in_again() {
    let bench = Bench::new();
    let id = bench.id("alex@contoso.com");
    for disabled in [true, false] {
        let call = bench.call();
        let receipt: Receipt = bench.run(bench.exchange.set_account_disabled(&call, id, disabled)).unwrap();
        assert_eq!(receipt.call, call.id);
        assert!(receipt.request_id.is_some());
        bench.settle();
        assert_eq!(bench.truth(id, |mailbox| mailbox.account_disabled), disabled);
        assert_eq!(bench.mailbox(id).account_disabled, disabled);
    }
    // Setting what is set already is harmless, and the service says so.
    let again = bench.run(bench.exchange.set_account_disabled(&bench.call(), id, false)).unwrap();
    assert_eq!(again.warnings.len(), 1, "{again:?}");
}

#[test]
fn a_mailbox_becomes_shared_and_a_persons_again() {
    let bench = Bench::new();
    let id = bench.id("alex@contoso.com");
    for shared in [true, false] {
        bench.run(bench.exchange.set_shared(&bench.call(), id, shared)).unwrap();
        bench.settle();
        let mailbox = bench.mailbox(id);
        assert_eq!((mailbox.is_shared(), mailbox.is_user()), (shared, !shared));
    }
}

#[test]
fn a_hold_is_read_as_it_was_written_and_taken_off() {
    let bench = Bench::new();
    let id = bench.id("alex@contoso.com");
    let before = bench.mailbox(id);
    let mut hold = LitigationHoldState { enabled: true, days: Some(30), owner: Some("offboard".to_owned()) };
    let receipt = bench.run(bench.exchange.set_litigation_hold(&bench.call(), id, &hold)).unwrap();
    assert!(receipt.warnings[0].contains("take effect"), "{receipt:?}");
    bench.settle();
    let read = bench.mailbox(id);
    assert!(read.litigation_hold_enabled && read.litigation_hold_date.is_some());
    assert_eq!(
        (read.litigation_hold_days, read.litigation_hold_owner.as_deref()),
        (Some(30), Some("offboard"))
    );
    hold = LitigationHoldState { enabled: false, days: None, owner: None };
    bench.run(bench.exchange.set_litigation_hold(&bench.call(), id, &hold)).unwrap();
    bench.settle();
    let mut after = bench.mailbox(id);
    assert!(after.delay_hold_applied, "Exchange keeps for a time what was held");
    after.delay_hold_applied = false;
    assert_eq!(after, before);
}

#[test]
fn a_hold_is_refused_without_license_and_done_by_others_without_the_role() {
    let bench = Bench::new();
    let hold = LitigationHoldState { enabled: true, days: None, owner: None };
    let id = bench.id("frank@contoso.com");
    let refused = bench.run(bench.exchange.set_litigation_hold(&bench.call(), id, &hold)).unwrap_err();
    assert_eq!(refused.failure.code.as_deref(), Some("LitigationHoldLicenseException"));
    assert!(refused.failure.message.contains("doesn't permit"), "{refused}");
    // For whoever lacks the role Legal Hold its parameters do not exist.
    let app = bench.tenant.app().object_id;
    bench.tenant.world(|world| {
        for key in world.role_assignments.keys() {
            world.role_assignments.remove(&key);
        }
        let roles = ["Mail Recipients".to_owned()].into();
        world.settings.exchange.role_groups.insert(app, roles);
    });
    let id = bench.id("alex@contoso.com");
    let unsupported = bench.run(bench.exchange.set_litigation_hold(&bench.call(), id, &hold)).unwrap_err();
    assert_eq!(unsupported.kind(), Kind::Unsupported, "{unsupported}");
    assert!(unsupported.failure.hint.unwrap().contains("Legal Hold"));
}

#[test]
fn a_mailbox_is_found_again_after_its_account() {
    let bench = Bench::new();
    for (upn, wanted) in
        [("delia@contoso.com", EndedMailbox::Inactive), ("alex@contoso.com", EndedMailbox::SoftDeleted)]
    {
        let id = bench.id(upn);
        let mailbox = bench.mailbox(id).exchange_guid;
        let ended = || bench.run(bench.exchange.ended(&bench.call(), mailbox)).unwrap();
        assert_eq!(ended(), None, "{upn}");
        bench.tenant.world(|world| {
            world.settings.exchange.in_place_holds.clear();
            world.delete_user(&id);
        });
        bench.settle();
        assert_eq!(ended(), Some(wanted), "{upn}");
    }
}

#[test]
fn forwarding_is_cleared_and_put_back_exactly() {
    let bench = Bench::new();
    for upn in ["patti@contoso.com", "pradeep@contoso.com"] {
        let id = bench.id(upn);
        let (before, truth) = (bench.mailbox(id), bench.truth(id, Clone::clone));
        bench.run(bench.exchange.set_forwarding(&bench.call(), id, &ForwardingState::default())).unwrap();
        bench.settle();
        assert!(!bench.mailbox(id).forwards(), "{upn}");
        let none = bench.truth(id, |mailbox| {
            mailbox.forwarding_address.is_none() && mailbox.forwarding_smtp_address.is_none()
        });
        assert!(none, "{upn}");
        let forwarding = ForwardingState {
            forwarding_address: before.forwarding_address.clone(),
            forwarding_smtp_address: before.forwarding_smtp_address.clone(),
            deliver_to_mailbox_and_forward: before.deliver_to_mailbox_and_forward,
        };
        bench.run(bench.exchange.set_forwarding(&bench.call(), id, &forwarding)).unwrap();
        bench.settle();
        assert_eq!(bench.mailbox(id), before, "{upn}");
        bench.truth(id, |now| {
            assert_eq!(now.forwarding_address, truth.forwarding_address, "{upn}");
            assert_eq!(now.forwarding_smtp_address, truth.forwarding_smtp_address, "{upn}");
            assert_eq!(now.deliver_to_mailbox_and_forward, truth.deliver_to_mailbox_and_forward, "{upn}");
        });
    }
}

#[test]
fn rules_are_seen_switched_off_and_on() {
    let bench = Bench::new();
    let id = bench.id("irvin@contoso.com");
    let rules = || bench.run(bench.exchange.inbox_rules(&bench.call(), id)).unwrap().unwrap();
    let before = rules();
    let carrying: Vec<InboxRule> = before.iter().filter(|rule| rule.carries_away()).cloned().collect();
    assert_eq!(carrying.iter().map(|rule| rule.hidden).collect::<Vec<_>>(), [false, true]);
    for enabled in [false, true] {
        for rule in &carrying {
            bench.run(bench.exchange.set_enabled(&bench.call(), id, rule, enabled)).unwrap();
        }
        bench.settle();
        assert!(bench.truth(id, |mailbox| mailbox.rules.iter().all(|rule| rule.enabled == enabled)));
        assert!(rules().iter().filter(|rule| rule.carries_away()).all(|rule| rule.enabled == enabled));
    }
    assert_eq!(rules(), before);
    let gone = InboxRule { identity: "4711".into(), ..carrying[0].clone() };
    let error = bench.run(bench.exchange.set_enabled(&bench.call(), id, &gone, false)).unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
}

#[test]
fn a_rule_that_outlook_keeps_is_stopped_without_a_question() {
    let bench = Bench::new();
    let id = bench.id("zoe@contoso.com");
    let rules = bench.run(bench.exchange.inbox_rules(&bench.call(), id)).unwrap().unwrap();
    let rule = rules.iter().find(|rule| rule.carries_away()).unwrap();
    bench.run(bench.exchange.set_enabled(&bench.call(), id, rule, false)).unwrap();
    bench.settle();
    let running = bench.truth(id, |mailbox| mailbox.rules.iter().any(|rule| rule.enabled && rule.forwards()));
    assert!(!running);
}

#[test]
fn full_access_is_seen_given_and_taken() {
    let bench = Bench::new();
    let (alex, megan) = (bench.id("alex@contoso.com"), bench.id("megan@contoso.com"));
    let rights = |id| bench.run(bench.exchange.rights(&bench.call(), id)).unwrap().unwrap();
    assert_eq!(rights(alex), []);
    let zoe = rights(bench.id("zoe@contoso.com"));
    assert_eq!(zoe.len(), 1);
    assert!(zoe[0].full_access && !zoe[0].deny && !zoe[0].inherited);
    assert_eq!(zoe[0].user, "adele@contoso.com");

    bench.run(bench.exchange.grant_full_access(&bench.call(), alex, megan, false)).unwrap();
    bench.settle();
    bench.truth(alex, |mailbox| {
        assert_eq!(mailbox.permissions.len(), 1);
        assert_eq!(mailbox.permissions[0].user, megan);
        assert!(!mailbox.permissions[0].auto_mapping);
    });
    let given = rights(alex);
    assert_eq!(given.len(), 1);
    assert_eq!((given[0].user.as_str(), given[0].full_access), ("megan@contoso.com", true));
    // Giving twice is harmless.
    bench.run(bench.exchange.grant_full_access(&bench.call(), alex, megan, false)).unwrap();

    bench.run(bench.exchange.remove_full_access(&bench.call(), alex, megan)).unwrap();
    bench.settle();
    assert!(bench.truth(alex, |mailbox| mailbox.permissions.is_empty()));
    assert_eq!(rights(alex), []);
    // So is taking what is gone.
    bench.run(bench.exchange.remove_full_access(&bench.call(), alex, megan)).unwrap();
}

#[test]
fn automatic_replies_are_seen_set_and_put_back() {
    let bench = Bench::new();
    let id = bench.id("zoe@contoso.com");
    let replies = || bench.run(bench.exchange.automatic_replies(&bench.call(), id)).unwrap().unwrap();
    let before = replies();
    assert_eq!(before.state, AutoReplyState::Enabled);
    assert!(before.internal_message.contains("at the fair"));
    let scheduled = AutomaticReplies {
        state: AutoReplyState::Scheduled,
        internal_message: "<p>Zo\u{eb}'s mail is read by Megan.</p>".into(),
        external_message: "<p>Please write to info@contoso.com.</p>".into(),
        external_audience: ExternalAudience::Known,
        start_time: Some("2026-12-01T08:00:00Z".parse().unwrap()),
        end_time: Some("2027-01-31T17:00:00Z".parse().unwrap()),
    };
    for wanted in [&scheduled, &before] {
        bench.run(bench.exchange.set_automatic_replies(&bench.call(), id, wanted)).unwrap();
        bench.settle();
        let seen = replies();
        assert_eq!((seen.state, seen.external_audience), (wanted.state, wanted.external_audience));
        assert_eq!((seen.start_time, seen.end_time), (wanted.start_time, wanted.end_time));
        // The service wraps messages in HTML of its own.
        for (seen, wanted) in [
            (&seen.internal_message, &wanted.internal_message),
            (&seen.external_message, &wanted.external_message),
        ] {
            assert!(seen.contains(wanted.as_str()), "{seen:?}");
        }
    }
}

#[test]
fn what_active_directory_owns_has_its_own_code() {
    let bench = Bench::new();
    let id = bench.id("diego@contoso.com");
    let forwarding = ForwardingState {
        forwarding_address: Some(bench.id("megan@contoso.com").to_string()),
        ..ForwardingState::default()
    };
    let error = bench.run(bench.exchange.set_forwarding(&bench.call(), id, &forwarding)).unwrap_err();
    assert_eq!(error.failure.code.as_deref(), Some(status::SYNCHRONIZED), "{error:?}");
}

#[test]
fn faults_are_named_for_what_they_are() {
    let set = |bench: &Bench| -> Result<Receipt, ProviderError> {
        let id = bench.id("alex@contoso.com");
        bench.run(bench.exchange.set_account_disabled(&bench.call(), id, true))
    };
    for (fault, kind) in [
        (Fault::status(401), Kind::Unauthenticated),
        (Fault::status(403), Kind::PermissionDenied),
        (Fault::status(504), Kind::Indeterminate),
        (Fault::throttled(None), Kind::Throttled),
        (Fault::DropAnswer, Kind::Indeterminate),
        (Fault::Refuse, Kind::Unavailable),
        (Fault::Html, Kind::Indeterminate),
        (Fault::Truncated, Kind::Indeterminate),
    ] {
        let bench = Bench::new();
        bench.tenant.faults().always(Matcher::cmdlet("Set-Mailbox"), fault.clone());
        assert_eq!(set(&bench).map_err(|error| error.kind()), Err(kind), "{fault:?}");
    }
    let prose = Fault::Prose {
        status: 400,
        text:
            "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"
                .to_owned(),
    };
    let bench = Bench::new();
    bench.tenant.faults().times(2, Matcher::cmdlet("Set-Mailbox"), prose);
    set(&bench).unwrap();
    assert!(bench.truth(bench.id("alex@contoso.com"), |mailbox| mailbox.account_disabled));
}
