//! Names for ids: what a person reads in place of a GUID.

use std::collections::BTreeMap;

use offboard::core::facts::Facts;
use offboard::core::model::role::BUILT_IN;

use super::text::clean;

/// Every id in a plan's facts that has a name.
#[derive(Debug, Clone, Default)]
pub struct Names(BTreeMap<String, String>);

impl Names {
    /// The people, groups, products, service plans and roles in these facts.
    pub fn of(facts: &Facts) -> Self {
        let mut names = BTreeMap::new();
        for person in facts.people.values().chain([&*facts.leaver]) {
            names.insert(person.id.to_string(), clean(&person.name()));
        }
        let groups = facts.leaver.memberships.known().into_iter().chain(facts.leaver.direct_groups.known());
        for group in groups.flatten().filter_map(|row| row.group.known()) {
            names.insert(group.id.to_string(), clean(&group.display_name));
        }
        for sku in facts.tenant.skus.known().into_iter().flatten() {
            names.insert(sku.sku_id.to_string(), clean(&sku.sku_part_number));
            for plan in &sku.service_plans {
                names.insert(plan.id.to_string(), clean(&plan.name));
            }
        }
        names.extend(BUILT_IN.iter().map(|(_, id, name)| (id.to_string(), (*name).to_owned())));
        Self(names)
    }

    /// The name of `id`, or `id` itself.
    pub fn get<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }

    /// Whether this is the id of something with a name.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }
}
