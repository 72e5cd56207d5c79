//! Delete the account (R19, R66 to R71, G1, G2, G4, G34, E33 to E35).
//!
//! The deletion is soft: for thirty days the account lies among the deleted users and can be restored. Where a hold is to
//! keep the mailbox, the step is done only when the mailbox was read as inactive too (R24).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{DIRECTORY_GIVE_UP, DIRECTORY_LATENCY, EXAMPLE_USER, of, role_for, role_names};
use crate::facts::{Facet, Fact, Facts, Person};
use crate::failure::{Failure, Kind};
use crate::id::{MailboxId, ObjectKey, UserId};
use crate::model::deletion::{DeletedUser, Return};
use crate::model::mailbox::EndedMailbox;
use crate::model::role::Sensitive;
use crate::operation::{
    Class, Context, Door, Findings, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat,
    Reversal, Route, Seen, Spec,
};

/// Moves the account to the deleted users, with its mailbox and licenses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeleteUser {
    /// Who is leaving.
    pub user: UserId,
    /// His mailbox, where it is to become inactive: whether it did is read back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<MailboxId>,
    /// As what the account comes back when this is taken back.
    #[serde(default, skip_serializing_if = "Return::is_plain")]
    pub way_back: Return,
}

/// Where the account is. One that is neither here nor among the deleted is gone for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Whereabouts {
    /// It is among the users.
    pub exists: bool,
    /// It lies among the deleted users.
    pub deleted: bool,
    /// Its user principal name, where it is to come back under another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the mailbox is; nothing where the step does not say that it is to become inactive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<MailboxPlace>,
}

/// Where a mailbox is whose account is deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailboxPlace {
    /// Neither inactive nor soft-deleted.
    WithItsAccount,
    /// A hold keeps it.
    Inactive,
    /// It lies there for 30 days, and then it is gone.
    SoftDeleted,
}

impl Whereabouts {
    /// The account, by these facts.
    fn of_account(facts: &Facts, user: UserId) -> Judged<Self> {
        let at = |exists, deleted| Judged::Is(Self { exists, deleted, name: None, mailbox: None });
        let deleted = of(facts, user, |person| person.deleted.clone());
        match of(facts, user, |person| person.user.clone()) {
            Fact::Known(_) => at(true, false),
            Fact::Absent => match deleted {
                Fact::Known(deleted) => at(false, deleted),
                Fact::Unknown(failure) => Judged::Unknown(failure),
                Fact::Absent | Fact::NotOffered(_) => Judged::Unknown(Failure::not_read()),
            },
            Fact::Unknown(failure) => Judged::Unknown(failure),
            Fact::NotOffered(_) => Judged::Unknown(Failure::not_read()),
        }
    }
}

impl DeleteUser {
    /// Where the mailbox is, if anybody asks.
    fn place(&self, facts: &Facts) -> Judged<Option<MailboxPlace>> {
        if self.mailbox.is_none() {
            return Judged::Is(None);
        }
        match of(facts, self.user, |person| person.ended_mailbox.clone()) {
            Fact::Known(EndedMailbox::Inactive) => Judged::Is(Some(MailboxPlace::Inactive)),
            Fact::Known(EndedMailbox::SoftDeleted) => Judged::Is(Some(MailboxPlace::SoftDeleted)),
            Fact::Absent => Judged::Is(Some(MailboxPlace::WithItsAccount)),
            Fact::Unknown(failure) => Judged::Unknown(failure),
            Fact::NotOffered(_) => Judged::Unknown(Failure::not_read()),
        }
    }
}

/// Whether Active Directory is the master of the account, be it here or among the deleted.
pub(super) fn is_owned_on_premises(facts: &Facts, user: UserId) -> bool {
    let moved = of(facts, user, |person| person.cloud_managed.clone()) == Fact::Known(true);
    let deleted = of(facts, user, |person| person.deleted_user.clone());
    of(facts, user, Person::ad_is_master) == Fact::Known(true)
        || (!moved && deleted.known().is_some_and(|deleted| deleted.user.is_synced()))
}

/// What the cloud would refuse anyway.
pub(super) fn elsewhere(done: &str) -> Failure {
    Failure::new(
        Kind::Unsupported,
        format!("Active Directory is the master of this account; it is {done} there"),
    )
}

/// The person goes to the deleted ones.
pub(super) fn leave(facts: &mut Facts, user: UserId) {
    let at = facts.as_of;
    let person = facts.person_mut(user);
    if let Fact::Known(user) = std::mem::replace(&mut person.user, Fact::Absent) {
        let skus = person.licenses.known().map(crate::model::license::Licenses::skus).unwrap_or_default();
        person.deleted_user = Fact::Known(DeletedUser { user, deleted_date_time: at, skus });
    }
    person.deleted = Fact::Known(true);
}

/// The person comes back from the deleted ones.
pub(super) fn come_back(facts: &mut Facts, user: UserId, back: &Return) {
    let person = facts.person_mut(user);
    if person.user.known().is_none() {
        person.user = std::mem::replace(&mut person.deleted_user, Fact::Absent).map(|deleted| deleted.user);
        if let (Some(name), Fact::Known(user)) = (&back.user_principal_name, &mut person.user) {
            user.user_principal_name.clone_from(name);
        }
    }
    person.deleted = Fact::Known(false);
}

#[async_trait]
impl Operation for DeleteUser {
    type State = Whereabouts;

    fn spec() -> Spec {
        Spec {
            name: "delete_user",
            version: 1,
            title: "Delete the account",
            phase: Phase::End,
            door: Door::Graph,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why: "within 30 days the account comes back with its mailbox (up to 24 hours later), its groups, and \
                      those licenses for which seats are free; names and addresses that others have taken by then do \
                      not, and after 30 days nothing does"
                    .to_owned(),
            },
            // A second deletion would delete anew what somebody has restored in between.
            repeat: Repeat::Settle,
            latency: DIRECTORY_LATENCY,
            give_up: DIRECTORY_GIVE_UP,
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, mailbox: None, way_back: Return::default() }
    }

    fn reads(&self) -> Vec<Facet> {
        let user = self.user;
        let mut reads = vec![Facet::User(user), Facet::SyncBehavior(user), Facet::DeletedUser(user)];
        reads.extend(self.mailbox.map(|mailbox| Facet::EndedMailbox(user, mailbox)));
        reads
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::user(self.user), ObjectKey::licenses(self.user), ObjectKey::mailbox(self.user)]
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        let mut permissions = vec![Permission::graph(&["User.DeleteRestore.All", "User.ReadWrite.All"])];
        permissions.extend(role_for(Sensitive::Account, facts));
        permissions
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Microsoft Entra admin center".to_owned(),
            role: role_names(Sensitive::Account, facts),
            why: why.to_owned(),
            commands: vec![format!("Remove-MgUser -UserId {}", self.user)],
            shown_by: "the account lies among the deleted users".to_owned(),
            deadline: None,
        }
    }

    /// What Active Directory owns is deleted there: one task, which the cloud shows when it is done (G4, R70, R98).
    fn route(&self, facts: &Facts) -> Route {
        if !is_owned_on_premises(facts, self.user) {
            return Route::Change;
        }
        let account = of(facts, self.user, |person| person.user.clone())
            .known()
            .and_then(|user| user.on_premises_sam_account_name.clone())
            .unwrap_or_else(|| format!("(the account synced to {})", self.user));
        let quoted = account.replace('\'', "''");
        Route::HandOff(Instructions {
            system: "Active Directory".to_owned(),
            role: "Active Directory administrators".to_owned(),
            why: "Active Directory is the master; the cloud refuses to delete its accounts".to_owned(),
            commands: vec![
                format!("Remove-ADUser -Identity '{quoted}'"),
                "Start-ADSyncSyncCycle -PolicyType Delta".to_owned(),
            ],
            shown_by: "the account lies among the deleted users after the next sync".to_owned(),
            deadline: None,
        })
    }

    fn state(&self, facts: &Facts) -> Judged<Whereabouts> {
        let (account, place) = (Whereabouts::of_account(facts, self.user), self.place(facts));
        match (account, place) {
            (Judged::Is(account), Judged::Is(mailbox)) => {
                let named = self.way_back.user_principal_name.is_some();
                let user = of(facts, self.user, |person| person.user.clone());
                let name = user.known().filter(|_| named).map(|user| user.user_principal_name.clone());
                Judged::Is(Whereabouts { name, mailbox, ..account })
            }
            (Judged::Is(_), Judged::Nothing(why)) => Judged::Nothing(why),
            (Judged::Is(_), Judged::Unknown(failure)) => Judged::Unknown(failure),
            (other, _) => other,
        }
    }

    fn effect(&self, facts: &mut Facts) {
        leave(facts, self.user);
        if self.mailbox.is_some() {
            facts.person_mut(self.user).ended_mailbox = Fact::Known(EndedMailbox::Inactive);
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &Whereabouts) {
        if before.exists {
            come_back(facts, self.user, &self.way_back);
            facts.person_mut(self.user).ended_mailbox = Fact::Absent;
        }
    }

    /// "Not there" alone may be a replica that is behind, or the end of everything: only both together are a deletion
    /// (E35). A mailbox that was to become inactive, and is soft-deleted or nowhere, is no success either.
    fn reached(&self, seen: &Seen<Whereabouts>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| {
            let kept = self.mailbox.is_none() || now.mailbox == Some(MailboxPlace::Inactive);
            !now.exists && now.deleted && kept
        }))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<Whereabouts>) -> Result<(), Failure> {
        if is_owned_on_premises(cx.facts, self.user) {
            return Err(elsewhere("deleted"));
        }
        cx.receipt(cx.providers.deletions.delete_user(&cx.call, self.user).await?);
        Ok(())
    }

    /// To delete what was restored is a decision of its own, with everything that is looked at before a deletion.
    fn undo_check(&self, _facts: &Facts, before: &Whereabouts, findings: &mut Findings) {
        if !before.exists {
            findings.never(
                "restored",
                "the account was restored, and taking that back would delete it",
                "delete it by a plan of its own: a policy with account.disposition = \"delete\"",
            );
        }
    }

    async fn undo(&self, cx: &Context<'_>, before: &Whereabouts, now: &Whereabouts) -> Result<(), Failure> {
        if is_owned_on_premises(cx.facts, self.user) {
            return Err(elsewhere("restored"));
        }
        if before.exists && !now.exists {
            cx.receipt(cx.providers.deletions.restore_user(&cx.call, self.user, &self.way_back).await?);
        }
        Ok(())
    }

    fn restored(&self, before: &Whereabouts, now: &Whereabouts) -> bool {
        let under = |name: &String| now.name.as_ref().is_some_and(|now| now.eq_ignore_ascii_case(name));
        before.exists == now.exists && before.name.as_ref().is_none_or(under)
    }

    fn concerns_the_deleted(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    fn reached(step: &DeleteUser, mailbox: Option<MailboxPlace>) -> Reached {
        let now = Judged::Is(Whereabouts { exists: false, deleted: true, name: None, mailbox });
        let at = Timestamp::from_micros(0);
        step.reached(&Seen { before: now.clone(), now, applied_at: None, at })
    }

    #[test]
    fn a_mailbox_that_was_to_be_kept_must_be_seen_kept() {
        let kept = DeleteUser { mailbox: Some(MailboxId::from_u128(1)), ..DeleteUser::example() };
        assert_eq!(reached(&kept, Some(MailboxPlace::Inactive)), Reached::Yes);
        assert_eq!(reached(&kept, Some(MailboxPlace::SoftDeleted)), Reached::NotYet);
        assert_eq!(reached(&kept, Some(MailboxPlace::WithItsAccount)), Reached::NotYet);
        assert_eq!(reached(&DeleteUser::example(), None), Reached::Yes);
    }

    #[test]
    fn a_mailbox_that_nobody_could_read_is_unknown() {
        let kept = DeleteUser { mailbox: Some(MailboxId::from_u128(1)), ..DeleteUser::example() };
        let tenant = crate::id::TenantId::from_u128(1);
        let cloud = crate::model::cloud::Cloud::Worldwide;
        let mut facts = Facts::new(tenant, cloud, EXAMPLE_USER, Timestamp::from_micros(0));
        facts.leaver.user = Fact::Absent;
        facts.leaver.deleted = Fact::Known(true);
        assert!(matches!(kept.state(&facts), Judged::Unknown(_)));
        facts.leaver.ended_mailbox = Fact::Absent;
        let place = Some(MailboxPlace::WithItsAccount);
        assert_eq!(
            kept.state(&facts).is(),
            Some(&Whereabouts { exists: false, deleted: true, name: None, mailbox: place })
        );
        assert_eq!(DeleteUser::example().state(&facts).is().unwrap().mailbox, None);
    }
}
