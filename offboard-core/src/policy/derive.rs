//! What a policy means for one leaver. Pure: the same facts and the same request give the same drafts.

mod access;
mod account;
mod devices;
mod files;
mod groups;
mod licenses;
mod mail;
mod successor;
mod voice;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::candidate::Candidate;
use super::file::{AppliesTo, GroupsDisposition, Numbers, Password, Protocols, Sessions, SignIn};
use super::read::Policy;
use super::{Derived, Draft, step};
use crate::facts::{Facet, Fact, Facts};
use crate::id::UserId;
use crate::model::intent::{
    AccountDisposition, FilesDisposition, Intent, LicensesDisposition, MailDisposition, MobileDisposition,
};
use crate::model::sponsor::Sponsor;
use crate::model::user::UserType;
use crate::operation::{Catalog, Class, Finding, Findings, Severity};
use crate::tenant::{OnPremisesLock, TenantProfile};
use crate::time::{Period, Timestamp};

/// What is said when a plan is asked for, beside the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The last working moment, from which the policy counts.
    pub leaves_at: Timestamp,
    /// Who takes over, where somebody was named.
    pub successor: Option<UserId>,
}

impl Policy {
    /// What must be read of the leaver before [`Policy::people`] and [`Policy::derive`] can be asked.
    pub fn reads(&self, leaver: UserId) -> BTreeSet<Facet> {
        let (mail, removes) = (&self.file.mail, self.removes_licenses());
        let mut reads = BTreeSet::from([Facet::User(leaver), Facet::SyncBehavior(leaver)]);
        if self.candidates().any(|candidate| *candidate == Candidate::Manager) {
            reads.insert(Facet::Manager(leaver));
        }
        // Whoever hands over something to them or not: the plan says who they are.
        if self.applies_to() == AppliesTo::Guest {
            reads.insert(Facet::Sponsors(leaver));
        }
        let decided = !matches!(mail.disposition, MailDisposition::Keep | MailDisposition::None);
        // `none` says that there is no mailbox; before license or account go, that is looked at.
        let denied = mail.disposition == MailDisposition::None && (removes || self.deletes_account());
        let blocked = self.file.access.protocols == Protocols::Block;
        if decided
            || denied
            || blocked
            || mail.full_access.is_some()
            || mail.auto_reply.is_some()
            || mail.meetings.is_some()
        {
            reads.insert(Facet::Recipient(leaver));
        }
        if self.leaves_groups() || removes {
            reads.extend([Facet::DirectGroups(leaver), Facet::Memberships(leaver)]);
        }
        if self.mobile() != MobileDisposition::Keep {
            reads.extend([Facet::Recipient(leaver), Facet::MobileDevices(leaver)]);
        }
        if self.unassigns_numbers() {
            reads.insert(Facet::PhoneNumbers(leaver));
        }
        if removes {
            reads.extend([Facet::Licenses(leaver), Facet::Skus]);
        }
        reads
    }

    /// Whom else to read: everybody who may get what the leaver leaves.
    pub fn people(&self, facts: &Facts, successor: Option<UserId>) -> BTreeSet<UserId> {
        self.candidates()
            .flat_map(|candidate| match candidate {
                Candidate::Manager => facts.leaver.manager.known().copied().into_iter().collect(),
                Candidate::Sponsor => {
                    facts.leaver.sponsors.known().into_iter().flatten().filter_map(Sponsor::person).collect()
                }
                Candidate::Successor => successor.into_iter().collect(),
                Candidate::User(id) => vec![*id],
            })
            .filter(|id| *id != facts.leaver.id)
            .collect()
    }

    /// What must be read of each of them (G16).
    pub fn person_reads(&self, id: UserId) -> BTreeSet<Facet> {
        if self.candidates().next().is_none() {
            return BTreeSet::new();
        }
        let mut reads = BTreeSet::from([Facet::User(id)]);
        if self.mail_candidates().next().is_some() {
            reads.extend([Facet::Licenses(id), Facet::Recipient(id)]);
        }
        if self.file_candidates().next().is_some() {
            reads.insert(Facet::Drive(id));
        }
        reads
    }

    fn candidates(&self) -> impl Iterator<Item = &Candidate> {
        self.mail_candidates().chain(self.file_candidates())
    }

    fn file_candidates(&self) -> impl Iterator<Item = &Candidate> {
        self.file.files.to.iter().flatten()
    }

    fn mail_candidates(&self) -> impl Iterator<Item = &Candidate> {
        let mail = &self.file.mail;
        mail.forward_to.iter().chain(mail.full_access.as_ref().map(|access| &access.to)).flatten()
    }

    fn leaves_groups(&self) -> bool {
        self.file.groups.disposition == GroupsDisposition::Leave
    }

    fn mobile(&self) -> MobileDisposition {
        self.file.devices.as_ref().map_or(MobileDisposition::Keep, |devices| devices.mobile)
    }

    fn unassigns_numbers(&self) -> bool {
        self.file.voice.numbers == Numbers::Unassign
    }

    fn removes_licenses(&self) -> bool {
        self.file.licenses.disposition == LicensesDisposition::Remove
    }

    pub(super) fn deletes_account(&self) -> bool {
        self.file.account.disposition == AccountDisposition::Delete
    }

    /// What the policy means for the leaver of these facts. A part that the facts do not allow has a finding in
    /// place of its drafts; containment always has its drafts.
    pub fn derive(
        &self,
        facts: &Facts,
        profile: &TenantProfile,
        request: &Request,
        catalog: &Catalog,
    ) -> Derived {
        let mut way = Way {
            policy: self,
            facts,
            leaver: facts.leaver.id,
            request,
            lock: profile.on_premises_lock,
            drafts: Vec::new(),
            findings: Vec::new(),
        };
        let intent = self.intent(profile, request, catalog);
        way.person(intent.containment_only);
        way.access();
        way.devices();
        way.mail();
        way.files();
        way.voice();
        way.groups();
        way.licenses();
        way.account();
        way.steps();
        way.final_revoke(catalog);
        let files_copied = way.drafts.iter().any(|draft| draft.operation == "copy_drive");
        let intent = Intent { files_copied, ..self.intent(profile, request, catalog) };
        Derived { intent, drafts: way.drafts, findings: way.findings }
    }

    fn intent(&self, profile: &TenantProfile, request: &Request, catalog: &Catalog) -> Intent {
        let file = &self.file;
        let at = |after: Option<Period>| request.leaves_at + after.unwrap_or_default();
        Intent {
            leaves_at: request.leaves_at,
            mail: file.mail.disposition,
            mail_until: file.mail.until.map(|until| request.leaves_at + until),
            files: file.files.disposition,
            files_loss_accepted: file.files.loss_accepted,
            // Known only once somebody was found who can have the copies.
            files_copied: false,
            mobile: self.mobile(),
            licenses: file.licenses.disposition,
            account: file.account.disposition,
            account_at: self.deletes_account().then(|| at(file.account.after)),
            protected: profile.protected.clone(),
            protected_groups: profile.protected_groups.clone(),
            containment_only: self.contains_only(catalog),
            guests: file.applies_to == AppliesTo::Guest,
            mailbox_margin: profile.mailbox_margin,
        }
    }

    /// Whether nothing but containment is asked for.
    pub fn contains_only(&self, catalog: &Catalog) -> bool {
        let file = &self.file;
        matches!(file.mail.disposition, MailDisposition::Keep | MailDisposition::None)
            && file.access.protocols == Protocols::Keep
            && self.mobile() == MobileDisposition::Keep
            && file.mail.full_access.is_none()
            && file.mail.auto_reply.is_none()
            && file.mail.cancelled_days().is_none()
            && matches!(file.files.disposition, FilesDisposition::Keep | FilesDisposition::None)
            && file.licenses.disposition == LicensesDisposition::Keep
            && file.account.disposition == AccountDisposition::Keep
            && file.groups.disposition == GroupsDisposition::Keep
            && file.voice.numbers == Numbers::Keep
            && file.step.iter().all(|step| {
                catalog.spec(&step.operation).is_some_and(|spec| spec.class == Class::Containment)
            })
    }
}

/// Who is the master of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Master {
    Cloud,
    ActiveDirectory,
    /// It could not be read: what either needs is planned, because doing too little would leave a door open, and a
    /// task too many is only acknowledged.
    Unknown,
}

/// One derivation on its way through the parts of the policy.
struct Way<'a> {
    policy: &'a Policy,
    facts: &'a Facts,
    leaver: UserId,
    request: &'a Request,
    lock: OnPremisesLock,
    drafts: Vec<Draft>,
    findings: Vec<Finding>,
}

impl Way<'_> {
    /// The moment `after` the last working one; nothing where it is over.
    fn at(&self, after: Period) -> Option<Timestamp> {
        Some(self.request.leaves_at + after).filter(|at| *at > self.facts.as_of)
    }

    /// Plans `operation` on the leaver, with further parameters.
    fn draft(
        &mut self,
        asked_by: &str,
        operation: &str,
        more: &Value,
        not_before: Option<Timestamp>,
    ) -> &mut Draft {
        let mut params = json!({ "user": self.leaver });
        if let (Some(params), Some(more)) = (params.as_object_mut(), more.as_object()) {
            params.extend(more.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        self.push(Draft {
            operation: operation.to_owned(),
            params,
            not_before,
            asked_by: asked_by.to_owned(),
            after: Vec::new(),
            before: Vec::new(),
        })
    }

    fn push(&mut self, draft: Draft) -> &mut Draft {
        self.drafts.push(draft);
        let last = self.drafts.len() - 1;
        &mut self.drafts[last]
    }

    /// Adds what `find` finds, against the whole plan.
    fn find(&mut self, code: &str, requirement: &str, find: impl FnOnce(&mut Findings)) {
        let mut findings = Findings::of(code, requirement, None);
        find(&mut findings);
        self.findings.extend(findings.into_vec());
    }

    fn master(&self) -> Master {
        let person = &self.facts.leaver;
        match person.ad_is_master() {
            Fact::Known(true) if person.cloud_managed.unknown().is_some() => Master::Unknown,
            Fact::Known(true) => Master::ActiveDirectory,
            Fact::Unknown(_) => Master::Unknown,
            Fact::Known(false) | Fact::Absent | Fact::NotOffered(_) => Master::Cloud,
        }
    }

    /// Whether the policy is made for such a person at all (G27). Cutting access waits for no policy.
    fn person(&mut self, containment_only: bool) {
        let made_for = self.policy.applies_to();
        let (name, user) = (self.facts.leaver.name(), self.facts.leaver.user.clone());
        match user {
            Fact::Known(user) => {
                let (is, fits) = match user.user_type {
                    UserType::Guest => ("guest", made_for == AppliesTo::Guest),
                    UserType::Member => ("member", made_for == AppliesTo::Member),
                };
                if !fits {
                    let wanted = if made_for == AppliesTo::Guest { "guest" } else { "member" };
                    let severity = if containment_only { Severity::Warn } else { Severity::Never };
                    self.find("G27", "P28", |findings| {
                        findings.push(
                            severity,
                            format!("applies_to:{is}"),
                            format!("{name} is a {is}; this policy is made for a {wanted}"),
                            format!("use a policy with `applies_to = \"{is}\"`"),
                        );
                    });
                }
            }
            Fact::Unknown(failure) if !containment_only => {
                self.find("G27", "P28", |findings| {
                    findings.unknown("whether the leaver is a member", &failure);
                });
            }
            // G34 and G28 speak of people who are gone.
            Fact::Unknown(_) | Fact::Absent | Fact::NotOffered(_) => {}
        }
        if self.request.successor.is_some()
            && self.policy.candidates().all(|candidate| *candidate != Candidate::Successor)
        {
            self.find("G16", "R26", |findings| {
                findings.warn(
                    "successor_unused",
                    "a successor was named, and the policy gives nothing to a successor",
                    "write `successor` into `mail.full_access.to`, `mail.forward_to` or `files.to`, or name nobody",
                );
            });
        }
    }

    /// Sessions are revoked once more when the block and the new password were seen: what was opened until then ends too
    /// (E37). An account that is deleted by then has none.
    fn final_revoke(&mut self, catalog: &Catalog) {
        let now = self.at(Period::ZERO);
        let contains = |draft: &Draft| {
            catalog.spec(&draft.operation).is_some_and(|spec| spec.class == Class::Containment)
        };
        let deleted = self.drafts.iter().any(|d| d.operation == "delete_user" && d.not_before == now);
        let revokes = self.policy.file.access.sessions == Sessions::Revoke;
        if revokes && !deleted && !self.drafts.iter().all(contains) {
            self.draft("access.sessions", "final_revoke", &Value::Null, now);
        }
    }

    /// `[[step]]`, in the order of the file.
    fn steps(&mut self) {
        for (index, custom) in self.policy.file.step.iter().enumerate() {
            let not_before = self.at(custom.after.unwrap_or_default());
            self.push(Draft {
                operation: custom.operation.clone(),
                params: step::params_for(&custom.params, self.leaver),
                not_before,
                asked_by: format!("step[{}]", index + 1),
                after: custom.after_steps.clone(),
                before: custom.before_steps.clone(),
            });
        }
    }

    /// Somebody who can still sign in with the password he knows.
    fn stays_open(&self) -> bool {
        let access = &self.policy.file.access;
        access.sign_in == SignIn::Keep && access.password == Password::Keep
    }
}
