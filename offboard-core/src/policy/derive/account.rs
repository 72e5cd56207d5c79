//! The end of the account. What goes before it is said by the table of edges (E33, E34).

use serde_json::{Value, json};

use super::Way;
use crate::facts::{Fact, Why};
use crate::model::intent::MailDisposition;
use crate::model::mailbox::Recipient;

const KEY: &str = "account.disposition";

impl Way<'_> {
    pub(super) fn account(&mut self) {
        if !self.policy.deletes_account() || !self.nothing_is_denied() {
            return;
        }
        let at = self.at(self.policy.file.account.after.unwrap_or_default());
        if let Some(kept) = self.kept() {
            self.draft(KEY, "delete_user", &kept, at);
        }
    }

    /// What the deletion says of the mailbox that is to become inactive: null where there is none or none is wanted, else the
    /// mailbox by its own id, because after the account its addresses may be anybody's (CONTRACT C2). Nothing where nobody
    /// could look whether there is one, and where it is none of the cloud's: then the account stays, and a finding says why.
    fn kept(&mut self) -> Option<Value> {
        if self.policy.file.mail.disposition != MailDisposition::Inactive {
            return Some(Value::Null);
        }
        let facts = self.facts;
        match &facts.leaver.recipient {
            Fact::Known(Recipient::Cloud(mailbox)) => Some(json!({ "mailbox": mailbox.exchange_guid })),
            Fact::Known(Recipient::OnPremises { recipient_type_details }) => {
                self.find("G10", "R24", |findings| {
                    findings.block(
                        "on_premises",
                        format!(
                            "the mailbox lies on-premises ({recipient_type_details}) and cannot become inactive in the \
                             cloud; the account is not deleted"
                        ),
                        "keep the mail there first, then delete by a policy with `mail.disposition = \"let_go\"`",
                    );
                });
                None
            }
            Fact::Absent | Fact::NotOffered(Why::License | Why::Unused) => Some(Value::Null),
            Fact::NotOffered(Why::Cloud) => {
                self.find("G10", "R24", |findings| {
                    findings.block(
                        "not_readable",
                        "no door to Exchange shows whether the mailbox becomes inactive; the account is not deleted",
                        "open the door (`exchange = \"invoke_command\"`), or delete by hand when the hold is seen",
                    );
                });
                None
            }
            Fact::Unknown(failure) => {
                self.find("G10", "R24", |findings| {
                    findings.unknown("whether there is a mailbox to keep", failure);
                });
                None
            }
        }
    }
}
