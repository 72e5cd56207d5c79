//! CONTRACT f.4 as a table, against every combination.

use super::{WHOLE, parse};
use crate::model::intent::AccountDisposition::{self, Delete};
use crate::model::intent::LicensesDisposition::{self, KeepMailboxPlan, Remove, WithAccount};
use crate::model::intent::MailDisposition::{
    self, Forward, Inactive, LetGo, Shared, SharedAndForward, ToSuccessor,
};
use crate::model::intent::{AccountDisposition as A, LicensesDisposition as L, MailDisposition as M};
use crate::policy::end_state::{EndState, Lasting};
use crate::time::Period;

/// What a column of the table says of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Yes,
    No,
    /// Not while the disposition lasts.
    NotWhile,
    Required,
    /// Not before the account is deleted.
    BeforeDeletionNo,
    /// Until the license is removed.
    UntilLicense,
}

/// Row, license removal, deletion, automatic replies; copied by hand from the table.
const TABLE: &[(MailDisposition, Cell, Cell, Cell)] = &[
    (M::Shared, Cell::Yes, Cell::NotWhile, Cell::Yes),
    (M::Forward, Cell::NotWhile, Cell::NotWhile, Cell::Yes),
    (M::SharedAndForward, Cell::NotWhile, Cell::NotWhile, Cell::Yes),
    (M::Inactive, Cell::BeforeDeletionNo, Cell::Required, Cell::No),
    (M::ToSuccessor, Cell::Yes, Cell::Yes, Cell::No),
    (M::LetGo, Cell::Yes, Cell::Yes, Cell::UntilLicense),
    (M::Keep, Cell::NotWhile, Cell::NotWhile, Cell::Yes),
    (M::None, Cell::Yes, Cell::Yes, Cell::Yes),
];

/// Whether the table allows it. Written from the table's words, not from the code.
fn allowed(e: &EndState) -> bool {
    let (_, license, deletion, replies) = TABLE.iter().find(|row| row.0 == e.mail).unwrap();
    let deleted = (e.account == AccountDisposition::Delete).then_some(e.account_after);
    let removed = (e.licenses == LicensesDisposition::Remove).then_some(e.licenses_after);
    let over_by = |moment: Period| e.mail_until.is_some_and(|until| until <= moment);
    let deletion_fits = match deletion {
        Cell::NotWhile => deleted.is_none_or(over_by),
        Cell::Required => deleted.is_some(),
        _ => true,
    };
    let license_fits = match license {
        Cell::NotWhile => removed.is_none_or(over_by),
        Cell::BeforeDeletionNo => removed.is_none(),
        _ => true,
    };
    let with_account_fits = e.licenses != LicensesDisposition::WithAccount || deleted.is_some();
    // A mailbox is over when its account is, and without license when nothing else holds it.
    let unlicensed = removed.filter(|_| matches!(e.mail, M::LetGo | M::ToSuccessor));
    let lives_to = |until: Period| {
        deleted.is_none_or(|moment| until <= moment) && unlicensed.is_none_or(|moment| until <= moment)
    };
    let replies_fit = match (replies, e.auto_reply) {
        (Cell::No, Some(_)) => false,
        (_, None | Some(Lasting::ForGood)) => true,
        (_, Some(Lasting::Until(until))) => lives_to(until),
    };
    // What a hold ends has no date of its own.
    let end_fits = e.mail != M::Inactive || e.mail_until.is_none();
    let access_fits = e.full_access.is_none_or(|until| e.mail != M::Inactive && lives_to(until));
    let used = matches!(e.mail, M::Shared | M::Forward | M::SharedAndForward) || e.full_access.is_some();
    deletion_fits
        && license_fits
        && with_account_fits
        && end_fits
        && replies_fit
        && access_fits
        && !(e.protocols_blocked && used)
}

fn days(n: i64) -> Period {
    Period::days(n)
}

/// Every combination of every choice with times before, at and after each other.
fn every() -> Vec<EndState> {
    let times = [days(0), days(30), days(60)];
    let ends = [None, Some(days(30)), Some(days(60))];
    let replies =
        [None, Some(Lasting::ForGood), Some(Lasting::Until(days(30))), Some(Lasting::Until(days(60)))];
    let mut all = Vec::new();
    for row in TABLE {
        for licenses in [L::Remove, L::Keep, L::KeepMailboxPlan, L::WithAccount] {
            for account in [A::Delete, A::Keep] {
                for (mail_until, auto_reply) in
                    ends.iter().flat_map(|end| replies.iter().map(move |reply| (*end, *reply)))
                {
                    for (licenses_after, account_after) in
                        times.iter().flat_map(|a| times.iter().map(move |b| (*a, *b)))
                    {
                        for (full_access, protocols_blocked) in
                            ends.iter().flat_map(|end| [(*end, false), (*end, true)])
                        {
                            all.push(EndState {
                                mail: row.0,
                                mail_until,
                                let_go_then: false,
                                licenses,
                                licenses_after,
                                account,
                                account_after,
                                auto_reply,
                                full_access,
                                files_until: None,
                                protocols_blocked,
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

#[test]
fn every_combination_is_judged_as_the_table_says() {
    let all = every();
    assert_eq!(all.len(), 8 * 4 * 2 * 3 * 4 * 9 * 3 * 2);
    for state in all {
        assert_eq!(
            state.contradiction().is_none(),
            allowed(&state),
            "{state:?}: {:?}",
            state.contradiction()
        );
    }
}

fn plain(mail: MailDisposition) -> EndState {
    EndState {
        mail,
        mail_until: None,
        licenses: L::Keep,
        licenses_after: days(0),
        account: A::Keep,
        account_after: days(0),
        let_go_then: false,
        auto_reply: None,
        full_access: None,
        files_until: None,
        protocols_blocked: false,
    }
}

#[test]
fn each_contradiction_has_its_rule_and_a_twin_without_it() {
    let deleted = |mail| EndState { account: Delete, ..plain(mail) };
    let removed = |mail| EndState { licenses: Remove, ..plain(mail) };
    let late = |state: EndState| EndState { account_after: days(60), mail_until: Some(days(60)), ..state };
    let inactive = deleted(Inactive);
    let longer = EndState { account_after: days(90), ..late(deleted(Shared)) };
    let let_go = EndState { licenses_after: days(30), ..removed(LetGo) };
    for (state, code, requirement, twin) in [
        (deleted(Shared), "G2", "R30", plain(Shared)),
        (deleted(Shared), "G2", "R30", late(deleted(Shared))),
        (deleted(SharedAndForward), "G2", "R30", plain(SharedAndForward)),
        (deleted(Forward), "G1", "R30", late(deleted(Forward))),
        (deleted(M::Keep), "f.4", "R65", late(deleted(M::Keep))),
        (removed(Forward), "G3", "R94", EndState { licenses: KeepMailboxPlan, ..plain(Forward) }),
        (removed(SharedAndForward), "G3", "R94", plain(SharedAndForward)),
        (removed(M::Keep), "f.4", "R54", removed(Shared)),
        (
            EndState { let_go_then: true, mail_until: Some(days(60)), ..plain(Shared) },
            "f.4",
            "R30",
            EndState { let_go_then: true, ..late(deleted(Shared)) },
        ),
        (
            EndState { let_go_then: true, full_access: Some(days(61)), ..longer },
            "f.4",
            "R95",
            EndState { let_go_then: true, full_access: Some(days(60)), ..longer },
        ),
        (
            EndState { licenses: WithAccount, ..plain(LetGo) },
            "f.4",
            "R52",
            EndState { licenses: WithAccount, ..deleted(LetGo) },
        ),
        (plain(Inactive), "f.4", "R24", inactive),
        (EndState { mail_until: Some(days(60)), ..inactive }, "f.4", "R24", inactive),
        (EndState { auto_reply: Some(Lasting::ForGood), ..inactive }, "G12", "R25", inactive),
        (EndState { full_access: Some(days(1)), ..inactive }, "G12", "R25", inactive),
        (
            EndState { licenses: Remove, ..inactive },
            "G7",
            "N7",
            EndState { licenses: WithAccount, ..inactive },
        ),
        (
            EndState { auto_reply: Some(Lasting::ForGood), ..plain(ToSuccessor) },
            "f.4",
            "R96",
            plain(ToSuccessor),
        ),
        (
            EndState { auto_reply: Some(Lasting::Until(days(31))), ..let_go },
            "f.4",
            "R96",
            EndState { auto_reply: Some(Lasting::Until(days(30))), ..let_go },
        ),
        (
            EndState { full_access: Some(days(31)), ..let_go },
            "f.4",
            "R95",
            EndState { full_access: Some(days(30)), ..let_go },
        ),
        (
            EndState { files_until: Some(days(61)), account_after: days(60), ..deleted(LetGo) },
            "E24",
            "R40",
            EndState { files_until: Some(days(60)), account_after: days(60), ..deleted(LetGo) },
        ),
        (
            EndState { protocols_blocked: true, ..plain(Shared) },
            "G20",
            "R51",
            EndState { protocols_blocked: true, ..plain(M::Keep) },
        ),
    ] {
        let found = state.contradiction().unwrap();
        assert_eq!((found.code, found.requirement), (code, requirement), "{state:?}");
        assert!(!found.why.is_empty() && !found.hint.is_empty());
        assert_eq!(twin.contradiction(), None, "{twin:?}");
    }
}

#[test]
fn end_states_are_judged_before_missing_operations() {
    let account = "[account]\ndisposition = \"keep\"";
    let same_moment = WHOLE.replace(account, "[account]\ndisposition = \"delete\"");
    let error = parse(&same_moment).unwrap_err();
    assert_eq!((error.line, error.code, error.requirement), (26, Some("G2"), Some("R30")), "{error}");
    assert!(error.to_string().contains("`mail.disposition` (line 13)"), "{error}");
    assert!(error.hint.unwrap().contains("mail.until"));
    // With keys of a later version in between, too.
    let later = same_moment.replace("text = \"gone\"", "text = \"gone\"\nlanguage = \"mailbox\"");
    assert_eq!(parse(&later).unwrap_err().code, Some("G2"));
    // The twin with a dated end says what follows it.
    let dated = WHOLE
        .replace("disposition = \"shared\"", "disposition = \"shared\"\nuntil = \"P90D\"")
        .replace(account, "[account]\ndisposition = \"delete\"\nafter = \"P90D\"");
    let error = parse(&dated).unwrap_err();
    assert_eq!((error.line, error.code), (14, None), "{error}");
    assert!(error.to_string().contains("`mail.then`"), "{error}");
    parse(&dated.replace("until = \"P90D\"\n[mail.full", "until = \"P90D\"\nthen = \"let_go\"\n[mail.full"))
        .unwrap();
    // The twin that differs in the account alone is accepted.
    parse(WHOLE).unwrap();
    let forward = WHOLE.replace("disposition = \"shared\"", "disposition = \"forward\"");
    assert_eq!(parse(&forward).unwrap_err().code, Some("G3"));
}
