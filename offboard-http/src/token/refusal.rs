//! What a refusal of the sign-in service means, by the numbers that it gives its reasons.

use http::StatusCode;
use offboard_core::failure::{Failure, Kind};
use serde_json::Value;

/// A refusal, read.
pub(super) struct Refusal {
    /// `error`, the protocol's own word: `invalid_client`, `authorization_pending`.
    pub(super) word: Option<String>,
    /// What a caller is told. The service's own text names the application and is not kept.
    pub(super) failure: Failure,
}

/// Reads the answer to a form that was not granted.
pub(super) fn of(status: StatusCode, body: &Value) -> Refusal {
    let number = body
        .pointer("/error_codes/0")
        .and_then(Value::as_u64)
        .or_else(|| described(body.get("error_description")?.as_str()?));
    let word = body.get("error").and_then(Value::as_str).filter(|word| is_word(word)).map(str::to_owned);
    if let Some(failure) = number.and_then(numbered) {
        return Refusal { word, failure };
    }
    let kind = match status.as_u16() {
        429 => Kind::Throttled,
        408 | 500.. => Kind::Unavailable,
        _ => Kind::Unauthenticated,
    };
    let mut failure = Failure::new(kind, format!("signing in was refused with {status}"))
        .hint("check the tenant, the application and what proves it in the configuration");
    failure.code = number.map(|number| format!("AADSTS{number}")).or_else(|| word.clone());
    Refusal { word, failure }
}

/// What a number means, if it is known.
pub(super) fn numbered(number: u64) -> Option<Failure> {
    let (message, hint) = known(number)?;
    Some(Failure::new(Kind::Unauthenticated, message).code(format!("AADSTS{number}")).hint(hint))
}

/// What was seen, and what to do.
fn known(number: u64) -> Option<(&'static str, &'static str)> {
    Some(match number {
        7_000_222 => (
            "the client secret has expired",
            "create a new secret for this app registration, and put it into the configuration",
        ),
        7_000_215 => (
            "the client secret is wrong",
            "configure the secret's value, not its id; it is shown only when it is created",
        ),
        700_027 => (
            "the certificate is not one of this application's, or the service counts it as expired",
            "upload the certificate (without its key) to the app registration, and compare the thumbprints",
        ),
        700_024 => (
            "the service finds the signed assertion outside its time",
            "compare this machine's clock with the real time",
        ),
        50_027 => (
            "the token or assertion that proves the application is none that the service can read",
            "look at what was presented: a federated token is a JSON Web Token, in a file of its own",
        ),
        700_021 | 700_023 => (
            "the signed assertion is for another application or another sign-in service",
            "check the client id, the tenant and the cloud in the configuration",
        ),
        70_021 | 700_211 | 700_212 | 700_213 => (
            "no federated credential of the application fits the token that was presented",
            "compare issuer, subject and audience of the federated credential in the app registration with the token's",
        ),
        700_025 => (
            "the application is registered as a public client, which proves itself by nothing",
            "sign in by device code, or give the app registration a secret or a certificate",
        ),
        7_000_218 => (
            "the application must prove itself, and did not",
            "configure a secret or a certificate; for a device code allow public client flows in the app registration",
        ),
        90_002 => (
            "the tenant is unknown to this sign-in service",
            "check the tenant id, and the cloud: a tenant lives in one cloud only",
        ),
        700_016 => (
            "the application is unknown in this tenant",
            "check the client id, and that an administrator has consented to the application in this tenant",
        ),
        7_000_112 => ("the application is disabled", "enable its enterprise application in this tenant"),
        7_000_229 => (
            "the application has no service principal in this tenant",
            "an administrator of this tenant must consent to the application",
        ),
        500_011 => (
            "the service that the token is for is unknown in this tenant",
            "check the cloud in the configuration, and that the tenant uses this service",
        ),
        1_002_012 | 70_011 => ("the scope is not valid", "check the cloud in the configuration"),
        65_001 => (
            "nobody has consented to the application for what it asks",
            "an administrator must consent to the permissions of the application",
        ),
        53_003 | 530_003 | 530_035 => (
            "conditional access forbids this sign-in",
            "let an administrator look up the request in the sign-in logs",
        ),
        50_057 => ("the account is blocked", "sign in with an account that is enabled"),
        50_173 | 70_008 | 700_082 | 50_078 | 50_079 | 50_076 => {
            ("the sign-in has ended: it was revoked, it is too old, or more is asked for", "sign in again")
        }
        _ => return None,
    })
}

/// Whether a text is one of the protocol's words.
fn is_word(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// The number in `AADSTS7000222: …`, and in whatever somebody else has written around that.
pub(super) fn described(text: &str) -> Option<u64> {
    let (_, digits) = text.split_once("AADSTS")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
