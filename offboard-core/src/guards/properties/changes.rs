//! Changes to the world of the guards' tests, each small and by itself possible.

use proptest::prelude::*;

use super::super::testing::{
    ARCHIVING, E3, GROUP, LEAVER, ONE_DRIVE, Outcome, PLAN_1, PLAN_2, STRANGE, SUCCESSOR, Trial, VISIO,
    VOICE, assignment, facets, replace, row,
};
use crate::facts::{Facet, Fact};
use crate::id::{CallerId, GroupId, SkuId, UserId};
use crate::model::drive::{DriveEntry, DriveTally};
use crate::model::group::{Group, GroupOwner, Membership, Tie};
use crate::model::intent::{AccountDisposition, FilesDisposition, LicensesDisposition, MailDisposition};
use crate::model::license::Licenses;
use crate::model::mailbox::{GIB, InboxRule, Mailbox, MailboxRight, Recipient};
use crate::model::meeting::Meeting;
use crate::model::organization::{AuthenticationType, OrganizationConfig};
use crate::model::phone::PhoneNumber;
use crate::model::role::{BuiltIn, GlobalAdministrator, RoleAssignment};
use crate::model::user::{User, UserType};

/// What a license removal may name.
pub(super) const REMOVED: [&[SkuId]; 6] =
    [&[], &[E3], &[PLAN_1], &[E3, VOICE, ONE_DRIVE], &[STRANGE], &[VISIO, ARCHIVING, PLAN_2]];

/// One change.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// A reading came to something else than a value.
    Reading(Facet, Outcome),
    /// One of [`OTHERS`].
    Other(usize),
}

impl Change {
    pub(super) fn to(&self, trial: Trial) -> Trial {
        match self {
            Self::Reading(facet, outcome) => trial.with(|facts| replace(facts, facet, *outcome)),
            Self::Other(index) => OTHERS[*index](trial),
        }
    }
}

/// Any change: readings and values in equal parts.
pub(super) fn any() -> impl Strategy<Value = Change> {
    let outcomes = [Outcome::Unknown, Outcome::Absent, Outcome::NotInThisCloud, Outcome::Unused];
    // Roles can fail to be read; the service never says that there are no such things.
    let possible = move |facet: &Facet, outcome: Outcome| {
        !matches!(facet, Facet::Roles(_)) || outcome == Outcome::Unknown
    };
    let readings: Vec<Change> = facets()
        .into_iter()
        .flat_map(|facet| outcomes.into_iter().map(move |outcome| (facet.clone(), outcome)))
        .filter(|(facet, outcome)| possible(facet, *outcome))
        .map(|(facet, outcome)| Change::Reading(facet, outcome))
        .collect();
    prop_oneof![prop::sample::select(readings), (0..OTHERS.len()).prop_map(Change::Other)]
}

/// Changes what is known.
fn if_known<T>(fact: &mut Fact<T>, change: impl FnOnce(&mut T)) {
    if let Some(value) = fact.known_mut() {
        change(value);
    }
}

fn user(trial: Trial, change: impl FnOnce(&mut User)) -> Trial {
    trial.with(|facts| if_known(&mut facts.leaver.user, change))
}

fn mailbox_of(trial: Trial, id: UserId, change: impl FnOnce(&mut Mailbox)) -> Trial {
    trial.with(|facts| {
        if let Some(mailbox) = facts.person_mut(id).mailbox_mut() {
            change(mailbox);
        }
    })
}

fn mailbox(trial: Trial, change: impl FnOnce(&mut Mailbox)) -> Trial {
    mailbox_of(trial, LEAVER, change)
}

fn kind(trial: Trial, kind: &str) -> Trial {
    mailbox(trial, |mailbox| kind.clone_into(&mut mailbox.recipient_type_details))
}

fn licensed(trial: Trial, skus: &[SkuId]) -> Trial {
    trial.with(|facts| {
        let assignments = skus.iter().map(|sku| assignment(*sku, None)).collect();
        facts.leaver.licenses = Fact::Known(Licenses { assignments });
    })
}

fn role(trial: Trial, role: BuiltIn, scope: &str) -> Trial {
    let held = RoleAssignment { role: role.id(), scope: scope.to_owned(), eligible: false, through: None };
    trial.with(|facts| if_known(&mut facts.leaver.roles, |roles| roles.push(held)))
}

fn caller(trial: Trial, roles: &[BuiltIn]) -> Trial {
    let roles = Fact::Known(roles.iter().map(|role| role.id()).collect());
    trial.with(|facts| {
        if_known(&mut facts.caller, |caller| caller.directory_roles = roles);
    })
}

fn group(trial: Trial, id: GroupId, change: impl FnOnce(&mut Group)) -> Trial {
    let mut row = row(id);
    if_known(&mut row.group, change);
    trial.with(|facts| if_known(&mut facts.leaver.memberships, |rows| rows.push(row)))
}

/// A group that he is in himself, which a reading of all his groups shows too.
fn own_group(trial: Trial, change: impl FnOnce(&mut Group)) -> Trial {
    let mut own = row(GROUP);
    if_known(&mut own.group, change);
    trial.with(|facts| {
        if_known(&mut facts.leaver.memberships, |rows| rows.push(own.clone()));
        if_known(&mut facts.leaver.direct_groups, |rows| rows.push(own));
    })
}

/// These products and no others, through the group.
fn given(trial: Trial, skus: &[SkuId]) -> Trial {
    let assignments = skus.iter().map(|sku| assignment(*sku, Some(GROUP))).collect();
    trial.with(|facts| if_known(&mut facts.leaver.licenses, |licenses| licenses.assignments = assignments))
}

/// One more product, directly.
fn kept(trial: Trial, sku: SkuId) -> Trial {
    trial.with(|facts| {
        if_known(&mut facts.leaver.licenses, |licenses| licenses.assignments.push(assignment(sku, None)));
    })
}

/// So many groups that he owns, ours among them, with others who own it.
fn owning(trial: Trial, groups: u128, others: &[UserId]) -> Trial {
    let owner = |id: &UserId| GroupOwner { id: *id, account_enabled: true };
    let owners = Fact::Known(others.iter().map(owner).collect());
    own_group(trial, |_| ()).with(|facts| {
        let ids = (1..groups).map(|n| GroupId::from_u128(0x2000 + n)).chain([GROUP]);
        let his = ids.map(|id| Membership { tie: Tie::Owner, ..row(id) });
        if_known(&mut facts.leaver.memberships, |rows| rows.extend(his));
        facts.owners.insert(GROUP, owners);
    })
}

fn mail(trial: Trial, mail: MailDisposition) -> Trial {
    trial.wanting(|intent| intent.mail = mail)
}

fn held(trial: Trial, entry: &str) -> Trial {
    mailbox(trial, |mailbox| mailbox.in_place_holds.push(entry.to_owned()))
}

/// Whoever is in the list of global administrators also shows it by a role: a reading never forgets one of the two.
fn global(trial: Trial, others: &[GlobalAdministrator]) -> Trial {
    let mut list = others.to_vec();
    list.push(GlobalAdministrator { id: LEAVER, account_enabled: true });
    role(trial, BuiltIn::GlobalAdministrator, "/")
        .with(|facts| facts.tenant.global_administrators = Fact::Known(list))
}

fn size(trial: Trial, bytes: u64) -> Trial {
    trial.with(|facts| {
        if_known(&mut facts.leaver.mailbox_size, |size| size.total_item_size = bytes);
    })
}

fn drive(trial: Trial, used: Option<u64>, locked: bool) -> Trial {
    trial.with(|facts| {
        if_known(&mut facts.leaver.drive, |drive| (drive.used, drive.locked) = (used, locked));
    })
}

/// More files than the successor has room for.
fn files_without_room(trial: Trial) -> Trial {
    trial.with(|facts| {
        let tally = DriveTally { files: 1, folders: 0, bytes: 2 * GIB };
        let entry = DriveEntry { name: "Film.mov".to_owned(), id: "01F".to_owned(), tally };
        if_known(&mut facts.leaver.drive_items, |items| items.push(entry));
    })
}

fn on_premises(trial: Trial) -> Trial {
    let recipient_type_details = "RemoteUserMailbox".to_owned();
    trial.with(|facts| facts.leaver.recipient = Fact::Known(Recipient::OnPremises { recipient_type_details }))
}

fn number(trial: Trial) -> Trial {
    let number = PhoneNumber {
        telephone_number: "+12065550100".to_owned(),
        number_type: "callingPlan".to_owned(),
        assignment_category: None,
        location_id: None,
    };
    trial.with(|facts| facts.leaver.phone_numbers = Fact::Known(vec![number]))
}

fn organization(trial: Trial, change: impl FnOnce(&mut OrganizationConfig)) -> Trial {
    trial.with(|facts| if_known(&mut facts.tenant.organization, change))
}

fn synced(trial: Trial) -> Trial {
    user(trial, |user| user.on_premises_sync_enabled = Some(true))
}

fn rule(trial: Trial) -> Trial {
    let rule = InboxRule {
        identity: "7".to_owned(),
        name: "away".to_owned(),
        enabled: true,
        hidden: true,
        sends_to: vec!["bids@adatum.com".to_owned()],
    };
    trial.with(|facts| facts.leaver.inbox_rules = Fact::Known(vec![rule]))
}

fn delete(trial: Trial) -> Trial {
    trial.wanting(|intent| intent.account = AccountDisposition::Delete)
}

const POLICY: &str = "mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e:2";

/// Changes of values.
const OTHERS: &[fn(Trial) -> Trial] = &[
    |t| user(t, |user| user.account_enabled = false),
    |t| user(t, |user| user.user_type = UserType::Guest),
    |t| user(t, |user| user.is_resource_account = true),
    |t| user(t, |user| user.is_agent = true),
    |t| user(t, |user| user.is_management_restricted = true),
    |t| user(t, |user| user.created_date_time = None),
    |t| user(t, |user| user.employee_id = None),
    |t| user(t, |user| "Sync_1@contoso.com".clone_into(&mut user.user_principal_name)),
    |t| user(t, |user| user.id = SUCCESSOR),
    synced,
    |t| synced(t).with(|facts| facts.leaver.cloud_managed = Fact::Known(true)),
    |t| user(t, |user| user.on_premises_last_sync_date_time = user.created_date_time),
    |t| kind(t, "SharedMailbox"),
    |t| kind(t, "UserMailbox"),
    |t| kind(t, "RoomMailbox"),
    on_premises,
    |t| mailbox(t, |mailbox| mailbox.forwarding_address = Some("Sales".to_owned())),
    |t| mailbox(synced(t), |mailbox| mailbox.forwarding_address = Some("Sales".to_owned())),
    |t| {
        let forwarded = mailbox(synced(t), |mailbox| mailbox.forwarding_address = Some("Sales".to_owned()));
        forwarded.with(|facts| facts.leaver.cloud_managed = Fact::Known(true))
    },
    |t| mailbox(t, |mailbox| mailbox.forwarding_smtp_address = Some("smtp:b@fabrikam.com".to_owned())),
    |t| mailbox(t, |mailbox| mailbox.litigation_hold_enabled = true),
    |t| mailbox(t, |mailbox| mailbox.litigation_hold_date = Some(super::super::testing::now())),
    |t| mailbox(t, |mailbox| mailbox.persisted_capabilities.clear()),
    |t| licensed(mailbox(t, |mailbox| mailbox.persisted_capabilities.clear()), &[PLAN_1]),
    |t| mailbox(t, |mailbox| mailbox.account_disabled = true),
    |t| mailbox(t, |mailbox| mailbox.compliance_tag_hold_applied = true),
    |t| mailbox(t, |mailbox| mailbox.delay_hold_applied = true),
    |t| mailbox(t, |mailbox| mailbox.delay_release_hold_applied = true),
    |t| mailbox(t, |mailbox| mailbox.has_archive = true),
    |t| mailbox(t, |mailbox| mailbox.auto_expanding_archive_enabled = true),
    |t| mailbox(t, |mailbox| mailbox.sku_assigned = None),
    |t| mailbox(t, |mailbox| mailbox.sku_assigned = Some(false)),
    |t| mailbox(t, |mailbox| mailbox.is_exchange_cloud_managed = true),
    |t| mailbox_of(t, SUCCESSOR, |mailbox| mailbox.sku_assigned = Some(false)),
    |t| mailbox_of(t, SUCCESSOR, |mailbox| mailbox.sku_assigned = None),
    |t| mailbox_of(t, SUCCESSOR, |mailbox| mailbox.forwarding_address = Some(LEAVER.to_string())),
    |t| {
        mailbox_of(t, SUCCESSOR, |mailbox| {
            mailbox.forwarding_smtp_address = Some("smtp:avery@contoso.com".to_owned());
        })
    },
    |t| {
        t.with(|facts| {
            if_known(&mut facts.leaver.mailbox_rights, |rights| {
                let user = "blake@contoso.com".to_owned();
                rights.push(MailboxRight { user, full_access: true, deny: false, inherited: false });
            });
        })
    },
    |t| held(t, POLICY),
    |t| held(t, "-mbx0b27ae8d0c5a4f4f8c8e3f5a6b7c8d9e"),
    |t| held(t, "UniH1"),
    |t| held(t, ":::"),
    |t| organization(t, |settings| settings.in_place_holds.push(POLICY.to_owned())),
    |t| organization(t, |settings| settings.delayed_delicensing_enabled = true),
    |t| size(t, 50 * GIB),
    |t| size(t, 50 * GIB - 1),
    |t| size(t, u64::MAX),
    |t| licensed(t, &[]),
    |t| licensed(t, &[E3, PLAN_1]),
    |t| licensed(t, &[E3, PLAN_2, ONE_DRIVE]),
    |t| licensed(t, &[E3, PLAN_1, ARCHIVING, VOICE]),
    |t| licensed(t, &[STRANGE, VISIO, VOICE]),
    |t| {
        t.with(|facts| {
            let licenses = facts.leaver.licenses.known_mut().into_iter();
            licenses.for_each(|licenses| licenses.assignments.push(assignment(E3, Some(GROUP))));
        })
    },
    |t| {
        t.with(|facts| {
            let assignments = facts.leaver.licenses.known_mut().into_iter().flat_map(|l| &mut l.assignments);
            assignments.for_each(|assignment| "Error".clone_into(&mut assignment.state));
        })
    },
    number,
    |t| drive(t, Some(GIB), false),
    |t| drive(t, None, true),
    files_without_room,
    |t| {
        t.with(|facts| {
            if_known(&mut facts.leaver.meetings, |m| {
                m.organized.push(Meeting { id: "1".to_owned(), series: false, next: None });
            });
        })
    },
    |t| role(t, BuiltIn::HelpdeskAdministrator, "/"),
    |t| role(t, BuiltIn::UserAdministrator, "/administrativeUnits/1"),
    |t| role(t, BuiltIn::ExchangeAdministrator, "/"),
    |t| global(t, &[]),
    |t| global(t, &[GlobalAdministrator { id: SUCCESSOR, account_enabled: true }]),
    |t| global(t, &[GlobalAdministrator { id: SUCCESSOR, account_enabled: false }]),
    |t| group(t, GROUP, |_| ()),
    |t| group(t, GROUP, |group| group.is_assignable_to_role = true),
    |t| group(t, GROUP, |group| group.dynamic = true),
    |t| own_group(t, |_| ()),
    |t| own_group(t, |group| group.assigned_licenses = vec![E3]),
    |t| own_group(t, |group| group.is_management_restricted = true),
    |t| own_group(t, |group| (group.synced, group.is_management_restricted) = (true, true)),
    |t| given(t, &[VISIO]),
    |t| given(t, &[VISIO, ARCHIVING]),
    |t| kept(t, PLAN_2),
    |t| kept(t, E3),
    |t| kept(given(t, &[PLAN_1, ONE_DRIVE]), E3),
    |t| owning(t, 1, &[]),
    |t| owning(t, 21, &[SUCCESSOR]),
    |t| caller(t, &[]),
    |t| caller(t, &[BuiltIn::GlobalAdministrator]),
    |t| {
        t.with(|facts| {
            let itself: CallerId = LEAVER.to_string().parse().unwrap();
            if_known(&mut facts.caller, |caller| caller.id = itself);
        })
    },
    |t| {
        t.with(|facts| {
            let federated = Fact::Known(AuthenticationType::Federated);
            facts.tenant.domains.insert("contoso.com".to_owned(), federated);
        })
    },
    |t| {
        t.with(|facts| {
            facts.leaving.insert(SUCCESSOR);
        })
    },
    |t| {
        t.with(|facts| {
            facts.people.clear();
        })
    },
    |t| mail(t, MailDisposition::Shared),
    |t| mail(synced(t), MailDisposition::Shared),
    |t| licensed(mail(synced(t), MailDisposition::Shared), &[E3, PLAN_1]),
    |t| mail(t, MailDisposition::SharedAndForward),
    |t| mail(t, MailDisposition::Forward),
    |t| mail(t, MailDisposition::Inactive),
    |t| mail(t, MailDisposition::Keep),
    |t| mail(t, MailDisposition::None),
    |t| t.wanting(|intent| intent.files = FilesDisposition::None),
    rule,
    delete,
    |t| t.wanting(|intent| intent.mail_until = intent.account_at),
    |t| t.wanting(|intent| intent.licenses = LicensesDisposition::KeepMailboxPlan),
    |t| t.wanting(|intent| intent.files_loss_accepted = true),
    |t| t.wanting(|intent| intent.guests = true),
    |t| t.wanting(|intent| intent.containment_only = true),
    |t| t.wanting(|intent| intent.mailbox_margin = GIB),
    |t| {
        t.wanting(|intent| {
            intent.protected.insert(LEAVER);
        })
    },
    |t| {
        t.wanting(|intent| {
            intent.protected_groups.insert(GROUP);
        })
    },
];
