//! G28: the plan means one person (P3). The identity that a plan pins is compared by `plan::identity`; here it is
//! judged whether there is somebody at all, and whether enough is known to tell him apart.

use super::support::{Look, look, unknown};
use crate::facts::{Facet, Fact, Facts};
use crate::model::intent::Intent;
use crate::operation::guard::Direction;
use crate::operation::{Class, Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses destructive steps and undo on somebody who is not there.
#[derive(Debug)]
pub struct WrongPerson;

impl Guard for WrongPerson {
    fn code(&self) -> &'static str {
        "G28"
    }

    fn requirement(&self) -> &'static str {
        "P3"
    }

    fn title(&self) -> &'static str {
        "The leaver is there, and can be told from everybody else"
    }

    fn applies(&self, _step: &Subject<'_>) -> bool {
        true
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        vec![Facet::User(step.leaver)]
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let user = match look(facts.leaver.user.as_ref()) {
            Look::There(user) => user,
            Look::Nothing => return judge_absent(facts, step, findings),
            Look::Unknown(failure) => {
                return unknown(step, &Facet::User(step.leaver), &failure, findings);
            }
        };
        if user.id != step.leaver {
            findings.never(
                "other_object",
                format!("the plan means {}, and {} was read", step.leaver, user.id),
                "this is an error of the reading; report it with the request id",
            );
        }
        if user.created_date_time.is_none() && user.employee_id.is_none() {
            findings.warn(
                "not_pinned",
                "neither createdDateTime nor employeeId is known: only the object id tells this person from others",
                "compare name and UPN with whoever asked for this",
            );
        }
    }
}

/// Steps that lose nothing find out by themselves that there is nothing to do.
fn judge_absent(facts: &Facts, step: &Subject<'_>, findings: &mut Findings) {
    if step.direction == Direction::Forward && step.spec().class != Class::Destructive {
        return;
    }
    // It has been deleted already, or is to come back.
    if step.operation.concerns_the_deleted() && facts.leaver.deleted == Fact::Known(true) {
        return;
    }
    let message = match facts.leaver.deleted.known() {
        Some(true) => "the account is deleted and lies among the deleted users",
        Some(false) => "there is no such account, not among the deleted users either",
        None => "there is no such account; whether it lies among the deleted users could not be read",
    };
    let hint = match step.direction {
        Direction::Forward => {
            "look whether this is the right person; for a deleted account there is nothing to do"
        }
        Direction::Undo => "restore the account first, then take the steps back",
    };
    findings.block("absent", message, hint);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{SUCCESSOR, Trial};

    fn keys(trial: &Trial) -> Vec<String> {
        trial.judge(&WrongPerson)
    }

    fn absent(trial: Trial) -> Trial {
        trial.with(|facts| {
            facts.leaver.user = Fact::Absent;
            facts.leaver.deleted = Fact::Known(true);
        })
    }

    #[test]
    fn nothing_is_destroyed_and_nothing_put_back_where_nobody_is() {
        assert_eq!(keys(&absent(Trial::of("remove_licenses"))), ["block absent"]);
        assert_eq!(keys(&absent(Trial::of("block_sign_in").undone())), ["block absent"]);
        assert!(keys(&absent(Trial::of("block_sign_in"))).is_empty());
        assert!(keys(&absent(Trial::of("delete_user"))).is_empty(), "it is deleted already (G34)");
        assert!(keys(&absent(Trial::of("delete_user").undone())).is_empty(), "it comes back from there");
        let gone = absent(Trial::of("delete_user")).with(|facts| facts.leaver.deleted = Fact::Known(false));
        assert_eq!(keys(&gone), ["block absent"]);
        assert!(keys(&Trial::of("remove_licenses")).is_empty());
    }

    #[test]
    fn it_says_where_the_account_is() {
        let message = |deleted: Fact<bool>| {
            let trial = absent(Trial::of("remove_licenses")).with(|facts| facts.leaver.deleted = deleted);
            trial.findings(&WrongPerson)[0].message.clone()
        };
        let messages = [message(Fact::Known(true)), message(Fact::Known(false)), message(Fact::default())];
        assert!(messages[0].contains("is deleted") && messages[1].contains("not among"));
        assert!(messages[2].contains("could not be read"));
    }

    #[test]
    fn somebody_else_is_never_touched() {
        let other =
            Trial::of("block_sign_in").with(|facts| facts.leaver.user.known_mut().unwrap().id = SUCCESSOR);
        assert_eq!(keys(&other), ["never other_object"]);
        assert!(keys(&Trial::of("block_sign_in")).is_empty());
    }

    #[test]
    fn one_of_two_pins_is_enough() {
        let pinned = |created: bool, employee: bool| {
            Trial::of("block_sign_in").with(|facts| {
                let user = facts.leaver.user.known_mut().unwrap();
                user.created_date_time = user.created_date_time.filter(|_| created);
                user.employee_id = user.employee_id.take().filter(|_| employee);
            })
        };
        assert_eq!(keys(&pinned(false, false)), ["warn not_pinned"]);
        assert!(keys(&pinned(true, false)).is_empty());
        assert!(keys(&pinned(false, true)).is_empty());
    }

    #[test]
    fn only_containment_goes_on_with_somebody_unread() {
        assert_eq!(
            keys(&Trial::of("remove_licenses").blank(Facet::User)),
            ["block unknown:the directory object"]
        );
        assert_eq!(
            keys(&Trial::of("block_sign_in").blank(Facet::User)),
            ["warn unknown:the directory object"]
        );
    }
}
