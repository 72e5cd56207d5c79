//! The guards, one a file. Adding one is adding its file and its two lines here.
//!
//! A guard is pure over the facts it is given, which may be the planned future. Whatever it needs and cannot know
//! speaks against the step; only containment goes on, and says so.

pub mod coverage;
pub mod deadlines;
pub mod g01_forwarding_anchored;
pub mod g02_shared_anchored;
pub mod g03_forwarded_mailbox;
pub mod g04_active_directory_owned;
pub mod g05_sync_overwrites;
pub mod g06_shared_mailbox_limits;
pub mod g07_holds;
pub mod g08_held_identity;
pub mod g10_unconfirmed_hold;
pub mod g11_hold_license;
pub mod g12_mail_contradiction;
pub mod g13_delay_hold;
pub mod g14_archive;
pub mod g15_forwarding_target;
pub mod g16_successor;
pub mod g17_mailbox_place;
pub mod g18_delayed_delicensing;
pub mod g19_organized_meetings;
pub mod g20_delegates_behind_a_block;
pub mod g21_license_source;
pub mod g23_caller_is_leaver;
pub mod g24_privileged_leaver;
pub mod g25_restricted_unit;
pub mod g26_protected_people;
pub mod g27_not_a_person;
pub mod g28_wrong_person;
pub mod g29_password_route;
pub mod g30_last_owner;
pub mod g31_group_route;
pub mod g35_way_back;
pub mod g39_foreign_device;
pub mod g41_locked_out_device;
pub mod g43_files_undecided;
pub mod g44_locked_drive;
pub mod g45_nobody_warned;
pub mod g46_copy_fits;
pub mod g47_assigned_numbers;
pub mod g48_not_in_this_cloud;
pub mod g53_synced_mailbox;
pub mod g54_dragged_along;
pub mod g56_one_drive_clock;
mod removal;
pub mod residual_risks;
mod support;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod testing;

pub use coverage::not_judged;
pub use deadlines::{Begins, deadlines};
pub use residual_risks::residual_risks;
pub(crate) use support::{EXTERNAL, GUEST};

use crate::operation::Guard;

/// All of them, in the order of their codes.
pub fn all() -> Vec<Box<dyn Guard>> {
    vec![
        Box::new(g01_forwarding_anchored::ForwardingAnchored),
        Box::new(g02_shared_anchored::SharedAnchored),
        Box::new(g03_forwarded_mailbox::ForwardedMailbox),
        Box::new(g04_active_directory_owned::ActiveDirectoryOwned),
        Box::new(g05_sync_overwrites::SyncOverwrites),
        Box::new(g06_shared_mailbox_limits::SharedMailboxLimits),
        Box::new(g07_holds::Holds),
        Box::new(g08_held_identity::HeldIdentity),
        Box::new(g10_unconfirmed_hold::UnconfirmedHold),
        Box::new(g11_hold_license::HoldLicense),
        Box::new(g12_mail_contradiction::MailContradiction),
        Box::new(g13_delay_hold::DelayHold),
        Box::new(g14_archive::Archive),
        Box::new(g15_forwarding_target::ForwardingTarget),
        Box::new(g16_successor::Successor),
        Box::new(g17_mailbox_place::MailboxPlace),
        Box::new(g18_delayed_delicensing::DelayedDelicensing),
        Box::new(g19_organized_meetings::OrganizedMeetings),
        Box::new(g20_delegates_behind_a_block::DelegatesBehindABlock),
        Box::new(g21_license_source::LicenseSource),
        Box::new(g23_caller_is_leaver::CallerIsLeaver),
        Box::new(g24_privileged_leaver::PrivilegedLeaver),
        Box::new(g25_restricted_unit::RestrictedUnit),
        Box::new(g26_protected_people::ProtectedPeople),
        Box::new(g27_not_a_person::NotAPerson),
        Box::new(g28_wrong_person::WrongPerson),
        Box::new(g29_password_route::PasswordRoute),
        Box::new(g30_last_owner::LastOwner),
        Box::new(g31_group_route::GroupRoute),
        Box::new(g35_way_back::WayBack),
        Box::new(g39_foreign_device::ForeignDevice),
        Box::new(g41_locked_out_device::LockedOutDevice),
        Box::new(g43_files_undecided::FilesUndecided),
        Box::new(g44_locked_drive::LockedDrive),
        Box::new(g45_nobody_warned::NobodyWarned),
        Box::new(g46_copy_fits::CopyFits),
        Box::new(g47_assigned_numbers::AssignedNumbers),
        Box::new(g48_not_in_this_cloud::NotInThisCloud),
        Box::new(g53_synced_mailbox::SyncedMailbox),
        Box::new(g54_dragged_along::DraggedAlong),
        Box::new(g56_one_drive_clock::OneDriveClock),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::testing::{ALL_STEPS, Trial};
    use super::*;
    use crate::facts::Facet;
    use crate::operation::Class;

    #[test]
    fn the_codes_are_in_order_and_each_once() {
        let number = |guard: &dyn Guard| guard.code()[1..].parse::<u32>().unwrap();
        let codes: Vec<u32> = all().iter().map(|guard| number(guard.as_ref())).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
        for guard in all() {
            assert!(!guard.title().is_empty() && !guard.requirement().is_empty(), "{}", guard.code());
        }
    }

    #[test]
    fn nothing_speaks_against_an_ordinary_leaver() {
        for name in ALL_STEPS {
            for guard in all() {
                assert!(Trial::of(name).judge(guard.as_ref()).is_empty(), "{name}: {}", guard.code());
            }
        }
    }

    #[test]
    fn the_first_three_steps_of_containment_ask_for_little() {
        for name in ["block_sign_in", "reset_password", "revoke_sign_in_sessions"] {
            let trial = Trial::of(name);
            let asked: BTreeSet<Facet> = all()
                .iter()
                .flat_map(|guard| {
                    trial.with_step(|step| if guard.applies(step) { guard.reads(step) } else { vec![] })
                })
                .collect();
            let leaver = super::testing::LEAVER;
            let allowed = [
                Facet::User(leaver),
                Facet::SyncBehavior(leaver),
                Facet::Memberships(leaver),
                Facet::Roles(leaver),
                Facet::GlobalAdministrators,
                Facet::Caller,
                Facet::LeaverDomain,
            ];
            assert!(asked.iter().all(|facet| allowed.contains(facet)), "{name}: {asked:?}");
            assert_eq!(asked.contains(&Facet::LeaverDomain), name == "reset_password");
        }
    }

    #[test]
    fn unknown_facts_alone_never_stop_containment() {
        for name in ALL_STEPS {
            let mut trial = Trial::of(name);
            let id = trial.facts.leaver.id;
            let (tenant, cloud) = (trial.facts.tenant.id, trial.facts.tenant.cloud.clone());
            trial.facts = crate::facts::Facts::new(tenant, cloud, id, trial.facts.as_of);
            let stopped = trial.stopped(&all(), &trial.facts);
            let contains = trial.with_step(|step| step.spec().class == Class::Containment);
            assert_eq!(stopped, !contains, "{name}");
        }
    }

    #[test]
    fn taking_back_is_judged_only_by_what_protects_people() {
        let applying = |trial: &Trial| -> Vec<&str> {
            all().iter().filter(|guard| trial.applies(guard.as_ref())).map(|guard| guard.code()).collect()
        };
        for name in ALL_STEPS {
            let undone = applying(&Trial::of(name).undone());
            if name == "on_premises_task" {
                assert_eq!(undone, ["G23", "G26", "G28"], "a person's own rights decide there");
            } else if name == "delete_user" {
                assert_eq!(undone, ["G23", "G25", "G26", "G28", "G35"]);
            } else {
                assert_eq!(undone, ["G23", "G25", "G26", "G28"], "{name}");
            }
        }
    }
}
