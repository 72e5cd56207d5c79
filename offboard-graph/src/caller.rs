//! offboard itself: what its tokens say, and what the directory says of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::future::{join, try_join_all};
use offboard_core::facts::{Fact, Why};
use offboard_core::failure::{Failure, Kind, ProviderError};
use offboard_core::id::{CallerId, GroupId, RoleId};
use offboard_core::model::caller::{Caller, CallerKind};
use offboard_core::model::role::BuiltIn;
use offboard_core::ports::{Answer, Call, CallerPort};
use offboard_http::token::{Audience, Claims, Token, Tokens};

use crate::PROVIDER;
use crate::ask::Ask;
use crate::graph::Graph;
use crate::need;
use crate::wire::filter::Filter;
use crate::wire::group::ObjectBody;
use crate::wire::path::Path;
use crate::wire::query::Query;
use crate::wire::role::{AssignmentBody, TENANT};

/// Who the caller is. Its permissions stand in its tokens; its directory roles are read.
#[derive(Debug, Clone)]
pub struct GraphCaller {
    graph: Graph,
    exchange: Option<(Arc<Tokens>, Audience)>,
}

impl GraphCaller {
    /// The caller of `graph`, who has no door to Exchange.
    pub fn new(graph: Graph) -> Self {
        Self { graph, exchange: None }
    }

    /// With a door to Exchange, whose tokens are those of `audience`.
    #[must_use]
    pub fn with_exchange(mut self, tokens: Arc<Tokens>, audience: Audience) -> Self {
        self.exchange = Some((tokens, audience));
        self
    }

    async fn exchange_permissions(&self) -> Fact<BTreeSet<String>> {
        let Some((tokens, audience)) = &self.exchange else { return Fact::NotOffered(Why::Unused) };
        match tokens.get(audience).await.and_then(|token| claims(&token)) {
            Ok(claims) => Fact::Known(permissions(&claims)),
            Err(error) => Fact::Unknown(error.into()),
        }
    }

    /// The roles that hold for the whole tenant; one that holds for a part of it does not let the caller act on
    /// just anybody.
    async fn directory_roles(&self, call: &Call, id: CallerId, claims: &Claims) -> Fact<BTreeSet<RoleId>> {
        let direct = self.roles_of(call, Filter::eq("principalId", id));
        let groups = self.role_groups(call, id, claims.is_delegated());
        let (direct, groups) = join(direct, groups).await;
        let read = async {
            let mut roles = direct?;
            let through =
                groups?.into_iter().map(|group| self.roles_of(call, Filter::eq("principalId", group)));
            roles.extend(try_join_all(through).await?.into_iter().flatten());
            Ok::<_, ProviderError>(roles)
        };
        match read.await {
            Ok(roles) => Fact::Known(roles),
            // Then the token may still list them, those through groups too, as they were when it was issued.
            Err(error) => {
                let listed: BTreeSet<RoleId> = claims
                    .directory_roles
                    .iter()
                    .filter_map(|role| role.parse().ok())
                    .filter(|role| BuiltIn::of(*role).is_some())
                    .collect();
                if listed.is_empty() { Fact::Unknown(error.into()) } else { Fact::Known(listed) }
            }
        }
    }

    async fn roles_of(&self, call: &Call, filter: Filter) -> Answer<BTreeSet<RoleId>> {
        let rows =
            self.graph.assignments(call, filter, |row: AssignmentBody| row.assignment(false, None)).await?;
        Ok(rows.into_iter().filter(|row| row.scope == TENANT).map(|row| row.role).collect())
    }

    /// The groups of the caller to which roles can be given. Such groups hold no groups, so the direct ones are all.
    async fn role_groups(&self, call: &Call, id: CallerId, person: bool) -> Answer<Vec<GroupId>> {
        let ask = if person {
            Ask::get("/users/{id}/memberOf", Path::new("users").id(id).then("memberOf"), &need::MEMBERSHIPS)
        } else {
            let path = Path::new("servicePrincipals").id(id).then("memberOf");
            Ask::get("/servicePrincipals/{id}/memberOf", path, &need::APPLICATIONS)
        };
        let ask = ask.query(Query::select(&["id", "isAssignableToRole"]));
        let groups = self.graph.0.list(call, ask, ObjectBody::group_with_roles).await?;
        Ok(groups.into_iter().flatten().collect())
    }
}

fn permissions(claims: &Claims) -> BTreeSet<String> {
    claims.roles.iter().chain(&claims.scopes).cloned().collect()
}

fn claims(token: &Token) -> Answer<Claims> {
    Claims::of(token).ok_or_else(|| {
        let failure = Failure::new(Kind::Protocol, "the access token cannot be read")
            .code("opaque_token")
            .hint("without the token's own claims it is not known who the caller is and what it may do");
        ProviderError::new(PROVIDER, failure)
    })
}

fn missing(claim: &str) -> ProviderError {
    let failure =
        Failure::new(Kind::Protocol, ["the access token has no `", claim, "`"].concat()).code("opaque_token");
    ProviderError::new(PROVIDER, failure)
}

#[async_trait]
impl CallerPort for GraphCaller {
    async fn caller(&self, call: &Call) -> Answer<Caller> {
        let token = self.graph.client().token().await?;
        let claims = claims(&token)?;
        let tenant = claims.tenant.ok_or_else(|| missing("tid"))?;
        let id = claims.caller.ok_or_else(|| missing("oid"))?;
        if tenant != self.graph.0.tenant() {
            let failure =
                Failure::new(Kind::Refused, "the access token is for another tenant than the configured one")
                    .code("other_tenant")
                    .hint(
                        "sign in to the tenant that is configured, or configure the one that is signed in to",
                    );
            return Err(ProviderError::new(PROVIDER, failure));
        }
        let (exchange_permissions, directory_roles) =
            join(self.exchange_permissions(), self.directory_roles(call, id, &claims)).await;
        Ok(Caller {
            id,
            kind: if claims.is_delegated() { CallerKind::Person } else { CallerKind::Application },
            tenant,
            graph_permissions: permissions(&claims),
            exchange_permissions,
            directory_roles,
        })
    }
}
