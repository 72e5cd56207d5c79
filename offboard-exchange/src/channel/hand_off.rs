//! No door at all: every cmdlet is for a person to run.

use async_trait::async_trait;
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::ports::{Answer, Call};

use super::Channel;
use crate::PROVIDER;
use crate::cmdlet::Cmdlet;
use crate::reply::Reply;

/// The channel of an organisation that gives offboard no door to Exchange Online.
///
/// Every call fails with [`Kind::Unsupported`], so that what depends on Exchange is handed off and never passed over
/// in silence. [`Cmdlet::to_powershell`] is what a person runs in its place.
#[derive(Debug, Clone, Copy, Default)]
pub struct HandOff;

#[async_trait]
impl Channel for HandOff {
    async fn run(&self, _: &Call, cmdlet: &Cmdlet) -> Answer<Reply> {
        let failure = Failure::new(Kind::Unsupported, format!("{}: no door to Exchange is configured", cmdlet.name()))
            .code("no_door")
            .hint("configure Exchange (`exchange = \"invoke_command\"`), or run the cmdlet in Exchange Online PowerShell");
        Err(ProviderError::new(PROVIDER, failure))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use offboard_core::id::UserId;

    use super::*;
    use crate::cmdlet::mailbox;

    #[test]
    fn every_call_is_for_a_person() {
        let cmdlet = mailbox::set_shared(UserId::from_u128(1), true);
        let error = HandOff.run(&Call::new("c"), &cmdlet).now_or_never().unwrap().unwrap_err();
        assert_eq!(error.kind(), Kind::Unsupported);
        assert!(error.failure.hint.unwrap().contains("PowerShell"));
    }
}
