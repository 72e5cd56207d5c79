//! Containment: sign-in, password, sessions, and the account in Exchange.

use http::Method;
use serde_json::{Map, Value};

use super::{Ask, Row, Undo, never, nobody, only, so};
use crate::judge::calls::Call;
use crate::world::MailboxState;

/// Whether the person's account is Active Directory's.
pub(super) fn owned(ask: &Ask<'_>) -> bool {
    ask.began.users.get(&ask.user).is_some_and(crate::world::User::is_owned_by_active_directory)
}

fn patches_enabled(call: &Call, ask: &Ask<'_>, to: bool) -> bool {
    call.on_user(&Method::PATCH, "", ask.began, ask.user) && call.flag("/accountEnabled") == Some(to)
}

pub(super) const BLOCK_SIGN_IN: Row = Row {
    operation: "block_sign_in",
    params: &[],
    undo: Undo::PutBack,
    holds: |ask| so(!ask.user()?.account_enabled, "accountEnabled was true"),
    part: |ask| ask.user().map(|user| only("accountEnabled", user.account_enabled)).unwrap_or_default(),
    forward: |call, ask| patches_enabled(call, ask, false),
    back: |call, ask| patches_enabled(call, ask, true),
    owned,
    in_part: false,
};

pub(super) const RESET_PASSWORD: Row = Row {
    operation: "reset_password",
    params: &[],
    undo: Undo::Impossible,
    holds: |ask| {
        let (now, then) = (ask.user()?.last_password_change, ask.began.users.get(&ask.user));
        let moved = then.is_none_or(|then| now > then.last_password_change);
        so(moved, format!("the password had last been changed at {now}, before the run"))
    },
    part: |ask| {
        let user = ask.user();
        user.map(|user| only("lastPasswordChangeDateTime", user.last_password_change.to_string()))
            .unwrap_or_default()
    },
    forward: |call, ask| {
        let patched = call.on_user(&Method::PATCH, "", ask.began, ask.user);
        (patched && call.value("/passwordProfile").is_some())
            || call.on_user(&Method::POST, "resetPassword", ask.began, ask.user)
    },
    back: never,
    owned: nobody,
    in_part: false,
};

pub(super) const REVOKE_SIGN_IN_SESSIONS: Row = Row {
    operation: "revoke_sign_in_sessions",
    params: &[],
    undo: Undo::Impossible,
    holds: |ask| {
        let (now, then) = (ask.user()?.sign_in_sessions_valid_from, ask.began.users.get(&ask.user));
        let moved = then.is_none_or(|then| now > then.sign_in_sessions_valid_from);
        so(moved, format!("sessions since {now} were still valid"))
    },
    part: |ask| {
        let from = ask.user().map(|user| user.sign_in_sessions_valid_from.to_string());
        from.map(|from| only("signInSessionsValidFromDateTime", from)).unwrap_or_default()
    },
    forward: |call, ask| call.on_user(&Method::POST, "revokeSignInSessions", ask.began, ask.user),
    back: never,
    owned: nobody,
    in_part: false,
};

/// The same call once more. Whose call a revocation was cannot be told from the world, so that only what the step claims
/// to have seen is judged.
pub(super) const FINAL_REVOKE: Row =
    Row { operation: "final_revoke", forward: never, ..REVOKE_SIGN_IN_SESSIONS };

fn disables(call: &Call, ask: &Ask<'_>, to: bool) -> bool {
    call.runs("Set-Mailbox", ask.began, ask.user) && call.flag("/AccountDisabled") == Some(to)
}

pub(super) const BLOCK_EXCHANGE_ACCOUNT: Row = Row {
    operation: "block_exchange_account",
    params: &[],
    undo: Undo::PutBack,
    holds: |ask| so(ask.mailbox()?.account_disabled, "AccountDisabled was false"),
    part: account_disabled,
    forward: |call, ask| disables(call, ask, true),
    back: |call, ask| disables(call, ask, false),
    owned: nobody,
    in_part: false,
};

/// Where the account is.
fn whereabouts(ask: &Ask<'_>) -> &'static str {
    let world = ask.world;
    match (world.users.contains(&ask.user), world.deleted_users.contains(&ask.user)) {
        (true, _) => "among the users",
        (false, true) => "among the deleted users",
        (false, false) => "gone for good",
    }
}

/// Whether the account came back as it was to.
pub(in crate::judge) fn is_back(ask: &Ask<'_>) -> Result<(), String> {
    let Some(user) = ask.world.users.get(&ask.user) else {
        return Err(format!("the account was {}", whereabouts(ask)));
    };
    let wanted = ask.params.pointer("/way_back/user_principal_name").and_then(Value::as_str);
    let called = wanted.is_none_or(|name| user.user_principal_name.eq_ignore_ascii_case(name));
    so(called, format!("the account was called {}", user.user_principal_name))
}

pub(super) const DELETE_USER: Row = Row {
    operation: "delete_user",
    params: &[],
    undo: Undo::Return,
    holds: |ask| {
        let found = whereabouts(ask);
        so(found == "among the deleted users", format!("the account was {found}"))?;
        // Whoever says which mailbox was to become inactive claims that it did.
        let Some(wanted) = ask.text("mailbox") else { return Ok(()) };
        let kept = ask.world.mailboxes.values().find(|mailbox| mailbox.guid.to_string() == wanted);
        match kept.map(|mailbox| mailbox.state) {
            Some(MailboxState::Inactive { .. }) => Ok(()),
            Some(state) => Err(format!("the mailbox was {state:?} and not inactive")),
            None => Err("the mailbox was gone".to_owned()),
        }
    },
    part: |ask| only("account", whereabouts(ask)),
    forward: |call, ask| call.on_user(&Method::DELETE, "", ask.began, ask.user),
    back: |call, ask| {
        let path = format!("/directory/deleteditems/{}/restore", ask.user);
        call.method == Method::POST && call.path.ends_with(&path)
    },
    owned: nobody,
    in_part: false,
};

fn account_disabled(ask: &Ask<'_>) -> Map<String, Value> {
    ask.mailbox().map(|mailbox| only("AccountDisabled", mailbox.account_disabled)).unwrap_or_default()
}
