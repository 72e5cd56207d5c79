//! What the format knows and this version cannot carry out: refused by name and line, never ignored.

use super::error::Refusal;
use super::file::{File, Methods};
use crate::document::lined::{Entry, Node};
use crate::model::intent::{LicensesDisposition, MailDisposition};

/// Keys of a later version, each with what can be done instead.
const KEYS: &[(&[&str], &str)] = &[
    (&["variant"], "write one policy for each kind of leaver"),
    (&["leaves"], "a policy counts from the last working moment, which is no part of it"),
    (&["leaves_at"], "a policy counts from the last working moment, which is no part of it"),
    (
        &["mail", "to"],
        "say who gets access in `mail.full_access`, and who gets new mail in `mail.forward_to`",
    ),
    (&["mail", "auto_reply", "language"], "write the text in the language it is to have"),
    (&["files", "then"], "leave it out: `files.until` ends the access"),
    (&["licenses", "then"], "leave it out"),
    (&["account", "then"], "leave it out"),
];

/// Takes keys of a later version out of the tree, so that the rest can be read and judged first.
pub(super) fn set_aside(tree: &mut Node) -> Vec<Refusal> {
    let refusal = |path: &[&str], line, instead: &str| {
        Refusal::on(line, format!("`{}` is not in this version", path.join("."))).hint(instead)
    };
    let mut aside: Vec<Refusal> = KEYS
        .iter()
        .filter_map(|(path, instead)| {
            let Entry { line, .. } = tree.take(path)?;
            Some(refusal(path, line, instead))
        })
        .collect();
    // `methods = { do = ..., after = ... }`
    let methods: &[&str] = &["access", "methods"];
    if tree.at(methods).is_some_and(Node::is_table)
        && let Some(entry) = tree.take(methods)
    {
        aside.push(refusal(methods, entry.line, "choose `keep`; remove them by hand"));
    }
    aside
}

/// Words that are known and cannot be carried out.
pub(super) fn words(file: &File, tree: &Node) -> Vec<Refusal> {
    let mut missing = Vec::new();
    let mut word = |path: &[&str], seen: &str, allowed: &str| {
        let key = path.join(".");
        let refusal = Refusal::on(
            tree.line_of(path),
            format!("`{key} = \"{seen}\"` is not in this version; allowed are {allowed}"),
        );
        missing.push(refusal.hint("choose one of these, and do the rest by hand"));
    };
    if file.access.methods == Methods::Remove {
        word(&["access", "methods"], "remove", "`keep`");
    }
    if let Some(seen) = match file.mail.disposition {
        MailDisposition::Shared
        | MailDisposition::Forward
        | MailDisposition::Inactive
        | MailDisposition::LetGo
        | MailDisposition::Keep
        | MailDisposition::None => None,
        MailDisposition::SharedAndForward => Some("shared_and_forward"),
        MailDisposition::ToSuccessor => Some("to_successor"),
    } {
        word(&["mail", "disposition"], seen, "`shared`, `forward`, `inactive`, `let_go`, `keep`, `none`");
    }
    if let Some(seen) = match file.licenses.disposition {
        LicensesDisposition::Remove | LicensesDisposition::Keep | LicensesDisposition::WithAccount => None,
        LicensesDisposition::KeepMailboxPlan => Some("keep_mailbox_plan"),
    } {
        word(&["licenses", "disposition"], seen, "`remove`, `keep`, `with_account`");
    }
    missing
}
