//! Leave a group of Entra (R63, B9, G30, G31, E7).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{DIRECTORY_GIVE_UP, DIRECTORY_LATENCY, EXAMPLE_USER};
use super::membership::{
    EXAMPLE_GROUP, InGroup, SHOWN_BY, elsewhere, exchange_command, exchange_task, group_of, in_group, named,
    set_in_group,
};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{GroupId, ObjectKey, UserId};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Takes the leaver out of one group: a security group, a Microsoft 365 group or a team. What he owns he goes on
/// owning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveGroup {
    /// Who is leaving.
    pub user: UserId,
    /// Which group.
    pub group: GroupId,
    /// When the plan was made he owned it too: who else does is read before he leaves it (G30).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owned: bool,
}

#[async_trait]
impl Operation for LeaveGroup {
    type State = InGroup;

    fn spec() -> Spec {
        Spec {
            name: "leave_group",
            version: 1,
            title: "Leave a group",
            phase: Phase::Memberships,
            door: Door::Graph,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why: "the private and shared channels of a team do not come back with it".to_owned(),
            },
            repeat: Repeat::Safe,
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

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        let mut permissions = vec![Permission::graph(&[
            "GroupMember.ReadWrite.All",
            "Group.ReadWrite.All",
            "Directory.ReadWrite.All",
        ])];
        if group_of(facts, self.user, self.group).is_some_and(|group| group.is_assignable_to_role) {
            permissions.push(Permission::graph(&["RoleManagement.ReadWrite.Directory"]));
        }
        permissions
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let assignable =
            group_of(facts, self.user, self.group).is_some_and(|group| group.is_assignable_to_role);
        let role = if assignable { "Privileged Role Administrator" } else { "Groups Administrator" };
        Instructions {
            system: "Microsoft Entra admin center".to_owned(),
            role: role.to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                // The module's cmdlet of this name removes the reference and never the user.
                "Remove-MgGroupMemberByRef -GroupId {} -DirectoryObjectId {}",
                self.group, self.user
            )],
            shown_by: SHOWN_BY.to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        if let Some(route) = elsewhere(facts, self.user, self.group, SHOWN_BY) {
            return route;
        }
        match group_of(facts, self.user, self.group) {
            Some(group) if group.is_exchange_only() => {
                let name = named(facts, self.user, self.group);
                Route::HandOff(exchange_task(
                    &format!("{name} is a group of Exchange; the directory does not change it"),
                    vec![exchange_command(self.user, self.group)],
                ))
            }
            _ => Route::Change,
        }
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
        cx.receipt(cx.providers.groups.remove_member(&cx.call, self.group, self.user).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &InGroup, now: &InGroup) -> Result<(), Failure> {
        if before.member && !now.member {
            cx.receipt(cx.providers.groups.add_member(&cx.call, self.group, self.user).await?);
        }
        Ok(())
    }
}
