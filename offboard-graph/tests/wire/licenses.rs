//! Licenses.

use offboard_core::failure::Kind;
use offboard_core::model::license::LicenseAssignment;
use offboard_core::ports::LicensePort;
use serde_json::{Value, json};

use crate::support::*;

const NOT_ASSIGNED: &str = "User does not have a corresponding license.";

fn licensed(direct: bool) -> Value {
    let state = json!({ "skuId": E3, "assignedByGroup": null, "disabledPlans": [], "state": "Active", "error": "None",
                        "lastUpdatedDateTime": "2024-01-02T03:04:05Z" });
    let assigned = json!({ "skuId": E3, "disabledPlans": [] });
    let (states, assigned) =
        if direct { (json!([state]), json!([assigned])) } else { (json!([]), json!([])) };
    json!({ "id": ALEX, "assignedLicenses": assigned, "licenseAssignmentStates": states })
}

#[tokio::test]
async fn licenses_and_products_are_read() {
    let bench = Bench::new(|seen, _| match seen.path.as_str() {
        "/subscribedSkus" => ok(
            200,
            json!({ "value": [{
            "skuId": E3, "skuPartNumber": "SPE_E3", "consumedUnits": 24, "prepaidUnits": { "enabled": 25, "suspended": 0 },
            "servicePlans": [{ "servicePlanId": E3, "servicePlanName": "EXCHANGE_S_ENTERPRISE", "appliesTo": "User",
                               "provisioningStatus": "Success" }]
        }] }),
        ),
        _ => ok(200, licensed(true)),
    });
    let licenses = bench.graph.licenses(&call(), ALEX).await.unwrap().unwrap();
    assert_eq!(licenses.direct().count(), 1);
    let skus = bench.graph.subscribed_skus(&call()).await.unwrap();
    assert_eq!((skus[0].sku_part_number.as_str(), skus[0].enabled, skus[0].consumed), ("SPE_E3", 25, 24));
    assert_eq!(
        bench.lines(),
        [
            format!("GET /users/{ALEX}?$select=id,assignedLicenses,licenseAssignmentStates"),
            "GET /subscribedSkus?$select=skuId,skuPartNumber,consumedUnits,prepaidUnits,servicePlans"
                .to_owned(),
        ]
    );
}

#[tokio::test]
async fn products_are_taken_and_given_in_one_call() {
    let bench = Bench::new(|_, _| ok(200, alex()));
    bench.graph.remove(&call(), ALEX, &[E3]).await.unwrap();
    let seen = bench.only();
    assert_eq!(seen.line(), format!("POST /users/{ALEX}/assignLicense"));
    assert_eq!(seen.body, json!({ "addLicenses": [], "removeLicenses": [E3] }));
    let given = LicenseAssignment {
        sku_id: E3,
        assigned_by_group: None,
        disabled_plans: ["00000000-0000-0000-0000-0000000000f1".parse().unwrap()].into(),
        state: "Active".into(),
    };
    bench.graph.assign(&call(), ALEX, &[given]).await.unwrap();
    assert_eq!(
        bench.seen()[1].body,
        json!({ "addLicenses": [{ "skuId": E3, "disabledPlans": ["00000000-0000-0000-0000-0000000000f1"] }],
                "removeLicenses": [] })
    );
}

#[tokio::test]
async fn nothing_to_do_is_nothing_sent() {
    let bench = Bench::new(|_, _| empty(500));
    bench.graph.remove(&call(), ALEX, &[]).await.unwrap();
    bench.graph.assign(&call(), ALEX, &[]).await.unwrap();
    assert_eq!(bench.seen().len(), 0);
}

/// Answers a removal with 400, and the reading after it as told.
fn refusing(still_there: bool, reading: u16) -> Bench {
    Bench::new(move |seen, _| match seen.method.as_str() {
        "POST" => ok(400, error("Request_BadRequest", NOT_ASSIGNED)),
        _ => ok(reading, licensed(still_there)),
    })
}

#[tokio::test]
async fn not_assigned_any_more_is_decided_by_reading_again() {
    let gone = refusing(false, 200);
    let receipt = gone.graph.remove(&call(), ALEX, &[E3]).await.unwrap();
    assert_eq!(receipt.warnings.len(), 1);
    assert_eq!(gone.seen().len(), 2);
    for bench in [refusing(true, 200), refusing(false, 403)] {
        let failed = bench.graph.remove(&call(), ALEX, &[E3]).await.unwrap_err();
        assert_eq!(failed.kind(), Kind::InvalidRequest);
        assert!(failed.failure.message.contains(NOT_ASSIGNED));
    }
}

#[tokio::test]
async fn an_inherited_license_is_a_refusal_with_a_way_out() {
    let text =
        "User license is inherited from a group membership and it cannot be removed directly from the user.";
    let bench = Bench::new(move |_, _| ok(400, error("Request_BadRequest", text)));
    let failed = bench.graph.remove(&call(), ALEX, &[E3]).await.unwrap_err();
    assert!(failed.failure.hint.unwrap().contains("licensing group"));
    assert_eq!(bench.seen().len(), 1);
}

#[tokio::test]
async fn group_based_licenses_are_looked_at_again() {
    let bench = Bench::new(|_, _| ok(200, alex()));
    bench.graph.reprocess(&call(), ALEX).await.unwrap();
    let seen = bench.only();
    assert_eq!(seen.line(), format!("POST /users/{ALEX}/reprocessLicenseAssignment"));
    assert_eq!(seen.body, Value::Null);
    // What keeps a license that does not go is told.
    let bench = Bench::new(|_, _| ok(400, error("Request_BadRequest", "service plan X depends on Y")));
    let failed = bench.graph.reprocess(&call(), ALEX).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::InvalidRequest);
    assert!(failed.failure.message.contains("depends on Y"));
}
