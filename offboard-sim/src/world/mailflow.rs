//! What a mailbox does by itself: inbox rules and automatic replies.

use offboard_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An inbox rule, as Exchange (`Get-InboxRule`) and Graph (`messageRules`) both show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InboxRule {
    /// `RuleIdentity`, a number unique in the mailbox.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Runs.
    pub enabled: bool,
    /// Made with a tool: no mail client shows it, Graph neither, and Exchange only with `IncludeHidden`.
    pub hidden: bool,
    /// Runs in Outlook only, so its definition lies in a blob that a server-side change may drop.
    pub client_side: bool,
    /// Order, from 1.
    pub priority: u32,
    /// Only mail from these senders.
    pub from: Vec<RuleRecipient>,
    /// Only mail with one of these in the subject.
    pub subject_contains: Vec<String>,
    /// Forwards.
    pub forward_to: Vec<RuleRecipient>,
    /// Forwards as an attachment.
    pub forward_as_attachment_to: Vec<RuleRecipient>,
    /// Redirects.
    pub redirect_to: Vec<RuleRecipient>,
    /// Moves to this folder.
    pub move_to_folder: Option<String>,
    /// Deletes the message.
    pub delete_message: bool,
    /// No further rules.
    pub stop_processing_rules: bool,
}

impl InboxRule {
    /// An enabled server-side rule that does nothing yet.
    pub fn new(id: u64, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            enabled: true,
            hidden: false,
            client_side: false,
            priority: u32::try_from(id).unwrap_or(1),
            from: Vec::new(),
            subject_contains: Vec::new(),
            forward_to: Vec::new(),
            forward_as_attachment_to: Vec::new(),
            redirect_to: Vec::new(),
            move_to_folder: None,
            delete_message: false,
            stop_processing_rules: false,
        }
    }

    /// Sends mail somewhere else.
    pub fn forwards(&self) -> bool {
        !(self.forward_to.is_empty()
            && self.forward_as_attachment_to.is_empty()
            && self.redirect_to.is_empty())
    }
}

/// Somebody a rule names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleRecipient {
    /// The name that is shown.
    pub name: String,
    /// Mail address.
    pub address: String,
}

/// Automatic replies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoReply {
    /// Whether they are sent.
    pub state: AutoReplyState,
    /// Who outside gets one.
    pub external_audience: ExternalAudience,
    /// To people inside, HTML.
    pub internal_message: String,
    /// To people outside, HTML.
    pub external_message: String,
    /// From when, if scheduled.
    pub start: Option<Timestamp>,
    /// Until when, if scheduled.
    pub end: Option<Timestamp>,
}

impl Default for AutoReply {
    fn default() -> Self {
        Self {
            state: AutoReplyState::Disabled,
            external_audience: ExternalAudience::All,
            internal_message: String::new(),
            external_message: String::new(),
            start: None,
            end: None,
        }
    }
}

/// Whether automatic replies are sent. Graph says `disabled`, `alwaysEnabled`, `scheduled`; Exchange
/// `Disabled`, `Enabled`, `Scheduled`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoReplyState {
    /// Not sent.
    Disabled,
    /// Sent.
    Enabled,
    /// Sent between two times.
    Scheduled,
}

/// Who outside gets an automatic reply. Graph says `none`, `contactsOnly`, `all`; Exchange `None`, `Known`, `All`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExternalAudience {
    /// Nobody.
    None,
    /// Contacts only.
    Known,
    /// Everybody.
    All,
}
