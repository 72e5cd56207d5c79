//! Files and folders of a OneDrive, and copies of them.
//!
//! Written from Microsoft's pages "driveItem resource type", "List children of a driveItem", "Create a new folder in a drive",
//! "Delete a DriveItem", "driveItem: copy" and "Working with long running actions".

use http::StatusCode;
use offboard_core::id::UserId;
use serde_json::{Map, Value, json};

use super::answer::Call;
use super::drive;
use super::error::Refusal;
use super::names::Kind;
use super::page::PageSize;
use super::query::CONFLICT;
use super::write::{boolean, text};
use crate::context::Context;
use crate::wire::Reply;
use crate::world::{Drive, DriveItem, Grantee, ItemKind};

/// 200 rows, up to 999.
pub(super) const PAGE: PageSize = PageSize { usual: 200, most: 999 };

/// No copy takes more items than this.
const MOST: usize = 30_000;

/// Characters that no name may hold.
const FORBIDDEN: &str = "\"*:<>?/\\|";

/// `GET /drives/{id}/root` and `/drives/{id}/items/{id}`.
pub(super) fn get(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let (_, drive) = drive::find(&view, call.key(0))?;
    let id = item(drive, call.key(1))?;
    call.object(Kind::DriveItem, &rendered(drive, id))
}

/// `GET .../children`, by name.
pub(super) fn children(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let (_, drive) = drive::find(&view, call.key(0))?;
    let id = item(drive, call.key(1))?;
    if id.and_then(|id| drive.items.get(id)).is_some_and(|item| !item.is_folder()) {
        let text = "Children cannot be listed from an item that is not a folder";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "notSupported", text));
    }
    let rows = drive.children(id).into_iter().map(|(id, _)| rendered(drive, Some(id))).collect();
    call.page(Kind::DriveItem, PAGE, rows)
}

/// `POST .../children`: a new folder. Nothing else is made like this here.
pub(super) fn create(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.body()?;
    let (owner, drive) = drive::find(cx.world, call.key(0))?;
    let parent = folder(drive, call.key(1))?.map(str::to_owned);
    if !body.get("folder").is_some_and(Value::is_object) {
        return Err(Refusal::not_simulated("making anything but a folder"));
    }
    if let Some(other) = body.keys().find(|name| !["name", "folder", CONFLICT].contains(&name.as_str())) {
        return Err(Refusal::bad(format!("Invalid property '{other}' in the request.")));
    }
    let name = text("name", body.get("name").unwrap_or(&Value::Null))?.unwrap_or_default();
    good_name(&name)?;
    let behavior = body.get(CONFLICT).and_then(Value::as_str).unwrap_or("fail");
    let taken = drive.child(parent.as_deref(), &name).is_some();
    let name = match (taken, behavior) {
        (false, "fail" | "rename" | "replace") => name,
        (true, "rename") => free_name(drive, parent.as_deref(), &name),
        (true, "fail" | "replace") => return Err(exists()),
        _ => return Err(invalid("The conflict behavior is not known.")),
    };
    let missing = || Refusal::not_found(call.key(0));
    let drive = cx.world.drives.get_mut(&owner).ok_or_else(missing)?;
    let id = drive.put(DriveItem::folder(parent.as_deref(), &name));
    let mut reply = call.object(Kind::DriveItem, &rendered(drive, Some(&id)))?;
    reply.status = StatusCode::CREATED;
    Ok(reply)
}

/// `DELETE /drives/{id}/items/{id}`: into the recycle bin.
pub(super) fn delete(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let (owner, drive) = drive::find(cx.world, call.key(0))?;
    let id = item(drive, call.key(1))?.map(str::to_owned);
    let id = id.ok_or_else(|| invalid("The root folder cannot be deleted."))?;
    if let Some(drive) = cx.world.drives.get_mut(&owner) {
        drive.throw_away(&id);
    }
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// `POST .../copy`: taken, and carried out in its own time. What is wrong with the names is found only then.
pub(super) fn copy(cx: &mut Context<'_>, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = call.parameters(&["parentReference", "name", "childrenOnly", "includeAllVersionHistory"])?;
    let (from, source) = drive::find(cx.world, call.key(0))?;
    let id = item(source, call.key(1))?;
    let flag = |name| body.get(name).map_or(Ok(false), |value| boolean(name, value));
    let (children_only, name) =
        (flag("childrenOnly")?, text("name", body.get("name").unwrap_or(&Value::Null))?);
    flag("includeAllVersionHistory")?;
    if children_only {
        return Err(not_children_only(source, id, name.as_deref()));
    }
    let Some(id) = id else { return Err(invalid("Cannot copy the root folder.")) };
    if source.below(id).len() > MOST {
        return Err(invalid("The number of items to copy exceeds the limit of 30000."));
    }
    let found = source.items.get(id).ok_or_else(|| Refusal::not_found(id))?;
    if matches!(found.kind, ItemKind::Shortcut {}) {
        return Err(invalid("A remote item cannot be copied."));
    }
    let name = name.unwrap_or_else(|| found.name.clone());
    good_name(&name)?;
    match call.query.conflict.as_deref() {
        None | Some("fail") => {}
        Some("replace" | "rename") => return Err(Refusal::not_simulated("another conflict behavior")),
        Some(_) => return Err(invalid("The conflict behavior is not known.")),
    }
    let place = match body.get("parentReference") {
        Some(reference) => destination(cx, reference)?,
        None => (from, found.parent.clone()),
    };
    let (id, job) = (id.to_owned(), cx.guid());
    cx.world.begin_copy(&job, (from, &id), (place.0, place.1.as_deref()), &name);
    // Where everything lies below one address, so does SharePoint.
    let origin = match call.request.origin.strip_suffix("/graph") {
        Some(base) => format!("{base}/sharepoint"),
        None => "https://contoso-my.sharepoint.com".to_owned(),
    };
    let location = format!("{origin}/_api/v2.0/monitor/{job}");
    Ok(Reply::empty(StatusCode::ACCEPTED).with("location", &location))
}

/// Why only the children of something are not copied.
fn not_children_only(drive: &Drive, id: Option<&str>, name: Option<&str>) -> Refusal {
    let is_folder = id.and_then(|id| drive.items.get(id)).is_none_or(DriveItem::is_folder);
    match (is_folder, name) {
        (false, _) => invalid("childrenOnly option is not valid for file items."),
        (true, Some(_)) => invalid("Cannot use name parameter alongside childrenOnly."),
        (true, None) => Refusal::not_simulated("copying the children alone"),
    }
}

/// The folder that a copy goes to, and whose drive that is.
fn destination(cx: &Context<'_>, reference: &Value) -> Result<(UserId, Option<String>), Refusal> {
    let reference = reference.as_object().ok_or_else(|| invalid("parentReference is no item reference."))?;
    let part = |name: &str| reference.get(name).and_then(Value::as_str);
    let (Some(drive), Some(id)) = (part("driveId"), part("id")) else {
        return Err(invalid("parentReference must name the drive and the folder."));
    };
    let (owner, drive) = drive::find(cx.world, drive)?;
    Ok((owner, folder(drive, id)?.map(str::to_owned)))
}

/// The item that a key names; nothing is the root folder.
pub(super) fn item<'a>(drive: &'a Drive, key: &str) -> Result<Option<&'a str>, Refusal> {
    // Paths that end in `root` have no key.
    if key.is_empty() || key == "root" || key == drive.root_id() {
        return Ok(None);
    }
    let missing = || Refusal::new(StatusCode::NOT_FOUND, "itemNotFound", "The resource could not be found.");
    drive.items.get_key_value(key).map(|(id, _)| Some(id.as_str())).ok_or_else(missing)
}

fn folder<'a>(drive: &'a Drive, key: &str) -> Result<Option<&'a str>, Refusal> {
    let id = item(drive, key)?;
    match id.and_then(|id| drive.items.get(id)) {
        Some(item) if !item.is_folder() => Err(invalid("The parent is not a folder.")),
        _ => Ok(id),
    }
}

fn good_name(name: &str) -> Result<(), Refusal> {
    let bad = name.is_empty()
        || name.trim() != name
        || name.ends_with('.')
        || name.len() > 255
        || name.chars().any(|c| c.is_control() || FORBIDDEN.contains(c));
    if bad { Err(invalid("The provided name cannot contain invalid characters.")) } else { Ok(()) }
}

fn free_name(drive: &Drive, parent: Option<&str>, name: &str) -> String {
    let numbered = (1..).map(|n: u32| format!("{name} {n}"));
    numbered.into_iter().find(|name| drive.child(parent, name).is_none()).unwrap_or_default()
}

fn exists() -> Refusal {
    let text = "An item with the same name already exists under the parent";
    Refusal::new(StatusCode::CONFLICT, "nameAlreadyExists", text)
}

pub(super) fn invalid(text: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "invalidRequest", text)
}

/// An item as the service shows it; nothing is the root folder.
pub(super) fn rendered(drive: &Drive, id: Option<&str>) -> Value {
    let (root, size) = (drive.root_id(), drive.size_of(id));
    let tag = |prefix: &str| format!("\"{prefix}:{{{}}},1\"", id.unwrap_or(&root));
    let mut object = json!({
        "id": id.unwrap_or(&root),
        "size": size,
        "eTag": tag(""),
        "cTag": tag("c"),
    });
    let children = || json!({ "childCount": drive.children(id).len() });
    let facets = match id.and_then(|id| drive.items.get(id)) {
        None => {
            json!({ "name": "root", "root": {}, "folder": children(), "webUrl": drive.web_url,
                    "parentReference": { "driveId": drive.id, "driveType": "business" } })
        }
        Some(item) => {
            let within = item.parent.as_deref();
            let place = within.map(|parent| format!("/{}", drive.path_of(parent))).unwrap_or_default();
            let mut facets = json!({
                "name": item.name,
                "parentReference": { "driveId": drive.id, "driveType": "business",
                                     "id": within.unwrap_or(&root),
                                     "path": format!("/drives/{}/root:{place}", drive.id) },
                "webUrl": format!("{}/{}", drive.web_url, drive.path_of(id.unwrap_or_default())),
            });
            let (facet, value) = match &item.kind {
                ItemKind::Folder {} => ("folder", children()),
                ItemKind::File { hash, .. } => {
                    let hashes = json!({ "quickXorHash": hash });
                    ("file", json!({ "mimeType": "application/octet-stream", "hashes": hashes }))
                }
                ItemKind::Shortcut {} => ("remoteItem", json!({ "folder": { "childCount": 0 } })),
            };
            facets[facet] = value;
            facets
        }
    };
    if let (Some(object), Value::Object(facets)) = (object.as_object_mut(), facets) {
        object.extend::<Map<String, Value>>(facets);
        object.extend(shared(drive, id).map(|facet| ("shared".to_owned(), facet)));
    }
    object
}

/// The facet of what somebody else may open too, by whatever permission is in effect.
pub(super) fn shared(drive: &Drive, id: Option<&str>) -> Option<Value> {
    let grants = drive.grants_of(id);
    let link = grants.iter().any(|grant| grant.to == Grantee::Link {});
    (!grants.is_empty()).then(|| json!({ "scope": if link { "organization" } else { "users" } }))
}
