//! OneDrive (CONTRACT B11).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// A person's OneDrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drive {
    /// The drive's id; it cannot be found by the user any more once he is deleted.
    pub id: String,
    /// `webUrl`.
    pub web_url: String,
    /// `sharePointIds.siteUrl`: the site it lies in, by which SharePoint knows it; nothing where Graph does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_url: Option<String>,
    /// `quota.used`, in bytes; nothing where the drive is locked and does not say.
    pub used: Option<u64>,
    /// `quota.remaining`, in bytes: what still fits in; nothing where the service does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// 423: locked or archived (G44).
    pub locked: bool,
}

/// What something in a OneDrive holds, itself and everything below it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveTally {
    /// Files.
    pub files: u64,
    /// Folders.
    pub folders: u64,
    /// Bytes in the files, as they are now: older versions do not count.
    pub bytes: u64,
}

impl DriveTally {
    /// Files and folders.
    pub fn items(&self) -> u64 {
        self.files.saturating_add(self.folders)
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            files: self.files.saturating_add(other.files),
            folders: self.folders.saturating_add(other.folders),
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

/// A file or a folder at the top of a OneDrive, or directly in a folder of it. Shortcuts to what others share are none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveEntry {
    /// `driveItem.name`.
    pub name: String,
    /// `driveItem.id`.
    pub id: String,
    /// What it holds.
    pub tally: DriveTally,
}

impl DriveEntry {
    /// What lies among `others` under its name, whatever the case: OneDrive does not tell `a` from `A`.
    pub fn of_its_name_in<'a>(&self, others: &'a [Self]) -> Option<&'a Self> {
        others.iter().find(|other| other.name.to_lowercase() == self.name.to_lowercase())
    }

    /// Whether it is among `copies` as a whole: as many files, folders and bytes (G46).
    pub fn is_whole_in(&self, copies: &[Self]) -> bool {
        self.of_its_name_in(copies).is_some_and(|copy| copy.tally == self.tally)
    }
}

/// A folder at the top of a OneDrive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveFolder {
    /// `driveItem.id`.
    pub id: String,
    /// What lies directly in it.
    pub entries: Vec<DriveEntry>,
}

/// Where the service tells how far a copy is. Whoever has it may ask: it is kept in the journal and shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Monitor(String);

impl Monitor {
    /// The URL that the service gave.
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL, to ask there.
    pub fn url(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Monitor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Monitor(…)")
    }
}

/// How far a copy is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyProgress {
    /// The service is at it, or has not begun.
    InProgress,
    /// It is over, and everything was copied.
    Completed,
    /// It is over, and this went wrong: the service's codes.
    Failed(String),
    /// The service knows of no such copy, or not any more.
    Gone,
}

/// Whoever may do everything in the site of a OneDrive: a site-collection administrator (`SP.User.IsSiteAdmin`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DriveAdministrator {
    /// `LoginName`, as SharePoint writes it: `i:0#.f|membership|megan@contoso.com`.
    pub login_name: String,
    /// Whose it is.
    pub owner: LoginOwner,
}

/// Whose a login name of SharePoint is. SharePoint knows people by a sign-in name, which can change hands; so the directory
/// is asked who has it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoginOwner {
    /// This person's.
    Person(UserId),
    /// A group's, an application's or the system's.
    NoPerson,
    /// A person's whom the directory does not know by this name: renamed since, deleted, or from elsewhere.
    Unclear,
}

/// What SharePoint puts before the sign-in name of somebody of the organisation.
const MEMBERSHIP: &str = "i:0#.f|membership|";

impl DriveAdministrator {
    /// The login name of whoever signs in as `user_principal_name`.
    pub fn login_name_of(user_principal_name: &str) -> String {
        format!("{MEMBERSHIP}{}", user_principal_name.to_lowercase())
    }

    /// The sign-in name in a login name; nothing where it is no person's of the organisation.
    pub fn sign_in_name(login_name: &str) -> Option<&str> {
        let prefix = login_name.get(..MEMBERSHIP.len())?;
        prefix.eq_ignore_ascii_case(MEMBERSHIP).then(|| &login_name[MEMBERSHIP.len()..])
    }

    /// Whether a login name can be a person's at all. Claims of groups and roles begin with `c:`, and the system's own names
    /// have no claim.
    pub fn may_be_a_person(login_name: &str) -> bool {
        login_name.to_lowercase().starts_with("i:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_tells_whom_to_ask_for() {
        let name = DriveAdministrator::login_name_of("Megan@Contoso.com");
        assert_eq!(name, "i:0#.f|membership|megan@contoso.com");
        assert_eq!(DriveAdministrator::sign_in_name(&name), Some("megan@contoso.com"));
        assert_eq!(DriveAdministrator::sign_in_name("I:0#.F|Membership|x@y"), Some("x@y"));
        for other in [
            "",
            "i:0#.f|mem",
            "c:0t.c|tenant|0f8b1c2d",
            "SHAREPOINT\\system",
            "i:0i.t|00000003|app@sharepoint",
        ] {
            assert_eq!(DriveAdministrator::sign_in_name(other), None, "{other}");
        }
        assert!(DriveAdministrator::may_be_a_person("i:0h.f|membership|10032000a@live.com"));
        assert!(!DriveAdministrator::may_be_a_person("c:0t.c|tenant|0f8b1c2d"));
        assert!(!DriveAdministrator::may_be_a_person("SHAREPOINT\\system"));
    }
}
