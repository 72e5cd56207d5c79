//! Who gets what the leaver leaves: the first of a list who can have it (G16).

use super::Way;
use crate::facts::{Fact, Facts};
use crate::failure::Failure;
use crate::id::UserId;
use crate::model::mailbox::Recipient;
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

impl Way<'_> {
    /// The first who can have it; a finding where nobody can, or where that is not known.
    pub(super) fn successor(&mut self, key: &str, to: &[Candidate]) -> Option<UserId> {
        let mut refused = Vec::new();
        for candidate in to {
            match self.fit(*candidate) {
                Fit::Yes(id) => return Some(id),
                Fit::No(why) => refused.push(format!("{candidate}: {why}")),
                Fit::Unknown(failure) => {
                    self.find("G16", "R26", |findings| {
                        findings.unknown(&format!("whether `{candidate}` can have `{key}`"), &failure);
                    });
                    return None;
                }
            }
        }
        self.find("G16", "R26", |findings| {
            findings.block(
                key,
                format!("nobody can have `{key}` ({}); it is not planned", refused.join("; ")),
                "name a successor who is enabled, a member, has a licensed mailbox and stays; a waiver goes on without",
            );
        });
        None
    }

    fn fit(&self, candidate: Candidate) -> Fit {
        match candidate {
            Candidate::Manager => match &self.facts.leaver.manager {
                Fact::Known(id) => fit(self.facts, *id),
                Fact::Absent | Fact::NotOffered(_) => Fit::No("none is set".to_owned()),
                Fact::Unknown(failure) => Fit::Unknown(failure.clone()),
            },
            Candidate::Successor => match self.request.successor {
                Some(id) => fit(self.facts, id),
                None => Fit::No("nobody was named".to_owned()),
            },
            Candidate::User(id) => fit(self.facts, id),
        }
    }
}

/// Enabled, a member, with a licensed mailbox, and not leaving himself (G16).
fn fit(facts: &Facts, id: UserId) -> Fit {
    if id == facts.leaver.id {
        return Fit::No("is the leaver".to_owned());
    }
    if facts.leaving.contains(&id) {
        return Fit::No(format!("{id} is leaving too"));
    }
    let Some(person) = facts.people.get(&id) else { return Fit::Unknown(Failure::not_read()) };
    let no = |why: &str| Fit::No(format!("{} {why}", person.name()));
    match &person.user {
        Fact::Known(user) if user.user_type == UserType::Guest => return no("is a guest"),
        Fact::Known(user) if user.is_resource_account || user.is_agent => return no("is not a person"),
        Fact::Known(user) if !user.account_enabled => return no("cannot sign in"),
        Fact::Known(_) => {}
        Fact::Absent | Fact::NotOffered(_) => return no("does not exist"),
        Fact::Unknown(failure) => return Fit::Unknown(failure.clone()),
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
