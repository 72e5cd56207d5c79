//! G21: what comes through a group goes by leaving the group (R52, B7).

use std::collections::{BTreeMap, BTreeSet};

use super::removal::skus;
use super::support::{Look, look, unknown_warns};
use crate::facts::{Facet, Fact, Facts};
use crate::id::{GroupId, SkuId};
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says which licenses a removal of direct ones leaves because a group gives them, and how they go; one finding for each
/// group.
#[derive(Debug)]
pub struct LicenseSource;

impl Guard for LicenseSource {
    fn code(&self) -> &'static str {
        "G21"
    }

    fn requirement(&self) -> &'static str {
        "R52"
    }

    fn title(&self) -> &'static str {
        "Licenses that come through a group go with the group"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["remove_licenses"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Licenses(step.leaver), Facet::Memberships(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let licenses = match look(facts.leaver.licenses.as_ref()) {
            Look::There(licenses) => licenses,
            Look::Nothing => return,
            Look::Unknown(failure) => {
                return unknown_warns(&Facet::Licenses(step.leaver), &failure, findings);
            }
        };
        let mut by_group: BTreeMap<GroupId, BTreeSet<SkuId>> = BTreeMap::new();
        for assignment in licenses.inherited() {
            if let Some(group) = assignment.assigned_by_group {
                by_group.entry(group).or_default().insert(assignment.sku_id);
            }
        }
        let asked = skus(step);
        for (group, products) in by_group {
            let names: Vec<String> = products.iter().map(ToString::to_string).collect();
            let as_well = if products.is_disjoint(&asked) { "" } else { ", also what this step removes" };
            findings.warn(
                group.to_string(),
                format!(
                    "through the group {group} these come{as_well}, and go with it: {}",
                    names.join(", ")
                ),
                how_to_leave(facts, group),
            );
        }
    }
}

fn how_to_leave(facts: &Facts, id: GroupId) -> String {
    let row = facts.leaver.memberships.known().and_then(|rows| rows.iter().find(|row| row.id == id));
    match row.map(|row| &row.group) {
        Some(Fact::Known(group)) if group.dynamic => {
            format!("change the attribute that the rule of {} reads; nobody can leave it", group.display_name)
        }
        Some(Fact::Known(group)) if group.synced => {
            format!("remove the leaver from {} in Active Directory", group.display_name)
        }
        Some(Fact::Known(group)) if group.mail_enabled && !group.unified => {
            format!("remove the leaver from {} in Exchange, after the direct licenses", group.display_name)
        }
        Some(Fact::Known(group)) => {
            format!("remove the leaver from {} in Entra, after the direct licenses", group.display_name)
        }
        _ => format!("look at the group {id}: a rule, Active Directory or Entra decides who is in it"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{E3, GROUP, Trial, VISIO, row};

    fn hint(change: fn(&mut crate::model::group::Group)) -> String {
        let trial = Trial::removing(&[E3]).inherits(E3).with(|facts| {
            let mut row = row(GROUP);
            change(row.group.known_mut().unwrap());
            facts.leaver.memberships = Fact::Known(vec![row]);
        });
        trial.findings(&LicenseSource)[0].hint.clone()
    }

    #[test]
    fn a_group_is_named_once_with_what_it_gives() {
        assert!(Trial::removing(&[E3]).judge(&LicenseSource).is_empty());
        let both = Trial::removing(&[E3]).inherits(E3).inherits(VISIO);
        assert_eq!(both.judge(&LicenseSource), [format!("warn {GROUP}")]);
        let message = &both.findings(&LicenseSource)[0].message;
        assert!(message.contains("also what this step removes") && message.contains(&VISIO.to_string()));
        let other = Trial::removing(&[E3]).inherits(VISIO);
        assert!(!other.findings(&LicenseSource)[0].message.contains("also what"));
    }

    #[test]
    fn the_hint_says_who_can_end_it() {
        assert!(hint(|_| ()).contains("in Entra"));
        assert!(hint(|group| group.dynamic = true).contains("attribute"));
        assert!(hint(|group| group.synced = true).contains("Active Directory"));
        assert!(hint(|group| group.mail_enabled = true).contains("in Exchange"));
        let unread = Trial::removing(&[E3]).inherits(E3).blank(Facet::Memberships);
        assert!(unread.findings(&LicenseSource)[0].hint.contains("look at the group"));
        assert_eq!(unread.blank(Facet::Licenses).judge(&LicenseSource), ["warn unknown:the licenses"]);
    }
}
