//! Access to a OneDrive: who has it, and who gave it.

use std::collections::BTreeMap;

use http::Method;
use offboard_core::time::Period;
use serde_json::{Value, json};

use super::{Desk, Run};
use crate::exchange::tests::{machine_token, send};
use crate::world::{Drive, DriveItem, DriveState, SiteUser};

const SITE: &str = "https://contoso-my.sharepoint.com/personal/alex_contoso_com";

/// Alex has a OneDrive, in which Blake is known and has no right.
fn furnished(desk: &Desk) {
    let (alex, blake) = (desk.id("alex"), desk.id("blake"));
    desk.tenant.world(|world| {
        let drive = Drive {
            id: "b!1".to_owned(),
            web_url: format!("{SITE}/Documents"),
            used: 1,
            total: 2,
            state: DriveState::Ok,
            unlicensed_since: None,
            site_users: vec![
                SiteUser { is_site_admin: true, ..SiteUser::member(3, alex, "alex@contoso.com") },
                SiteUser::member(4, blake, "blake@contoso.com"),
            ],
            items: BTreeMap::new(),
            grants: Vec::new(),
        };
        world.drives.insert(alex, drive);
    });
}

/// This program makes Blake an administrator, or none.
fn set(run: &Run, administrator: bool) {
    let tenant = &run.desk.tenant;
    let bearer = format!("Bearer {}", machine_token(tenant, "https%3A%2F%2Fcontoso-my.sharepoint.com"));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json;odata=verbose"),
        ("if-match", "*"),
    ];
    let body = json!({ "__metadata": { "type": "SP.User" }, "IsSiteAdmin": administrator });
    let merge = Method::from_bytes(b"MERGE").unwrap();
    let answer = send(tenant, &merge, &format!("{SITE}/_api/web/getuserbyid(4)"), &headers, body.to_string());
    assert_eq!(answer.unwrap().status, 204);
    run.desk.advance(Period::seconds(10));
}

fn foreign(run: &Run, administrator: bool) {
    let alex = run.alex();
    run.foreign(|world| world.drives.get_mut(&alex).unwrap().site_users[1].is_site_admin = administrator);
}

#[test]
fn access_that_was_given_is_there_and_by_whom() {
    let mut run = Run::after(furnished);
    let to: Value = json!({ "to": run.desk.id("blake").to_string() });
    let from: Value = json!({ "from": run.desk.id("blake").to_string() });
    assert!(run.against("grant_drive_access", "done", to.clone()).unwrap().contains("no administrator"));
    assert_eq!(run.against("end_drive_access", "already", from.clone()), None);
    set(&run, true);
    assert_eq!(run.against("grant_drive_access", "done", to.clone()), None);
    assert!(run.against("grant_drive_access", "failed", to.clone()).unwrap().contains("brought it about"));
    assert!(run.against("grant_drive_access", "handed_off", to.clone()).is_some());
    assert!(
        run.against("end_drive_access", "done", from.clone()).unwrap().contains("still an administrator")
    );
    run.again();
    assert_eq!(run.against("grant_drive_access", "already", to.clone()), None);
    assert!(run.against_undo("grant_drive_access", "done", to.clone()).is_some());
    set(&run, false);
    assert_eq!(run.against_undo("grant_drive_access", "done", to.clone()), None);
    assert_eq!(run.against("end_drive_access", "done", from.clone()), None);
    // The end is taken back when he has it again, and not before.
    run.again();
    assert!(
        run.against_undo("end_drive_access", "done", from.clone()).unwrap().contains("IsSiteAdmin was false")
    );
    assert_eq!(run.against_undo("end_drive_access", "failed", from.clone()), None);
    set(&run, true);
    assert_eq!(run.against_undo("end_drive_access", "done", from.clone()), None);
    assert!(run.against_undo("end_drive_access", "not_started", from.clone()).is_some());
    assert!(run.against_undo("grant_drive_access", "done", to.clone()).is_some(), "he has what he had not");
    set(&run, false);
    // Somebody else gives it: this run did not.
    run.again();
    foreign(&run, true);
    assert_eq!(run.against("grant_drive_access", "failed", to.clone()), None);
    assert!(run.against("end_drive_access", "done", from).is_some());
}

/// This program invites Blake to the root folder.
fn invite(run: &Run) {
    let blake = run.desk.id("blake").to_string();
    let body = json!({ "recipients": [{ "objectId": blake }], "roles": ["write"], "requireSignIn": true });
    assert_eq!(run.desk.graph(&Method::POST, "/drives/b!1/root/invite", &body).status, 200);
    run.desk.advance(Period::seconds(10));
}

#[test]
fn an_invitation_is_never_done_and_partial_only_while_it_is_there() {
    let mut run = Run::after(furnished);
    let blake = run.desk.id("blake");
    let (to, from) = (json!({ "to": blake.to_string() }), json!({ "from": blake.to_string() }));
    assert!(run.against("share_drive", "partial", to.clone()).unwrap().contains("could not change"));
    assert_eq!(run.against("end_drive_sharing", "already", from.clone()), None);
    invite(&run);
    assert_eq!(run.against("share_drive", "partial", to.clone()), None);
    for whole in ["done", "already"] {
        assert!(run.against("share_drive", whole, to.clone()).unwrap().contains("a part of it only"));
    }
    assert!(run.against("share_drive", "failed", to.clone()).unwrap().contains("brought it about"));
    assert!(run.against("end_drive_sharing", "done", from.clone()).unwrap().contains("still had"));
    run.again();
    let (tenant, alex) = (run.desk.tenant.clone(), run.alex());
    let id = tenant.world(|world| world.drives.get(&alex).unwrap().grants[0].id.clone());
    let path = format!("/drives/b!1/root/permissions/{id}");
    let removed = run.desk.graph(&Method::DELETE, &path, &Value::Null);
    assert_eq!(removed.status, 204);
    run.desk.advance(Period::seconds(10));
    assert_eq!(run.against("end_drive_sharing", "done", from), None);
    assert_eq!(run.against_undo("share_drive", "done", to.clone()), None);
    // Somebody else takes it away after it was given: it is not there, whoever gave it.
    run.again();
    invite(&run);
    run.foreign(|world| world.drives.get_mut(&alex).unwrap().grants.clear());
    assert!(run.against("share_drive", "partial", to).is_some());
}

/// Alex has a folder with a file in it; Blake has an empty folder for copies.
fn stored(desk: &Desk) {
    furnished(desk);
    let (alex, blake) = (desk.id("alex"), desk.id("blake"));
    desk.tenant.world(|world| {
        let mut theirs = world.drives.get(&alex).unwrap().clone();
        let drive = world.drives.get_mut(&alex).unwrap();
        drive.total = 100;
        let plans = drive.put(DriveItem::folder(None, "Plans"));
        drive.put(DriveItem::file(Some(&plans), "a.txt", 7));
        (theirs.id, theirs.total) = ("b!2".to_owned(), 100);
        theirs.put(DriveItem::folder(None, "Left"));
        world.drives.insert(blake, theirs);
    });
}

/// This program has everything of Alex's copied.
fn copy(run: &Run) {
    let tenant = &run.desk.tenant;
    let bearer = format!("Bearer {}", machine_token(tenant, "https%3A%2F%2Fgraph.microsoft.com"));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let (alex, blake) = (run.alex(), run.desk.id("blake"));
    let id = |owner, name: &str| {
        tenant.world(|world| world.drives.get(&owner).unwrap().child(None, name).unwrap().0.clone())
    };
    let url = format!("https://graph.microsoft.com/v1.0/drives/b!1/items/{}/copy", id(alex, "Plans"));
    let body = json!({ "parentReference": { "driveId": "b!2", "id": id(blake, "Left") } });
    let answer = send(tenant, &Method::POST, &url, &headers, body.to_string()).unwrap();
    assert_eq!(answer.status, 202);
}

#[test]
fn a_copy_is_done_when_every_file_is_there_with_what_is_in_it() {
    let mut run = Run::after(stored);
    let params = json!({ "to": run.desk.id("blake").to_string(), "folder": "left" });
    assert!(run.against("copy_drive", "done", params.clone()).unwrap().contains("`plans` was not copied"));
    copy(&run);
    run.desk.advance(Period::seconds(3));
    assert!(
        run.against("copy_drive", "done", params.clone()).unwrap().contains("`plans/a.txt` was not copied")
    );
    assert_eq!(run.against("copy_drive", "failed", params.clone()), None, "a part is not it");
    run.desk.advance(Period::seconds(10));
    assert_eq!(run.against("copy_drive", "done", params.clone()), None);
    for false_now in ["failed", "handed_off", "already"] {
        assert!(run.against("copy_drive", false_now, params.clone()).unwrap().contains("brought it about"));
    }
    assert!(run.against_undo("copy_drive", "done", params.clone()).unwrap().contains("cannot be taken back"));
    // Somebody changes the original: the copy is no copy of it any more.
    run.again();
    let alex = run.alex();
    run.foreign(|world| {
        let drive = world.drives.get_mut(&alex).unwrap();
        let plans = drive.child(None, "Plans").unwrap().0.clone();
        drive.put(DriveItem::file(Some(&plans), "a.txt", 8));
    });
    assert!(run.against("copy_drive", "done", params).unwrap().contains("was copied as a file of 7 bytes"));
}
