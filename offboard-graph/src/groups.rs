//! Who is in a group (CONTRACT B9).

use std::sync::Arc;

use async_trait::async_trait;
use http::{Method, StatusCode};
use offboard_core::id::{GroupId, UserId};
use offboard_core::model::group::{GroupOwner, Membership, Tie};
use offboard_core::ports::{Answer, Call, Groups, Receipt};
use serde_json::json;

use crate::ask::Ask;
use crate::door::{NO_OBJECT, accepted};
use crate::graph::Graph;
use crate::need;
use crate::reply::Reply;
use crate::wire::group::{self, GroupBody, MemberBody};
use crate::wire::path::Path;
use crate::wire::query::Query;

/// The whole of what Graph says when a member to be added is one already; it has no code of its own.
const ALREADY: &str = "added object references already exist";

fn refused_as_already_there(reply: &Reply) -> bool {
    reply.status == StatusCode::BAD_REQUEST && reply.fault().says(ALREADY)
}

impl Graph {
    /// By a new reading: the text of a refusal may be translated, or be about another reference.
    async fn is_in(&self, call: &Call, group: GroupId, member: UserId) -> bool {
        match self.direct_groups(call, member).await {
            Ok(rows) => rows.iter().any(|row| row.id == group),
            Err(_) => false,
        }
    }
}

#[async_trait]
impl Groups for Graph {
    async fn direct_groups(&self, call: &Call, id: UserId) -> Answer<Vec<Membership>> {
        let ask = Ask::get("/users/{id}/memberOf", Path::user(id).then("memberOf"), &need::MEMBERSHIPS)
            .query(Query::select(group::SELECT).top(999))
            .units(2);
        let rows = self.0.list(call, ask, |row: GroupBody| row.membership(Tie::Member)).await?;
        let mut rows: Vec<Membership> = rows.into_iter().flatten().collect();
        rows.sort_by_key(|row| row.id);
        rows.dedup_by_key(|row| row.id);
        Ok(rows)
    }

    async fn owners(&self, call: &Call, group: GroupId) -> Answer<Option<Vec<GroupOwner>>> {
        let ask = Ask::get("/groups/{id}/owners", Path::group(group).then("owners"), &need::MEMBERSHIPS)
            .query(Query::select(&["id", "accountEnabled"]).top(999));
        let rows = self.0.list_if_there(call, ask, NO_OBJECT, MemberBody::person).await?;
        Ok(rows.map(|rows| {
            let people = rows.into_iter().flatten();
            let mut owners: Vec<GroupOwner> =
                people.map(|(id, account_enabled)| GroupOwner { id, account_enabled }).collect();
            owners.sort();
            owners
        }))
    }

    async fn remove_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt> {
        let path = Path::reference_to_member(group, member);
        let template = "/groups/{id}/members/{id}/$ref";
        let ask = Arc::new(Ask::safe_write(Method::DELETE, template, path, &need::CHANGE_MEMBERS));
        let reply = self.0.ask(call, &ask).await?;
        let mut receipt = reply.receipt(call);
        // Who is not in it is out of it. A 404 of anything else than the directory is no answer (B20).
        if reply.status == StatusCode::NOT_FOUND && reply.fault().is(NO_OBJECT) {
            receipt.warnings.push("he was not in the group any more".to_owned());
            return Ok(receipt);
        }
        accepted(&ask, &reply)?;
        Ok(receipt)
    }

    async fn add_member(&self, call: &Call, group: GroupId, member: UserId) -> Answer<Receipt> {
        let path = Path::references_to_members(group);
        let object = [self.0.base().as_str(), Path::new("directoryObjects").id(member).as_str()].concat();
        let ask = Ask::safe_write(Method::POST, "/groups/{id}/members/$ref", path, &need::CHANGE_MEMBERS)
            .body(json!({ "@odata.id": object }));
        let ask = Arc::new(ask);
        let reply = self.0.ask(call, &ask).await?;
        let mut receipt = reply.receipt(call);
        if refused_as_already_there(&reply) && self.is_in(call, group, member).await {
            receipt.warnings.push("he was in the group already".to_owned());
            return Ok(receipt);
        }
        accepted(&ask, &reply)?;
        Ok(receipt)
    }
}
