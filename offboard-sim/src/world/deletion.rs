//! Deleting a user, bringing one back, and the end of both.

use std::collections::BTreeSet;

use offboard_core::id::UserId;

use super::{DeletedUser, MailboxState, Principal, World};

impl World {
    /// Moves a user to the recycle bin with licenses, groups and mailbox (R69). A held mailbox becomes
    /// inactive (R24). After [`super::Timing::soft_delete`] the object is purged. Returns whether there was one.
    pub fn delete_user(&mut self, id: &UserId) -> bool {
        let now = self.now;
        let Some(user) = self.users.remove(id) else { return false };
        let principal = Principal::User(*id);
        let mut deleted =
            DeletedUser { user, deleted: now, member_of: BTreeSet::new(), owner_of: BTreeSet::new() };
        for group in self.groups.keys() {
            let Some(row) = self.groups.get(&group) else { continue };
            if !row.members.contains(&principal) && !row.owners.contains(&principal) {
                continue;
            }
            if let Some(row) = self.groups.get_mut(&group) {
                if row.members.remove(&principal) {
                    deleted.member_of.insert(group);
                }
                if row.owners.remove(&principal) {
                    deleted.owner_of.insert(group);
                }
            }
        }
        let organisation = self.settings.exchange.in_place_holds.clone();
        if let Some(mailbox) = self.mailbox_of_mut(id) {
            let held = mailbox.is_held()
                || organisation.iter().any(|hold| hold.starts_with("mbx") && !hold.ends_with(":1"));
            mailbox.state = if held {
                MailboxState::Inactive { since: now }
            } else {
                MailboxState::SoftDeleted { since: now }
            };
        }
        self.deleted_users.insert(*id, deleted);
        let (id, keep) = (*id, self.timing.soft_delete);
        self.later(keep, "a deleted user is purged", move |world| {
            if world.deleted_users.get(&id).is_some_and(|row| row.deleted == now) {
                world.purge_user(&id);
            }
        });
        true
    }

    /// Brings a user back as it was, with its groups and mailbox. Returns whether it was in the recycle bin.
    pub fn restore_user(&mut self, id: &UserId) -> bool {
        let Some(deleted) = self.deleted_users.remove(id) else { return false };
        let principal = Principal::User(*id);
        for group in &deleted.member_of {
            if let Some(group) = self.groups.get_mut(group) {
                group.members.insert(principal);
            }
        }
        for group in &deleted.owner_of {
            if let Some(group) = self.groups.get_mut(group) {
                group.owners.insert(principal);
            }
        }
        self.users.insert(*id, deleted.user);
        for guid in self.mailboxes.keys() {
            let gone = self.mailboxes.get(&guid).is_some_and(|row| row.owner == *id && !row.is_attached());
            if gone && let Some(mailbox) = self.mailboxes.get_mut(&guid) {
                mailbox.state = MailboxState::Active;
            }
        }
        self.licenses_changed(id);
        true
    }

    /// Removes a user from the recycle bin for good, with a mailbox that nothing holds.
    pub fn purge_user(&mut self, id: &UserId) -> bool {
        if self.deleted_users.remove(id).is_none() {
            return false;
        }
        for guid in self.mailboxes.keys() {
            let ends = |state| matches!(state, MailboxState::SoftDeleted { .. });
            if self.mailboxes.get(&guid).is_some_and(|row| row.owner == *id && ends(row.state)) {
                self.mailboxes.remove(&guid);
            }
        }
        let owned: Vec<String> = self
            .role_assignments
            .iter()
            .filter(|(_, row)| row.principal == Principal::User(*id))
            .map(|(key, _)| key.clone())
            .collect();
        for key in owned {
            self.role_assignments.remove(&key);
        }
        true
    }
}
