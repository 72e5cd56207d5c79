//! The groups: one step for each that the leaver is in himself. What he is in through another group ends with that one.

use serde_json::{Value, json};

use super::Way;
use crate::facts::Fact;
use crate::id::GroupId;
use crate::model::group::{Group, Membership};

const KEY: &str = "groups.disposition";

impl Way<'_> {
    pub(super) fn groups(&mut self) {
        if !self.policy.leaves_groups() {
            return;
        }
        let facts = self.facts;
        match &facts.leaver.direct_groups {
            Fact::Known(rows) => {
                for row in rows {
                    self.group(row);
                }
            }
            Fact::Unknown(failure) => {
                self.find("G31", "R63", |findings| findings.unknown("which groups there are", failure));
            }
            Fact::Absent | Fact::NotOffered(_) => {}
        }
    }

    fn group(&mut self, row: &Membership) {
        if let Fact::Known(group) = &row.group
            && group.gives_licenses()
        {
            if !self.policy.removes_licenses() {
                self.gives_licenses(group);
            }
            return;
        }
        let at = self.at(self.policy.file.groups.after.unwrap_or_default());
        let params = self.leaving(row.id);
        // What a rule or Active Directory decides is a task, whatever else the group is.
        let exchange = row
            .group
            .known()
            .is_some_and(|group| group.is_exchange_only() && !group.dynamic && !group.synced);
        let operation = if exchange { "leave_distribution_group" } else { "leave_group" };
        self.draft(KEY, operation, &params, at);
    }

    /// The group, and that he owns it where he does: who else does is read then (G30).
    pub(super) fn leaving(&self, group: GroupId) -> Value {
        if self.facts.leaver.owned_groups().any(|row| row.id == group) {
            json!({ "group": group, "owned": true })
        } else {
            json!({ "group": group })
        }
    }

    /// Leaving it is a license removal (E30), and that is decided elsewhere in the policy.
    fn gives_licenses(&mut self, group: &Group) {
        let (id, name) = (group.id, &group.display_name);
        self.find("G31", "R63", |findings| {
            findings.warn(
                id.to_string(),
                format!("the group {name} ({id}) gives licenses, which stay; so he stays in it"),
                "choose `licenses.disposition = \"remove\"`, which leaves it with the licenses",
            );
        });
    }
}
