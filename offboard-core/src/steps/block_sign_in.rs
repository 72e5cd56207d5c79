//! Block sign-in (R46, R14, G5).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{
    DIRECTORY_GIVE_UP, DIRECTORY_LATENCY, EXAMPLE_USER, no_user, of, role_for, role_names, sync_has_passed,
};
use crate::facts::{Facet, Facts, Person};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::role::Sensitive;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Seen, Spec,
};
use crate::time::Timestamp;

/// Sets `accountEnabled` to false, so that nobody can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BlockSignIn {
    /// Who is leaving.
    pub user: UserId,
}

/// Whether signing in is possible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// `accountEnabled`.
    pub account_enabled: bool,
    /// Active Directory is the master, and its next sync may write over what the cloud says (R86).
    pub synced: bool,
    /// `onPremisesLastSyncDateTime`.
    pub on_premises_last_sync_date_time: Option<Timestamp>,
}

#[async_trait]
impl Operation for BlockSignIn {
    type State = SignIn;

    fn spec() -> Spec {
        Spec {
            name: "block_sign_in",
            version: 1,
            title: "Block sign-in",
            phase: Phase::LockOut,
            door: Door::Graph,
            class: Class::Containment,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: DIRECTORY_LATENCY,
            give_up: DIRECTORY_GIVE_UP,
            clock_fields: &["on_premises_last_sync_date_time"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::User(self.user), Facet::SyncBehavior(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::user(self.user)]
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        let mut permissions =
            vec![Permission::graph(&["User.EnableDisableAccount.All", "User.ReadWrite.All"])];
        permissions.extend(role_for(Sensitive::Account, facts));
        permissions
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Microsoft Entra admin center".to_owned(),
            role: role_names(Sensitive::Account, facts),
            why: why.to_owned(),
            commands: vec![format!("Update-MgUser -UserId {} -AccountEnabled:$false", self.user)],
            shown_by: "accountEnabled is false".to_owned(),
            deadline: None,
        }
    }

    fn state(&self, facts: &Facts) -> Judged<SignIn> {
        let synced = of(facts, self.user, Person::ad_is_master).known() == Some(&true);
        no_user(of(facts, self.user, |person| person.user.clone()).map(|user| SignIn {
            account_enabled: user.account_enabled,
            synced,
            on_premises_last_sync_date_time: user.on_premises_last_sync_date_time,
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(user) = facts.person_mut(self.user).user.known_mut() {
            user.account_enabled = false;
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &SignIn) {
        if let Some(user) = facts.person_mut(self.user).user.known_mut() {
            user.account_enabled = before.account_enabled;
        }
    }

    fn reached(&self, seen: &Seen<SignIn>) -> Reached {
        let seen_so = |now: &SignIn| !now.account_enabled && self.lasts(now, seen.applied_at);
        Reached::when(seen.now.is().is_some_and(seen_so))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<SignIn>) -> Result<(), Failure> {
        cx.receipt(cx.providers.directory.set_account_enabled(&cx.call, self.user, false).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &SignIn, _now: &SignIn) -> Result<(), Failure> {
        cx.receipt(
            cx.providers.directory.set_account_enabled(&cx.call, self.user, before.account_enabled).await?,
        );
        Ok(())
    }

    fn restored(&self, before: &SignIn, now: &SignIn) -> bool {
        before.account_enabled == now.account_enabled
    }

    fn lasts(&self, now: &SignIn, applied_at: Option<Timestamp>) -> bool {
        sync_has_passed(now.synced, now.on_premises_last_sync_date_time, applied_at)
    }
}
