//! What the simulation decided where nothing that was read says how Exchange behaves.

use offboard_core::id::UserId;

use crate::world::{Mailbox, World};

/// A decision of the simulation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What it is about.
    pub about: &'static str,
    /// What the simulated tenant does.
    pub chosen: &'static str,
}

const fn choice(about: &'static str, chosen: &'static str) -> Choice {
    Choice { about, chosen }
}

/// Every decision. A live tenant may decide otherwise; what depends on one of these is not proven by a simulation.
pub const CHOICES: [Choice; 22] = [
    choice(
        "delegates under an account block",
        "AccountDisabled keeps the owner out; people with FullAccess still open the mailbox",
    ),
    choice(
        "AccountDisabled and Entra",
        "Set-Mailbox -AccountDisabled leaves accountEnabled as it is, and accountEnabled=false leaves AccountDisabled as it is",
    ),
    choice("AccountDisabled of a synced user", "writable in the cloud; directory sync does not touch it"),
    choice(
        "license at conversion",
        "-Type Shared is refused without a mailbox plan; the other types are not",
    ),
    choice(
        "size, archive and holds at conversion",
        "nothing is refused while the mailbox is licensed; they count when the license goes",
    ),
    choice(
        "ForwardingAddress of a synced user",
        "refused where the mailbox has a counterpart in an on-premises Exchange, writable elsewhere; ForwardingSmtpAddress is always writable",
    ),
    choice("targets of ForwardingAddress and grants", "people and shared mailboxes; groups are not found"),
    choice("Name and Identity", "the object id, as new directory objects are named; never a person's name"),
    choice(
        "spelling of parameters",
        "exactly as in the reference, no aliases, no other case; common parameters such as ErrorAction are taken",
    ),
    choice("$select of a property that the object has not", "400; other query options are refused too"),
    choice(
        "Confirm left out",
        "Remove-MailboxPermission, Remove-CalendarEvents, Clear-MobileDevice and Disable-InboxRule ask and do nothing; other writes act",
    ),
    choice(
        "Confirm true",
        "the answer is 200 with @adminapi.confirmationmessage, after rights, binding, lookup and rules were checked",
    ),
    choice(
        "which device drops its account alone",
        "AccountOnly is refused for ActiveSync before 16.1 and for every client that is not ActiveSync; Outlook drops its own data without it",
    ),
    choice(
        "a wipe of a device that cannot sign in",
        "stays pending: blocked account or protocol, newer password, revoked sessions and a blocked device all keep it from coming",
    ),
    choice(
        "hidden inbox rules",
        "shown with IncludeHidden; Enable- and Disable-InboxRule take them by the identity that was read",
    ),
    choice(
        "rules that run in Outlook only",
        "listed with SupportedByTask false; any change of a rule on the server deletes them, with a warning unless AlwaysDeleteOutlookRulesBlob or Force is given",
    ),
    choice(
        "a right that is there already",
        "Add-MailboxPermission warns and changes nothing, the auto-mapping neither",
    ),
    choice(
        "a mailbox whose license went",
        "found with SoftDeletedMailbox only; Get-Recipient does not find it, Get-User shows the type User",
    ),
    choice("text of automatic replies", "kept word for word; the service may wrap plain text in HTML"),
    choice("several parameters in one call", "all of them take effect or none"),
    choice(
        "cmdlets and parameters that are not simulated",
        "an unknown cmdlet's 403; a parameter's 400 with the type Offboard.Simulation.NotSimulatedException",
    ),
    choice(
        "commands at once",
        "ten per tenant where the tenant enforces quotas, then the plain-text refusal with status 503",
    ),
];

/// Whether `who` may open `mailbox` now: its owner, unless the account is disabled in Exchange or blocked in Entra,
/// and everybody with `FullAccess` whose own account works.
pub fn may_open(world: &World, mailbox: &Mailbox, who: UserId) -> bool {
    let works = world.users.get(&who).is_some_and(|user| user.account_enabled)
        && world.mailbox_of(&who).is_none_or(|own| !own.account_disabled);
    let full = |right: &String| right == "FullAccess";
    let granted =
        mailbox.permissions.iter().any(|held| held.user == who && held.access_rights.iter().any(full));
    mailbox.is_active() && works && (mailbox.owner == who || granted)
}
