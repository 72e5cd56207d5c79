//! Tokens in the shape of a JWT, signed with the tenant's own key, ending in the tenant's own time.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use offboard_core::id::{CallerId, TenantId, UserId};
use offboard_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::world::{Principal, Resource, ServicePrincipal, World};

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) aud: String,
    iss: String,
    iat: i64,
    nbf: i64,
    pub(crate) exp: i64,
    pub(crate) appid: String,
    /// How the application proved itself: 0 not at all, 1 with a secret, 2 with a certificate.
    appidacr: String,
    idtyp: String,
    pub(crate) oid: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) scp: Option<String>,
    /// What the client understands: `cp1` is continuous access evaluation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    xms_cc: Vec<String>,
    sub: String,
    pub(crate) tid: String,
    uti: String,
    ver: String,
}

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.idtyp == "user" {
            write!(f, "user {} of ", self.oid)?;
        }
        write!(f, "app {}", self.appid)
    }
}

/// Who calls, with what the token allows. Directory roles are not in it: they are looked up.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// The application's object id.
    pub(crate) app: CallerId,
    /// The signed-in user of a delegated token.
    pub(crate) user: Option<UserId>,
    /// Application roles, or delegated scopes.
    pub(crate) permissions: BTreeSet<String>,
    /// The application proved itself with a certificate.
    pub(crate) certified: bool,
}

impl Caller {
    /// Whose directory roles count: the user's, or the application's.
    pub(crate) fn principal(&self) -> Principal {
        self.user.map_or(Principal::App(self.app), Principal::User)
    }
}

/// Why a token was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    Missing,
    Malformed,
    Signature,
    Expired,
    Audience,
    /// The application, the user or the tenant is no longer there.
    Principal,
    /// Access was revoked at this time, after the token was issued, to a client that understands it.
    Revoked(Timestamp),
}

/// What tokens for a resource are addressed to.
pub(crate) fn audience(resource: Resource) -> &'static str {
    match resource {
        Resource::Graph => "https://graph.microsoft.com",
        Resource::Exchange => "https://outlook.office365.com",
        Resource::SharePoint => "https://contoso-my.sharepoint.com",
    }
}

/// What a token is to say.
pub(crate) struct Grant<'a> {
    pub(crate) resource: Resource,
    pub(crate) app: &'a ServicePrincipal,
    /// Who signed in, if not the application by itself.
    pub(crate) user: Option<UserId>,
    /// The client understands claims challenges.
    pub(crate) capable: bool,
    /// How the application proved itself.
    pub(crate) proof: Proof,
}

/// How an application proved itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Not at all: a public client.
    Nothing,
    Secret,
    /// A certificate, or a machine's own identity.
    Certificate,
}

impl Proof {
    fn claim(self) -> &'static str {
        match self {
            Self::Nothing => "0",
            Self::Secret => "1",
            Self::Certificate => "2",
        }
    }
}

impl<'a> Grant<'a> {
    /// For the application by itself.
    pub(crate) fn of(resource: Resource, app: &'a ServicePrincipal, proof: Proof) -> Self {
        Self { resource, app, user: None, capable: false, proof }
    }
}

fn values(granted: &BTreeSet<crate::world::AppRole>, resource: Resource) -> Vec<String> {
    granted.iter().filter(|role| role.resource == resource).map(|role| role.value.clone()).collect()
}

/// The scopes of a delegated token.
pub(crate) fn scopes(grant: &Grant<'_>) -> String {
    values(&grant.app.delegated, grant.resource).join(" ")
}

/// Issues a token for an application, or for a user of it.
pub(crate) fn issue(key: &str, world: &World, grant: &Grant<'_>, uti: String) -> String {
    let Grant { resource, app, user, capable, proof } = *grant;
    let oid = user.map_or_else(|| app.id.to_string(), |user| user.to_string());
    let claims = Claims {
        aud: audience(resource).to_owned(),
        iss: format!("https://sts.windows.net/{}/", world.organization.id),
        iat: world.now.as_secs(),
        nbf: world.now.as_secs(),
        exp: (world.now + world.settings.token_lifetime).as_secs(),
        appid: app.app_id.clone(),
        appidacr: proof.claim().to_owned(),
        idtyp: if user.is_some() { "user" } else { "app" }.to_owned(),
        sub: oid.clone(),
        oid,
        roles: if user.is_some() { Vec::new() } else { values(&app.granted, resource) },
        scp: user.map(|_| scopes(grant)),
        xms_cc: if capable { vec!["cp1".to_owned()] } else { Vec::new() },
        tid: world.organization.id.to_string(),
        uti,
        ver: "1.0".to_owned(),
    };
    let header = json!({ "typ": "JWT", "alg": "HS256", "kid": "offboard-sim" });
    let payload = serde_json::to_vec(&claims).unwrap_or_default();
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(payload));
    let signature = sign(key, &signed);
    format!("{signed}.{signature}")
}

/// Tokens whose signature was found right before, so that it is not computed for every request.
#[derive(Debug, Default)]
pub(crate) struct Known(Mutex<BTreeMap<String, Arc<Claims>>>);

impl Known {
    fn get(&self, token: &str) -> Option<Arc<Claims>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    fn add(&self, token: &str, claims: &Arc<Claims>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(token.to_owned(), Arc::clone(claims));
    }
}

/// The claims of the token that a request carries, unchecked.
pub(crate) fn bearer(known: &Known, headers: &HeaderMap) -> Option<Arc<Claims>> {
    let token = token_of(headers)?;
    known.get(token).or_else(|| claims_of(token).map(Arc::new))
}

/// Checks the token that a request carries.
pub(crate) fn authenticate(
    known: &Known,
    key: &str,
    world: &World,
    headers: &HeaderMap,
    resource: Resource,
    now: Timestamp,
) -> Result<Caller, Refused> {
    let token = token_of(headers).ok_or(Refused::Missing)?;
    let claims = if let Some(claims) = known.get(token) {
        claims
    } else {
        let claims = Arc::new(claims_of(token).ok_or(Refused::Malformed)?);
        let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
        if sign(key, signed) != signature {
            return Err(Refused::Signature);
        }
        known.add(token, &claims);
        claims
    };
    if claims.exp <= now.as_secs() {
        return Err(Refused::Expired);
    }
    if claims.aud != audience(resource) {
        return Err(Refused::Audience);
    }
    let app = world.app_by_client_id(&claims.appid).ok_or(Refused::Principal)?;
    let tenant: Result<TenantId, _> = claims.tid.parse();
    if tenant.ok() != Some(world.organization.id) {
        return Err(Refused::Principal);
    }
    let user = match claims.scp {
        Some(_) => Some(claims.oid.parse().map_err(|_| Refused::Principal)?),
        None => None,
    };
    if let Some(at) = revoked(world, &claims, app, user) {
        return Err(Refused::Revoked(at));
    }
    let scopes = claims.scp.as_deref().unwrap_or_default().split(' ').filter(|scope| !scope.is_empty());
    let permissions = claims.roles.iter().cloned().chain(scopes.map(str::to_owned)).collect();
    let certified = claims.appidacr == Proof::Certificate.claim();
    Ok(Caller { app: app.id, user, permissions, certified })
}

/// When access was revoked after this token was issued. Only clients that understand it are told; every other token
/// is good until its end. Times are compared by the second, as tokens have them.
fn revoked(
    world: &World,
    claims: &Claims,
    app: &ServicePrincipal,
    user: Option<UserId>,
) -> Option<Timestamp> {
    if !claims.xms_cc.iter().any(|capability| capability == "cp1") {
        return None;
    }
    let of_user = user.and_then(|id| world.users.get(&id)).map(|user| user.sign_in_sessions_valid_from);
    [app.sessions_valid_from, of_user].into_iter().flatten().find(|at| at.as_secs() > claims.iat)
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn claims_of(token: &str) -> Option<Claims> {
    let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

fn sign(key: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(key.as_bytes());
    hash.update(text.as_bytes());
    hash.update(key.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}
