//! One row for each operation that the judge knows.

mod access;
pub(super) mod account;
mod devices;
mod files;
mod forwarding;
mod groups;
mod hold;
mod licenses;
mod mail;
mod meetings;
mod on_premises;
mod protocols;
mod voice;

use offboard_core::id::UserId;
use serde_json::{Map, Value};

use super::calls::Call;
use crate::world::{Mailbox, User, World};

/// How the judge looks at one operation.
#[derive(Debug)]
pub struct Row {
    /// The operation's name.
    pub operation: &'static str,
    /// Parameters without which nothing can be judged.
    pub params: &'static [&'static str],
    /// Whether and how it can be taken back.
    pub undo: Undo,
    /// Whether it is so; `Err` is what is so instead.
    pub(super) holds: fn(&Ask<'_>) -> Result<(), String>,
    /// What of the world the operation changes, by keys that others may change independently.
    pub(super) part: fn(&Ask<'_>) -> Map<String, Value>,
    /// Whether a call does it.
    pub(super) forward: fn(&Call, &Ask<'_>) -> bool,
    /// Whether a call takes it back.
    pub(super) back: fn(&Call, &Ask<'_>) -> bool,
    /// Whether Active Directory owns it on this person.
    pub(super) owned: fn(&Ask<'_>) -> bool,
    /// It never reaches the whole of what it is about: where `holds`, that part is reached, and nobody may say that it is done.
    pub(super) in_part: bool,
}

/// What taking an operation back means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undo {
    /// What it changed is as it was.
    PutBack,
    /// The account is among the users again, under the name that it was to come back with, whoever had deleted it.
    Return,
    /// It is no longer so; who does it is not this program.
    NoLonger,
    /// There is no way back.
    Impossible,
}

/// What a row is asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ask<'a> {
    /// The truth at the time in question.
    pub(super) world: &'a World,
    /// The truth when the run began.
    pub(super) began: &'a World,
    pub(super) user: UserId,
    pub(super) params: &'a Value,
}

impl<'a> Ask<'a> {
    fn user(&self) -> Result<&'a User, String> {
        let deleted = || self.world.deleted_users.get(&self.user).map(|row| &row.user);
        self.world.users.get(&self.user).or_else(deleted).ok_or_else(|| "there was no such user".to_owned())
    }

    /// His mailbox, whatever became of it.
    fn mailbox(&self) -> Result<&'a Mailbox, String> {
        mailbox(self.world, self.user).ok_or_else(|| "there was no mailbox".to_owned())
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.params.get(name).and_then(Value::as_str)
    }

    fn person(&self, name: &str) -> Option<UserId> {
        self.text(name)?.parse().ok()
    }
}

fn mailbox(world: &World, user: UserId) -> Option<&Mailbox> {
    world.mailbox_of(&user).or_else(|| world.mailboxes.values().find(|mailbox| mailbox.owner == user))
}

/// One key and its value.
fn only(key: &str, value: impl Into<Value>) -> Map<String, Value> {
    [(key.to_owned(), value.into())].into_iter().collect()
}

/// `Ok` where `so` is; else `truth`.
fn so(so: bool, truth: impl Into<String>) -> Result<(), String> {
    if so { Ok(()) } else { Err(truth.into()) }
}

fn never(_: &Call, _: &Ask<'_>) -> bool {
    false
}

fn nobody(_: &Ask<'_>) -> bool {
    false
}

static ROWS: [Row; 30] = [
    account::BLOCK_SIGN_IN,
    account::RESET_PASSWORD,
    account::REVOKE_SIGN_IN_SESSIONS,
    account::BLOCK_EXCHANGE_ACCOUNT,
    account::DELETE_USER,
    account::FINAL_REVOKE,
    mail::STOP_FORWARDING,
    forwarding::SET_FORWARDING,
    forwarding::END_FORWARDING,
    hold::PLACE_LITIGATION_HOLD,
    mail::CONVERT_TO_SHARED,
    mail::SET_AUTOMATIC_REPLIES,
    mail::STOP_AUTOMATIC_REPLIES,
    access::GRANT_FULL_ACCESS,
    access::REMOVE_FULL_ACCESS,
    files::GRANT_DRIVE_ACCESS,
    files::END_DRIVE_ACCESS,
    files::SHARE_DRIVE,
    files::END_DRIVE_SHARING,
    files::COPY_DRIVE,
    groups::LEAVE_GROUP,
    devices::WIPE_MOBILE_DEVICE,
    devices::BLOCK_MOBILE_DEVICE,
    protocols::BLOCK_PROTOCOLS,
    meetings::CANCEL_MEETINGS,
    groups::LEAVE_DISTRIBUTION_GROUP,
    groups::LEAVE_LICENSING_GROUP,
    voice::UNASSIGN_PHONE_NUMBER,
    licenses::REMOVE_LICENSES,
    on_premises::ON_PREMISES_TASK,
];

/// Every operation that can be judged. An operation without a row is contradicted whatever it claims.
pub fn rows() -> &'static [Row] {
    &ROWS
}
