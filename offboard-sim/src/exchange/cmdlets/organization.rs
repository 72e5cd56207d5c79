//! Settings of the organisation that guards read.

use super::super::bind::Bound;
use super::super::lookup::SERVER;
use super::super::refusal::Refusal;
use super::super::reply::{Output, Row};
use super::only;
use crate::world::World;

/// `Get-OrganizationConfig`.
pub(super) fn config(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &[])?;
    let initial = world.domains.values().find(|domain| domain.is_initial);
    let name = initial.map_or_else(|| world.organization.id.to_string(), |domain| domain.name.clone());
    let row = Row::default()
        .text("Identity", &name)
        .text("Name", &name)
        .text("DisplayName", &world.organization.display_name)
        .guid("Guid", world.organization.id)
        .text("ExternalDirectoryOrganizationId", world.organization.id.to_string())
        .list("InPlaceHolds", &world.settings.exchange.in_place_holds)
        .flag("DelayedDelicensingEnabled", world.settings.exchange.delayed_delicensing)
        .flag("IsDehydrated", false)
        .flag("AutoExpandingArchiveEnabled", false);
    Ok(Output::rows(vec![row]))
}

/// `Get-AcceptedDomain`: which addresses are inside.
pub(super) fn accepted_domain(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["ResultSize"])?;
    let domains = world.domains.values().map(|domain| {
        Row::default()
            .text("Identity", &domain.name)
            .text("Name", &domain.name)
            .text("DomainName", &domain.name)
            .text("DomainType", "Authoritative")
            .flag("Default", domain.is_default)
            .flag("InitialDomain", domain.is_initial)
    });
    named(domains.collect(), bound)
}

/// `Get-RemoteDomain`: there is the default one, for everybody outside.
pub(super) fn remote_domain(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &["ResultSize"])?;
    let row = Row::default()
        .text("Identity", "Default")
        .text("Name", "Default")
        .text("DomainName", "*")
        .flag("AutoForwardEnabled", world.settings.exchange.remote_domain_auto_forward)
        .flag("AutoReplyEnabled", true)
        .text("AllowedOOFType", "External");
    named(vec![row], bound)
}

/// `Get-HostedOutboundSpamFilterPolicy`: whether mail may be forwarded outside by rule.
pub(super) fn outbound_policy(world: &World, bound: &Bound) -> Result<Output, Refusal> {
    only(bound, &[])?;
    let row = Row::default()
        .text("Identity", "Default")
        .text("Name", "Default")
        .flag("IsDefault", true)
        .flag("Enabled", true)
        .text("AutoForwardingMode", &world.settings.exchange.auto_forwarding_mode);
    named(vec![row], bound)
}

/// The row of that identity, or all.
fn named(mut rows: Vec<Row>, bound: &Bound) -> Result<Output, Refusal> {
    if let Some(identity) = bound.text("Identity") {
        let is_it = |row: &Row| {
            row.get("Identity")
                .and_then(|name| name.as_str())
                .is_some_and(|name| name.eq_ignore_ascii_case(identity))
        };
        rows.retain(is_it);
        if rows.is_empty() {
            return Err(Refusal::not_found(identity, SERVER));
        }
    }
    Ok(Output::rows(rows))
}
