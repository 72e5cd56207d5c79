//! Telephone numbers.

use offboard_core::failure::Kind;
use offboard_core::model::phone::PhoneNumber;
use offboard_core::ports::Telephony;
use serde_json::json;

use crate::support::*;

const NUMBERS: &str = "/admin/teams/telephoneNumberManagement/numberAssignments";

fn number(location_id: Option<&str>) -> PhoneNumber {
    PhoneNumber {
        telephone_number: "+12061234567".to_owned(),
        number_type: "callingPlan".to_owned(),
        assignment_category: location_id.map(|_| "private".to_owned()),
        location_id: location_id.map(str::to_owned),
    }
}

#[tokio::test]
async fn a_number_is_taken_by_its_digits_and_type() {
    let bench = Bench::new(|_, _| Ok((202, vec![], String::new())));
    bench.graph.unassign(&call(), &number(None)).await.unwrap();
    let seen = bench.only();
    assert_eq!(seen.line(), format!("POST {NUMBERS}/unassignNumber"));
    assert_eq!(seen.body, json!({ "telephoneNumber": "12061234567", "numberType": "callingPlan" }));
}

#[tokio::test]
async fn a_number_is_given_back_with_everything_that_was_known_of_it() {
    let bench = Bench::new(|_, _| Ok((202, vec![], String::new())));
    bench.graph.assign(&call(), ALEX, &number(Some("berlin"))).await.unwrap();
    let seen = bench.only();
    assert_eq!(seen.line(), format!("POST {NUMBERS}/assignNumber"));
    assert_eq!(
        seen.body,
        json!({ "telephoneNumber": "12061234567", "numberType": "callingPlan", "assignmentTargetId": ALEX,
                "assignmentCategory": "private", "locationId": "berlin" })
    );
    let bench = Bench::new(|_, _| Ok((202, vec![], String::new())));
    bench.graph.assign(&call(), ALEX, &number(None)).await.unwrap();
    assert_eq!(bench.only().body.as_object().unwrap().len(), 3, "what is not known is not said");
}

#[tokio::test]
async fn a_refusal_names_the_permission() {
    let bench = Bench::new(|_, _| ok(403, error("Authorization_RequestDenied", "no")));
    let failed = bench.graph.unassign(&call(), &number(None)).await.unwrap_err();
    assert_eq!(failed.kind(), Kind::PermissionDenied);
    assert!(failed.failure.hint.unwrap().contains("`TeamsTelephoneNumber.ReadWrite.All`"));
}
