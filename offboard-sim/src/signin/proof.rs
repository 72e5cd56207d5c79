//! How an application proves itself: a secret, an assertion that it signed with the key of a registered certificate, or
//! the token of somebody whom it trusts.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use offboard_core::time::{Period, Timestamp};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use super::denied::Denied;
use super::federated::Presented;
use super::form::Form;
use super::token::Proof;
use crate::context::Context;
use crate::world::{Fingerprint, ServicePrincipal};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How far clocks may be apart.
const SKEW: Period = Period::minutes(5);

/// What an assertion says.
#[derive(Debug, Deserialize)]
struct Assertion {
    aud: String,
    iss: String,
    sub: String,
    jti: Option<String>,
    nbf: Option<i64>,
    exp: i64,
}

/// Checks what an application proves itself with.
pub(super) fn check(
    cx: &mut Context<'_>,
    app: &ServicePrincipal,
    form: &Form,
    origin: &str,
) -> Result<Proof, Denied> {
    match (form.get("client_secret"), form.get("client_assertion")) {
        (Some(secret), None) => check_secret(cx, app, secret).map(|()| Proof::Secret),
        (None, Some(assertion)) => {
            if form.field("client_assertion_type")? != JWT_BEARER {
                return Err(Denied::malformed(format!("The client_assertion_type must be '{JWT_BEARER}'.")));
            }
            check_assertion(cx, app, assertion, origin).map(|()| Proof::Certificate)
        }
        (None, None) => {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            Err(Denied::new("invalid_client", 7_000_218, text))
        }
        (Some(_), Some(_)) => {
            let text = "Only one of 'client_secret' and 'client_assertion' may be presented.";
            Err(Denied::malformed(text))
        }
    }
}

fn check_secret(cx: &Context<'_>, app: &ServicePrincipal, secret: &str) -> Result<(), Denied> {
    let print = Fingerprint::of(secret);
    let known = app.secrets.iter().find(|known| known.secret == print);
    match known {
        None => {
            let text = format!("Invalid client secret provided for app '{}'.", app.app_id);
            Err(Denied::new("invalid_client", 7_000_215, text))
        }
        Some(known) if known.expires <= cx.now() => {
            let text = format!("The provided client secret keys for app '{}' are expired.", app.app_id);
            Err(Denied::new("invalid_client", 7_000_222, text))
        }
        Some(_) => Ok(()),
    }
}

fn check_assertion(
    cx: &mut Context<'_>,
    app: &ServicePrincipal,
    text: &str,
    origin: &str,
) -> Result<(), Denied> {
    let malformed = || Denied::new("invalid_client", 50_027, "JWT token is invalid or malformed.");
    let invalid = |text: String| Denied::new("invalid_client", 700_027, text);
    let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed());
    let header: Value = serde_json::from_slice(&decode(header)?).map_err(|_| malformed())?;
    let claims = decode(claims)?;
    let named = |name: &str| header.get(name).and_then(Value::as_str);
    let (by_print, by_older) = (named("x5t#S256"), named("x5t"));
    if by_print.or(by_older).is_none()
        && let Ok(presented) = serde_json::from_slice::<Presented>(&claims)
        && presented.is_foreign(app)
    {
        return presented.check(cx, app, signed, &decode(signature)?);
    }
    let claims: Assertion = serde_json::from_slice(&claims).map_err(|_| malformed())?;
    let thumbprint = by_print.or(by_older).ok_or_else(|| {
        Denied::new("invalid_client", 5_002_723, "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.")
    })?;
    let certificate = app
        .certificates
        .iter()
        .find(|known| by_print.map_or(known.older_thumbprint == thumbprint, |print| known.thumbprint == print))
        .ok_or_else(|| {
            invalid(format!(
                "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']"
            ))
        })?;
    if cx.now() < certificate.begins || cx.now() >= certificate.expires {
        return Err(invalid(format!(
            "The certificate with identifier used to sign the client assertion is expired on application. [Reason - The key used is expired., Thumbprint of key used by client: '{thumbprint}']"
        )));
    }
    let key = STANDARD.decode(&certificate.public_key).map_err(|_| malformed())?;
    let algorithm = match named("alg") {
        Some("PS256") => &RSA_PSS_2048_8192_SHA256,
        Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(malformed()),
    };
    let right = UnparsedPublicKey::new(algorithm, &key).verify(signed.as_bytes(), &decode(signature)?);
    right.map_err(|_| invalid("Client assertion failed signature validation.".to_owned()))?;
    if claims.iss != app.app_id || claims.sub != app.app_id {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(Denied::new("invalid_client", 700_021, text));
    }
    if !addressed(cx, &claims.aud, origin) {
        let text = "Client assertion audience claim does not match Realm issuer.";
        return Err(Denied::new("invalid_client", 700_023, text));
    }
    let now = cx.now();
    in_time(now, claims.nbf, claims.exp)?;
    // The service's own answer to a second use is not documented; this simulation refuses it as any bad assertion.
    let id = claims.jti.filter(|id| !id.is_empty()).ok_or_else(malformed)?;
    if !cx.core.assertions.first_use(&app.app_id, &id, now, at(claims.exp) + SKEW) {
        return Err(Denied::new("invalid_client", 50_013, "Assertion failed: it has been used before."));
    }
    Ok(())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds.saturating_mul(1_000_000))
}

/// Whether an assertion is good now.
pub(super) fn in_time(now: Timestamp, begins: Option<i64>, ends: i64) -> Result<(), Denied> {
    let (begins, ends) = (begins.map_or(now, at), at(ends));
    if begins > now + SKEW || ends + SKEW <= now {
        let text = format!(
            "Client assertion is not within its valid time range. Current time: {now}, assertion valid from {begins}, expiry time of assertion {ends}."
        );
        return Err(Denied::new("invalid_client", 700_024, text));
    }
    Ok(())
}

/// Whether an audience is this tenant's token endpoint, or its issuer.
fn addressed(cx: &Context<'_>, audience: &str, origin: &str) -> bool {
    [origin, "https://login.microsoftonline.com"].iter().any(|base| {
        let Some(rest) = audience.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')) else {
            return false;
        };
        let Some((tenant, rest)) = rest.split_once('/') else { return false };
        matches!(rest, "oauth2/v2.0/token" | "v2.0") && super::endpoint::known_tenant(cx, tenant).is_ok()
    })
}
