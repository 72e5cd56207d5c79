//! Who may open what in a OneDrive: permissions of items, invitations, and what they do not reach.

use bytes::Bytes;
use offboard_core::id::UserId;
use offboard_sim::world::{Grant, ItemRole};
use serde_json::{Value, json};

use crate::desk::{Desk, Seen};
use crate::rights::without;

/// Shares nothing.
const OWNER: &str = "megan@contoso.com";
const INVITED: &str = "alex@contoso.com";

fn drive(desk: &Desk) -> String {
    let path = format!("/users/{}/drive?$select=id", desk.id(OWNER));
    desk.get(&path).body["id"].as_str().unwrap().to_owned()
}

fn item(desk: &Desk, path: &str) -> String {
    let owner = desk.id(OWNER);
    desk.tenant.world(|world| {
        let drive = world.drives.get(&owner).unwrap();
        drive.items.keys().find(|id| drive.path_of(id) == path).unwrap().clone()
    })
}

fn invitation(to: UserId, role: &str) -> Value {
    json!({ "recipients": [{ "objectId": to }], "roles": [role], "requireSignIn": true, "sendInvitation": false })
}

fn invite(desk: &Desk, item: &str, role: &str) -> Seen {
    desk.post(&format!("/drives/{}/items/{item}/invite", drive(desk)), invitation(desk.id(INVITED), role))
}

/// What the invited may do with an item by a permission of hers.
fn roles(desk: &Desk, item: &str) -> Option<Value> {
    let seen = desk.get(&format!("/drives/{}/items/{item}/permissions", drive(desk)));
    let invited = desk.id(INVITED).to_string();
    seen.rows()
        .iter()
        .find(|row| row["grantedToV2"]["user"]["id"] == *invited)
        .map(|row| row["roles"].clone())
}

/// The names of the items whose sharing `delta` shows.
fn shown(desk: &Desk, prefer: &str) -> Vec<String> {
    let url =
        format!("https://graph.microsoft.com/v1.0/drives/{}/root/delta?$select=id,name,shared", drive(desk));
    let mut request = http::Request::get(url).header("authorization", format!("Bearer {}", desk.token));
    if !prefer.is_empty() {
        request = request.header("prefer", prefer);
    }
    let seen = desk.raw(request.body(Bytes::new()).unwrap()).unwrap();
    assert!(seen.body["@odata.deltaLink"].is_string(), "{}", seen.body);
    let shared = seen.rows().iter().filter(|row| row["shared"].is_object());
    shared.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_invitation_to_the_root_reaches_what_inherits() {
    let desk = Desk::new();
    let (deep, apart) = (item(&desk, "Documents/Projects/Falcon #1.pptx"), item(&desk, "Pictures"));
    let inside = item(&desk, "Pictures/Team outing.jpg");
    let (owner, adele) = (desk.id(OWNER), desk.id("adele@contoso.com"));
    desk.tenant.world(|world| {
        let grant = Grant::to_user(adele, "adele@contoso.com", ItemRole::Read);
        world.drives.get_mut(&owner).unwrap().share(Some(&apart), grant);
    });
    let invited = invite(&desk, "root", "write");
    assert_eq!((invited.status, invited.rows().len()), (200, 1), "{}", invited.body);
    assert_eq!(invited.rows()[0]["roles"], json!(["write"]));
    for item in ["root", &deep] {
        assert_eq!(roles(&desk, item), Some(json!(["write"])), "{item}");
    }
    for item in [&apart, &inside] {
        assert_eq!(roles(&desk, item), None, "{item} has permissions of its own, or lies in what has");
    }
    // The same person has one permission, the greater one, under one name everywhere.
    invite(&desk, "root", "read");
    assert_eq!(roles(&desk, "root"), Some(json!(["write"])));
    let id = invited.rows()[0]["id"].as_str().unwrap();
    let drive = drive(&desk);
    let inherited = desk.delete(&format!("/drives/{drive}/items/{deep}/permissions/{id}"));
    assert_eq!((inherited.status, inherited.code()), (400, "invalidRequest"), "{}", inherited.body);
    assert_eq!(desk.delete(&format!("/drives/{drive}/root/permissions/{id}")).status, 204);
    assert_eq!((roles(&desk, "root"), roles(&desk, &deep)), (None, None));
    assert_eq!(desk.delete(&format!("/drives/{drive}/items/root/permissions/{id}")).status, 404);
}

#[test]
fn delta_tells_what_has_permissions_of_its_own() {
    let desk = Desk::new();
    let documents = item(&desk, "Documents");
    assert_eq!(shown(&desk, "hierarchicalsharing"), ["root"], "the root begins every hierarchy");
    assert_eq!(shown(&desk, ""), Vec::<String>::new(), "nothing is shared");
    assert_eq!(invite(&desk, &documents, "write").status, 200);
    assert_eq!(shown(&desk, "hierarchicalsharing, deltashowsharingchanges"), ["root", "Documents"]);
    let below = ["Documents", "Budget 2026.xlsx", "Handover.docx", "Projects", "Falcon #1.pptx"];
    assert_eq!(shown(&desk, ""), below, "without it what inherits is named too");
    // Whoever may not see all of SharePoint is told of no sharing at all.
    let weaker = without(&desk, "Sites.FullControl.All");
    assert_eq!(shown(&weaker, "hierarchicalsharing"), Vec::<String>::new());
}

#[test]
fn an_invitation_that_makes_no_sense_is_refused() {
    let desk = Desk::new();
    let (drive, invited) = (drive(&desk), desk.id(INVITED));
    let ask = |change: fn(&mut Value)| {
        let mut body = invitation(invited, "write");
        change(&mut body);
        let seen = desk.post(&format!("/drives/{drive}/root/invite"), body);
        (seen.status, seen.code().to_owned())
    };
    let invalid = (400, "invalidRequest".to_owned());
    assert_eq!(ask(|body| body["roles"] = json!(["owner"])), invalid);
    assert_eq!(ask(|body| body["roles"] = json!([])), invalid);
    assert_eq!(ask(|body| body["recipients"] = json!([])), invalid);
    assert_eq!(ask(|body| body["recipients"][0]["objectId"] = json!(UserId::from_u128(7))), invalid);
    assert_eq!(ask(|body| body["expirationDateTime"] = json!("2027-01-01T00:00:00Z")), invalid);
    assert_eq!(ask(|body| body["message"] = json!("x".repeat(2_001))), invalid);
    assert_eq!(ask(|body| body["requireSignIn"] = json!("yes")).0, 400);
    assert_eq!(ask(|body| body["surprise"] = json!(1)).0, 400);
    assert_eq!(ask(|body| body["recipients"] = json!([{ "email": "x@fabrikam.com" }])).0, 501);
    assert_eq!(roles(&desk, "root"), None);
    let owner = desk.get(&format!("/drives/{drive}/root/permissions")).rows()[0].clone();
    assert_eq!(owner["roles"], json!(["owner"]));
    let path = format!("/drives/{drive}/root/permissions/{}", owner["id"].as_str().unwrap());
    assert_eq!(desk.delete(&path).status, 403);
}
