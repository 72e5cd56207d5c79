//! Rights on mailboxes.

use async_trait::async_trait;
use offboard_core::id::UserId;
use offboard_core::model::mailbox::MailboxRight;
use offboard_core::ports::{Answer, Call, Delegates, Receipt};

use crate::cmdlet::permission;
use crate::exchange::Exchange;

/// Everybody's right to his own mailbox, which is listed with the others.
const SELF: &str = "NT AUTHORITY\\SELF";

#[async_trait]
impl Delegates for Exchange {
    async fn rights(&self, call: &Call, mailbox_of: UserId) -> Answer<Option<Vec<MailboxRight>>> {
        let Some(reply) = self.read(call, permission::get(mailbox_of)).await? else { return Ok(None) };
        let mut rights = Vec::new();
        let mut of = None;
        for row in reply.rows() {
            let traced = |error| reply.traced(error);
            // The service prints the mailbox by its name, which cannot be compared with the id; but it must be one.
            let mailbox = row.text("Identity").map_err(traced)?;
            if *of.get_or_insert(mailbox) != mailbox {
                let message = "Get-MailboxPermission: rights on several mailboxes came back".to_owned();
                return Err(reply.protocol("not_one_object", message));
            }
            let user = row.text("User").map_err(traced)?;
            if user.eq_ignore_ascii_case(SELF) {
                continue;
            }
            let granted = row.texts("AccessRights").map_err(traced)?;
            rights.push(MailboxRight {
                user: user.to_owned(),
                full_access: granted.iter().any(|rights| names_full_access(rights)),
                deny: row.flag("Deny").map_err(traced)?,
                inherited: row.flag("IsInherited").map_err(traced)?,
            });
        }
        Ok(Some(rights))
    }

    async fn grant_full_access(
        &self,
        call: &Call,
        mailbox_of: UserId,
        to: UserId,
        auto_mapping: bool,
    ) -> Answer<Receipt> {
        self.write(call, permission::add_full_access(mailbox_of, to, auto_mapping)).await
    }

    async fn remove_full_access(&self, call: &Call, mailbox_of: UserId, from: UserId) -> Answer<Receipt> {
        self.write(call, permission::remove_full_access(mailbox_of, from)).await
    }
}

/// Some serialisers write all rights of an entry into one text, with commas.
fn names_full_access(rights: &str) -> bool {
    rights.trim_matches(['{', '}']).split(',').any(|right| right.trim().eq_ignore_ascii_case("FullAccess"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_access_is_found_in_a_list_of_rights() {
        for text in ["FullAccess", "fullaccess", "ReadPermission, FullAccess", "{FullAccess}"] {
            assert!(names_full_access(text), "{text}");
        }
        for text in ["", "ReadPermission", "NotFullAccess", "FullAccessX, SendAs"] {
            assert!(!names_full_access(text), "{text}");
        }
    }
}
