//! G47: telephone numbers are taken away and written down before their license goes (R61).

use super::removal::{self, Removal, removes};
use super::support::{Look, look, unknown, unused_and_licensed};
use crate::facts::{Facet, Facts, Service};
use crate::model::intent::Intent;
use crate::model::license::Brings;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// The operation that takes every license along.
const DELETES: &[&str] = &["delete_user"];

/// Refuses to free a number without a trace; one finding for each number.
#[derive(Debug)]
pub struct AssignedNumbers;

impl Guard for AssignedNumbers {
    fn code(&self) -> &'static str {
        "G47"
    }

    fn requirement(&self) -> &'static str {
        "R61"
    }

    fn title(&self) -> &'static str {
        "A telephone number is unassigned before its license goes"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        removes(step) || step.is_forward(DELETES)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = if removes(step) { removal::reads(step.leaver) } else { vec![] };
        facets.push(Facet::PhoneNumbers(step.leaver));
        facets
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        // With the account every license goes.
        if removes(step) && !Removal::of(facts, step).takes(Brings::Voice) {
            return;
        }
        unused_and_licensed(&facts.leaver.phone_numbers, Service::Phone, findings);
        match look(facts.leaver.phone_numbers.as_ref()) {
            Look::There(numbers) => {
                for number in numbers {
                    let category = number.assignment_category.as_deref().unwrap_or("of unknown category");
                    let (text, kind) = (&number.telephone_number, &number.number_type);
                    findings.block(
                        text.clone(),
                        format!("{text} ({kind}, {category}) is assigned, and the license behind it would go"),
                        format!(
                            "unassign it first, so that it is known who had it (`voice.numbers = \"unassign\"`): Remove-CsPhoneNumberAssignment \
                             -Identity {} -PhoneNumber {text} -PhoneNumberType {kind}; or waive this number",
                            step.leaver
                        ),
                    );
                }
            }
            Look::Nothing => {}
            Look::Unknown(failure) => unknown(step, &Facet::PhoneNumbers(step.leaver), &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Fact, Why};
    use crate::guards::testing::{E3, Trial, VOICE};
    use crate::model::phone::PhoneNumber;

    fn number(text: &str) -> PhoneNumber {
        PhoneNumber {
            telephone_number: text.to_owned(),
            number_type: "directRouting".to_owned(),
            assignment_category: Some("primary".to_owned()),
            location_id: None,
        }
    }

    fn calling(numbers: &[&str]) -> Trial {
        let numbers = numbers.iter().map(|text| number(text)).collect();
        Trial::removing(&[VOICE])
            .licensed(&[E3, VOICE])
            .with(|facts| facts.leaver.phone_numbers = Fact::Known(numbers))
    }

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&AssignedNumbers)
    }

    #[test]
    fn each_number_is_a_finding_of_its_own() {
        let two = calling(&["+12065550100", "+12065550101"]);
        assert_eq!(keys(&two), ["block +12065550100", "block +12065550101"]);
        assert!(keys(&calling(&[])).is_empty());
    }

    #[test]
    fn only_the_last_voice_license_counts() {
        assert!(keys(&calling(&["+12065550100"]).inherits(VOICE)).is_empty());
        let other = Trial { params: Trial::removing(&[E3]).params, ..calling(&["+12065550100"]) };
        assert!(keys(&other).is_empty());
    }

    #[test]
    fn a_deleted_account_takes_its_numbers_along() {
        let deleted = |numbers| Trial { facts: calling(numbers).facts, ..Trial::of("delete_user") };
        assert_eq!(keys(&deleted(&["+12065550100"])), ["block +12065550100"]);
        assert!(keys(&deleted(&[])).is_empty());
    }

    #[test]
    fn numbers_that_cannot_be_listed_may_be_there() {
        let unread = ["block unknown:the telephone numbers"];
        assert_eq!(keys(&calling(&[]).blank(Facet::PhoneNumbers)), unread);
        let not_offered =
            |why| keys(&calling(&[]).with(|facts| facts.leaver.phone_numbers = Fact::NotOffered(why)));
        assert_eq!(not_offered(Why::Cloud), unread);
        assert_eq!(not_offered(Why::Unused), ["warn unused:phone"]);
    }
}
