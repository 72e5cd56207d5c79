//! Containment. It depends on no other part, and nothing that could not be read holds it up.

use serde_json::{Value, json};

use super::{Master, Way};
use crate::policy::file::{ExchangeAccount, Forwarding, Password, Protocols, Sessions, SignIn};
use crate::tenant::OnPremisesLock;
use crate::time::Period;

impl Way<'_> {
    pub(super) fn access(&mut self) {
        let access = &self.policy.file.access;
        let (now, master) = (self.at(Period::ZERO), self.master());
        if access.sign_in == SignIn::Block {
            self.draft("access.sign_in", "block_sign_in", &Value::Null, now);
            if master != Master::Cloud {
                // The next sync writes over what the cloud says (G5).
                self.on_premises("access.sign_in", "disable_account");
            }
        }
        if access.password == Password::Reset {
            if master != Master::ActiveDirectory {
                self.draft("access.password", "reset_password", &Value::Null, now);
            }
            if master != Master::Cloud {
                self.on_premises("access.password", "reset_password_twice");
            }
        }
        if access.sessions == Sessions::Revoke {
            self.draft("access.sessions", "revoke_sign_in_sessions", &Value::Null, now);
        }
        if access.exchange_account == ExchangeAccount::Block {
            self.draft("access.exchange_account", "block_exchange_account", &Value::Null, now);
        }
        if access.forwarding == Forwarding::Stop {
            self.draft("access.forwarding", "stop_forwarding", &Value::Null, now);
        }
        if access.protocols == Protocols::Block {
            self.draft("access.protocols", "block_protocols", &Value::Null, now);
        }
        if master == Master::Unknown {
            self.find("G5", "R86", |findings| {
                findings.warn(
                    "unknown:the source of authority",
                    "whether Active Directory is the master of this account could not be read; the tasks there are \
                     planned beside the steps in the cloud",
                    "acknowledge the tasks if the account exists in the cloud alone",
                );
            });
        }
    }

    /// Something that only Active Directory can do.
    pub(super) fn on_premises(&mut self, asked_by: &str, task: &str) {
        let now = self.at(Period::ZERO);
        let more = match self.lock {
            OnPremisesLock::HandOff => json!({ "task": task }),
            OnPremisesLock::Provider => json!({ "task": task, "by": "provider" }),
        };
        self.draft(asked_by, "on_premises_task", &more, now);
    }
}
