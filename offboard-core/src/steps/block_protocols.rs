//! Block every protocol of the mailbox (R49 to R51, R81, C6). It shuts out everybody, so it is for a mailbox that nobody
//! else uses (G20); where somebody does, the account is blocked instead.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::client_access::Protocols;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Switches every protocol off, and authenticated SMTP with them.
///
/// It is no containment, though it cuts access: a wipe that a phone has still to fetch must be asked for before (E8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockProtocols {
    /// Who is leaving.
    pub user: UserId,
}

/// The cmdlet's parameters for these protocols, as PowerShell takes them.
fn parameters(protocols: &Protocols) -> String {
    let switches = protocols.switches();
    let smtp = protocols.smtp_client_authentication_disabled;
    let smtp = smtp.map_or_else(|| "$null".to_owned(), |disabled| format!("${disabled}"));
    let switches = switches.iter().map(|(name, on)| format!("-{name}:${on}")).collect::<Vec<_>>().join(" ");
    format!("{switches} -SmtpClientAuthenticationDisabled:{smtp}")
}

#[async_trait]
impl Operation for BlockProtocols {
    type State = Protocols;

    fn spec() -> Spec {
        Spec {
            name: "block_protocols",
            version: 1,
            title: "Block every protocol of the mailbox",
            phase: Phase::Devices,
            door: Door::Exchange,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: EXCHANGE_LATENCY,
            give_up: Spec::patience(EXCHANGE_LATENCY),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::ClientAccess(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Exchange Online PowerShell".to_owned(),
            role: "Exchange Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Set-CASMailbox -Identity {} {}",
                self.user,
                parameters(&Protocols::BLOCKED)
            )],
            shown_by: "Get-CASMailbox shows every protocol as switched off".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<Protocols> {
        let access = of(facts, self.user, |person| person.client_access.clone());
        no_mailbox(access.map(|access| access.protocols))
    }

    fn effect(&self, facts: &mut Facts) {
        self.put_back(facts, &Protocols::BLOCKED);
    }

    fn put_back(&self, facts: &mut Facts, before: &Protocols) {
        if let Some(access) = facts.person_mut(self.user).client_access.known_mut() {
            access.protocols.clone_from(before);
        }
    }

    fn reached(&self, seen: &Seen<Protocols>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| *now == Protocols::BLOCKED))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<Protocols>) -> Result<(), Failure> {
        let port = &cx.providers.client_access;
        cx.receipt(port.set_protocols(&cx.call, self.user, &Protocols::BLOCKED).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &Protocols, _now: &Protocols) -> Result<(), Failure> {
        cx.receipt(cx.providers.client_access.set_protocols(&cx.call, self.user, before).await?);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_told_every_switch() {
        let told = parameters(&Protocols::BLOCKED);
        assert_eq!(told.matches(":$false").count(), 11, "{told}");
        assert!(told.ends_with("-SmtpClientAuthenticationDisabled:$true"), "{told}");
        let inherits = Protocols { smtp_client_authentication_disabled: None, ..Protocols::BLOCKED };
        assert!(parameters(&inherits).ends_with(":$null"));
    }
}
