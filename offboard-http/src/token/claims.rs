//! What our own token says of us, and what a service demands of the next one.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use http::HeaderMap;
use offboard_core::id::{CallerId, TenantId};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::Token;

/// The payload of an access token, read without checking its signature: it is our own token, and nothing is
/// decided by this that the service does not decide again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Claims {
    /// `tid`: the tenant it is for.
    pub tenant: Option<TenantId>,
    /// `oid`: the service principal or user it stands for.
    pub caller: Option<CallerId>,
    /// `appid` (or `azp`): the application it was issued to.
    pub app: Option<String>,
    /// `roles`: application permissions, such as `User.Read.All`.
    pub roles: Vec<String>,
    /// `scp`: delegated permissions. Present only if a user is signed in.
    pub scopes: Vec<String>,
    /// `appidacr` (or `azpacr`): how the application proved itself. `0` not at all, `1` with a secret, `2` with a
    /// certificate.
    pub app_proof: Option<String>,
    /// `wids`: role template ids of the caller's directory roles, where the token lists them.
    pub directory_roles: Vec<String>,
}

#[derive(Deserialize)]
struct Payload {
    tid: Option<TenantId>,
    oid: Option<CallerId>,
    appid: Option<String>,
    azp: Option<String>,
    appidacr: Option<String>,
    azpacr: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    scp: Option<String>,
    #[serde(default)]
    wids: Vec<String>,
}

impl Claims {
    /// The claims of `token`, if it is a JWT. Tokens are opaque by contract, so `None` is not an error.
    pub fn of(token: &Token) -> Option<Self> {
        let payload = token.secret.expose().split('.').nth(1)?;
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?);
        let payload: Payload = serde_json::from_slice(&bytes).ok()?;
        Some(Self {
            tenant: payload.tid,
            caller: payload.oid,
            app: payload.appid.or(payload.azp),
            app_proof: payload.appidacr.or(payload.azpacr),
            roles: payload.roles,
            scopes: payload.scp.iter().flat_map(|scp| scp.split_whitespace()).map(str::to_owned).collect(),
            directory_roles: payload.wids,
        })
    }

    /// Whether it acts for a signed-in user, and not for an application by itself.
    pub fn is_delegated(&self) -> bool {
        !self.scopes.is_empty()
    }
}

/// The claims that a 401 demands (`WWW-Authenticate: Bearer … claims="…"`), decoded to JSON.
pub fn challenge(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(http::header::WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .filter(|text| text.len() <= 16 * 1024)
        .find_map(|text| decode(parameter(text, "claims")?))
}

fn decode(encoded: &str) -> Option<String> {
    let engines = [&STANDARD, &URL_SAFE, &URL_SAFE_NO_PAD];
    let bytes = engines.iter().find_map(|engine| engine.decode(encoded).ok())?;
    let text = String::from_utf8(bytes).ok()?;
    crate::json::parse(text.as_bytes()).ok()?.is_object().then_some(text)
}

/// The quoted value of `name` in a challenge, wherever it stands.
fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = challenge;
    loop {
        let (before, after) = rest.split_once('"')?;
        let (value, next) = after.split_once('"')?;
        let key = before.trim_end().strip_suffix('=')?.rsplit([',', ' ']).next()?;
        if key.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use offboard_core::time::Timestamp;
    use url::Url;

    use super::*;
    use crate::token::{Audience, Secret};

    fn token(payload: &str) -> Token {
        let audience = Audience::of(&Url::parse("https://graph.microsoft.com").unwrap()).unwrap();
        let text = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        Token::new(Secret::new("access token", text), Timestamp::from_micros(0), &audience)
    }

    #[test]
    fn our_own_token_tells_who_we_are() {
        let claims = Claims::of(&token(
            r#"{"tid":"11111111-2222-4333-8444-555555555555","oid":"aaaaaaaa-2222-4333-8444-555555555555",
                "appid":"app","appidacr":"2","roles":["User.Read.All"],"scp":"User.Read Mail.Read","wids":["w"]}"#,
        ))
        .unwrap();
        assert_eq!(claims.tenant.unwrap().to_string(), "11111111-2222-4333-8444-555555555555");
        assert_eq!(claims.caller.unwrap().to_string(), "aaaaaaaa-2222-4333-8444-555555555555");
        assert_eq!(claims.roles, ["User.Read.All"]);
        assert_eq!(claims.app_proof.as_deref(), Some("2"));
        assert_eq!(claims.scopes, ["User.Read", "Mail.Read"]);
        assert!(claims.is_delegated());
        assert!(!Claims::of(&token("{}")).unwrap().is_delegated());
    }

    #[test]
    fn an_opaque_token_has_no_claims() {
        let audience = Audience::of(&Url::parse("https://graph.microsoft.com").unwrap()).unwrap();
        for text in ["opaque", "a.b.c", "a..c", "....", "a.ew.c"] {
            let token = Token::new(Secret::new("t", text), Timestamp::from_micros(0), &audience);
            assert_eq!(Claims::of(&token), None, "{text}");
        }
    }

    #[test]
    fn a_challenge_is_decoded_wherever_its_claims_stand() {
        let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1702682181"}}}"#;
        let encoded = STANDARD.encode(claims);
        for (header, wanted) in [
            (format!(r#"Bearer realm="", error="insufficient_claims", claims="{encoded}""#), Some(claims)),
            (format!(r#"Bearer claims="{encoded}", error="insufficient_claims""#), Some(claims)),
            (r#"Bearer realm="", error="invalid_token""#.to_owned(), None),
            (r#"Bearer claims="not base64!""#.to_owned(), None),
            (format!(r#"Bearer claims="{}""#, STANDARD.encode("not json")), None),
            (r#"Bearer claims="unterminated"#.to_owned(), None),
            (String::new(), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_str(&header).unwrap());
            assert_eq!(challenge(&headers).as_deref(), wanted, "{header}");
        }
    }
}
