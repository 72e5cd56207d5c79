//! Membership of groups: who took him out, who put him back, and what a forgotten `/$ref` does.

use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use offboard_core::id::GroupId;
use offboard_core::time::Period;
use serde_json::{Value, json};

use super::{Desk, Run};
use crate::world::{Group, Principal};

pub(super) const GROUP: GroupId = GroupId::from_u128(0x6a);

/// Alex is in a group.
pub(super) fn grouped(desk: &Desk) {
    let member = Principal::User(desk.id("alex"));
    desk.tenant.world(|world| {
        let group = Group {
            id: GROUP,
            display_name: "Readers".to_owned(),
            mail: None,
            mail_nickname: "readers".to_owned(),
            group_types: Vec::new(),
            mail_enabled: false,
            security_enabled: true,
            is_assignable_to_role: false,
            on_premises_sync_enabled: None,
            membership_rule: None,
            is_management_restricted: false,
            resource_provisioning_options: Vec::new(),
            licenses: BTreeMap::new(),
            members: BTreeSet::from([member]),
            owners: BTreeSet::new(),
            created: world.now,
        };
        world.groups.insert(GROUP, group);
    });
}

fn on_members(run: &Run, method: &Method, below: &str, body: &Value) {
    let answer = run.desk.graph(method, &format!("/groups/{GROUP}/members{below}"), body);
    assert!(answer.status.is_success(), "{}", answer.body);
    run.desk.advance(Period::seconds(10));
}

fn leave(run: &Run) {
    on_members(run, &Method::DELETE, &format!("/{}/$ref", run.alex()), &Value::Null);
}

fn against(run: &Run, outcome: &str) -> Option<String> {
    run.against("leave_group", outcome, json!({ "group": GROUP }))
}

#[test]
fn who_left_has_left() {
    let mut run = Run::after(grouped);
    assert!(against(&run, "done").unwrap().contains("he was a member"));
    leave(&run);
    assert_eq!(against(&run, "done"), None);
    assert!(against(&run, "failed").unwrap().contains("this run brought it about"));
    run.again();
    assert_eq!(against(&run, "already"), None);
    let object = format!("https://graph.microsoft.com/v1.0/directoryObjects/{}", run.alex());
    on_members(&run, &Method::POST, "/$ref", &json!({ "@odata.id": object }));
    assert_eq!(run.against_undo("leave_group", "done", json!({ "group": GROUP })), None);
    assert!(against(&run, "done").is_some());
}

#[test]
fn a_user_who_is_gone_has_not_left_a_group() {
    let run = Run::after(grouped);
    let mut claim = run.claim("leave_group", "done", json!({ "group": GROUP }));
    on_members(&run, &Method::DELETE, &format!("/{}", run.alex()), &Value::Null);
    claim.seen_at = Some(run.now());
    assert!(run.against_claim(&claim).unwrap().contains("the user himself was gone"));
}

#[test]
fn another_group_is_another_matter() {
    let run = Run::after(grouped);
    leave(&run);
    let other = json!({ "group": GroupId::from_u128(0x6b) });
    assert!(run.against("leave_group", "sent", other).unwrap().contains("sent nothing"));
}

#[test]
fn a_licensing_group_is_left_when_its_licenses_are_gone() {
    let run = Run::after(|desk| {
        grouped(desk);
        let alex = desk.id("alex");
        desk.tenant.world(|world| {
            let sku = world.skus.keys()[0];
            world.groups.get_mut(&GROUP).unwrap().licenses.insert(sku, BTreeSet::new());
            world.process_group_licenses(&alex);
        });
    });
    let params = json!({ "group": GROUP, "skus": [] });
    let against = |outcome: &str| run.against("leave_licensing_group", outcome, params.clone());
    leave(&run);
    assert!(against("done").unwrap().contains("the group still gave"), "licensing lags");
    run.desk.advance(Period::minutes(10));
    assert_eq!(against("done"), None);
    assert!(against("already").unwrap().contains("this run brought it about"));
}
