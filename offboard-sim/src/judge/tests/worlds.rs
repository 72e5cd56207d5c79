//! Differences between two truths.

use crate::exchange::tests::Desk;
use crate::judge::diff;

#[test]
fn a_difference_names_the_person_the_field_and_both_values() {
    let desk = Desk::new();
    let before = desk.tenant.world(|world| world.clone());
    let blake = desk.id("blake");
    desk.change("alex", |mailbox| {
        mailbox.forwarding_address = Some(blake);
        mailbox.change_number += 1;
    });
    let after = desk.tenant.world(|world| {
        let user = world.users.get_mut(&blake).unwrap();
        user.last_password_change = world.now;
        user.sign_in_sessions_valid_from = world.now;
        user.account_enabled = false;
        world.clone()
    });
    assert_eq!(
        diff(&before, &after),
        [
            format!("mailboxes/alex@contoso.com/forwarding_address: null, then \"{blake}\""),
            "users/blake@contoso.com/account_enabled: true, then false".to_owned(),
        ]
    );
    assert!(diff(&after, &after).is_empty());
}

#[test]
fn what_came_and_what_went_is_told() {
    let desk = Desk::new();
    let before = desk.tenant.world(|world| world.clone());
    let id = desk.mailbox("alex").guid;
    let after = desk.tenant.world(|world| {
        world.mailboxes.remove(&id);
        world.clone()
    });
    let lines = diff(&before, &after);
    assert_eq!(lines.len(), 1);
    assert!(
        lines[0].starts_with("mailboxes/alex@contoso.com: {") && lines[0].ends_with("then null"),
        "{}",
        lines[0]
    );
}
