//! What only Active Directory or Exchange on-premises can do for a synced leaver (R70, R84 to R86, G4, G5, G53): one
//! task each, never one paragraph.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, no_user, of};
use crate::facts::{Facet, Fact, Facts, Person};
use crate::failure::{Failure, Kind};
use crate::id::{ObjectKey, UserId};
use crate::model::mailbox::Mailbox;
use crate::model::on_premises::Task;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::time::{Period, Timestamp};

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A person, by the commands that the plan prints.
    #[default]
    Person,
    /// The door that the host of the engine brings ([`crate::ports::OnPremises`]); where it fails, a person.
    Provider,
}

impl By {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_person(&self) -> bool {
        *self == Self::Person
    }
}

/// Has one thing done in Active Directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OnPremisesTask {
    /// Who is leaving.
    pub user: UserId,
    /// What is to be done.
    pub task: Task,
    /// By whom.
    #[serde(default, skip_serializing_if = "By::is_person")]
    pub by: By,
}

/// What the cloud shows of the work on-premises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SyncedView {
    /// `onPremisesLastSyncDateTime`.
    pub on_premises_last_sync_date_time: Option<Timestamp>,
    /// `accountEnabled`.
    pub account_enabled: bool,
    /// `lastPasswordChangeDateTime`.
    pub last_password_change_date_time: Option<Timestamp>,
    /// The mailbox is shared; nothing where that was not read.
    pub is_shared: Option<bool>,
}

impl OnPremisesTask {
    fn account(&self, facts: &Facts) -> String {
        of(facts, self.user, |person| person.user.clone())
            .known()
            .and_then(|user| user.on_premises_sam_account_name.clone())
            .unwrap_or_else(|| format!("(the account synced to {})", self.user))
    }
}

#[async_trait]
impl Operation for OnPremisesTask {
    type State = SyncedView;

    fn spec() -> Spec {
        Spec {
            name: "on_premises_task",
            version: 1,
            title: "Do in Active Directory",
            phase: Phase::LockOut,
            door: Door::Person,
            class: Class::Containment,
            after: &[],
            before: &[],
            reversal: Reversal::Impossible {
                why: "whoever did it on-premises must take it back there".to_owned(),
            },
            repeat: Repeat::Safe,
            latency: Period::hours(3),
            give_up: Period::hours(24),
            clock_fields: &["on_premises_last_sync_date_time", "last_password_change_date_time"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, task: Task::DisableAccount, by: By::Person }
    }

    fn reads(&self) -> Vec<Facet> {
        let mut facets = vec![Facet::User(self.user)];
        if self.task == Task::ConvertRemoteMailbox {
            facets.push(Facet::Recipient(self.user));
        }
        facets
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![]
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let account = self.account(facts);
        let quoted = account.replace('\'', "''");
        let (role, commands, shown_by) = match self.task {
            Task::DisableAccount => (
                "Active Directory administrators",
                vec![
                    format!("Disable-ADAccount -Identity '{quoted}'"),
                    "Start-ADSyncSyncCycle -PolicyType Delta".to_owned(),
                ],
                "accountEnabled is still false after the next sync",
            ),
            Task::ResetPasswordTwice => (
                "Active Directory administrators",
                vec![
                    format!(
                        "Set-ADAccountPassword -Identity '{quoted}' -Reset   # a random password, told to nobody"
                    ),
                    format!(
                        "Set-ADAccountPassword -Identity '{quoted}' -Reset   # once more, another random password"
                    ),
                    "Start-ADSyncSyncCycle -PolicyType Delta".to_owned(),
                ],
                "lastPasswordChangeDateTime has moved",
            ),
            Task::ConvertRemoteMailbox => (
                "Exchange on-premises administrators",
                vec![format!("Set-RemoteMailbox -Identity '{quoted}' -Type Shared")],
                "the mailbox is still shared after the next sync",
            ),
            Task::KeepInSyncScope => (
                "Active Directory administrators",
                vec![format!(
                    "Leave '{quoted}' where directory sync sees it, and do not delete it, as long as the mailbox is wanted"
                )],
                "nothing shows this; it must be acknowledged",
            ),
        };
        Instructions {
            system: "Active Directory".to_owned(),
            role: role.to_owned(),
            why: why.to_owned(),
            commands,
            shown_by: shown_by.to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        if of(facts, self.user, Person::ad_is_master) == Fact::Known(false) {
            return Route::Skip("Active Directory is not the master of this account".to_owned());
        }
        // That it stays in scope is nothing that a program does; somebody must know it.
        if self.by == By::Provider && self.task != Task::KeepInSyncScope {
            return Route::Change;
        }
        let why = match self.task {
            Task::DisableAccount => {
                "Active Directory is the master; its next sync writes over the block in the cloud"
            }
            Task::ResetPasswordTwice => "Active Directory is the master of the password",
            Task::ConvertRemoteMailbox => {
                "on-premises Exchange is the master; its next sync turns the mailbox back"
            }
            Task::KeepInSyncScope => {
                "an account that leaves the sync scope is deleted in the cloud, with its mailbox"
            }
        };
        Route::HandOff(self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<SyncedView> {
        let shared = of(facts, self.user, |person| person.mailbox().map(Mailbox::is_shared)).known().copied();
        no_user(of(facts, self.user, |person| person.user.clone()).map(|user| SyncedView {
            on_premises_last_sync_date_time: user.on_premises_last_sync_date_time,
            account_enabled: user.account_enabled,
            last_password_change_date_time: user.last_password_change_date_time,
            is_shared: shared,
        }))
    }

    fn effect(&self, _facts: &mut Facts) {}

    fn put_back(&self, _facts: &mut Facts, _before: &SyncedView) {}

    fn reached(&self, seen: &Seen<SyncedView>) -> Reached {
        // `applied_at` is when it was handed off; only what sync wrote after that shows anything.
        let (Some(now), Some(asked)) = (seen.now.is(), seen.applied_at) else { return Reached::NotYet };
        let synced = now.on_premises_last_sync_date_time.is_some_and(|at| at > asked);
        Reached::when(match self.task {
            Task::DisableAccount => synced && !now.account_enabled,
            Task::ResetPasswordTwice => now.last_password_change_date_time.is_some_and(|at| at > asked),
            Task::ConvertRemoteMailbox => synced && now.is_shared == Some(true),
            Task::KeepInSyncScope => false,
        })
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<SyncedView>) -> Result<(), Failure> {
        match self.by {
            By::Person => Err(Failure::new(Kind::Unsupported, "this is done on-premises, by a person")),
            By::Provider => {
                cx.receipt(cx.providers.on_premises.carry_out(&cx.call, self.user, self.task).await?);
                Ok(())
            }
        }
    }

    async fn undo(&self, _cx: &Context<'_>, _before: &SyncedView, _now: &SyncedView) -> Result<(), Failure> {
        Err(Failure::new(Kind::Unsupported, "this is taken back on-premises, by a person"))
    }
}
