//! G16: whoever gets the mailbox or the files must be able to have them (R26, R40, R95).

use super::support::{GUEST, Look, look, receiver, unknown};
use crate::facts::{Facet, Facts, Person};
use crate::id::UserId;
use crate::model::intent::Intent;
use crate::model::mailbox::Recipient;
use crate::model::user::UserType;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses access for somebody who is gone, blocked, a guest, leaving too, or without a licensed mailbox; to files, without a
/// OneDrive of his own.
#[derive(Debug)]
pub struct Successor;

/// Who gets access by `step`.
fn successor(step: &Subject<'_>) -> Option<UserId> {
    step.param("to")
}

impl Guard for Successor {
    fn code(&self) -> &'static str {
        "G16"
    }

    fn requirement(&self) -> &'static str {
        "R95"
    }

    fn title(&self) -> &'static str {
        "A successor is an enabled member who stays, with a licensed mailbox, or a OneDrive for files"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["grant_full_access"]) || gets_files(step)
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        match successor(step) {
            None => vec![],
            Some(to) if gets_files(step) => vec![Facet::User(to), Facet::Drive(to)],
            Some(to) => vec![Facet::User(to), Facet::Recipient(to), Facet::Licenses(to)],
        }
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        let what = if gets_files(step) { "the files of the OneDrive" } else { "access to the mailbox" };
        let Some(to) = receiver(facts, step, what, findings) else { return };
        let nobody = Person::new(to);
        let person = facts.person(to).unwrap_or(&nobody);
        judge_user(person, step, findings);
        if gets_files(step) {
            judge_drive(person, step, findings);
        } else {
            judge_mailbox(person, step, findings);
        }
    }
}

fn gets_files(step: &Subject<'_>) -> bool {
    step.is_forward(&["grant_drive_access", "share_drive", "copy_drive"])
}

/// Whoever has no OneDrive of his own may have no license for others' either.
fn judge_drive(person: &Person, step: &Subject<'_>, findings: &mut Findings) {
    let id = person.id;
    let wrong = match look(person.drive.as_ref()) {
        Look::There(drive) if drive.locked => "is locked or archived",
        Look::There(_) => return,
        Look::Nothing => "is not there",
        Look::Unknown(failure) => return unknown(step, &Facet::Drive(id), &failure, findings),
    };
    findings.block(
        format!("drive:{id}"),
        format!("the OneDrive of the successor {} {wrong}", person.name()),
        "name a successor who uses OneDrive, or have him open his own once",
    );
}

fn judge_user(person: &Person, step: &Subject<'_>, findings: &mut Findings) {
    let id = person.id;
    match look(person.user.as_ref()) {
        Look::Nothing => findings.never(
            format!("absent:{id}"),
            format!("nobody has the object id {id} of the successor"),
            "name a successor who exists",
        ),
        Look::There(user) => {
            if !user.account_enabled {
                findings.block(
                    format!("disabled:{id}"),
                    format!("the account of the successor {} is blocked", person.name()),
                    "name a successor who can sign in",
                );
            }
            if user.user_type == UserType::Guest {
                findings.block(
                    format!("{GUEST}{id}"),
                    format!("the successor {} is a guest", person.name()),
                    "name a member of the organisation",
                );
            }
        }
        Look::Unknown(failure) => unknown(step, &Facet::User(id), &failure, findings),
    }
}

fn judge_mailbox(person: &Person, step: &Subject<'_>, findings: &mut Findings) {
    let id = person.id;
    let wrong = match look(person.recipient.as_ref()) {
        Look::There(Recipient::Cloud(mailbox)) => match mailbox.sku_assigned {
            _ if !mailbox.is_user() => Some(format!("is a {}", mailbox.recipient_type_details)),
            Some(true) => None,
            Some(false) => Some("has no license".to_owned()),
            // Where Exchange does not say, the licenses do.
            None => match look(person.licenses.as_ref()) {
                Look::There(licenses) if !licenses.assignments.is_empty() => None,
                Look::There(_) | Look::Nothing => Some("has no license".to_owned()),
                Look::Unknown(failure) => return unknown(step, &Facet::Licenses(id), &failure, findings),
            },
        },
        Look::There(Recipient::OnPremises { recipient_type_details }) => {
            Some(format!("lies on-premises ({recipient_type_details})"))
        }
        Look::Nothing => Some("is not there".to_owned()),
        Look::Unknown(failure) => return unknown(step, &Facet::Recipient(id), &failure, findings),
    };
    if let Some(wrong) = wrong {
        findings.block(
            format!("mailbox:{id}"),
            format!("the mailbox of the successor {id} {wrong}"),
            "name a successor with a licensed mailbox in Exchange Online",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{E3, LEAVER, SUCCESSOR, Trial, assignment};
    use crate::model::license::Licenses;
    use crate::model::mailbox::Mailbox;
    use serde_json::json;

    fn keys(change: impl FnOnce(&mut Person)) -> Vec<String> {
        Trial::of("grant_full_access").with(|facts| change(facts.person_mut(SUCCESSOR))).judge(&Successor)
    }

    fn mailbox(change: impl FnOnce(&mut Mailbox)) -> Vec<String> {
        keys(|person| change(person.mailbox_mut().unwrap()))
    }

    #[test]
    fn a_good_successor_passes() {
        assert!(keys(|_| ()).is_empty());
    }

    #[test]
    fn each_flaw_alone_is_found() {
        let user = |change: fn(&mut crate::model::user::User)| {
            keys(move |person| change(person.user.known_mut().unwrap()))
        };
        assert_eq!(user(|user| user.account_enabled = false), [format!("block disabled:{SUCCESSOR}")]);
        assert_eq!(user(|user| user.user_type = UserType::Guest), [format!("block guest:{SUCCESSOR}")]);
        assert_eq!(keys(|person| person.user = Fact::Absent), [format!("never absent:{SUCCESSOR}")]);
        let flawed = [format!("block mailbox:{SUCCESSOR}")];
        assert_eq!(mailbox(|m| m.sku_assigned = Some(false)), flawed);
        assert_eq!(mailbox(|m| "RoomMailbox".clone_into(&mut m.recipient_type_details)), flawed);
        assert_eq!(keys(|person| person.recipient = Fact::Absent), flawed);
        assert_eq!(
            keys(|person| {
                person.recipient = Fact::Known(Recipient::OnPremises {
                    recipient_type_details: "RemoteUserMailbox".to_owned(),
                });
            }),
            flawed
        );
    }

    #[test]
    fn the_leaver_himself_and_others_who_leave_are_refused() {
        let himself = Trial::of("grant_full_access").params(|params| params["to"] = json!(LEAVER));
        assert_eq!(himself.judge(&Successor), [format!("never {LEAVER}")]);
        let both = Trial::of("grant_full_access").with(|facts| {
            facts.leaving.insert(SUCCESSOR);
        });
        assert_eq!(both.judge(&Successor), [format!("block leaving:{SUCCESSOR}")]);
    }

    #[test]
    fn files_go_to_somebody_with_a_one_drive() {
        let files = |change: fn(&mut Person)| {
            let trial =
                Trial::of("grant_drive_access").with(move |facts| change(facts.person_mut(SUCCESSOR)));
            trial.judge(&Successor)
        };
        assert!(files(|_| ()).is_empty());
        // Files need no mailbox.
        assert!(files(|person| person.recipient = Fact::Absent).is_empty());
        let flawed = [format!("block drive:{SUCCESSOR}")];
        assert_eq!(files(|person| person.drive = Fact::Absent), flawed);
        assert_eq!(files(|person| person.drive.known_mut().unwrap().locked = true), flawed);
        assert_eq!(files(|person| person.drive = Fact::default()), ["block unknown:the OneDrive"]);
        assert_eq!(
            files(|person| person.user.known_mut().unwrap().account_enabled = false),
            [format!("block disabled:{SUCCESSOR}")]
        );
        let himself = Trial::of("grant_drive_access").params(|params| params["to"] = json!(LEAVER));
        assert_eq!(himself.judge(&Successor), [format!("never {LEAVER}")]);
    }

    #[test]
    fn where_exchange_does_not_say_the_licenses_do() {
        let silent = |licenses: Fact<Licenses>| {
            keys(move |person| {
                person.mailbox_mut().unwrap().sku_assigned = None;
                person.licenses = licenses;
            })
        };
        let assignments = vec![assignment(E3, None)];
        assert!(silent(Fact::Known(Licenses { assignments })).is_empty());
        assert_eq!(silent(Fact::Known(Licenses::default())), [format!("block mailbox:{SUCCESSOR}")]);
        assert_eq!(silent(Fact::default()), ["block unknown:the licenses"]);
    }

    #[test]
    fn a_successor_who_was_not_read_is_unknown_and_not_absent() {
        let unread = Trial::of("grant_full_access").with(|facts| {
            facts.people.clear();
        });
        assert_eq!(
            unread.judge(&Successor),
            ["block unknown:the directory object", "block unknown:the mailbox"]
        );
    }
}
