//! What one part of a policy alone makes impossible, and the end states of all parts together.

mod files;

use std::collections::BTreeSet;

pub(super) use files::files;

use super::candidate::{ALLOWED, Candidate};
use super::end_state::{EndState, Lasting};
use super::error::Refusal;
use super::file::{
    AppliesTo, AutoReply, Devices, File, FullAccess, GroupsDisposition, Meetings, MeetingsWish, Protocols,
    Then,
};
use crate::document::lined::Node;
use crate::model::intent::{
    AccountDisposition, FilesDisposition, LicensesDisposition, MailDisposition, MobileDisposition,
};
use crate::model::mailbox::ExternalAudience;
use crate::steps::wipe_mobile_device::LONGEST_WAIT;
use crate::time::Period;

/// The end states that the policy wants.
fn end_state(file: &File) -> EndState {
    EndState {
        mail: file.mail.disposition,
        mail_until: file.mail.until,
        let_go_then: file.mail.then == Some(Then::LetGo),
        licenses: file.licenses.disposition,
        licenses_after: file.licenses.after.unwrap_or_default(),
        account: file.account.disposition,
        account_after: file.account.after.unwrap_or_default(),
        auto_reply: (file.mail.auto_reply.as_ref())
            .map(|reply| reply.until.map_or(Lasting::ForGood, Lasting::Until)),
        full_access: file.mail.full_access.as_ref().map(|access| access.until),
        files_until: file.files.until.filter(|_| file.files.disposition == FilesDisposition::Grant),
        protocols_blocked: file.access.protocols == Protocols::Block,
    }
}

/// Refuses end states that cannot be true at the same moment (CONTRACT f.4).
pub(super) fn end_states(file: &File, tree: &Node) -> Result<(), Refusal> {
    let Some(found) = end_state(file).contradiction() else { return Ok(()) };
    let (key, beside) = (found.key.join("."), found.beside.join("."));
    let there = tree.line_of(found.beside);
    Err(Refusal::on(
        tree.line_of(found.key),
        format!("`{key}` cannot stand beside `{beside}` (line {there}): {}", found.why),
    )
    .by(Some(found.code), found.requirement)
    .hint(found.hint))
}

/// Refuses what one part alone makes impossible.
pub(super) fn parts(file: &File, tree: &Node) -> Result<(), Refusal> {
    if file.name.trim().is_empty() {
        return Err(
            Refusal::on(tree.line_of(&["name"]), "`name` is empty").hint("plans show it: give it a name")
        );
    }
    let mail = &file.mail;
    if mail.disposition == MailDisposition::None {
        for key in
            ["until", "then", "held_for", "forward_to", "keep_copy", "full_access", "auto_reply", "meetings"]
        {
            if tree.at(&["mail", key]).is_some() {
                return Err(Refusal::on(
                    tree.line_of(&["mail", key]),
                    format!("`mail.{key}` stands beside `mail.disposition = \"none\"`, which says that there is no mailbox"),
                )
                .by(None, "R92")
                .hint("choose `keep` or `shared` if there is one"));
            }
        }
    }
    if let Some(until) = mail.until {
        lasts(until, tree, &["mail", "until"])?;
    }
    if let Some(access) = &mail.full_access {
        full_access(access, file, tree)?;
    }
    if let Some(reply) = &mail.auto_reply {
        auto_reply(reply, tree)?;
    }
    if let Some(wanted) = &mail.meetings {
        meetings(wanted, tree)?;
    }
    if let Some(Devices { mobile, wait: Some(wait) }) = &file.devices {
        let path: &[&str] = &["devices", "wait"];
        if *mobile != MobileDisposition::WipeAndBlock {
            return Err(Refusal::on(
                tree.line_of(path),
                "`devices.wait` stands beside a choice that waits for no device",
            )
            .hint("leave it out, or choose `mobile = \"wipe_and_block\"`"));
        }
        lasts(*wait, tree, path)?;
        if *wait > LONGEST_WAIT {
            return Err(Refusal::on(
                tree.line_of(path),
                format!("`devices.wait = \"{wait}\"` is longer than {LONGEST_WAIT}"),
            )
            .hint("a phone that stays away for so long may never come: write `P14D` or less"));
        }
    }
    let goes = matches!(
        file.licenses.disposition,
        LicensesDisposition::Remove | LicensesDisposition::KeepMailboxPlan
    );
    useless_after(file.licenses.after, goes, "licenses", tree)?;
    useless_after(file.groups.after, file.groups.disposition == GroupsDisposition::Leave, "groups", tree)?;
    useless_after(file.account.after, file.account.disposition == AccountDisposition::Delete, "account", tree)
}

/// Refuses an end after which nobody knows what is to be, and a sequel to what never ends.
pub(super) fn what_follows(file: &File, tree: &Node) -> Result<(), Refusal> {
    let mail = &file.mail;
    let (until, then): (&[&str], &[&str]) = (&["mail", "until"], &["mail", "then"]);
    let ends = matches!(
        mail.disposition,
        MailDisposition::Shared | MailDisposition::Forward | MailDisposition::SharedAndForward
    );
    if mail.then.is_some() && !ends {
        return Err(Refusal::on(
            tree.line_of(then),
            "`mail.then` stands beside a disposition that has no end",
        )
        .hint("leave it out, or choose a disposition that ends: `shared`"));
    }
    let Some(end) = mail.until else {
        if mail.then.is_some() {
            return Err(Refusal::on(tree.line_of(then), "`mail.then` does not say when it follows")
                .hint("add `mail.until`, like `until = \"P90D\"`"));
        }
        return Ok(());
    };
    // What ends before license or account go is legal, and then something must follow it.
    let goes = |happens: bool, after: Option<Period>| happens && end <= after.unwrap_or_default();
    let mailbox_stays = mail.disposition == MailDisposition::Shared;
    let license = file.licenses.disposition == LicensesDisposition::Remove && !mailbox_stays;
    let account = file.account.disposition == AccountDisposition::Delete;
    if mail.then.is_none() && (goes(license, file.licenses.after) || goes(account, file.account.after)) {
        return Err(Refusal::on(
            tree.line_of(until),
            "`mail.until` ends the disposition before license or account go, and `mail.then` does not say what follows",
        )
        .by(None, "R92")
        .hint("write `then = \"let_go\"` if nobody needs the mail then; or keep license and account"));
    }
    Ok(())
}

/// An end right at the beginning is a mistake.
fn lasts(until: Period, tree: &Node, path: &[&str]) -> Result<(), Refusal> {
    if until > Period::ZERO {
        return Ok(());
    }
    Err(Refusal::on(tree.line_of(path), format!("`{}` is no time at all", path.join(".")))
        .hint("write how long after the last working moment it ends, like `P30D`"))
}

/// `after` beside something that never happens.
fn useless_after(after: Option<Period>, happens: bool, section: &str, tree: &Node) -> Result<(), Refusal> {
    match after {
        Some(after) if !happens => Err(Refusal::on(
            tree.line_of(&[section, "after"]),
            format!(
                "`{section}.after = \"{after}\"` stands beside a disposition under which nothing happens then"
            ),
        )
        .hint(format!("leave it out, or choose another `{section}.disposition`"))),
        _ => Ok(()),
    }
}

/// How far ahead a calendar is read, and so how far meetings can be cancelled: what will go is shown in the plan.
const MOST_DAYS: i64 = 365;

fn meetings(meetings: &Meetings, tree: &Node) -> Result<(), Refusal> {
    let ahead: &[&str] = &["mail", "meetings", "for"];
    match (meetings.wish, meetings.ahead) {
        (MeetingsWish::Keep, None) => Ok(()),
        (MeetingsWish::Keep, Some(_)) => {
            Err(Refusal::on(tree.line_of(ahead), "`mail.meetings.for` stands beside `do = \"keep\"`")
                .hint("leave it out, or choose `do = \"cancel\"`"))
        }
        (MeetingsWish::Cancel, None) => Err(Refusal::on(
            tree.line_of(&["mail", "meetings"]),
            "`mail.meetings` does not say how far ahead",
        )
        .by(None, "N2")
        .hint("write `for = \"P365D\"`: what begins within a year")),
        (MeetingsWish::Cancel, Some(time)) => {
            if time.whole_days().is_some_and(|days| (1..=MOST_DAYS).contains(&days)) {
                return Ok(());
            }
            Err(Refusal::on(
                tree.line_of(ahead),
                format!("`mail.meetings.for = \"{time}\"` is not a number of days from 1 to {MOST_DAYS}"),
            )
            .hint("what will be cancelled is read first, a year ahead: write `P365D` or less"))
        }
    }
}

/// A list of people to try, each once, and none whom the policy's people do not have.
fn candidates(to: &[Candidate], file: &File, tree: &Node, path: &[&str]) -> Result<(), Refusal> {
    let key = path.join(".");
    if to.is_empty() {
        return Err(Refusal::on(tree.line_of(path), format!("`{key}` names nobody"))
            .hint(format!("name at least one of {ALLOWED}")));
    }
    let mut seen = BTreeSet::new();
    for (index, candidate) in to.iter().enumerate() {
        let line = || tree.line_of(&[path, &[index.to_string().as_str()]].concat());
        if !seen.insert(candidate) {
            return Err(Refusal::on(line(), format!("`{key}` names `{candidate}` twice"))
                .hint("they are tried in order; once is enough"));
        }
        if *candidate == Candidate::Sponsor && file.applies_to == AppliesTo::Member {
            return Err(Refusal::on(
                line(),
                format!("`{key}` names `sponsor`, and the policy is made for members: guests have sponsors"),
            )
            .by(None, "B14")
            .hint("write `manager`, or make it a policy for guests: `applies_to = \"guest\"`"));
        }
    }
    Ok(())
}

/// How a list of people may look, for whoever left it out.
fn for_example(key: &str, file: &File) -> String {
    let second = if file.applies_to == AppliesTo::Guest { "sponsor" } else { "manager" };
    format!("name them in the order in which they are tried: `{key} = [\"successor\", \"{second}\"]`")
}

/// Refuses forwarding that nobody gets or that never ends, and what belongs to it beside another disposition. Judged
/// after the end states: what is impossible is said before what is missing.
pub(super) fn forwarding(file: &File, tree: &Node) -> Result<(), Refusal> {
    let mail = &file.mail;
    if mail.disposition != MailDisposition::Forward {
        let given = [("forward_to", mail.forward_to.is_some()), ("keep_copy", mail.keep_copy.is_some())];
        return match given.into_iter().find(|(_, given)| *given) {
            Some((key, _)) => Err(Refusal::on(
                tree.line_of(&["mail", key]),
                format!("`mail.{key}` stands beside a disposition that forwards nothing"),
            )
            .hint("leave it out, or choose `mail.disposition = \"forward\"`")),
            None => Ok(()),
        };
    }
    let on = tree.line_of(&["mail", "disposition"]);
    match &mail.forward_to {
        None => {
            return Err(Refusal::on(
                on,
                "`mail.disposition = \"forward\"` needs `mail.forward_to`: who gets new mail",
            )
            .by(None, "R31")
            .hint(for_example("forward_to", file)));
        }
        Some(to) => candidates(to, file, tree, &["mail", "forward_to"])?,
    }
    if mail.until.is_none() {
        return Err(Refusal::on(
            on,
            "`mail.disposition = \"forward\"` needs `mail.until`: when the forwarding ends",
        )
        .by(None, "R95")
        .hint("access given to a person must end: write how long it lasts, like `until = \"P90D\"`"));
    }
    Ok(())
}

/// Refuses a hold beside a disposition that needs none, and one of parts of days.
pub(super) fn held_for(file: &File, tree: &Node) -> Result<(), Refusal> {
    let mail = &file.mail;
    let held: &[&str] = &["mail", "held_for"];
    let Some(time) = mail.held_for else { return Ok(()) };
    if mail.disposition != MailDisposition::Inactive {
        return Err(Refusal::on(
            tree.line_of(held),
            "`mail.held_for` stands beside a disposition that holds nothing",
        )
        .hint("leave it out, or choose `mail.disposition = \"inactive\"`"));
    }
    if mail.held_days().is_none_or(|days| days == 0) {
        return Err(Refusal::on(
            tree.line_of(held),
            format!("`mail.held_for = \"{time}\"` is not a number of whole days"),
        )
        .hint(
            "write how many days an item is held from when it came, like `P2555D`; left out: without an end",
        ));
    }
    Ok(())
}

fn full_access(access: &FullAccess, file: &File, tree: &Node) -> Result<(), Refusal> {
    candidates(&access.to, file, tree, &["mail", "full_access", "to"])?;
    lasts(access.until, tree, &["mail", "full_access", "until"])
}

fn auto_reply(reply: &AutoReply, tree: &Node) -> Result<(), Refusal> {
    let path: &[&str] = &["mail", "auto_reply"];
    let on = |key: &str| tree.line_of(&[path, &[key]].concat());
    let texts = [("text", &reply.text), ("internal", &reply.internal), ("external", &reply.external)];
    for (key, text) in texts {
        match text.as_deref().map(str::trim) {
            Some("") => {
                return Err(Refusal::on(on(key), format!("`mail.auto_reply.{key}` is empty"))
                    .hint("write the text, or leave the key out"));
            }
            Some("standard") => {
                return Err(Refusal::on(
                    on(key),
                    format!("`mail.auto_reply.{key} = \"standard\"`: texts by name are not in this version"),
                )
                .hint("write the text that people will read"));
            }
            _ => {}
        }
    }
    if reply.text.is_some() {
        for (key, text) in &texts[1..] {
            if text.is_some() {
                return Err(Refusal::on(on(key), format!("`mail.auto_reply` has `text` and `{key}`"))
                    .hint("`text` is for everybody; for two texts write `internal` and `external`"));
            }
        }
    } else if reply.internal.is_none() {
        return Err(Refusal::on(tree.line_of(path), "`mail.auto_reply` has no text for people inside")
            .by(None, "R96")
            .hint("write `text` for everybody, or `internal` and `external`"));
    }
    let outside = reply.text.is_some() || reply.external.is_some();
    match reply.audience {
        Some(ExternalAudience::Known | ExternalAudience::All) if !outside => {
            return Err(Refusal::on(
                on("audience"),
                "`mail.auto_reply` has an audience outside and no text for it",
            )
            .hint("write `external`, or `audience = \"none\"`"));
        }
        Some(ExternalAudience::None) if reply.external.is_some() => {
            return Err(Refusal::on(on("audience"), "`mail.auto_reply.external` is a text that nobody gets")
                .hint("leave `external` out, or choose the audience `known` or `all`"));
        }
        _ => {}
    }
    reply.until.map_or(Ok(()), |until| lasts(until, tree, &["mail", "auto_reply", "until"]))
}
