//! `microsoft.graph.directoryObject`, as a row of a guest's sponsors (CONTRACT B14).

use std::str::FromStr;

use offboard_core::model::sponsor::{Sponsor, SponsorId};
use serde::Deserialize;

use super::Malformed;
use super::seen::Seen;

/// What is asked of a sponsor.
pub(crate) const SELECT: &[&str] = &["id", "displayName", "userPrincipalName"];

/// A person or a group. Of one that the caller may not read the names are null or missing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SponsorBody {
    #[serde(rename = "@odata.type", default)]
    kind: Option<String>,
    id: String,
    #[serde(default)]
    display_name: Seen<String>,
    #[serde(default)]
    user_principal_name: Seen<String>,
}

impl SponsorBody {
    /// The sponsor; nothing where it is neither a person nor a group, which are all that the service documents: nobody could
    /// ask it.
    pub(crate) fn sponsor(self) -> Result<Option<Sponsor>, Malformed> {
        let id = match self.kind.as_deref() {
            Some("#microsoft.graph.user") => SponsorId::User(parsed(&self.id)?),
            Some("#microsoft.graph.group") => SponsorId::Group(parsed(&self.id)?),
            Some(_) => return Ok(None),
            None => return Err(Malformed::missing("@odata.type")),
        };
        Ok(Some(Sponsor {
            id,
            display_name: self.display_name.shown(),
            user_principal_name: self.user_principal_name.shown(),
        }))
    }
}

fn parsed<T: FromStr>(id: &str) -> Result<T, Malformed> {
    id.parse().map_err(|_| Malformed::strange("id"))
}

#[cfg(test)]
mod tests {
    use offboard_core::id::{GroupId, UserId};
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "0f8b1c2d-3e4f-4051-9263-748596a7b8c9";

    fn read(row: Value) -> Result<Option<Sponsor>, Malformed> {
        serde_json::from_value::<SponsorBody>(row).unwrap().sponsor()
    }

    #[test]
    fn a_sponsor_is_a_person_or_a_group() {
        let person = read(json!({ "@odata.type": "#microsoft.graph.user", "id": ID, "displayName": "Megan",
            "userPrincipalName": "megan@contoso.com" }));
        let person = person.unwrap().unwrap();
        assert_eq!(person.id, SponsorId::User(ID.parse::<UserId>().unwrap()));
        assert_eq!(person.to_string(), "Megan <megan@contoso.com>");
        let hidden = json!({ "@odata.type": "#microsoft.graph.group", "id": ID, "displayName": null });
        let group = read(hidden).unwrap().unwrap();
        assert_eq!(group.id, SponsorId::Group(ID.parse::<GroupId>().unwrap()));
        assert_eq!((group.display_name, group.user_principal_name), (None, None));
        assert_eq!(read(json!({ "@odata.type": "#microsoft.graph.orgContact", "id": ID })), Ok(None));
        assert!(read(json!({ "id": ID })).is_err(), "it might be a person");
        assert!(read(json!({ "@odata.type": "#microsoft.graph.user", "id": "Megan" })).is_err());
    }
}
