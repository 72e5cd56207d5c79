//! The cmdlets that the simulated tenant carries out, one family a file.

mod auto_reply;
mod calendar;
mod cas;
mod group;
mod mailbox;
mod mobile_device;
mod organization;
mod permission;
mod recipient;
mod rules;
mod set_mailbox;

use super::bind::Bound;
use super::refusal::Refusal;
use super::reply::Output;
use crate::world::World;

/// What a cmdlet does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Action {
    /// Looks, at what this replica knows.
    Read(fn(&World, &Bound) -> Result<Output, Refusal>),
    /// Finds its object in what this replica knows (the first world) and changes the truth (the second).
    Write(fn(&World, &mut World, &Bound) -> Result<Output, Refusal>),
}

/// A cmdlet with what running it needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handler {
    pub(super) name: &'static str,
    pub(super) action: Action,
    /// Management roles that show it.
    pub(super) roles: &'static [&'static str],
    /// Asks before it acts, unless `Confirm` says no.
    pub(super) asks: bool,
}

const fn read(
    name: &'static str,
    roles: &'static [&'static str],
    run: fn(&World, &Bound) -> Result<Output, Refusal>,
) -> Handler {
    Handler { name, action: Action::Read(run), roles, asks: false }
}

const fn write(
    name: &'static str,
    asks: bool,
    run: fn(&World, &mut World, &Bound) -> Result<Output, Refusal>,
) -> Handler {
    Handler { name, action: Action::Write(run), roles: WRITE, asks }
}

const RECIPIENTS: &[&str] = &["View-Only Recipients", "Mail Recipients"];
const SETTINGS: &[&str] = &["View-Only Configuration", "Mail Recipients", "Organization Configuration"];
/// Not for those who may only look: Microsoft says so of inbox rules (CONTRACT C2).
const WRITE: &[&str] = &["Mail Recipients"];

const GROUPS: &[&str] = &["Distribution Groups"];

/// Every cmdlet with a handler. Another one is answered as if the caller's roles did not show it.
pub(super) const HANDLERS: [Handler; 26] = [
    read("Get-Mailbox", RECIPIENTS, mailbox::get),
    read("Get-MailboxStatistics", RECIPIENTS, mailbox::statistics),
    read("Get-PendingDelicenseUser", RECIPIENTS, mailbox::pending_delicense),
    read("Get-Recipient", RECIPIENTS, recipient::get),
    read("Get-User", RECIPIENTS, recipient::user),
    read("Get-OrganizationConfig", SETTINGS, organization::config),
    read("Get-AcceptedDomain", SETTINGS, organization::accepted_domain),
    read("Get-RemoteDomain", SETTINGS, organization::remote_domain),
    read("Get-HostedOutboundSpamFilterPolicy", SETTINGS, organization::outbound_policy),
    read("Get-MailboxPermission", RECIPIENTS, permission::get),
    read("Get-InboxRule", WRITE, rules::get),
    read("Get-CASMailbox", RECIPIENTS, cas::get),
    read("Get-MobileDevice", RECIPIENTS, mobile_device::get),
    read("Get-MobileDeviceStatistics", RECIPIENTS, mobile_device::statistics),
    read("Get-MailboxAutoReplyConfiguration", RECIPIENTS, auto_reply::get),
    write("Set-Mailbox", false, set_mailbox::run),
    write("Set-CASMailbox", false, cas::set),
    write("Clear-MobileDevice", true, mobile_device::clear),
    write("Set-MailboxAutoReplyConfiguration", false, auto_reply::set),
    write("Enable-InboxRule", false, rules::enable),
    write("Disable-InboxRule", true, rules::disable),
    write("Add-MailboxPermission", false, permission::add),
    write("Remove-MailboxPermission", true, permission::remove),
    write("Remove-CalendarEvents", true, calendar::remove),
    Handler { roles: GROUPS, ..write("Add-DistributionGroupMember", false, group::add) },
    Handler { roles: GROUPS, ..write("Remove-DistributionGroupMember", true, group::remove) },
];

/// The handler of that name.
pub(super) fn handler(name: &str) -> Option<&'static Handler> {
    HANDLERS.iter().find(|handler| handler.name == name)
}

/// What a `Set-*` says when there was nothing to do (PEERS C3).
fn unchanged(object: &str) -> Output {
    Output::warned(format!(
        "The command completed successfully but no settings of '{object}' have been modified."
    ))
}

/// Refuses what the cmdlet can do and this simulation cannot, instead of saying that it was done.
fn only(bound: &Bound, simulated: &[&str]) -> Result<(), Refusal> {
    match bound.names().find(|name| !simulated.contains(name)) {
        None => Ok(()),
        Some(name) => Err(Refusal::not_simulated(&bound.cmdlet.name, name)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::cmdlet;
    use super::*;

    #[test]
    fn every_handler_is_in_the_reference_and_those_that_ask_can_be_answered() {
        for handler in HANDLERS {
            let cmdlet = cmdlet(handler.name).unwrap_or_else(|| panic!("{} is no cmdlet", handler.name));
            assert!(!handler.asks || cmdlet.parameters.contains_key("Confirm"), "{}", handler.name);
            assert_eq!(matches!(handler.action, Action::Read(_)), handler.name.starts_with("Get-"));
        }
    }
}
