//! The device code flow (RFC 8628): a code to be entered elsewhere, and the asking after it.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::denied::Denied;
use super::endpoint;
use super::form::Form;
use super::sessions::{Answer, CODE_LIFE, Device, INTERVAL};
use crate::context::Context;
use crate::wire::{Reply, Request};
use offboard_core::id::UserId;

/// Letters and digits that nobody mistakes for one another.
const ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Hands out a device code.
pub(super) fn begin(cx: &mut Context<'_>, tenant: &str, request: &Request) -> Result<Value, Denied> {
    endpoint::known_tenant(cx, tenant)?;
    let form = Form::of(request)?;
    let app = endpoint::application(cx, form.field("client_id")?)?;
    let scope = form.field("scope")?.to_owned();
    endpoint::delegated_resource(&scope)?;
    let number = cx.core.chance.guid();
    let letter = |place: u32| {
        let digit = usize::try_from(number >> (place * 5) & 31).unwrap_or(0);
        char::from(ALPHABET.get(digit).copied().unwrap_or(b'A'))
    };
    let user_code: String = (0..9).map(letter).collect();
    let device_code = format!("sim-device-{:032x}{:032x}", cx.core.chance.guid(), cx.core.chance.guid());
    let now = cx.now();
    let device = Device {
        user_code: user_code.clone(),
        app_id: app.app_id,
        scope,
        expires: now + CODE_LIFE,
        asked: None,
        answer: Answer::Pending,
    };
    let mut rows = cx.core.sessions.rows();
    rows.devices.retain(|_, row| now < row.expires + CODE_LIFE);
    rows.devices.insert(device_code.clone(), device);
    let uri = format!("{}/devicelogin", request.origin);
    Ok(json!({
        "user_code": user_code,
        "device_code": device_code,
        "verification_uri": uri,
        "expires_in": CODE_LIFE.as_secs(),
        "interval": INTERVAL.as_secs(),
        "message": format!("To sign in, use a web browser to open the page {uri} and enter the code {user_code} to authenticate."),
    }))
}

/// Who signed in with a device code, and the scope that was asked for with it. A code is good for one token.
pub(super) fn ask(cx: &Context<'_>, app_id: &str, code: &str) -> Result<(UserId, String), Denied> {
    let now = cx.now();
    let mut rows = cx.core.sessions.rows();
    let unknown = || {
        let text = "The 'device_code' is not valid: it is unknown, or was used before.";
        Denied::new("bad_verification_code", 70_018, text)
    };
    let row = rows.devices.get_mut(code).filter(|row| row.app_id == app_id).ok_or_else(unknown)?;
    if now >= row.expires {
        let text = "The device code has expired. Start the device authorization again.";
        return Err(Denied::new("expired_token", 70_020, text));
    }
    let hasty = row.asked.is_some_and(|asked| now.since(asked) < INTERVAL);
    row.asked = Some(now);
    match row.answer {
        // Microsoft's own service is patient and does not document this answer; RFC 8628 has it, and so must clients.
        Answer::Pending if hasty => {
            Err(Denied::new("slow_down", 70_016, "The client asks more often than the interval allows."))
        }
        Answer::Pending => {
            let text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
            Err(Denied::new("authorization_pending", 70_016, text))
        }
        Answer::Declined => {
            let text = "The end user denied the authorization request.";
            Err(Denied::new("authorization_declined", 65_004, text))
        }
        Answer::Approved(user) => {
            let scope = row.scope.clone();
            rows.devices.remove(code);
            Ok((user, scope))
        }
    }
}

/// The page on which a person enters the code. There is no design to it.
pub(super) fn page(cx: &Context<'_>, request: &Request) -> Reply {
    let said = if request.method == Method::POST { enter(cx, request) } else { String::new() };
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>Sign in to a simulated tenant</title></head><body>\
         <h1>Sign in to a simulated tenant</h1><p>{said}</p><form method=\"post\">\
         <p><label>Code <input name=\"code\" autocomplete=\"off\"></label></p>\
         <p><label>User principal name <input name=\"username\"></label></p>\
         <p><label>Password <input name=\"password\" type=\"password\"></label></p>\
         <p><button name=\"do\" value=\"approve\">Sign in</button> \
         <button name=\"do\" value=\"decline\">Cancel</button></p></form></body></html>"
    );
    Reply::bytes(StatusCode::OK, "text/html; charset=utf-8", html)
}

/// What the page says to what was entered. None of it is repeated.
fn enter(cx: &Context<'_>, request: &Request) -> String {
    let Ok(form) = Form::of(request) else { return "The form cannot be read.".to_owned() };
    let now = cx.now();
    let code = form.get("code").unwrap_or_default();
    let answered = if form.get("do") == Some("decline") {
        cx.core.sessions.decline(code, now)
    } else {
        let (name, password) =
            (form.get("username").unwrap_or_default(), form.get("password").unwrap_or_default());
        match endpoint::check_password(cx, name, password) {
            Ok(user) => cx.core.sessions.approve(code, user, now),
            Err(_) => return "Nobody has this name and this password here.".to_owned(),
        }
    };
    if answered { "Done. You can close this page." } else { "This code waits for nobody." }.to_owned()
}
