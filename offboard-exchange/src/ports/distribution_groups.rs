//! Groups of Exchange.

use async_trait::async_trait;
use offboard_core::id::{GroupId, UserId};
use offboard_core::ports::{Answer, Call, DistributionGroups, Receipt};

use crate::cmdlet::distribution_group;
use crate::exchange::Exchange;

/// By these exceptions the service says that there was nothing to do.
const NOT_IN_IT: &str = "MemberNotFoundException";
const IN_IT_ALREADY: &str = "MemberAlreadyExistsException";

/// An answer that says it was so already is as good as one that made it so; the reading back decides.
fn unless_so(answer: Answer<Receipt>, exception: &str, call: &Call, so: &str) -> Answer<Receipt> {
    match answer {
        Err(error) if error.failure.code.as_deref() == Some(exception) => Ok(Receipt {
            request_id: error.failure.request_id,
            warnings: vec![so.to_owned()],
            ..Receipt::nothing(call)
        }),
        answer => answer,
    }
}

#[async_trait]
impl DistributionGroups for Exchange {
    async fn remove_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt> {
        let answer = self.write(call, distribution_group::remove_member(group, member)).await;
        unless_so(answer, NOT_IN_IT, call, "he was not in the group any more")
    }

    async fn add_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt> {
        let answer = self.write(call, distribution_group::add_member(group, member)).await;
        unless_so(answer, IN_IT_ALREADY, call, "he was in the group already")
    }
}
