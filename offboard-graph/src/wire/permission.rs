//! `microsoft.graph.permission` of a drive item, and invitations (CONTRACT B11).

use std::collections::BTreeSet;

use offboard_core::id::UserId;
use offboard_core::model::drive_sharing::{DrivePermission, DriveRole};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Malformed;
use super::seen::Seen;

/// What is asked of a permission.
pub(crate) const SELECT: &[&str] = &["id", "roles", "grantedToV2"];

/// A permission as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PermissionBody {
    id: Seen<String>,
    roles: Seen<BTreeSet<String>>,
    granted_to_v2: Seen<GrantedTo>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GrantedTo {
    user: Seen<Identity>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Identity {
    id: Seen<String>,
}

impl PermissionBody {
    /// The permission. Whom it is given to is nobody of the directory where the service names none, or one without an id.
    pub(crate) fn permission(self) -> Result<DrivePermission, Malformed> {
        let user = self.granted_to_v2.shown().and_then(|to| to.user.shown()).and_then(|user| user.id.shown());
        Ok(DrivePermission {
            id: self.id.required("id")?,
            to: user.and_then(|id| id.parse::<UserId>().ok()),
            roles: self.roles.required("roles")?,
        })
    }
}

/// An invitation of one person of the organisation, who signs in to use it and is sent nothing.
pub(crate) fn invitation(to: UserId, role: DriveRole) -> Value {
    json!({
        "recipients": [{ "objectId": to }],
        "roles": [role.name()],
        "requireSignIn": true,
        "sendInvitation": false,
    })
}

/// A permission with this role and no other.
pub(crate) fn only(role: DriveRole) -> Value {
    json!({ "roles": [role.name()] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: Value) -> Result<DrivePermission, Malformed> {
        serde_json::from_value::<PermissionBody>(body).unwrap().permission()
    }

    #[test]
    fn only_a_person_of_the_directory_is_somebody() {
        let id = UserId::from_u128(7);
        let his = json!({ "id": "x", "roles": ["write"], "grantedToV2": { "user": { "id": id, "displayName": "M" } } });
        assert_eq!(
            read(his),
            Ok(DrivePermission {
                id: "x".to_owned(),
                to: Some(id),
                roles: BTreeSet::from(["write".to_owned()])
            })
        );
        for nobody in [
            json!({ "id": "x", "roles": ["read"], "link": { "scope": "anonymous" } }),
            json!({ "id": "x", "roles": ["read"], "grantedToV2": { "group": { "id": id } } }),
            json!({ "id": "x", "roles": ["read"], "grantedToV2": { "user": { "displayName": "System Account" } } }),
            json!({ "id": "x", "roles": ["read"], "grantedToV2": { "user": { "id": "12#outside" } } }),
        ] {
            assert_eq!(read(nobody.clone()).map(|permission| permission.to), Ok(None), "{nobody}");
        }
        assert!(read(json!({ "roles": ["read"] })).is_err());
        assert!(read(json!({ "id": "x" })).is_err(), "what nobody says he may do is not nothing");
    }
}
