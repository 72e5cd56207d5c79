//! Deleting users, the deleted ones, and their way back (CONTRACT B10).

use async_trait::async_trait;
use futures_util::future::try_join_all;
use http::Method;
use offboard_core::id::UserId;
use offboard_core::model::deletion::{DeletedUser, RestoreConflict, Return, Taken};
use offboard_core::ports::{Answer, Call, Deletions, Receipt};
use serde_json::json;

use crate::ask::Ask;
use crate::door::NO_OBJECT;
use crate::graph::Graph;
use crate::need;
use crate::wire::deleted::{self, AddressedBody, Deleted, DeletedBody};
use crate::wire::filter::Filter;
use crate::wire::path::Path;
use crate::wire::query::Query;

/// The cast is mandatory: without it the list holds everything that is deleted, and no property of a user.
const DELETED_USERS: &str = "/directory/deletedItems/microsoft.graph.user";
const RESTORE: &str = "/directory/deletedItems/{id}/restore";
const USER: &str = "/users/{id}";

fn deleted_list(query: Query) -> Ask {
    let path = Path::new("directory/deletedItems/microsoft.graph.user");
    Ask::get(DELETED_USERS, path, &need::USERS).query(query)
}

impl Graph {
    /// One deleted user with his addresses. By the list, because only its cast has the properties of a user.
    async fn deleted(&self, call: &Call, id: UserId) -> Answer<Option<Deleted>> {
        let select = deleted::select(self.0.cloud());
        let query = Query::filter(&Filter::eq("id", id)).and_select(&select);
        let rows = self.0.list(call, deleted_list(query), DeletedBody::understood).await?;
        Ok(rows.into_iter().find(|row| row.known.user.id == id))
    }

    /// Who has this address now, among users and groups.
    async fn holders(&self, call: &Call, address: &str) -> Answer<Vec<(Taken, String)>> {
        let has = Filter::any_eq("proxyAddresses", &["smtp:", address].concat());
        let select: &[&'static str] = &["id", "userPrincipalName", "proxyAddresses"];
        let query =
            Query::filter(&Filter::eq("userPrincipalName", address).or(has.clone())).and_select(select);
        let users = Ask::get("/users", Path::new("users"), &need::USERS).query(query);
        let groups = Ask::get("/groups", Path::new("groups"), &need::MEMBERSHIPS)
            .query(Query::filter(&has).and_select(&["id", "proxyAddresses"]));
        let (users, groups) = futures_util::future::try_join(
            self.0.list(call, users, AddressedBody::understood),
            self.0.list(call, groups, AddressedBody::understood),
        )
        .await?;
        let mut held = Vec::new();
        for (kind, row) in
            users.iter().map(|row| ("user", row)).chain(groups.iter().map(|row| ("group", row)))
        {
            let by = format!("the {kind} {}", row.id);
            if row.is_called(address) {
                held.push((Taken::UserPrincipalName, by.clone()));
            }
            if row.has(address) {
                held.push((Taken::ProxyAddress, by));
            }
        }
        Ok(held)
    }
}

#[async_trait]
impl Deletions for Graph {
    async fn deleted_user(&self, call: &Call, id: UserId) -> Answer<Option<DeletedUser>> {
        Ok(self.deleted(call, id).await?.map(|row| row.known))
    }

    async fn deleted_users(&self, call: &Call) -> Answer<Vec<DeletedUser>> {
        let query = Query::select(&deleted::select(self.0.cloud())).top(999);
        let rows = self.0.list(call, deleted_list(query), DeletedBody::understood).await?;
        Ok(rows.into_iter().map(|row| row.known).collect())
    }

    async fn restore_conflicts(&self, call: &Call, id: UserId) -> Answer<Option<Vec<RestoreConflict>>> {
        let Some(Deleted { known, addresses }) = self.deleted(call, id).await? else { return Ok(None) };
        let name = known.user.user_principal_name;
        let mut values = addresses.clone();
        if !values.iter().any(|address| address.eq_ignore_ascii_case(&name)) {
            values.push(name.clone());
        }
        let holders = try_join_all(values.iter().map(|value| self.holders(call, value))).await?;
        let mut conflicts = Vec::new();
        for (value, holders) in values.into_iter().zip(holders) {
            for (property, held_by) in holders {
                // Another's name is in the way of our name, another's address of our address.
                let ours = match property {
                    Taken::UserPrincipalName => value.eq_ignore_ascii_case(&name),
                    Taken::ProxyAddress => addresses.contains(&value),
                };
                if ours {
                    conflicts.push(RestoreConflict { property, value: value.clone(), held_by });
                }
            }
        }
        conflicts.sort();
        Ok(Some(conflicts))
    }

    async fn delete_user(&self, call: &Call, id: UserId) -> Answer<Receipt> {
        let ask = Ask::safe_write(Method::DELETE, USER, Path::user(id), &need::DELETE_RESTORE);
        self.0.write_or_gone(call, ask, NO_OBJECT).await
    }

    async fn restore_user(&self, call: &Call, id: UserId, back: &Return) -> Answer<Receipt> {
        let path = Path::new("directory/deletedItems").id(id).then("restore");
        let mut ask = Ask::safe_write(Method::POST, RESTORE, path, &need::DELETE_RESTORE);
        if !back.is_plain() {
            let mut body = serde_json::Map::new();
            if let Some(name) = &back.user_principal_name {
                body.insert("newUserPrincipalName".to_owned(), json!(name));
            }
            if back.without_taken_addresses {
                body.insert("autoReconcileProxyConflict".to_owned(), json!(true));
            }
            ask = ask.body(body.into());
        }
        self.0.write(call, ask).await
    }
}
