//! What is read, and what is read when there is nothing.

use offboard_core::id::UserId;
use offboard_core::model::cloud::Hosts;
use offboard_core::model::mailbox::{GIB, Recipient};
use offboard_core::ports::{Delegates, Mailboxes, Replies, Rules};
use offboard_sim::contoso;

use crate::bench::Bench;

#[test]
fn a_mailbox_is_what_it_is() {
    let bench = Bench::new();
    let alex = bench.mailbox(bench.id("alex@contoso.com"));
    assert_eq!(Some(alex.exchange_guid), bench.tenant.mailbox_id("alex@contoso.com"));
    assert_eq!(alex.external_directory_object_id, bench.id("alex@contoso.com"));
    assert_eq!(alex.primary_smtp_address, "alex@contoso.com");
    assert!(alex.is_user() && !alex.forwards() && !alex.account_disabled && !alex.has_archive);
    assert!(!alex.litigation_hold_enabled && alex.in_place_holds.is_empty());
    assert!(bench.mailbox(bench.id("sales@contoso.com")).is_shared());
    assert!(bench.mailbox(bench.id("cameron@contoso.com")).has_archive);
    assert!(bench.mailbox(bench.id("delia@contoso.com")).litigation_hold_enabled);
    assert!(bench.mailbox(bench.id("diego@contoso.com")).is_dir_synced);
    let holds = bench.mailbox(bench.id("mallory@contoso.com")).in_place_holds;
    assert_eq!(holds, ["UniH7d895d48-7e23-4a8d-8346-533c3beac15d"]);
    let patti = bench.mailbox(bench.id("patti@contoso.com"));
    assert!(patti.forwarding_address.is_some() && patti.deliver_to_mailbox_and_forward);
    let pradeep = bench.mailbox(bench.id("pradeep@contoso.com"));
    assert_eq!(pradeep.forwarding_smtp_address.as_deref(), Some("smtp:pradeep.gupta@outlook.example"));
    assert!(!pradeep.deliver_to_mailbox_and_forward);
}

/// Everybody at Contoso can be read: nobody's mailbox is of a shape that one of the two readings has not.
#[test]
fn everybody_can_be_read() {
    let bench = Bench::new();
    for person in contoso::PEOPLE {
        let (id, call) = (bench.id(person.upn), bench.call());
        let recipient = bench.run(bench.exchange.recipient(&call, id)).unwrap();
        let size = bench.run(bench.exchange.size(&call, id)).unwrap();
        let rules = bench.run(bench.exchange.inbox_rules(&call, id)).unwrap();
        let rights = bench.run(bench.exchange.rights(&call, id)).unwrap();
        let replies = bench.run(bench.exchange.automatic_replies(&call, id)).unwrap();
        let in_cloud = matches!(recipient, Some(Recipient::Cloud(_)));
        let there = [size.is_some(), rules.is_some(), rights.is_some(), replies.is_some()];
        assert_eq!(there, [in_cloud; 4], "{}", person.upn);
    }
}

#[test]
fn a_mailbox_elsewhere_and_none_are_told_apart() {
    let bench = Bench::new();
    let recipient = |upn| bench.run(bench.exchange.recipient(&bench.call(), bench.id(upn))).unwrap();
    let joni = recipient("joni@contoso.com");
    assert!(matches!(joni, Some(Recipient::OnPremises { .. })), "{joni:?}");
    assert_eq!(recipient("tomas@contoso.com"), None);
    let nobody = bench.run(bench.exchange.recipient(&bench.call(), UserId::from_u128(7))).unwrap();
    assert_eq!(nobody, None);
}

#[test]
fn sizes_are_told_to_the_byte() {
    let bench = Bench::new();
    for (upn, too_much) in [("debra@contoso.com", false), ("ben@contoso.com", true)] {
        let id = bench.id(upn);
        let size = bench.run(bench.exchange.size(&bench.call(), id)).unwrap().unwrap();
        let truth = bench.truth(id, |mailbox| (mailbox.total_item_size, mailbox.item_count));
        assert_eq!((size.total_item_size, size.item_count), truth);
        assert_eq!(size.total_item_size > 50 * GIB, too_much, "{upn}");
    }
}

#[test]
fn the_organisation_tells_its_own_holds() {
    let bench = Bench::new();
    let found = bench.run(bench.exchange.organization_config(&bench.call())).unwrap().unwrap();
    let truth = bench.tenant.world(|world| world.settings.exchange.clone());
    assert_eq!(found.in_place_holds, truth.in_place_holds);
    assert!(!found.in_place_holds.is_empty());
    assert_eq!(found.delayed_delicensing_enabled, truth.delayed_delicensing);
}

/// A simulated tenant that serves on this machine has all services below one origin, while sign-in knows Exchange by
/// its worldwide name.
#[test]
fn the_same_tenant_on_this_machine() {
    let hosts = Hosts::on_loopback("http://127.0.0.1:8080");
    let bench = Bench::at(&Hosts { authority: "https://login.microsoftonline.com".into(), ..hosts });
    let id = bench.id("alex@contoso.com");
    assert_eq!(bench.mailbox(id).primary_smtp_address, "alex@contoso.com");
    bench.run(bench.exchange.set_account_disabled(&bench.call(), id, true)).unwrap();
    assert!(bench.truth(id, |mailbox| mailbox.account_disabled));
}
