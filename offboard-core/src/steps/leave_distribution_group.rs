//! Leave a distribution list or a mail-enabled security group, through Exchange (B9, C10, G31, E7).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{DIRECTORY_GIVE_UP, DIRECTORY_LATENCY, EXAMPLE_USER};
use super::membership::{
    EXAMPLE_GROUP, InGroup, SHOWN_BY, elsewhere, exchange_command, exchange_task, in_group, set_in_group,
};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{GroupId, ObjectKey, UserId};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Takes the leaver out of one group of Exchange. It is read back from the directory, to which Exchange carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveDistributionGroup {
    /// Who is leaving.
    pub user: UserId,
    /// Which group.
    pub group: GroupId,
    /// When the plan was made he owned it too: who else does is read before he leaves it (G30).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owned: bool,
}

#[async_trait]
impl Operation for LeaveDistributionGroup {
    type State = InGroup;

    fn spec() -> Spec {
        Spec {
            name: "leave_distribution_group",
            version: 1,
            title: "Leave a group of Exchange",
            phase: Phase::Memberships,
            door: Door::Exchange,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            // Exchange carries it to the directory, where it is read.
            latency: DIRECTORY_LATENCY,
            give_up: DIRECTORY_GIVE_UP,
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, group: EXAMPLE_GROUP, owned: true }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::DirectGroups(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::group(self.group)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::exchange()]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        exchange_task(why, vec![exchange_command(self.user, self.group)])
    }

    fn route(&self, facts: &Facts) -> Route {
        elsewhere(facts, self.user, self.group, SHOWN_BY).unwrap_or(Route::Change)
    }

    fn state(&self, facts: &Facts) -> Judged<InGroup> {
        in_group(facts, self.user, self.group)
    }

    fn effect(&self, facts: &mut Facts) {
        set_in_group(facts, self.user, self.group, false);
    }

    fn put_back(&self, facts: &mut Facts, before: &InGroup) {
        set_in_group(facts, self.user, self.group, before.member);
    }

    fn reached(&self, seen: &Seen<InGroup>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| !now.member))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<InGroup>) -> Result<(), Failure> {
        cx.receipt(cx.providers.distribution_groups.remove_member(&cx.call, self.group, self.user).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &InGroup, now: &InGroup) -> Result<(), Failure> {
        if before.member && !now.member {
            cx.receipt(cx.providers.distribution_groups.add_member(&cx.call, self.group, self.user).await?);
        }
        Ok(())
    }
}
