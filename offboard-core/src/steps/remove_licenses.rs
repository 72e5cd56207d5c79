//! Remove directly assigned licenses (R52 to R57, G3, G6, G7, G21, G47, G56).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{DIRECTORY_GIVE_UP, DIRECTORY_LATENCY, EXAMPLE_USER, no_user, of};
use crate::facts::{Facet, Facts};
use crate::failure::Failure;
use crate::id::{ObjectKey, ServicePlanId, SkuId, UserId};
use crate::model::license::LicenseAssignment;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};

/// Removes products that were assigned directly, all in one call: their plans depend on each other. What comes
/// through a group stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveLicenses {
    /// Who is leaving.
    pub user: UserId,
    /// Which products.
    pub skus: BTreeSet<SkuId>,
}

/// Those of the step's products that are assigned directly, each with the plans disabled in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectLicenses {
    /// By product.
    pub direct: BTreeMap<SkuId, BTreeSet<ServicePlanId>>,
}

fn assignment(sku_id: SkuId, disabled_plans: &BTreeSet<ServicePlanId>) -> LicenseAssignment {
    LicenseAssignment {
        sku_id,
        assigned_by_group: None,
        disabled_plans: disabled_plans.clone(),
        state: "Active".to_owned(),
    }
}

#[async_trait]
impl Operation for RemoveLicenses {
    type State = DirectLicenses;

    fn spec() -> Spec {
        Spec {
            name: "remove_licenses",
            version: 1,
            title: "Remove licenses",
            phase: Phase::Licenses,
            door: Door::Graph,
            class: Class::Destructive,
            after: &[],
            before: &[],
            reversal: Reversal::Exact {},
            repeat: Repeat::Safe,
            latency: DIRECTORY_LATENCY,
            give_up: DIRECTORY_GIVE_UP,
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        let sku = SkuId::from_u128(0x05e9_a617_0261_4cee_bb44_138d_3ef5_d965);
        Self { user: EXAMPLE_USER, skus: BTreeSet::from([sku]) }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::Licenses(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        vec![ObjectKey::licenses(self.user)]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::graph(&["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All"])]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        let skus: Vec<String> = self.skus.iter().map(|sku| format!("'{sku}'")).collect();
        Instructions {
            system: "Microsoft Entra admin center".to_owned(),
            role: "License Administrator".to_owned(),
            why: why.to_owned(),
            commands: vec![format!(
                "Set-MgUserLicense -UserId {} -AddLicenses @() -RemoveLicenses @({})",
                self.user,
                skus.join(", ")
            )],
            shown_by: "licenseAssignmentStates has no direct assignment of these products".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, _facts: &Facts) -> Route {
        if self.skus.is_empty() {
            Route::Skip("no license is assigned directly".to_owned())
        } else {
            Route::Change
        }
    }

    fn state(&self, facts: &Facts) -> Judged<DirectLicenses> {
        no_user(of(facts, self.user, |person| person.licenses.clone()).map(|licenses| {
            DirectLicenses {
                direct: licenses
                    .direct()
                    .filter(|assignment| self.skus.contains(&assignment.sku_id))
                    .map(|assignment| (assignment.sku_id, assignment.disabled_plans.clone()))
                    .collect(),
            }
        }))
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(licenses) = facts.person_mut(self.user).licenses.known_mut() {
            licenses.assignments.retain(|a| a.assigned_by_group.is_some() || !self.skus.contains(&a.sku_id));
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &DirectLicenses) {
        self.effect(facts);
        if let Some(licenses) = facts.person_mut(self.user).licenses.known_mut() {
            licenses.assignments.extend(before.direct.iter().map(|(sku, plans)| assignment(*sku, plans)));
            licenses.assignments.sort();
        }
    }

    fn reached(&self, seen: &Seen<DirectLicenses>) -> Reached {
        Reached::when(seen.now.is().is_some_and(|now| now.direct.is_empty()))
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<DirectLicenses>) -> Result<(), Failure> {
        let before = before.is().ok_or_else(|| super::common::needs_state("what is assigned directly"))?;
        // Only what is there: the service refuses the whole call for one product that is not (B20).
        let skus: Vec<SkuId> = before.direct.keys().copied().collect();
        if !skus.is_empty() {
            cx.receipt(cx.providers.licenses.remove(&cx.call, self.user, &skus).await?);
        }
        Ok(())
    }

    async fn undo(
        &self,
        cx: &Context<'_>,
        before: &DirectLicenses,
        now: &DirectLicenses,
    ) -> Result<(), Failure> {
        let missing: Vec<LicenseAssignment> = before
            .direct
            .iter()
            .filter(|(sku, plans)| now.direct.get(sku) != Some(plans))
            .map(|(sku, plans)| assignment(*sku, plans))
            .collect();
        if !missing.is_empty() {
            cx.receipt(cx.providers.licenses.assign(&cx.call, self.user, &missing).await?);
        }
        Ok(())
    }
}
