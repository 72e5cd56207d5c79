//! G50: what no step can mend (R17, R43, R74, R75, B14, B15). Every report says it.

use crate::facts::{Fact, Facts, Why};
use crate::model::intent::{Intent, LicensesDisposition, MobileDisposition};
use crate::model::sponsor::Sponsor;
use crate::model::user::UserType;
use crate::plan::step::ResidualRisk;

/// What remains after everything else is done: always the same few things, and what these facts add. Pure.
pub fn residual_risks(facts: &Facts, intent: &Intent) -> Vec<ResidualRisk> {
    let mut risks = Vec::new();
    let mut say = |requirement: &str, what: &str| {
        risks.push(ResidualRisk { what: what.to_owned(), requirement: requirement.to_owned() });
    };
    say(
        "R6",
        "Access tokens that are out go on working for up to 60 minutes (28 hours in some applications), and a block \
         alone can take 24 hours to reach every service.",
    );
    say("R7", "Outlook on the web may stay open until the page is loaded anew.");
    if holds_files(facts) {
        say("R17", "Files that were downloaded or synced to a personal computer cannot be wiped.");
        say(
            "B11",
            "What was shared from OneDrive by links goes on being shared, outside the organisation too.",
        );
    }
    if intent.mobile == MobileDisposition::WipeAndBlock {
        say(
            "R34",
            "Computers are not wiped, nor a phone that never comes back or whose mail app cannot drop its account.",
        );
    } else {
        say("R34", "Phones and computers are not wiped; what they hold stays readable on them.");
    }
    say("R74", "A BlackBerry must be disabled in its own enterprise service, on-premises.");
    say(
        "B9",
        "Secrets that the leaver knows (keys of applications, shared passwords) go on working until changed.",
    );
    say("B15", "Messages that were sent in chats and channels stay where they are.");
    say("B14", "Guest accounts that the leaver has in other organisations are out of reach.");
    if facts.leaver.user.known().is_some_and(|user| user.user_type == UserType::Guest) {
        say("B14", "A guest's session at his own organisation is not ended by revoking it here.");
        say("B14", &told_by_nobody(&facts.leaver.sponsors));
    }
    if facts.leaver.ad_is_master().known() != Some(&false) && facts.leaver.user != Fact::Absent {
        say(
            "R86",
            "Directory sync can set block and password back until the tasks in Active Directory are done.",
        );
    }
    if intent.licenses != LicensesDisposition::Keep && !intent.containment_only {
        say(
            "R100",
            "A seat that is free is still paid for, until an administrator reduces the subscription.",
        );
    }
    risks
}

/// Whether there may be files: a drive that is known not to be there, or not to be used, holds none.
fn holds_files(facts: &Facts) -> bool {
    !matches!(facts.leaver.drive, Fact::Absent | Fact::NotOffered(Why::Unused | Why::License))
}

/// Whoever invited a guest counts on him, and no step writes to anybody.
fn told_by_nobody(sponsors: &Fact<Vec<Sponsor>>) -> String {
    match sponsors {
        Fact::Known(sponsors) if !sponsors.is_empty() => {
            let names: Vec<String> = sponsors.iter().map(ToString::to_string).collect();
            format!("Nobody tells the guest's sponsors, who answer for him here: {}.", names.join(", "))
        }
        Fact::Known(_) | Fact::Absent | Fact::NotOffered(_) => {
            "The guest has no sponsor: nobody here is known to answer for him, and nobody is told.".to_owned()
        }
        Fact::Unknown(_) => {
            "Nobody tells the guest's sponsors, who answer for him here. They were not read; Entra names them beside the \
             account."
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guards::testing::{GROUP, SUCCESSOR, Trial};
    use crate::model::sponsor::SponsorId;

    fn said(trial: &Trial) -> Vec<String> {
        residual_risks(&trial.facts, &trial.intent).into_iter().map(|risk| risk.what).collect()
    }

    fn says(trial: &Trial, words: &str) -> bool {
        said(trial).iter().any(|what| what.contains(words))
    }

    #[test]
    fn some_things_remain_always() {
        let trial = Trial::of("block_sign_in");
        for words in ["Access tokens", "BlackBerry", "Guest accounts", "Secrets", "chats", "wiped"] {
            assert!(says(&trial, words), "{words}");
        }
    }

    #[test]
    fn others_depend_on_the_facts() {
        let trial = || Trial::of("block_sign_in");
        assert!(says(&trial(), "personal computer"));
        assert!(!says(&trial().with(|facts| facts.leaver.drive = Fact::Absent), "personal computer"));
        assert!(says(&trial().blank(crate::facts::Facet::Drive), "personal computer"));
        assert!(says(&trial().synced(), "Directory sync"));
        assert!(!says(&trial(), "Directory sync"));
        let guest = trial().with(|facts| facts.leaver.user.known_mut().unwrap().user_type = UserType::Guest);
        assert!(says(&guest, "A guest's session") && !says(&trial(), "A guest's session"));
        assert!(says(&guest, "no sponsor") && !says(&trial(), "sponsor"));
        let of =
            |id, name: &str| Sponsor { id, display_name: Some(name.to_owned()), user_principal_name: None };
        let two = vec![of(SponsorId::User(SUCCESSOR), "Megan"), of(SponsorId::Group(GROUP), "Marketing")];
        let sponsored = guest.clone().with(|facts| facts.leaver.sponsors = Fact::Known(two));
        assert!(says(&sponsored, "sponsors, who answer for him here: Megan, the group Marketing."));
        assert!(says(&guest.blank(crate::facts::Facet::Sponsors), "They were not read"));
        assert!(says(&trial(), "Phones and computers are not wiped"));
        let wiping = trial().wanting(|intent| intent.mobile = MobileDisposition::WipeAndBlock);
        assert!(says(&wiping, "never comes back") && !says(&wiping, "Phones and computers"));
        assert!(says(&trial(), "seat"));
        let keep = trial().wanting(|intent| intent.licenses = LicensesDisposition::Keep);
        assert!(!says(&keep, "seat"));
    }
}
