//! G48: what this cloud does not have is done elsewhere, and said (R102, CONTRACT (e)).

use crate::facts::{Facet, Fact, Facts, Person, Why};
use crate::id::UserId;
use crate::model::intent::Intent;
use crate::operation::guard::Direction;
use crate::operation::{Findings, Guard, Subject};
use crate::time::Timestamp;

/// Says which reading a step wants and this cloud does not offer; one finding for each.
#[derive(Debug)]
pub struct NotInThisCloud;

impl Guard for NotInThisCloud {
    fn code(&self) -> &'static str {
        "G48"
    }

    fn requirement(&self) -> &'static str {
        "R102"
    }

    fn title(&self) -> &'static str {
        "Not every cloud has everything"
    }

    fn applies(&self, step: &Subject<'_>) -> bool {
        step.direction == Direction::Forward
    }

    /// What the operation reads in any case.
    fn reads(&self, step: &Subject<'_>) -> Vec<Facet> {
        step.operation.reads()
    }

    fn judge(
        &self,
        facts: &Facts,
        step: &Subject<'_>,
        _intent: &Intent,
        _now: Timestamp,
        findings: &mut Findings,
    ) {
        for facet in self.reads(step) {
            if not_offered(facts, &facet) == Some(Why::Cloud) && !is_locked(facts, &facet) {
                findings.warn(
                    facet.to_string(),
                    format!("{facet}: neither this cloud nor the chosen door offers the reading"),
                    "look in the admin center or with the PowerShell modules, and do there what the step would have done; \
                     where `exchange = \"hand_off\"` closed the door, open it by `invoke_command`; SharePoint's door opens \
                     to a sign-in with a certificate and `Sites.FullControl.All`",
                );
            }
        }
    }
}

/// Who may open a locked OneDrive is not offered because it is locked, in every cloud. G44 says that.
fn is_locked(facts: &Facts, facet: &Facet) -> bool {
    let (Facet::DriveAdministrators(id) | Facet::DrivePermissions(id) | Facet::DriveApart(id)) = facet else {
        return false;
    };
    facts.person(*id).and_then(|person| person.drive.known()).is_some_and(|drive| drive.locked)
}

/// Why the service does not have `facet` here, if it does not.
fn not_offered(facts: &Facts, facet: &Facet) -> Option<Why> {
    match facet {
        Facet::User(id) => of(facts, *id, |p| why(&p.user)),
        Facet::SyncBehavior(id) => of(facts, *id, |p| why(&p.cloud_managed)),
        Facet::DeletedUser(id) => of(facts, *id, |p| why(&p.deleted_user)),
        Facet::RestoreConflicts(id) => of(facts, *id, |p| why(&p.restore_conflicts)),
        Facet::Manager(id) => of(facts, *id, |p| why(&p.manager)),
        Facet::Sponsors(id) => of(facts, *id, |p| why(&p.sponsors)),
        Facet::Licenses(id) => of(facts, *id, |p| why(&p.licenses)),
        Facet::Memberships(id) => of(facts, *id, |p| why(&p.memberships)),
        Facet::DirectGroups(id) => of(facts, *id, |p| why(&p.direct_groups)),
        Facet::Owners(group) => facts.owners.get(group).and_then(why),
        Facet::Roles(id) => of(facts, *id, |p| why(&p.roles)),
        Facet::Recipient(id) => of(facts, *id, |p| why(&p.recipient)),
        Facet::EndedMailbox(id, _) => of(facts, *id, |p| why(&p.ended_mailbox)),
        Facet::MailboxSize(id) => of(facts, *id, |p| why(&p.mailbox_size)),
        Facet::InboxRules(id) => of(facts, *id, |p| why(&p.inbox_rules)),
        Facet::AutomaticReplies(id) => of(facts, *id, |p| why(&p.automatic_replies)),
        Facet::MailboxRights(id) => of(facts, *id, |p| why(&p.mailbox_rights)),
        Facet::ClientAccess(id) => of(facts, *id, |p| why(&p.client_access)),
        Facet::MobileDevices(id) => of(facts, *id, |p| why(&p.mobile_devices)),
        Facet::Meetings(id) => of(facts, *id, |p| why(&p.meetings)),
        Facet::Drive(id) => of(facts, *id, |p| why(&p.drive)),
        Facet::DrivePermissions(id) => of(facts, *id, |p| why(&p.drive_permissions)),
        Facet::DriveApart(id) => of(facts, *id, |p| why(&p.drive_apart)),
        Facet::DriveItems(id) => of(facts, *id, |p| why(&p.drive_items)),
        Facet::DriveFolder(id, name) => of(facts, *id, |p| p.drive_folders.get(name).and_then(why)),
        Facet::DriveAdministrators(id) => of(facts, *id, |p| why(&p.drive_administrators)),
        Facet::PhoneNumbers(id) => of(facts, *id, |p| why(&p.phone_numbers)),
        Facet::LeaverDomain => why(&facts.leaver_domain()),
        Facet::Skus => why(&facts.tenant.skus),
        Facet::Organization => why(&facts.tenant.organization),
        Facet::GlobalAdministrators => why(&facts.tenant.global_administrators),
        Facet::OneDriveRetention => why(&facts.tenant.one_drive_retention_days),
        Facet::Caller => why(&facts.caller),
        Facet::Custom(name) => facts.custom.get(name).and_then(why),
    }
}

fn of(facts: &Facts, id: UserId, facet: impl FnOnce(&Person) -> Option<Why>) -> Option<Why> {
    facts.person(id).and_then(facet)
}

fn why<T>(fact: &Fact<T>) -> Option<Why> {
    if let Fact::NotOffered(why) = fact { Some(*why) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{ALL_STEPS, Trial, copies};

    #[test]
    fn what_the_cloud_lacks_is_said_and_what_is_not_used_is_not() {
        let rules = |fact: Fact<Vec<_>>| {
            Trial::of("stop_forwarding").with(|facts| facts.leaver.inbox_rules = fact).judge(&NotInThisCloud)
        };
        assert_eq!(rules(Fact::NotOffered(Why::Cloud)), ["warn the inbox rules"]);
        assert!(rules(Fact::NotOffered(Why::Unused)).is_empty());
        assert!(rules(Fact::Known(vec![])).is_empty());
    }

    #[test]
    fn a_locked_drive_is_not_the_clouds_doing() {
        for name in ["grant_drive_access", "end_drive_access", "share_drive", "end_drive_sharing"] {
            let locked = |locked| {
                Trial::of(name).with(|facts| {
                    facts.leaver.drive.known_mut().unwrap().locked = locked;
                    facts.leaver.drive_administrators = Fact::NotOffered(Why::Cloud);
                    facts.leaver.drive_permissions = Fact::NotOffered(Why::Cloud);
                })
            };
            assert!(locked(true).judge(&NotInThisCloud).is_empty(), "{name}");
            assert_eq!(locked(false).judge(&NotInThisCloud).len(), 1, "{name}");
        }
    }

    #[test]
    fn it_is_said_of_everything_that_a_step_reads() {
        for name in ALL_STEPS {
            let all = Trial::of(name).with(|facts| {
                let cloud = Why::Cloud;
                facts.caller = Fact::NotOffered(cloud);
                for person in std::iter::once(&mut *facts.leaver).chain(facts.people.values_mut()) {
                    person.user = Fact::NotOffered(cloud);
                    person.cloud_managed = Fact::NotOffered(cloud);
                    person.deleted_user = Fact::NotOffered(cloud);
                    person.licenses = Fact::NotOffered(cloud);
                    person.recipient = Fact::NotOffered(cloud);
                    person.inbox_rules = Fact::NotOffered(cloud);
                    person.automatic_replies = Fact::NotOffered(cloud);
                    person.mailbox_rights = Fact::NotOffered(cloud);
                    person.direct_groups = Fact::NotOffered(cloud);
                    person.phone_numbers = Fact::NotOffered(cloud);
                    person.client_access = Fact::NotOffered(cloud);
                    person.meetings = Fact::NotOffered(cloud);
                    person.mobile_devices = Fact::NotOffered(cloud);
                    person.drive = Fact::NotOffered(cloud);
                    person.drive_administrators = Fact::NotOffered(cloud);
                    person.drive_permissions = Fact::NotOffered(cloud);
                    person.drive_apart = Fact::NotOffered(cloud);
                    person.drive_items = Fact::NotOffered(cloud);
                    person.drive_folders.insert(copies(), Fact::NotOffered(cloud));
                }
            });
            let reads = all.with_step(|step| step.operation.reads());
            let expected = reads.iter().filter(|facet| **facet != Facet::LeaverDomain).count();
            assert!(all.judge(&NotInThisCloud).len() >= expected, "{name}");
            assert!(Trial::of(name).judge(&NotInThisCloud).is_empty(), "{name}");
        }
    }
}
