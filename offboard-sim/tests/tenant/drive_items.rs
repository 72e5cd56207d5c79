//! Files in OneDrives, and copies from one to another.

use bytes::Bytes;
use offboard_core::time::Period;
use offboard_sim::world::{DriveState, ItemKind};
use serde_json::{Value, json};

use crate::desk::{Desk, Seen};

const ADELE: &str = "adele@contoso.com";
const MEGAN: &str = "megan@contoso.com";

fn drive(desk: &Desk, upn: &str) -> String {
    let path = format!("/users/{}/drive?$select=id", desk.id(upn));
    desk.get(&path).body["id"].as_str().unwrap().to_owned()
}

fn named(rows: &[Value], name: &str) -> Value {
    rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name} in {rows:?}")).clone()
}

fn top(desk: &Desk, drive: &str, name: &str) -> String {
    let seen = desk.get(&format!("/drives/{drive}/root/children?$select=id,name"));
    named(seen.rows(), name)["id"].as_str().unwrap().to_owned()
}

fn folder(desk: &Desk, drive: &str, name: &str) -> Seen {
    let body = json!({ "name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail" });
    desk.post(&format!("/drives/{drive}/items/root/children"), body)
}

/// Asks for a copy, and returns where to ask after it.
fn copy(desk: &Desk, (from, item): (&str, &str), (to, folder): (&str, &str)) -> String {
    let body = json!({ "parentReference": { "driveId": to, "id": folder } });
    let path = format!("/drives/{from}/items/{item}/copy?@microsoft.graph.conflictBehavior=fail");
    let seen = desk.post(&path, body);
    assert_eq!(seen.status, 202, "{}", seen.body);
    seen.headers["location"].to_str().unwrap().to_owned()
}

fn ask_after(desk: &Desk, monitor: &str) -> Seen {
    desk.raw(http::Request::get(monitor).body(Bytes::new()).unwrap()).unwrap()
}

#[test]
fn a_drive_holds_what_its_quota_says() {
    let desk = Desk::new();
    for upn in [ADELE, MEGAN, "alex@contoso.com"] {
        let drive = drive(&desk, upn);
        let used = desk.get(&format!("/drives/{drive}?$select=quota")).body["quota"]["used"].clone();
        let root = desk.get(&format!("/drives/{drive}/root"));
        assert_eq!((&root.body["size"], root.body["root"].is_object()), (&used, true), "{upn}");
        let children =
            desk.get(&format!("/drives/{drive}/items/{}/children", root.body["id"].as_str().unwrap()));
        assert_eq!(children.rows().len() as u64, root.body["folder"]["childCount"].as_u64().unwrap());
        let sum: u64 = children.rows().iter().map(|row| row["size"].as_u64().unwrap()).sum();
        assert_eq!(json!(sum), used, "{upn}");
    }
}

#[test]
fn children_come_in_pages() {
    let desk = Desk::new();
    let drive = drive(&desk, ADELE);
    let all = desk.get(&format!("/drives/{drive}/root/children"));
    let mut next = Some(format!("/drives/{drive}/root/children?$top=2&$select=id,name,size,folder,file"));
    let mut names = Vec::new();
    while let Some(path) = next {
        let page = desk.get(&path);
        assert!(page.rows().len() <= 2);
        names.extend(page.rows().iter().map(|row| row["name"].clone()));
        next = page.body["@odata.nextLink"].as_str().map(str::to_owned);
    }
    assert_eq!(names, all.rows().iter().map(|row| row["name"].clone()).collect::<Vec<_>>());
    let file = top(&desk, &drive, "Archive.zip");
    let seen = desk.get(&format!("/drives/{drive}/items/{file}/children"));
    assert_eq!((seen.status, seen.code()), (422, "notSupported"));
}

#[test]
fn a_copy_is_taken_and_carried_out_later() {
    let desk = Desk::new();
    let (from, to) = (drive(&desk, ADELE), drive(&desk, MEGAN));
    let made = folder(&desk, &to, "Left by Adele");
    assert_eq!(made.status, 201);
    let place = made.body["id"].as_str().unwrap().to_owned();
    let documents = top(&desk, &from, "Documents");
    let monitor = copy(&desk, (&from, &documents), (&to, &place));
    assert!(monitor.starts_with("https://contoso-my.sharepoint.com/_api/v2.0/monitor/"), "{monitor}");
    let begun = ask_after(&desk, &monitor);
    assert_eq!((begun.status, &begun.body["status"]), (202, &json!("inProgress")));
    assert!(desk.get(&format!("/drives/{to}/items/{place}/children")).rows().is_empty());
    desk.tenant.clock().advance(Period::minutes(5));
    let over = ask_after(&desk, &monitor);
    assert_eq!(over.body["status"], "completed", "{}", over.body);
    let result = desk.get(&format!("/drives/{to}/items/{}", over.body["resourceId"].as_str().unwrap()));
    let original = desk.get(&format!("/drives/{from}/items/{documents}"));
    for same in ["name", "size", "folder"] {
        assert_eq!(result.body[same], original.body[same], "{same}");
    }
    // It is told about for a while only.
    desk.tenant.clock().advance(Period::hours(2));
    assert_eq!(ask_after(&desk, &monitor).status, 404);
}

#[test]
fn a_name_that_is_taken_is_found_only_later() {
    let desk = Desk::new();
    let (from, to) = (drive(&desk, ADELE), drive(&desk, MEGAN));
    let place = folder(&desk, &to, "Left").body["id"].as_str().unwrap().to_owned();
    let file = top(&desk, &from, "Archive.zip");
    for wanted in ["completed", "failed"] {
        let monitor = copy(&desk, (&from, &file), (&to, &place));
        desk.tenant.clock().advance(Period::minutes(5));
        let seen = ask_after(&desk, &monitor);
        assert_eq!(seen.body["status"], wanted, "{}", seen.body);
        assert_eq!(seen.body["error"]["code"] == "nameAlreadyExists", wanted == "failed");
    }
    assert_eq!(desk.get(&format!("/drives/{to}/items/{place}/children")).rows().len(), 1);
    assert_eq!(
        (folder(&desk, &to, "left").status, folder(&desk, &to, "left").code().to_owned()),
        (409, "nameAlreadyExists".to_owned())
    );
}

#[test]
fn a_full_drive_takes_nothing_more() {
    let desk = Desk::new();
    let (from, to) = (drive(&desk, ADELE), drive(&desk, MEGAN));
    let megan = desk.id(MEGAN);
    desk.tenant.world(|world| {
        let drive = world.drives.get_mut(&megan).unwrap();
        drive.total = drive.used + 1;
    });
    let place = folder(&desk, &to, "Left").body["id"].as_str().unwrap().to_owned();
    let monitor = copy(&desk, (&from, &top(&desk, &from, "Archive.zip")), (&to, &place));
    desk.tenant.clock().advance(Period::minutes(5));
    assert_eq!(ask_after(&desk, &monitor).body["error"]["code"], "quotaLimitReached");
}

#[test]
fn what_cannot_be_copied_is_refused_at_once() {
    let desk = Desk::new();
    let (from, to) = (drive(&desk, ADELE), drive(&desk, MEGAN));
    let file = top(&desk, &from, "Archive.zip");
    let reference = json!({ "driveId": to, "id": "root" });
    for (item, body, words) in [
        ("root", json!({ "parentReference": reference }), "root folder"),
        (&*file, json!({ "parentReference": reference, "childrenOnly": true }), "file items"),
        (&*file, json!({ "parentReference": { "id": "root" } }), "drive and the folder"),
        (&*file, json!({ "parentReference": { "driveId": from, "id": file } }), "not a folder"),
        (&*file, json!({ "parentReference": reference, "name": "a:b" }), "invalid characters"),
    ] {
        let seen = desk.post(&format!("/drives/{from}/items/{item}/copy"), body);
        assert_eq!((seen.status, seen.code()), (400, "invalidRequest"), "{words}");
        assert!(seen.body["error"]["message"].as_str().unwrap().contains(words), "{}", seen.body);
    }
    let missing =
        desk.post(&format!("/drives/{from}/items/01X/copy"), json!({ "parentReference": reference }));
    assert_eq!((missing.status, missing.code()), (404, "itemNotFound"));
    desk.tenant.world(|world| {
        let adele = world.user_by_upn(ADELE).unwrap().id;
        world.drives.get_mut(&adele).unwrap().items.get_mut(&file).unwrap().kind = ItemKind::Shortcut {};
    });
    let shortcut =
        desk.post(&format!("/drives/{from}/items/{file}/copy"), json!({ "parentReference": reference }));
    assert_eq!(shortcut.status, 400);
}

#[test]
fn the_url_is_the_right_to_ask() {
    let desk = Desk::new();
    let (from, to) = (drive(&desk, ADELE), drive(&desk, MEGAN));
    let monitor = copy(&desk, (&from, &top(&desk, &from, "Archive.zip")), (&to, "root"));
    assert_eq!(ask_after(&desk, &monitor).status, 202);
    let token = format!("Bearer {}", desk.token);
    let with_token = http::Request::get(&monitor).header("authorization", token).body(Bytes::new()).unwrap();
    assert_eq!(desk.raw(with_token).unwrap().status, 401);
    let other = "https://contoso-my.sharepoint.com/_api/v2.0/monitor/00000000-0000-4000-8000-000000000000";
    assert_eq!(ask_after(&desk, other).status, 404);
}

#[test]
fn what_is_thrown_away_is_gone_with_everything_in_it() {
    let desk = Desk::new();
    let drive = drive(&desk, ADELE);
    let documents = top(&desk, &drive, "Documents");
    let inside = desk.get(&format!("/drives/{drive}/items/{documents}/children")).rows()[0]["id"].clone();
    assert_eq!(desk.delete(&format!("/drives/{drive}/items/{documents}")).status, 204);
    for id in [documents.as_str(), inside.as_str().unwrap()] {
        assert_eq!(desk.get(&format!("/drives/{drive}/items/{id}")).status, 404);
    }
}

#[test]
fn a_locked_drive_says_so_for_its_files_too() {
    let desk = Desk::new();
    let (drive, adele) = (drive(&desk, ADELE), desk.id(ADELE));
    for (state, status) in [(DriveState::Locked, 423), (DriveState::Forbidden, 403), (DriveState::Ok, 200)] {
        desk.tenant.world(|world| world.drives.get_mut(&adele).unwrap().state = state);
        assert_eq!(desk.get(&format!("/drives/{drive}/root/children")).status, status);
    }
    assert_eq!(desk.get("/drives/b!nobody/root/children").status, 404);
}
