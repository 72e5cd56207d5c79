//! Directory sync: Active Directory's values are written over the cloud's (R86).

use offboard_core::id::UserId;

use super::{ActiveDirectoryUser, World};

impl World {
    /// Starts directory sync; it then runs on whole multiples of [`super::Timing::directory_sync`].
    pub(crate) fn start_directory_sync(&mut self) {
        let wait = self.next_sync().since(self.now);
        self.later(wait, "directory sync", |world| {
            world.sync_now();
            world.start_directory_sync();
        });
    }

    /// One pass of directory sync. Every owned attribute of every user in scope gets Active Directory's value,
    /// the account's state too; who went out of scope is soft-deleted.
    pub fn sync_now(&mut self) {
        for id in self.active_directory.keys() {
            let Some(shadow) = self.active_directory.get(&id).cloned() else { continue };
            let owned = self.users.get(&id).is_some_and(super::User::is_owned_by_active_directory);
            if owned && shadow.in_scope {
                self.write_over(&id, &shadow);
            } else if owned {
                self.delete_user(&id);
            }
        }
    }

    fn write_over(&mut self, id: &UserId, shadow: &ActiveDirectoryUser) {
        let now = self.now;
        if let Some(user) = self.users.get_mut(id) {
            let owned = shadow.attributes.clone();
            user.display_name = owned.display_name;
            user.user_principal_name = owned.user_principal_name;
            user.mail = owned.mail;
            user.proxy_addresses = owned.proxy_addresses;
            user.department = owned.department;
            user.job_title = owned.job_title;
            user.business_phones = owned.business_phones;
            user.mobile_phone = owned.mobile_phone;
            user.account_enabled = shadow.enabled;
            user.on_premises_last_sync_date_time = Some(now);
        }
        let hidden = shadow.attributes.hidden_from_address_lists;
        let Some(mailbox) = self.mailbox_of(id) else { return };
        let turned = shadow.mailbox_type.is_some_and(|kind| kind != mailbox.recipient_type);
        if mailbox.hidden_from_address_lists == hidden && !turned {
            return;
        }
        if let Some(mailbox) = self.mailbox_of_mut(id) {
            mailbox.hidden_from_address_lists = hidden;
            mailbox.recipient_type = shadow.mailbox_type.unwrap_or(mailbox.recipient_type);
            mailbox.change_number += 1;
        }
        // Turned back into a person's mailbox, it needs a license again (G53).
        self.licenses_changed(id);
    }
}
