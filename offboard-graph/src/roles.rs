//! Groups and directory roles (CONTRACT B9).

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures_util::future::{join_all, try_join};
use offboard_core::facts::Fact;
use offboard_core::failure::ProviderError;
use offboard_core::id::{GroupId, UserId};
use offboard_core::model::group::{Membership, Tie};
use offboard_core::model::role::{BuiltIn, GlobalAdministrator, RoleAssignment};
use offboard_core::ports::{Answer, Call, Roles};

use crate::ask::Ask;
use crate::door::NO_OBJECT;
use crate::graph::Graph;
use crate::need;
use crate::wire::Malformed;
use crate::wire::filter::Filter;
use crate::wire::group::{self, GroupBody, MemberBody};
use crate::wire::path::Path;
use crate::wire::query::Query;
use crate::wire::role::{AssignmentBody, Principal};
use crate::wire::user::AccountBody;

/// The codes by which a tenant says that it has no license for PIM, and so no eligible roles.
const NO_PIM: &[&str] = &["AadPremiumLicenseRequired"];

const ASSIGNMENTS: &str = "/roleManagement/directory/roleAssignments";
const ELIGIBLE: &str = "/roleManagement/directory/roleEligibilityScheduleInstances";

impl Graph {
    async fn ties(&self, call: &Call, id: UserId, tie: Tie) -> Answer<Vec<Membership>> {
        let (template, list) = match tie {
            Tie::Member => ("/users/{id}/transitiveMemberOf", "transitiveMemberOf"),
            Tie::Owner => ("/users/{id}/ownedObjects", "ownedObjects"),
        };
        let ask = Ask::get(template, Path::user(id).then(list), &need::MEMBERSHIPS)
            .query(Query::select(group::SELECT).top(999));
        let rows = self.0.list(call, ask, |row: GroupBody| row.membership(tie)).await?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// What is held at this moment, as far as `filter` goes.
    pub(crate) async fn assignments<T: Send>(
        &self,
        call: &Call,
        filter: Filter,
        understand: impl Fn(AssignmentBody) -> Result<T, Malformed> + Send,
    ) -> Answer<Vec<T>> {
        let path = Path::new("roleManagement/directory/roleAssignments");
        let ask = Ask::get(ASSIGNMENTS, path, &need::ROLES).query(Query::filter(&filter));
        self.0.list(call, ask, understand).await
    }

    async fn eligible(&self, call: &Call, id: UserId) -> Answer<Vec<RoleAssignment>> {
        let path = Path::new("roleManagement/directory/roleEligibilityScheduleInstances");
        let ask = Ask::get(ELIGIBLE, path, &need::ELIGIBLE_ROLES)
            .query(Query::filter(&Filter::eq("principalId", id)));
        match self.0.list(call, ask, |row: AssignmentBody| row.assignment(true, None)).await {
            Err(error) if is_without_pim(&error) => Ok(Vec::new()),
            answer => answer,
        }
    }

    /// Whether the holder of a role is a person who can sign in; nothing where he is no person.
    async fn administrator(&self, call: &Call, id: UserId) -> Answer<Option<GlobalAdministrator>> {
        let ask = Ask::get("/users/{id}", Path::user(id), &need::USERS)
            .query(Query::select(&["id", "accountEnabled"]));
        let understand = |body: AccountBody| body.account_enabled.required("accountEnabled");
        let enabled = self.0.read(call, ask, NO_OBJECT, understand).await?;
        Ok(enabled.map(|account_enabled| GlobalAdministrator { id, account_enabled }))
    }

    /// The people in a group; nothing where it is no group.
    async fn people_in(&self, call: &Call, group: GroupId) -> Answer<Vec<GlobalAdministrator>> {
        let path = Path::group(group).then("transitiveMembers");
        let ask = Ask::get("/groups/{id}/transitiveMembers", path, &need::MEMBERSHIPS)
            .query(Query::select(&["id", "accountEnabled"]).top(999))
            .units(4);
        let rows = self.0.list_if_there(call, ask, NO_OBJECT, MemberBody::person).await?;
        let people = rows.unwrap_or_default().into_iter().flatten();
        Ok(people.map(|(id, account_enabled)| GlobalAdministrator { id, account_enabled }).collect())
    }
}

fn is_without_pim(error: &ProviderError) -> bool {
    error.failure.code.as_deref().is_some_and(|code| NO_PIM.contains(&code))
}

#[async_trait]
impl Roles for Graph {
    async fn memberships(&self, call: &Call, id: UserId) -> Answer<Vec<Membership>> {
        let (member, owner) =
            try_join(self.ties(call, id, Tie::Member), self.ties(call, id, Tie::Owner)).await?;
        let mut rows: BTreeMap<(GroupId, Tie), Membership> = BTreeMap::new();
        for row in member.into_iter().chain(owner) {
            // The same group may come twice; a row that says more wins.
            let known =
                rows.get(&(row.id, row.tie)).is_some_and(|known| matches!(known.group, Fact::Known(_)));
            if !known {
                rows.insert((row.id, row.tie), row);
            }
        }
        Ok(rows.into_values().collect())
    }

    async fn roles(&self, call: &Call, id: UserId) -> Answer<Vec<RoleAssignment>> {
        let held = |row: AssignmentBody| row.assignment(false, None);
        let active = self.assignments(call, Filter::eq("principalId", id), held);
        let (mut roles, eligible) = try_join(active, self.eligible(call, id)).await?;
        roles.extend(eligible);
        roles.sort();
        roles.dedup();
        Ok(roles)
    }

    async fn global_administrators(&self, call: &Call) -> Answer<Vec<GlobalAdministrator>> {
        let role = BuiltIn::GlobalAdministrator.id();
        let holder = |row: AssignmentBody| {
            Ok(if row.is_for_the_tenant(role)? { Some(row.principal()?) } else { None })
        };
        let rows = self.assignments(call, Filter::eq("roleDefinitionId", role), holder).await?;
        let holders: BTreeSet<Principal> = rows.into_iter().flatten().collect();
        // An assignment does not say what its holder is. Most are people; the rest are groups or applications.
        let people = join_all(holders.iter().map(|holder| self.administrator(call, holder.user))).await;
        let mut administrators = BTreeMap::new();
        let mut others: Vec<Principal> = Vec::new();
        for (holder, person) in holders.into_iter().zip(people) {
            match person? {
                Some(person) => {
                    administrators.insert(person.id, person);
                }
                None => others.push(holder),
            }
        }
        let members = join_all(others.iter().map(|other| self.people_in(call, other.group))).await;
        for member in members {
            administrators.extend(member?.into_iter().map(|person| (person.id, person)));
        }
        Ok(administrators.into_values().collect())
    }
}
