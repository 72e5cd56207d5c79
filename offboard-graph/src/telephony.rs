//! Whose a telephone number is (CONTRACT B16).

use async_trait::async_trait;
use http::Method;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::UserId;
use offboard_core::model::phone::PhoneNumber;
use offboard_core::ports::{Answer, Call, Receipt, Telephony};
use offboard_http::quota;
use serde_json::{Value, json};

use crate::PROVIDER;
use crate::ask::Ask;
use crate::graph::Graph;
use crate::need;
use crate::wire::path::Path;

const UNASSIGN: &str = "/admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber";
const ASSIGN: &str = "/admin/teams/telephoneNumberManagement/numberAssignments/assignNumber";

/// As the service documents it in its actions: digits alone.
fn digits(number: &PhoneNumber) -> &str {
    number.telephone_number.trim_start_matches('+')
}

impl Graph {
    /// Accepted is not done: the answer is 202, and the service works on.
    async fn on_numbers(
        &self,
        call: &Call,
        template: &'static str,
        path: &'static str,
        body: Value,
    ) -> Answer<Receipt> {
        if !self.0.cloud().has_phone_numbers() {
            let failure =
                Failure::new(Kind::Unsupported, "Graph does not know telephone numbers in this cloud")
                    .code("not_in_this_cloud");
            return Err(ProviderError::new(PROVIDER, failure));
        }
        let ask = Ask::safe_write(Method::POST, template, Path::new(path), &need::CHANGE_NUMBERS);
        self.0.write(call, ask.body(body).pool(quota::TEAMS)).await
    }
}

#[async_trait]
impl Telephony for Graph {
    async fn unassign(&self, call: &Call, number: &PhoneNumber) -> Answer<Receipt> {
        let body = json!({ "telephoneNumber": digits(number), "numberType": number.number_type });
        let path = "admin/teams/telephoneNumberManagement/numberAssignments/unassignNumber";
        self.on_numbers(call, UNASSIGN, path, body).await
    }

    async fn assign(&self, call: &Call, to: UserId, number: &PhoneNumber) -> Answer<Receipt> {
        let mut body = json!({
            "telephoneNumber": digits(number),
            "numberType": number.number_type,
            "assignmentTargetId": to,
        });
        if let Some(category) = &number.assignment_category {
            body["assignmentCategory"] = json!(category);
        }
        if let Some(place) = &number.location_id {
            body["locationId"] = json!(place);
        }
        let path = "admin/teams/telephoneNumberManagement/numberAssignments/assignNumber";
        self.on_numbers(call, ASSIGN, path, body).await
    }
}
