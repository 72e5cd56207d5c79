//! The sign-in endpoints: which path is answered by what, and the tokens of every grant.

use http::{Method, StatusCode};
use offboard_core::id::UserId;
use offboard_core::time::Timestamp;
use serde_json::{Value, json};

use super::denied::Denied;
use super::form::Form;
use super::sessions::Refresh;
use super::token::Proof;
use super::{device, discovery, managed, proof, token};
use crate::context::Context;
use crate::wire::{Reply, Request};
use crate::world::{Fingerprint, Resource, ServicePrincipal};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Scopes that ask for no resource.
const OPEN_ID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// Answers a request to the sign-in service.
pub(crate) fn answer(cx: &mut Context<'_>, request: &Request) -> Reply {
    let segments: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let secret = |body: &Value| Reply::json(StatusCode::OK, body).with("cache-control", "no-store, no-cache");
    let told = |body: Result<Value, Denied>, cx: &Context<'_>| match body {
        Ok(body) => Reply::json(StatusCode::OK, &body),
        Err(denied) => denied.reply(cx),
    };
    match (segments.as_slice(), &request.method) {
        ([tenant, "oauth2", "v2.0", "token"], &Method::POST) => match issue(cx, tenant, request) {
            Ok(body) => secret(&body),
            Err(denied) => denied.reply(cx),
        },
        ([tenant, "oauth2", "v2.0", "devicecode"], &Method::POST) => match device::begin(cx, tenant, request)
        {
            Ok(body) => secret(&body),
            Err(denied) => denied.reply(cx),
        },
        ([_, "oauth2", "v2.0", "token" | "devicecode"], _) => {
            Reply::empty(StatusCode::METHOD_NOT_ALLOWED).with("allow", "POST")
        }
        ([tenant, "v2.0", ".well-known", "openid-configuration"], &Method::GET) => {
            told(known_tenant(cx, tenant).map(|id| discovery::openid(&request.origin, &id)), cx)
        }
        ([tenant, "discovery", "v2.0", "keys"], &Method::GET) => {
            told(known_tenant(cx, tenant).map(|_| discovery::keys(cx)), cx)
        }
        (["common", "discovery", "instance"], &Method::GET) => {
            let tenant = cx.world.organization.id.to_string();
            Reply::json(StatusCode::OK, &discovery::instance(&request.origin, &tenant))
        }
        (["devicelogin"], &Method::GET | &Method::POST) => device::page(cx, request),
        _ if request.path == managed::IMDS => managed::imds(cx, request),
        _ if request.path == managed::APP_SERVICE => managed::app_service(cx, request),
        _ => Reply::empty(StatusCode::NOT_FOUND),
    }
}

/// Whether a path is one of these, below no door's prefix: libraries take an authority for a host without a path.
pub(crate) fn is_ours(path: &str) -> bool {
    let segments: Vec<&str> = path.trim_matches('/').split('/').collect();
    matches!(
        segments.as_slice(),
        [_, "oauth2", "v2.0", "token" | "devicecode"]
            | [_, "v2.0", ".well-known", "openid-configuration"]
            | [_, "discovery", "v2.0", "keys"]
            | ["common", "discovery", "instance"]
            | ["devicelogin"]
    ) || [managed::IMDS, managed::APP_SERVICE].contains(&path)
}

pub(super) fn known_tenant(cx: &Context<'_>, tenant: &str) -> Result<String, Denied> {
    let organization = &cx.world.organization;
    let id = organization.id.to_string();
    let known = tenant.eq_ignore_ascii_case(&id) || cx.world.domains.contains(&tenant.to_ascii_lowercase());
    if known {
        return Ok(id);
    }
    Err(Denied::new(
        "invalid_request",
        90_002,
        format!(
            "Tenant '{tenant}' not found. Check that the tenant ID is right and that this is the right cloud."
        ),
    ))
}

fn issue(cx: &mut Context<'_>, tenant: &str, request: &Request) -> Result<Value, Denied> {
    known_tenant(cx, tenant)?;
    let form = Form::of(request)?;
    let app = application(cx, form.field("client_id")?)?;
    let capable = capable(&form)?;
    let now = cx.now();
    match form.field("grant_type")? {
        "client_credentials" => {
            let resource = application_resource(form.field("scope")?)?;
            let proof = proof::check(cx, &app, &form, &request.origin)?;
            Ok(answered(cx, &token::Grant { capable, ..token::Grant::of(resource, &app, proof) }))
        }
        "password" => {
            let scope = form.field("scope")?;
            let resource = delegated_resource(scope)?;
            let user = check_password(cx, form.field("username")?, form.field("password")?)?;
            let grant = token::Grant {
                capable,
                user: Some(user),
                ..token::Grant::of(resource, &app, Proof::Nothing)
            };
            Ok(delegated(cx, request, &grant, scope, now))
        }
        DEVICE_CODE => {
            public(&app, &form)?;
            let code = form.field("device_code")?;
            let (user, scope) = device::ask(cx, &app.app_id, code)?;
            enabled(cx, user)?;
            let resource = delegated_resource(&scope)?;
            let grant = token::Grant {
                capable,
                user: Some(user),
                ..token::Grant::of(resource, &app, Proof::Nothing)
            };
            Ok(delegated(cx, request, &grant, &scope, now))
        }
        "refresh_token" => {
            public(&app, &form)?;
            let refresh = refresh(cx, &app, form.field("refresh_token")?)?;
            let scope = form.field("scope")?;
            let resource = delegated_resource(scope)?;
            let grant = token::Grant {
                capable,
                user: Some(refresh.user),
                ..token::Grant::of(resource, &app, Proof::Nothing)
            };
            Ok(delegated(cx, request, &grant, scope, refresh.signed_in))
        }
        other => {
            let text = format!("The grant type '{other}' is not supported.");
            Err(Denied::new("unsupported_grant_type", 70_003, text))
        }
    }
}

/// The answer with an access token.
fn answered(cx: &Context<'_>, grant: &token::Grant<'_>) -> Value {
    let token = token::issue(&cx.core.key, cx.world, grant, cx.guid());
    let life = cx.world.settings.token_lifetime.as_secs();
    json!({ "token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token })
}

/// The same for a person, with what else was asked for.
fn delegated(
    cx: &Context<'_>,
    request: &Request,
    grant: &token::Grant<'_>,
    scope: &str,
    signed_in: Timestamp,
) -> Value {
    let mut body = answered(cx, grant);
    body["scope"] = json!(token::scopes(grant));
    let Some(user) = grant.user else { return body };
    let (now, asks) = (cx.now(), |one: &str| scope.split(' ').any(|asked| asked == one));
    if asks("offline_access") {
        let text = format!("sim-refresh-{:032x}{:032x}", cx.core.chance.guid(), cx.core.chance.guid());
        let row = Refresh::of(&grant.app.app_id, user, signed_in, now);
        cx.core.sessions.rows().refresh.insert(text.clone(), row);
        body["refresh_token"] = json!(text);
    }
    if asks("openid") {
        let tenant = cx.world.organization.id;
        let about = cx.world.users.get(&user);
        let claims = json!({
            "aud": grant.app.app_id,
            "iss": format!("{}/{tenant}/v2.0", request.origin),
            "iat": now.as_secs(), "nbf": now.as_secs(), "exp": (now + cx.world.settings.token_lifetime).as_secs(),
            "name": about.map(|user| user.display_name.clone()),
            "preferred_username": about.map(|user| user.user_principal_name.clone()),
            "oid": user.to_string(), "sub": user.to_string(), "tid": tenant.to_string(), "ver": "2.0",
        });
        body["id_token"] = json!(discovery::signed(cx, &claims));
    }
    body
}

/// A public client proves itself by nothing, and must be registered as one.
fn public(app: &ServicePrincipal, form: &Form) -> Result<(), Denied> {
    let proves = form.get("client_secret").is_some() || form.get("client_assertion").is_some();
    match (app.public_client, proves) {
        (true, false) => Ok(()),
        (true, true) => {
            let text =
                "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.";
            Err(Denied::new("invalid_client", 700_025, text))
        }
        (false, _) => {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            Err(Denied::new("invalid_client", 7_000_218, text))
        }
    }
}

/// What a refresh token stands for, if it is still good.
fn refresh(cx: &Context<'_>, app: &ServicePrincipal, text: &str) -> Result<Refresh, Denied> {
    let found = cx.core.sessions.rows().refresh.get(text).cloned();
    let row = found.filter(|row| row.app_id == app.app_id).ok_or_else(|| {
        let text = "The provided value for the input parameter 'refresh_token' is not valid.";
        Denied::new("invalid_grant", 70_000, text).with_suberror("bad_token")
    })?;
    enabled(cx, row.user)?;
    let revoked =
        cx.world.users.get(&row.user).is_some_and(|user| user.sign_in_sessions_valid_from > row.signed_in);
    if revoked {
        let text = "The provided grant has expired due to it being revoked, a fresh auth token is needed.";
        return Err(Denied::new("invalid_grant", 50_173, text).with_suberror("bad_token"));
    }
    if row.expires <= cx.now() {
        let text = "The refresh token has expired due to inactivity.";
        return Err(Denied::new("invalid_grant", 700_082, text).with_suberror("token_expired"));
    }
    Ok(row)
}

fn enabled(cx: &Context<'_>, user: UserId) -> Result<(), Denied> {
    match cx.world.users.get(&user) {
        None => {
            Err(Denied::new("invalid_grant", 50_034, "The user account does not exist in this directory."))
        }
        Some(user) if !user.account_enabled => {
            Err(Denied::new("invalid_grant", 50_057, "The user account is disabled."))
        }
        Some(_) => Ok(()),
    }
}

/// Whether the client says that it understands claims challenges (`cp1`).
fn capable(form: &Form) -> Result<bool, Denied> {
    let Some(text) = form.get("claims") else { return Ok(false) };
    let claims: Value = serde_json::from_str(text)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| Denied::malformed("The claims parameter is not a JSON object."))?;
    let values = claims.pointer("/access_token/xms_cc/values").and_then(Value::as_array);
    Ok(values.is_some_and(|values| values.iter().any(|value| value == "cp1")))
}

pub(super) fn application(cx: &Context<'_>, client_id: &str) -> Result<ServicePrincipal, Denied> {
    let known = cx.world.app_by_client_id(client_id).cloned();
    known.ok_or_else(|| {
        let directory = &cx.world.organization.display_name;
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{directory}'."
        );
        Denied::new("unauthorized_client", 700_016, text)
    })
}

/// The resource with this name, with or without a slash at its end.
pub(super) fn resource_named(name: &str) -> Option<Resource> {
    let name = name.trim_end_matches('/');
    [Resource::Graph, Resource::Exchange, Resource::SharePoint]
        .into_iter()
        .find(|resource| token::audience(*resource) == name)
}

fn unknown_scope(scope: &str) -> Denied {
    let text = format!("The provided request must include a 'scope' of a known resource; '{scope}' is none.");
    Denied::new("invalid_scope", 70_011, text)
}

/// What an application asks for: everything it was granted on one resource.
fn application_resource(scope: &str) -> Result<Resource, Denied> {
    let name = scope.strip_suffix("/.default").ok_or_else(|| {
        let text = format!(
            "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."
        );
        Denied::new("invalid_scope", 1_002_012, text)
    })?;
    resource_named(name).ok_or_else(|| unknown_scope(scope))
}

/// What somebody asks for: permissions on one resource, which is Graph where none is named.
pub(super) fn delegated_resource(scope: &str) -> Result<Resource, Denied> {
    let mut found = None;
    for one in scope.split(' ').filter(|one| !one.is_empty() && !OPEN_ID.contains(one)) {
        let resource = match one.rsplit_once('/') {
            Some((name, _)) => resource_named(name).ok_or_else(|| unknown_scope(scope))?,
            None => Resource::Graph,
        };
        if found.is_some_and(|other| other != resource) {
            let text = format!(
                "The provided value for the input parameter 'scope' is not valid: '{scope}' names more than one resource."
            );
            return Err(Denied::new("invalid_scope", 28_000, text));
        }
        found = Some(resource);
    }
    Ok(found.unwrap_or(Resource::Graph))
}

pub(super) fn check_password(cx: &Context<'_>, name: &str, password: &str) -> Result<UserId, Denied> {
    let user = cx.world.user_by_upn(name).ok_or_else(|| {
        Denied::new("invalid_grant", 50_034, "The user account does not exist in this directory.")
    })?;
    if user.password != Fingerprint::of(password) {
        return Err(Denied::new(
            "invalid_grant",
            50_126,
            "Error validating credentials due to invalid username or password.",
        ));
    }
    enabled(cx, user.id)?;
    if user.force_change_password {
        return Err(Denied::new("invalid_grant", 50_055, "The password is expired."));
    }
    Ok(user.id)
}
