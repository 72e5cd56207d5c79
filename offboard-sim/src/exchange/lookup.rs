//! Whom an `Identity` means: Exchange takes many kinds of name and guesses among them.

use offboard_core::id::{MailboxId, UserId};

use super::refusal::Refusal;
use crate::world::{Mailbox, User, World};

/// The domain controller that answers, as it stands in error texts.
pub(super) const SERVER: &str = "EURPR01A001DC05.EURPR01A001.PROD.OUTLOOK.COM";

/// Which mailboxes a look takes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    /// Mailboxes in the cloud that are in use.
    Mailboxes,
    /// Those, and mail users whose mailbox is on-premises.
    Recipients,
    /// Mailboxes whose license or account went, and which are not kept by a hold.
    SoftDeleted,
    /// Mailboxes that a hold keeps after their account.
    Inactive,
    /// [`Among::Mailboxes`] and [`Among::Inactive`].
    MailboxesAndInactive,
}

impl Among {
    fn takes(self, mailbox: &Mailbox) -> bool {
        use crate::world::MailboxState::{Active, Disconnected, Inactive, SoftDeleted};
        let cloud = mailbox.recipient_type.is_cloud_mailbox();
        match self {
            Self::Mailboxes => cloud && mailbox.state == Active,
            Self::Recipients => mailbox.state == Active,
            Self::SoftDeleted => cloud && matches!(mailbox.state, SoftDeleted { .. } | Disconnected { .. }),
            Self::Inactive => cloud && matches!(mailbox.state, Inactive { .. }),
            Self::MailboxesAndInactive => cloud && matches!(mailbox.state, Active | Inactive { .. }),
        }
    }
}

/// A mailbox with the account it belongs to, deleted or not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) mailbox: &'a Mailbox,
    pub(super) user: &'a User,
}

impl Found<'_> {
    /// `Name`: new directory objects are named by their object id, so it is not a person's name.
    pub(super) fn name(&self) -> String {
        self.user.id.to_string()
    }

    /// `DistinguishedName`.
    pub(super) fn distinguished_name(&self, world: &World) -> String {
        format!(
            "CN={},OU={},OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM",
            self.user.id, world.organization.id
        )
    }

    /// `PrimarySmtpAddress`.
    pub(super) fn primary_smtp_address(&self) -> String {
        primary_smtp_address(self.user)
    }
}

/// The address that mail of `user` comes from.
pub(super) fn primary_smtp_address(user: &User) -> String {
    let primary = user.proxy_addresses.iter().find_map(|proxy| proxy.strip_prefix("SMTP:"));
    primary.or(user.mail.as_deref()).unwrap_or(&user.user_principal_name).to_owned()
}

/// All of that kind, in the order of their ids.
pub(super) fn all(world: &World, among: Among) -> Vec<Found<'_>> {
    let mailboxes = world.mailboxes.values().filter(|mailbox| among.takes(mailbox));
    mailboxes
        .filter_map(|mailbox| {
            let deleted = || world.deleted_users.get(&mailbox.owner).map(|row| &row.user);
            let user = world.users.get(&mailbox.owner).or_else(deleted)?;
            Some(Found { mailbox, user })
        })
        .collect()
}

/// The one that `identity` means: by id, then by principal name or address, then by alias or display name. More
/// than one is an error, never the first.
pub(super) fn one<'a>(world: &'a World, identity: &str, among: Among) -> Result<Found<'a>, Refusal> {
    let candidates = all(world, among);
    let by = |matches: &dyn Fn(&Found<'_>) -> bool| {
        candidates.iter().copied().filter(|found| matches(found)).collect::<Vec<_>>()
    };
    let mailbox = identity.parse::<MailboxId>().ok();
    let user = identity.parse::<UserId>().ok();
    let address = identity.strip_prefix("smtp:").or(identity.strip_prefix("SMTP:")).unwrap_or(identity);
    let mut matches = by(&|found| Some(found.mailbox.guid) == mailbox || Some(found.user.id) == user);
    if matches.is_empty() {
        matches = by(&|found| {
            found.user.user_principal_name.eq_ignore_ascii_case(address)
                || found.user.has_address(address)
                || found.distinguished_name(world).eq_ignore_ascii_case(identity)
        });
    }
    if matches.is_empty() {
        matches = by(&|found| {
            found.user.mail_nickname.eq_ignore_ascii_case(identity)
                || found.user.display_name.to_lowercase() == identity.to_lowercase()
        });
    }
    match matches.as_slice() {
        [only] => Ok(*only),
        [] => Err(Refusal::not_found(identity, SERVER)),
        _ => Err(Refusal::ambiguous_object(identity)),
    }
}

/// What a `Get-*` with this identity gives. **No identity, an empty one and `null` give everything** (CONTRACT C2).
pub(super) fn some<'a>(
    world: &'a World,
    identity: Option<&str>,
    among: Among,
) -> Result<Vec<Found<'a>>, Refusal> {
    match identity {
        None => Ok(all(world, among)),
        Some(identity) => one(world, identity, among).map(|found| vec![found]),
    }
}

/// The mailbox in use that a write means. It is looked up in what Exchange's directory knows by now.
pub(super) fn target(seen: &World, world: &World, identity: Option<&str>) -> Result<MailboxId, Refusal> {
    // A write without an identity changes nothing: Exchange finds no object named ''.
    let identity = identity.unwrap_or_default();
    let guid = one(seen, identity, Among::Mailboxes)?.mailbox.guid;
    let gone = || Refusal::not_found(identity, SERVER);
    world.mailboxes.get(&guid).filter(|mailbox| Among::Mailboxes.takes(mailbox)).ok_or_else(gone)?;
    Ok(guid)
}

/// The recipient of this organisation that a parameter such as `ForwardingAddress` or `User` names.
pub(super) fn recipient(seen: &World, identity: &str) -> Result<UserId, Refusal> {
    one(seen, identity, Among::Recipients).map(|found| found.user.id)
}

/// The name shown for a user that may be gone.
pub(super) fn shown(world: &World, user: UserId) -> String {
    let gone = || format!("S-1-5-21-{}", user.to_string().replace('-', ""));
    world.users.get(&user).map_or_else(gone, |user| user.user_principal_name.clone())
}

/// Changes a mailbox; tells whether anything is different now.
pub(super) fn change(world: &mut World, guid: MailboxId, edit: impl FnOnce(&mut Mailbox)) -> bool {
    let Some(mut mailbox) = world.mailboxes.get(&guid).cloned() else { return false };
    edit(&mut mailbox);
    let changed = world.mailboxes.get(&guid) != Some(&mailbox);
    if changed {
        mailbox.change_number += 1;
        world.mailboxes.insert(guid, mailbox);
    }
    changed
}
