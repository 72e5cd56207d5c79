//! Revoke sessions (R1, R8, B2): refresh tokens and browser cookies are void.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{
    DIRECTORY_GIVE_UP, DIRECTORY_LATENCY, EXAMPLE_USER, needs_state, no_user, of, role_for, role_names,
    stamp_moved,
};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::role::Sensitive;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Seen, Spec,
};
use crate::time::Timestamp;

/// Voids every refresh token and session cookie that was issued before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeSignInSessions {
    /// Who is leaving.
    pub user: UserId,
}

/// From when on sessions are valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionsValidFrom {
    /// `signInSessionsValidFromDateTime`.
    pub sign_in_sessions_valid_from_date_time: Option<Timestamp>,
}

#[async_trait]
impl Operation for RevokeSignInSessions {
    type State = SessionsValidFrom;

    fn spec() -> Spec {
        Spec {
            name: "revoke_sign_in_sessions",
            version: 1,
            title: "Revoke all sessions",
            phase: Phase::LockOut,
            door: Door::Graph,
            class: Class::Containment,
            after: &[],
            before: &[],
            reversal: Reversal::Impossible {
                why: "a revoked session stays revoked; the person signs in again".to_owned(),
            },
            repeat: Repeat::Safe,
            latency: DIRECTORY_LATENCY,
            give_up: DIRECTORY_GIVE_UP,
            clock_fields: &["sign_in_sessions_valid_from_date_time"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::User(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        // Not the directory object as a whole: revoking beside a block or a reset harms neither.
        vec![ObjectKey::other("sessions", &self.user.to_string())]
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        let mut permissions = vec![Permission::graph(&["User.RevokeSessions.All", "User.ReadWrite.All"])];
        if facts.leaver.privileges().known().is_some_and(|privileges| !privileges.is_empty()) {
            permissions.extend(role_for(Sensitive::Password, facts));
        }
        permissions
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Microsoft Entra admin center".to_owned(),
            role: role_names(Sensitive::Password, facts),
            why: why.to_owned(),
            commands: vec![format!("Revoke-MgUserSignInSession -UserId {}", self.user)],
            shown_by: "signInSessionsValidFromDateTime has moved".to_owned(),
            deadline: None,
        }
    }

    fn state(&self, facts: &Facts) -> Judged<SessionsValidFrom> {
        no_user(of(facts, self.user, |person| person.user.clone()).map(|user| SessionsValidFrom {
            sign_in_sessions_valid_from_date_time: user.sign_in_sessions_valid_from_date_time,
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        let now = facts.as_of;
        if let Some(user) = facts.person_mut(self.user).user.known_mut() {
            user.sign_in_sessions_valid_from_date_time = Some(now);
        }
    }

    fn put_back(&self, _facts: &mut Facts, _before: &SessionsValidFrom) {}

    fn reached(&self, seen: &Seen<SessionsValidFrom>) -> Reached {
        let before = seen.before.clone().map(|before| before.sign_in_sessions_valid_from_date_time);
        let now = seen.now.is().and_then(|now| now.sign_in_sessions_valid_from_date_time);
        Reached::when(stamp_moved(&before, now, seen.applied_at))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<SessionsValidFrom>) -> Result<(), Failure> {
        cx.receipt(cx.providers.directory.revoke_sign_in_sessions(&cx.call, self.user).await?);
        Ok(())
    }

    async fn undo(
        &self,
        _cx: &Context<'_>,
        _before: &SessionsValidFrom,
        _now: &SessionsValidFrom,
    ) -> Result<(), Failure> {
        Err(needs_state("a revoked session"))
    }
}
