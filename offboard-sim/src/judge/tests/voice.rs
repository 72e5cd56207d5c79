//! Telephone numbers: whose they are, and who took them.

use http::Method;
use offboard_core::time::Period;
use serde_json::{Value, json};

use super::{Desk, Run};
use crate::world::PhoneNumber;

const NUMBER: &str = "+4930555010101";

/// Alex has a number.
pub(super) fn numbered(desk: &Desk) {
    let alex = desk.id("alex");
    desk.tenant.world(|world| {
        let row = PhoneNumber {
            number: NUMBER.to_owned(),
            number_type: "callingPlan".to_owned(),
            assigned_to: Some(alex),
            category: "primary".to_owned(),
            location_id: None,
        };
        world.numbers.insert(NUMBER.to_owned(), row);
    });
}

pub(super) fn params() -> Value {
    json!({ "number": { "telephone_number": NUMBER, "number_type": "callingPlan" } })
}

#[test]
fn a_number_that_was_taken_is_not_his() {
    let mut run = Run::after(numbered);
    assert!(run.against("unassign_phone_number", "done", params()).unwrap().contains("was his"));
    let body = json!({ "telephoneNumber": NUMBER.trim_start_matches('+'), "numberType": "callingPlan" });
    let path = "/admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber";
    let answer = run.desk.graph(&Method::POST, path, &body);
    assert!(answer.status.is_success(), "{}", answer.body);
    run.desk.advance(Period::seconds(10));
    assert_eq!(run.against("unassign_phone_number", "done", params()), None);
    assert!(run.against("unassign_phone_number", "failed", params()).is_some());
    run.again();
    assert_eq!(run.against("unassign_phone_number", "already", params()), None);
    // Somebody else gives it back: this run did not.
    let alex = run.alex();
    run.foreign(|world| world.numbers.get_mut(&NUMBER.to_owned()).unwrap().assigned_to = Some(alex));
    assert!(run.against("unassign_phone_number", "done", params()).is_some());
}
