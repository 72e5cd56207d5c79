//! Forward new mail to somebody inside the organisation (R26, R29, R31, C3, E14). The license stays (G3), and forwarding
//! that the leaver set up is stopped before.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Fact, Facts, Person};
use crate::failure::{Failure, Kind, ProviderError};
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::{Mailbox, Recipient};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::ports::ForwardingState;

/// Forwards to one person or shared mailbox. Its end is a step of its own, planned with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetForwarding {
    /// Who is leaving.
    pub user: UserId,
    /// Who gets the mail.
    pub to: UserId,
    /// A copy stays in the mailbox (`DeliverToMailboxAndForward`).
    pub keep_copy: bool,
}

/// Where the mailbox forwards to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    /// The mailbox's own forwarding, as the service prints it.
    pub forwarding: ForwardingState,
    /// `ForwardingAddress` names the one of the step.
    pub to_them: bool,
}

/// Whether the service would print `person` as `text`; unknown where that hangs on what could not be read.
fn is_called(person: &Person, text: &str) -> Fact<bool> {
    if text.eq_ignore_ascii_case(&person.id.to_string())
        || person.user.known().is_some_and(|user| user.is_called(text))
    {
        return Fact::Known(true);
    }
    match &person.recipient {
        Fact::Known(Recipient::Cloud(mailbox)) => Fact::Known(mailbox.is_called(text)),
        Fact::Unknown(failure) => Fact::Unknown(failure.clone()),
        // Whoever has no mailbox any more is named by nothing else.
        Fact::Known(Recipient::OnPremises { .. }) | Fact::Absent | Fact::NotOffered(_) => Fact::Known(false),
    }
}

/// Where the mailbox of `user` forwards to, as far as `to` is concerned.
pub(super) fn forwarding(facts: &Facts, user: UserId, to: UserId) -> Judged<Forwarding> {
    let found = of(facts, user, |person| person.mailbox().map(ForwardingState::of));
    no_mailbox(found.and_then(|forwarding| {
        let them = match (&forwarding.forwarding_address, facts.person(to)) {
            (None, _) => Fact::Known(false),
            (Some(address), Some(person)) => is_called(person, address),
            (Some(address), None) => is_called(&Person::new(to), address),
        };
        them.map(|to_them| Forwarding { forwarding, to_them })
    }))
}

/// Changes the facts of the mailbox of `user`.
pub(super) fn set(facts: &mut Facts, user: UserId, forwarding: &ForwardingState) {
    if let Some(mailbox) = facts.person_mut(user).mailbox_mut() {
        forwarding.set_on(mailbox);
    }
}

/// Writes what was there before. Whom the step means is named by his id, whatever he is called.
pub(super) async fn put_back(
    cx: &Context<'_>,
    user: UserId,
    to: UserId,
    before: &Forwarding,
) -> Result<(), Failure> {
    let mut forwarding = before.forwarding.clone();
    if before.to_them {
        forwarding.forwarding_address = Some(to.to_string());
    }
    cx.receipt(
        cx.providers.mailboxes.set_forwarding(&cx.call, user, &forwarding).await.map_err(owned_elsewhere)?,
    );
    Ok(())
}

/// Where Exchange on-premises owns the attribute, a person does it there (C3).
pub(super) fn owned_elsewhere(error: ProviderError) -> Failure {
    let mut failure = Failure::from(error);
    if failure.code.as_deref() == Some("synchronized_from_on_premises") {
        failure.kind = Kind::Unsupported;
    }
    failure
}

/// The instructions for both ends of a forwarding.
pub(super) fn instructions(
    facts: &Facts,
    user: UserId,
    why: &str,
    (cloud, on_premises, shown_by): (String, &str, &str),
) -> Instructions {
    let account = of(facts, user, |person| person.user.clone());
    let synced =
        account.known().filter(|user| user.is_synced()).map(|user| user.on_premises_sam_account_name.clone());
    let mut commands = vec![cloud];
    if let Some(name) = synced {
        let name = name.unwrap_or_else(|| format!("(the account synced to {user})")).replace('\'', "''");
        commands.push(format!(
            "where Exchange says that the object is synchronized: Set-ADUser -Identity '{name}' {on_premises}"
        ));
    }
    Instructions {
        system: "Exchange Online PowerShell".to_owned(),
        role: "Exchange Administrator".to_owned(),
        why: why.to_owned(),
        commands,
        shown_by: shown_by.to_owned(),
        deadline: None,
    }
}

impl SetForwarding {
    /// As the service will print it.
    fn wanted(&self, facts: &Facts) -> ForwardingState {
        let mailbox = facts.person(self.to).map(Person::mailbox);
        let name = mailbox.as_ref().and_then(Fact::known).map(|mailbox: &&Mailbox| mailbox.name.clone());
        ForwardingState {
            forwarding_address: Some(name.unwrap_or_else(|| self.to.to_string())),
            forwarding_smtp_address: None,
            deliver_to_mailbox_and_forward: self.keep_copy,
        }
    }
}

#[async_trait]
impl Operation for SetForwarding {
    type State = Forwarding;

    fn spec() -> Spec {
        Spec {
            name: "set_forwarding",
            version: 1,
            title: "Forward new mail",
            phase: Phase::Mail,
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
        Self { user: EXAMPLE_USER, to: EXAMPLE_SUCCESSOR, keep_copy: true }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::User(self.to), Facet::Recipient(self.to)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let cloud = format!(
            "Set-Mailbox -Identity {} -ForwardingAddress {} -ForwardingSmtpAddress $null \
             -DeliverToMailboxAndForward:${}",
            self.user, self.to, self.keep_copy
        );
        let on_premises = format!(
            "-Replace @{{ altRecipient = '(distinguished name of {})'; deliverAndRedirect = ${} }}",
            self.to, self.keep_copy
        );
        let shown_by = "ForwardingAddress names the one who is to get the mail";
        instructions(facts, self.user, why, (cloud, &on_premises, shown_by))
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<Forwarding> {
        forwarding(facts, self.user, self.to)
    }

    fn effect(&self, facts: &mut Facts) {
        let wanted = self.wanted(facts);
        set(facts, self.user, &wanted);
    }

    fn put_back(&self, facts: &mut Facts, before: &Forwarding) {
        set(facts, self.user, &before.forwarding);
    }

    fn reached(&self, seen: &Seen<Forwarding>) -> Reached {
        // `ForwardingSmtpAddress` is ignored beside the other one, and would act as soon as that ends.
        Reached::when(seen.now.is().is_some_and(|now| {
            now.to_them
                && now.forwarding.forwarding_smtp_address.is_none()
                && now.forwarding.deliver_to_mailbox_and_forward == self.keep_copy
        }))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<Forwarding>) -> Result<(), Failure> {
        let wanted = ForwardingState {
            forwarding_address: Some(self.to.to_string()),
            forwarding_smtp_address: None,
            deliver_to_mailbox_and_forward: self.keep_copy,
        };
        let answer = cx.providers.mailboxes.set_forwarding(&cx.call, self.user, &wanted).await;
        cx.receipt(answer.map_err(owned_elsewhere)?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &Forwarding, _now: &Forwarding) -> Result<(), Failure> {
        put_back(cx, self.user, self.to, before).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_known_by_what_the_service_prints() {
        let mut person = Person::new(EXAMPLE_SUCCESSOR);
        assert_eq!(is_called(&person, &EXAMPLE_SUCCESSOR.to_string()), Fact::Known(true));
        assert!(is_called(&person, "Megan Bowen").unknown().is_some(), "nobody has read what he is called");
        person.recipient = Fact::Absent;
        assert_eq!(is_called(&person, "Megan Bowen"), Fact::Known(false));
    }
}
