//! Finding things in the world.

use std::collections::BTreeSet;

use offboard_core::id::{GroupId, MailboxId, RoleId, SkuId, UserId};

use super::{Mailbox, MailboxState, Principal, ServicePlan, ServicePrincipal, User, World};

impl World {
    /// The user with this user principal name, whatever its case.
    pub fn user_by_upn(&self, upn: &str) -> Option<&User> {
        self.users.values().find(|user| user.user_principal_name.eq_ignore_ascii_case(upn))
    }

    /// The user that any of these names: object id, user principal name, an address with or without `smtp:`.
    pub fn user_by_any(&self, text: &str) -> Option<&User> {
        if let Ok(id) = text.parse::<UserId>() {
            return self.users.get(&id);
        }
        self.user_by_upn(text).or_else(|| self.user_by_address(text))
    }

    /// The user that has this address.
    pub fn user_by_address(&self, address: &str) -> Option<&User> {
        let address = address.split_once(':').map_or(address, |(_, rest)| rest);
        self.users.values().find(|user| user.has_address(address))
    }

    /// The mailbox of a user, unless it is soft-deleted or inactive.
    pub fn mailbox_of(&self, owner: &UserId) -> Option<&Mailbox> {
        self.mailboxes.values().find(|mailbox| mailbox.owner == *owner && mailbox.is_attached())
    }

    /// The mailbox of a user, to change it.
    pub fn mailbox_of_mut(&mut self, owner: &UserId) -> Option<&mut Mailbox> {
        let guid = self.mailbox_of(owner)?.guid;
        self.mailboxes.get_mut(&guid)
    }

    /// The guid of a user's mailbox.
    pub fn mailbox_id_of(&self, owner: &UserId) -> Option<MailboxId> {
        self.mailbox_of(owner).map(|mailbox| mailbox.guid)
    }

    /// The application with this client id.
    pub fn app_by_client_id(&self, client_id: &str) -> Option<&ServicePrincipal> {
        self.service_principals.values().find(|app| app.app_id.eq_ignore_ascii_case(client_id))
    }

    /// The service plans that work for a user: of every assigned product, less those that are switched off.
    pub fn plans_of(&self, user: &User) -> Vec<&ServicePlan> {
        let direct = user.direct_licenses.iter().map(|(sku, license)| (sku, &license.disabled_plans));
        let inherited = user.inherited_licenses.iter().filter(|license| license.error.is_none());
        let inherited = inherited.map(|license| (&license.sku, &license.disabled_plans));
        let mut seen = BTreeSet::new();
        let mut plans = Vec::new();
        for (sku, disabled) in direct.chain(inherited) {
            for plan in self.skus.get(sku).into_iter().flat_map(|sku| &sku.plans) {
                if !disabled.contains(&plan.id) && seen.insert(plan.id) {
                    plans.push(plan);
                }
            }
        }
        plans
    }

    /// Whether a user has a license for a mailbox now.
    pub fn has_mailbox_plan(&self, user: &UserId) -> bool {
        self.users.get(user).is_some_and(|user| self.plans_of(user).iter().any(|plan| plan.is_exchange()))
    }

    /// Seats of a product in use.
    pub fn consumed(&self, sku: &SkuId) -> u32 {
        let users = self.users.values().filter(|user| user.skus().contains(sku)).count();
        u32::try_from(users).unwrap_or(u32::MAX)
    }

    /// The groups a principal is in, directly.
    pub fn groups_of(&self, member: Principal) -> Vec<GroupId> {
        let groups = self.groups.values().filter(|group| group.members.contains(&member));
        groups.map(|group| group.id).collect()
    }

    /// The groups a principal is in, directly or through other groups.
    pub fn transitive_groups_of(&self, member: Principal) -> BTreeSet<GroupId> {
        let mut found = BTreeSet::new();
        let mut open = self.groups_of(member);
        while let Some(group) = open.pop() {
            if found.insert(group) {
                open.extend(self.groups_of(Principal::Group(group)));
            }
        }
        found
    }

    /// The roles that a principal holds now, itself or through role-assignable groups, with their scopes.
    /// `eligible` adds those that it may activate.
    pub fn roles_of(&self, principal: Principal, eligible: bool) -> Vec<(RoleId, String)> {
        let groups = self.transitive_groups_of(principal);
        let holds = |holder: Principal| {
            holder == principal || matches!(holder, Principal::Group(group) if groups.contains(&group))
        };
        let assignments = self.role_assignments.values();
        let held = assignments.filter(|row| (eligible || !row.eligible) && holds(row.principal));
        held.map(|row| (row.role, row.scope.clone())).collect()
    }
}

impl User {
    /// Whether this is one of the user's addresses.
    pub fn has_address(&self, address: &str) -> bool {
        let proxies = self.proxy_addresses.iter().filter_map(|proxy| proxy.split_once(':'));
        let mut addresses =
            proxies.filter(|(kind, _)| kind.eq_ignore_ascii_case("smtp")).map(|(_, address)| address);
        addresses.any(|own| own.eq_ignore_ascii_case(address))
            || self.mail.as_deref().is_some_and(|mail| mail.eq_ignore_ascii_case(address))
    }
}

impl Mailbox {
    /// Whether it still hangs on its account: not soft-deleted, not inactive.
    pub fn is_attached(&self) -> bool {
        matches!(self.state, MailboxState::Active | MailboxState::Disconnected { .. })
    }
}
