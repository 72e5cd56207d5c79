//! The traps of the service.

use offboard_sim::world::{MailboxState, Principal};
use serde_json::json;

use crate::desk::Desk;

#[test]
fn a_missing_ref_deletes_the_person() {
    let desk = Desk::new();
    let (alex, group) = (desk.id("alex@contoso.com"), falcon(&desk));
    let answer = desk.delete(&format!("/groups/{group}/members/{alex}"));
    // Microsoft's description knows no such request, and the service carries it out.
    desk.tenant.recorder().clear();
    assert_eq!(answer.status, 204);
    assert!(
        desk.tenant.world(|world| world.users.get(&alex).is_none() && world.deleted_users.contains(&alex))
    );
}

#[test]
fn with_ref_only_the_membership_goes() {
    let desk = Desk::new();
    let (alex, group) = (desk.id("alex@contoso.com"), falcon(&desk));
    assert_eq!(desk.delete(&format!("/groups/{group}/members/{alex}/$ref")).status, 204);
    desk.tenant.world(|world| {
        assert!(world.users.contains(&alex));
        assert!(!world.groups.get(&group.parse().unwrap()).unwrap().members.contains(&Principal::User(alex)));
    });
    assert_eq!(
        desk.delete(&format!("/groups/{group}/members/{alex}/$ref")).status,
        404,
        "not a member any more"
    );
}

#[test]
fn a_deleted_user_comes_back_with_everything() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    let before = desk.tenant.world(|world| world.clone());
    assert_eq!(desk.delete(&format!("/users/{alex}")).status, 204);
    assert_eq!(desk.get(&format!("/users/{alex}")).status, 404);
    let deleted =
        desk.get(&format!("/directory/deletedItems/{alex}?$select=id,userPrincipalName,deletedDateTime"));
    assert_eq!(deleted.status, 200);
    assert_ne!(deleted.body["userPrincipalName"], "alex@contoso.com", "the name is mangled");
    desk.tenant.world(|world| {
        let mailbox = world.mailboxes.values().find(|mailbox| mailbox.owner == alex).unwrap();
        assert!(
            matches!(mailbox.state, MailboxState::Inactive { .. }),
            "an organisation-wide policy holds it"
        );
    });
    assert_eq!(desk.post(&format!("/directory/deletedItems/{alex}/restore"), json!({})).status, 200);
    assert!(desk.tenant.world(|world| *world == before));
}

#[test]
fn deletion_ends_after_thirty_days() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    desk.delete(&format!("/users/{alex}"));
    desk.tenant.clock().advance(offboard_core::time::Period::days(29));
    assert!(desk.tenant.world(|world| world.deleted_users.contains(&alex)));
    desk.tenant.clock().advance(offboard_core::time::Period::days(2));
    assert!(desk.tenant.world(|world| !world.deleted_users.contains(&alex)));
}

#[test]
fn an_apostrophe_is_read_in_every_spelling() {
    let desk = Desk::new();
    let id = desk.id("o'neill@contoso.com");
    for path in [
        "/users/o'neill%40contoso.com?$select=id",
        "/users('o''neill@contoso.com')?$select=id",
        "/users(userPrincipalName='o''neill%40contoso.com')?$select=id",
    ] {
        assert_eq!(desk.get(path).body["id"], id.to_string(), "{path}");
    }
    let found = desk.get("/users?$filter=userPrincipalName%20eq%20'o''neill@contoso.com'&$select=id");
    assert_eq!(found.rows().len(), 1);
}

fn falcon(desk: &Desk) -> String {
    let find = |world: &mut offboard_sim::World| {
        world.groups.values().find(|group| group.display_name == "Project Falcon").map(|group| group.id)
    };
    desk.tenant.world(find).unwrap().to_string()
}
