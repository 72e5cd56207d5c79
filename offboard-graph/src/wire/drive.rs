//! `microsoft.graph.drive` (CONTRACT B11).

use offboard_core::model::drive::Drive;
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

/// What is asked of a drive.
pub(crate) const SELECT: &[&str] = &["id", "webUrl", "driveType", "quota", "sharePointIds"];

/// A drive as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DriveBody {
    id: Seen<String>,
    web_url: Seen<String>,
    quota: Seen<Quota>,
    share_point_ids: Seen<SharePointIds>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Quota {
    used: Seen<u64>,
    remaining: Seen<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct SharePointIds {
    site_url: Seen<String>,
}

impl DriveBody {
    /// The drive. How much is in it may be missing; that is then unknown, not nothing.
    pub(crate) fn drive(self) -> Result<Drive, Malformed> {
        let id = self.id.required("id")?;
        let web_url = self.web_url.shown().unwrap_or_default();
        let quota = self.quota.shown().unwrap_or_default();
        let (used, remaining) = (quota.used.shown(), quota.remaining.shown());
        let site_url = self.share_point_ids.shown().and_then(|ids| ids.site_url.shown());
        let site_url = site_url.map(|url| url.trim_end_matches('/').to_owned()).filter(|url| !url.is_empty());
        Ok(Drive { id, web_url, site_url, used, remaining, locked: false })
    }

    /// A drive that is locked or archived: the service says no more than that there is one.
    pub(crate) fn locked() -> Drive {
        Drive {
            id: String::new(),
            web_url: String::new(),
            site_url: None,
            used: None,
            remaining: None,
            locked: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn how_much_is_in_it_may_be_unknown() {
        let read = |body| serde_json::from_value::<DriveBody>(body).unwrap().drive();
        let full =
            json!({ "id": "b!1", "webUrl": "https://contoso-my.sharepoint.com/x", "quota": { "used": 12 } });
        assert_eq!(read(full).unwrap().used, Some(12));
        let placed = json!({ "id": "b!1", "sharePointIds": { "siteUrl": "https://contoso-my.sharepoint.com/personal/x/" } });
        let site = read(placed).unwrap().site_url;
        assert_eq!(site.as_deref(), Some("https://contoso-my.sharepoint.com/personal/x"));
        assert_eq!(read(json!({ "id": "b!1", "sharePointIds": {} })).unwrap().site_url, None);
        assert_eq!(read(json!({ "id": "b!1", "quota": null })).unwrap().used, None);
        assert_eq!(read(json!({ "id": "b!1", "quota": {} })).unwrap().used, None);
        assert!(read(json!({ "quota": { "used": 0 } })).is_err());
    }
}
