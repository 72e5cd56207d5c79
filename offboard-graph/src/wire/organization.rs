//! Domains and the settings of SharePoint.

use offboard_core::model::organization::AuthenticationType;
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

/// What is asked of a domain.
pub(crate) const DOMAIN_SELECT: &[&str] = &["id", "authenticationType"];

/// What is asked of SharePoint's settings.
pub(crate) const SHAREPOINT_SELECT: [&str; 1] = ["deletedUserPersonalSiteRetentionPeriodInDays"];

/// `microsoft.graph.domain`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DomainBody {
    authentication_type: Seen<String>,
}

impl DomainBody {
    /// How its people sign in.
    pub(crate) fn authentication(self) -> Result<AuthenticationType, Malformed> {
        match self.authentication_type.required("authenticationType")?.as_str() {
            "Managed" => Ok(AuthenticationType::Managed),
            "Federated" => Ok(AuthenticationType::Federated),
            _ => Err(Malformed::strange("authenticationType")),
        }
    }
}

/// `microsoft.graph.sharepointSettings`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct SharepointSettings {
    /// Days that a OneDrive outlives its owner.
    pub(crate) deleted_user_personal_site_retention_period_in_days: Seen<u32>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_domain_is_managed_or_federated() {
        let read = |body| serde_json::from_value::<DomainBody>(body).unwrap().authentication();
        assert_eq!(read(json!({ "authenticationType": "Managed" })), Ok(AuthenticationType::Managed));
        assert_eq!(read(json!({ "authenticationType": "Federated" })), Ok(AuthenticationType::Federated));
        assert!(read(json!({ "authenticationType": "Magic" })).is_err());
        assert!(read(json!({})).is_err());
    }
}
