//! Who gets what the leaver leaves: the first of a list who can have it (G15, G16, B14).

use super::Way;
use crate::facts::{Fact, Facts, Person};
use crate::failure::Failure;
use crate::id::UserId;
use crate::model::mailbox::Recipient;
use crate::model::sponsor::Sponsor;
use crate::model::user::UserType;
use crate::policy::candidate::Candidate;

/// Whether somebody can have it.
enum Fit {
    Yes(UserId),
    No(String),
    /// It could not be read. The next in the list is not taken then: he is the second choice only where it is known
    /// that the first is none.
    Unknown(Failure),
}

/// What somebody is to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Access to the mailbox, for which he signs in as himself.
    Access,
    /// Access to the files, likewise.
    Files,
    /// Mail, which a shared mailbox can get too (R32).
    Mail,
}

impl What {
    /// The rule, its requirement, and what nobody being found asks for.
    const fn rule(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Access => (
                "G16",
                "R26",
                "name a successor who is enabled, a member, has a licensed mailbox and stays; a waiver goes on without",
            ),
            Self::Files => (
                "G16",
                "R40",
                "name a successor who is enabled, a member, has a OneDrive of his own and stays; a waiver goes on without",
            ),
            Self::Mail => (
                "G15",
                "R31",
                "name somebody who is enabled, a member, has a licensed mailbox and stays, or a shared mailbox; a \
                 waiver goes on without",
            ),
        }
    }
}

impl Way<'_> {
    /// The first who can have access; a finding where nobody can, or where that is not known.
    pub(super) fn successor(&mut self, key: &str, to: &[Candidate]) -> Option<UserId> {
        self.first(key, to, What::Access)
    }

    /// The first who can have the files.
    pub(super) fn file_successor(&mut self, key: &str, to: &[Candidate]) -> Option<UserId> {
        self.first(key, to, What::Files)
    }

    /// The first to whom mail can be forwarded.
    pub(super) fn target(&mut self, key: &str, to: &[Candidate]) -> Option<UserId> {
        self.first(key, to, What::Mail)
    }

    fn first(&mut self, key: &str, to: &[Candidate], what: What) -> Option<UserId> {
        let (code, requirement, hint) = what.rule();
        let mut refused = Vec::new();
        for candidate in to {
            match self.fit(*candidate, what) {
                Fit::Yes(id) => return Some(id),
                Fit::No(why) => {
                    self.named_and_unfit((key, what), *candidate, &why);
                    refused.push(format!("{candidate}: {why}"));
                }
                Fit::Unknown(failure) => {
                    self.find(code, requirement, |findings| {
                        findings.unknown(&format!("whether `{candidate}` can have `{key}`"), &failure);
                    });
                    return None;
                }
            }
        }
        self.find(code, requirement, |findings| {
            findings.block(
                key,
                format!("nobody can have `{key}` ({}); it is not planned", refused.join("; ")),
                hint,
            );
        });
        None
    }

    /// Whoever names a successor means this one: nobody else gets it unasked because he cannot have it.
    fn named_and_unfit(&mut self, (key, what): (&str, What), candidate: Candidate, why: &str) {
        let (code, requirement, _) = what.rule();
        let Some(named) = self.request.successor.filter(|_| candidate == Candidate::Successor) else {
            return;
        };
        self.find(code, requirement, |findings| {
            findings.block(
                format!("{key}:successor:{named}"),
                format!("the successor who was named cannot have `{key}`: {why}"),
                "name somebody else, or nobody; a waiver goes on with the next of the list",
            );
        });
    }

    fn fit(&self, candidate: Candidate, what: What) -> Fit {
        match candidate {
            Candidate::Manager => match &self.facts.leaver.manager {
                Fact::Known(id) => fit(self.facts, *id, what),
                Fact::Absent | Fact::NotOffered(_) => Fit::No("none is set".to_owned()),
                Fact::Unknown(failure) => Fit::Unknown(failure.clone()),
            },
            Candidate::Sponsor => match &self.facts.leaver.sponsors {
                Fact::Known(sponsors) => self.any_sponsor(sponsors, what),
                Fact::Absent | Fact::NotOffered(_) => Fit::No("none is set".to_owned()),
                Fact::Unknown(failure) => Fit::Unknown(failure.clone()),
            },
            Candidate::Successor => match self.request.successor {
                Some(id) => fit(self.facts, id, what),
                None => Fit::No("nobody was named".to_owned()),
            },
            Candidate::User(id) => fit(self.facts, id, what),
        }
    }

    /// The first of a guest's sponsors who can have it, in the order of their ids. A group answers for him too, and is nobody
    /// who signs in: the others are tried, and where there is none it is said who it was.
    fn any_sponsor(&self, sponsors: &[Sponsor], what: What) -> Fit {
        let mut refused = Vec::new();
        let mut in_order: Vec<&Sponsor> = sponsors.iter().collect();
        in_order.sort();
        for sponsor in in_order {
            let Some(person) = sponsor.person() else {
                refused.push(format!("{sponsor} is not one person"));
                continue;
            };
            match fit(self.facts, person, what) {
                Fit::No(why) => refused.push(why),
                found => return found,
            }
        }
        Fit::No(if refused.is_empty() { "none is set".to_owned() } else { refused.join(", ") })
    }
}

/// Enabled, a member, with a licensed mailbox (a OneDrive for files), and not leaving himself (G16).
fn fit(facts: &Facts, id: UserId, what: What) -> Fit {
    if id == facts.leaver.id {
        return Fit::No("is the leaver".to_owned());
    }
    if facts.leaving.contains(&id) {
        let name = facts.people.get(&id).map_or_else(|| id.to_string(), Person::name);
        return Fit::No(format!("{name} is leaving too"));
    }
    let Some(person) = facts.people.get(&id) else { return Fit::Unknown(Failure::not_read()) };
    let no = |why: &str| Fit::No(format!("{} {why}", person.name()));
    let shared = person.mailbox().known().is_some_and(|mailbox| mailbox.is_shared());
    if what == What::Mail && shared {
        return Fit::Yes(id);
    }
    match &person.user {
        Fact::Known(user) if user.user_type == UserType::Guest => return no("is a guest"),
        Fact::Known(user) if user.is_resource_account || user.is_agent => return no("is not a person"),
        Fact::Known(user) if !user.account_enabled => return no("cannot sign in"),
        Fact::Known(_) => {}
        Fact::Absent | Fact::NotOffered(_) => return no("does not exist"),
        Fact::Unknown(failure) => return Fit::Unknown(failure.clone()),
    }
    if what == What::Files {
        return match &person.drive {
            Fact::Known(drive) if drive.locked => no("has a OneDrive that is locked or archived"),
            Fact::Absent => no("has no OneDrive"),
            // Where nobody has one here, the steps say so themselves.
            Fact::Known(_) | Fact::NotOffered(_) => Fit::Yes(id),
            Fact::Unknown(failure) => Fit::Unknown(failure.clone()),
        };
    }
    let mailbox = match &person.recipient {
        Fact::Known(Recipient::Cloud(mailbox)) => mailbox,
        Fact::Known(Recipient::OnPremises { .. }) => return no("has a mailbox on-premises"),
        Fact::Absent => return no("has no mailbox"),
        // Nobody has one here; the steps say so themselves.
        Fact::NotOffered(_) => return Fit::Yes(id),
        Fact::Unknown(failure) => return Fit::Unknown(failure.clone()),
    };
    match (mailbox.sku_assigned, &person.licenses) {
        (Some(false), _) => no("has a mailbox without a license"),
        (None, Fact::Known(licenses)) if licenses.assignments.is_empty() => no("has no license"),
        (Some(true), _) | (None, Fact::Known(_)) => Fit::Yes(id),
        (None, Fact::Absent | Fact::NotOffered(_)) => no("has no license"),
        (None, Fact::Unknown(failure)) => Fit::Unknown(failure.clone()),
    }
}
