//! The file as it is written: flat tables, and from the same types its JSON Schema. Words that this version knows
//! and cannot carry out are read here and refused by `missing`, after the end states have been judged.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::candidate::Candidate;
use crate::model::intent::{
    AccountDisposition, FilesDisposition, LicensesDisposition, MailDisposition, MobileDisposition,
};
use crate::model::mailbox::ExternalAudience;
use crate::time::Period;

/// A policy: outcomes for a kind of leaver. Durations are ISO 8601, counted from the last working moment.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
#[schemars(title = "offboard.policy/1")]
pub(super) struct File {
    /// The format.
    pub(super) policy: Format,
    /// What people call it; it stands in every plan.
    pub(super) name: String,
    /// For whom it is made; everybody else is refused (G27).
    pub(super) applies_to: AppliesTo,
    /// Containment: first, and it never waits.
    pub(super) access: Access,
    /// What becomes of the mail.
    pub(super) mail: Mail,
    /// What becomes of phones and tablets. Left out: they stay.
    pub(super) devices: Option<Devices>,
    /// What becomes of the files.
    pub(super) files: Files,
    /// What becomes of the licenses.
    pub(super) licenses: Licenses,
    /// What becomes of the account.
    pub(super) account: Account,
    /// What becomes of the groups he is in.
    pub(super) groups: Groups,
    /// What becomes of his telephone.
    pub(super) voice: Voice,
    /// Steps of somebody else's catalog.
    #[serde(default)]
    pub(super) step: Vec<CustomStep>,
}

/// The format of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub(super) enum Format {
    /// The only one there is.
    #[serde(rename = "offboard.policy/1")]
    V1,
}

/// For whom a policy is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// People who belong to the organisation.
    Member,
    /// People invited from elsewhere.
    Guest,
}

/// A choice between words; the doc of each word is its meaning in the schema.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $name { $($(#[$word_doc])* $word),+ }
    };
}

choice!(
    /// Whether the account can sign in.
    SignIn {
        /// It cannot any more.
        Block,
        /// It stays as it is.
        Keep,
    }
);
choice!(
    /// The password.
    Password {
        /// A new one that nobody knows (R2); Active Directory's for a synced account.
        Reset,
        /// It stays as it is.
        Keep,
    }
);
choice!(
    /// Sessions and refresh tokens.
    Sessions {
        /// Every session must sign in again.
        Revoke,
        /// They stay as they are.
        Keep,
    }
);
choice!(
    /// The account inside Exchange (R80).
    ExchangeAccount {
        /// No protocol lets it in.
        Block,
        /// It stays as it is.
        Keep,
    }
);
choice!(
    /// Forwarding, and forwarding or redirecting rules that the leaver set up, hidden ones too.
    Forwarding {
        /// It is switched off and can be put back.
        Stop,
        /// It stays as it is.
        Keep,
    }
);
choice!(
    /// Protocols of the mailbox (R49 to R51).
    Protocols {
        /// They stay as they are.
        Keep,
        /// None lets anybody in, the successor neither.
        Block,
    }
);
choice!(
    /// Authentication methods.
    Methods {
        /// They stay as they are.
        Keep,
        /// Not in this version.
        Remove,
    }
);

choice!(
    /// Groups that the leaver is in himself, those apart that give licenses.
    GroupsDisposition {
        /// He leaves each of them.
        Leave,
        /// He stays in them.
        Keep,
    }
);
choice!(
    /// Telephone numbers.
    Numbers {
        /// Each is taken from him, and the plan keeps which it was.
        Unassign,
        /// They stay his.
        Keep,
    }
);
choice!(
    /// What follows when a mail disposition is over.
    Then {
        /// Nobody needs the mail any more: forwarding is off and replies stop, and the mailbox goes with the account.
        LetGo,
    }
);

fn keep_protocols() -> Protocols {
    Protocols::Keep
}

fn keep_methods() -> Methods {
    Methods::Keep
}

fn yes() -> bool {
    true
}

/// Containment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Access {
    /// Whether the account can sign in.
    pub(super) sign_in: SignIn,
    /// The password.
    pub(super) password: Password,
    /// Sessions and refresh tokens.
    pub(super) sessions: Sessions,
    /// The account inside Exchange.
    pub(super) exchange_account: ExchangeAccount,
    /// Forwarding that the leaver set up.
    pub(super) forwarding: Forwarding,
    /// Protocols of the mailbox. Left out: they stay.
    #[serde(default = "keep_protocols")]
    pub(super) protocols: Protocols,
    /// Authentication methods. In this version `keep`.
    #[serde(default = "keep_methods")]
    pub(super) methods: Methods,
}

/// What becomes of the mail.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Mail {
    /// In this version `shared`, `forward`, `inactive`, `let_go`, `keep` or `none`; the other words are known and refused by
    /// name.
    pub(super) disposition: MailDisposition,
    /// Beside `inactive`: how long an item is held, in whole days counted from when it came. Left out: without an end.
    pub(super) held_for: Option<Period>,
    /// How long the disposition lasts. Left out: until somebody decides otherwise. Forwarding
    /// must end, and its end is a step of the plan.
    pub(super) until: Option<Period>,
    /// What follows when it is over. Left out: a person decides then.
    pub(super) then: Option<Then>,
    /// Beside `forward`: who gets new mail. Tried in order; the first who can have it gets it.
    #[schemars(length(min = 1))]
    pub(super) forward_to: Option<Vec<Candidate>>,
    /// Beside `forward`: a copy stays in the mailbox. Left out: it does.
    pub(super) keep_copy: Option<bool>,
    /// Somebody else may open the mailbox, for a time.
    pub(super) full_access: Option<FullAccess>,
    /// Whoever writes gets an answer.
    pub(super) auto_reply: Option<AutoReply>,
    /// Meetings that the leaver organised. Left out: they stay.
    pub(super) meetings: Option<Meetings>,
}

choice!(
    /// Meetings that the leaver organised.
    MeetingsWish {
        /// They are cancelled, and everybody invited is told; nothing takes that back.
        Cancel,
        /// They stay, and rooms stay booked.
        Keep,
    }
);

/// Meetings that the leaver organised, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Meetings {
    /// What becomes of them.
    #[serde(rename = "do")]
    pub(super) wish: MeetingsWish,
    /// Beside `cancel`: how far ahead, in whole days up to a year, counted from when it is done. A series with one meeting
    /// in that time is cancelled whole.
    #[serde(rename = "for")]
    pub(super) ahead: Option<Period>,
}

impl Mail {
    /// How many days an item is held; nothing is without an end.
    pub(super) fn held_days(&self) -> Option<u32> {
        self.held_for?.whole_days().and_then(|days| u32::try_from(days).ok())
    }

    /// How many days of meetings are cancelled.
    pub(super) fn cancelled_days(&self) -> Option<i64> {
        let meetings = self.meetings.as_ref().filter(|meetings| meetings.wish == MeetingsWish::Cancel)?;
        meetings.ahead?.whole_days()
    }
}

/// Somebody else may open the mailbox, for a time.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct FullAccess {
    /// Tried in order; the first who can have it gets it.
    #[schemars(length(min = 1))]
    pub(super) to: Vec<Candidate>,
    /// When it ends.
    pub(super) until: Period,
    /// Outlook opens the mailbox by itself, as it does unless told otherwise.
    #[serde(default = "yes")]
    pub(super) auto_mapping: bool,
}

/// Whoever writes gets an answer: `text` for everybody, or `internal` and `external`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct AutoReply {
    /// One text for inside and outside.
    pub(super) text: Option<String>,
    /// The text for people inside.
    pub(super) internal: Option<String>,
    /// The text for people outside. Left out beside `internal`: nobody outside gets one.
    pub(super) external: Option<String>,
    /// Who outside gets it. Left out: `all` where there is a text for outside, `none` where there is not.
    pub(super) audience: Option<ExternalAudience>,
    /// When it ends. Left out: it lasts as long as the mailbox does.
    pub(super) until: Option<Period>,
}

/// What becomes of phones and tablets.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Devices {
    /// Those that synchronise the mailbox.
    pub(super) mobile: MobileDisposition,
    /// Beside `wipe_and_block`: how long a phone is waited for, up to 14 days. Left out: 7.
    pub(super) wait: Option<Period>,
}

choice!(
    /// How somebody gets access to the files.
    GrantedBy {
        /// As a site-collection administrator, who reaches everything. It takes a certificate, or a person.
        Administrator,
        /// By an invitation to the root folder. It does not reach what has permissions of its own, and comes to `partial`.
        Invitation,
    }
);

/// What becomes of the files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Files {
    /// `grant`, `copy`, `keep` or `none`.
    pub(super) disposition: FilesDisposition,
    /// Beside `grant` and `copy`: who gets access, or the copies. Tried in order; the first who can have it gets it.
    #[schemars(length(min = 1))]
    pub(super) to: Option<Vec<Candidate>>,
    /// Beside `grant`: when the access ends.
    pub(super) until: Option<Period>,
    /// Beside `grant`: how access is given. Left out: `administrator`.
    pub(super) by: Option<GrantedBy>,
    /// The license goes, so the files will: said aloud, and shown with its date (G56).
    #[serde(default)]
    pub(super) loss_accepted: bool,
}

/// What becomes of the licenses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Licenses {
    /// In this version `remove`, `keep` or `with_account`; the other words are known and refused by name.
    pub(super) disposition: LicensesDisposition,
    /// How long after the last working moment. Left out: at once, in the safe order.
    pub(super) after: Option<Period>,
}

/// What becomes of the account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Account {
    /// Whether it is deleted: it lies among the deleted users for 30 days, and then it is gone.
    pub(super) disposition: AccountDisposition,
    /// How long after the last working moment. Left out: at once, in the safe order.
    pub(super) after: Option<Period>,
}

/// What becomes of the groups he is in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Groups {
    /// Whether he leaves them. A group that gives licenses is left with the licenses.
    pub(super) disposition: GroupsDisposition,
    /// How long after the last working moment. Left out: at once, in the safe order.
    pub(super) after: Option<Period>,
}

/// What becomes of his telephone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct Voice {
    /// What becomes of the numbers that are assigned to him.
    pub(super) numbers: Numbers,
}

/// A step of somebody else's catalog.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a table of keys")]
pub(super) struct CustomStep {
    /// Its name in the catalog.
    pub(super) operation: String,
    /// Its parameters; the text `$leaver` stands for the leaver's object id.
    #[serde(default)]
    pub(super) params: Map<String, Value>,
    /// How long after the last working moment. Left out: at once, in the safe order.
    pub(super) after: Option<Period>,
    /// Operations that must be over before.
    #[serde(default)]
    pub(super) after_steps: Vec<String>,
    /// Operations that must wait for it.
    #[serde(default)]
    pub(super) before_steps: Vec<String>,
}
