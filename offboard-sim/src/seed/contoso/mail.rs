//! What is special about mailboxes at Contoso.

use offboard_core::id::{MailboxId, MobileDeviceId, UserId};
use offboard_core::time::{Period, Timestamp};

use super::COMPETITOR;
use crate::seed::guid_of;
use crate::world::{
    Archive, AutoReplyState, CalendarEvent, InboxRule, LitigationHold, Mailbox, MailboxPermission,
    MobileDevice, RuleRecipient, World,
};

/// An organisation-wide retention policy that keeps mail and then deletes it.
const RETENTION: &str = "mbxc1e2f1f1420e4a51a4a5dbb2a1c8a1d3:2";

pub(super) fn specials(world: &mut World, seed: u64) {
    world.settings.exchange.in_place_holds = vec![RETENTION.to_owned()];
    let now = world.now;
    let id = |upn: &str| world.user_by_upn(upn).map(|user| user.id);
    let (megan, zoe_helper, frank) =
        (id("megan@contoso.com"), id("adele@contoso.com"), id("frank@contoso.com"));
    change(world, "patti@contoso.com", |mailbox| {
        mailbox.forwarding_address = megan;
        mailbox.deliver_to_mailbox_and_forward = true;
    });
    change(world, "pradeep@contoso.com", |mailbox| {
        mailbox.forwarding_smtp_address = Some("pradeep.gupta@outlook.example".to_owned());
    });
    change(world, "irvin@contoso.com", |mailbox| {
        let mut visible = InboxRule::new(1, "Invoices to Megan");
        visible.subject_contains = vec!["invoice".to_owned()];
        visible.forward_to = vec![recipient("Megan Bowen", "megan@contoso.com")];
        let mut hidden = InboxRule::new(2, "");
        hidden.hidden = true;
        hidden.redirect_to = vec![recipient("Adatum bids", COMPETITOR)];
        mailbox.rules = vec![visible, hidden];
    });
    change(world, "alex@contoso.com", |mailbox| mailbox.rules = vec![newsletters()]);
    change(world, "cameron@contoso.com", |mailbox| {
        mailbox.archive = Some(Archive {
            guid: MailboxId::from_u128(guid_of(seed, "archive/cameron")),
            total_item_size: 21 << 30,
            auto_expanding: false,
        });
    });
    change(world, "debra@contoso.com", |mailbox| {
        (mailbox.protocols.imap, mailbox.protocols.pop) = (false, false);
        mailbox.protocols.smtp_client_authentication_disabled = Some(false);
    });
    change(world, "delia@contoso.com", |mailbox| {
        let since = now - Period::days(60);
        let owner = "legal@contoso.com".to_owned();
        mailbox.litigation_hold = Some(LitigationHold { since, duration_days: None, owner, in_effect: true });
    });
    change(world, "mallory@contoso.com", |mailbox| {
        mailbox.in_place_holds = vec!["UniH7d895d48-7e23-4a8d-8346-533c3beac15d".to_owned()];
    });
    change(world, "allan@contoso.com", |mailbox| mailbox.events = meetings(now));
    phones(world, seed);
    change(world, "zoe@contoso.com", |mailbox| zoe(mailbox, zoe_helper));
    change(world, "sales@contoso.com", |mailbox| {
        mailbox.permissions = frank.into_iter().map(full_access).collect();
        mailbox.send_as = frank.into_iter().collect();
    });
}

fn change(world: &mut World, upn: &str, change: impl FnOnce(&mut Mailbox)) {
    let owner = world.user_by_upn(upn).map(|user| user.id);
    if let Some(mailbox) = owner.and_then(|owner| world.mailbox_of_mut(&owner)) {
        change(mailbox);
    }
}

/// A phone that comes 20 seconds after it was asked for a wipe.
fn phone(seed: u64, now: Timestamp, name: &str, (kind, client, version): (&str, &str, &str)) -> MobileDevice {
    let number = guid_of(seed, &format!("phone/{name}"));
    MobileDevice {
        guid: MobileDeviceId::from_u128(number),
        device_id: format!("{kind}{:012X}", number >> 80),
        friendly_name: Some(name.to_owned()),
        model: kind.to_owned(),
        device_type: kind.to_owned(),
        client_type: client.to_owned(),
        client_version: version.to_owned(),
        signed_in: now - Period::days(1),
        last_success_sync: Some(now - Period::hours(2)),
        comes_after: Some(Period::seconds(20)),
        wipe: None,
        reset: false,
    }
}

/// The clients that synchronise a mailbox: Outlook, mail apps of the phone's own in several versions, and one that lies in
/// a drawer.
fn phones(world: &mut World, seed: u64) {
    let now = world.now;
    let phone = |name: &str, client| phone(seed, now, name, client);
    let outlook = ("Outlook", "Outlook", "1.0");
    change(world, "adele@contoso.com", |mailbox| {
        mailbox.mobile_devices =
            vec![phone("Outlook of Adele", outlook), phone("iPhone of Adele", ("iPhone", "EAS", "16.1"))];
    });
    change(world, "johanna@contoso.com", |mailbox| {
        let drawer = MobileDevice { comes_after: None, ..phone("iPad in a drawer", ("iPad", "EAS", "16.1")) };
        mailbox.mobile_devices =
            vec![drawer, phone("old Galaxy of Johanna", ("SAMSUNGSMG930", "EAS", "14.1"))];
    });
    change(world, "frank@contoso.com", |mailbox| {
        mailbox.mobile_devices =
            (1..=6).map(|number| phone(&format!("Till {number}"), ("iPad", "EAS", "16.1"))).collect();
    });
}

fn recipient(name: &str, address: &str) -> RuleRecipient {
    RuleRecipient { name: name.to_owned(), address: address.to_owned() }
}

fn full_access(user: UserId) -> MailboxPermission {
    MailboxPermission { user, access_rights: vec!["FullAccess".to_owned()], auto_mapping: true }
}

fn newsletters() -> InboxRule {
    let mut rule = InboxRule::new(1, "Newsletters");
    rule.subject_contains = vec!["newsletter".to_owned()];
    rule.move_to_folder = Some("Newsletters".to_owned());
    rule
}

fn zoe(mailbox: &mut Mailbox, helper: Option<UserId>) {
    mailbox.auto_reply.state = AutoReplyState::Enabled;
    "<p>I am at the fair until Friday.</p>".clone_into(&mut mailbox.auto_reply.internal_message);
    "<p>Thank you for your message.</p>".clone_into(&mut mailbox.auto_reply.external_message);
    let mut rule = InboxRule::new(1, "Print and forward");
    rule.client_side = true;
    rule.forward_to = vec![recipient("Zoe at home", "zoe.barnett@outlook.example")];
    mailbox.rules = vec![rule, InboxRule { priority: 2, id: 2, ..newsletters() }];
    mailbox.permissions = helper.into_iter().map(full_access).collect();
}

fn meetings(now: Timestamp) -> Vec<CalendarEvent> {
    let organizer = "allan@contoso.com".to_owned();
    let invited = || vec!["megan@contoso.com".to_owned(), "adams@contoso.com".to_owned()];
    let event = |id: &str, subject: &str, days: i64, attendees: Vec<String>| CalendarEvent {
        id: format!("AAMkAGI1{id}AAA="),
        subject: subject.to_owned(),
        start: now + Period::days(days),
        end: now + Period::days(days) + Period::hours(1),
        organizer: organizer.clone(),
        is_organizer: true,
        attendees,
        is_cancelled: false,
        series_master_id: None,
    };
    let mut invited_to = event("inv", "Budget", 9, invited());
    "miriam@contoso.com".clone_into(&mut invited_to.organizer);
    invited_to.is_organizer = false;
    let mut weekly = event("wk2", "Weekly operations", 7, invited());
    weekly.series_master_id = Some("AAMkAGI1masterAAA=".to_owned());
    vec![
        event("past", "Kick-off", -20, invited()),
        event("qbr", "Quarterly review", 3, invited()),
        weekly,
        event("me", "Focus time", 4, Vec::new()),
        invited_to,
    ]
}
