//! G23: nobody off-boards himself (R87).

use super::support::{look_certain, unknown};
use crate::facts::{Facet, Facts};
use crate::model::intent::Intent;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses every step, and every undo, on the one who runs it.
#[derive(Debug)]
pub struct CallerIsLeaver;

impl Guard for CallerIsLeaver {
    fn code(&self) -> &'static str {
        "G23"
    }

    fn requirement(&self) -> &'static str {
        "R87"
    }

    fn title(&self) -> &'static str {
        "Nobody off-boards himself"
    }

    fn applies(&self, _step: &Subject<'_>) -> bool {
        true
    }

    fn reads(&self, _step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::Caller]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        match look_certain(facts.caller.as_ref()) {
            // An application's object id is never a user's, so there is no need to ask which of the two it is.
            Ok(caller) if caller.id.to_string() == step.leaver.to_string() => findings.never(
                "caller",
                format!("the access token belongs to the leaver himself ({})", step.leaver),
                "have another administrator run this, or an application",
            ),
            Ok(_) => {}
            Err(failure) => unknown(step, &Facet::Caller, &failure, findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{ALL_STEPS, LEAVER, Trial};
    use crate::model::caller::CallerKind;

    fn run_by(trial: Trial, id: &str) -> Trial {
        trial.with(|facts| {
            let caller = facts.caller.known_mut().unwrap();
            caller.kind = CallerKind::Person;
            caller.id = id.parse().unwrap();
        })
    }

    #[test]
    fn nobody_off_boards_himself_nor_takes_it_back() {
        let other = "00000000-0000-4000-8000-00000000cafe";
        for name in ALL_STEPS {
            for trial in [Trial::of(name), Trial::of(name).undone()] {
                assert_eq!(run_by(trial, &LEAVER.to_string()).judge(&CallerIsLeaver), ["never caller"]);
            }
            assert!(run_by(Trial::of(name), other).judge(&CallerIsLeaver).is_empty());
        }
    }

    #[test]
    fn an_unknown_caller_may_only_contain() {
        let unknown = |trial: Trial| trial.blank(|_| Facet::Caller).judge(&CallerIsLeaver);
        let block = ["block unknown:the caller's own rights"];
        assert_eq!(unknown(Trial::of("convert_to_shared")), block);
        assert_eq!(unknown(Trial::of("set_automatic_replies")), block);
        assert_eq!(unknown(Trial::of("block_sign_in")), ["warn unknown:the caller's own rights"]);
        assert_eq!(unknown(Trial::of("block_sign_in").undone()), block);
    }
}
