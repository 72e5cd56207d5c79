//! Licenses: direct, inherited, both; and what hangs on them.

use offboard_core::id::UserId;
use offboard_core::time::Period;
use offboard_sim::world::{DriveState, MailboxState, Principal, RecipientType};
use serde_json::{Value, json};

use crate::desk::{Desk, Seen};

const E3: &str = "6fd2c87f-b296-42f0-b197-1e91e994b900";

fn remove(desk: &Desk, upn: &str, skus: &[&str]) -> Seen {
    let path = format!("/users/{}/assignLicense", desk.id(upn));
    desk.post(&path, json!({ "addLicenses": [], "removeLicenses": skus }))
}

fn states(desk: &Desk, id: UserId) -> Vec<(Value, Value)> {
    let seen = desk.get(&format!("/users/{id}?$select=licenseAssignmentStates"));
    let rows = seen.body["licenseAssignmentStates"].as_array().unwrap().clone();
    rows.into_iter().map(|row| (row["skuId"].clone(), row["assignedByGroup"].clone())).collect()
}

#[test]
fn an_inherited_license_cannot_be_removed_and_a_missing_one_neither() {
    let desk = Desk::new();
    let inherited = remove(&desk, "gerhart@contoso.com", &[E3]);
    assert_eq!(inherited.status, 400);
    assert!(inherited.body["error"]["message"].as_str().unwrap().contains("inherited from a group"));
    assert_eq!(remove(&desk, "robin@contoso.com", &[E3]).status, 400);
}

#[test]
fn a_license_may_come_both_ways() {
    let desk = Desk::new();
    let raul = desk.id("raul@contoso.com");
    assert_eq!(states(&desk, raul).len(), 2);
    assert_eq!(remove(&desk, "raul@contoso.com", &[E3]).status, 200);
    let left = states(&desk, raul);
    assert_eq!(left.len(), 1);
    assert!(!left[0].1.is_null(), "the group's stays");
    assert!(desk.tenant.world(|world| world.mailbox_of(&raul).unwrap().is_active()));
}

#[test]
fn leaving_the_group_takes_the_license_after_a_while() {
    let desk = Desk::new();
    let gerhart = desk.id("gerhart@contoso.com");
    let group = desk.tenant.world(|world| world.groups_of(Principal::User(gerhart))[0]);
    assert_eq!(desk.delete(&format!("/groups/{group}/members/{gerhart}/$ref")).status, 204);
    assert_eq!(states(&desk, gerhart).len(), 1, "group processing lags");
    desk.tenant.clock().advance(Period::minutes(4));
    assert!(states(&desk, gerhart).is_empty());
    assert!(desk.tenant.world(|world| !world.mailbox_of(&gerhart).unwrap().is_active()));
}

#[test]
fn all_or_nothing() {
    let desk = Desk::new();
    let before = states(&desk, desk.id("alex@contoso.com"));
    let unknown = "00000000-0000-4000-8000-000000000001";
    assert_eq!(remove(&desk, "alex@contoso.com", &[E3, unknown]).status, 400);
    assert_eq!(states(&desk, desk.id("alex@contoso.com")), before);
}

#[test]
fn a_persons_mailbox_goes_with_the_license_and_comes_back_with_it() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    let before = desk.tenant.world(|world| world.clone());
    remove(&desk, "alex@contoso.com", &[E3]);
    let state = |desk: &Desk| desk.tenant.world(|world| world.mailbox_of(&alex).unwrap().state);
    assert!(matches!(state(&desk), MailboxState::Disconnected { .. }));
    let yammer =
        before.users.get(&alex).unwrap().direct_licenses[&E3.parse().unwrap()].disabled_plans.clone();
    let path = format!("/users/{alex}/assignLicense");
    let add = json!({ "addLicenses": [{ "skuId": E3, "disabledPlans": yammer }], "removeLicenses": [] });
    assert_eq!(desk.post(&path, add).status, 200);
    assert_eq!(state(&desk), MailboxState::Active);
}

#[test]
fn a_small_shared_mailbox_stays_and_a_large_one_does_not() {
    let desk = Desk::new();
    for (upn, stays) in
        [("debra@contoso.com", true), ("ben@contoso.com", false), ("cameron@contoso.com", false)]
    {
        let id = desk.id(upn);
        desk.tenant.world(|world| {
            world.mailbox_of_mut(&id).unwrap().recipient_type = RecipientType::SharedMailbox;
        });
        remove(&desk, upn, &[E3]);
        assert_eq!(desk.tenant.world(|world| world.mailbox_of(&id).unwrap().is_active()), stays, "{upn}");
    }
}

#[test]
fn a_hold_keeps_the_mailbox_and_the_user_tells_of_it() {
    let desk = Desk::new();
    let delia = desk.id("delia@contoso.com");
    remove(&desk, "delia@contoso.com", &[E3]);
    assert!(desk.tenant.world(|world| world.mailbox_of(&delia).unwrap().is_active()));
    let seen = desk.get(&format!("/users/{delia}?$select=serviceProvisioningErrors"));
    assert_eq!(seen.body["serviceProvisioningErrors"].as_array().unwrap().len(), 1);
}

#[test]
fn delicensing_may_be_delayed_by_thirty_days() {
    let desk = Desk::new();
    let alex = desk.id("alex@contoso.com");
    desk.tenant.world(|world| world.settings.exchange.delayed_delicensing = true);
    remove(&desk, "alex@contoso.com", &[E3]);
    let active = || desk.tenant.world(|world| world.mailbox_of(&alex).unwrap().is_active());
    desk.tenant.clock().advance(Period::days(29));
    assert!(active());
    desk.tenant.clock().advance(Period::days(2));
    assert!(!active());
}

#[test]
fn the_number_goes_and_the_files_go_later() {
    let desk = Desk::new();
    let (enrico, adele) = (desk.id("enrico@contoso.com"), desk.id("adele@contoso.com"));
    let filter = format!("$filter=assignmentTargetId%20eq%20'{enrico}'");
    let path = format!("/admin/teams/telephoneNumberManagement/numberAssignments?{filter}");
    assert_eq!(desk.get(&path).rows().len(), 1);
    remove(
        &desk,
        "enrico@contoso.com",
        &["e43b5b99-8dfb-405f-9987-dc307f34bcbd", "0dab259f-bf13-4952-b7f8-7db8f131b28d"],
    );
    assert!(desk.get(&path).rows().is_empty());
    remove(&desk, "adele@contoso.com", &[E3]);
    assert_eq!(desk.get(&format!("/users/{adele}/drive")).status, 200);
    desk.tenant.clock().advance(Period::days(94));
    assert_eq!(desk.tenant.world(|world| world.drives.get(&adele).unwrap().state), DriveState::Locked);
}
