//! `microsoft.graph.user` (CONTRACT B1).

use offboard_core::id::UserId;
use offboard_core::model::cloud::Cloud;
use offboard_core::model::user::{User, UserType};
use offboard_core::time::Timestamp;
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

const SELECT: &[&str] = &[
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "userType",
    "accountEnabled",
    "employeeId",
    "onPremisesSyncEnabled",
    "onPremisesLastSyncDateTime",
    "onPremisesSamAccountName",
    "isResourceAccount",
    "isManagementRestricted",
    "identityParentId",
    "signInSessionsValidFromDateTime",
    "lastPasswordChangeDateTime",
];

/// What is asked of a user. An unknown name fails the whole request, so the list depends on the cloud.
pub(crate) fn select(cloud: &Cloud) -> Vec<&'static str> {
    let created = cloud.has_created_date_time().then_some("createdDateTime");
    SELECT.iter().copied().chain(created).collect()
}

/// A user as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct UserBody {
    id: Seen<UserId>,
    user_principal_name: Seen<String>,
    display_name: Seen<String>,
    mail: Seen<String>,
    user_type: Seen<String>,
    account_enabled: Seen<bool>,
    created_date_time: Seen<Timestamp>,
    employee_id: Seen<String>,
    on_premises_sync_enabled: Seen<bool>,
    on_premises_last_sync_date_time: Seen<Timestamp>,
    on_premises_sam_account_name: Seen<String>,
    is_resource_account: Seen<bool>,
    is_management_restricted: Seen<bool>,
    identity_parent_id: Seen<String>,
    sign_in_sessions_valid_from_date_time: Seen<Timestamp>,
    last_password_change_date_time: Seen<Timestamp>,
}

impl UserBody {
    /// The user, if everything is there that a guard or a reading back depends on.
    pub(crate) fn user(self) -> Result<User, Malformed> {
        let user_principal_name = self.user_principal_name.required("userPrincipalName")?;
        Ok(User {
            id: self.id.required("id")?,
            user_type: user_type(self.user_type.nullable("userType")?.as_deref(), &user_principal_name)?,
            user_principal_name,
            display_name: self.display_name.shown().unwrap_or_default(),
            mail: self.mail.nullable("mail")?,
            account_enabled: self.account_enabled.required("accountEnabled")?,
            created_date_time: self.created_date_time.shown(),
            employee_id: self.employee_id.nullable("employeeId")?,
            on_premises_sync_enabled: self.on_premises_sync_enabled.nullable("onPremisesSyncEnabled")?,
            on_premises_last_sync_date_time: self.on_premises_last_sync_date_time.shown(),
            on_premises_sam_account_name: self.on_premises_sam_account_name.shown(),
            // Null is the documented "no" of these two, and of an object that is nobody's child.
            is_resource_account: self.is_resource_account.nullable("isResourceAccount")? == Some(true),
            is_management_restricted: self.is_management_restricted.nullable("isManagementRestricted")?
                == Some(true),
            is_agent: self.identity_parent_id.nullable("identityParentId")?.is_some(),
            sign_in_sessions_valid_from_date_time: self
                .sign_in_sessions_valid_from_date_time
                .nullable("signInSessionsValidFromDateTime")?,
            last_password_change_date_time: self
                .last_password_change_date_time
                .nullable("lastPasswordChangeDateTime")?,
        })
    }
}

/// People who were synced before the property existed have none; a guest's UPN still gives him away.
fn user_type(text: Option<&str>, user_principal_name: &str) -> Result<UserType, Malformed> {
    match text {
        Some("Guest") => Ok(UserType::Guest),
        None if user_principal_name.contains("#EXT#") => Ok(UserType::Guest),
        Some("Member") | None => Ok(UserType::Member),
        Some(_) => Err(Malformed::strange("userType")),
    }
}

/// Where only the id of a person is wanted.
#[derive(Debug, Deserialize)]
pub(crate) struct Identified {
    /// Object id.
    pub(crate) id: UserId,
}

/// Where it is only wanted whether somebody can sign in.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AccountBody {
    /// Whether signing in is possible.
    pub(crate) account_enabled: Seen<bool>,
}

/// `microsoft.graph.onPremisesSyncBehavior`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SyncBehavior {
    /// The authority over the object was moved to the cloud.
    pub(crate) is_cloud_managed: Seen<bool>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(body: Value) -> Result<User, Malformed> {
        serde_json::from_value::<UserBody>(body).unwrap().user()
    }

    fn alex() -> Value {
        json!({
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users/$entity",
            "id": "00000000-0000-0000-0000-0000000000a1",
            "userPrincipalName": "alexw@contoso.com",
            "displayName": "Alex Wilber",
            "mail": null,
            "userType": "Member",
            "accountEnabled": true,
            "employeeId": null,
            "createdDateTime": "2024-01-02T03:04:05Z",
            "onPremisesSyncEnabled": null,
            "onPremisesLastSyncDateTime": null,
            "onPremisesSamAccountName": null,
            "isResourceAccount": null,
            "isManagementRestricted": null,
            "identityParentId": null,
            "signInSessionsValidFromDateTime": "2024-01-02T03:04:05Z",
            "lastPasswordChangeDateTime": "2024-01-02T03:04:05Z",
            "somethingNew": { "x": 1 }
        })
    }

    #[test]
    fn a_user_with_nulls_and_strange_properties_is_read() {
        let user = read(alex()).unwrap();
        assert_eq!(user.user_principal_name, "alexw@contoso.com");
        assert!(user.account_enabled && !user.is_agent && !user.is_resource_account);
        assert_eq!(user.on_premises_sync_enabled, None);
    }

    #[test]
    fn what_a_guard_depends_on_may_not_be_left_out() {
        for name in [
            "id",
            "userPrincipalName",
            "userType",
            "accountEnabled",
            "onPremisesSyncEnabled",
            "isResourceAccount",
            "isManagementRestricted",
            "identityParentId",
            "signInSessionsValidFromDateTime",
            "lastPasswordChangeDateTime",
        ] {
            let mut body = alex();
            body.as_object_mut().unwrap().remove(name);
            assert_eq!(read(body), Err(Malformed::missing(name)), "{name}");
        }
        let mut body = alex();
        body["accountEnabled"] = Value::Null;
        assert_eq!(read(body), Err(Malformed::missing("accountEnabled")));
    }

    #[test]
    fn a_guest_is_known_by_his_type_or_by_his_name() {
        let mut body = alex();
        body["userType"] = Value::Null;
        assert_eq!(read(body.clone()).unwrap().user_type, UserType::Member);
        body["userPrincipalName"] = json!("x_fabrikam.com#EXT#@contoso.com");
        assert_eq!(read(body.clone()).unwrap().user_type, UserType::Guest);
        body["userType"] = json!("Robot");
        assert_eq!(read(body), Err(Malformed::strange("userType")));
    }

    #[test]
    fn every_selected_name_is_read() {
        let body = alex();
        for name in select(&Cloud::Worldwide) {
            assert!(body.get(name).is_some(), "{name}");
        }
    }
}
