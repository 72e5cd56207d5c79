//! Leave a group that gives licenses: a license removal, silently, with everything that hangs on it (R52, B7, E30, E31).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, of};
use super::membership::{
    EXAMPLE_GROUP, InGroup, SHOWN_BY, elsewhere, exchange_command, exchange_task, group_of, in_group, named,
    set_in_group,
};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{GroupId, ObjectKey, ServicePlanId, SkuId, UserId};
use crate::model::license::LicenseAssignment;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::time::Period;

/// How long group-based licensing may take to follow a membership: minutes, and longer for big groups (B7).
const LICENSING_LATENCY: Period = Period::minutes(30);

/// Takes the leaver out of one licensing group, and waits until none of its licenses is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveLicensingGroup {
    /// Who is leaving.
    pub user: UserId,
    /// Which group.
    pub group: GroupId,
    /// The products that it gave when the plan was made.
    pub skus: BTreeSet<SkuId>,
    /// It is a mail-enabled security group, which only Exchange changes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exchange: bool,
    /// When the plan was made he owned it too: who else does is read before he leaves it (G30).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub owned: bool,
}

/// Whether he is in the group, and what it gives him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupLicenses {
    /// He is a member.
    pub member: bool,
    /// Products that come through this group, each with the plans disabled in it.
    pub inherited: BTreeMap<SkuId, BTreeSet<ServicePlanId>>,
}

impl LeaveLicensingGroup {
    fn gives(&self, assignment: &LicenseAssignment) -> bool {
        assignment.assigned_by_group == Some(self.group)
    }
}

#[async_trait]
impl Operation for LeaveLicensingGroup {
    type State = GroupLicenses;

    fn spec() -> Spec {
        Spec {
            name: "leave_licensing_group",
            version: 1,
            title: "Leave a group that gives licenses",
            phase: Phase::Licenses,
            door: Door::Graph,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why: "the group gives its licenses again only while seats are free".to_owned(),
            },
            repeat: Repeat::Safe,
            latency: LICENSING_LATENCY,
            give_up: Spec::patience(LICENSING_LATENCY),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        let sku = SkuId::from_u128(0x05e9_a617_0261_4cee_bb44_138d_3ef5_d965);
        let skus = BTreeSet::from([sku]);
        Self { user: EXAMPLE_USER, group: EXAMPLE_GROUP, skus, exchange: false, owned: true }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Licenses(self.user), Facet::DirectGroups(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::group(self.group), ObjectKey::licenses(self.user)]
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        let mut permissions =
            vec![Permission::graph(&["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All"])];
        permissions.push(if self.exchange {
            Permission::exchange()
        } else {
            Permission::graph(&[
                "GroupMember.ReadWrite.All",
                "Group.ReadWrite.All",
                "Directory.ReadWrite.All",
            ])
        });
        if group_of(facts, self.user, self.group).is_some_and(|group| group.is_assignable_to_role) {
            permissions.push(Permission::graph(&["RoleManagement.ReadWrite.Directory"]));
        }
        permissions
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        let reprocess = format!(
            "Invoke-MgGraphRequest -Method POST -Uri 'v1.0/users/{}/reprocessLicenseAssignment'",
            self.user
        );
        if self.exchange {
            return exchange_task(why, vec![exchange_command(self.user, self.group), reprocess]);
        }
        Instructions {
            system: "Microsoft Entra admin center".to_owned(),
            role: "Groups Administrator and License Administrator".to_owned(),
            why: format!("{why}; the group is {}", named(facts, self.user, self.group)),
            commands: vec![
                format!("Remove-MgGroupMemberByRef -GroupId {} -DirectoryObjectId {}", self.group, self.user),
                reprocess,
            ],
            shown_by: "licenseAssignmentStates has nothing that this group assigned".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        elsewhere(facts, self.user, self.group, SHOWN_BY).unwrap_or(Route::Change)
    }

    fn state(&self, facts: &Facts) -> Judged<GroupLicenses> {
        let licenses = of(facts, self.user, |person| person.licenses.clone());
        let inherited = match Judged::from_fact(licenses, "there is no such user") {
            Judged::Is(licenses) => licenses
                .assignments
                .iter()
                .filter(|assignment| self.gives(assignment))
                .map(|assignment| (assignment.sku_id, assignment.disabled_plans.clone()))
                .collect(),
            Judged::Nothing(why) => return Judged::Nothing(why),
            Judged::Unknown(failure) => return Judged::Unknown(failure),
        };
        in_group(facts, self.user, self.group).map(|InGroup { member }| GroupLicenses { member, inherited })
    }

    fn effect(&self, facts: &mut Facts) {
        set_in_group(facts, self.user, self.group, false);
        if let Some(licenses) = facts.person_mut(self.user).licenses.known_mut() {
            licenses.assignments.retain(|assignment| !self.gives(assignment));
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &GroupLicenses) {
        self.effect(facts);
        set_in_group(facts, self.user, self.group, before.member);
        if let Some(licenses) = facts.person_mut(self.user).licenses.known_mut() {
            licenses.assignments.extend(before.inherited.iter().map(|(sku_id, plans)| LicenseAssignment {
                sku_id: *sku_id,
                assigned_by_group: Some(self.group),
                disabled_plans: plans.clone(),
                state: "Active".to_owned(),
            }));
            licenses.assignments.sort();
        }
    }

    /// Being out of the group is half of it: a license that is still there is not free, and may not even go.
    fn reached(&self, seen: &Seen<GroupLicenses>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| !now.member && now.inherited.is_empty()))
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<GroupLicenses>) -> Result<(), Failure> {
        let before = before.is().ok_or_else(|| super::common::needs_state("what the group gives"))?;
        let (ports, call) = (cx.providers, &cx.call);
        if before.member {
            cx.receipt(if self.exchange {
                ports.distribution_groups.remove_member(call, self.group, self.user).await?
            } else {
                ports.groups.remove_member(call, self.group, self.user).await?
            });
        }
        // It makes licensing look at him now, and says what keeps a license that does not go (E31).
        if !before.inherited.is_empty() {
            cx.receipt(ports.licenses.reprocess(call, self.user).await?);
        }
        Ok(())
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &GroupLicenses,
        now: &GroupLicenses,
    ) -> Result<(), Failure> {
        let (ports, call) = (cx.providers, &cx.call);
        if before.member && !now.member {
            cx.receipt(if self.exchange {
                ports.distribution_groups.add_member(call, self.group, self.user).await?
            } else {
                ports.groups.add_member(call, self.group, self.user).await?
            });
        }
        Ok(())
    }
}
