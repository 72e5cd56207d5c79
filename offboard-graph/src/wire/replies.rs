//! `microsoft.graph.automaticRepliesSetting`, a part of the mailbox settings (CONTRACT B12).

use offboard_core::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience};
use offboard_core::time::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Malformed;
use super::seen::Seen;

/// What is asked of the mailbox settings.
pub(crate) const SELECT: &[&str] = &["automaticRepliesSetting"];

/// Mailbox settings, as far as they were asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct MailboxSettings {
    automatic_replies_setting: Seen<RepliesBody>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RepliesBody {
    status: Seen<String>,
    external_audience: Seen<String>,
    internal_reply_message: Seen<String>,
    external_reply_message: Seen<String>,
    scheduled_start_date_time: Seen<DateTimeTimeZone>,
    scheduled_end_date_time: Seen<DateTimeTimeZone>,
}

/// A local time and the name of its zone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DateTimeTimeZone {
    date_time: String,
    time_zone: String,
}

impl DateTimeTimeZone {
    /// The moment. Only UTC is taken, which is what is asked for: other zones go by names that are not IANA's.
    pub(crate) fn timestamp(&self) -> Result<Timestamp, Malformed> {
        let error = || Malformed::strange("dateTime` or `timeZone");
        if !self.time_zone.eq_ignore_ascii_case("utc") {
            return Err(error());
        }
        let text = self.date_time.trim_end_matches(['Z', 'z']);
        [text, "Z"].concat().parse().map_err(|_| error())
    }
}

impl MailboxSettings {
    /// The replies. The times of a schedule belong to a schedule only: the service keeps old ones otherwise.
    pub(crate) fn replies(self) -> Result<AutomaticReplies, Malformed> {
        let body = self.automatic_replies_setting.required("automaticRepliesSetting")?;
        let state = match body.status.required("status")?.as_str() {
            "disabled" => AutoReplyState::Disabled,
            "alwaysEnabled" => AutoReplyState::Enabled,
            "scheduled" => AutoReplyState::Scheduled,
            _ => return Err(Malformed::strange("status")),
        };
        let external_audience = match body.external_audience.required("externalAudience")?.as_str() {
            "none" => ExternalAudience::None,
            "contactsOnly" => ExternalAudience::Known,
            "all" => ExternalAudience::All,
            _ => return Err(Malformed::strange("externalAudience")),
        };
        let (mut start_time, mut end_time) = (None, None);
        if state == AutoReplyState::Scheduled {
            start_time =
                Some(body.scheduled_start_date_time.required("scheduledStartDateTime")?.timestamp()?);
            end_time = Some(body.scheduled_end_date_time.required("scheduledEndDateTime")?.timestamp()?);
        }
        Ok(AutomaticReplies {
            state,
            internal_message: body
                .internal_reply_message
                .nullable("internalReplyMessage")?
                .unwrap_or_default(),
            external_message: body
                .external_reply_message
                .nullable("externalReplyMessage")?
                .unwrap_or_default(),
            external_audience,
            start_time,
            end_time,
        })
    }
}

/// The body that sets all of it.
pub(crate) fn body(replies: &AutomaticReplies) -> Value {
    let status = match replies.state {
        AutoReplyState::Disabled => "disabled",
        AutoReplyState::Enabled => "alwaysEnabled",
        AutoReplyState::Scheduled => "scheduled",
    };
    let audience = match replies.external_audience {
        ExternalAudience::None => "none",
        ExternalAudience::Known => "contactsOnly",
        ExternalAudience::All => "all",
    };
    let mut setting = json!({
        "status": status,
        "externalAudience": audience,
        "internalReplyMessage": replies.internal_message,
        "externalReplyMessage": replies.external_message,
    });
    if replies.state == AutoReplyState::Scheduled {
        for (name, time) in
            [("scheduledStartDateTime", replies.start_time), ("scheduledEndDateTime", replies.end_time)]
        {
            if let Some(time) = time {
                setting[name] = json!({ "dateTime": local(time), "timeZone": "UTC" });
            }
        }
    }
    json!({ "automaticRepliesSetting": setting })
}

/// A moment without its offset, which stands beside it.
fn local(time: Timestamp) -> String {
    time.to_string().trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<AutomaticReplies, Malformed> {
        serde_json::from_value::<MailboxSettings>(body).unwrap().replies()
    }

    fn scheduled() -> AutomaticReplies {
        AutomaticReplies {
            state: AutoReplyState::Scheduled,
            internal_message: "<p>in</p>".into(),
            external_message: "<p>out</p>".into(),
            external_audience: ExternalAudience::Known,
            start_time: Some("2026-12-01T08:00:00Z".parse().unwrap()),
            end_time: Some("2026-12-24T18:30:00Z".parse().unwrap()),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut replies = scheduled();
        assert_eq!(read(body(&replies)), Ok(replies.clone()));
        assert_eq!(
            body(&replies)["automaticRepliesSetting"]["scheduledStartDateTime"],
            json!({ "dateTime": "2026-12-01T08:00:00", "timeZone": "UTC" })
        );
        replies.state = AutoReplyState::Enabled;
        (replies.start_time, replies.end_time) = (None, None);
        assert_eq!(read(body(&replies)), Ok(replies));
    }

    #[test]
    fn a_zone_that_is_not_utc_and_a_value_nobody_knows_are_not_guessed() {
        let mut local = body(&scheduled());
        local["automaticRepliesSetting"]["scheduledEndDateTime"]["timeZone"] = json!("Pacific Standard Time");
        assert!(read(local).is_err());
        for name in ["status", "externalAudience", "internalReplyMessage"] {
            let mut strange = body(&scheduled());
            strange["automaticRepliesSetting"].as_object_mut().unwrap().remove(name);
            assert_eq!(read(strange), Err(Malformed::missing(name)));
        }
        let mut strange = body(&scheduled());
        strange["automaticRepliesSetting"]["status"] = json!("sometimes");
        assert_eq!(read(strange), Err(Malformed::strange("status")));
        assert!(read(json!({})).is_err());
    }

    #[test]
    fn old_times_of_a_schedule_do_not_count() {
        let mut disabled = body(&scheduled());
        disabled["automaticRepliesSetting"]["status"] = json!("disabled");
        assert_eq!(read(disabled).unwrap().start_time, None);
    }
}
