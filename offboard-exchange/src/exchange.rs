//! Exchange Online behind one channel.

use std::sync::Arc;

use offboard_core::failure::ProviderError;
use offboard_core::ports::{Answer, Call, Receipt};

use crate::channel::Channel;
use crate::cmdlet::Cmdlet;
use crate::reply::Reply;
use crate::row::Row;
use crate::status;
use crate::turn::Turns;

/// Exchange Online as ports: `Mailboxes`, `Rules`, `Delegates`, `ClientAccessPort`, `MobileDevices`, `Calendars`,
/// `Replies`, and the settings of the organisation.
/// Clones share their turns.
#[derive(Debug, Clone)]
pub struct Exchange {
    channel: Arc<dyn Channel>,
    turns: Arc<Turns>,
}

impl Exchange {
    /// Through `channel`.
    pub fn new(channel: impl Channel) -> Self {
        Self::shared(Arc::new(channel))
    }

    /// Through a channel that others use too.
    pub fn shared(channel: Arc<dyn Channel>) -> Self {
        Self { channel, turns: Arc::default() }
    }

    /// Reads; nothing where the object is not there.
    pub(crate) async fn read(&self, call: &Call, cmdlet: Cmdlet) -> Answer<Option<Reply>> {
        match self.channel.run(call, &cmdlet).await {
            Ok(reply) => Ok(Some(reply)),
            Err(error) if status::is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads exactly one object and what `read` finds in it.
    pub(crate) async fn read_one<T>(
        &self,
        call: &Call,
        cmdlet: Cmdlet,
        read: impl FnOnce(&Row) -> Result<T, ProviderError> + Send,
    ) -> Answer<Option<T>> {
        let Some(reply) = self.read(call, cmdlet).await? else { return Ok(None) };
        read(reply.one()?).map(Some).map_err(|error| reply.traced(error))
    }

    /// Reads a list, and what `read` finds in each of its objects.
    pub(crate) async fn read_all<T>(
        &self,
        call: &Call,
        cmdlet: Cmdlet,
        read: impl Fn(&Row) -> Result<T, ProviderError> + Send,
    ) -> Answer<Option<Vec<T>>> {
        let Some(reply) = self.read(call, cmdlet).await? else { return Ok(None) };
        let rows: Result<_, _> = reply.rows().iter().map(read).collect();
        rows.map(Some).map_err(|error| reply.traced(error))
    }

    /// Writes, when nobody else writes to the same mailbox.
    pub(crate) async fn write(&self, call: &Call, cmdlet: Cmdlet) -> Answer<Receipt> {
        let _turn = match cmdlet.mailbox() {
            Some(mailbox) => Some(self.turns.take(mailbox, call.priority).await),
            None => None,
        };
        Ok(self.channel.run(call, &cmdlet).await?.receipt(call))
    }
}
