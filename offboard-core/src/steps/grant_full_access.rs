//! Give a successor full access to the mailbox (R95, G16, E17).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER, EXCHANGE_LATENCY, mailbox_route, no_mailbox, of};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::{Failure, Kind};
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::MailboxRight;
use crate::model::trustee::Trustee;
use crate::model::user::User;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Gives one person full access. Its end is a step of its own, planned with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantFullAccess {
    /// Who is leaving.
    pub user: UserId,
    /// Who gets access.
    pub to: UserId,
    /// Outlook opens the mailbox by itself.
    pub auto_mapping: bool,
}

/// Whether one person has full access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FullAccess {
    /// `AccessRights` has `FullAccess`, given on this mailbox and not denied.
    pub full_access: bool,
}

/// Whether `who` has full access to the mailbox of `user`. Unknown where somebody has it who may be him: that he has
/// none is only said where everybody who has it is certainly somebody else.
pub(super) fn full_access(facts: &Facts, user: UserId, who: UserId) -> Judged<FullAccess> {
    let person = of(facts, who, |person| person.user.clone());
    let rights = of(facts, user, |person| person.mailbox_rights.clone());
    no_mailbox(rights.and_then(|rights| person.and_then(|person| among(&rights, &person))))
}

fn among(rights: &[MailboxRight], person: &User) -> Fact<FullAccess> {
    let given = rights.iter().filter(|right| right.full_access && !right.deny && !right.inherited);
    let mut unclear = None;
    for right in given {
        match Trustee::is(person, &right.user) {
            Trustee::Him => return Fact::Known(FullAccess { full_access: true }),
            Trustee::Unclear => unclear = unclear.or(Some(&right.user)),
            Trustee::Another => {}
        }
    }
    let Some(name) = unclear else { return Fact::Known(FullAccess { full_access: false }) };
    let message = format!(
        "`{name}` has full access to the mailbox, and whether that is {} cannot be told by this name",
        person.user_principal_name
    );
    Fact::Unknown(Failure::new(Kind::Protocol, message).code("unclear_trustee").hint(
        "look in Exchange who that is (Get-Recipient), and take away the right of whoever is gone or has no business there",
    ))
}

/// Changes the facts to whether `who` has full access.
pub(super) fn set_full_access(facts: &mut Facts, user: UserId, who: UserId, full_access: bool) {
    let Some(person) = facts.person(who).and_then(|person| person.user.known().cloned()) else { return };
    let Some(rights) = facts.person_mut(user).mailbox_rights.known_mut() else { return };
    rights.retain(|right| {
        right.inherited || right.deny || !right.full_access || !person.is_called(&right.user)
    });
    if full_access {
        let user = person.user_principal_name;
        rights.push(MailboxRight { user, full_access: true, deny: false, inherited: false });
        rights.sort();
    }
}

#[async_trait]
impl Operation for GrantFullAccess {
    type State = FullAccess;

    fn spec() -> Spec {
        Spec {
            name: "grant_full_access",
            version: 1,
            title: "Give full access to the mailbox",
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
        Self { user: EXAMPLE_USER, to: EXAMPLE_SUCCESSOR, auto_mapping: true }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Recipient(self.user), Facet::MailboxRights(self.user), Facet::User(self.to)]
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
                "Add-MailboxPermission -Identity {} -User {} -AccessRights FullAccess -AutoMapping ${}",
                self.user, self.to, self.auto_mapping
            )],
            shown_by: "Get-MailboxPermission lists the successor with FullAccess".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        mailbox_route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<FullAccess> {
        full_access(facts, self.user, self.to)
    }

    fn effect(&self, facts: &mut Facts) {
        set_full_access(facts, self.user, self.to, true);
    }

    fn put_back(&self, facts: &mut Facts, before: &FullAccess) {
        set_full_access(facts, self.user, self.to, before.full_access);
    }

    fn reached(&self, seen: &Seen<FullAccess>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.full_access))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<FullAccess>) -> Result<(), Failure> {
        let delegates = &cx.providers.delegates;
        cx.receipt(delegates.grant_full_access(&cx.call, self.user, self.to, self.auto_mapping).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &FullAccess, _now: &FullAccess) -> Result<(), Failure> {
        if !before.full_access {
            cx.receipt(cx.providers.delegates.remove_full_access(&cx.call, self.user, self.to).await?);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::TenantId;
    use crate::model::cloud::Cloud;
    use crate::model::user::UserType;
    use crate::time::Timestamp;

    const LEAVER: UserId = UserId::from_u128(1);
    const MEGAN: UserId = UserId::from_u128(2);

    fn megan() -> User {
        User {
            id: MEGAN,
            user_principal_name: "megan@contoso.com".to_owned(),
            display_name: "Megan Bowen".to_owned(),
            mail: Some("megan.bowen@contoso.com".to_owned()),
            user_type: UserType::Member,
            account_enabled: true,
            created_date_time: None,
            employee_id: None,
            on_premises_sync_enabled: None,
            on_premises_last_sync_date_time: None,
            on_premises_sam_account_name: None,
            is_resource_account: false,
            is_management_restricted: false,
            is_agent: false,
            sign_in_sessions_valid_from_date_time: None,
            last_password_change_date_time: None,
        }
    }

    fn right(user: &str) -> MailboxRight {
        MailboxRight { user: user.to_owned(), full_access: true, deny: false, inherited: false }
    }

    fn seen(rights: Vec<MailboxRight>) -> Judged<FullAccess> {
        let mut facts =
            Facts::new(TenantId::from_u128(3), Cloud::Worldwide, LEAVER, Timestamp::from_micros(0));
        facts.person_mut(MEGAN).user = Fact::Known(megan());
        facts.person_mut(LEAVER).mailbox_rights = Fact::Known(rights);
        full_access(&facts, LEAVER, MEGAN)
    }

    #[test]
    fn whoever_may_be_him_is_not_said_to_be_somebody_else() {
        let has = |full_access| Judged::Is(FullAccess { full_access });
        for him in ["megan@contoso.com", "MEGAN.BOWEN@contoso.com", &MEGAN.to_string()] {
            assert_eq!(seen(vec![right("S-1-5-21-1-2-3-4"), right(him)]), has(true), "{him}");
        }
        for another in ["blake@contoso.com", "NT AUTHORITY\\SELF", "nt authority\\system", "BUILTIN\\Users"] {
            assert_eq!(seen(vec![right(another)]), has(false), "{another}");
        }
        for unclear in [
            "Megan Bowen",
            "megan",
            "CONTOSO\\megan",
            "S-1-5-21-1-2-3-4",
            "/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=megan@contoso.com",
            "Megan Bowen <megan@contoso.com>",
            "11111111-2222-4333-8444-555555555555",
            "Sales",
            "",
        ] {
            let Judged::Unknown(failure) = seen(vec![right("blake@contoso.com"), right(unclear)]) else {
                panic!("{unclear}")
            };
            assert!(failure.message.contains(unclear) && failure.hint.is_some(), "{failure:?}");
            // What was not given here, or is a refusal, does not have to be understood.
            let inherited = MailboxRight { inherited: true, ..right(unclear) };
            let denied = MailboxRight { deny: true, ..right(unclear) };
            let other = MailboxRight { full_access: false, ..right(unclear) };
            assert_eq!(seen(vec![inherited, denied, other]), has(false), "{unclear}");
        }
    }
}
