//! What the sign-in service says of itself: OpenID Connect discovery, its keys, and the names it goes by.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};

use crate::context::Context;
use crate::tenant::App;

/// The name of the key that id tokens are signed with.
const KEY_ID: &str = "offboard-sim";

/// `/.well-known/openid-configuration`.
pub(super) fn openid(origin: &str, tenant: &str) -> Value {
    json!({
        "token_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256"],
        "authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{origin}/{tenant}/oauth2/v2.0/devicecode"),
        "jwks_uri": format!("{origin}/{tenant}/discovery/v2.0/keys"),
        "issuer": format!("{origin}/{tenant}/v2.0"),
        "response_types_supported": ["code", "id_token", "token"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "grant_types_supported": [
            "client_credentials", "password", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "tenant_region_scope": "EU",
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
    })
}

/// `/common/discovery/instance`.
pub(super) fn instance(origin: &str, tenant: &str) -> Value {
    json!({
        "tenant_discovery_endpoint": format!("{origin}/{tenant}/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [{
            "preferred_network": "login.microsoftonline.com",
            "preferred_cache": "login.windows.net",
            "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
        }],
    })
}

/// `/discovery/v2.0/keys`.
pub(super) fn keys(cx: &Context<'_>) -> Value {
    let Some(key) = key(&cx.core.app) else { return json!({ "keys": [] }) };
    let parts = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(key.public());
    json!({ "keys": [{
        "kty": "RSA", "use": "sig", "kid": KEY_ID, "alg": "RS256",
        "n": URL_SAFE_NO_PAD.encode(parts.n), "e": URL_SAFE_NO_PAD.encode(parts.e),
    }]})
}

/// A JSON Web Token with these claims, signed by the service (`RS256`).
pub(super) fn signed(cx: &Context<'_>, claims: &Value) -> Option<String> {
    sign(&cx.core.app, claims)
}

/// The same for whoever signs with the one key that there is.
pub(crate) fn sign(app: &App, claims: &Value) -> Option<String> {
    let key = key(app)?;
    let header = json!({ "typ": "JWT", "alg": "RS256", "kid": KEY_ID });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).ok()?;
    Some(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The service signs with the key that the source of the simulation holds: there is no other secret to protect.
fn key(app: &App) -> Option<RsaKeyPair> {
    let begin = "-----BEGIN PRIVATE KEY-----";
    let pem = &app.certificate;
    let from = pem.find(begin)?;
    let body: String = pem[from + begin.len()..].split("-----").next()?.split_whitespace().collect();
    RsaKeyPair::from_pkcs8(&STANDARD.decode(body).ok()?).ok()
}
