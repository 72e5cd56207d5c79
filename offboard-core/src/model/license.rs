//! Products, their service plans, and who has them from where (CONTRACT B7, B8).

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{GroupId, ServicePlanId, SkuId};

/// One entry of `licenseAssignmentStates`: a product and the way it came. The same product may come both ways.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicenseAssignment {
    /// `skuId`.
    pub sku_id: SkuId,
    /// `assignedByGroup`: the licensing group, or nothing for a direct assignment (G21).
    pub assigned_by_group: Option<GroupId>,
    /// `disabledPlans`: kept so that undo gives back exactly what was there.
    pub disabled_plans: BTreeSet<ServicePlanId>,
    /// `state`: `Active`, `ActiveWithError`, `Disabled`, `Error`.
    pub state: String,
}

/// What a user has been assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct Licenses {
    /// In the order of product and group, whatever order the service chose.
    pub assignments: Vec<LicenseAssignment>,
}

impl Licenses {
    /// The products assigned directly, each with what is disabled in it.
    pub fn direct(&self) -> impl Iterator<Item = &LicenseAssignment> {
        self.assignments.iter().filter(|a| a.assigned_by_group.is_none())
    }

    /// The products that come through groups.
    pub fn inherited(&self) -> impl Iterator<Item = &LicenseAssignment> {
        self.assignments.iter().filter(|a| a.assigned_by_group.is_some())
    }

    /// Every product, each once.
    pub fn skus(&self) -> BTreeSet<SkuId> {
        self.assignments.iter().map(|a| a.sku_id).collect()
    }
}

/// A service plan inside a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServicePlan {
    /// `servicePlanId`.
    pub id: ServicePlanId,
    /// `servicePlanName`, such as `EXCHANGE_S_ENTERPRISE`.
    pub name: String,
    /// `appliesTo` is `User`; a plan for the whole company brings nobody a mailbox.
    pub applies_to_user: bool,
}

/// What a service plan brings a person, as far as off-boarding cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Brings {
    /// A mailbox of any size.
    Mailbox,
    /// Exchange Online Plan 2: 100 GB, archive and holds without a license question.
    MailboxPlan2,
    /// Exchange Online Archiving: archive and holds beside Plan 1.
    Archiving,
    /// A OneDrive.
    OneDrive,
    /// Phone System or a calling plan.
    Voice,
}

impl ServicePlan {
    /// What this plan brings. Names follow Microsoft's product list; a plan nobody here knows brings nothing.
    pub fn brings(&self) -> BTreeSet<Brings> {
        let name = self.name.to_ascii_uppercase();
        let none_of = |parts: &[&str]| !parts.iter().any(|part| name.contains(part));
        let mut brings = BTreeSet::new();
        if !self.applies_to_user {
            return brings;
        }
        if name.starts_with("EXCHANGE") && name.contains("ARCHIVE") {
            brings.insert(Brings::Archiving);
        } else if name.starts_with("EXCHANGE_") && none_of(&["FOUNDATION", "ANALYTICS"]) {
            brings.insert(Brings::Mailbox);
            if name.contains("ENTERPRISE") {
                brings.insert(Brings::MailboxPlan2);
            }
        } else if (name.starts_with("SHAREPOINT") || name.starts_with("ONEDRIVE"))
            && none_of(&["WAC", "PROJECT", "DUET", "STORAGE", "MULTIGEO"])
        {
            brings.insert(Brings::OneDrive);
        } else if name.starts_with("MCOEV") || name.starts_with("MCOPSTN") {
            brings.insert(Brings::Voice);
        }
        brings
    }
}

/// A product that the organisation has bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SubscribedSku {
    /// `skuId`.
    pub sku_id: SkuId,
    /// `skuPartNumber`, such as `SPE_E3`.
    pub sku_part_number: String,
    /// `prepaidUnits.enabled`: seats paid for.
    pub enabled: i64,
    /// `consumedUnits`: seats taken.
    pub consumed: i64,
    /// `servicePlans`.
    pub service_plans: Vec<ServicePlan>,
}

impl SubscribedSku {
    /// What the product brings, without the plans named in `disabled`.
    pub fn brings(&self, disabled: &BTreeSet<ServicePlanId>) -> BTreeSet<Brings> {
        self.service_plans
            .iter()
            .filter(|plan| !disabled.contains(&plan.id))
            .flat_map(ServicePlan::brings)
            .collect()
    }
}

/// What the given assignments bring together. A product that is not in the list of bought ones is unknown, and
/// then so is the answer: the second value names it.
pub fn brought_by<'a>(
    assignments: impl IntoIterator<Item = &'a LicenseAssignment>,
    skus: &[SubscribedSku],
) -> (BTreeSet<Brings>, Vec<SkuId>) {
    let (mut brings, mut strange) = (BTreeSet::new(), Vec::new());
    for assignment in assignments {
        match skus.iter().find(|sku| sku.sku_id == assignment.sku_id) {
            Some(sku) => brings.extend(sku.brings(&assignment.disabled_plans)),
            None => strange.push(assignment.sku_id),
        }
    }
    (brings, strange)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brings(name: &str, applies_to_user: bool) -> Vec<Brings> {
        let plan = ServicePlan { id: ServicePlanId::from_u128(1), name: name.to_owned(), applies_to_user };
        plan.brings().into_iter().collect()
    }

    #[test]
    fn a_plan_brings_what_its_name_says() {
        let (mailbox, drive) = (vec![Brings::Mailbox], vec![Brings::OneDrive]);
        assert_eq!(brings("EXCHANGE_S_STANDARD", true), mailbox);
        assert_eq!(brings("EXCHANGE_S_DESKLESS", true), mailbox);
        assert_eq!(brings("EXCHANGE_S_ENTERPRISE_GOV", true), [Brings::Mailbox, Brings::MailboxPlan2]);
        assert_eq!(brings("EXCHANGE_S_ARCHIVE_ADDON", true), [Brings::Archiving]);
        assert_eq!(brings("SHAREPOINTENTERPRISE", true), drive);
        assert_eq!(brings("ONEDRIVE_BASIC", true), drive);
        assert_eq!(brings("MCOEV", true), [Brings::Voice]);
        assert!(brings("EXCHANGE_S_STANDARD", false).is_empty(), "for the company, not for a person");
    }

    #[test]
    fn a_name_that_only_begins_alike_brings_nothing() {
        for name in [
            "EXCHANGE_S_FOUNDATION",
            "EXCHANGE_ANALYTICS",
            "SHAREPOINTWAC",
            "SHAREPOINT_PROJECT",
            "SHAREPOINTSTORAGE",
            "TEAMS1",
        ] {
            assert!(brings(name, true).is_empty(), "{name}");
        }
    }
}
