//! Take a telephone number from the leaver, which the plan keeps (R61, B16, G47, E26).

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::common::{EXAMPLE_USER, of};
use crate::facts::{Facet, Fact, Facts, Why};
use crate::failure::Failure;
use crate::id::{ObjectKey, UserId};
use crate::model::phone::PhoneNumber;
use crate::operation::{
    Class, Context, Door, Instructions, Judged, Operation, Permission, Phase, Reached, Repeat, Reversal,
    Route, Seen, Spec,
};
use crate::time::Period;

/// How long Teams may take to show whose a number is.
const TEAMS_LATENCY: Period = Period::minutes(30);

/// Takes one number from the leaver. Which it was stands in the plan: a license removal would free it without a trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnassignPhoneNumber {
    /// Who is leaving.
    pub user: UserId,
    /// The number as it is assigned; nothing where this cloud does not list numbers: then a person takes all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<PhoneNumber>,
}

/// Whether the number is his.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NumberHeld {
    /// The number with everything that assigning it again takes; nothing where it is not his.
    pub number: Option<PhoneNumber>,
}

impl UnassignPhoneNumber {
    fn is(&self, other: &PhoneNumber) -> bool {
        self.number.as_ref().is_some_and(|number| number.telephone_number == other.telephone_number)
    }
}

#[async_trait]
impl Operation for UnassignPhoneNumber {
    type State = NumberHeld;

    fn spec() -> Spec {
        Spec {
            name: "unassign_phone_number",
            version: 1,
            title: "Unassign a telephone number",
            phase: Phase::Voice,
            door: Door::Graph,
            class: Class::Ordinary,
            after: &[],
            before: &[],
            reversal: Reversal::Partial {
                why: "a number that somebody else got meanwhile does not come back".to_owned(),
            },
            repeat: Repeat::Safe,
            latency: TEAMS_LATENCY,
            give_up: Spec::patience(TEAMS_LATENCY),
            clock_fields: &[],
        }
    }

    fn example() -> Self {
        let number = PhoneNumber {
            telephone_number: "+12065550100".to_owned(),
            number_type: "callingPlan".to_owned(),
            assignment_category: Some("primary".to_owned()),
            location_id: None,
        };
        Self { user: EXAMPLE_USER, number: Some(number) }
    }

    fn reads(&self) -> Vec<Facet> {
        vec![Facet::PhoneNumbers(self.user)]
    }

    fn touches(&self) -> Vec<ObjectKey> {
        let number = self.number.as_ref().map_or("all", |number| number.telephone_number.as_str());
        vec![ObjectKey::other("phone", &format!("{}/{number}", self.user))]
    }

    fn permissions(&self, _facts: &Facts) -> Vec<Permission> {
        vec![Permission::graph(&["TeamsTelephoneNumber.ReadWrite.All"])]
    }

    fn by_hand(&self, _facts: &Facts, why: &str) -> Instructions {
        let user = self.user;
        let commands = match &self.number {
            Some(number) => vec![format!(
                "Remove-CsPhoneNumberAssignment -Identity {user} -PhoneNumber {} -PhoneNumberType {}",
                number.telephone_number, number.number_type
            )],
            None => vec![
                format!("Get-CsPhoneNumberAssignment -AssignedPstnTargetId {user}   # keep what it lists"),
                format!("Remove-CsPhoneNumberAssignment -Identity {user} -RemoveAll"),
            ],
        };
        Instructions {
            system: "Microsoft Teams PowerShell".to_owned(),
            role: "Teams Communications Administrator".to_owned(),
            why: why.to_owned(),
            commands,
            shown_by: "Get-CsPhoneNumberAssignment lists no number of the leaver".to_owned(),
            deadline: None,
        }
    }

    fn route(&self, facts: &Facts) -> Route {
        match of(facts, self.user, |person| person.phone_numbers.clone()) {
            Fact::NotOffered(Why::Unused) => Route::Skip("telephony is not used".to_owned()),
            Fact::NotOffered(_) => {
                Route::HandOff(self.by_hand(facts, "Graph does not know telephone numbers in this cloud"))
            }
            _ if self.number.is_none() => Route::HandOff(self.by_hand(facts, "the plan names no number")),
            _ => Route::Change,
        }
    }

    fn state(&self, facts: &Facts) -> Judged<NumberHeld> {
        let numbers = of(facts, self.user, |person| person.phone_numbers.clone());
        Judged::from_fact(numbers, "there are no telephone numbers")
            .map(|numbers| NumberHeld { number: numbers.into_iter().find(|number| self.is(number)) })
    }

    fn effect(&self, facts: &mut Facts) {
        if let Some(numbers) = facts.person_mut(self.user).phone_numbers.known_mut() {
            numbers.retain(|number| !self.is(number));
        }
    }

    fn put_back(&self, facts: &mut Facts, before: &NumberHeld) {
        self.effect(facts);
        if let Some(numbers) = facts.person_mut(self.user).phone_numbers.known_mut() {
            numbers.extend(before.number.clone());
            numbers.sort();
        }
    }

    fn reached(&self, seen: &Seen<NumberHeld>) -> Reached {
        let gone = seen.now.is().is_some_and(|now| now.number.is_none());
        Reached::when(self.number.is_some() && gone)
    }

    async fn apply(&self, cx: &Context<'_>, before: &Judged<NumberHeld>) -> Result<(), Failure> {
        let before = before.is().ok_or_else(|| super::common::needs_state("whose the number is"))?;
        // Only one that is his by a reading of this moment: the service takes a number from whoever has it.
        if let Some(number) = &before.number {
            cx.receipt(cx.providers.telephony.unassign(&cx.call, number).await?);
        }
        Ok(())
    }

    async fn undo(&self, cx: &Context<'_>, before: &NumberHeld, now: &NumberHeld) -> Result<(), Failure> {
        if let (Some(number), None) = (&before.number, &now.number) {
            cx.receipt(cx.providers.telephony.assign(&cx.call, self.user, number).await?);
        }
        Ok(())
    }
}
