//! `microsoft.graph.teamsAdministration.numberAssignment` (CONTRACT B16).

use offboard_core::id::UserId;
use offboard_core::model::phone::PhoneNumber;
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

/// A telephone number and whose it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct NumberBody {
    telephone_number: Seen<String>,
    number_type: Seen<String>,
    assignment_target_id: Seen<UserId>,
    assignment_category: Seen<String>,
    location_id: Seen<String>,
}

impl NumberBody {
    /// The number, if it is really assigned to `person`: the service's own filter is not relied on.
    pub(crate) fn of(self, person: UserId) -> Result<Option<PhoneNumber>, Malformed> {
        // A number without a target is nobody's; one that does not say whose it is may be his.
        if self.assignment_target_id.nullable("assignmentTargetId")? != Some(person) {
            return Ok(None);
        }
        let number = self.telephone_number.required("telephoneNumber")?;
        let telephone_number = if number.starts_with('+') { number } else { ["+", &number].concat() };
        Ok(Some(PhoneNumber {
            telephone_number,
            number_type: self.number_type.required("numberType")?,
            assignment_category: self.assignment_category.shown(),
            location_id: self.location_id.shown().filter(|place| !place.is_empty()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_is_compared_with_the_person_again() {
        let (person, other) = (UserId::from_u128(1), UserId::from_u128(2));
        let read = |target, number: &str| {
            let body = json!({ "telephoneNumber": number, "numberType": "directRouting",
                               "assignmentTargetId": target, "assignmentCategory": "primary" });
            serde_json::from_value::<NumberBody>(body).unwrap().of(person)
        };
        assert_eq!(read(Some(person), "12061234567").unwrap().unwrap().telephone_number, "+12061234567");
        assert_eq!(read(Some(person), "+12061234567").unwrap().unwrap().telephone_number, "+12061234567");
        assert_eq!(read(Some(other), "+1"), Ok(None));
        assert_eq!(read(None, "+1"), Ok(None));
        let silent = json!({ "telephoneNumber": "+1", "numberType": "directRouting" });
        assert!(serde_json::from_value::<NumberBody>(silent).unwrap().of(person).is_err());
    }
}
