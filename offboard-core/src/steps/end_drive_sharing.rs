//! Take a successor's invitation to the OneDrive back, when its time is over.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER};
use super::drive::{self, LATENCY};
use super::drive_sharing;
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::drive_sharing::DriveRole;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Whether one person may open the OneDrive by a permission of its root folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RootPermission {
    /// He has one, whatever it lets him do: somebody who lessened it meanwhile keeps no end from coming.
    pub permission: bool,
    /// What it lets him do.
    pub role: Option<DriveRole>,
}

/// Takes from one person what he may do by the root folder of the OneDrive. What was shared with him file by file stays his.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EndDriveSharing {
    /// Who is leaving.
    pub user: UserId,
    /// Whose permission ends.
    pub from: UserId,
}

#[async_trait]
impl Operation for EndDriveSharing {
    type State = RootPermission;

    fn spec() -> Spec {
        Spec {
            name: "end_drive_sharing",
            version: 1,
            title: "End the invitation to the OneDrive",
            phase: Phase::Files,
            door: Door::Graph,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: LATENCY,
            give_up: Spec::patience(LATENCY),
            clock_fields: &["role"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, from: EXAMPLE_SUCCESSOR }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Drive(self.user), Facet::DrivePermissions(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::drive(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        drive_sharing::permissions()
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        drive_sharing::by_hand(facts, self.user, self.from, why, None)
    }

    fn route(&self, facts: &Facts) -> Route {
        drive::route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<RootPermission> {
        drive_sharing::share(facts, self.user, self.from)
            .map(|share| RootPermission { permission: share.role.is_some(), role: share.role })
    }

    fn effect(&self, facts: &mut Facts) {
        drive_sharing::set_role(facts, self.user, self.from, None);
    }

    fn put_back(&self, facts: &mut Facts, before: &RootPermission) {
        drive_sharing::set_role(facts, self.user, self.from, before.role);
    }

    fn reached(&self, seen: &Seen<RootPermission>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| !now.permission))
    }

    fn restored(&self, before: &RootPermission, now: &RootPermission) -> bool {
        before.role == now.role
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<RootPermission>) -> Result<(), Failure> {
        drive_sharing::take(cx, self.user, self.from).await
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &RootPermission,
        _now: &RootPermission,
    ) -> Result<(), Failure> {
        match before.role {
            Some(role) => drive_sharing::give(cx, self.user, self.from, role).await,
            None => Ok(()),
        }
    }
}
