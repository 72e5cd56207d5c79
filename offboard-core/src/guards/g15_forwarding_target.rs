//! G15: mail is forwarded to one recipient of the organisation who is there, and never in a circle (R31, R32).

use super::support::{EXTERNAL, Look, look, receiver, unknown};
use crate::facts::{Facet, Facts, Person};
use crate::id::UserId;
use crate::model::intent::Intent;
use crate::model::mailbox::{Mailbox, Recipient};
use crate::model::user::UserType;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Refuses a target that is gone, blocked, leaving too, outside the organisation, or that sends the mail back. A shared
/// mailbox is a good target, though nobody can sign in to its account.
#[derive(Debug)]
pub struct ForwardingTarget;

fn target(step: &Subject<'_>) -> Option<UserId> {
    step.param("to")
}

impl Guard for ForwardingTarget {
    fn code(&self) -> &'static str {
        "G15"
    }

    fn requirement(&self) -> &'static str {
        "R31"
    }

    fn title(&self) -> &'static str {
        "Mail is forwarded to one recipient inside who is there and does not send it back"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.is_forward(&["set_forwarding"])
    }

    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        let mut facets = vec![Facet::User(step.leaver), Facet::Recipient(step.leaver)];
        facets.extend(target(step).into_iter().flat_map(|to| [Facet::User(to), Facet::Recipient(to)]));
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
        let Some(to) = receiver(facts, step, "the mail", findings) else { return };
        let nobody = Person::new(to);
        let person = facts.person(to).unwrap_or(&nobody);
        let mailbox = judge_mailbox(person, step, findings);
        judge_user(person, mailbox.is_some_and(Mailbox::is_shared), step, findings);
        if let Some(mailbox) = mailbox.filter(|mailbox| mailbox.forwards()) {
            judge_way_on(facts, person, mailbox, step, findings);
        }
    }
}

fn judge_user(person: &Person, shared: bool, step: &Subject<'_>, findings: &mut Findings) {
    let id = person.id;
    match look(person.user.as_ref()) {
        Look::Nothing => findings.never(
            format!("absent:{id}"),
            format!("nobody has the object id {id} of the one who is to get the mail"),
            "name somebody who exists",
        ),
        Look::There(user) if user.user_type == UserType::Guest => findings.never(
            format!("{EXTERNAL}{id}"),
            format!("{} is a guest, whose mail lies outside the organisation", person.name()),
            "name a member or a shared mailbox; forwarding to the outside is not in this version, and most \
             organisations' outbound policy bounces it",
        ),
        Look::There(user) if !user.account_enabled && !shared => findings.block(
            format!("disabled:{id}"),
            format!("the account of {}, who is to get the mail, is blocked", person.name()),
            "name somebody who can sign in, or a shared mailbox",
        ),
        Look::There(_) => {}
        Look::Unknown(failure) => unknown(step, &Facet::User(id), &failure, findings),
    }
}

/// The target's mailbox, if it is one that mail can be forwarded to.
fn judge_mailbox<'a>(person: &'a Person, step: &Subject<'_>, findings: &mut Findings) -> Option<&'a Mailbox> {
    let id = person.id;
    let wrong = match look(person.recipient.as_ref()) {
        Look::There(Recipient::Cloud(mailbox)) => {
            let fine = mailbox.is_shared() || (mailbox.is_user() && mailbox.sku_assigned != Some(false));
            if fine {
                return Some(mailbox);
            }
            if mailbox.is_user() {
                "has no license".to_owned()
            } else {
                format!("is a {}", mailbox.recipient_type_details)
            }
        }
        Look::There(Recipient::OnPremises { recipient_type_details }) => format!(
            "is not in Exchange Online ({recipient_type_details}), and whether mail to it leaves the organisation \
             cannot be seen"
        ),
        Look::Nothing => "is not there".to_owned(),
        Look::Unknown(failure) => {
            unknown(step, &Facet::Recipient(id), &failure, findings);
            return None;
        }
    };
    findings.block(
        format!("mailbox:{id}"),
        format!("the mailbox of {}, who is to get the mail, {wrong}", person.name()),
        "name somebody with a licensed or shared mailbox in Exchange Online",
    );
    None
}

/// The target forwards too: back to the leaver is a circle, and further on nobody looks.
fn judge_way_on(
    facts: &Facts,
    person: &Person,
    mailbox: &Mailbox,
    step: &Subject<'_>,
    findings: &mut Findings,
) {
    let leaver = &facts.leaver;
    let user = match look(leaver.user.as_ref()) {
        Look::There(user) => Some(user),
        Look::Nothing => None,
        Look::Unknown(failure) => return unknown(step, &Facet::User(leaver.id), &failure, findings),
    };
    let own = match look(leaver.mailbox()) {
        Look::There(mailbox) => Some(mailbox),
        Look::Nothing => None,
        Look::Unknown(failure) => return unknown(step, &Facet::Recipient(leaver.id), &failure, findings),
    };
    let bare = |target: &str| target.trim_start_matches("smtp:").trim_start_matches("SMTP:").to_owned();
    for target in mailbox.forwarding_address.iter().chain(&mailbox.forwarding_smtp_address) {
        let back = user.is_some_and(|user| user.is_called(&bare(target)))
            || own.is_some_and(|own| own.is_called(target));
        if back {
            findings.never(
                format!("loop:{}", person.id),
                format!(
                    "the mailbox of {} forwards to the leaver: mail would run in a circle",
                    person.name()
                ),
                "stop the forwarding back first, or name somebody else",
            );
        } else {
            findings.warn(
                format!("goes_on:{target}"),
                format!(
                    "the mailbox of {} itself forwards to {target}, where nobody has looked",
                    person.name()
                ),
                "name the one who is to read the mail in the end",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;
    use crate::guards::testing::{LEAVER, SUCCESSOR, Trial};
    use serde_json::json;

    fn keys(change: impl FnOnce(&mut Person)) -> Vec<String> {
        Trial::of("set_forwarding").with(|facts| change(facts.person_mut(SUCCESSOR))).judge(&ForwardingTarget)
    }

    fn mailbox(change: impl FnOnce(&mut Mailbox)) -> Vec<String> {
        keys(|person| change(person.mailbox_mut().unwrap()))
    }

    #[test]
    fn a_colleague_passes() {
        assert!(keys(|_| ()).is_empty());
    }

    #[test]
    fn each_flaw_alone_is_found() {
        let disabled = |person: &mut Person| person.user.known_mut().unwrap().account_enabled = false;
        assert_eq!(keys(disabled), [format!("block disabled:{SUCCESSOR}")]);
        let guest = |person: &mut Person| person.user.known_mut().unwrap().user_type = UserType::Guest;
        assert_eq!(keys(guest), [format!("never external:{SUCCESSOR}")]);
        assert_eq!(keys(|person| person.user = Fact::Absent), [format!("never absent:{SUCCESSOR}")]);
        let flawed = [format!("block mailbox:{SUCCESSOR}")];
        assert_eq!(keys(|person| person.recipient = Fact::Absent), flawed);
        assert_eq!(mailbox(|m| m.sku_assigned = Some(false)), flawed);
        assert_eq!(mailbox(|m| "RoomMailbox".clone_into(&mut m.recipient_type_details)), flawed);
        let recipient_type_details = "MailUser".to_owned();
        let elsewhere = Fact::Known(Recipient::OnPremises { recipient_type_details });
        assert_eq!(keys(|person| person.recipient = elsewhere), flawed);
    }

    #[test]
    fn a_shared_mailbox_needs_neither_sign_in_nor_license() {
        assert!(
            keys(|person| {
                person.user.known_mut().unwrap().account_enabled = false;
                let mailbox = person.mailbox_mut().unwrap();
                Mailbox::SHARED.clone_into(&mut mailbox.recipient_type_details);
                mailbox.sku_assigned = Some(false);
            })
            .is_empty()
        );
    }

    #[test]
    fn the_leaver_himself_and_others_who_leave_are_refused() {
        let himself = Trial::of("set_forwarding").params(|params| params["to"] = json!(LEAVER));
        assert_eq!(himself.judge(&ForwardingTarget), [format!("never {LEAVER}")]);
        let both = Trial::of("set_forwarding").with(|facts| {
            facts.leaving.insert(SUCCESSOR);
        });
        assert_eq!(both.judge(&ForwardingTarget), [format!("block leaving:{SUCCESSOR}")]);
    }

    #[test]
    fn mail_never_runs_in_a_circle() {
        let circle = [format!("never loop:{SUCCESSOR}")];
        for back in ["avery@contoso.com", &LEAVER.to_string()] {
            assert_eq!(mailbox(|m| m.forwarding_address = Some(back.to_owned())), circle, "{back}");
        }
        let smtp = |to: &str| mailbox(|m| m.forwarding_smtp_address = Some(to.to_owned()));
        assert_eq!(smtp("smtp:Avery@contoso.com"), circle);
        assert_eq!(smtp("smtp:sales@contoso.com"), ["warn goes_on:smtp:sales@contoso.com"]);
        let unread = Trial::of("set_forwarding")
            .with(|facts| {
                let target = facts.person_mut(SUCCESSOR).mailbox_mut().unwrap();
                target.forwarding_address = Some("Sales".to_owned());
            })
            .blank(Facet::Recipient);
        assert_eq!(unread.judge(&ForwardingTarget), ["block unknown:the mailbox"]);
    }

    #[test]
    fn a_target_that_was_not_read_is_unknown_and_not_absent() {
        let unread = Trial::of("set_forwarding").with(|facts| facts.people.clear());
        assert_eq!(
            unread.judge(&ForwardingTarget),
            ["block unknown:the mailbox", "block unknown:the directory object"]
        );
    }
}
