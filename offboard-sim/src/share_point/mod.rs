//! A little of SharePoint's own REST: who may do everything in the site of a OneDrive, and how far a copy is.
//!
//! Written from Microsoft's "Users, groups, and roles REST API reference" (`SP.User`, `web/siteusers`, `web/ensureuser`,
//! `web/getuserbyid`, changed by `MERGE` or by `POST` with `X-HTTP-Method: MERGE`) and from "Granting access via Azure AD App-Only", which
//! says that an application must sign in with a certificate. Its words of refusal are those that people report.

mod monitor;
mod refusal;

use http::{Method, StatusCode};
use offboard_core::id::UserId;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use refusal::Refusal;
pub(crate) use refusal::{claims_challenge, usual_error};

use crate::context::Context;
use crate::signin::{Caller, Refused};
use crate::wire::{Reply, Request};
use crate::world::{Drive, DriveState, Resource, SiteUser, World};

/// Answers a request to SharePoint.
pub(crate) fn answer(cx: &mut Context<'_>, request: &Request) -> Reply {
    let id = cx.guid();
    let asked_after = monitor::answer(cx, request);
    let reply = asked_after.unwrap_or_else(|| route(cx, request).unwrap_or_else(Refusal::reply));
    refusal::dressed(cx.now(), reply).with("sprequestguid", &id).with("request-id", &id)
}

fn route(cx: &mut Context<'_>, request: &Request) -> Result<Reply, Refusal> {
    let caller = admitted(cx, request)?;
    let path = percent_decode_str(&request.path).decode_utf8_lossy().into_owned();
    let (site, call) = path.split_once("/_api/web/").ok_or_else(Refusal::no_such_resource)?;
    let owner = owner(cx.world, site).ok_or_else(Refusal::no_such_site)?;
    open(cx, owner, &caller)?;
    let id = call.strip_prefix("getuserbyid(").and_then(|rest| rest.strip_suffix(')'));
    let merges = request.method.as_str() == "MERGE"
        || (request.method == Method::POST
            && request.header("x-http-method").is_some_and(|method| method.eq_ignore_ascii_case("MERGE")));
    match (call, id, &request.method) {
        ("siteusers", _, &Method::GET) => users(cx, request, owner),
        ("ensureuser", _, &Method::POST) => ensure(cx, request, owner),
        (_, Some(id), _) if merges => merge(cx, request, owner, id),
        ("siteusers" | "ensureuser", ..) | (_, Some(_), _) => Err(Refusal::wrong_method()),
        _ => Err(Refusal::no_such_resource()),
    }
}

/// Who calls, if SharePoint takes his token: an application only where it has a certificate.
fn admitted(cx: &Context<'_>, request: &Request) -> Result<Caller, Refusal> {
    let caller = cx.caller(request, Resource::SharePoint).map_err(|refused| match refused {
        Refused::Revoked(at) => Refusal::revoked(at),
        Refused::Missing => Refusal::early("Access denied. Before opening files in this location, you must first browse to the web site and select the option to login automatically."),
        Refused::Audience | Refused::Signature => Refusal::early("Invalid issuer or signature."),
        Refused::Expired => Refusal::early("Invalid JWT token. The token is expired."),
        Refused::Malformed | Refused::Principal => Refusal::early("Invalid JWT token."),
    })?;
    if caller.user.is_none() && !caller.certified {
        return Err(Refusal::early("Unsupported app only token."));
    }
    Ok(caller)
}

fn owner(world: &World, site: &str) -> Option<UserId> {
    let rows = world.drives.iter();
    rows.into_iter().find(|(_, drive)| drive.site_path().eq_ignore_ascii_case(site)).map(|(owner, _)| *owner)
}

/// Whether the caller may see and change who may do everything there.
fn open(cx: &Context<'_>, owner: UserId, caller: &Caller) -> Result<(), Refusal> {
    let drive = drive(cx.world, owner)?;
    match drive.state {
        DriveState::Ok => {}
        DriveState::Locked => return Err(Refusal::locked()),
        DriveState::Forbidden => return Err(Refusal::denied()),
    }
    let may = |name: &str| caller.permissions.contains(name);
    let allowed = match caller.user {
        None => may("Sites.FullControl.All"),
        // Even a SharePoint Administrator is nobody in a site of which he is no administrator.
        Some(id) => {
            may("AllSites.FullControl")
                && drive.site_users.iter().any(|row| row.user == Some(id) && row.is_site_admin)
        }
    };
    if allowed { Ok(()) } else { Err(Refusal::denied()) }
}

fn drive(world: &World, owner: UserId) -> Result<&Drive, Refusal> {
    world.drives.get(&owner).ok_or_else(Refusal::no_such_site)
}

/// `GET _api/web/siteusers`, all of them or only the administrators.
fn users(cx: &Context<'_>, request: &Request, owner: UserId) -> Result<Reply, Refusal> {
    let view = cx.directory_view();
    let query = percent_decode_str(&request.query).decode_utf8_lossy();
    let only = match query.as_ref() {
        "" => false,
        "$filter=IsSiteAdmin eq true" => true,
        other => return Err(Refusal::bad(&format!("The expression \"{other}\" is not valid."))),
    };
    plain(request)?;
    let rows = drive(&view, owner)?.site_users.iter().filter(|row| !only || row.is_site_admin);
    Ok(Reply::json(
        StatusCode::OK,
        &json!({ "value": rows.map(|row| rendered(&view, row)).collect::<Vec<_>>() }),
    ))
}

/// `POST _api/web/ensureuser`: the site knows him from then on.
fn ensure(cx: &mut Context<'_>, request: &Request, owner: UserId) -> Result<Reply, Refusal> {
    let body = body(request, &["logonName"])?;
    let login = body.get("logonName").and_then(Value::as_str).unwrap_or_default().to_owned();
    plain(request)?;
    let missing = || Refusal::bad(&format!("The specified user {login} could not be found."));
    // A bare sign-in name is taken too, as people report.
    let name = login.rsplit('|').next().unwrap_or_default();
    let known = cx.world.user_by_upn(name).map(|user| (user.id, user.user_principal_name.clone()));
    let (user, upn) = known.ok_or_else(missing)?;
    let drive = cx.world.drives.get_mut(&owner).ok_or_else(Refusal::no_such_site)?;
    let wanted = SiteUser::member(0, user, &upn).login_name;
    let known = drive.site_users.iter().find(|row| row.login_name == wanted).cloned();
    let row = known.unwrap_or_else(|| {
        let id = drive.site_users.iter().map(|row| row.id).max().unwrap_or(2) + 1;
        let row = SiteUser::member(id, user, &upn);
        drive.site_users.push(row.clone());
        row
    });
    Ok(Reply::json(StatusCode::OK, &rendered(cx.world, &row)))
}

/// `MERGE _api/web/getuserbyid(n)`.
fn merge(cx: &mut Context<'_>, request: &Request, owner: UserId, id: &str) -> Result<Reply, Refusal> {
    if request.header("if-match").is_none() {
        return Err(Refusal::bad("The request ETag value '' does not match the object's ETag value."));
    }
    let body = body(request, &["IsSiteAdmin"])?;
    if body.pointer("/__metadata/type").and_then(Value::as_str) != Some("SP.User") {
        return Err(Refusal::bad(
            "An entry without a type name was found, but no expected type was specified.",
        ));
    }
    let administrator = body.get("IsSiteAdmin").and_then(Value::as_bool);
    let administrator =
        administrator.ok_or_else(|| Refusal::bad("Cannot convert a primitive value to Edm.Boolean."))?;
    let drive = cx.world.drives.get_mut(&owner).ok_or_else(Refusal::no_such_site)?;
    let row = id.parse().ok().and_then(|id: u32| drive.site_users.iter_mut().find(|row| row.id == id));
    row.ok_or_else(|| Refusal::not_found("User cannot be found."))?.is_site_admin = administrator;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}

/// A body in verbose OData, with these members and its metadata alone.
fn body(request: &Request, known: &[&str]) -> Result<Value, Refusal> {
    let kind = request.header("content-type").unwrap_or_default().to_ascii_lowercase();
    if !kind.starts_with("application/json") || !kind.contains("odata=verbose") {
        return Err(Refusal::media_type(&kind));
    }
    let body = request.json().filter(Value::is_object).ok_or_else(|| Refusal::bad("Invalid JSON."))?;
    let members = body.as_object().into_iter().flatten();
    let strange =
        members.map(|(name, _)| name).find(|name| *name != "__metadata" && !known.contains(&name.as_str()));
    match strange {
        Some(name) => Err(Refusal::bad(&format!("The property '{name}' does not exist."))),
        None => Ok(body),
    }
}

/// Only the plainest shape of an answer is simulated.
fn plain(request: &Request) -> Result<(), Refusal> {
    let wanted = request.header("accept").unwrap_or_default().to_ascii_lowercase();
    if wanted.contains("odata=nometadata") { Ok(()) } else { Err(Refusal::media_type(&wanted)) }
}

fn rendered(world: &World, row: &SiteUser) -> Value {
    let user = row.user.and_then(|id| world.users.get(&id));
    json!({
        "Id": row.id,
        "IsHiddenInUI": false,
        "LoginName": row.login_name,
        "Title": user.map_or(row.login_name.as_str(), |user| user.display_name.as_str()),
        "PrincipalType": if row.user.is_some() { 1 } else { 4 },
        "Email": user.and_then(|user| user.mail.clone()).unwrap_or_default(),
        "IsEmailAuthenticationGuestUser": false,
        "IsShareByEmailGuestUser": false,
        "IsSiteAdmin": row.is_site_admin,
        "UserPrincipalName": user.map(|user| &user.user_principal_name),
    })
}
