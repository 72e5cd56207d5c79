//! What the program itself asked the tenant to do.

use offboard_core::id::UserId;
use offboard_core::time::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::recorder::Exchanged;
use crate::tenant::Tenant;
use crate::world::World;

/// A request of the program's that could change something and was let in.
#[derive(Debug)]
pub(super) struct Call {
    /// When the tenant carried it out, as far as anybody can see.
    pub(super) at: Timestamp,
    pub(super) method: http::Method,
    /// Decoded, in lower case, keys after slashes.
    pub(super) path: String,
    pub(super) body: Value,
    pub(super) cmdlet: Option<String>,
    /// Answered with success.
    pub(super) accepted: bool,
    /// Not answered at all.
    pub(super) unanswered: bool,
}

impl Call {
    /// Every mutating request of the tenant's application that was carried out, oldest first.
    pub(super) fn all(tenant: &Tenant) -> Vec<Self> {
        let client = tenant.app().client_id;
        let rows = tenant.recorder().mutating();
        let own =
            rows.into_iter().filter(|row| row.principal.as_deref().is_some_and(|by| by.contains(&client)));
        own.filter_map(|row| Self::read(&row)).collect()
    }

    fn read(row: &Exchanged) -> Option<Self> {
        let body = row.json().unwrap_or(Value::Null);
        let decoded = percent_decode_str(&row.path).decode_utf8_lossy().to_lowercase();
        Some(Self {
            at: row.carried_out?,
            method: row.method.clone(),
            path: decoded.replace("('", "/").replace("')", ""),
            body: body.pointer("/CmdletInput/Parameters").cloned().unwrap_or(body),
            cmdlet: row.cmdlet.clone(),
            unanswered: row.status.is_none(),
            accepted: row.status.is_some_and(|status| (200..300).contains(&status)),
        })
    }

    /// Whether it is this cmdlet for the mailbox of `user`.
    pub(super) fn runs(&self, cmdlet: &str, world: &World, user: UserId) -> bool {
        let object = |name: &str| self.body.get(name).and_then(Value::as_str).unwrap_or_default();
        self.cmdlet.as_deref() == Some(cmdlet)
            && (means(object("Mailbox"), world, user) || means(object("Identity"), world, user))
    }

    /// Whether it is a Graph request with this method on `/users/{user}` + `below`.
    pub(super) fn on_user(&self, method: &http::Method, below: &str, world: &World, user: UserId) -> bool {
        let Some((_, rest)) = self.path.split_once("/users/") else { return false };
        let (object, after) = rest.split_once('/').map_or((rest, ""), |(object, after)| (object, after));
        let below = below.to_lowercase();
        let fits = if below.is_empty() { after.is_empty() } else { after.contains(&below) };
        self.cmdlet.is_none() && self.method == *method && means(object, world, user) && fits
    }

    /// A value in its body or parameters.
    pub(super) fn value(&self, pointer: &str) -> Option<&Value> {
        self.body.pointer(pointer)
    }

    /// A flag in its body or parameters.
    pub(super) fn flag(&self, pointer: &str) -> Option<bool> {
        self.value(pointer).and_then(Value::as_bool)
    }

    /// A text in its body or parameters.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.value(pointer).and_then(Value::as_str)
    }
}

/// Whether a text in a request means `user`: object id, mailbox id, principal name, or a rule of that mailbox.
pub(super) fn means(text: &str, world: &World, user: UserId) -> bool {
    let text = text.split('\\').next().unwrap_or_default();
    let mailbox = world.mailboxes.values().find(|mailbox| mailbox.owner == user);
    let known = world.users.get(&user);
    text.eq_ignore_ascii_case(&user.to_string())
        || mailbox.is_some_and(|mailbox| text.eq_ignore_ascii_case(&mailbox.guid.to_string()))
        || known.is_some_and(|user| text.eq_ignore_ascii_case(&user.user_principal_name))
}
