//! `microsoft.graph.drive` (CONTRACT B11).

use offboard_core::model::drive::Drive;
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

/// What is asked of a drive.
pub(crate) const SELECT: &[&str] = &["id", "webUrl", "driveType", "quota"];

/// A drive as it comes.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DriveBody {
    id: Seen<String>,
    web_url: Seen<String>,
    quota: Seen<Quota>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Quota {
    used: Seen<u64>,
}

impl DriveBody {
    /// The drive. How much is in it may be missing; that is then unknown, not nothing.
    pub(crate) fn drive(self) -> Result<Drive, Malformed> {
        let id = self.id.required("id")?;
        let web_url = self.web_url.shown().unwrap_or_default();
        let used = self.quota.shown().and_then(|quota| quota.used.shown());
        Ok(Drive { id, web_url, used, locked: false })
    }

    /// A drive that is locked or archived: the service says no more than that there is one.
    pub(crate) fn locked() -> Drive {
        Drive { id: String::new(), web_url: String::new(), used: None, locked: true }
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
        assert_eq!(read(json!({ "id": "b!1", "quota": null })).unwrap().used, None);
        assert_eq!(read(json!({ "id": "b!1", "quota": {} })).unwrap().used, None);
        assert!(read(json!({ "quota": { "used": 0 } })).is_err());
    }
}
