//! Automatic replies (CONTRACT B12).

use async_trait::async_trait;
use http::Method;
use offboard_core::id::UserId;
use offboard_core::model::mailbox::AutomaticReplies;
use offboard_core::ports::{Answer, Call, Receipt, Replies};

use crate::ask::Ask;
use crate::graph::Graph;
use crate::need;
use crate::wire::path::Path;
use crate::wire::query::Query;
use crate::wire::replies::{self, MailboxSettings};

/// Codes of a 404 by which Outlook says that there is no mailbox, or none in the cloud.
pub(crate) const NO_MAILBOX: &[&str] = &[
    "ErrorInvalidUser",
    "ErrorItemNotFound",
    "MailboxNotEnabledForRESTAPI",
    "MailboxNotSupportedForRESTAPI",
    "Request_ResourceNotFound",
    "ResourceNotFound",
];

const SETTINGS: &str = "/users/{id}/mailboxSettings";

fn settings(id: UserId) -> Path {
    Path::user(id).then("mailboxSettings")
}

#[async_trait]
impl Replies for Graph {
    async fn automatic_replies(&self, call: &Call, id: UserId) -> Answer<Option<AutomaticReplies>> {
        let ask = Ask::get(SETTINGS, settings(id), &need::MAILBOX_SETTINGS)
            .query(Query::select(replies::SELECT))
            .mailbox(id);
        self.0.read(call, ask, NO_MAILBOX, MailboxSettings::replies).await
    }

    async fn set_automatic_replies(
        &self,
        call: &Call,
        id: UserId,
        replies: &AutomaticReplies,
    ) -> Answer<Receipt> {
        let ask = Ask::safe_write(Method::PATCH, SETTINGS, settings(id), &need::SET_MAILBOX_SETTINGS)
            .body(replies::body(replies))
            .mailbox(id);
        self.0.write(call, ask).await
    }
}
