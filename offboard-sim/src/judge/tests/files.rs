//! Access to a OneDrive: who has it, and who gave it.

use http::Method;
use offboard_core::time::Period;
use serde_json::{Value, json};

use super::{Desk, Run};
use crate::exchange::tests::{machine_token, send};
use crate::world::{Drive, DriveState, SiteUser};

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
