//! Users (CONTRACT B1 to B3, B10).

use async_trait::async_trait;
use http::Method;
use offboard_core::id::UserId;
use offboard_core::model::sponsor::Sponsor;
use offboard_core::model::user::User;
use offboard_core::ports::directory::Password;
use offboard_core::ports::{Answer, Call, Directory, Receipt, Selector};
use serde::de::IgnoredAny;
use serde_json::json;

use crate::ask::Ask;
use crate::door::NO_OBJECT;
use crate::graph::Graph;
use crate::need;
use crate::wire::Malformed;
use crate::wire::filter::Filter;
use crate::wire::path::Path;
use crate::wire::query::Query;
use crate::wire::sponsor::{self, SponsorBody};
use crate::wire::user::{self, Identified, SyncBehavior, UserBody};

const USER: &str = "/users/{id}";

impl Graph {
    /// Users that the service says match, judged once more: what it takes for equal may be wider than what we do.
    async fn matching(
        &self,
        call: &Call,
        filter: Filter,
        is: impl Fn(&User) -> bool + Send,
    ) -> Answer<Vec<User>> {
        let query = Query::filter(&filter).and_select(&user::select(self.0.cloud()));
        let ask = Ask::get("/users", Path::new("users"), &need::USERS).query(query);
        let mut users: Vec<User> = Vec::new();
        for user in self.0.list(call, ask, UserBody::user).await? {
            if is(&user) && users.iter().all(|known| known.id != user.id) {
                users.push(user);
            }
        }
        Ok(users)
    }
}

#[async_trait]
impl Directory for Graph {
    async fn find(&self, call: &Call, selector: &Selector) -> Answer<Vec<User>> {
        let is = |user: &User| selector.names(user);
        match selector {
            Selector::Id(id) => Ok(self.user(call, *id).await?.into_iter().collect()),
            // Nothing names nobody; it must not become a filter that names everybody without a value.
            Selector::UserPrincipalName(text) | Selector::EmployeeId(text) | Selector::Text(text)
                if text.trim().is_empty() =>
            {
                Ok(Vec::new())
            }
            Selector::UserPrincipalName(name) => {
                self.matching(call, Filter::eq("userPrincipalName", name), is).await
            }
            Selector::EmployeeId(number) => self.matching(call, Filter::eq("employeeId", number), is).await,
            Selector::Text(text) => {
                let filter = Filter::eq("userPrincipalName", text)
                    .or(Filter::eq("mail", text))
                    .or(Filter::eq("displayName", text));
                self.matching(call, filter, is).await
            }
        }
    }

    async fn user(&self, call: &Call, id: UserId) -> Answer<Option<User>> {
        let query = Query::select(&user::select(self.0.cloud()));
        let ask = Ask::get(USER, Path::user(id), &need::USERS).query(query);
        let understand = |body: UserBody| {
            let user = body.user()?;
            if user.id == id { Ok(user) } else { Err(Malformed("it is about somebody else".into())) }
        };
        self.0.read(call, ask, NO_OBJECT, understand).await
    }

    async fn is_deleted(&self, call: &Call, id: UserId) -> Answer<bool> {
        let path = Path::new("directory/deletedItems").id(id);
        let ask = Ask::get("/directory/deletedItems/{id}", path, &need::USERS).query(Query::select(&["id"]));
        let found = self.0.read(call, ask, NO_OBJECT, |_: IgnoredAny| Ok(())).await?;
        Ok(found.is_some())
    }

    async fn cloud_managed(&self, call: &Call, id: UserId) -> Answer<Option<bool>> {
        let path = Path::user(id).then("onPremisesSyncBehavior");
        let ask = Ask::get("/users/{id}/onPremisesSyncBehavior", path, &need::SYNC_BEHAVIOR)
            .query(Query::select(&["id", "isCloudManaged"]));
        let understand = |body: SyncBehavior| body.is_cloud_managed.nullable("isCloudManaged");
        Ok(self.0.read(call, ask, NO_OBJECT, understand).await?.flatten())
    }

    async fn manager(&self, call: &Call, id: UserId) -> Answer<Option<UserId>> {
        let ask = Ask::get("/users/{id}/manager", Path::user(id).then("manager"), &need::USERS)
            .query(Query::select(&["id"]));
        self.0.read(call, ask, NO_OBJECT, |manager: Identified| Ok(manager.id)).await
    }

    async fn sponsors(&self, call: &Call, id: UserId) -> Answer<Option<Vec<Sponsor>>> {
        let ask = Ask::get("/users/{id}/sponsors", Path::user(id).then("sponsors"), &need::USERS)
            .query(Query::select(sponsor::SELECT));
        let rows = self.0.list_if_there(call, ask, NO_OBJECT, SponsorBody::sponsor).await?;
        Ok(rows.map(|rows| {
            let mut sponsors: Vec<Sponsor> = rows.into_iter().flatten().collect();
            sponsors.sort();
            sponsors.dedup_by_key(|sponsor| sponsor.id);
            sponsors
        }))
    }

    async fn set_account_enabled(&self, call: &Call, id: UserId, enabled: bool) -> Answer<Receipt> {
        let ask = Ask::safe_write(Method::PATCH, USER, Path::user(id), &need::SET_ACCOUNT_ENABLED)
            .body(json!({ "accountEnabled": enabled }));
        self.0.write(call, ask).await
    }

    async fn reset_password(&self, call: &Call, id: UserId, password: &Password) -> Answer<Receipt> {
        let profile = json!({ "forceChangePasswordNextSignIn": true, "password": password.reveal() });
        let ask = Ask::safe_write(Method::PATCH, USER, Path::user(id), &need::RESET_PASSWORD)
            .secret_body(json!({ "passwordProfile": profile }));
        self.0.write(call, ask).await
    }

    async fn revoke_sign_in_sessions(&self, call: &Call, id: UserId) -> Answer<Receipt> {
        let path = Path::user(id).then("revokeSignInSessions");
        let ask =
            Ask::safe_write(Method::POST, "/users/{id}/revokeSignInSessions", path, &need::REVOKE_SESSIONS);
        self.0.write(call, ask).await
    }
}
