//! What the organisation wants for this leaver: the dispositions of a policy with their times, and what the tenant
//! profile adds. Guards judge a step against it.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::{GroupId, UserId};
use crate::time::Timestamp;

/// What becomes of the mail (CONTRACT f.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailDisposition {
    /// The mailbox becomes shared.
    Shared,
    /// New mail goes to somebody else.
    Forward,
    /// Both.
    SharedAndForward,
    /// The mailbox becomes inactive when the account is deleted.
    Inactive,
    /// The addresses move to somebody else.
    ToSuccessor,
    /// Nobody needs it.
    LetGo,
    /// It stays as it is.
    Keep,
    /// There is nothing to decide.
    None,
}

/// What becomes of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilesDisposition {
    /// Somebody else gets access.
    Grant,
    /// They are copied into somebody else's OneDrive.
    Copy,
    /// They stay as they are.
    Keep,
    /// There is nothing to decide.
    None,
}

/// What becomes of the licenses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LicensesDisposition {
    /// They are removed.
    Remove,
    /// They stay.
    Keep,
    /// All but those that bring the mailbox are removed.
    KeepMailboxPlan,
    /// They go with the account.
    WithAccount,
}

/// What becomes of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountDisposition {
    /// It is deleted.
    Delete,
    /// It stays.
    Keep,
}

/// What becomes of phones and tablets that synchronise the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MobileDisposition {
    /// The organisation's data is wiped from them, and then they are kept out.
    WipeAndBlock,
    /// They are kept out.
    Block,
    /// They stay as they are.
    Keep,
}

/// Everything a guard may want to know beside the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The last working moment, from which the policy counts.
    pub leaves_at: Timestamp,
    /// What becomes of the mail.
    pub mail: MailDisposition,
    /// Until when that holds; nothing means until somebody decides otherwise.
    pub mail_until: Option<Timestamp>,
    /// What becomes of the files.
    pub files: FilesDisposition,
    /// That the files go with the license was said aloud in the policy (G56).
    pub files_loss_accepted: bool,
    /// The plan copies the files to somebody, and whatever loses them waits until the copies are seen (G46).
    #[serde(default)]
    pub files_copied: bool,
    /// What becomes of phones and tablets.
    pub mobile: MobileDisposition,
    /// What becomes of the licenses.
    pub licenses: LicensesDisposition,
    /// What becomes of the account.
    pub account: AccountDisposition,
    /// When.
    pub account_at: Option<Timestamp>,
    /// People whom nobody may off-board, by the tenant profile (G26).
    pub protected: BTreeSet<UserId>,
    /// Groups whose members nobody may off-board.
    pub protected_groups: BTreeSet<GroupId>,
    /// This plan only cuts access.
    pub containment_only: bool,
    /// The policy is made for guests (`applies_to = "guest"`); any other refuses them (G27).
    pub guests: bool,
    /// How far a shared mailbox must stay below the 50 GiB at which it needs a license, in bytes (G6). From the
    /// tenant profile.
    pub mailbox_margin: u64,
}

impl Intent {
    /// An intent that decides nothing: everything stays.
    pub fn keep_everything(leaves_at: Timestamp) -> Self {
        Self {
            leaves_at,
            mail: MailDisposition::Keep,
            mail_until: None,
            files: FilesDisposition::Keep,
            files_loss_accepted: false,
            files_copied: false,
            mobile: MobileDisposition::Keep,
            licenses: LicensesDisposition::Keep,
            account: AccountDisposition::Keep,
            account_at: None,
            protected: BTreeSet::new(),
            protected_groups: BTreeSet::new(),
            containment_only: false,
            guests: false,
            mailbox_margin: 0,
        }
    }
}
