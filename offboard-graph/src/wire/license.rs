//! License assignments and bought products (CONTRACT B7, B8).

use std::collections::{BTreeMap, BTreeSet};

use offboard_core::id::{GroupId, ServicePlanId, SkuId};
use offboard_core::model::license::{LicenseAssignment, Licenses, ServicePlan, SubscribedSku};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Malformed;
use super::seen::Seen;

/// What is asked of a user to know his licenses.
pub(crate) const SELECT: &[&str] = &["id", "assignedLicenses", "licenseAssignmentStates"];

/// The state of a product that `assignedLicenses` lists and `licenseAssignmentStates` does not.
pub(crate) const UNLISTED: &str = "Unlisted";

/// A user with his licenses.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct LicensedBody {
    assigned_licenses: Seen<Vec<AssignedLicense>>,
    license_assignment_states: Seen<Vec<AssignmentState>>,
}

/// `microsoft.graph.assignedLicense`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssignedLicense {
    /// The product.
    #[serde(default)]
    pub(crate) sku_id: Seen<SkuId>,
    #[serde(default)]
    disabled_plans: Seen<BTreeSet<ServicePlanId>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AssignmentState {
    sku_id: Seen<SkuId>,
    assigned_by_group: Seen<GroupId>,
    disabled_plans: Seen<BTreeSet<ServicePlanId>>,
    state: Seen<String>,
}

impl LicensedBody {
    /// Who has what, and which way it came.
    ///
    /// `licenseAssignmentStates` tells the way. A product that only `assignedLicenses` knows is kept as a direct one
    /// of state `Unlisted`, so that nobody reports it gone.
    pub(crate) fn licenses(self) -> Result<Licenses, Malformed> {
        let mut assignments = BTreeMap::new();
        let states = self.license_assignment_states.required("licenseAssignmentStates")?;
        for state in states {
            let sku_id = state.sku_id.required("licenseAssignmentStates/skuId")?;
            let assigned_by_group =
                state.assigned_by_group.nullable("licenseAssignmentStates/assignedByGroup")?;
            let disabled_plans = state.disabled_plans.nullable("licenseAssignmentStates/disabledPlans")?;
            let state = state.state.required("licenseAssignmentStates/state")?;
            let disabled_plans = disabled_plans.unwrap_or_default();
            assignments.insert(
                (sku_id, assigned_by_group),
                LicenseAssignment { sku_id, assigned_by_group, disabled_plans, state },
            );
        }
        for assigned in self.assigned_licenses.required("assignedLicenses")? {
            let sku_id = assigned.sku_id.required("assignedLicenses/skuId")?;
            if assignments.keys().all(|(known, _)| *known != sku_id) {
                let disabled_plans = assigned.disabled_plans.shown().unwrap_or_default();
                let state = UNLISTED.to_owned();
                assignments.insert(
                    (sku_id, None),
                    LicenseAssignment { sku_id, assigned_by_group: None, disabled_plans, state },
                );
            }
        }
        Ok(Licenses { assignments: assignments.into_values().collect() })
    }
}

/// The body of `assignLicense` that takes products away.
pub(crate) fn removal(skus: &[SkuId]) -> Value {
    json!({ "addLicenses": [], "removeLicenses": skus })
}

/// The body of `assignLicense` that gives products, each with the plans disabled in it.
pub(crate) fn assignment(assignments: &[LicenseAssignment]) -> Value {
    let add: Vec<Value> = assignments
        .iter()
        .map(|given| json!({ "skuId": given.sku_id, "disabledPlans": given.disabled_plans }))
        .collect();
    json!({ "addLicenses": add, "removeLicenses": [] })
}

/// What is asked of a bought product.
pub(crate) const SKU_SELECT: &[&str] =
    &["skuId", "skuPartNumber", "consumedUnits", "prepaidUnits", "servicePlans"];

/// `microsoft.graph.subscribedSku`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SkuBody {
    sku_id: Seen<SkuId>,
    sku_part_number: Seen<String>,
    consumed_units: Seen<i64>,
    prepaid_units: Seen<Prepaid>,
    service_plans: Seen<Vec<PlanBody>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Prepaid {
    enabled: Seen<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PlanBody {
    service_plan_id: Seen<ServicePlanId>,
    service_plan_name: Seen<String>,
    applies_to: Seen<String>,
}

impl SkuBody {
    /// The product, with every plan in it: what a license brings is read from these.
    pub(crate) fn sku(self) -> Result<SubscribedSku, Malformed> {
        let prepaid = self.prepaid_units.required("prepaidUnits")?;
        let mut service_plans = Vec::new();
        for plan in self.service_plans.required("servicePlans")? {
            service_plans.push(ServicePlan {
                id: plan.service_plan_id.required("servicePlans/servicePlanId")?,
                name: plan.service_plan_name.required("servicePlans/servicePlanName")?,
                // Only a plan that says it is for the company is taken for one that brings a person nothing.
                applies_to_user: plan.applies_to.shown().as_deref() != Some("Company"),
            });
        }
        Ok(SubscribedSku {
            sku_id: self.sku_id.required("skuId")?,
            sku_part_number: self.sku_part_number.shown().unwrap_or_default(),
            enabled: prepaid.enabled.required("prepaidUnits/enabled")?,
            consumed: self.consumed_units.required("consumedUnits")?,
            service_plans,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<Licenses, Malformed> {
        serde_json::from_value::<LicensedBody>(body).unwrap().licenses()
    }

    const E3: &str = "05e9a617-0261-4cee-bb44-138d3ef5d965";
    const F3: &str = "66b55226-6b4f-492c-910c-a3b7a3c9d993";
    const GROUP: &str = "00000000-0000-0000-0000-0000000000c1";

    #[test]
    fn the_same_product_may_come_both_ways() {
        let licenses = read(json!({
            "assignedLicenses": [{ "skuId": E3, "disabledPlans": [] }],
            "licenseAssignmentStates": [
                { "skuId": E3, "assignedByGroup": GROUP, "disabledPlans": [], "state": "Active", "error": "None" },
                { "skuId": E3, "assignedByGroup": null, "disabledPlans": [F3], "state": "Active", "error": "None" }
            ]
        }))
        .unwrap();
        assert_eq!(licenses.assignments.len(), 2);
        assert_eq!(licenses.direct().next().unwrap().disabled_plans.len(), 1);
        assert_eq!(licenses.inherited().count(), 1);
    }

    #[test]
    fn a_product_without_a_state_is_not_lost() {
        let licenses = read(json!({
            "assignedLicenses": [{ "skuId": F3, "disabledPlans": [E3] }],
            "licenseAssignmentStates": []
        }))
        .unwrap();
        let only = licenses.direct().next().unwrap();
        assert_eq!((only.sku_id.to_string().as_str(), only.state.as_str()), (F3, UNLISTED));
        assert_eq!(only.disabled_plans.len(), 1);
    }

    #[test]
    fn a_list_that_is_left_out_is_not_an_empty_one() {
        for body in [
            json!({ "assignedLicenses": [] }),
            json!({ "licenseAssignmentStates": [] }),
            json!({ "assignedLicenses": [], "licenseAssignmentStates": null }),
            json!({ "assignedLicenses": [], "licenseAssignmentStates": [{ "skuId": E3, "state": "Active" }] }),
        ] {
            assert!(read(body.clone()).is_err(), "{body}");
        }
        assert_eq!(
            read(json!({ "assignedLicenses": [], "licenseAssignmentStates": [] })),
            Ok(Licenses::default())
        );
    }

    #[test]
    fn bodies_always_have_both_lists() {
        let sku: SkuId = E3.parse().unwrap();
        assert_eq!(removal(&[sku]), json!({ "addLicenses": [], "removeLicenses": [E3] }));
        let given = LicenseAssignment {
            sku_id: sku,
            assigned_by_group: None,
            disabled_plans: [F3.parse().unwrap()].into(),
            state: "Active".into(),
        };
        assert_eq!(
            assignment(&[given]),
            json!({ "addLicenses": [{ "skuId": E3, "disabledPlans": [F3] }], "removeLicenses": [] })
        );
    }

    #[test]
    fn a_plan_that_does_not_say_for_whom_it_is_counts_as_the_persons() {
        let body = json!({
            "skuId": E3, "skuPartNumber": "SPE_E3", "consumedUnits": 24, "prepaidUnits": { "enabled": 25 },
            "servicePlans": [
                { "servicePlanId": F3, "servicePlanName": "EXCHANGE_S_ENTERPRISE" },
                { "servicePlanId": E3, "servicePlanName": "EXCHANGE_S_FOUNDATION", "appliesTo": "Company" }
            ]
        });
        let sku = serde_json::from_value::<SkuBody>(body).unwrap().sku().unwrap();
        assert_eq!((sku.enabled, sku.consumed), (25, 24));
        let applies: Vec<bool> = sku.service_plans.iter().map(|plan| plan.applies_to_user).collect();
        assert_eq!(applies, [true, false]);
    }
}
