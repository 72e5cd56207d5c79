//! `Get-MailboxAutoReplyConfiguration` and `Set-MailboxAutoReplyConfiguration` (CONTRACT C7).

use offboard_core::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience};

use super::{Cmdlet, Identity, Name, Parameter};

const PROPERTIES: &[&str] =
    &["AutoReplyState", "EndTime", "ExternalAudience", "ExternalMessage", "InternalMessage", "StartTime"];

/// Reads the automatic replies of a mailbox.
pub fn get(identity: impl Into<Identity>) -> Cmdlet {
    Cmdlet::about(Name::GetMailboxAutoReplyConfiguration, identity).selecting(PROPERTIES)
}

/// Sets all of them. The times go along only with a schedule: without one they mean nothing.
pub fn set(identity: impl Into<Identity>, replies: &AutomaticReplies) -> Cmdlet {
    let mut cmdlet = Cmdlet::about(Name::SetMailboxAutoReplyConfiguration, identity)
        .with("AutoReplyState", Parameter::Word(state(replies.state)))
        .with("InternalMessage", Parameter::Text(replies.internal_message.clone()))
        .with("ExternalMessage", Parameter::Text(replies.external_message.clone()))
        .with("ExternalAudience", Parameter::Word(audience(replies.external_audience)));
    if replies.state == AutoReplyState::Scheduled {
        for (name, time) in [("StartTime", replies.start_time), ("EndTime", replies.end_time)] {
            if let Some(time) = time {
                cmdlet = cmdlet.with(name, Parameter::Time(time));
            }
        }
    }
    cmdlet
}

const fn state(state: AutoReplyState) -> &'static str {
    match state {
        AutoReplyState::Disabled => "Disabled",
        AutoReplyState::Enabled => "Enabled",
        AutoReplyState::Scheduled => "Scheduled",
    }
}

const fn audience(audience: ExternalAudience) -> &'static str {
    match audience {
        ExternalAudience::None => "None",
        ExternalAudience::Known => "Known",
        ExternalAudience::All => "All",
    }
}
