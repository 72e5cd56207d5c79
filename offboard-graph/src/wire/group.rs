//! `microsoft.graph.group`, as a row of a list of memberships (CONTRACT B9).

use offboard_core::facts::Fact;
use offboard_core::failure::{Failure, Kind};
use offboard_core::id::{GroupId, SkuId, UserId};
use offboard_core::model::group::{Group, Membership, Tie};
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

/// What is asked of a group.
pub(crate) const SELECT: &[&str] = &[
    "id",
    "displayName",
    "groupTypes",
    "mailEnabled",
    "securityEnabled",
    "isAssignableToRole",
    "onPremisesSyncEnabled",
    "isManagementRestricted",
    "assignedLicenses",
];

/// A row of a list of what somebody belongs to or owns.
///
/// The list is not cast to groups: a cast is answered from an index that lags, and asks for more headers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupBody {
    #[serde(rename = "@odata.type", default)]
    kind: Option<String>,
    id: GroupId,
    #[serde(default)]
    display_name: Seen<String>,
    #[serde(default)]
    group_types: Seen<Vec<String>>,
    #[serde(default)]
    mail_enabled: Seen<bool>,
    #[serde(default)]
    security_enabled: Seen<bool>,
    #[serde(default)]
    is_assignable_to_role: Seen<bool>,
    #[serde(default)]
    on_premises_sync_enabled: Seen<bool>,
    #[serde(default)]
    is_management_restricted: Seen<bool>,
    #[serde(default)]
    assigned_licenses: Seen<Vec<GroupLicense>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct GroupLicense {
    sku_id: SkuId,
}

impl GroupBody {
    /// The row, if it is a group. One that the caller may not read comes with its id and nothing else, and is
    /// unknown.
    pub(crate) fn membership(self, tie: Tie) -> Result<Option<Membership>, Malformed> {
        if !is_group(self.kind.as_deref())? {
            return Ok(None);
        }
        let id = self.id;
        let visible = self.mail_enabled.is_there() && self.security_enabled.is_there();
        let group = if visible { Fact::Known(self.group()?) } else { Fact::Unknown(hidden()) };
        Ok(Some(Membership { id, tie, group }))
    }

    fn group(self) -> Result<Group, Malformed> {
        let types = self.group_types.nullable("groupTypes")?.unwrap_or_default();
        let has = |name: &str| types.iter().any(|kind| kind == name);
        let licenses = self.assigned_licenses.nullable("assignedLicenses")?.unwrap_or_default();
        Ok(Group {
            id: self.id,
            display_name: self.display_name.shown().unwrap_or_default(),
            dynamic: has("DynamicMembership"),
            unified: has("Unified"),
            mail_enabled: self.mail_enabled.required("mailEnabled")?,
            security_enabled: self.security_enabled.required("securityEnabled")?,
            is_assignable_to_role: self.is_assignable_to_role.nullable("isAssignableToRole")? == Some(true),
            synced: self.on_premises_sync_enabled.nullable("onPremisesSyncEnabled")? == Some(true),
            is_management_restricted: self.is_management_restricted.nullable("isManagementRestricted")?
                == Some(true),
            assigned_licenses: licenses.into_iter().map(|license| license.sku_id).collect(),
        })
    }
}

/// Whether an object is a group. One that does not say what it is might be.
fn is_group(kind: Option<&str>) -> Result<bool, Malformed> {
    Ok(kind.ok_or_else(|| Malformed::missing("@odata.type"))? == "#microsoft.graph.group")
}

fn hidden() -> Failure {
    Failure::new(Kind::PermissionDenied, "the directory shows only the id of this group")
        .code("hidden_object")
        .hint("grant the permission `GroupMember.Read.All`; for groups with hidden members `Member.Read.Hidden` too")
}

/// Something that somebody is a member of: a group, a role, an administrative unit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectBody {
    #[serde(rename = "@odata.type", default)]
    kind: Option<String>,
    id: GroupId,
    #[serde(default)]
    is_assignable_to_role: Seen<bool>,
}

impl ObjectBody {
    /// The group, if it is one to which roles can be given, or may be.
    pub(crate) fn group_with_roles(self) -> Result<Option<GroupId>, Malformed> {
        let is_group = is_group(self.kind.as_deref())?;
        let may_have_roles = match self.is_assignable_to_role {
            Seen::Value(is) => is,
            Seen::Null => false,
            Seen::Missing => true,
        };
        Ok((is_group && may_have_roles).then_some(self.id))
    }
}

/// A member of a group, who may be a person, a device, an application.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MemberBody {
    #[serde(rename = "@odata.type", default)]
    kind: Option<String>,
    id: UserId,
    #[serde(default)]
    account_enabled: Seen<bool>,
}

impl MemberBody {
    /// The person, and whether he can sign in; nothing where the member is no person.
    pub(crate) fn person(self) -> Result<Option<(UserId, bool)>, Malformed> {
        match self.kind.as_deref() {
            Some("#microsoft.graph.user") => {
                Ok(Some((self.id, self.account_enabled.required("accountEnabled")?)))
            }
            Some(_) => Ok(None),
            None => Err(Malformed::missing("@odata.type")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn row(body: Value) -> Membership {
        serde_json::from_value::<GroupBody>(body).unwrap().membership(Tie::Member).unwrap().unwrap()
    }

    fn full() -> Value {
        json!({
            "@odata.type": "#microsoft.graph.group", "id": "00000000-0000-0000-0000-0000000000c1",
            "displayName": "Sales", "groupTypes": ["DynamicMembership", "Unified"], "mailEnabled": true,
            "securityEnabled": false, "isAssignableToRole": null, "onPremisesSyncEnabled": null,
            "isManagementRestricted": null,
            "assignedLicenses": [{ "skuId": "05e9a617-0261-4cee-bb44-138d3ef5d965", "disabledPlans": [] }]
        })
    }

    #[test]
    fn a_group_is_read() {
        let row = row(full());
        let group = row.group.known().unwrap();
        assert!(group.dynamic && group.unified && group.mail_enabled && !group.security_enabled);
        assert!(!group.is_assignable_to_role && !group.synced);
        assert_eq!(group.assigned_licenses.len(), 1);
    }

    #[test]
    fn a_row_with_only_an_id_is_unknown() {
        let hidden = json!({ "@odata.type": full()["@odata.type"], "id": full()["id"] });
        let mut nulls = full();
        for (name, value) in nulls.as_object_mut().unwrap() {
            if name != "id" && name != "@odata.type" {
                *value = Value::Null;
            }
        }
        for body in [hidden, nulls] {
            let row = row(body);
            assert_eq!(row.group.unknown().unwrap().kind, Kind::PermissionDenied);
        }
    }

    #[test]
    fn only_groups_are_memberships_here() {
        let read = |kind: Value| {
            let mut body = full();
            body["@odata.type"] = kind;
            serde_json::from_value::<GroupBody>(body).unwrap().membership(Tie::Member)
        };
        assert_eq!(read(json!("#microsoft.graph.directoryRole")), Ok(None));
        assert_eq!(read(json!("#microsoft.graph.administrativeUnit")), Ok(None));
        assert_eq!(read(Value::Null), Err(Malformed::missing("@odata.type")));
    }

    #[test]
    fn a_group_that_hides_half_of_itself_is_an_error() {
        for name in [
            "isAssignableToRole",
            "onPremisesSyncEnabled",
            "isManagementRestricted",
            "assignedLicenses",
            "groupTypes",
        ] {
            let mut body = full();
            body.as_object_mut().unwrap().remove(name);
            let row = serde_json::from_value::<GroupBody>(body).unwrap().membership(Tie::Owner);
            assert_eq!(row, Err(Malformed::missing(name)));
        }
    }

    #[test]
    fn a_group_that_does_not_say_so_may_have_roles() {
        let read = |body: Value| serde_json::from_value::<ObjectBody>(body).unwrap().group_with_roles();
        let id = "00000000-0000-0000-0000-0000000000c1";
        let object = |kind: &str, assignable: Value| json!({ "@odata.type": kind, "id": id, "isAssignableToRole": assignable });
        assert!(read(object("#microsoft.graph.group", json!(true))).unwrap().is_some());
        assert!(read(json!({ "@odata.type": "#microsoft.graph.group", "id": id })).unwrap().is_some());
        assert_eq!(read(object("#microsoft.graph.group", Value::Null)), Ok(None));
        assert_eq!(read(object("#microsoft.graph.directoryRole", json!(true))), Ok(None));
        assert!(read(json!({ "id": id })).is_err());
    }

    #[test]
    fn members_are_told_apart_by_their_type() {
        let read = |kind: Value, enabled: Value| {
            let body = json!({ "@odata.type": kind, "id": "00000000-0000-0000-0000-0000000000a1", "accountEnabled": enabled });
            serde_json::from_value::<MemberBody>(body).unwrap().person()
        };
        assert!(!read(json!("#microsoft.graph.user"), json!(false)).unwrap().unwrap().1);
        assert_eq!(read(json!("#microsoft.graph.device"), json!(true)), Ok(None));
        assert!(read(Value::Null, json!(true)).is_err());
        assert!(read(json!("#microsoft.graph.user"), Value::Null).is_err());
    }
}
