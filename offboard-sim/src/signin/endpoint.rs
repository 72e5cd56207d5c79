//! The sign-in endpoints: tokens for an application or a user, and the discovery document.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::denied::Denied;
use super::form::Form;
use super::{proof, token};
use crate::context::Context;
use crate::wire::{Reply, Request};
use crate::world::{Fingerprint, Resource, ServicePrincipal};

/// Answers a request to the sign-in service.
pub(crate) fn answer(cx: &mut Context<'_>, request: &Request) -> Reply {
    let segments: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    match (segments.as_slice(), &request.method) {
        ([tenant, "oauth2", "v2.0", "token"], &Method::POST) => match issue(cx, tenant, request) {
            Ok(body) => Reply::json(StatusCode::OK, &body).with("cache-control", "no-store, no-cache"),
            Err(denied) => denied.reply(cx),
        },
        ([_, "oauth2", "v2.0", "token"], _) => Reply::empty(StatusCode::METHOD_NOT_ALLOWED),
        ([tenant, "v2.0", ".well-known", "openid-configuration"], &Method::GET) => {
            match known_tenant(cx, tenant) {
                Ok(id) => Reply::json(StatusCode::OK, &discovery(&request.origin, &id)),
                Err(denied) => denied.reply(cx),
            }
        }
        (["common", "discovery", "instance"], &Method::GET) => Reply::json(
            StatusCode::OK,
            &json!({
                "tenant_discovery_endpoint":
                    format!("{}/{}/v2.0/.well-known/openid-configuration", request.origin, cx.world.organization.id),
                "api-version": "1.1",
                "metadata": [{
                    "preferred_network": "login.microsoftonline.com",
                    "preferred_cache": "login.windows.net",
                    "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
                }],
            }),
        ),
        _ => Reply::empty(StatusCode::NOT_FOUND),
    }
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
    let resource = resource(form.field("scope")?)?;
    let user = match form.field("grant_type")? {
        "client_credentials" => {
            proof::check(cx, &app, &form, &request.origin)?;
            None
        }
        "password" => Some(check_password(cx, form.field("username")?, form.field("password")?)?),
        other => {
            let text = format!("The grant type '{other}' is not supported.");
            return Err(Denied::new("unsupported_grant_type", 70_003, text));
        }
    };
    let token = token::issue(&cx.core.key, cx.world, resource, &app, user, cx.guid());
    let life = cx.world.settings.token_lifetime.as_secs();
    Ok(json!({ "token_type": "Bearer", "expires_in": life, "ext_expires_in": life, "access_token": token }))
}

fn application(cx: &Context<'_>, client_id: &str) -> Result<ServicePrincipal, Denied> {
    let known = cx.world.app_by_client_id(client_id).cloned();
    known.ok_or_else(|| {
        let directory = &cx.world.organization.display_name;
        let text = format!(
            "Application with identifier '{client_id}' was not found in the directory '{directory}'."
        );
        Denied::new("unauthorized_client", 700_016, text)
    })
}

fn resource(scope: &str) -> Result<Resource, Denied> {
    let found = [Resource::Graph, Resource::Exchange].into_iter().find(|resource| {
        let audience = token::audience(*resource);
        scope.split(' ').any(|one| one.strip_prefix(audience).is_some_and(|rest| rest.starts_with('/')))
    });
    found.ok_or_else(|| {
        let text =
            format!("The provided request must include a 'scope' of a known resource; '{scope}' is none.");
        Denied::new("invalid_scope", 70_011, text)
    })
}

fn check_password(cx: &Context<'_>, name: &str, password: &str) -> Result<offboard_core::id::UserId, Denied> {
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
    if !user.account_enabled {
        return Err(Denied::new("invalid_grant", 50_057, "The user account is disabled."));
    }
    if user.force_change_password {
        return Err(Denied::new("invalid_grant", 50_055, "The password is expired."));
    }
    Ok(user.id)
}

fn discovery(origin: &str, tenant: &str) -> Value {
    json!({
        "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/authorize"),
        "jwks_uri": format!("{origin}/{tenant}/discovery/v2.0/keys"),
        "issuer": format!("{origin}/{tenant}/v2.0"),
        "response_types_supported": ["code", "id_token", "token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "grant_types_supported": ["client_credentials", "password"],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "msgraph_host": "graph.microsoft.com",
    })
}
