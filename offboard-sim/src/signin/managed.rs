//! Managed identity: the metadata service of a virtual machine (IMDS), and the endpoint that App Service offers.
//!
//! Microsoft, "How to use managed identities for Azure resources on an Azure VM to acquire an access token" and "How to
//! use managed identities for App Service".

use http::{Method, StatusCode};
use serde_json::json;

use super::endpoint::resource_named;
use super::token;
use crate::context::Context;
use crate::wire::{Reply, Request};
use crate::world::ServicePrincipal;

/// The path of the metadata service.
pub(super) const IMDS: &str = "/metadata/identity/oauth2/token";
/// The path of the endpoint that App Service names in `IDENTITY_ENDPOINT`.
pub(super) const APP_SERVICE: &str = "/msi/token";

fn refused(status: StatusCode, error: &str, text: &str) -> Reply {
    Reply::json(status, &json!({ "error": error, "error_description": text }))
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let found = url::form_urlencoded::parse(request.query.as_bytes()).find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
}

/// Answers the metadata service.
pub(super) fn imds(cx: &Context<'_>, request: &Request) -> Reply {
    let bad = |error: &str, text: &str| refused(StatusCode::BAD_REQUEST, error, text);
    if request.method != Method::GET {
        return Reply::empty(StatusCode::METHOD_NOT_ALLOWED).with("allow", "GET");
    }
    if !request.header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true")) {
        return bad("bad_request_102", "Required metadata header not specified");
    }
    if request.header("x-forwarded-for").is_some() {
        return bad("bad_request", "A request that was forwarded is not answered");
    }
    let Some(version) = parameter(request, "api-version") else {
        return bad("invalid_request", "Required query variable 'api-version' is missing");
    };
    if version.as_str() < "2018-02-01" {
        return bad("invalid_request", "Invalid api-version");
    }
    grant(cx, request, true)
}

/// Answers the endpoint of App Service.
pub(super) fn app_service(cx: &Context<'_>, request: &Request) -> Reply {
    if request.method != Method::GET {
        return Reply::empty(StatusCode::METHOD_NOT_ALLOWED).with("allow", "GET");
    }
    if request.header("x-identity-header") != Some(&cx.core.app.identity_header) {
        return refused(
            StatusCode::UNAUTHORIZED,
            "Unauthorized",
            "The X-IDENTITY-HEADER is missing or wrong.",
        );
    }
    if parameter(request, "api-version").as_deref() != Some("2019-08-01") {
        return refused(
            StatusCode::BAD_REQUEST,
            "UnsupportedApiVersion",
            "The api-version is not supported.",
        );
    }
    grant(cx, request, false)
}

fn grant(cx: &Context<'_>, request: &Request, imds: bool) -> Reply {
    let bad = |error: &str, text: &str| refused(StatusCode::BAD_REQUEST, error, text);
    let Some(resource) = parameter(request, "resource") else {
        return bad("invalid_request", "Required query variable 'resource' is missing");
    };
    let Some(app) = identity(cx, request) else {
        return bad("invalid_request", "Identity not found");
    };
    let Some(known) = resource_named(&resource) else {
        let text = format!(
            "AADSTS500011: The resource principal named {resource} was not found in the tenant named {}.",
            cx.world.organization.display_name
        );
        return bad("invalid_resource", &text);
    };
    let token = token::issue(
        &cx.core.key,
        cx.world,
        &token::Grant::of(known, &app, token::Proof::Certificate),
        cx.guid(),
    );
    let life = cx.world.settings.token_lifetime;
    let (now, ends) = (cx.now(), cx.now() + life);
    let mut body = json!({
        "access_token": token,
        "client_id": app.app_id,
        "expires_on": ends.as_secs().to_string(),
        "resource": resource,
        "token_type": "Bearer",
    });
    if imds {
        body["expires_in"] = json!(life.as_secs().to_string());
        body["ext_expires_in"] = json!(life.as_secs().to_string());
        body["not_before"] = json!(now.as_secs().to_string());
    }
    Reply::json(StatusCode::OK, &body)
}

/// The identity that was asked for: the machine's own, or one that is named.
fn identity(cx: &Context<'_>, request: &Request) -> Option<ServicePrincipal> {
    let own = cx.world.settings.managed_identity?;
    let app = cx.world.service_principals.get(&own)?.clone();
    let named = |names: &[&str], is: &str| {
        names.iter().all(|name| parameter(request, name).is_none_or(|value| value.eq_ignore_ascii_case(is)))
    };
    let fits = named(&["client_id"], &app.app_id)
        && named(&["object_id", "principal_id"], &app.id.to_string())
        && parameter(request, "msi_res_id").is_none();
    fits.then_some(app)
}
