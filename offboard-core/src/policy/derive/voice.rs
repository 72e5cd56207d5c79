//! Telephone numbers: one step for each. Where this cloud does not list them, one task for all.

use serde_json::{Value, json};

use super::Way;
use crate::facts::{Fact, Why};
use crate::time::Period;

const KEY: &str = "voice.numbers";
const UNASSIGN: &str = "unassign_phone_number";

impl Way<'_> {
    pub(super) fn voice(&mut self) {
        if !self.policy.unassigns_numbers() {
            return;
        }
        let (facts, now) = (self.facts, self.at(Period::ZERO));
        match &facts.leaver.phone_numbers {
            Fact::Known(numbers) => {
                for number in numbers {
                    self.draft(KEY, UNASSIGN, &json!({ "number": number }), now);
                }
            }
            Fact::NotOffered(Why::Cloud) => {
                self.draft(KEY, UNASSIGN, &Value::Null, now);
            }
            Fact::Unknown(failure) => {
                self.find("G47", "R61", |findings| {
                    findings.unknown("which telephone numbers there are", failure);
                });
            }
            Fact::Absent | Fact::NotOffered(Why::License | Why::Unused) => {}
        }
    }
}
