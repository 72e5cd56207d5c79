//! G52: dates that somebody must know, as absolute times in UTC (R35 to R39, R54, R69).

use super::g18_delayed_delicensing::DELAY;
use super::g56_one_drive_clock::{ARCHIVED, READ_ONLY};
use super::support::{Look, look};
use crate::facts::{Fact, Facts, Why};
use crate::model::deletion::DeletedUser;
use crate::model::drive::Drive;
use crate::model::intent::{Intent, MailDisposition};
use crate::model::license::{Brings, brought_by};
use crate::model::mailbox::Recipient;
use crate::plan::step::{Action, Deadline, Step};
use crate::time::{Period, Timestamp};

/// How long the mail of an unlicensed mailbox is kept (R54).
const SOFT_DELETED: Period = Period::days(30);

/// How long a deleted OneDrive stays in the site collection recycle bin (R36).
const RECYCLE_BIN: Period = Period::days(93);

/// Days a deleted person's OneDrive is kept where the organisation never changed it (R36).
const ONE_DRIVE_DAYS: u32 = 30;

/// When the steps from which dates follow are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Begins {
    /// Licenses are removed.
    pub unlicensed: Option<Timestamp>,
    /// The account is deleted.
    pub deleted: Option<Timestamp>,
}

impl Begins {
    /// From a plan's steps; `at` says when a step is done, and nothing of one that is not done at all.
    pub fn of(steps: &[Step], at: impl Fn(&Step) -> Option<Timestamp>) -> Self {
        let when = |operations: &[&str]| {
            let not_skipped = |step: &&Step| !matches!(step.action, Action::Skip { .. });
            let here = |step: &&Step| operations.contains(&step.operation.as_str());
            steps.iter().filter(here).filter(not_skipped).filter_map(&at).min()
        };
        Self {
            unlicensed: when(&["remove_licenses", "leave_licensing_group"]),
            deleted: when(&["delete_user"]),
        }
    }
}

/// The dates that follow from the end of the licenses and of the account, soonest first. Pure.
pub fn deadlines(facts: &Facts, intent: &Intent, begins: Begins) -> Vec<Deadline> {
    let mut dates = Vec::new();
    if let Some(removed) = begins.unlicensed {
        after_license(facts, intent, removed, &mut dates);
    }
    if let Some(deleted) = begins.deleted {
        after_deletion(facts, intent, deleted, &mut dates);
    }
    dates.sort();
    dates
}

fn deadline(at: Timestamp, requirement: &str, what: impl Into<String>) -> Deadline {
    Deadline { at, what: what.into(), requirement: requirement.to_owned() }
}

fn after_license(facts: &Facts, intent: &Intent, removed: Timestamp, dates: &mut Vec<Deadline>) {
    let kept = matches!(intent.mail, MailDisposition::Shared | MailDisposition::SharedAndForward);
    if !kept && may_have_mailbox(facts) && may_bring(facts, Brings::Mailbox) {
        let resilient =
            facts.tenant.organization.known().is_some_and(|settings| settings.delayed_delicensing_enabled);
        let off = if resilient { removed + DELAY } else { removed };
        dates.push(deadline(
            off + SOFT_DELETED,
            "R54",
            "Mail, contacts and calendar of the unlicensed mailbox are deleted for good.",
        ));
    }
    if may_hold_files(facts) && may_bring(facts, Brings::OneDrive) {
        dates.push(deadline(
            removed + READ_ONLY,
            "R35",
            "The unlicensed OneDrive can only be read from now on.",
        ));
        dates.push(deadline(
            removed + ARCHIVED,
            "R35",
            "The unlicensed OneDrive is archived and later deleted, unless a retention policy or archive billing \
             keeps it.",
        ));
    }
}

fn after_deletion(facts: &Facts, intent: &Intent, deleted: Timestamp, dates: &mut Vec<Deadline>) {
    let inactive = intent.mail == MailDisposition::Inactive && may_have_mailbox(facts);
    dates.push(deadline(
        deleted + DeletedUser::KEPT,
        "R69",
        if inactive {
            "The deleted account can no longer be restored; its inactive mailbox stays as long as a hold is on it."
        } else {
            "The deleted account can no longer be restored, nor can its mailbox."
        },
    ));
    if !may_hold_files(facts) {
        return;
    }
    let (days, source) = match look(facts.tenant.one_drive_retention_days.as_ref()) {
        Look::There(days) => (*days, "the organisation's setting"),
        Look::Nothing | Look::Unknown(_) => {
            (ONE_DRIVE_DAYS, "Microsoft's default; the organisation's setting could not be read")
        }
    };
    let gone = deleted + Period::days(i64::from(days));
    dates.push(deadline(
        gone,
        "R36",
        format!("The OneDrive goes to the recycle bin, {days} days after the account ({source})."),
    ));
    dates.push(deadline(
        gone + RECYCLE_BIN,
        "R36",
        "The OneDrive leaves the recycle bin and is gone for good.",
    ));
}

fn may_have_mailbox(facts: &Facts) -> bool {
    match &facts.leaver.recipient {
        Fact::Known(Recipient::Cloud(mailbox)) => !mailbox.is_shared(),
        Fact::Known(Recipient::OnPremises { .. }) | Fact::Absent => false,
        Fact::NotOffered(why) => *why == Why::Cloud,
        Fact::Unknown(_) => true,
    }
}

fn may_hold_files(facts: &Facts) -> bool {
    match look(facts.leaver.drive.as_ref()) {
        Look::There(Drive { used, .. }) => *used != Some(0),
        Look::Nothing => false,
        Look::Unknown(_) => true,
    }
}

/// Whether a directly assigned license brings `what`, or may.
fn may_bring(facts: &Facts, what: Brings) -> bool {
    let (Look::There(licenses), Look::There(skus)) =
        (look(facts.leaver.licenses.as_ref()), look(facts.tenant.skus.as_ref()))
    else {
        return facts.leaver.licenses != Fact::Absent;
    };
    let (brings, strange) = brought_by(licenses.direct(), skus);
    brings.contains(&what) || !strange.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facet;
    use crate::guards::testing::{E3, Trial, VISIO, now};

    fn of(trial: &Trial, removed: Option<Timestamp>) -> Vec<(String, String)> {
        dated(trial, Begins { unlicensed: removed, deleted: None })
    }

    fn dated(trial: &Trial, begins: Begins) -> Vec<(String, String)> {
        deadlines(&trial.facts, &trial.intent, begins)
            .into_iter()
            .map(|deadline| (deadline.at.to_string(), deadline.requirement))
            .collect()
    }

    fn dates(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(at, requirement)| ((*at).to_owned(), (*requirement).to_owned())).collect()
    }

    fn trial() -> Trial {
        Trial::removing(&[E3])
            .wanting(|intent| intent.mail = MailDisposition::LetGo)
            .with(|facts| facts.leaver.drive.known_mut().unwrap().used = Some(7))
    }

    #[test]
    fn a_removed_license_starts_three_clocks() {
        let all = [
            ("2026-12-30T16:00:00Z", "R54"),
            ("2027-01-29T16:00:00Z", "R35"),
            ("2027-03-03T16:00:00Z", "R35"),
        ];
        assert_eq!(of(&trial(), Some(now())), dates(&all));
        assert!(of(&trial(), None).is_empty());
    }

    #[test]
    fn what_stays_or_is_empty_has_no_date() {
        let shared = trial().wanting(|intent| intent.mail = MailDisposition::Shared);
        assert_eq!(of(&shared, Some(now())).len(), 2);
        let empty = shared.with(|facts| facts.leaver.drive.known_mut().unwrap().used = Some(0));
        assert!(of(&empty, Some(now())).is_empty());
        assert_eq!(of(&empty.blank(Facet::Drive), Some(now())).len(), 2);
        assert!(of(&trial().licensed(&[VISIO]), Some(now())).is_empty());
        assert_eq!(of(&trial().licensed(&[VISIO]).blank(Facet::Licenses), Some(now())).len(), 3);
    }

    #[test]
    fn delicensing_resiliency_moves_the_first_date() {
        let resilient = trial().with(|facts| {
            facts.tenant.organization.known_mut().unwrap().delayed_delicensing_enabled = true;
        });
        let mail: Vec<_> =
            of(&resilient, Some(now())).into_iter().filter(|(_, requirement)| requirement == "R54").collect();
        assert_eq!(mail, dates(&[("2027-01-29T16:00:00Z", "R54")]));
    }

    #[test]
    fn a_deleted_account_has_its_own() {
        let deleted = Begins { unlicensed: None, deleted: Some(now()) };
        let all = [
            ("2026-12-30T16:00:00Z", "R69"),
            ("2027-11-30T16:00:00Z", "R36"),
            ("2028-03-02T16:00:00Z", "R36"),
        ];
        let year = || trial().with(|facts| facts.tenant.one_drive_retention_days = Fact::Known(365));
        assert_eq!(dated(&year(), deleted), dates(&all));
        let what = |trial: &Trial| deadlines(&trial.facts, &trial.intent, deleted)[0].what.clone();
        assert!(what(&year()).contains("nor can its mailbox"));
        let kept = year().wanting(|intent| intent.mail = MailDisposition::Inactive);
        assert!(what(&kept).contains("inactive mailbox stays"));
        let unread = year().blank(|_| Facet::OneDriveRetention);
        let said = deadlines(&unread.facts, &unread.intent, deleted);
        assert!(said.iter().any(|d| d.at.date() == "2026-12-30" && d.what.contains("Microsoft's default")));
        assert!(of(&year(), None).is_empty());
    }
}
