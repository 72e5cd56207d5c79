//! Give a successor access to the OneDrive (R40, G16, G44, E24).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_SUCCESSOR, EXAMPLE_USER};
use super::drive::LATENCY;
use super::drive_access::{self, DriveAccess};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Makes one person a site-collection administrator of the OneDrive: he reaches every file, those too that were shared one by
/// one. Its end is a step of its own, planned with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantDriveAccess {
    /// Who is leaving.
    pub user: UserId,
    /// Who gets access.
    pub to: UserId,
}

#[async_trait]
impl Operation for GrantDriveAccess {
    type State = DriveAccess;

    fn spec() -> Spec {
        Spec {
            name: "grant_drive_access",
            version: 1,
            title: "Give access to the OneDrive",
            phase: Phase::Files,
            door: Door::SharePoint,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why: "the site goes on listing him among the people it has seen, without a right".to_owned(),
            },
            repeat: Repeat::Safe,
            latency: LATENCY,
            give_up: Spec::patience(LATENCY),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER, to: EXAMPLE_SUCCESSOR }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Drive(self.user), Facet::DriveAdministrators(self.user), Facet::User(self.to)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::drive(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        drive_access::permissions()
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        drive_access::by_hand(facts, self.user, self.to, true, why)
    }

    fn route(&self, facts: &Facts) -> Route {
        drive_access::route(facts, self.user, |why| self.by_hand(facts, why))
    }

    fn state(&self, facts: &Facts) -> Judged<DriveAccess> {
        drive_access::access(facts, self.user, self.to)
    }

    fn effect(&self, facts: &mut Facts) {
        drive_access::set_access(facts, self.user, self.to, true);
    }

    fn put_back(&self, facts: &mut Facts, before: &DriveAccess) {
        drive_access::set_access(facts, self.user, self.to, before.administrator);
    }

    fn reached(&self, seen: &Seen<DriveAccess>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.administrator))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<DriveAccess>) -> Result<(), Failure> {
        let site = drive_access::site(cx.facts, self.user)?;
        let login = drive_access::login_name(cx.facts, self.to)?;
        cx.receipt(cx.providers.sites.add_administrator(&cx.call, &site, &login).await?);
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &DriveAccess, _now: &DriveAccess) -> Result<(), Failure> {
        if before.administrator { Ok(()) } else { drive_access::take(cx, self.user, self.to).await }
    }
}
