//! Invite a successor to the OneDrive (R40, G16, G44): what has permissions of its own it does not reach.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER};
use super::drive::{self, LATENCY};
use super::drive_sharing::{self, DriveShare, left_out};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::drive_sharing::DriveRole;
use crate::operation::{
    Class, Context, Door, Findings, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat,
    Reversal, Route, Seen, Spec,
};

/// Lets one person read and change what inherits from the root folder of the OneDrive. Whatever the leaver had shared one by one
/// has permissions of its own and is not reached: it is counted, and the step never comes to more than *partial*. Its end is a
/// step of its own, planned with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareDrive {
    /// Who is leaving.
    pub user: UserId,
    /// Who is invited.
    pub to: UserId,
}

#[async_trait]
impl Operation for ShareDrive {
    type State = DriveShare;

    fn spec() -> Spec {
        Spec {
            name: "share_drive",
            version: 1,
            title: "Invite the successor to the OneDrive",
            phase: Phase::Files,
            door: Door::Graph,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: LATENCY,
            give_up: Spec::patience(LATENCY),
            // Until his access is cut the leaver goes on sharing; it is counted again when it is carried out.
            clock_fields: &["not_reached"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, to: EXAMPLE_SUCCESSOR }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![
            Facet::Drive(self.user),
            Facet::DrivePermissions(self.user),
            Facet::DriveApart(self.user),
            Facet::User(self.to),
            Facet::Caller,
        ]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::drive(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        drive_sharing::permissions()
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        drive_sharing::by_hand(facts, self.user, self.to, why, Some(DriveRole::Write))
    }

    fn route(&self, facts: &Facts) -> Route {
        drive::route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn check(&self, facts: &Facts, findings: &mut Findings) {
        let Judged::Is(share) = self.state(facts) else { return };
        findings.warn(
            "in_part",
            format!("an invitation reaches a part of the OneDrive only: {}", left_out(share.not_reached.as_ref())),
            "the step comes to `partial`, and what waits for the files (licenses, the account) waits until somebody has looked \
             and settles it; everything is reached by a site-collection administrator (`files.by = \"administrator\"`) or by copies",
        );
    }

    fn state(&self, facts: &Facts) -> Judged<DriveShare> {
        drive_sharing::share(facts, self.user, self.to)
    }

    fn effect(&self, facts: &mut Facts) {
        drive_sharing::set_role(facts, self.user, self.to, Some(DriveRole::Write));
    }

    fn put_back(&self, facts: &mut Facts, before: &DriveShare) {
        drive_sharing::set_role(facts, self.user, self.to, before.role);
    }

    fn reached(&self, seen: &Seen<DriveShare>) -> Reached {
        match seen.now.is() {
            Some(now) if now.role == Some(DriveRole::Write) => {
                Reached::Partly(left_out(now.not_reached.as_ref()))
            }
            _ => Reached::NotYet,
        }
    }

    fn restored(&self, before: &DriveShare, now: &DriveShare) -> bool {
        before.role == now.role
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<DriveShare>) -> Result<(), Failure> {
        drive_sharing::give(cx, self.user, self.to, DriveRole::Write).await
    }

    async fn undo(&self, cx: &Context<'_>, before: &DriveShare, now: &DriveShare) -> Result<(), Failure> {
        if before.role == now.role {
            return Ok(());
        }
        match before.role {
            // An invitation never lessens what somebody has.
            Some(role) if now.role > Some(role) => drive_sharing::lessen(cx, self.user, self.to, role).await,
            Some(role) => drive_sharing::give(cx, self.user, self.to, role).await,
            None => drive_sharing::take(cx, self.user, self.to).await,
        }
    }
}
