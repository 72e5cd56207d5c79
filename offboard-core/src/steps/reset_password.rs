//! Reset the password (R1, R2, G29): generated, sent, forgotten.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{
    DIRECTORY_GIVE_UP, DIRECTORY_LATENCY, EXAMPLE_USER, no_user, of, role_for, role_names, stamp_moved,
};
use crate::facts::{Facet, Fact, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::organization::AuthenticationType;
use crate::model::role::Sensitive;
use crate::model::user::UserType;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::ports::directory::Password;
use crate::time::{Entropy, Timestamp};

/// Sets a password that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPassword {
    /// Who is leaving.
    pub user: UserId,
}

/// When the password was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordAge {
    /// `lastPasswordChangeDateTime`.
    pub last_password_change_date_time: Option<Timestamp>,
}

/// Without characters that look alike: nobody has to read it, but a support engineer's dump should not mislead.
const ALPHABETS: [&[u8]; 4] =
    [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnopqrstuvwxyz", b"23456789", b"!#$%()*+,-./:;=?@[]^_{}~"];

/// 40 characters of four kinds: about 240 bits, and no policy of the service refuses it.
const LENGTH: usize = 40;

fn generate(entropy: &dyn Entropy) -> Password {
    let all: Vec<u8> = ALPHABETS.concat();
    let mut text = String::with_capacity(LENGTH);
    // One of each kind first, so that no policy refuses it; the rest from all.
    for i in 0..LENGTH {
        let alphabet: &[u8] = ALPHABETS.get(i).copied().unwrap_or(&all);
        text.push(char::from(alphabet[draw(entropy, alphabet.len())]));
    }
    Password::new(text)
}

/// A number below `n` (at most 256), each equally likely.
fn draw(entropy: &dyn Entropy, n: usize) -> usize {
    let limit = 256 - 256 % n;
    loop {
        let mut byte = [0_u8];
        entropy.fill(&mut byte);
        if usize::from(byte[0]) < limit {
            return usize::from(byte[0]) % n;
        }
    }
}

#[async_trait]
impl Operation for ResetPassword {
    type State = PasswordAge;

    fn spec() -> Spec {
        Spec {
            name: "reset_password",
            version: 1,
            title: "Reset the password",
            phase: Phase::LockOut,
            door: Door::Graph,
            class: Class::Containment,
            after: &[],
            before: &[],
            reversal: Reversal::Impossible { why: "nobody knows the old password".to_owned() },
            repeat: Repeat::Safe,
            latency: DIRECTORY_LATENCY,
            give_up: DIRECTORY_GIVE_UP,
            clock_fields: &["last_password_change_date_time"],
        }
    }

    fn example() -> Self {
        Self { user: EXAMPLE_USER }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::User(self.user), Facet::SyncBehavior(self.user), Facet::LeaverDomain]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::user(self.user)]
    }

    fn permissions(&self, facts: &Facts) -> Vec<Permission> {
        let mut permissions = vec![Permission::graph(&["User-PasswordProfile.ReadWrite.All"])];
        permissions.extend(role_for(Sensitive::Password, facts));
        permissions
    }

    fn by_hand(&self, facts: &Facts, why: &str) -> Instructions {
        Instructions {
            system: "Microsoft Entra admin center".to_owned(),
            role: role_names(Sensitive::Password, facts),
            why: why.to_owned(),
            commands: vec![format!("Users > {} > Reset password; give the new one to nobody", self.user)],
            shown_by: "lastPasswordChangeDateTime has moved".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        let person = facts.person(self.user);
        if person.and_then(|p| p.user.known()).is_some_and(|user| user.user_type == UserType::Guest) {
            return Route::Skip("a guest's password is kept by his own organisation".to_owned());
        }
        if person.is_some_and(|p| p.ad_is_master() == Fact::Known(true)) {
            return Route::HandOff(self.by_hand(facts, "Active Directory is the master of this password"));
        }
        if facts.leaver_domain() == Fact::Known(AuthenticationType::Federated) {
            let mut instructions =
                self.by_hand(facts, "the domain is federated: another system checks the password");
            "the federated identity provider".clone_into(&mut instructions.system);
            return Route::HandOff(instructions);
        }
        Route::Change
    }

    fn state(&self, facts: &Facts) -> Judged<PasswordAge> {
        no_user(
            of(facts, self.user, |person| person.user.clone()).map(|user| PasswordAge {
                last_password_change_date_time: user.last_password_change_date_time,
            }),
        )
    }

    fn effect(&self, facts: &mut Facts) {
        let now = facts.as_of;
        if let Some(user) = facts.person_mut(self.user).user.known_mut() {
            user.last_password_change_date_time = Some(now);
        }
    }

    fn put_back(&self, _facts: &mut Facts, _before: &PasswordAge) {}

    fn reached(&self, seen: &Seen<PasswordAge>) -> Reached {
        let before = seen.before.clone().map(|before| before.last_password_change_date_time);
        let now = seen.now.is().and_then(|now| now.last_password_change_date_time);
        Reached::when(stamp_moved(&before, now, seen.applied_at))
    }

    async fn apply(&self, cx: &Context<'_>, _before: &Judged<PasswordAge>) -> Result<(), Failure> {
        let password = generate(cx.host.entropy.as_ref());
        cx.receipt(cx.providers.directory.reset_password(&cx.call, self.user, &password).await?);
        Ok(())
    }

    async fn undo(
        &self,
        _cx: &Context<'_>,
        _before: &PasswordAge,
        _now: &PasswordAge,
    ) -> Result<(), Failure> {
        Err(super::common::needs_state("the old password"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Counting(std::sync::atomic::AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(37, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn a_password_has_every_kind_of_character_and_prints_nothing() {
        let password = generate(&Counting(3.into()));
        assert_eq!(password.reveal().len(), LENGTH);
        for alphabet in ALPHABETS {
            assert!(password.reveal().bytes().any(|byte| alphabet.contains(&byte)));
        }
        assert_eq!(format!("{password:?}"), "Password");
        assert_ne!(generate(&Counting(4.into())).reveal(), password.reveal());
    }
}
