//! One leaver about whom there is nothing to say, one step, and ways to change a single fact. For the tests of the
//! guards, which show each finding beside a twin that differs in that fact and passes.

mod world;

use std::collections::BTreeSet;

use serde_json::{Value, json};

pub(super) use world::{assignment, copies, row};

use crate::facts::{Facet, Fact, Facts, Why};
use crate::id::{GroupId, SkuId, StepId, UserId};
use crate::model::group::Group;
use crate::model::intent::Intent;
use crate::model::license::Licenses;
use crate::model::mailbox::Mailbox;
use crate::operation::guard::Direction;
use crate::operation::{Catalog, Finding, Findings, Guard, Severity, Subject};
use crate::time::{Period, Timestamp};

pub(super) const LEAVER: UserId = UserId::from_u128(0x00a1_0000_4000_8000_0000_0000_0001);
pub(super) const SUCCESSOR: UserId = UserId::from_u128(0x00a1_0000_4000_8000_0000_0000_0002);
pub(super) const GROUP: GroupId = GroupId::from_u128(0x00b1_0000_4000_8000_0000_0000_0001);

/// Exchange Online Plan 2 and OneDrive.
pub(super) const E3: SkuId = SkuId::from_u128(1);
/// Exchange Online Plan 1.
pub(super) const PLAN_1: SkuId = SkuId::from_u128(2);
/// Exchange Online Plan 2.
pub(super) const PLAN_2: SkuId = SkuId::from_u128(3);
/// Exchange Online Archiving.
pub(super) const ARCHIVING: SkuId = SkuId::from_u128(4);
/// OneDrive alone.
pub(super) const ONE_DRIVE: SkuId = SkuId::from_u128(5);
/// Teams Phone.
pub(super) const VOICE: SkuId = SkuId::from_u128(6);
/// Nothing that off-boarding cares about.
pub(super) const VISIO: SkuId = SkuId::from_u128(7);
/// Not among the bought products.
pub(super) const STRANGE: SkuId = SkuId::from_u128(8);

/// Every operation that comes with offboard.
pub(super) const ALL_STEPS: [&str; 30] = [
    "block_sign_in",
    "reset_password",
    "revoke_sign_in_sessions",
    "block_exchange_account",
    "stop_forwarding",
    "block_protocols",
    "wipe_mobile_device",
    "block_mobile_device",
    "cancel_meetings",
    "place_litigation_hold",
    "convert_to_shared",
    "remove_licenses",
    "grant_full_access",
    "remove_full_access",
    "set_forwarding",
    "end_forwarding",
    "set_automatic_replies",
    "stop_automatic_replies",
    "on_premises_task",
    "leave_group",
    "leave_distribution_group",
    "leave_licensing_group",
    "delete_user",
    "final_revoke",
    "unassign_phone_number",
    "grant_drive_access",
    "end_drive_access",
    "share_drive",
    "end_drive_sharing",
    "copy_drive",
];

/// When everything happens.
pub(super) fn now() -> Timestamp {
    "2026-11-30T17:00:00+01:00".parse().unwrap()
}

/// A judgement to be made.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    pub(super) facts: Facts,
    pub(super) intent: Intent,
    pub(super) name: &'static str,
    pub(super) params: Value,
    pub(super) direction: Direction,
}

impl Trial {
    /// The operation `name` with its example's parameters, on our leaver and successor.
    pub(super) fn of(name: &'static str) -> Self {
        let catalog = Catalog::builtin();
        let factory = catalog.factories().find(|factory| factory.spec().name == name).unwrap();
        let mut params = factory.example();
        for (key, id) in [("user", LEAVER), ("to", SUCCESSOR), ("from", SUCCESSOR)] {
            if params.get(key).is_some() {
                params[key] = json!(id);
            }
        }
        if name == "remove_licenses" {
            params["skus"] = json!([E3]);
        }
        if params.get("group").is_some() {
            params["group"] = json!(GROUP);
        }
        let mut facts = world::facts();
        if name == "leave_licensing_group" {
            // Everything comes through the group.
            let mut row = row(GROUP);
            row.group.known_mut().unwrap().assigned_licenses = vec![E3];
            facts.leaver.direct_groups = Fact::Known(vec![row.clone()]);
            facts.leaver.memberships = Fact::Known(vec![row]);
            let assignments = vec![assignment(E3, Some(GROUP))];
            facts.leaver.licenses = Fact::Known(Licenses { assignments });
        }
        Self { facts, intent: world::intent(), name, params, direction: Direction::Forward }
    }

    /// Removing `skus`.
    pub(super) fn removing(skus: &[SkuId]) -> Self {
        Self::of("remove_licenses").params(|params| params["skus"] = json!(skus))
    }

    /// Leaving the group, with one change to what kind of group it is.
    pub(super) fn leaving(change: impl FnOnce(&mut Group)) -> Self {
        let mut row = row(GROUP);
        change(row.group.known_mut().unwrap());
        Self::of("leave_group").with(|facts| {
            facts.leaver.direct_groups = Fact::Known(vec![row.clone()]);
            facts.leaver.memberships = Fact::Known(vec![row]);
        })
    }

    /// With other facts.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(&mut self.facts);
        self
    }

    /// With another intent.
    pub(super) fn wanting(mut self, change: impl FnOnce(&mut Intent)) -> Self {
        change(&mut self.intent);
        self
    }

    /// With other parameters.
    pub(super) fn params(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.params);
        self
    }

    /// The undo of it.
    pub(super) fn undone(mut self) -> Self {
        self.direction = Direction::Undo;
        self
    }

    /// With another mailbox.
    pub(super) fn mailbox(self, change: impl FnOnce(&mut Mailbox)) -> Self {
        self.with(|facts| change(facts.leaver.mailbox_mut().unwrap()))
    }

    /// With a mailbox that is shared already.
    pub(super) fn shared(self) -> Self {
        self.mailbox(|mailbox| Mailbox::SHARED.clone_into(&mut mailbox.recipient_type_details))
    }

    /// With so many bytes in the mailbox.
    pub(super) fn holding(self, bytes: u64) -> Self {
        self.with(|facts| facts.leaver.mailbox_size.known_mut().unwrap().total_item_size = bytes)
    }

    /// With these products, each assigned directly.
    pub(super) fn licensed(self, skus: &[SkuId]) -> Self {
        self.with(|facts| {
            let assignments = skus.iter().map(|sku| assignment(*sku, None)).collect();
            facts.leaver.licenses = Fact::Known(Licenses { assignments });
        })
    }

    /// With one more product, through the group.
    pub(super) fn inherits(self, sku: SkuId) -> Self {
        self.with(|facts| {
            facts.leaver.licenses.known_mut().unwrap().assignments.push(assignment(sku, Some(GROUP)));
        })
    }

    /// A leaver of whom Active Directory is the master.
    pub(super) fn synced(self) -> Self {
        self.with(|facts| {
            let user = facts.leaver.user.known_mut().unwrap();
            user.on_premises_sync_enabled = Some(true);
            user.on_premises_last_sync_date_time = Some(now() - Period::minutes(20));
            facts.leaver.cloud_managed = Fact::Known(false);
        })
    }

    /// With one facet that could not be read.
    pub(super) fn blank(self, facet: impl FnOnce(UserId) -> Facet) -> Self {
        self.with(|facts| blank(facts, &facet(LEAVER)))
    }

    /// Hands out the step.
    pub(super) fn with_step<T>(&self, f: impl FnOnce(&Subject<'_>) -> T) -> T {
        let operation = Catalog::builtin().make(self.name, &self.params).unwrap();
        let (id, at) = (StepId::new(self.name), now());
        f(&Subject {
            id: &id,
            operation: operation.as_ref(),
            params: &self.params,
            direction: self.direction,
            leaver: LEAVER,
            at,
        })
    }

    /// Whether `guard` has anything to say about the step.
    pub(super) fn applies(&self, guard: &dyn Guard) -> bool {
        self.with_step(|step| guard.applies(step))
    }

    /// What `guard` finds; each finding says what was seen and what to do, and nothing that `reads` does not list
    /// had a part in it.
    pub(super) fn findings(&self, guard: &dyn Guard) -> Vec<Finding> {
        self.with_step(|step| {
            if !guard.applies(step) {
                return vec![];
            }
            let found = judge(guard, step, &self.facts, &self.intent);
            for finding in &found {
                assert!(!finding.key.is_empty() && !finding.message.is_empty(), "{finding:?}");
                assert!(finding.hint.len() > 10, "{finding:?}");
            }
            let mut only = self.facts.clone();
            let listed: BTreeSet<Facet> = guard.reads(step).into_iter().collect();
            for facet in facets().into_iter().filter(|facet| !listed.contains(facet)) {
                blank(&mut only, &facet);
            }
            assert_eq!(found, judge(guard, step, &only, &self.intent), "{} reads too little", guard.code());
            found
        })
    }

    /// The same as [`Self::findings`], shortened to severity and key.
    pub(super) fn judge(&self, guard: &dyn Guard) -> Vec<String> {
        let short = |finding: &Finding| {
            let severity = match finding.severity {
                Severity::Warn => "warn",
                Severity::Block => "block",
                Severity::Never => "never",
            };
            format!("{severity} {}", finding.key)
        };
        self.findings(guard).iter().map(short).collect()
    }

    /// Whether any of `guards` stops the step in a world of these facts.
    pub(super) fn stopped(&self, guards: &[Box<dyn Guard>], facts: &Facts) -> bool {
        self.with_step(|step| {
            let applying = guards.iter().filter(|guard| guard.applies(step));
            let mut found = applying.flat_map(|guard| judge(guard.as_ref(), step, facts, &self.intent));
            found.any(|finding| finding.severity > Severity::Warn)
        })
    }
}

/// What `guard` finds, and no questions asked.
pub(super) fn judge(guard: &dyn Guard, step: &Subject<'_>, facts: &Facts, intent: &Intent) -> Vec<Finding> {
    let mut findings = Findings::of(guard.code(), guard.requirement(), Some(step.id.clone()));
    guard.judge(facts, step, intent, now(), &mut findings);
    findings.into_vec()
}

/// Every facet about our two people.
pub(super) fn facets() -> Vec<Facet> {
    let of = |id| {
        [
            Facet::User(id),
            Facet::SyncBehavior(id),
            Facet::DeletedUser(id),
            Facet::RestoreConflicts(id),
            Facet::Manager(id),
            Facet::Sponsors(id),
            Facet::Licenses(id),
            Facet::Memberships(id),
            Facet::DirectGroups(id),
            Facet::Roles(id),
            Facet::Recipient(id),
            Facet::MailboxSize(id),
            Facet::InboxRules(id),
            Facet::AutomaticReplies(id),
            Facet::MailboxRights(id),
            Facet::ClientAccess(id),
            Facet::MobileDevices(id),
            Facet::Meetings(id),
            Facet::Drive(id),
            Facet::DriveAdministrators(id),
            Facet::DrivePermissions(id),
            Facet::DriveApart(id),
            Facet::DriveItems(id),
            Facet::DriveFolder(id, copies()),
            Facet::PhoneNumbers(id),
        ]
    };
    let tenant = [
        Facet::LeaverDomain,
        Facet::Skus,
        Facet::Organization,
        Facet::GlobalAdministrators,
        Facet::OneDriveRetention,
        Facet::Caller,
        Facet::Owners(GROUP),
    ];
    of(LEAVER).into_iter().chain(of(SUCCESSOR)).chain(tenant).collect()
}

/// What a reading can come to, beside a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Unknown,
    Absent,
    NotInThisCloud,
    Unused,
}

impl Outcome {
    fn fact<T>(self) -> Fact<T> {
        match self {
            Self::Unknown => Fact::default(),
            Self::Absent => Fact::Absent,
            Self::NotInThisCloud => Fact::NotOffered(Why::Cloud),
            Self::Unused => Fact::NotOffered(Why::Unused),
        }
    }
}

/// Forgets one facet.
pub(super) fn blank(facts: &mut Facts, facet: &Facet) {
    replace(facts, facet, Outcome::Unknown);
}

/// Replaces one facet.
pub(super) fn replace(facts: &mut Facts, facet: &Facet, by: Outcome) {
    match facet {
        Facet::User(id) => {
            let person = facts.person_mut(*id);
            person.user = by.fact();
            person.deleted = by.fact();
        }
        Facet::SyncBehavior(id) => facts.person_mut(*id).cloud_managed = by.fact(),
        Facet::DeletedUser(id) => facts.person_mut(*id).deleted_user = by.fact(),
        Facet::RestoreConflicts(id) => facts.person_mut(*id).restore_conflicts = by.fact(),
        Facet::Manager(id) => facts.person_mut(*id).manager = by.fact(),
        Facet::Sponsors(id) => facts.person_mut(*id).sponsors = by.fact(),
        Facet::Licenses(id) => facts.person_mut(*id).licenses = by.fact(),
        Facet::Memberships(id) => facts.person_mut(*id).memberships = by.fact(),
        Facet::DirectGroups(id) => facts.person_mut(*id).direct_groups = by.fact(),
        Facet::Owners(group) => {
            facts.owners.insert(*group, by.fact());
        }
        Facet::Roles(id) => facts.person_mut(*id).roles = by.fact(),
        Facet::Recipient(id) => facts.person_mut(*id).recipient = by.fact(),
        Facet::EndedMailbox(id, _) => facts.person_mut(*id).ended_mailbox = by.fact(),
        Facet::MailboxSize(id) => facts.person_mut(*id).mailbox_size = by.fact(),
        Facet::InboxRules(id) => facts.person_mut(*id).inbox_rules = by.fact(),
        Facet::AutomaticReplies(id) => facts.person_mut(*id).automatic_replies = by.fact(),
        Facet::MailboxRights(id) => facts.person_mut(*id).mailbox_rights = by.fact(),
        Facet::ClientAccess(id) => facts.person_mut(*id).client_access = by.fact(),
        Facet::MobileDevices(id) => facts.person_mut(*id).mobile_devices = by.fact(),
        Facet::Meetings(id) => facts.person_mut(*id).meetings = by.fact(),
        Facet::Drive(id) => facts.person_mut(*id).drive = by.fact(),
        Facet::DriveAdministrators(id) => facts.person_mut(*id).drive_administrators = by.fact(),
        Facet::DrivePermissions(id) => facts.person_mut(*id).drive_permissions = by.fact(),
        Facet::DriveApart(id) => facts.person_mut(*id).drive_apart = by.fact(),
        Facet::DriveItems(id) => facts.person_mut(*id).drive_items = by.fact(),
        Facet::DriveFolder(id, name) => {
            facts.person_mut(*id).drive_folders.insert(name.clone(), by.fact());
        }
        Facet::PhoneNumbers(id) => facts.person_mut(*id).phone_numbers = by.fact(),
        Facet::LeaverDomain => {
            for domain in facts.tenant.domains.values_mut() {
                *domain = by.fact();
            }
        }
        Facet::Skus => facts.tenant.skus = by.fact(),
        Facet::Organization => facts.tenant.organization = by.fact(),
        Facet::GlobalAdministrators => facts.tenant.global_administrators = by.fact(),
        Facet::OneDriveRetention => facts.tenant.one_drive_retention_days = by.fact(),
        Facet::Caller => facts.caller = by.fact(),
        Facet::Custom(name) => {
            facts.custom.insert(name.clone(), by.fact());
        }
    }
}
