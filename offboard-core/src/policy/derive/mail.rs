//! The mail: its disposition, access for somebody else, automatic replies.

use serde_json::{Value, json};

use super::{Master, Way};
use crate::model::intent::MailDisposition;
use crate::model::mailbox::ExternalAudience;
use crate::policy::file::{AutoReply, Then};
use crate::time::{Period, Timestamp};

/// Texts and audience as the operation takes them.
fn texts(reply: &AutoReply) -> Value {
    let external = reply.text.as_ref().or(reply.external.as_ref());
    let audience = reply.audience.unwrap_or(match external {
        Some(_) => ExternalAudience::All,
        None => ExternalAudience::None,
    });
    json!({
        "internal": reply.text.as_ref().or(reply.internal.as_ref()).map_or("", String::as_str),
        "external": external.map_or("", String::as_str),
        "audience": audience,
    })
}

impl Way<'_> {
    pub(super) fn mail(&mut self) {
        let mail = &self.policy.file.mail;
        // What is to end and would be over already is not begun.
        let lasts = match (mail.then, mail.until) {
            (Some(_), Some(until)) if mail.disposition == MailDisposition::Shared => {
                self.end("mail.until", "R92", until).is_some()
            }
            _ => true,
        };
        if mail.disposition == MailDisposition::Shared && lasts {
            self.shared();
        }
        if mail.disposition == MailDisposition::Inactive {
            self.hold();
        }
        if mail.disposition == MailDisposition::Forward {
            self.forward();
        } else if let (Some(until), None) = (mail.until, mail.then) {
            let date = (self.request.leaves_at + until).date();
            self.find("mail.until", "R92", |findings| {
                findings.warn(
                    "mail.until",
                    format!("the mail stays as it is until {date}; nothing ends it by itself then"),
                    format!("decide what becomes of the mail on {date}, and plan it"),
                );
            });
        }
        self.full_access();
        self.auto_reply();
        if let Some(days) = mail.cancelled_days() {
            let now = self.at(Period::ZERO);
            self.draft("mail.meetings", "cancel_meetings", &json!({ "days": days }), now);
        }
        // Forwarding that the policy set up ends by a step of its own.
        if let (Some(until), Some(Then::LetGo), MailDisposition::Shared) =
            (mail.until, mail.then, mail.disposition)
        {
            self.let_go(until);
        }
    }

    /// The end of a shared mailbox: whatever forwards by then, set up by whom it may, is switched off as a step of its own
    /// (G1). Access and replies have ends of their own, and the mailbox goes with the account.
    fn let_go(&mut self, until: Period) {
        let at = self.at(until);
        self.draft("mail.then", "stop_forwarding", &Value::Null, at);
    }

    fn shared(&mut self) {
        const KEY: &str = "mail.disposition";
        let now = self.at(Period::ZERO);
        self.draft(KEY, "convert_to_shared", &Value::Null, now);
        if self.master() != Master::Cloud {
            // Otherwise a sync makes it a person's mailbox again, or deletes it (G53).
            self.on_premises(KEY, "convert_remote_mailbox");
            self.on_premises(KEY, "keep_in_sync_scope");
        }
        if self.stays_open() {
            self.find(KEY, "N4", |findings| {
                findings.warn(
                    "password",
                    "the mailbox becomes shared, and the leaver can still open it with his password",
                    "block the sign-in or reset the password: `[access]`",
                );
            });
        }
    }

    /// What is in the mailbox outlives the account.
    fn hold(&mut self) {
        let days = self.policy.file.mail.held_days();
        let now = self.at(Period::ZERO);
        let more = days.map_or(Value::Null, |days| json!({ "days": days }));
        self.draft("mail.disposition", "place_litigation_hold", &more, now);
    }

    /// New mail goes to somebody else, and stops doing so by a step of its own.
    fn forward(&mut self) {
        const KEY: &str = "mail.forward_to";
        let mail = &self.policy.file.mail;
        let (Some(to), Some(until)) = (&mail.forward_to, mail.until) else { return };
        let Some(end) = self.end("mail.until", "R95", until) else { return };
        let Some(to) = self.target(KEY, to) else { return };
        let now = self.at(Period::ZERO);
        let keep_copy = mail.keep_copy.unwrap_or(true);
        self.draft(KEY, "set_forwarding", &json!({ "to": to, "keep_copy": keep_copy }), now);
        self.draft(KEY, "end_forwarding", &json!({ "to": to }), Some(end));
    }

    /// When something that lasts `until` ends; nothing, with a finding, where that is over already.
    pub(super) fn end(&mut self, key: &str, requirement: &str, until: Period) -> Option<Timestamp> {
        let end = self.at(until);
        if end.is_none() {
            let date = (self.request.leaves_at + until).date();
            self.find(key, requirement, |findings| {
                findings.warn(
                    "over",
                    format!("`{key}` was to end on {date}, which is over; it is not planned"),
                    "choose a later end, if it is still wanted",
                );
            });
        }
        end
    }

    fn full_access(&mut self) {
        const KEY: &str = "mail.full_access";
        let Some(access) = &self.policy.file.mail.full_access else { return };
        let Some(end) = self.end(KEY, "R95", access.until) else { return };
        let Some(to) = self.successor(KEY, &access.to) else { return };
        let now = self.at(Period::ZERO);
        self.draft(KEY, "grant_full_access", &json!({ "to": to, "auto_mapping": access.auto_mapping }), now);
        self.draft(KEY, "remove_full_access", &json!({ "from": to }), Some(end));
    }

    fn auto_reply(&mut self) {
        const KEY: &str = "mail.auto_reply";
        let mail = &self.policy.file.mail;
        let Some(reply) = &mail.auto_reply else { return };
        // A reply without an end ends with the mailbox.
        let end = match reply.until.or(mail.until.filter(|_| mail.then.is_some())) {
            None => None,
            Some(until) => match self.end(KEY, "R96", until) {
                Some(end) => Some(end),
                None => return,
            },
        };
        let now = self.at(Period::ZERO);
        self.draft(KEY, "set_automatic_replies", &texts(reply), now);
        if let Some(end) = end {
            self.draft(KEY, "stop_automatic_replies", &Value::Null, Some(end));
        }
    }
}
