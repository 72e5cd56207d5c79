//! True claims stand, false ones are contradicted: every row both ways.

mod done;
mod files;
mod groups;
mod hold;
mod not_done;
mod undo;
mod voice;
mod worlds;

use http::Method;
use offboard_core::id::UserId;
use offboard_core::time::{Period, Timestamp};
use serde_json::{Value, json};

use super::{Claim, judge, rows};
use crate::exchange::tests::Desk;
use crate::world::{ActiveDirectoryUser, OwnedAttributes, RecipientType};

/// A tenant with a run in it.
struct Run {
    desk: Desk,
    since: Timestamp,
}

impl Run {
    /// A run that begins now, after `setting` was prepared.
    fn after(setting: impl FnOnce(&Desk)) -> Self {
        let desk = Desk::new();
        setting(&desk);
        desk.advance(Period::minutes(1));
        let since = now(&desk);
        desk.advance(Period::seconds(1));
        Self { desk, since }
    }

    fn new() -> Self {
        Self::after(|_| ())
    }

    /// Another run begins.
    fn again(&mut self) {
        self.since = self.now();
        self.desk.advance(Period::seconds(1));
    }

    fn now(&self) -> Timestamp {
        now(&self.desk)
    }

    fn alex(&self) -> UserId {
        self.desk.id("alex")
    }

    fn claim(&self, operation: &str, outcome: &str, more: Value) -> Claim {
        let mut params = json!({ "user": self.alex().to_string() });
        for (name, value) in more.as_object().into_iter().flatten() {
            params[name] = value.clone();
        }
        Claim {
            operation: operation.to_owned(),
            params,
            undo: false,
            before: None,
            outcome: outcome.to_owned(),
            leaver: self.alex(),
            since: self.since,
            seen_at: Some(self.now()),
            twin: false,
        }
    }

    /// `None` when the claim stands, else the truth that contradicts it.
    fn against(&self, operation: &str, outcome: &str, more: Value) -> Option<String> {
        self.against_claim(&self.claim(operation, outcome, more))
    }

    fn against_undo(&self, operation: &str, outcome: &str, more: Value) -> Option<String> {
        self.against_claim(&Claim { undo: true, ..self.claim(operation, outcome, more) })
    }

    fn against_claim(&self, claim: &Claim) -> Option<String> {
        judge(&self.desk.tenant, claim).err().map(|contradiction| contradiction.to_string())
    }

    /// Signs in to Exchange and runs a cmdlet on Alex's mailbox.
    fn exchange(&self, cmdlet: &str, mut parameters: Value) {
        parameters["Identity"] = json!(self.alex().to_string());
        let answer = self.desk.run(cmdlet, parameters);
        assert!(answer.status.is_success(), "{cmdlet}: {}", answer.body);
        self.desk.advance(Period::minutes(1));
    }

    fn patch(&self, body: Value) {
        let answer = self.desk.graph(&Method::PATCH, &format!("/users/{}", self.alex()), &body);
        assert!(answer.status.is_success(), "{}", answer.body);
        self.desk.advance(Period::seconds(10));
    }

    fn post(&self, action: &str, body: Value) {
        let answer = self.desk.graph(&Method::POST, &format!("/users/{}/{action}", self.alex()), &body);
        assert!(answer.status.is_success(), "{}", answer.body);
        self.desk.advance(Period::seconds(10));
    }

    /// Somebody else changes something.
    fn foreign(&self, edit: impl FnOnce(&mut crate::World)) {
        self.desk.tenant.world(edit);
        self.desk.advance(Period::seconds(1));
    }

    fn sku(&self) -> String {
        let alex = self.alex();
        self.desk
            .tenant
            .world(|world| world.users.get(&alex).unwrap().direct_licenses.keys().next().unwrap().to_string())
    }
}

fn now(desk: &Desk) -> Timestamp {
    desk.tenant.world(|world| world.now)
}

/// Alex comes from Active Directory.
fn synced(desk: &Desk) {
    let id = desk.id("alex");
    desk.tenant.world(|world| {
        let user = world.users.get_mut(&id).unwrap();
        user.on_premises_sync_enabled = Some(true);
        let attributes = OwnedAttributes {
            display_name: user.display_name.clone(),
            user_principal_name: user.user_principal_name.clone(),
            mail: user.mail.clone(),
            proxy_addresses: user.proxy_addresses.clone(),
            department: None,
            job_title: None,
            business_phones: Vec::new(),
            mobile_phone: None,
            hidden_from_address_lists: false,
        };
        let row = ActiveDirectoryUser {
            user: id,
            distinguished_name: "CN=Alex,DC=contoso,DC=local".to_owned(),
            enabled: true,
            attributes,
            in_scope: true,
            mailbox_type: Some(RecipientType::UserMailbox),
        };
        world.active_directory.insert(id, row);
    });
}

fn parameters(run: &Run, operation: &str) -> Value {
    let blake = run.desk.id("blake").to_string();
    match operation {
        "grant_full_access" => json!({ "to": blake, "auto_mapping": false }),
        "remove_full_access" | "end_drive_access" | "end_drive_sharing" => json!({ "from": blake }),
        "set_forwarding" => json!({ "to": blake, "keep_copy": true }),
        "wipe_mobile_device" => json!({ "device": blake, "wipe": "app" }),
        "block_mobile_device" => json!({ "device": blake, "device_id": "Appl1" }),
        "cancel_meetings" => json!({ "days": 90 }),
        "grant_drive_access" | "share_drive" | "end_forwarding" => json!({ "to": blake }),
        "copy_drive" => json!({ "to": blake, "folder": "Left" }),
        "set_automatic_replies" => json!({ "internal": "in", "external": "out", "audience": "all" }),
        "remove_licenses" => json!({ "skus": [run.sku()] }),
        "unassign_phone_number" => voice::params(),
        "leave_licensing_group" => json!({ "group": groups::GROUP, "skus": [run.sku()] }),
        "leave_group" | "leave_distribution_group" => json!({ "group": groups::GROUP }),
        "on_premises_task" => json!({ "task": "disable_account" }),
        _ => json!({}),
    }
}

#[test]
fn every_row_contradicts_a_claim_about_nothing() {
    for row in rows() {
        // In a fresh tenant these are so from the beginning.
        if [
            "cancel_meetings",
            "stop_forwarding",
            "end_forwarding",
            "stop_automatic_replies",
            "remove_full_access",
        ]
        .contains(&row.operation)
        {
            continue;
        }
        let run = Run::after(|desk| {
            synced(desk);
            groups::grouped(desk);
            voice::numbered(desk);
        });
        let params = parameters(&run, row.operation);
        for outcome in ["done", "already", "partial", "sent", "lapsed"] {
            assert!(
                run.against(row.operation, outcome, params.clone()).is_some(),
                "{} {outcome}",
                row.operation
            );
        }
        for outcome in
            ["waiting", "handed_off", "skipped", "blocked", "failed", "unknown", "cancelled", "not_started"]
        {
            assert_eq!(
                run.against(row.operation, outcome, params.clone()),
                None,
                "{} {outcome}",
                row.operation
            );
        }
    }
}

#[test]
fn what_the_judge_does_not_know_is_contradicted() {
    let run = Run::new();
    assert!(run.against("wipe_device", "unknown", json!({})).unwrap().contains("no row"));
    assert!(run.against("block_sign_in", "great", json!({})).unwrap().contains("no outcome"));
    assert!(run.against("grant_full_access", "done", json!({})).unwrap().contains("`to` is missing"));
}

#[test]
fn names_are_told_once() {
    let mut names: Vec<_> = rows().iter().map(|row| row.operation).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rows().len());
}
