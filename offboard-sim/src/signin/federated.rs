//! Workload identity federation: the token of somebody whom the application trusts.
//!
//! Microsoft, "Workload identity federation concepts": issuer, subject and audience must be those of a federated
//! credential of the application, letter by letter, and the issuer's key must have signed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use offboard_core::time::Period;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::json;

use super::denied::Denied;
use super::{discovery, proof};
use crate::context::Context;
use crate::core::Core;
use crate::world::{FederatedCredential, ServicePrincipal, World};

/// A token as the platform of the application's workload writes it into a file, good from now for `life`.
pub(crate) fn token(core: &Core, world: &World, life: Period) -> Option<String> {
    let app = world.service_principals.get(&core.app.object_id)?;
    let trusted = app.federated.first()?;
    let now = world.now;
    discovery::sign(
        &core.app,
        &json!({
            "iss": trusted.issuer, "sub": trusted.subject, "aud": [trusted.audience],
            "iat": now.as_secs(), "nbf": now.as_secs(), "exp": (now + life).as_secs(),
        }),
    )
}

/// What a token of somebody else's says.
#[derive(Debug, Deserialize)]
pub(super) struct Presented {
    iss: String,
    sub: String,
    aud: Audiences,
    nbf: Option<i64>,
    exp: i64,
}

/// One audience or several, as JSON Web Tokens have them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audiences {
    One(String),
    Several(Vec<String>),
}

impl Presented {
    /// Whether somebody else than the application itself is meant to have signed.
    pub(super) fn is_foreign(&self, app: &ServicePrincipal) -> bool {
        self.iss != app.app_id
    }

    /// Checks it against the federated credentials of the application.
    pub(super) fn check(
        &self,
        cx: &Context<'_>,
        app: &ServicePrincipal,
        signed: &str,
        signature: &[u8],
    ) -> Result<(), Denied> {
        let trusted = self.trusted(app)?;
        let key = STANDARD.decode(&trusted.public_key).unwrap_or_default();
        let right =
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &key).verify(signed.as_bytes(), signature);
        right.map_err(|_| Denied::new("invalid_client", 50_013, "Assertion failed signature validation."))?;
        proof::in_time(cx.now(), self.nbf, self.exp)
    }

    /// The credential that it fits, letter by letter.
    fn trusted<'a>(&self, app: &'a ServicePrincipal) -> Result<&'a FederatedCredential, Denied> {
        let audiences = match &self.aud {
            Audiences::One(audience) => std::slice::from_ref(audience),
            Audiences::Several(audiences) => audiences,
        };
        let none = |number: u32, what: &str, value: &str| {
            let text = format!(
                "No matching federated identity record found for presented assertion {what} '{value}'."
            );
            Denied::new("invalid_client", number, text)
        };
        let mut known: Vec<_> = app.federated.iter().filter(|known| known.issuer == self.iss).collect();
        if known.is_empty() {
            return Err(none(700_211, "issuer", &self.iss));
        }
        known.retain(|known| known.subject == self.sub);
        if known.is_empty() {
            return Err(none(700_213, "subject", &self.sub));
        }
        known.retain(|known| audiences.contains(&known.audience));
        known.first().copied().ok_or_else(|| none(700_212, "audience", &audiences.join(", ")))
    }
}
