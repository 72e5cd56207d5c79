//! `microsoft.graph.unifiedRoleAssignment` and its eligible twin (CONTRACT B9).

use offboard_core::id::{GroupId, RoleId, UserId};
use offboard_core::model::role::RoleAssignment;
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

/// The scope of a role that holds for the whole tenant.
pub(crate) const TENANT: &str = "/";

/// A role that somebody holds or may activate.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AssignmentBody {
    #[serde(rename = "principalId")]
    principal: Seen<String>,
    #[serde(rename = "roleDefinitionId")]
    role: Seen<RoleId>,
    #[serde(rename = "directoryScopeId")]
    scope: Seen<String>,
    #[serde(rename = "appScopeId")]
    app_scope: Seen<String>,
}

impl AssignmentBody {
    /// The role and where it holds. Roles of one application have its scope instead of the directory's.
    pub(crate) fn assignment(
        self,
        eligible: bool,
        through: Option<GroupId>,
    ) -> Result<RoleAssignment, Malformed> {
        let scope = match self.scope.shown() {
            Some(scope) => scope,
            None => self.app_scope.required("directoryScopeId")?,
        };
        let role = self.role.required("roleDefinitionId")?;
        Ok(RoleAssignment { role, scope, eligible, through })
    }

    /// Whether this is `role`, for the whole tenant.
    pub(crate) fn is_for_the_tenant(&self, role: RoleId) -> Result<bool, Malformed> {
        let (Seen::Value(seen), Seen::Value(scope)) = (&self.role, &self.scope) else {
            return Err(Malformed::missing("roleDefinitionId` or `directoryScopeId"));
        };
        Ok(*seen == role && scope == TENANT)
    }

    /// Who holds it: a person, a group or an application.
    pub(crate) fn principal(&self) -> Result<Principal, Malformed> {
        match &self.principal {
            Seen::Value(id) => Principal::parse(id).ok_or_else(|| Malformed::strange("principalId")),
            _ => Err(Malformed::missing("principalId")),
        }
    }
}

/// The holder of a role, who does not say what he is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Principal {
    /// If it is a person.
    pub(crate) user: UserId,
    /// If it is a group.
    pub(crate) group: GroupId,
}

impl Principal {
    fn parse(id: &str) -> Option<Self> {
        Some(Self { user: id.parse().ok()?, group: id.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use offboard_core::model::role::BuiltIn;
    use serde_json::{Value, json};

    use super::*;

    fn read(body: Value) -> AssignmentBody {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_role_has_a_scope_or_is_not_understood() {
        let role = BuiltIn::UserAdministrator.id();
        let unit = "/administrativeUnits/00000000-0000-0000-0000-0000000000d1";
        let seen = read(json!({ "roleDefinitionId": role, "directoryScopeId": unit }))
            .assignment(true, None)
            .unwrap();
        assert_eq!((seen.role, seen.scope.as_str(), seen.eligible), (role, unit, true));
        let app = json!({ "roleDefinitionId": role, "directoryScopeId": null, "appScopeId": "/AccessPackageCatalog/1" });
        assert_eq!(read(app).assignment(false, None).unwrap().scope, "/AccessPackageCatalog/1");
        assert!(read(json!({ "roleDefinitionId": role })).assignment(false, None).is_err());
        assert!(read(json!({ "directoryScopeId": "/" })).assignment(false, None).is_err());
    }

    #[test]
    fn only_the_whole_tenant_counts_for_a_global_administrator() {
        let role = BuiltIn::GlobalAdministrator.id();
        let holds = |role: RoleId, scope: &str| {
            read(json!({ "roleDefinitionId": role, "directoryScopeId": scope }))
                .is_for_the_tenant(BuiltIn::GlobalAdministrator.id())
        };
        assert_eq!(holds(role, "/"), Ok(true));
        assert_eq!(holds(role, "/administrativeUnits/1"), Ok(false));
        assert_eq!(holds(BuiltIn::UserAdministrator.id(), "/"), Ok(false));
        assert!(read(json!({ "roleDefinitionId": role })).is_for_the_tenant(role).is_err());
    }
}
