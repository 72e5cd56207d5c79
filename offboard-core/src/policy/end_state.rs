//! End states that cannot be true at the same moment (CONTRACT f.4), whatever this version can carry out.

use crate::model::intent::{AccountDisposition, LicensesDisposition, MailDisposition};
use crate::time::Period;

/// What a policy wants to be so in the end, and when, counted from the last working moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EndState {
    pub(super) mail: MailDisposition,
    /// How long it lasts; nothing means for good.
    pub(super) mail_until: Option<Period>,
    /// When it is over, nobody needs the mail any more.
    pub(super) let_go_then: bool,
    pub(super) licenses: LicensesDisposition,
    pub(super) licenses_after: Period,
    pub(super) account: AccountDisposition,
    pub(super) account_after: Period,
    /// Automatic replies, with their end.
    pub(super) auto_reply: Option<Lasting>,
    /// Access for somebody else, with its end.
    pub(super) full_access: Option<Period>,
    /// Access to the files for somebody else, with its end.
    pub(super) files_until: Option<Period>,
    /// Protocols of the mailbox are blocked.
    pub(super) protocols_blocked: bool,
}

/// How long something lasts that may last for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lasting {
    /// As long as what it depends on.
    ForGood,
    /// Until this moment.
    Until(Period),
}

/// Two wishes of which only one can be granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contradiction {
    /// The guard, or `f.4`.
    pub(super) code: &'static str,
    /// The requirement.
    pub(super) requirement: &'static str,
    /// The key that cannot stand.
    pub(super) key: &'static [&'static str],
    /// Beside this one.
    pub(super) beside: &'static [&'static str],
    /// Why.
    pub(super) why: &'static str,
    /// What to do.
    pub(super) hint: &'static str,
}

const MAIL: &[&str] = &["mail", "disposition"];
const UNTIL: &[&str] = &["mail", "until"];
const THEN: &[&str] = &["mail", "then"];
const LICENSES: &[&str] = &["licenses", "disposition"];
const ACCOUNT: &[&str] = &["account", "disposition"];
const AUTO_REPLY: &[&str] = &["mail", "auto_reply"];
const FULL_ACCESS: &[&str] = &["mail", "full_access"];
const FILES_UNTIL: &[&str] = &["files", "until"];
const PROTOCOLS: &[&str] = &["access", "protocols"];

impl EndState {
    fn deleted(&self) -> Option<Period> {
        (self.account == AccountDisposition::Delete).then_some(self.account_after)
    }

    fn unlicensed(&self) -> Option<Period> {
        (self.licenses == LicensesDisposition::Remove).then_some(self.licenses_after)
    }

    /// Whether the mail disposition still holds at `moment`.
    fn lasts(&self, moment: Period) -> bool {
        self.mail_until.is_none_or(|until| until > moment)
    }

    /// When the mailbox ends: with the account, with the license where nothing else holds it, and when it is let go.
    fn mailbox_ends(&self) -> Option<(Period, &'static [&'static str])> {
        use MailDisposition::{LetGo, ToSuccessor};
        let unlicensed = self.unlicensed().filter(|_| matches!(self.mail, LetGo | ToSuccessor));
        let by_license = unlicensed.map(|at| (at, LICENSES));
        let by_account = self.deleted().map(|at| (at, ACCOUNT));
        let let_go = self.mail_until.filter(|_| self.let_go_then).map(|at| (at, UNTIL));
        by_license.into_iter().chain(by_account).chain(let_go).min_by_key(|(at, _)| *at)
    }

    /// The first contradiction, in the order of the table.
    pub(super) fn contradiction(&self) -> Option<Contradiction> {
        self.deletion()
            .or_else(|| self.let_go())
            .or_else(|| self.inactive())
            .or_else(|| self.license())
            .or_else(|| self.replies_and_access())
            .or_else(|| self.protocols())
            .or_else(|| self.files())
    }

    /// The account anchors the mailbox: it cannot go while the mail disposition needs it.
    fn deletion(&self) -> Option<Contradiction> {
        use MailDisposition::{Forward, Keep, Shared, SharedAndForward};
        let refusal = |code, requirement, why, hint| {
            Some(Contradiction { code, requirement, key: ACCOUNT, beside: MAIL, why, hint })
        };
        if !self.lasts(self.deleted()?) {
            return None;
        }
        match self.mail {
            Shared | SharedAndForward => refusal(
                "G2",
                "R30",
                "the account anchors the shared mailbox: deleting it deletes the mailbox",
                "keep the account, or end the shared mailbox with `mail.until` not later than `account.after`",
            ),
            Forward => refusal(
                "G1",
                "R30",
                "the account anchors the forwarding: deleting it ends the forwarding",
                "keep the account, or end the forwarding with `mail.until` not later than `account.after`",
            ),
            Keep => refusal(
                "f.4",
                "R65",
                "deleting the account deletes the mail that is to stay",
                "keep the account, or choose what becomes of the mail",
            ),
            _ => None,
        }
    }

    /// A shared mailbox needs no license, so that only the end of its account lets it go.
    fn let_go(&self) -> Option<Contradiction> {
        use MailDisposition::{Shared, SharedAndForward};
        let shared = matches!(self.mail, Shared | SharedAndForward);
        let ends = self.let_go_then && self.mail_until.is_some();
        (ends && shared && self.account == AccountDisposition::Keep).then_some(Contradiction {
            code: "f.4",
            requirement: "R30",
            key: THEN,
            beside: ACCOUNT,
            why: "a shared mailbox goes with its account, and the account stays",
            hint: "delete the account not before `mail.until` (`account.after`), or leave `mail.then` out",
        })
    }

    /// An inactive mailbox comes from deleting a held, licensed account, and does nothing any more.
    fn inactive(&self) -> Option<Contradiction> {
        if self.mail != MailDisposition::Inactive {
            return None;
        }
        let refusal = |code, requirement, key, why, hint| {
            Some(Contradiction { code, requirement, key, beside: MAIL, why, hint })
        };
        if self.account == AccountDisposition::Keep {
            return refusal(
                "f.4",
                "R24",
                ACCOUNT,
                "a mailbox becomes inactive only when its account is deleted",
                "delete the account, or choose another disposition for the mail",
            );
        }
        if self.mail_until.is_some() {
            return refusal(
                "f.4",
                "R24",
                UNTIL,
                "an inactive mailbox lasts as long as its hold",
                "leave it out; `held_for` says how long items are held",
            );
        }
        if self.auto_reply.is_some() {
            return refusal(
                "G12",
                "R25",
                AUTO_REPLY,
                "an inactive mailbox receives nothing and answers nobody",
                "leave the automatic reply out, or choose `shared`",
            );
        }
        if self.full_access.is_some() {
            return refusal(
                "G12",
                "R25",
                FULL_ACCESS,
                "nobody can open an inactive mailbox; it is searched with eDiscovery",
                "leave the access out, or choose `shared`",
            );
        }
        if self.licenses == LicensesDisposition::Remove {
            return refusal(
                "G7",
                "N7",
                LICENSES,
                "the license must stay until the account is deleted, which frees the seat by itself (E32)",
                "choose `with_account` or `keep`",
            );
        }
        None
    }

    /// Forwarding and a mailbox that stays a person's need the license.
    fn license(&self) -> Option<Contradiction> {
        use MailDisposition::{Forward, Keep, SharedAndForward};
        if self.licenses == LicensesDisposition::WithAccount && self.account == AccountDisposition::Keep {
            return Some(Contradiction {
                code: "f.4",
                requirement: "R52",
                key: LICENSES,
                beside: ACCOUNT,
                why: "the licenses are to go with the account, and the account stays",
                hint: "choose `remove` or `keep`, or delete the account",
            });
        }
        if !self.lasts(self.unlicensed()?) {
            return None;
        }
        let refusal = |code, requirement, why, hint| {
            Some(Contradiction { code, requirement, key: LICENSES, beside: MAIL, why, hint })
        };
        match self.mail {
            Forward | SharedAndForward => refusal(
                "G3",
                "R94",
                "forwarding stops when the license goes",
                "keep the license (`keep`, `keep_mailbox_plan`), or choose `shared`",
            ),
            Keep => refusal(
                "f.4",
                "R54",
                "mail of a mailbox without a license is deleted after 30 days, and it is to stay",
                "choose `shared` if the mail stays, or keep the licenses",
            ),
            _ => None,
        }
    }

    /// Replies and access end with the mailbox.
    fn replies_and_access(&self) -> Option<Contradiction> {
        if self.auto_reply.is_some() && self.mail == MailDisposition::ToSuccessor {
            return Some(Contradiction {
                code: "f.4",
                requirement: "R96",
                key: AUTO_REPLY,
                beside: MAIL,
                why: "mail to the address reaches the successor, so that the leaver's mailbox answers nobody",
                hint: "leave the automatic reply out",
            });
        }
        let (end, beside) = self.mailbox_ends()?;
        if matches!(self.auto_reply, Some(Lasting::Until(until)) if until > end) {
            return Some(Contradiction {
                code: "f.4",
                requirement: "R96",
                key: AUTO_REPLY,
                beside,
                why: "the automatic reply is to last longer than the mailbox",
                hint: "end it not later than the mailbox, or leave `until` out",
            });
        }
        if self.full_access.is_some_and(|until| until > end) {
            return Some(Contradiction {
                code: "f.4",
                requirement: "R95",
                key: FULL_ACCESS,
                beside,
                why: "the access is to last longer than the mailbox",
                hint: "end it not later than the mailbox",
            });
        }
        None
    }

    /// A OneDrive is found by its owner, and by nobody any more once he is deleted.
    fn files(&self) -> Option<Contradiction> {
        let (until, deleted) = (self.files_until?, self.deleted()?);
        (until > deleted).then_some(Contradiction {
            code: "E24",
            requirement: "R40",
            key: FILES_UNTIL,
            beside: ACCOUNT,
            why: "the OneDrive of a deleted account is not found any more, so that nothing would end the access",
            hint: "end it not later than the account, or delete the account later (`account.after`)",
        })
    }

    /// Blocked protocols shut out everybody, the successor too.
    fn protocols(&self) -> Option<Contradiction> {
        use MailDisposition::{Forward, Shared, SharedAndForward};
        let used = matches!(self.mail, Shared | Forward | SharedAndForward) || self.full_access.is_some();
        (self.protocols_blocked && used).then_some(Contradiction {
            code: "G20",
            requirement: "R51",
            key: PROTOCOLS,
            beside: MAIL,
            why: "blocked protocols shut out the people who go on using the mailbox",
            hint: "choose `exchange_account = \"block\"`, which shuts out the leaver alone",
        })
    }
}
