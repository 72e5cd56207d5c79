//! Licenses and what hangs on them: group-based licensing, the mailbox, the number, the OneDrive.

use std::collections::BTreeSet;

use offboard_core::id::{GroupId, UserId};
use offboard_core::time::Period;

use super::{DriveState, InheritedLicense, Mailbox, MailboxState, Principal, RecipientType, User, World};

/// An unlicensed shared mailbox may hold less than this (R27).
pub const UNLICENSED_LIMIT: u64 = 50 << 30;

impl World {
    /// Lets group-based licensing look at everybody whom a group concerns, after its usual delay.
    pub fn group_changed(&mut self, group: &GroupId) {
        let (delay, group) = (self.timing.group_licensing, *group);
        self.later(delay, "group-based licensing", move |world| {
            let inside = world.groups.get(&group).map(|group| group.members.clone()).unwrap_or_default();
            for id in world.users.keys() {
                let inherits = |user: &User| user.inherited_licenses.iter().any(|row| row.group == group);
                if inside.contains(&Principal::User(id)) || world.users.get(&id).is_some_and(inherits) {
                    world.process_group_licenses(&id);
                }
            }
        });
    }

    /// Brings one user's inherited licenses in line with the groups now. Nested groups do not pass licenses on.
    pub fn process_group_licenses(&mut self, id: &UserId) {
        let Some(user) = self.users.get(id) else { return };
        let mut wanted = Vec::new();
        for group in self.groups.values().filter(|group| group.members.contains(&Principal::User(*id))) {
            for (sku, disabled) in &group.licenses {
                let old = user.inherited_licenses.iter().find(|row| row.sku == *sku && row.group == group.id);
                let seats = self.skus.get(sku).map_or(0, |sku| sku.enabled);
                let free = user.skus().contains(sku) || self.consumed(sku) < seats;
                wanted.push(InheritedLicense {
                    sku: *sku,
                    group: group.id,
                    disabled_plans: disabled.clone(),
                    updated: old
                        .filter(|old| old.disabled_plans == *disabled)
                        .map_or(self.now, |old| old.updated),
                    error: (!free).then(|| "CountViolation".to_owned()),
                });
            }
        }
        if user.inherited_licenses != wanted {
            if let Some(user) = self.users.get_mut(id) {
                user.inherited_licenses = wanted;
            }
            self.licenses_changed(id);
        }
    }

    /// Draws the consequences of a change of somebody's licenses, or of what his mailbox is.
    pub fn licenses_changed(&mut self, id: &UserId) {
        let Some(user) = self.users.get(id) else { return };
        let plans = self.plans_of(user);
        let capabilities: Vec<String> = [
            (plans.iter().any(|plan| plan.is_exchange_plan_2()), "BPOS_S_Enterprise"),
            (plans.iter().any(|plan| plan.name == "EXCHANGE_S_STANDARD"), "BPOS_S_Standard"),
            (plans.iter().any(|plan| plan.is_exchange_archive()), "BPOS_S_ArchiveAddOn"),
        ]
        .into_iter()
        .filter(|(has, _)| *has)
        .map(|(_, name)| name.to_owned())
        .collect();
        let has_mailbox = plans.iter().any(|plan| plan.is_exchange());
        let has_drive = plans.iter().any(|plan| plan.is_one_drive());
        let has_voice = plans.iter().any(|plan| plan.is_voice());
        self.capabilities_changed(id, capabilities);
        if has_mailbox {
            self.mailbox_licensed(id);
        } else {
            self.mailbox_unlicensed(id);
        }
        self.drive_licensed(id, has_drive);
        if !has_voice {
            self.release_numbers(id);
        }
    }

    fn capabilities_changed(&mut self, id: &UserId, capabilities: Vec<String>) {
        if self.mailbox_of(id).is_some_and(|mailbox| mailbox.persisted_capabilities != capabilities)
            && let Some(mailbox) = self.mailbox_of_mut(id)
        {
            mailbox.persisted_capabilities = capabilities;
        }
    }

    fn mailbox_licensed(&mut self, id: &UserId) {
        let needs = |mailbox: &Mailbox| !mailbox.is_active() || mailbox.delicensing_due.is_some();
        if self.mailbox_of(id).is_some_and(needs)
            && let Some(mailbox) = self.mailbox_of_mut(id)
        {
            mailbox.state = MailboxState::Active;
            mailbox.delicensing_due = None;
        }
        if let Some(user) = self.users.get(id)
            && !user.service_provisioning_errors.is_empty()
            && let Some(user) = self.users.get_mut(id)
        {
            user.service_provisioning_errors.clear();
        }
    }

    fn mailbox_unlicensed(&mut self, id: &UserId) {
        let Some(mailbox) = self.mailbox_of(id) else { return };
        if !mailbox.is_active() || mailbox.may_be_unlicensed() || mailbox.delicensing_due.is_some() {
            return;
        }
        if mailbox.is_held() && mailbox.recipient_type == RecipientType::UserMailbox {
            let error = "Exchange can't disable the mail user because it is on hold.";
            if let Some(user) = self.users.get_mut(id) {
                user.service_provisioning_errors = vec![error.to_owned()];
            }
            return;
        }
        let delayed = self.settings.exchange.delayed_delicensing;
        let delay = if delayed { Period::days(30) } else { self.timing.delicensing };
        if delay == Period::ZERO {
            return self.disconnect(id);
        }
        let due = self.now + delay;
        if let Some(mailbox) = self.mailbox_of_mut(id) {
            mailbox.delicensing_due = Some(due);
        }
        let id = *id;
        self.later(delay, "delicensing", move |world| {
            let due = world.mailbox_of(&id).is_some_and(|mailbox| mailbox.delicensing_due == Some(due));
            let stays = world.mailbox_of(&id).is_some_and(Mailbox::may_be_unlicensed);
            if due && !stays && !world.has_mailbox_plan(&id) {
                world.disconnect(&id);
            }
        });
    }

    fn disconnect(&mut self, id: &UserId) {
        let now = self.now;
        if let Some(mailbox) = self.mailbox_of_mut(id) {
            mailbox.state = MailboxState::Disconnected { since: now };
            mailbox.delicensing_due = None;
            let guid = mailbox.guid;
            self.later(Period::days(30), "a disconnected mailbox is purged", move |world| {
                let gone = MailboxState::Disconnected { since: now };
                if world.mailboxes.get(&guid).is_some_and(|mailbox| mailbox.state == gone) {
                    world.mailboxes.remove(&guid);
                }
            });
        }
    }

    fn drive_licensed(&mut self, id: &UserId, licensed: bool) {
        let now = self.now;
        let Some(drive) = self.drives.get(id) else { return };
        match (licensed, drive.unlicensed_since) {
            (true, Some(_)) => {
                if let Some(drive) = self.drives.get_mut(id) {
                    drive.unlicensed_since = None;
                    drive.state = DriveState::Ok;
                }
            }
            (false, None) => {
                if let Some(drive) = self.drives.get_mut(id) {
                    drive.unlicensed_since = Some(now);
                }
                let id = *id;
                self.later(Period::days(93), "an unlicensed OneDrive is archived", move |world| {
                    if let Some(drive) = world.drives.get_mut(&id)
                        && drive.unlicensed_since == Some(now)
                    {
                        drive.state = DriveState::Locked;
                    }
                });
            }
            _ => {}
        }
    }

    fn release_numbers(&mut self, id: &UserId) {
        for number in self.numbers.keys() {
            if self.numbers.get(&number).is_some_and(|row| row.assigned_to == Some(*id))
                && let Some(row) = self.numbers.get_mut(&number)
            {
                row.assigned_to = None;
            }
        }
    }

    /// The groups that a user inherits a product from.
    pub fn groups_giving(&self, id: &UserId, sku: &offboard_core::id::SkuId) -> BTreeSet<GroupId> {
        let inherited = self.users.get(id).into_iter().flat_map(|user| &user.inherited_licenses);
        inherited.filter(|license| license.sku == *sku).map(|license| license.group).collect()
    }
}

impl Mailbox {
    /// Whether it lives without a license: shared, small, without archive; or a room.
    pub fn may_be_unlicensed(&self) -> bool {
        match self.recipient_type {
            RecipientType::SharedMailbox => {
                self.total_item_size < UNLICENSED_LIMIT
                    && self.archive.is_none()
                    && self.litigation_hold.is_none()
            }
            RecipientType::UserMailbox => false,
            _ => true,
        }
    }
}
