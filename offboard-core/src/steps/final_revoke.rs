//! Revoke sessions once more at the end (E37): whatever was opened while access was being cut ends too.
//!
//! The same call as [`super::revoke_sign_in_sessions`], at another time. It is no containment, which waits for no reading:
//! this one waits until the block and the new password were seen.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::EXAMPLE_USER;
use super::revoke_sign_in_sessions::{RevokeSignInSessions, SessionsValidFrom};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::operation::{
    Class, Context, Instructions, Judged, Operation, Permission, Phase, Reached, Seen, Spec,
};

/// Voids every refresh token and session cookie that was issued during the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FinalRevoke {
    /// Who is leaving.
    pub user: UserId,
}

impl FinalRevoke {
    fn revoke(&self) -> RevokeSignInSessions {
        RevokeSignInSessions { user: self.user }
    }
}

#[async_trait]
impl Operation for FinalRevoke {
    type State = SessionsValidFrom;

    fn spec() -> Spec {
        Spec {
            name: "final_revoke",
            version: 1,
            title: "Revoke all sessions once more",
            phase: Phase::End,
            class: Class::Ordinary,
            ..RevokeSignInSessions::spec()
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        self.revoke().reads()
    }

    fn touches(&self) -> Vec<ObjectKey> {
        self.revoke().touches()
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        self.revoke().permissions(facts)
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        self.revoke().by_hand(facts, why)
    }

    fn state(&self, facts: &Facts) -> Judged<SessionsValidFrom> {
        self.revoke().state(facts)
    }

    fn effect(&self, facts: &mut Facts) {
        self.revoke().effect(facts);
    }

    fn put_back(&self, _facts: &mut Facts, _before: &SessionsValidFrom) {}

    fn reached(&self, seen: &Seen<SessionsValidFrom>) -> Reached {
        self.revoke().reached(seen)
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<SessionsValidFrom>) -> Result<(), Failure> {
        self.revoke().apply(cx, before).await
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &SessionsValidFrom,
        now: &SessionsValidFrom,
    ) -> Result<(), Failure> {
        self.revoke().undo(cx, before, now).await
    }
}
