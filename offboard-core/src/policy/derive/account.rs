//! The end of the account. What goes before it is said by the table of edges (E33, E34).

use serde_json::Value;

use super::Way;

const KEY: &str = "account.disposition";

impl Way<'_> {
    pub(super) fn account(&mut self) {
        if !self.policy.deletes_account() || !self.nothing_is_denied() {
            return;
        }
        let at = self.at(self.policy.file.account.after.unwrap_or_default());
        self.draft(KEY, "delete_user", &Value::Null, at);
    }
}
