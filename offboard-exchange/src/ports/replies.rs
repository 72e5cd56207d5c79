//! Automatic replies: a second way to them, for whom Graph's permission is not given.

use async_trait::async_trait;
use offboard_core::failure::ProviderError;
use offboard_core::id::UserId;
use offboard_core::model::mailbox::{AutoReplyState, AutomaticReplies, ExternalAudience};
use offboard_core::ports::{Answer, Call, Receipt, Replies};

use crate::cmdlet::auto_reply;
use crate::exchange::Exchange;
use crate::row::Row;

#[async_trait]
impl Replies for Exchange {
    async fn automatic_replies(&self, call: &Call, id: UserId) -> Answer<Option<AutomaticReplies>> {
        self.read_one(call, auto_reply::get(id), replies).await
    }

    async fn set_automatic_replies(
        &self,
        call: &Call,
        id: UserId,
        replies: &AutomaticReplies,
    ) -> Answer<Receipt> {
        self.write(call, auto_reply::set(id, replies)).await
    }
}

fn replies(row: &Row) -> Result<AutomaticReplies, ProviderError> {
    let state = match row.text("AutoReplyState")? {
        "Disabled" => AutoReplyState::Disabled,
        "Enabled" => AutoReplyState::Enabled,
        "Scheduled" => AutoReplyState::Scheduled,
        _ => return Err(row.strange("AutoReplyState", "one of its known words")),
    };
    let external_audience = match row.text("ExternalAudience")? {
        "None" => ExternalAudience::None,
        "Known" => ExternalAudience::Known,
        "All" => ExternalAudience::All,
        _ => return Err(row.strange("ExternalAudience", "one of its known words")),
    };
    // The service always names two times; without a schedule they mean nothing.
    let time = |property| match state {
        AutoReplyState::Scheduled => row.time(property).map(Some),
        AutoReplyState::Disabled | AutoReplyState::Enabled => Ok(None),
    };
    Ok(AutomaticReplies {
        state,
        internal_message: row.cleared_or_text("InternalMessage")?.unwrap_or_default().to_owned(),
        external_message: row.cleared_or_text("ExternalMessage")?.unwrap_or_default().to_owned(),
        external_audience,
        start_time: time("StartTime")?,
        end_time: time("EndTime")?,
    })
}
